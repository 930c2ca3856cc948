"""All SQL of notify: visits and what is known of offices and procedures here, the rest by topic."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, text

from libs.common.assertion import EVERY_OFFICE
from libs.common.logs import request_id
from libs.contracts import booking
from libs.contracts.notify import Delivery, MailKind, TextPlace

from .agenda import AgendaStore
from .domain.languages import known
from .domain.letter import LetterVisit
from .domain.reminders import OBSOLETE, last_moment
from .guidance_store import GuidanceStore
from .mail_store import WRITABLE, MailStore, visit_of
from .text_store import SAMPLE, TextStore

GATHER_SECONDS = 180.0
"""So long the mail about a change waits for the same change of others of the family."""

OpenStore = Callable[[], AbstractAsyncContextManager["Store"]]
OUTAGE_MAIL = timedelta(hours=6)
"""So long a mail about an outage is tried, whenever the visit was."""

# The visit to remind of, and the mail about this version of it if there is one (`kind`), in one
# round trip. A mail is written once. A contact that changes does not make the choice of the time
# younger; an older version than the known one is passed over. A restated booking has no link: the
# known one stays, and the fact of the same version may still bring it, or the series. Most facts do
# not say whether the time of a booking was closed: it stays as it was known, while the booking is
# there.
STILL_DISPLACED = """
    coalesce(CAST(:displaced AS boolean), agenda.displaced
        AND (agenda.starts_at, agenda.office_id) = (excluded.starts_at, excluded.office_id))
