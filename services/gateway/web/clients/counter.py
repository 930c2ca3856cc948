"""booking, as the counter calls it beside the bookings themselves."""

from datetime import date
from uuid import UUID

from libs.contracts.booking import (
    CallBoard,
    CounterWindows,
    PersonExchange,
    Preparation,
    PreparationList,
    PreparationSort,
    PreparationTick,
    Shelf,
    ShelfChange,
    StaffBooking,
    TimeExchange,
)
from services.gateway.web.link import Actor, Link


class CounterClient:
    """booking: cards to lay out, exchanges of persons and times, windows and who is called."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def preparations(
        self, actor: Actor, office_id: str, day: date | None, sort: PreparationSort
    ) -> PreparationList:
        """Without a day: those of the next open one."""
        query = {"office": office_id, "sort": sort}
        if day:
            query["day"] = day.isoformat()
        return await self._link.get(actor, "/v1/staff/preparations", PreparationList, query)

    async def prepare(
        self, actor: Actor, key: str, booking_id: UUID, ask: PreparationTick
    ) -> Preparation:
        path = f"/v1/staff/bookings/{booking_id}/preparation"
        return await self._link.post(actor, path, Preparation, key=key, body=ask)

    async def put_on_shelf(
        self, actor: Actor, key: str, booking_id: UUID, ask: ShelfChange
    ) -> Shelf:
        path = f"/v1/staff/bookings/{booking_id}/shelf"
        return await self._link.post(actor, path, Shelf, key=key, body=ask)

    async def replace_person(
        self, actor: Actor, key: str, booking_id: UUID, ask: PersonExchange
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/person"
        return await self._link.post(actor, path, StaffBooking, key=key, body=ask)

    async def exchange_times(
        self, actor: Actor, key: str, booking_id: UUID, ask: TimeExchange
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/times"
        return await self._link.post(actor, path, StaffBooking, key=key, body=ask)

    async def calls(self, actor: Actor, office_id: str) -> CallBoard:
        return await self._link.get(actor, "/v1/staff/calls", CallBoard, {"office": office_id})

    async def windows(self, actor: Actor, office_id: str) -> CounterWindows:
        """Those that people can be called to today."""
        return await self._link.get(
            actor, "/v1/staff/windows", CounterWindows, {"office": office_id}
        )
