"""Whose form it is, what is served, and which bookings a member of staff may be shown."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotFound
from libs.contracts.booking import Hold, Procedure, StaffBooking, booking_offices
from services.booking.actions.desk import BookingContext, staff_booking
from services.booking.domain import HoldExpired
from services.booking.domain.booking import Booking
from services.booking.store import Store

READ = "bookings.read"


def holder_of(desk: BookingContext, caller: Caller, form: UUID) -> UUID:
    """Who holds the time of a form: nobody else's form can be it."""
    return UUID(desk.index.digest("form of staff", caller.actor, str(form))[:32])


def check_office(offices: frozenset[str], office_id: str) -> None:
    """Raises NotFound for an office that is none of these, as for an unknown one."""
    if not {EVERY_OFFICE, office_id} & offices:
        raise NotFound("There is no such office.")


def everything(people: Iterable[Iterable[Procedure]]) -> list[Procedure]:
    """The procedures of all of them."""
    return [procedure for procedures in people for procedure in procedures]


async def held_by(store: Store, holder: UUID) -> Hold:
    """Raises HoldExpired."""
    held = await store.holds.find(holder)
    if held is None:
        raise HoldExpired("The time is no longer held.")
    return held.to_contract()


def visible(caller: Caller, row: Booking | None) -> dict[str, Any]:
    """The booking as a fact of a refusal; nothing where the caller may not see it."""
    seen = seen_by(caller, row) if row else None
    return {"booking": seen.model_dump(mode="json")} if seen else {}


def seen_by(caller: Caller, row: Booking) -> StaffBooking | None:
    """The booking, if the caller may see it."""
    within_reach = {EVERY_OFFICE, row.office_id} & booking_offices(caller)
    return staff_booking(row) if READ in caller.rights and within_reach else None
