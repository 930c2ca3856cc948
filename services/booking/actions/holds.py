"""Choosing a time: from that moment nobody else can have it."""

from datetime import datetime
from uuid import UUID

from libs.common.errors import Malformed
from libs.contracts.booking import HeldLine, Hold, HoldRequest
from services.booking.domain import (
    AlreadyBooked,
    HoldExpired,
    NoMoreExtensions,
    SlotFull,
    Slowed,
    Visit,
    check_period,
    plan_visit,
)
from services.booking.domain.holding import agreed
from services.booking.domain.visitors import check_online, check_running
from services.booking.store import Store
from services.booking.store.base import Repeated, Request

from .ceilings import count_hold, origin_of, terms_of
from .desk import BookingContext, check_card
from .parties import card_of, hold_people
from .patience import Contended, patiently
from .proofs import prove


async def hold_time(
    desk: BookingContext, session: UUID, request: Request, ask: HoldRequest
) -> Hold:
    """Hold a time for the session, or move its hold there.

    No window taken does not mean full: another transaction may still roll back. Full is said only
    by what is committed; otherwise the claim is tried again after a random moment. Raises SlotFull,
    NotOffered, NotEligible, CardElsewhere, AlreadyBooked, Paused, ByPhone, HeldEnough, Busy,
    KeyReused, Slowed; for a change also TooLate, GuardianNeeded and whatever `prove` raises.
    """
    change_of = await prove(desk, ask.change) if ask.change else None
    try:
        return await patiently(lambda: _in_turn(desk, session, request, ask, change_of))
    except Repeated:
        return await _held_before(desk, session, request)
    except Slowed:
        # A request that comes twice has paid the first time.
        if not await _is_known(desk, request):
            raise
        return await _held_before(desk, session, request)


async def _in_turn(
    desk: BookingContext, session: UUID, request: Request, ask: HoldRequest, change_of: UUID | None
) -> Hold:
    """Choices of one origin follow one another; they wait here, where none has a connection."""
    async with desk.turns.of(origin_of(ask)):
        return await _try_once(desk, session, request, ask, change_of)


async def _try_once(
    desk: BookingContext, session: UUID, request: Request, ask: HoldRequest, change_of: UUID | None
) -> Hold:
    if ask.also or ask.party or change_of:
        return await hold_people(desk, session, request, ask, change_of)
    async with desk.open_store() as store:
        visit, now = await _visit(desk, store, session, ask)
        earlier = await store.holds.release(session)
        terms = await terms_of(desk, store, session, ask, [visit])
        holding = agreed(terms, earlier, ask.office_id, visit.starts_at, now)
        if not await store.claims.claim(session, visit, holding, request):
            if not await store.cells.free_windows(visit):
                raise SlotFull("This time has just been taken.")
            raise Contended
        await count_hold(store, session, ask, [visit])
    line = HeldLine(procedure_id=ask.procedure_id, starts_at=visit.starts_at, minutes=visit.minutes)
    return Hold(
        **line.model_dump(exclude={"also"}),
        office_id=ask.office_id,
        expires_at=holding.until,
        extensions_left=holding.extensions_left,
        lines=(line,),
    )


async def _visit(
    desk: BookingContext, store: Store, session: UUID, ask: HoldRequest
) -> tuple[Visit, datetime]:
    """What is asked for, checked against the rules, and the database's time."""
    offer = await store.catalog.enter(session, ask.procedure_id, ask.office_id, origin_of(ask))
    if offer is None:
        raise Malformed("There is no such procedure.")
    procedure, now = offer.procedure, offer.now
    check_online((procedure,))
    check_running(offer.stopped_until)
    card_key = card_of(desk, (procedure,), ask.ticket, ask.starts_at)
    if card_key:
        await check_card(store, card_key, (procedure,), ask.office_id)
        person = desk.card_person(card_key)
        if await store.persons.has_active(person, procedure.group, None):
            raise AlreadyBooked("There may be a booking already.")
    check_period(procedure, ask.starts_at, now)
    return plan_visit(procedure, offer.series, ask.office_id, ask.starts_at), now


async def _is_known(desk: BookingContext, request: Request) -> bool:
    async with desk.open_store() as store:
        return await store.recall(request) is not None


async def _held_before(desk: BookingContext, session: UUID, request: Request) -> Hold:
    """The answer to a request that took effect already. Raises KeyReused, HoldExpired."""
    async with desk.open_store() as store:
        await store.recall(request)
        held = await store.holds.find(session)
    if held is None:
        raise HoldExpired("The time is no longer held.")
    return held.to_contract()


async def extend_hold(desk: BookingContext, session: UUID, request: Request) -> Hold:
    """Five minutes more, up to ten times. Raises HoldExpired, NoMoreExtensions."""
    async with desk.once(request, session) as (store, earlier):
        held = await store.holds.find(session)
        if held is None:
            raise HoldExpired("The time is no longer held.")
        if earlier:
            return held.to_contract()
        extended = await store.holds.extend(session)
        if extended is None:
            raise NoMoreExtensions("The time cannot be extended any further.")
        await store.origins.count_longer(session)
    return extended.to_contract()