"""
_FOLLOW = text(
    f"""
    WITH mail AS (
        INSERT INTO delivery (booking_id, version, kind, contact, link, number, office_id,
            procedure_id, language, starts_at, previous_starts_at, visitor, also, state, attempts,
            proposed_office_id, proposed_starts_at, held_until, contact_version, until, relation,
            party, next_at, series_id, request_id)
        SELECT :booking_id, :version, CAST(:kind AS text), :contact, :link, :number, :office_id,
            :procedure_id, :language, :starts_at, :previous_starts_at, :visitor,
            CAST(:also AS text[]), 'waiting', 0, :proposed_office_id, :proposed_starts_at,
            :held_until, :contact_version, :until, :relation, CAST(:party AS jsonb),
            now() + :pause * interval '1 second', :series_id, :request_id
        WHERE CAST(:kind AS text) IS NOT NULL
        ON CONFLICT DO NOTHING)
    INSERT INTO agenda (booking_id, version, contact, link, number, office_id, procedure_id,
        visitor, also, language, starts_at, settled_at, contact_version, displaced, party_id,
        party_line, relation, series_id)
    SELECT booking_id, version, CASE WHEN stands THEN contact END, CASE WHEN stands THEN link END,
        number, office_id, procedure_id, visitor, also, language, starts_at, settled_at,
        CAST(:contact_version AS integer), coalesce(CAST(:displaced AS boolean), false),
        CAST(:party_id AS uuid), :party_line, :relation, :series_id
    FROM (VALUES (CAST(:booking_id AS uuid), CAST(:version AS integer), CAST(:contact AS text),
        CAST(:link AS text), CAST(:number AS text), CAST(:office_id AS text),
        CAST(:procedure_id AS text), CAST(:visitor AS text), CAST(:also AS text[]),
        CAST(:language AS text), CAST(:starts_at AS timestamptz), CAST(:at AS timestamptz),
        CAST(:stands AS boolean)))
        AS told (booking_id, version, contact, link, number, office_id, procedure_id, visitor,
            also, language, starts_at, settled_at, stands)
    ON CONFLICT (booking_id) DO UPDATE SET version = excluded.version,
        contact = CASE WHEN NOT {STILL_DISPLACED} THEN excluded.contact END,
        link = CASE WHEN {STILL_DISPLACED} THEN NULL WHEN excluded.contact = agenda.contact
            THEN coalesce(excluded.link, agenda.link) ELSE excluded.link END,
        displaced = {STILL_DISPLACED},
        contact_version = greatest(agenda.contact_version, excluded.contact_version),
        office_id = excluded.office_id, language = excluded.language,
        procedure_id = excluded.procedure_id, visitor = excluded.visitor, also = excluded.also,
        party_id = coalesce(excluded.party_id, agenda.party_id),
        party_line = excluded.party_line, relation = excluded.relation,
        starts_at = excluded.starts_at, series_id = excluded.series_id,
        settled_at = CASE WHEN (agenda.starts_at, agenda.office_id)
                = (excluded.starts_at, excluded.office_id)
            THEN agenda.settled_at ELSE excluded.settled_at END
    WHERE agenda.version < excluded.version
        OR (agenda.version, agenda.contact) = (excluded.version, excluded.contact)
            AND (agenda.link IS NULL OR agenda.series_id IS NULL)
    """
).bindparams(
    bindparam("starts_at", type_=DateTime(True)),
    bindparam("previous_starts_at", type_=DateTime(True)),
    bindparam("at", type_=DateTime(True)),
    bindparam("proposed_starts_at", type_=DateTime(True)),
    bindparam("held_until", type_=DateTime(True)),
    bindparam("until", type_=DateTime(True)),
)
# Facts about one family follow one another here, so that each sees the mail of the one before it.
_LOCK_FAMILY = text("SELECT pg_advisory_xact_lock(hashtextextended(:family, 0))")
# Into the mail about another one of the family that nobody has tried to send yet.
_GATHER = text(
    """
    UPDATE delivery d SET next_at = now() + :pause * interval '1 second',
        party = coalesce((SELECT jsonb_agg(other) FROM jsonb_array_elements(d.party) AS other
            WHERE CAST(other ->> 'booking_id' AS uuid) <> CAST(:booking_id AS uuid)), '[]')
            || CAST(:visit AS jsonb)
    FROM agenda a
    WHERE a.party_id = :party_id AND d.booking_id = a.booking_id
        AND d.booking_id <> CAST(:booking_id AS uuid) AND d.kind = :kind AND d.state = 'waiting'
        AND d.attempts = 0 AND (d.contact, d.office_id, d.language)
            = (:contact, :office_id, :language)
    RETURNING 1
    """
)
GATHERED: tuple[MailKind, ...] = ("changed", "cancelled")
"""What a family often does about one of them after the other: one mail tells of all."""
_FOLLOWED = {
    *("booking_id", "version", "contact", "link", "number", "office_id", "procedure_id", "visitor"),
    *("starts_at", "at", "contact_version", "party_id", "party_line", "relation", "series_id"),
}
_PROPOSED = ("proposed_office_id", "proposed_starts_at", "held_until")
_KEEP_OFFICE = text(
    """
    INSERT INTO office (office_id, name, address, phone, version, texts, later, guidances, series)
    VALUES (:office_id, :name, :address, :phone, :version, CAST(:texts AS jsonb),
        CAST(:later AS jsonb), CAST(:guidances AS jsonb), CAST(:series AS text[]))
    ON CONFLICT (office_id) DO UPDATE SET name = excluded.name, address = excluded.address,
        phone = excluded.phone, version = excluded.version, texts = excluded.texts,
        later = excluded.later, guidances = excluded.guidances, series = excluded.series
    WHERE office.version < excluded.version
        OR office.version = excluded.version AND office.series = '{}'
    """
)
_KEEP_PROCEDURE = text(
    """
    INSERT INTO procedure (procedure_id, name, documents, notes, version, texts, rules,
        changes_days_before)
    VALUES (:procedure_id, :name, CAST(:documents AS text[]), CAST(:notes AS text[]), :version,
        CAST(:texts AS jsonb), CAST(:rules AS jsonb), :changes_days_before)
    ON CONFLICT (procedure_id) DO UPDATE SET name = excluded.name, texts = excluded.texts,
        rules = excluded.rules, documents = excluded.documents, notes = excluded.notes,
        version = excluded.version, changes_days_before = excluded.changes_days_before
    WHERE procedure.version < excluded.version
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
# A mail about a family goes on to the others, from the first whom its address still is for; their
# reminder is made anew by itself.
_WITHDRAW = text(
    """
    WITH old AS (
        SELECT * FROM delivery
        WHERE booking_id = :booking_id AND state = 'waiting' AND kind <> 'former'
            AND coalesce(contact_version, version) < :contact_version
        FOR UPDATE
    ), gone AS (
        UPDATE delivery d SET contact = NULL, link = NULL, finished_at = clock_timestamp(),
            state = 'failed', last_reply = :obsolete
        FROM old WHERE (d.booking_id, d.version, d.kind) = (old.booking_id, old.version, old.kind)
    ), left_over AS (
        SELECT old.kind, old.contact, old.previous_starts_at, old.until, a.booking_id, a.version,
            a.link, a.number, a.office_id, a.procedure_id, a.visitor, a.also, a.language,
            a.starts_at, a.contact_version, a.relation, a.series_id, other,
            row_number() OVER (PARTITION BY old.version, old.kind ORDER BY place) AS place
        FROM old CROSS JOIN jsonb_array_elements(old.party)
                WITH ORDINALITY AS others (other, place)
            JOIN agenda a ON a.booking_id = CAST(other ->> 'booking_id' AS uuid)
        WHERE old.kind <> 'reminder' AND a.contact = old.contact)
    INSERT INTO delivery (booking_id, version, kind, contact, link, number, office_id, procedure_id,
        visitor, also, language, starts_at, previous_starts_at, state, attempts, contact_version,
        until, relation, series_id, party)
    SELECT booking_id, version, kind, contact, link, number, office_id, procedure_id, visitor, also,
        language, starts_at, previous_starts_at, 'waiting', 0, contact_version, until, relation,
        series_id, coalesce((SELECT jsonb_agg(o.other ORDER BY o.place) FROM left_over o
            WHERE o.kind = first.kind AND o.place > 1), '[]')
    FROM left_over first WHERE place = 1
    ON CONFLICT DO NOTHING
    """
)
# To the address that was replaced, if it ever took a mail: nobody else is told of the booking.
_TELL_FORMER = text(
    """
    INSERT INTO delivery (booking_id, version, kind, contact, number, office_id, procedure_id,
        language, starts_at, state, attempts, contact_version, until, series_id, request_id)
    SELECT :booking_id, :version, 'former', :contact, :number, :office_id, :procedure_id, :language,
        :starts_at, 'waiting', 0, :former_version, :until, :series_id, :request_id
    WHERE EXISTS (
        SELECT FROM delivery WHERE booking_id = :booking_id AND state = 'sent' AND kind <> 'former'
            AND coalesce(contact_version, version) >= :former_version
            AND coalesce(contact_version, version) < :version)
    ON CONFLICT DO NOTHING
    """
).bindparams(bindparam("starts_at", type_=DateTime(True)), bindparam("until", type_=DateTime(True)))
_OF_BOOKING = text(
    f"""
    SELECT kind, version, state, attempts, last_reply, coalesce(finished_at, created_at) AS at,
        state = 'waiting' AND NOT ({WRITABLE}) AS unwritable
    FROM delivery d
    WHERE (booking_id = :booking_id OR booking_id IN (
            SELECT l.booking_id FROM agenda own JOIN agenda l USING (party_id)
            WHERE own.booking_id = :booking_id)
        AND party @> jsonb_build_array(jsonb_build_object('booking_id', CAST(:booking_id AS uuid))))
        AND last_reply IS DISTINCT FROM :obsolete
        AND (:every_office OR office_id = ANY(CAST(:offices AS text[])))
    ORDER BY version, kind
    """
)


