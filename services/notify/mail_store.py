"""The SQL of sending: due mails are claimed with a lease, and what became of them is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import Row, text

from libs.common.database import SqlStore
from libs.contracts import booking
from libs.contracts.notify import (
    MailDelivered,
    MailedBooking,
    MailFailed,
    MailKind,
    ReminderFailed,
    ToldKind,
)

from .domain.languages import with_readings
from .domain.letter import LetterVisit
from .domain.outcome import PAST, RESTORED, MailOutcome
from .domain.reminders import OBSOLETE
from .domain.wording import Comer, ProcedureWords, at_address, guided, in_words

WRITABLE = """
    EXISTS (SELECT FROM office o WHERE o.office_id = d.office_id)
    AND (d.proposed_office_id IS NULL
        OR EXISTS (SELECT FROM office o WHERE o.office_id = d.proposed_office_id))
    AND NOT EXISTS (
        SELECT FROM unnest(d.also || d.procedure_id || ARRAY(
            SELECT jsonb_array_elements_text(other -> 'procedure_ids')
            FROM jsonb_array_elements(d.party) AS other)) AS wanted (procedure_id)
        LEFT JOIN procedure p USING (procedure_id) WHERE p.name IS NULL)
"""
"""Whether all that a delivery `d` speaks of is known."""

OF_THIS_ADDRESS = "coalesce(d.contact_version, d.version)"
"""The version of the address that a delivery `d` is for; older releases did not write it down."""

# A mail whose office or procedure is not known yet stays where it is, until it is late. Mails of
# one booking to one address leave in the order of its versions. `attempts` is also the fence: only
# the claim that counted it up may put the mail back. No ORDER BY: where the planner underestimates
# a backlog, it would sort all of it for every claim.
_CLAIM = text(
    f"""
    WITH due AS (
        SELECT booking_id, version, kind, office_id, proposed_office_id FROM delivery d
        WHERE state = 'waiting' AND next_at <= now()
            AND NOT EXISTS (
                SELECT FROM delivery older WHERE older.booking_id = d.booking_id
                    AND older.version < d.version AND older.state = 'waiting'
                    AND older.contact_version IS NOT DISTINCT FROM d.contact_version)
            AND coalesce(until, starts_at) > now() AND {WRITABLE}
        LIMIT :count FOR UPDATE OF d SKIP LOCKED)
    UPDATE delivery d SET attempts = attempts + 1,
        next_at = clock_timestamp() + :lease * interval '1 second'
    FROM due LEFT JOIN office o ON o.office_id = due.office_id
        LEFT JOIN office po ON po.office_id = due.proposed_office_id
    WHERE (d.booking_id, d.version, d.kind) = (due.booking_id, due.version, due.kind)
    RETURNING d.booking_id, d.version, d.kind, d.attempts, d.contact, d.link, d.number, d.starts_at,
        coalesce(d.until, d.starts_at) AS until,
        d.previous_starts_at, o.name AS office, o.address AS office_address,
        o.phone AS office_phone, d.language, d.visitor, o.texts -> d.language AS office_text,
        o.later, o.guidances, d.proposed_starts_at, d.held_until,
        coalesce(nullif(po.texts -> d.language ->> 'name', ''), po.name) AS proposed_office,
        (SELECT jsonb_agg(jsonb_build_object('name', p.name, 'documents', p.documents,
                'notes', p.notes, 'rules', p.rules,
                'changes_days_before', p.changes_days_before, 'text', p.texts -> d.language)
                ORDER BY place)
            FROM unnest(d.procedure_id || d.also) WITH ORDINALITY AS wanted (procedure_id, place)
            JOIN procedure p USING (procedure_id)) AS procedures,
        d.relation, (SELECT jsonb_agg(other || jsonb_build_object('procedures', (
                SELECT jsonb_agg(jsonb_build_object('name', p.name, 'documents', p.documents,
                    'notes', p.notes, 'rules', p.rules,
                    'changes_days_before', p.changes_days_before, 'text', p.texts -> d.language)
                    ORDER BY place)
                FROM jsonb_array_elements_text(other -> 'procedure_ids')
                    WITH ORDINALITY AS wanted (procedure_id, place)
                JOIN procedure p USING (procedure_id))) ORDER BY line)
            FROM jsonb_array_elements(d.party) WITH ORDINALITY AS others (other, line)
            WHERE NOT EXISTS (
                SELECT FROM agenda a WHERE a.booking_id = CAST(other ->> 'booking_id' AS uuid)
                    AND a.version > CAST(other ->> 'version' AS integer)
                    AND a.contact IS DISTINCT FROM d.contact)) AS party,
        d.office_id, d.procedure_id, d.series_id, d.request_id,
        (SELECT max(edition) FROM own_text) AS edition
    """
)
# Asked again for each mail just before it is sent, because facts come in all the time. A mail about
# an address that was replaced goes to that one.
_STANDS = text(
    f"""
    SELECT CASE d.kind WHEN 'former' THEN true WHEN 'reminder' THEN EXISTS (
            SELECT FROM agenda a WHERE (a.booking_id, a.version) = (d.booking_id, d.version)
                AND a.contact IS NOT NULL
                AND NOT EXISTS (SELECT FROM watermark w WHERE a.booking_id = ANY (w.parked)))
            AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(d.party) AS other
                    LEFT JOIN agenda a ON a.booking_id = CAST(other ->> 'booking_id' AS uuid)
                WHERE CAST(other ->> 'version' AS integer) IS DISTINCT FROM a.version
                    OR a.contact IS DISTINCT FROM d.contact
                    OR EXISTS (SELECT FROM watermark w WHERE a.booking_id = ANY (w.parked)))
        ELSE NOT EXISTS (
            SELECT FROM agenda a WHERE a.booking_id = d.booking_id
                AND a.contact_version > {OF_THIS_ADDRESS}) END AS stands
    FROM delivery d
    WHERE (booking_id, version, kind) = (:booking_id, :version, :kind)
        AND state = 'waiting' AND attempts = :attempts
    """
)
# A mail that the server took is sent, whoever holds it now.
_RECORD = text(
    """
    UPDATE delivery d SET state = done.state, last_reply = coalesce(done.reply, d.last_reply),
        attempts = CASE WHEN done.reply IS NULL THEN d.attempts - 1 ELSE d.attempts END,
        next_at = clock_timestamp() + done.delay * interval '1 second',
        contact = CASE WHEN done.state = 'waiting' THEN d.contact END,
        link = CASE WHEN done.state = 'waiting' THEN d.link END,
        finished_at = CASE WHEN done.state <> 'waiting' THEN clock_timestamp() END,
        guidances = CASE WHEN done.state = 'sent' AND done.guidances <> ''
            THEN string_to_array(done.guidances, ' ') ELSE d.guidances END
    FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[]), CAST(:kinds AS text[]),
        CAST(:attempts AS int[]), CAST(:states AS text[]), CAST(:replies AS text[]),
        CAST(:delays AS float8[]), CAST(:guidances AS text[]))
        AS done (booking_id, version, kind, attempts, state, reply, delay, guidances)
    WHERE (d.booking_id, d.version, d.kind) = (done.booking_id, done.version, done.kind)
        AND d.state = 'waiting' AND (done.state = 'sent' OR d.attempts = done.attempts)
    RETURNING d.booking_id, d.version, d.kind, d.office_id, d.state, d.last_reply, d.party
    """
)
# A mail under way has its next try in the future.
_END_LATE = text(
    """
    UPDATE delivery SET state = 'failed', last_reply = coalesce(last_reply, :past), contact = NULL,
        link = NULL, finished_at = clock_timestamp()
    WHERE state = 'waiting' AND next_at <= clock_timestamp()
        AND coalesce(until, starts_at) <= clock_timestamp()
    RETURNING booking_id, version, kind, office_id, state, last_reply, party
    """
)
_END_RESTORED = text(
    """
    UPDATE delivery SET state = 'failed', last_reply = :restored, contact = NULL, link = NULL,
        finished_at = clock_timestamp()
    WHERE state = 'waiting' AND created_at < :before
    """
)
_WAITING = text(
    f"""
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest,
        count(*) FILTER (WHERE NOT ({WRITABLE})) AS unwritable
    FROM delivery d WHERE state = 'waiting'
    """
)
_KNOWN = text(
    """
    SELECT (SELECT count(*) FROM office) AS offices, (SELECT count(*) FROM procedure) AS procedures
    """
)


@dataclass(frozen=True)
class DueMail:
    """A mail that this process has claimed, to be tried before `until`. `edition` is the newest of
    the city's own texts, `request_id` the request that it follows from."""

    booking_id: UUID
    version: int
    kind: MailKind
    attempts: int
    contact: str
    link: str | None
    until: datetime
    edition: int
    request_id: str
    visit: LetterVisit


