"""A time for a form of staff: from that moment nobody else can have it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    CounterHold,
    Hold,
    OpeningDay,
    Openings,
    OpeningStart,
    Procedure,
    booking_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.desk import Desk, check_card_for
from services.booking.actions.holds import patiently
from services.booking.actions.parties import Contended
from services.booking.domain import AlreadyBooked, HoldExpired, NotOffered, SlotFull, Visit
from services.booking.domain.phone import (
    DayOffer,
    by_day,
    check_staff_period,
    for_staff,
    next_on_grid,
)
from services.booking.domain.times import plan_joint_visit
from services.booking.store import Store
from services.booking.store.holds import Audience

from .shared import check_office, held_by, holder_of, named_procedures, visible

FIRST_FOR_STAFF: tuple[Audience, ...] = ("staff", "public")
"""Windows that only staff may take come first: the others stay for citizens."""


async def openings(
    desk: Desk, caller: Caller, office_id: str, procedure_ids: Sequence[str], first: date, days: int
) -> Openings:
    """What can be booked on these days. Raises NotFound, Malformed."""
    check_office(booking_offices(caller), office_id)
    async with desk.open_store() as store:
        procedures = await named_procedures(store, procedure_ids)
        now, series = await store.now(), for_staff(await store.series_of(office_id))
        cells = await store.cells_between(office_id, first, first + timedelta(days=days - 1))
    last = day_of(now) + timedelta(days=min(p.opens_days_before for p in procedures))
    found = (
        (offer.day, offer.times(procedures, office_id, now) if offer.day <= last else {})
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


async def hold_time(desk: Desk, caller: Caller, key: str, ask: CounterHold) -> Hold:
    """Hold a time for the form, or move its hold there. Raises SlotFull, NotOffered, AlreadyBooked,
    NotEligible, CardElsewhere, NotFound, Busy, KeyReused."""
    return await patiently(lambda: _try_once(desk, caller, key, ask, "windows"))


async def hold_extra(desk: Desk, caller: Caller, key: str, ask: CounterHold) -> Hold:
    """The same at a window opened for this visit alone: nothing is ever stacked on another."""
    return await patiently(lambda: _try_once(desk, caller, key, ask, "extra"))


async def keep(desk: Desk, caller: Caller, form: UUID) -> Hold:
    """Hold on from now for as long as at first. Raises HoldExpired."""
    async with desk.open_store() as store:
        held = await store.renew_hold(holder_of(desk, caller, form), desk.hold_minutes)
        if held is None:
            raise HoldExpired("The time is no longer held.")
        return held.shown()


async def drop(desk: Desk, caller: Caller, form: UUID) -> None:
    """Give the form's time back, if it has any."""
    async with desk.open_store() as store:
        await store.release(holder_of(desk, caller, form))


async def _try_once(
    desk: Desk, caller: Caller, key: str, ask: CounterHold, where: Literal["windows", "extra"]
) -> Hold:
    check_office(booking_offices(caller), ask.office_id)
    holder = holder_of(desk, caller, ask.form)
    request = desk.request(f"{where}:{holder}", key, ask)
    async with desk.open_store() as store:
        offer = await store.enter(holder, ask.procedure_ids[0], ask.office_id)
        if await store.remember(request.scope, request.key, request.digest, holder):
            return await held_by(store, holder)
        procedures = await named_procedures(store, ask.procedure_ids)
        await _check_person(desk, caller, store, procedures, ask)
        await store.release(holder)
        now = offer.now if offer else await store.now()
        if where == "extra":
            visit = await _extra_visit(store, procedures, ask, now)
            await store.hold_extra(holder, visit, now + timedelta(minutes=desk.hold_minutes))
        else:
            visit = await _visit(store, procedures, ask, now)
            await _take(desk, store, holder, visit, now)
        return await held_by(store, holder)


async def _take(desk: Desk, store: Store, holder: UUID, visit: Visit, now: datetime) -> None:
    until = now + timedelta(minutes=desk.hold_minutes)
    for audience in FIRST_FOR_STAFF:
        windows = await store.free_windows(visit, audience)
        if not windows:
            continue
        if not await store.claim_all(holder, [visit], windows[:1], until, None, audience):
            raise Contended
        return
    raise SlotFull("This time has just been taken.")


async def _visit(
    store: Store, procedures: tuple[Procedure, ...], ask: CounterHold, now: datetime
) -> Visit:
    """Raises NotOffered, SlotFull."""
    if ask.starts_at is None:
        today = await _today(store, ask.office_id, now)
        visit = today.first_for(procedures, ask.office_id, next_on_grid(now))
        if visit is None:
            raise SlotFull("No window is free any more today.")
        return visit
    _check_period(procedures, ask.starts_at, now)
    series = for_staff(await store.series_of(ask.office_id))
    return plan_joint_visit(procedures, series, ask.office_id, ask.starts_at)


async def _extra_visit(
    store: Store, procedures: tuple[Procedure, ...], ask: CounterHold, now: datetime
) -> Visit:
    """Where the office is open for it all the time, taken or not; somebody at the counter need not
    come at a start time. Raises NotOffered."""
    start = ask.starts_at or next_on_grid(now)
    _check_period(procedures, start, now)
    series = for_staff(await store.series_of(ask.office_id))
    visit = plan_joint_visit(
        procedures, series, ask.office_id, start, on_grid=ask.starts_at is not None
    )
    cells = await store.cells_between(ask.office_id, day_of(start), day_of(start))
    if not DayOffer(day_of(start), series, cells.get(day_of(start), ())).is_open_for(visit):
        raise NotOffered("The office is closed at this time.")
    return visit


async def _today(store: Store, office_id: str, now: datetime) -> DayOffer:
    today = day_of(now)
    cells = await store.cells_between(office_id, today, today)
    series = for_staff(await store.series_of(office_id))
    return DayOffer(today, series, cells.get(today, ()))


def _check_period(procedures: Sequence[Procedure], start: datetime, now: datetime) -> None:
    for procedure in procedures:
        check_staff_period(procedure, start, now)


async def _check_person(
    desk: Desk, caller: Caller, store: Store, procedures: Sequence[Procedure], ask: CounterHold
) -> None:
    """What the card says, if it is known already: it lies here and nobody has a booking for it."""
    with_card = [procedure for procedure in procedures if procedure.needs_card]
    if ask.ticket is None or not with_card:
        return
    card_key = desk.ticket(ask.ticket).card_key
    await check_card_for(store, card_key, procedures, ask.office_id)
    groups = [procedure.group for procedure in with_card]
    other = await store.standing_booking([desk.card_person(card_key)], groups)
    if other:
        raise AlreadyBooked("There is a booking already.", **visible(caller, other))
