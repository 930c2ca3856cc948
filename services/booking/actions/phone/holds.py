"""A time for a form of staff: from that moment nobody else can have it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    Arrangement,
    CounterHold,
    Hold,
    OpeningDay,
    Openings,
    OpeningStart,
    Procedure,
    booking_offices,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.desk import BookingContext, about, check_card
from services.booking.actions.lookup import check_office, visible
from services.booking.actions.parties import People, check_not_twice, people_of, wish_of
from services.booking.actions.patience import Contended, patiently
from services.booking.actions.windows import take_windows
from services.booking.domain import (
    AlreadyBooked,
    HoldExpired,
    NotOffered,
    SlotFull,
    Visit,
    check_party,
)
from services.booking.domain.here import visits_now
from services.booking.domain.phone import (
    DayOffer,
    Wish,
    by_day,
    check_staff_period,
    for_staff,
    next_on_grid,
)
from services.booking.store import Store

from .shared import everything, held_by, holder_of, shown


async def openings(
    desk: BookingContext, caller: Caller, office_id: str, wishes: Sequence[Sequence[str]],
    first: date, days: int, arrangement: Arrangement = "together",
) -> Openings:  # fmt: skip
    """What can be booked on these days by somebody, or by all of a party; `wishes` has the
    procedures of each person. Raises NotFound, Malformed."""
    check_office(booking_offices(caller), office_id)
    async with desk.open_store() as store:
        wish = Wish(await _people(store, wishes), office_id, arrangement)
        now, series = await store.now(), for_staff(await store.catalog.series_of(office_id))
        cells = await store.cells.between(office_id, first, first + timedelta(days=days - 1))
    last = day_of(now) + timedelta(days=min(p.opens_days_before for p in everything(wish.people)))
    found = (
        (offer.day, offer.times(wish, now) if offer.day <= last else {})
        for offer in by_day(series, first, days, cells)
    )
    return Openings(
        days=tuple(
            OpeningDay(
                day=day,
                starts=tuple(OpeningStart(starts_at=at, free=free) for at, free in starts.items()),
            )
            for day, starts in found
        )
    )


async def hold_time(desk: BookingContext, caller: Caller, key: str, ask: CounterHold) -> Hold:
    """Hold a time for the form and all its people, or move its hold there. Raises SlotFull,
    NotOffered, AlreadyBooked, NotEligible, CardElsewhere, NotFound, Malformed, Busy, KeyReused."""
    return await patiently(lambda: _try_once(desk, caller, key, ask, "windows"))


async def hold_extra(desk: BookingContext, caller: Caller, key: str, ask: CounterHold) -> Hold:
    """The same over capacity, in places opened for these visits alone: nothing is ever stacked on
    another."""
    return await patiently(lambda: _try_once(desk, caller, key, ask, "extra"))


async def keep(desk: BookingContext, caller: Caller, form: UUID) -> Hold:
    """Hold on from now for as long as at first. Raises HoldExpired."""
    async with desk.open_store() as store:
        held = await store.holds.renew(holder_of(desk, caller, form), desk.hold_minutes)
        if held is None:
            raise HoldExpired("The time is no longer held.")
        return await shown(store, held)


async def drop(desk: BookingContext, caller: Caller, form: UUID) -> None:
    """Give the form's time back, if it has any."""
    async with desk.open_store() as store:
        await store.holds.release(holder_of(desk, caller, form))


