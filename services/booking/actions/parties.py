"""Choosing a time for several people, or for several procedures of one: all of it or nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.errors import Malformed
from libs.contracts.booking import Hold, HoldRequest, PartyLine, Procedure
from libs.contracts.times import day_of
from libs.rules.guardians import overlap
from libs.rules.visits import visit_minutes
from services.booking.domain import (
    AlreadyBooked,
    HoldExpired,
    SlotFull,
    TooLate,
    Visit,
    check_party,
    check_period,
    plan_people,
    seats,
)
from services.booking.domain.booking import Booking
from services.booking.domain.holding import Terms, agreed
from services.booking.domain.problems import OneWindow
from services.booking.domain.times import check_rebooking
from services.booking.domain.visitors import check_age, check_online, check_running
from services.booking.store import Store
from services.booking.store.base import Request
from services.booking.store.held import HeldPlace

from .ages import check_age_on
from .ceilings import count_hold, origin_of, terms_of
from .desk import BookingContext, about, change_open, check_card, may_rebook
from .guardians import other_children
from .patience import Contended

People = Sequence[tuple[Procedure, ...]]


async def hold_people(
    desk: BookingContext, session: UUID, request: Request, ask: HoldRequest, change_of: UUID | None
) -> Hold:
    """One try to hold the times of all. Raises Contended, and what `hold_time` raises."""
    async with desk.once(request, session) as (store, earlier):
        offer = await store.catalog.enter(session, ask.procedure_id, ask.office_id, origin_of(ask))
        if earlier:
            return await _held(store, session)
        if offer is None:
            raise Malformed("There is no such procedure.")
        moving = await store.bookings.get(change_of) if change_of else None
        rebooks = moving is not None and await may_rebook(store, moving)
        visits = await _visits(desk, store, ask, offer.now, change_of, rebooks)
        own = own_at(moving, ask.office_id, ask.starts_at) if moving else None
        before = await store.holds.release(session)
        free = [await store.cells.free_windows(visit, own=own) for visit in visits]
        windows = seats(free, ask.arrangement)
        if windows is None:
            raise SlotFull("There is no room for all at this time any more.")
        terms = (
            Terms(desk.hold_minutes)
            if rebooks
            else await terms_of(desk, store, session, ask, visits, own)
        )
        holding = agreed(terms, before, ask.office_id, ask.starts_at, offer.now)
        if not await store.claims.claim_all(session, visits, windows, holding, change_of, own=own):
            raise Contended
        await count_hold(store, session, ask, visits)
        return await _held(store, session)


def own_at(row: Booking, office_id: str, starts_at: datetime) -> UUID | None:
    """The booking itself where its own cells are free for it to move: not at the time it has."""
    return None if (row.office_id, row.starts_at) == (office_id, starts_at) else row.booking_id


async def _held(store: Store, session: UUID) -> Hold:
    held = await store.holds.find(session)
    if held is None:
        raise HoldExpired("The time is no longer held.")
    return held.to_contract()


async def _visits(
    desk: BookingContext, store: Store, ask: HoldRequest, now: datetime, change_of: UUID | None,
    rebooks: bool,
) -> list[Visit]:  # fmt: skip
    """What is asked for, checked against the rules. `change_of` is the booking it is to move, which
    `rebooks` after an outage."""
    lines = [PartyLine(procedure_id=ask.procedure_id, also=ask.also, ticket=ask.ticket), *ask.party]
    people = await people_of(store, [wish_of(line) for line in lines])
    check_party(people)
    if change_of:
        await _check_change(desk, store, ask, people, now, change_of)
    else:
        await _check_people(desk, store, ask, lines, people)
    every = [procedure for procedures in people for procedure in procedures]
    check_online(every)
    wanted = {procedure.procedure_id for procedure in every}
    stopped = await store.outages.stopped_until(ask.office_id, wanted)
    if rebooks:
        check_rebooking(every, ask.starts_at, now, stopped)
    else:
        check_running(stopped)
        for procedure in every:
            check_period(procedure, ask.starts_at, now)
    series = await store.catalog.series_of(ask.office_id)
    return plan_people(people, series, ask.office_id, ask.starts_at, ask.arrangement)


def wish_of(line: PartyLine | HeldPlace) -> tuple[str, ...]:
    """What one person comes for, the leading procedure first."""
    return line.procedure_id, *line.also


async def people_of(store: Store, wishes: Sequence[Sequence[str]]) -> People:
    """The procedures of each person. Raises Malformed."""
    known = await store.catalog.procedures_named(
        {procedure_id for wish in wishes for procedure_id in wish}
    )
    if not all(wishes) or any(
        procedure_id not in known for wish in wishes for procedure_id in wish
    ):
        raise Malformed("There is no such procedure.", fields=["procedure_ids"])
    return [tuple(known[procedure_id] for procedure_id in wish) for wish in wishes]


async def _check_people(
    desk: BookingContext, store: Store, ask: HoldRequest, lines: Sequence[PartyLine], people: People
) -> None:
    """That everybody's card lies here and nobody has a booking already."""
    seen: dict[str, int] = {}
    for person, (line, procedures) in enumerate(zip(lines, people, strict=True)):
        with about(person):
            card_key = card_of(desk, procedures, line.ticket, ask.starts_at)
            if card_key is None:
                continue
            check_not_twice(seen, card_key, person)
            await check_card(store, card_key, procedures, ask.office_id)
            for procedure in procedures:
                person_key = desk.card_person(card_key)
                if procedure.needs_card and await store.persons.has_active(
                    person_key, procedure.group, None
                ):
                    raise AlreadyBooked("There may be a booking already.")


def check_not_twice(seen: dict[str, int], key: str, person: int) -> None:
    """`seen` has who else of the party is known by which key. Raises AlreadyBooked."""
    if key in seen:
        raise AlreadyBooked("Somebody is in the party twice.", same_as=seen[key])
    seen[key] = person


def card_of(
    desk: BookingContext, procedures: Sequence[Procedure], ticket: str | None, starts_at: datetime
) -> str | None:
    """Whose card it is; None where none is needed. A ticket says a date of birth too, which nobody
    need find out later. Raises NotEligible, ByPhone."""
    if not any(procedure.needs_card for procedure in procedures):
        return None
    claims = desk.ticket(ticket)
    check_age(procedures, claims.born, day_of(starts_at))
    return claims.card_key


async def _check_change(
    desk: BookingContext,
    store: Store,
    ask: HoldRequest,
    people: People,
    now: datetime,
    change_of: UUID,
) -> None:
    """That the booking may move; it keeps its procedures and its person."""
    booking = await store.bookings.get(change_of)
    asked = (ask.procedure_id, ask.also, ask.party)
    if asked != (booking.procedure_id, booking.also, ()):
        raise Malformed("A change keeps the procedures, and is of one person.")
    if not await change_open(store, booking, people[0], now):
        raise TooLate("This booking can no longer be changed.")
    check_age_on(desk, booking, day_of(ask.starts_at))
    minutes = visit_minutes(people[0], ask.office_id, day_of(ask.starts_at))
    children = await other_children(store, booking)
    if any(overlap(child.times, (ask.starts_at, minutes)) for child in children):
        raise OneWindow("The guardian is at a window with another child then.")
    if booking.card_key:
        await check_card(store, booking.card_key, people[0], ask.office_id)
