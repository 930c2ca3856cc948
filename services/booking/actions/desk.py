"""What every use case needs: the store, the keys, and the ways to recognise a person."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from libs.common.errors import Malformed, Problem
from libs.common.passes import Passes
from libs.common.seal import BlindIndex, KeyRing
from libs.common.signing import BadSignature, Signer, Verifier
from libs.common.tries import Tolls
from libs.contracts.booking import (
    BookingProof,
    Displacement,
    PartyMember,
    Procedure,
    Proposed,
    StaffBooking,
)
from libs.contracts.booking import (
    CitizenBooking as OwnBooking,
)
from libs.contracts.eligibility import TicketClaims
from libs.contracts.notify import masked
from libs.contracts.times import day_of
from libs.rules.names import KEY_VERSION
from services.booking import domain
from services.booking.domain import CardElsewhere, NotEligible, PersonKey
from services.booking.domain.booking import Booking
from services.booking.domain.standing import stands
from services.booking.store import OpenStore, Store
from services.booking.store.base import Request
from services.booking.store.cards import KnownCard
from services.booking.store.displaced import DisplacedBooking

from .finding import SearchKeys
from .turns import NamedLocks

TRIES = 3
EARLIEST_BIRTH = date(1900, 1, 1)
PASSING: Any = {
    "ticket": True,
    "work": True,
    "origins": True,
    "party": {"__all__": {"ticket"}},
    "change": {"ticket", "work", "origin", "opened"},
    "joins": {"ticket", "work", "origin", "opened"},
}
"""Where a request has tickets, passes and whence it comes, in the words of pydantic."""
PROOF = set(BookingProof.model_fields)


@dataclass(frozen=True)
class BookingContext:
    """The parts of a running booking service."""

    open_store: OpenStore
    contacts: KeyRing
    persons: KeyRing
    index: BlindIndex
    tickets: Verifier
    card_passes: Signer
    hold_minutes: int
    passes: Passes
    tolls: Tolls
    search_keys: SearchKeys
    proposal_days: int = 3
    """So many working days a proposed time is held for whoever lost their own."""
    searches_an_hour: int = 60
    """So many searches by other things than the booking number an account has within an hour."""
    shelves: bool = False
    """Whether the city marks on which shelf a card lies (保管番号)."""
    tries_at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TRIES))
    """Who looks for a booking by its number; what they may take of the connections."""
    turns: NamedLocks = field(default_factory=NamedLocks)

    def request(self, scope: str, key: str, body: BaseModel | None = None) -> Request:
        """An idempotent request; its digest says nothing without the key. Tickets are no part of
        what is asked: the same wish may come again with newer ones."""
        asked = body.model_dump_json(exclude=PASSING) if body else ""
        return Request(scope, key, self.index.digest(asked))

    def own_request(
        self, what: str, session: UUID, key: str, booking_id: UUID, ask: BookingProof
    ) -> Request:
        """What a citizen wants of one booking. How the booking was opened is no part of it."""
        asked = ask.model_dump_json(exclude=PROOF)
        return Request(f"{what}:{session}", key, self.index.digest(str(booking_id), asked))

    @asynccontextmanager
    async def once(self, request: Request, reply: UUID) -> AsyncIterator[tuple[Store, UUID | None]]:
        """A transaction for an idempotent request, and the reply of an earlier request with this
        key: where there is one, the transaction only reads. `reply` is remembered for later ones.
        A twin that comes meanwhile waits here. Raises KeyReused."""
        async with self.open_store() as store:
            yield store, await store.remember(request, reply)

    def ticket(self, ticket: str | None) -> TicketClaims:
        """Who eligibility says this is. Raises NotEligible."""
        try:
            claims = self.tickets.read(ticket or "", now=time.time())
        except BadSignature:
            raise NotEligible("The check of the card is missing or too old.") from None
        return TicketClaims.model_validate(claims)

    def card_person(self, card_key: str) -> str:
        return self.index.digest(*PersonKey.parts_of_card(card_key))

    def named_person(self, name: str, born: date, version: int = KEY_VERSION) -> str:
        return self.index.digest(*PersonKey.parts_of_name(name, born, version))


async def check_card(
    store: Store, card_key: str, procedures: Sequence[Procedure], office_id: str
) -> KnownCard | None:
    """The card, if one of the procedures needs it: it may be collected, and here. Raises
    NotEligible, CardElsewhere."""
    if not any(procedure.needs_card for procedure in procedures):
        return None
    card = await store.cards.get(card_key)
    if card is None or card.withdrawn or card.state != "ready":
        raise NotEligible("This card is not ready to be collected.")
    if is_elsewhere(card, procedures, office_id):
        raise CardElsewhere("The card is at another office.")
    return card


def is_elsewhere(card: KnownCard, procedures: Sequence[Procedure], office_id: str) -> bool:
    """Whether the visit would have to be where the card is, and is not."""
    return card.office_id != office_id and any(procedure.at_card_office for procedure in procedures)


@contextmanager
def about(person: int) -> Iterator[None]:
    """Says in a refusal whom of a party it is about: 0 is the first."""
    try:
        yield
    except Problem as problem:
        problem.facts["person"] = person
        raise


async def procedures_of(store: Store, row: Booking) -> tuple[Procedure, ...]:
    """What the booking is for, the leading procedure first."""
    known = await store.catalog.procedures_named(row.procedure_ids)
    return tuple(known[procedure_id] for procedure_id in row.procedure_ids)


def check_birth(born: date, now: datetime) -> None:
    if not EARLIEST_BIRTH <= born <= day_of(now):
        raise Malformed("This cannot be a date of birth.")


async def change_open(
    store: Store, row: Booking, procedures: Sequence[Procedure], now: datetime
) -> bool:
    """Whether the citizen may still move the booking. Whoever lost their time to a change of the
    city's may do so until it would have begun, and whom an outage met once at any time."""
    if all(
        domain.may_change(procedure, row.status, row.starts_at, now) for procedure in procedures
    ):
        return True
    may_cancel = domain.may_cancel(row.status, row.starts_at, now)
    if may_cancel and await store.displaced.open_displacement(row.booking_id) is not None:
        return True
    return await may_rebook(store, row)