class Store(AgendaStore, TextStore, MailStore, GuidanceStore):
    """One transaction of notify."""

    async def follow(
        self,
        fact: booking.BookingFact,
        kind: MailKind | None,
        previous: datetime | None = None,
        *,
        displaced: bool | None = None,
    ) -> None:
        """Know the visit as this version says, and write the mail of `kind` about it, once. What
        waits for an address that it no longer has is withdrawn. `displaced`: whether its time was
        closed, where the fact says so; nobody is reminded of such a time."""
        gathers = kind in GATHERED and fact.party_id is not None and fact.contact is not None
        if gathers and await self._gather(fact, kind):
            kind = None
        columns = {**fact.model_dump(include=_FOLLOWED), "also": list(fact.also)}
        columns["pause"] = GATHER_SECONDS if gathers else 0.0
        mail = {"kind": kind, "previous_starts_at": previous, "language": known(fact.language)}
        until = {"until": self._until(fact, kind), "request_id": request_id.get()}
        proposal = {**dict.fromkeys(_PROPOSED), **fact.model_dump(include=set(_PROPOSED))}
        stands = {"stands": fact.status == "confirmed" and not displaced, "displaced": displaced}
        values = {**columns, **mail, **until, **proposal, **stands, **_party(fact)}
        await self.session.execute(_FOLLOW, values)
        await self._withdraw(fact)
        self.mail_may_be_due = self.mail_may_be_due or kind is not None

    @staticmethod
    def _until(fact: booking.BookingFact, kind: MailKind | None) -> datetime:
        """Of an outage one hears after the time of the visit as well."""
        at = datetime.now(UTC)
        until = last_moment(fact.starts_at, at)
        return max(until, at + OUTAGE_MAIL) if kind == "stopped" else until

    async def _gather(self, fact: booking.BookingFact, kind: MailKind | None) -> bool:
        """Whether the mail about another one of the family tells of this one as well."""
        await self.session.execute(_LOCK_FAMILY, {"family": f"family {fact.party_id}"})
        visit = {
            **fact.model_dump(mode="json", include=set(booking.PartyVisit.model_fields)),
            "procedure_ids": [fact.procedure_id, *fact.also],
        }
        values = {
            **{name: getattr(fact, name) for name in ("party_id", "contact", "office_id")},
            "booking_id": fact.booking_id,
            "language": known(fact.language),
            "kind": kind,
            "pause": GATHER_SECONDS,
            "visit": json.dumps(visit),
        }
        return (await self.session.execute(_GATHER, values)).first() is not None

    async def forget_person(self, booking_id: UUID) -> None:
        """No address of this booking is kept; a mail that still waits will not be sent."""
        await self.session.execute(_FORGET, {"booking_id": booking_id})

    async def tell_former_address(self, fact: booking.BookingUpdated) -> None:
        """That it was replaced, once, where it had a mail before."""
        names = {"booking_id", "version", "number", "office_id", "procedure_id", "starts_at"}
        values = fact.model_dump(include={*names, "series_id", "former_version"})
        more = {"contact": fact.former_contact, "language": known(fact.language)}
        until = last_moment(fact.starts_at, datetime.now(UTC))
        after = {"until": until, "request_id": request_id.get()}
        await self.session.execute(_TELL_FORMER, {**values, **more, **after})
        self.mail_may_be_due = True

    async def _withdraw(self, fact: booking.BookingFact) -> None:
        """A mail that is on its way cannot be held."""
        since = fact.contact_version or (0 if fact.contact else fact.version)
        values = {"booking_id": fact.booking_id, "contact_version": since, "obsolete": OBSOLETE}
        if since > 1:
            await self.session.execute(_WITHDRAW, values)

    async def keep_office(self, office: booking.Office) -> None:
        """An older version than the known one is passed over."""
        columns = office.model_dump(include={"office_id", "name", "address", "phone", "version"})
        texts = _json(office.model_dump(mode="json", include={"texts", "later", "guidances"}))
        series = {"series": [one.series_id for one in office.series]}
        await self.session.execute(_KEEP_OFFICE, {**columns, **texts, **series})
        self.mail_may_be_due = True

    async def keep_procedure(self, procedure: booking.Procedure) -> None:
        """An older version than the known one is passed over."""
        names = {"procedure_id", "name", "documents", "notes", "version", "changes_days_before"}
        texts = _json(procedure.model_dump(mode="json", include={"texts", "rules"}))
        await self.session.execute(
            _KEEP_PROCEDURE, {**procedure.model_dump(include=names), **texts}
        )
        self.mail_may_be_due = True

    async def sample(self, place: TextPlace, token: str) -> LetterVisit | None:
        """A made-up visit that a mail of this place could be about; None where the office, its
        series or the procedure is not known."""
        values = place.model_dump(exclude={"kind"})
        row = (await self.session.execute(SAMPLE, values)).one_or_none()
        return replace(visit_of(row), token=token) if row else None

    async def deliveries(self, booking_id: UUID, offices: frozenset[str]) -> tuple[Delivery, ...]:
        """The mails of a booking that concern one of `offices`, oldest version first; without
        those that nobody was to get any more."""
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


def _party(fact: booking.BookingFact) -> dict[str, str]:
    """Who else a mail tells about."""
    others = fact.party if isinstance(fact, booking.BookingConfirmed) else ()
    return {"party": json.dumps([visit.model_dump(mode="json") for visit in others])}


def _json(values: dict[str, Any]) -> dict[str, str]:
    return {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
