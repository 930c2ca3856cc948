"""前日準備: which cards to lay out for a day, and noting that one lies ready."""

from datetime import date
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import (
    STANDING,
    Preparation,
    PreparationList,
    PreparationSort,
    PreparationTick,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.actions.lookup import one_of
from services.booking.domain import WrongState
from services.booking.domain.booking import Booking
from services.booking.store import Store

from .card_passes import pass_for, sees_numbers
from .desk import BookingContext, procedures_of


async def list_preparations(
    desk: BookingContext, caller: Caller, office_id: str, day: date | None, sort: PreparationSort
) -> PreparationList:
    """An office that the caller does not serve is as empty as an unknown one."""
    async with desk.open_store() as store:
        day, mine = (
            day or await store.preparations.next_open_day(office_id),
            counter_offices(caller),
        )
        listed = PreparationList(
            office_id=office_id,
            day=day,
            visits=await store.preparations.visits_with_cards(mine, office_id, day, sort),
            to_return=await store.preparations.cards_to_return(mine, office_id, day),
            shelves=desk.shelves,
        )
        return await _with_persons(desk, store, caller, listed) if sees_numbers(caller) else listed


async def _with_persons(
    desk: BookingContext, store: Store, caller: Caller, listed: PreparationList
) -> PreparationList:
    """With what a card is found by: the pass for its number, and the name where there is one."""
    both = (*listed.visits, *listed.to_return)
    known = await store.preparations.persons_of([visit.booking_id for visit in both])
    cards = ((booking_id, card_key) for booking_id, (card_key, _) in known.items())
    update: dict[str, object] = {
        name: tuple(_named(desk, visit, known[visit.booking_id][1]) for visit in visits)
        for name, visits in (("visits", listed.visits), ("to_return", listed.to_return))
    }
    update["cards"] = pass_for(desk, caller, "preparations", cards, await store.now())
    return listed.model_copy(update=update)


def _named(desk: BookingContext, visit: Preparation, sealed: str | None) -> Preparation:
    return visit.model_copy(update={"kana": desk.persons.open(sealed)}) if sealed else visit


async def prepare(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: PreparationTick
) -> Preparation:
    """The card lies ready, or is back on its shelf. Raises NotFound, and WrongState where the visit
    is no longer to come on that day or needs no card."""
    request = desk.request(f"prepare:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await one_of(store, counter_offices(caller), booking_id, lock=True)
        if not earlier:
            await _tick(store, row, ask, caller.actor)
        return await store.preparations.preparation(booking_id)


async def _tick(store: Store, row: Booking, ask: PreparationTick, actor: str) -> None:
    if not ask.ready:
        await store.preparations.put_back(row.booking_id)
        return
    if row.status not in STANDING or day_of(row.starts_at) != ask.day:
        raise WrongState("This visit is no longer to come on that day.")
    if not any(procedure.needs_card for procedure in await procedures_of(store, row)):
        raise WrongState("This visit needs no card.")
    await store.preparations.prepare(row, actor)