@dataclass(frozen=True)
class Result:
    """What became of a claimed mail; no outcome means that it was not tried."""

    due: DueMail
    outcome: MailOutcome | None


class MailStore(SqlStore):
    """One transaction of notify, as far as sending goes."""

    async def claim(self, count: int, lease_seconds: float) -> list[DueMail]:
        """Up to `count` mails that are due; nobody else takes them while the lease lasts."""
        rows = await self.session.execute(_CLAIM, {"count": count, "lease": lease_seconds})
        return [_due(row) for row in rows]

    async def stands(self, due: DueMail) -> bool | None:
        """Whether a claimed mail is still true and for the booking's address: a reminder, while the
        agenda says the same and no fact of its booking is known to be on its way. None: somebody
        else has it by now, or it was withdrawn."""
        names = ("booking_id", "version", "kind", "attempts")
        values = {name: getattr(due, name) for name in names}
        row = (await self.session.execute(_STANDS, values)).one_or_none()
        return None if row is None else bool(row.stands)

    async def record(self, results: Sequence[Result]) -> None:
        """Keep what became of claimed mails, and publish what is final."""
        self._publish_ends(await self.session.execute(_RECORD, _columns(results)))

    async def end_late(self) -> int:
        """Nobody tries mails any more whose time has passed; how many. It is published."""
        return self._publish_ends(await self.session.execute(_END_LATE, {"past": PAST}))

    async def end_restored(self, before: datetime) -> int:
        """What waited then is not sent: the mails that left since are not known to this database.
        Nobody is called about them. How many."""
        values = {"before": before, "restored": RESTORED}
        done = await self.session.execute(_END_RESTORED, values)
        return int(getattr(done, "rowcount", 0))

    def _publish_ends(self, rows: Iterable[Row[Any]]) -> int:
        now = datetime.now(UTC)
        ends = [row for row in rows if row.state != "waiting"]
        for row in ends:
            if news := _news(row, now):
                self.publish(news)
        return len(ends)

    async def waiting(self) -> tuple[float, int]:
        """The age of the oldest mail that waits in seconds, and how many wait for their office or
        procedure to come in."""
        row = (await self.session.execute(_WAITING)).one()
        return row.oldest, row.unwritable

    async def known_rows(self) -> dict[str, int]:
        """How much has come in of what mails speak of."""
        return dict((await self.session.execute(_KNOWN)).mappings().one())


