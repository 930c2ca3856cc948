"""Which bookings and offices a member of staff may see, and whether they saw the newest version."""

from typing import Any
from uuid import UUID

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotFound
from libs.contracts.booking import (
    StaffBooking,
    booking_offices,
)
from services.booking.actions.desk import staff_booking
from services.booking.actions.shielded import sees_shielded
from services.booking.domain import VersionConflict
from services.booking.domain.booking import Booking
from services.booking.store import Store

READ = "bookings.read"


async def one_of(
    store: Store, offices: frozenset[str], booking_id: UUID, lock: bool = False
) -> Booking:
    """A booking of these offices. Raises NotFound, for a foreign one as for none."""
    row = await store.bookings.get_for(offices, booking_id, lock)
    if row is None:
        raise NotFound("There is no such booking.")
    return row


def check_version(row: Booking, seen: int) -> None:
    """Raises VersionConflict, with the booking as it is now."""
    if row.version != seen:
        now = staff_booking(row).model_dump(mode="json")
        raise VersionConflict("The booking was changed by somebody else.", booking=now)


def check_office(offices: frozenset[str], office_id: str) -> None:
    """Raises NotFound for an office that is none of these, as for an unknown one."""
    if not {EVERY_OFFICE, office_id} & offices:
        raise NotFound("There is no such office.")


async def visible(store: Store, caller: Caller, row: Booking | None) -> dict[str, Any]:
    """The booking as a fact of a refusal; nothing where the caller may not see it."""
    seen = await seen_by(store, caller, row) if row else None
    return {"booking": seen.model_dump(mode="json")} if seen else {}


async def seen_by(store: Store, caller: Caller, row: Booking) -> StaffBooking | None:
    """The booking, if the caller may see it."""
    if not sees_shielded(caller) and await store.cards.is_shielded(row.card_key):
        return None
    within_reach = {EVERY_OFFICE, row.office_id} & booking_offices(caller)
    return staff_booking(row) if READ in caller.rights and within_reach else None
