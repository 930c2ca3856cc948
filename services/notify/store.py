"""All SQL of notify."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import DateTime, Row, bindparam, text

from libs.common.assertion import EVERY_OFFICE
from libs.contracts import booking
from libs.contracts.notify import Delivery, MailDelivered, MailFailed, MailKind, ToldKind

from .agenda import AgendaStore
from .domain.languages import known, with_readings
from .domain.letter import Visit
from .domain.outcome import Outcome
from .domain.places import Place
from .domain.reminders import OBSOLETE
from .domain.wording import Told, at_address, in_words
from .text_store import SAMPLE, TextStore

OpenStore = Callable[[], AbstractAsyncContextManager["Store"]]

# The visit to remind of, and the mail about this version of it if there is one (`kind`), in one
# round trip. A mail is written once. A contact that changes does not make the choice of the time
# younger; an older version than the known one is passed over.
_FOLLOW = text(
    """
    WITH mail AS (
        INSERT INTO delivery (booking_id, version, kind, contact, link, number, office_id,
            procedure_id, language, starts_at, previous_starts_at, visitor, also, state, attempts,
            proposed_office_id, proposed_starts_at, held_until)
        SELECT :booking_id, :version, CAST(:kind AS text), :contact, :link, :number, :office_id,
            :procedure_id, :language, :starts_at, :previous_starts_at, :visitor,
            CAST(:also AS text[]), 'waiting', 0, :proposed_office_id, :proposed_starts_at,
            :held_until
        WHERE CAST(:kind AS text) IS NOT NULL
        ON CONFLICT DO NOTHING)
    INSERT INTO agenda (booking_id, version, contact, link, number, office_id, procedure_id,
        visitor, also, language, starts_at, settled_at)
    SELECT booking_id, version, CASE WHEN stands THEN contact END, CASE WHEN stands THEN link END,
        number, office_id, procedure_id, visitor, also, language, starts_at, settled_at
    FROM (VALUES (CAST(:booking_id AS uuid), CAST(:version AS integer), CAST(:contact AS text),
        CAST(:link AS text), CAST(:number AS text), CAST(:office_id AS text),
        CAST(:procedure_id AS text), CAST(:visitor AS text), CAST(:also AS text[]),
        CAST(:language AS text), CAST(:starts_at AS timestamptz), CAST(:at AS timestamptz),
        CAST(:stands AS boolean)))
        AS told (booking_id, version, contact, link, number, office_id, procedure_id, visitor,
            also, language, starts_at, settled_at, stands)
    ON CONFLICT (booking_id) DO UPDATE SET version = excluded.version, contact = excluded.contact,
        link = excluded.link, office_id = excluded.office_id, language = excluded.language,
        procedure_id = excluded.procedure_id, visitor = excluded.visitor, also = excluded.also,
        starts_at = excluded.starts_at,
        settled_at = CASE WHEN (agenda.starts_at, agenda.office_id)
                = (excluded.starts_at, excluded.office_id)
            THEN agenda.settled_at ELSE excluded.settled_at END
    WHERE agenda.version < excluded.version
    """
).bindparams(
    bindparam("starts_at", type_=DateTime(True)),
    bindparam("previous_starts_at", type_=DateTime(True)),
    bindparam("at", type_=DateTime(True)),
    bindparam("proposed_starts_at", type_=DateTime(True)),
    bindparam("held_until", type_=DateTime(True)),
)
_FOLLOWED = {
    *("booking_id", "version", "contact", "link", "number", "office_id", "procedure_id", "visitor"),
    *("starts_at", "at"),
}
_PROPOSED = ("proposed_office_id", "proposed_starts_at", "held_until")
_KEEP_OFFICE = text(
    """
    INSERT INTO office (office_id, name, address, phone, version, texts, later)
    VALUES (:office_id, :name, :address, :phone, :version, CAST(:texts AS jsonb),
        CAST(:later AS jsonb))
    ON CONFLICT (office_id) DO UPDATE SET name = excluded.name, address = excluded.address,
        phone = excluded.phone, version = excluded.version, texts = excluded.texts,
        later = excluded.later
    WHERE office.version < excluded.version
    """
)
_KEEP_PROCEDURE = text(
    """
    INSERT INTO procedure (procedure_id, name, documents, notes, version, texts, rules)
    VALUES (:procedure_id, :name, CAST(:documents AS text[]), CAST(:notes AS text[]), :version,
        CAST(:texts AS jsonb), CAST(:rules AS jsonb))
    ON CONFLICT (procedure_id) DO UPDATE SET name = excluded.name, texts = excluded.texts,
        rules = excluded.rules, documents = excluded.documents, notes = excluded.notes,
        version = excluded.version
    WHERE procedure.version < excluded.version
    """
)
# A mail whose office or procedure is not known yet stays where it is, until the appointment.
# Mails of one booking leave in the order of its versions. `attempts` is also the fence: only the
# claim that counted it up may put the mail back. No ORDER BY: where the planner underestimates a
# backlog, it would sort all of it for every claim.
_CLAIM = text(
    """
    WITH due AS (
        SELECT booking_id, version, kind, office_id, proposed_office_id FROM delivery d
        WHERE state = 'waiting' AND next_at <= now()
            AND NOT EXISTS (
                SELECT FROM delivery older WHERE older.booking_id = d.booking_id
                    AND older.version < d.version AND older.state = 'waiting')
            AND (starts_at <= now()
                OR (EXISTS (SELECT FROM office o WHERE o.office_id = d.office_id)
                    AND (d.proposed_office_id IS NULL OR EXISTS (
                        SELECT FROM office o WHERE o.office_id = d.proposed_office_id))
                    AND NOT EXISTS (
                        SELECT FROM unnest(d.also || d.procedure_id) AS wanted (procedure_id)
                        LEFT JOIN procedure p USING (procedure_id) WHERE p.name IS NULL)))
        LIMIT :count FOR UPDATE OF d SKIP LOCKED)
    UPDATE delivery d SET attempts = attempts + 1,
        next_at = clock_timestamp() + :lease * interval '1 second'
    FROM due LEFT JOIN office o ON o.office_id = due.office_id
        LEFT JOIN office po ON po.office_id = due.proposed_office_id
    WHERE (d.booking_id, d.version, d.kind) = (due.booking_id, due.version, due.kind)
    RETURNING d.booking_id, d.version, d.kind, d.attempts, d.contact, d.link, d.number, d.starts_at,
        d.previous_starts_at, o.name AS office, o.address AS office_address,
        o.phone AS office_phone, d.language, d.visitor, o.texts -> d.language AS office_text,
        o.later, d.proposed_starts_at, d.held_until,
        coalesce(nullif(po.texts -> d.language ->> 'name', ''), po.name) AS proposed_office,
        (SELECT jsonb_agg(jsonb_build_object('name', p.name, 'documents', p.documents,
                'notes', p.notes, 'rules', p.rules, 'text', p.texts -> d.language) ORDER BY place)
            FROM unnest(d.procedure_id || d.also) WITH ORDINALITY AS wanted (procedure_id, place)
            JOIN procedure p USING (procedure_id)) AS procedures,
        d.office_id, d.procedure_id, (SELECT max(edition) FROM own_text) AS edition,
        d.kind <> 'reminder' OR EXISTS (
            SELECT FROM agenda a WHERE (a.booking_id, a.version) = (d.booking_id, d.version)
                AND a.contact IS NOT NULL) AS stands
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
        finished_at = CASE WHEN done.state <> 'waiting' THEN clock_timestamp() END
    FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[]), CAST(:kinds AS text[]),
        CAST(:attempts AS int[]), CAST(:states AS text[]), CAST(:replies AS text[]),
        CAST(:delays AS float8[]))
        AS done (booking_id, version, kind, attempts, state, reply, delay)
    WHERE (d.booking_id, d.version, d.kind) = (done.booking_id, done.version, done.kind)
        AND d.state = 'waiting' AND (done.state = 'sent' OR d.attempts = done.attempts)
    RETURNING d.booking_id, d.version, d.kind, d.office_id, d.state, d.last_reply
    """
)
_FORGET = text(
    """
    UPDATE delivery SET contact = NULL, link = NULL,
        finished_at = coalesce(finished_at, clock_timestamp()),
        state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END
    WHERE booking_id = :booking_id AND contact IS NOT NULL
    """
)
_OLDEST = text(
    """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
    FROM delivery WHERE state = 'waiting'
    """
)
_OF_BOOKING = text(
    """
    SELECT kind, version, state, attempts, last_reply, coalesce(finished_at, created_at) AS at
    FROM delivery
    WHERE booking_id = :booking_id AND last_reply IS DISTINCT FROM :obsolete
        AND (:every_office OR office_id = ANY(CAST(:offices AS text[])))
    ORDER BY version, kind
    """
)


@dataclass(frozen=True)
class Due:
    """A mail that this process has claimed. `visit` is None where the office or procedure was
    still unknown when the appointment began. A reminder `stands` while the agenda says the same.
    `edition` is the newest of the city's own texts."""

    booking_id: UUID
    version: int
    kind: MailKind
    attempts: int
    contact: str
    link: str | None
    starts_at: datetime
    stands: bool
    edition: int
    visit: Visit | None


