"""The held time becomes a booking, for a party one each: all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from libs.contracts.booking import (
    CELL_MINUTES,
    BookingConfirmed,
    BookingRequest,
    PartyVisit,
    Person,
)
from libs.contracts.booking import CitizenBooking as OwnBooking
from libs.contracts.notify import masked
from libs.rules.visits import party_limit
from services.booking.domain import (
    HoldExpired,
    NotActive,
    PartyFull,
    may_cancel,
)
from services.booking.domain.booking import CITIZEN, Booking, Step
from services.booking.store import Store
from services.booking.store.base import Request
from services.booking.store.held import HeldTime

from .alike import check_unlike, make_comparable
from .contact_details import read_contact
from .desk import BookingContext, about, own_booking, procedures_of, to_contract
from .drafts import HeldVisit, drafted
from .guardians import check_guardian
from .links import make_link
from .mailboxes import with_addresses
from .parties import People, people_of, wish_of
from .proofs import prove


@dataclass(frozen=True)
class _Party:
    """Who belongs together, and how many they are; no id for one who is alone."""

    party_id: UUID | None
    size: int


async def book(
    desk: BookingContext, session: UUID, request: Request, ask: BookingRequest
) -> OwnBooking:
    """What the session holds becomes bookings; the answer is that of the first person. Raises
    HoldExpired, AlreadyBooked, NotEligible, CardElsewhere, NotOffered, Paused, ByPhone,
    GuardianNeeded, OneWindow, LikeAnother, Malformed; for one who joins a party also PartyFull,
    NotActive and whatever `prove` raises."""
    joined = await prove(desk, ask.joins) if ask.joins else None
    booking_id = uuid4()
    await make_comparable(desk, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        if earlier:
            row = await store.bookings.get(earlier)
            return await own_booking(desk, store, row, await store.parties.made_with(row))
        held = await store.holds.take(session)
        if held is None or not _is_what_was_seen(held, ask):
            raise HoldExpired("The time is no longer held.")
        people, now = await people_of(store, [*map(wish_of, held.places)]), held.read_at
        party = await _party(store, joined, people, now)
        rows = await _drafted(desk, store, held, people, ask, now)
        rows[0] = replace(rows[0], booking_id=booking_id)
        rows = [replace(row, party_id=party.party_id) for row in rows]
        await check_guardian(store, *rows)
        await check_unlike(desk, store, rows, ask)
        rows, uses = await with_addresses(desk, store, rows, ask.email)
        await write(desk, store, held, rows, [Step(CITIZEN, "booked")] * len(rows))
        await store.origins.count_booked(session, _named_cells(rows))
        for use in uses:
            await store.mailboxes.save_address_use(use)
    booking = to_contract(rows[0], people[0], now, party.size, rows[1:])
    hint = masked(ask.email) if ask.email and rows[0].contact else None
    more = {"mail_waits": any(use.waiting for use in uses), "email_hint": hint}
    return booking.model_copy(update=more)


def _is_what_was_seen(held: HeldTime, ask: BookingRequest) -> bool:
    """Another tab of the session may have moved the hold meanwhile."""
    seen = (ask.procedure_id, ask.office_id, ask.starts_at)
    persons: list[Person] = [ask, *ask.party]
    return (
        held.change_of is None
        and seen == (held.procedure_id, held.office_id, held.starts_at)
        and len(persons) == len(held.places)
        and all(
            person.procedure_ids in ((), wish_of(place))
            for person, place in zip(persons, held.places, strict=True)
        )
    )


async def _party(store: Store, joined: UUID | None, people: People, now: datetime) -> _Party:
    """The party of the new bookings, which may be one that exists. Raises PartyFull, NotActive."""
    if joined is None:
        return _Party(uuid4() if len(people) > 1 else None, len(people))
    other = await store.bookings.get(joined, lock=True)
    if not may_cancel(other.status, other.starts_at, now):
        raise NotActive("This booking is cancelled or over.")
    party_id = await store.parties.of(other)
    size = await store.parties.size(party_id) + len(people)
    every = [
        *await procedures_of(store, other),
        *(procedure for who in people for procedure in who),
    ]
    if size > party_limit(every):
        raise PartyFull("Nobody can be added to this party.")
    return _Party(party_id, size)


def _named_cells(rows: Sequence[Booking]) -> int:
    """The time of those whom no card proves to be there."""
    return sum(row.minutes for row in rows if row.card_key is None) // CELL_MINUTES


async def _drafted(
    desk: BookingContext,
    store: Store,
    held: HeldTime,
    people: People,
    ask: BookingRequest,
    now: datetime,
) -> list[Booking]:
    details = read_contact(
        desk, [procedure for who in people for procedure in who], ask.email, ask.phone
    )
    persons: list[Person] = [ask, *ask.party]
    rows = []
    for line, (person, procedures) in enumerate(zip(persons, people, strict=True)):
        with about(line):
            visit = HeldVisit(held, held.places[line], procedures, now)
            row = await drafted(desk, store, visit, uuid4(), person, details, ask.language)
            rows.append(replace(row, party_line=line))
    return rows


async def write(
    desk: BookingContext,
    store: Store,
    held: HeldTime,
    rows: Sequence[Booking],
    steps: Sequence[Step],
) -> None:
    """The bookings of what is held, each at the place of its `party_line`, with their first step.

    In the order of persons, so that two parties with the same people wait for each other in one
    order only. Raises AlreadyBooked, HoldExpired.
    """
    letter = _letter(rows)
    for row, step in sorted(zip(rows, steps, strict=True), key=lambda one: one[0].person_key):
        with about(row.party_line):
            await _write_one(desk, store, held, row, step, _mail_of(letter, row))


def _letter(rows: Sequence[Booking]) -> Sequence[Booking]:
    """Those whom one mail tells about: they have one address."""
    mailed = [row for row in rows if row.contact]
    return [row for row in mailed if row.contact == mailed[0].contact]


def _mail_of(letter: Sequence[Booking], row: Booking) -> dict[str, object]:
    """What the fact about a booking says of the mail."""
    if row not in letter:
        return {}
    if row != letter[0]:
        return {"mail": False}
    return {"party": tuple(map(_party_visit, letter[1:]))}


def _party_visit(row: Booking) -> PartyVisit:
    own = {name: getattr(row, name) for name in PartyVisit.model_fields}
    return PartyVisit(**own)


async def _write_one(
    desk: BookingContext,
    store: Store,
    held: HeldTime,
    row: Booking,
    step: Step,
    mail: dict[str, object],
) -> None:
    link, row = make_link(desk, row), await store.bookings.with_series(row)
    at = await store.bookings.add(row, step, link.digest)
    if not await store.cells.keep(held, held.places[row.party_line], row.booking_id):
        raise HoldExpired("The time is no longer held.")
    store.publish(row.fact(BookingConfirmed, at, link=link.sealed, **mail))
