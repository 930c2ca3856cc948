"""booking, as staff call it to put a booking right."""

from datetime import date
from uuid import UUID

from libs.contracts.booking import (
    BookingTimes,
    DayList,
    StaffBooking,
    StaffContact,
    StaffContactChange,
    StaffMove,
    StaffResult,
    StaffResultChange,
)
from services.gateway.web.link import Actor, Link


class CorrectionsClient:
    """booking, for staff who may change bookings. `key` is the idempotency key of the form."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def day(self, actor: Actor, office_id: str, day: date) -> DayList:
        """Everything booked at an office for a day."""
        query = {"office": office_id, "day": day.isoformat()}
        return await self._link.get(actor, "/v1/staff/day", DayList, query)

    async def day_for_outage(self, actor: Actor, office_id: str, day: date) -> DayList:
        """The same for the list that helps without this system."""
        query = {"office": office_id, "day": day.isoformat(), "for": "outage"}
        return await self._link.get(actor, "/v1/staff/day", DayList, query)

    async def contact(self, actor: Actor, booking_id: UUID) -> StaffContact:
        return await self._link.get(actor, _path(booking_id, "contact"), StaffContact)

    async def change_contact(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffContactChange
    ) -> StaffBooking:
        path = _path(booking_id, "contact")
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)

    async def times(
        self, actor: Actor, booking_id: UUID, office_id: str, first: date
    ) -> BookingTimes:
        query = {"office": office_id, "from": first.isoformat()}
        return await self._link.get(actor, _path(booking_id, "times"), BookingTimes, query)

    async def move(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffMove
    ) -> StaffBooking:
        path = _path(booking_id, "move")
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)

    async def result(self, actor: Actor, booking_id: UUID) -> StaffResult:
        return await self._link.get(actor, _path(booking_id, "result"), StaffResult)

    async def change_result(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffResultChange
    ) -> StaffBooking:
        path = _path(booking_id, "result")
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)


def _path(booking_id: UUID, what: str) -> str:
    return f"/v1/staff/bookings/{booking_id}/{what}"