@dataclass(frozen=True)
class Result:
    """What became of a claimed mail; no outcome means that it was not tried."""

    due: Due
    outcome: Outcome | None


class Store(AgendaStore, TextStore):
    """One transaction of notify."""

    async def follow(
        self, fact: booking.BookingFact, kind: MailKind | None, previous: datetime | None = None
    ) -> None:
        """Know the visit as this version says, and write the mail of `kind` about it, once. Nobody
        is reminded of a time that is no longer open."""
        columns = {**fact.model_dump(include=_FOLLOWED), "also": list(fact.also)}
        mail = {"kind": kind, "previous_starts_at": previous, "language": known(fact.language)}
        displaced = isinstance(fact, booking.BookingDisplaced)
        proposal = (
            fact.model_dump(include=set(_PROPOSED)) if displaced else dict.fromkeys(_PROPOSED)
        )
        stands = {"stands": fact.status == "confirmed" and not displaced}
        await self.session.execute(_FOLLOW, {**columns, **mail, **proposal, **stands})
        self.mail_may_be_due = self.mail_may_be_due or kind is not None

    async def forget_person(self, booking_id: UUID) -> None:
        """No address of this booking is kept; a mail that still waits will not be sent."""
        await self.session.execute(_FORGET, {"booking_id": booking_id})

    async def keep_office(self, office: booking.Office) -> None:
        """An older version than the known one is passed over."""
        columns = office.model_dump(include={"office_id", "name", "address", "phone", "version"})
        texts = _json(office.model_dump(mode="json", include={"texts", "later"}))
        await self.session.execute(_KEEP_OFFICE, {**columns, **texts})
        self.mail_may_be_due = True

    async def keep_procedure(self, procedure: booking.Procedure) -> None:
        """An older version than the known one is passed over."""
        names = {"procedure_id", "name", "documents", "notes", "version"}
        texts = _json(procedure.model_dump(mode="json", include={"texts", "rules"}))
        await self.session.execute(
            _KEEP_PROCEDURE, {**procedure.model_dump(include=names), **texts}
        )
        self.mail_may_be_due = True

    async def claim(self, count: int, lease_seconds: float) -> list[Due]:
        """Up to `count` mails that are due; nobody else takes them while the lease lasts."""
        rows = await self.session.execute(_CLAIM, {"count": count, "lease": lease_seconds})
        return [_due(row) for row in rows]

    async def record(self, results: Sequence[Result]) -> None:
        """Keep what became of claimed mails and publish what is final; the facts know of no
        reminders."""
        rows = await self.session.execute(_RECORD, _columns(results))
        now = datetime.now(UTC)
        for row in rows:
            if row.state != "waiting" and row.kind != "reminder":
                self.publish(_news(row, now))

    async def sample(self, place: Place, token: str) -> Visit | None:
        """A made-up visit that a mail of this place could be about; None where the office or the
        procedure is not known."""
        values = {name: getattr(place, name) for name in ("language", "office_id", "procedure_id")}
        row = (await self.session.execute(SAMPLE, values)).one_or_none()
        return replace(_visit(row), token=token) if row else None

    async def oldest_waiting_seconds(self) -> float:
        return float((await self.session.execute(_OLDEST)).scalar_one())

    async def deliveries(self, booking_id: UUID, offices: frozenset[str]) -> tuple[Delivery, ...]:
        """The mails of a booking that concern one of `offices`, oldest version first; without
        reminders that nobody was to get any more."""
        scope = {"every_office": EVERY_OFFICE in offices, "offices": list(offices)}
        which = {"booking_id": booking_id, "obsolete": OBSOLETE}
        rows = await self.session.execute(_OF_BOOKING, {**which, **scope})
        return tuple(Delivery.model_validate(dict(row)) for row in rows.mappings())