def _due(row: Row[Any]) -> DueMail:
    names = (
        *("booking_id", "version", "kind", "attempts", "contact", "link", "until"),
        "request_id",
    )
    values = {name: getattr(row, name) for name in names}
    return DueMail(**values, edition=row.edition or 0, visit=visit_of(row))


def visit_of(row: Row[Any]) -> LetterVisit:
    """What a mail says of a visit, in its language: of a claimed mail, or of a made-up one."""
    japanese = LetterVisit(
        language=row.language,
        number=row.number,
        starts_at=row.starts_at,
        previous_starts_at=row.previous_starts_at,
        office=row.office,
        office_address=row.office_address,
        office_phone=row.office_phone,
        procedure="",
        documents=(),
        notes=(),
        proposed_starts_at=row.proposed_starts_at,
        proposed_office=with_readings(row.proposed_office or ""),
        held_until=row.held_until,
        procedure_id=row.procedure_id,
        office_id=row.office_id,
        series_id=row.series_id or "",
    )
    office = booking.OfficeText.model_validate(row.office_text or {})
    later = [booking.LaterAddress.model_validate(found) for found in row.later]
    procedures = [ProcedureWords.model_validate(found) for found in row.procedures]
    visit, office = at_address(japanese, office, later)
    first = Comer(
        number=row.number, starts_at=row.starts_at, visitor=row.visitor, relation=row.relation,
        procedures=tuple(procedures),
    )  # fmt: skip
    others = [Comer.model_validate(found) for found in row.party or ()]
    guidances = [booking.Guidance.model_validate(found) for found in row.guidances]
    return guided(in_words(visit, office, [first, *others]), guidances)


def _columns(results: Sequence[Result]) -> dict[str, list[Any]]:
    outcomes = [result.outcome for result in results]
    return {
        "ids": [result.due.booking_id for result in results],
        "versions": [result.due.version for result in results],
        "kinds": [result.due.kind for result in results],
        "attempts": [result.due.attempts for result in results],
        "states": [outcome.state if outcome else "waiting" for outcome in outcomes],
        "replies": [outcome.reply if outcome else None for outcome in outcomes],
        "guidances": [" ".join(result.due.visit.editions) for result in results],
        "delays": [outcome.delay.total_seconds() if outcome else 0.0 for outcome in outcomes],
    }


def _news(row: Row[Any], at: datetime) -> MailDelivered | MailFailed | ReminderFailed | None:
    """None for what concerns nobody: a mail that was withdrawn, one to an address that was
    replaced, and a reminder that was sent."""
    names = ("booking_id", "version", "kind", "office_id")
    common = {name: getattr(row, name) for name in names}
    if row.last_reply == OBSOLETE or row.kind == "former":
        return None
    if row.kind == "reminder":
        return reminder_failed(row, at) if row.state == "failed" else None
    if row.kind not in get_args(ToldKind):
        common["kind"] = "changed"
    if row.state == "sent":
        return MailDelivered(**common, at=at)
    return MailFailed(**common, reason=row.last_reply, at=at)


def reminder_failed(row: Row[Any], at: datetime) -> ReminderFailed:
    names = ("booking_id", "version", "office_id")
    common = {name: getattr(row, name) for name in names}
    others = tuple(map(MailedBooking.model_validate, row.party))
    return ReminderFailed(**common, reason=row.last_reply, at=at, others=others)