async def may_rebook(store: Store, row: Booking) -> bool:
    """Whether an outage met the booking: then it may move once, whatever the deadlines."""
    met = row.status == "confirmed" or row.is_in_vain
    return met and await store.outages.is_hit(row.booking_id)


async def own_booking(
    desk: BookingContext, store: Store, row: Booking, others: Iterable[Booking] = ()
) -> OwnBooking:
    """A booking for its citizen; `others` were booked together with it."""
    procedures, now = await procedures_of(store, row), await store.now()
    booking = to_contract(row, procedures, now, await _party_size(store, row, now), others)
    if row.contact:
        hint = masked(desk.contacts.open(row.contact))
        booking = booking.model_copy(update={"email_hint": hint})
    if row.contact is None and await store.mailboxes.mail_waits(row.booking_id):
        booking = booking.model_copy(update={"mail_waits": True})
    # Whoever lost their time has a later version than the first.
    displaced = await store.displaced.open_displacement(row.booking_id) if row.version > 1 else None
    if displaced is None:
        rebooks = await may_rebook(store, row)
        return booking.model_copy(update={"rebooks": True, "can_change": True} if rebooks else {})
    more = {
        "displaced": Displacement(proposed=proposed(displaced)),
        "can_change": booking.can_cancel,
    }
    return booking.model_copy(update=more)


async def _party_size(store: Store, row: Booking, now: datetime) -> int:
    """This booking and all others of its party that stand."""
    standing = await store.parties.size(row.party_id)
    counted = row.party_id is None or stands(row.status, row.starts_at, now)
    return standing if counted else standing + 1


def proposed(displaced: DisplacedBooking) -> Proposed | None:
    """The time that is held for a displaced booking; none where there was none, or no longer."""
    office_id, at = displaced.proposed_office_id, displaced.proposed_at
    if office_id is None or at is None or displaced.held_until is None:
        return None
    return Proposed(office_id=office_id, starts_at=at, held_until=displaced.held_until)


def to_contract(
    row: Booking, procedures: Sequence[Procedure], now: datetime, party_size: int,
    others: Iterable[Booking] = (),
) -> OwnBooking:  # fmt: skip
    status, at = row.status, row.starts_at
    return OwnBooking(
        number=row.number,
        procedure_id=row.procedure_id,
        office_id=row.office_id,
        starts_at=at,
        minutes=row.minutes,
        visitor=row.visitor,
        status=status,
        has_email=row.contact is not None,
        can_change=all(domain.may_change(procedure, status, at, now) for procedure in procedures),
        can_cancel=domain.may_cancel(status, at, now),
        version=row.version,
        also=row.also,
        relation=row.relation,
        has_phone=row.phone is not None,
        mail_failed=row.mail_failed and row.contact is not None,
        needs=row.needs,
        interpreter=row.interpreter,
        language=row.language,
        party=tuple(_member(other) for other in others),
        party_size=party_size,
        can_add=domain.may_add(procedures, status, at, now, party_size),
    )


def _member(row: Booking) -> PartyMember:
    return PartyMember(**{name: getattr(row, name) for name in PartyMember.model_fields})


def staff_booking(
    row: Booking, window: int | None = None, hit: Collection[UUID] = ()
) -> StaffBooking:
    """`window` is the one that its person was called to; `hit` has it where an outage met it."""
    own = set(StaffBooking.model_fields) & set(vars(row))
    fields = {name: getattr(row, name) for name in own}
    return StaffBooking(
        **fields,
        has_email=row.contact is not None,
        window=window,
        in_outage=row.booking_id in hit,
    )