def waking(open_store: OpenStore, wake: Callable[[], None]) -> OpenStore:
    """The same transactions; those that may have made a mail due end with `wake()`."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Store]:
        async with open_store() as store:
            yield store
        if store.mail_may_be_due:
            wake()

    return opened


def _json(values: dict[str, Any]) -> dict[str, str]:
    return {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}


def _due(row: Row[Any]) -> Due:
    names = ("booking_id", "version", "kind", "attempts", "contact", "link", "starts_at", "stands")
    is_known = row.office is not None and row.procedures is not None
    visit = _visit(row) if is_known else None
    values = {name: getattr(row, name) for name in names}
    return Due(**values, edition=row.edition or 0, visit=visit)


def _visit(row: Row[Any]) -> Visit:
    japanese = Visit(
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
    )
    office = booking.OfficeText.model_validate(row.office_text or {})
    later = [booking.LaterAddress.model_validate(found) for found in row.later]
    procedures = [Told.model_validate(found) for found in row.procedures]
    visit, office = at_address(japanese, office, later)
    return in_words(visit, office, row.visitor, procedures)


def _columns(results: Sequence[Result]) -> dict[str, list[Any]]:
    outcomes = [result.outcome for result in results]
    return {
        "ids": [result.due.booking_id for result in results],
        "versions": [result.due.version for result in results],
        "kinds": [result.due.kind for result in results],
        "attempts": [result.due.attempts for result in results],
        "states": [outcome.state if outcome else "waiting" for outcome in outcomes],
        "replies": [outcome.reply if outcome else None for outcome in outcomes],
        "delays": [outcome.delay.total_seconds() if outcome else 0.0 for outcome in outcomes],
    }


def _news(row: Row[Any], at: datetime) -> MailDelivered | MailFailed:
    names = ("booking_id", "version", "kind", "office_id")
    common = {name: getattr(row, name) for name in names}
    if row.kind not in get_args(ToldKind):
        common["kind"] = "changed"
    if row.state == "sent":
        return MailDelivered(**common, at=at)
    return MailFailed(**common, reason=row.last_reply, at=at)
