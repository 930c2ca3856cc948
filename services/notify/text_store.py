"""The SQL of the city's own texts: every change is kept, the newest of a place holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from libs.common.database import SqlStore
from libs.common.errors import KeyReused
from libs.contracts.notify import TRIALS_AN_HOUR, MailText, TextPlace, TextVersion

from .domain.problems import TextVersionConflict, TooManyTrials

SHOWN_CHANGES = 30
_PLACE = tuple(TextPlace.model_fields)

# One after the other, so that editions are numbered in the order in which they take effect: whoever
# knows an edition knows all before it.
_ONE_AT_A_TIME = text("LOCK TABLE own_text IN SHARE ROW EXCLUSIVE MODE")
_OF_KEY = text(
    """
    SELECT kind, language, procedure_id, office_id, series_id, subject, body FROM own_text
    WHERE changed_by = :changed_by AND key = :key
    """
)
_NEWEST = text(
    """
    SELECT coalesce(max(edition), 0) FROM own_text
    WHERE (kind, language, procedure_id, office_id, series_id)
        = (:kind, :language, :procedure_id, :office_id, :series_id)
    """
)
_CHANGE = text(
    """
    INSERT INTO own_text (edition, kind, language, procedure_id, office_id, series_id, subject,
        body, changed_by, key)
    SELECT coalesce(max(edition), 0) + 1, :kind, :language, :procedure_id, :office_id, :series_id,
        CAST(:subject AS text), CAST(:body AS text), :changed_by, :key
    FROM own_text
    """
)
_IN_FORCE = text(
    """
    SELECT * FROM (
        SELECT DISTINCT ON (kind, language, procedure_id, office_id, series_id)
            kind, language, procedure_id, office_id, series_id, subject, body,
            max(edition) OVER () AS newest
        FROM own_text
        ORDER BY kind, language, procedure_id, office_id, series_id, edition DESC) now
    """
)
_HISTORY = text(
    """
    SELECT edition, subject, body, changed_by, changed_at FROM own_text
    WHERE (kind, language, procedure_id, office_id, series_id)
        = (:kind, :language, :procedure_id, :office_id, :series_id)
    ORDER BY edition DESC LIMIT :most
    """
)
_NAMES = text(
    """
    SELECT name FROM procedure
    UNION SELECT words ->> 'name' FROM procedure, jsonb_each(texts) AS told (language, words)
    """
)
_TRIALS_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('trial'), hashtext(:actor))")
_OLD_TRIALS = text("DELETE FROM trial WHERE at < clock_timestamp() - interval '1 day'")
_TRIAL_BEFORE = text("SELECT reply FROM trial WHERE (actor, key) = (:actor, :key)")
_TRIALS_OF_LATE = text(
    "SELECT count(*) FROM trial WHERE actor = :actor AND at > clock_timestamp() - interval '1 hour'"
)
_BEGIN_TRIAL = text("INSERT INTO trial (actor, key, reply) VALUES (:actor, :key, '')")
_END_TRIAL = text("UPDATE trial SET reply = :reply WHERE (actor, key) = (:actor, :key)")

# A visit as it could be: of one procedure at one office, on a Tuesday to come. Its columns are
# those of a claimed mail. A series that is no more is still known by the texts that it had.
SAMPLE = text(
    """
    WITH week AS (
        SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Tokyo') + interval '8 days' AS tuesday)
    SELECT CAST(:language AS text) AS language, '8K2M47QX3P' AS number, 'self' AS visitor,
        NULL AS relation, NULL AS party,
        (tuesday + interval '10 hours 30 minutes') AT TIME ZONE 'Asia/Tokyo' AS starts_at,
        (tuesday - interval '10 hours') AT TIME ZONE 'Asia/Tokyo' AS previous_starts_at,
        o.office_id, CAST(:series_id AS text) AS series_id, o.name AS office,
        o.address AS office_address, o.phone AS office_phone,
        o.texts -> CAST(:language AS text) AS office_text, o.later, o.guidances, p.procedure_id,
        (tuesday + interval '1 day 11 hours') AT TIME ZONE 'Asia/Tokyo' AS proposed_starts_at,
        (tuesday - interval '4 days') AT TIME ZONE 'Asia/Tokyo' AS held_until,
        coalesce(nullif(o.texts -> CAST(:language AS text) ->> 'name', ''), o.name)
            AS proposed_office,
        jsonb_build_array(jsonb_build_object('name', p.name, 'documents', p.documents,
            'notes', p.notes, 'rules', p.rules,
            'changes_days_before', p.changes_days_before,
            'text', p.texts -> CAST(:language AS text)))
            AS procedures
    FROM week, office o, procedure p
    WHERE o.office_id = coalesce(nullif(:office_id, ''), o.office_id)
        AND p.procedure_id = coalesce(nullif(:procedure_id, ''), p.procedure_id)
        AND (:series_id = '' OR :office_id <> '' AND (:series_id = ANY (o.series) OR EXISTS (
            SELECT FROM own_text t WHERE (t.office_id, t.series_id) = (o.office_id, :series_id))))
    ORDER BY o.office_id, p.procedure_id LIMIT 1
    """
)


@dataclass(frozen=True)
class OwnTexts:
    """The city's own texts in force, as of an edition."""

    edition: int
    texts: Mapping[TextPlace, MailText]


@dataclass(frozen=True)
class ChangeOfText:
    """Another text for a place, or none of its own, by whom and under which key."""

    place: TextPlace
    text: MailText | None
    by: str
    key: str


class TextStore(SqlStore):
    """One transaction of notify, as far as its texts go."""

    async def own_texts(self) -> OwnTexts:
        rows = (await self.session.execute(_IN_FORCE)).all()
        found = {_place(row): _text(row) for row in rows}
        texts = {place: said for place, said in found.items() if said}
        return OwnTexts(rows[0].newest if rows else 0, texts)

    async def text_history(self, place: TextPlace) -> tuple[TextVersion, ...]:
        """The newest changes of a place, newest first."""
        rows = await self.session.execute(_HISTORY, {**place.model_dump(), "most": SHOWN_CHANGES})
        return tuple(
            TextVersion(version=row.edition, text=_text(row), by=row.changed_by, at=row.changed_at)
            for row in rows
        )

    async def change_text(self, change: ChangeOfText, seen: int) -> None:
        """Once for each key. `seen` is the version of the place that the change was made from.
        Raises VersionConflict and KeyReused."""
        await self.session.execute(_ONE_AT_A_TIME)
        if await self._has_changed(change):
            return
        place, said = change.place.model_dump(), change.text
        if (await self.session.execute(_NEWEST, place)).scalar_one() != seen:
            raise TextVersionConflict("Somebody else has changed this text meanwhile.")
        values = {"subject": said and said.subject, "body": said and said.body}
        by = {"changed_by": change.by, "key": change.key}
        await self.session.execute(_CHANGE, {**place, **values, **by})

    async def _has_changed(self, change: ChangeOfText) -> bool:
        asked = {"changed_by": change.by, "key": change.key}
        row = (await self.session.execute(_OF_KEY, asked)).one_or_none()
        if row is None:
            return False
        if (_place(row), _text(row)) != (change.place, change.text):
            raise KeyReused("This idempotency key was used for another request.")
        return True

    async def procedure_names(self) -> list[str]:
        """In every language."""
        return list((await self.session.execute(_NAMES)).scalars())

    async def begin_trial(self, actor: str, key: str) -> str | None:
        """None: send it now. Else the reply to the trial that came with this key before, empty
        while it is under way. Raises TooManyTrials."""
        who = {"actor": actor, "key": key}
        await self.session.execute(_TRIALS_ONE_AT_A_TIME, {"actor": actor})
        await self.session.execute(_OLD_TRIALS)
        before = (await self.session.execute(_TRIAL_BEFORE, who)).scalar_one_or_none()
        if before is not None:
            return str(before)
        of_late = (await self.session.execute(_TRIALS_OF_LATE, {"actor": actor})).scalar_one()
        if of_late >= TRIALS_AN_HOUR:
            raise TooManyTrials(f"{TRIALS_AN_HOUR} test mails an hour are enough.")
        await self.session.execute(_BEGIN_TRIAL, who)
        return None

    async def end_trial(self, actor: str, key: str, reply: str) -> None:
        await self.session.execute(_END_TRIAL, {"actor": actor, "key": key, "reply": reply})


def _place(row: Row[Any]) -> TextPlace:
    return TextPlace.model_validate({name: getattr(row, name) for name in _PLACE})


def _text(row: Row[Any]) -> MailText | None:
    return None if row.subject is None else MailText(subject=row.subject, body=row.body)