async def _try_once(
    desk: BookingContext,
    caller: Caller,
    key: str,
    ask: CounterHold,
    where: Literal["windows", "extra"],
) -> Hold:
    offices = booking_offices(caller) if ask.starts_at else counter_offices(caller)
    check_office(offices, ask.office_id)
    holder = holder_of(desk, caller, ask.form)
    request = desk.request(f"{where}:{holder}", key, ask)
    async with desk.once(request, holder) as (store, earlier):
        offer = await store.catalog.enter(holder, ask.procedure_ids[0], ask.office_id)
        if earlier:
            return await held_by(store, holder)
        people = await _people(store, [ask.procedure_ids, *map(wish_of, ask.party)])
        await _check_people(desk, caller, store, people, ask)
        wish = Wish(people, ask.office_id, ask.arrangement)
        await store.holds.release(holder)
        now = offer.now if offer else await store.now()
        until = now + timedelta(minutes=desk.hold_minutes)
        visits = await _visits(store, wish, ask.starts_at, now, where)
        if visits is None:
            visits = await _visits_now(store, wish, now)
            where = "extra"
        if where == "extra":
            await store.holds.hold_extra(holder, visits, ask.arrangement, until)
        else:
            with _another_time_will_do(ask.starts_at is None):
                await take_windows(store, holder, visits, ask.arrangement, until)
        return await held_by(store, holder)


@contextmanager
def _another_time_will_do(holds: bool) -> Iterator[None]:
    """Somebody at the counter chose no time: where this one has just been taken, the next is looked
    for."""
    try:
        yield
    except SlotFull:
        if holds:
            raise Contended from None
        raise


async def _visits(
    store: Store, wish: Wish, start: datetime | None, now: datetime,
    where: Literal["windows", "extra"],
) -> Sequence[Visit] | None:  # fmt: skip
    """None for somebody at the counter who is served at once. Raises NotOffered."""
    if start is None:
        if where == "extra":
            return None
        today = await _day(store, wish.office_id, day_of(now))
        return today.first_for(wish, next_on_grid(now))
    _check_period(wish.people, start, now)
    offer = await _day(store, wish.office_id, day_of(start))
    visits = wish.visits(offer.series, start)
    if where == "extra" and not offer.is_open_for(visits):
        raise NotOffered("The office is closed at this time.")
    return visits


async def _visits_now(store: Store, wish: Wish, now: datetime) -> Sequence[Visit]:
    """Whoever stands at the counter is served, also where all windows are taken and after hours.
    Raises NotOffered where the office never does what they come for."""
    asked = [procedure.procedure_id for procedure in everything(wish.people)]
    if not await store.catalog.offices_for([wish.office_id], asked, day_of(now)):
        raise NotOffered("This office does not do all of these procedures.")
    return visits_now(wish.people, wish.office_id, now, wish.arrangement)


async def _day(store: Store, office_id: str, day: date) -> DayOffer:
    cells = await store.cells.between(office_id, day, day)
    series = for_staff(await store.catalog.series_of(office_id))
    return DayOffer(day, series, cells.get(day, ()))


async def _people(store: Store, wishes: Sequence[Sequence[str]]) -> People:
    """The procedures of each person. Raises Malformed."""
    people = await people_of(store, wishes)
    check_party(people)
    return people


def _check_period(people: Sequence[Sequence[Procedure]], start: datetime, now: datetime) -> None:
    for procedure in everything(people):
        check_staff_period(procedure, start, now)


async def _check_people(
    desk: BookingContext, caller: Caller, store: Store, people: People, ask: CounterHold
) -> None:
    """What cards say that are known already: they lie here, each is here once, and nobody has a
    booking for theirs. Raises NotEligible, CardElsewhere, AlreadyBooked."""
    seen: dict[str, int] = {}
    tickets = [ask.ticket, *(line.ticket for line in ask.party)]
    for person, (ticket, procedures) in enumerate(zip(tickets, people, strict=True)):
        with_card = [procedure for procedure in procedures if procedure.needs_card]
        if ticket is None or not with_card:
            continue
        with about(person):
            card_key = desk.ticket(ticket).card_key
            check_not_twice(seen, card_key, person)
            await check_card(store, card_key, procedures, ask.office_id)
            groups = [procedure.group for procedure in with_card]
            other = await store.persons.standing_booking([desk.card_person(card_key)], groups)
            if other:
                raise AlreadyBooked(
                    "There is a booking already.", **await visible(store, caller, other)
                )
