"""Whose form it is, what is served, and which bookings a member of staff may be shown."""

from collections.abc import Iterable
from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import Hold, Procedure
from services.booking.actions.desk import BookingContext
from services.booking.domain import HoldExpired
from services.booking.store import Store
from services.booking.store.held import HeldTime


def holder_of(desk: BookingContext, caller: Caller, form: UUID) -> UUID:
    """Who holds the time of a form: nobody else's form can be it."""
    return UUID(desk.index.digest("form of staff", caller.actor, str(form))[:32])


def everything(people: Iterable[Iterable[Procedure]]) -> list[Procedure]:
    """The procedures of all of them."""
    return [procedure for procedures in people for procedure in procedures]


async def held_by(store: Store, holder: UUID) -> Hold:
    """Raises HoldExpired."""
    held = await store.holds.find(holder)
    if held is None:
        raise HoldExpired("The time is no longer held.")
    return await shown(store, held)


async def shown(store: Store, held: HeldTime) -> Hold:
    return held.to_contract().model_copy(update={"is_extra": await store.cells.is_extra(held)})
