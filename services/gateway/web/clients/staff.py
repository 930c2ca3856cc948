"""booking, as staff call it about bookings."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Literal
from uuid import UUID

from libs.contracts.booking import (
    CardPass,
    ReceiveHere,
    StaffBooking,
    StaffBookingDetail,
    StaffBookingExport,
    StaffBookingList,
    StaffCancel,
    StaffFound,
    StaffSearch,
    StaffShield,
    Tick,
)
from services.gateway.web.link import Actor, Unreachable

from .booking import CatalogClient

EXPORT_SECONDS = 180.0
TickAction = Literal["arrive", "call", "finish", "miss", "undo"]


class StaffBookingClient(CatalogClient):
    """booking, for staff: what it may see and do is decided there, by the actor's rights."""

    async def bookings(self, actor: Actor, query: Mapping[str, str]) -> StaffBookingList:
        """`query`: filter, order and place, as StaffBookingList says."""
        return await self._link.get(actor, "/v1/staff/bookings", StaffBookingList, query)

    async def search(self, actor: Actor, wanted: StaffSearch) -> StaffFound:
        return await self._link.post(actor, "/v1/staff/search", StaffFound, body=wanted)

    async def export(
        self, actor: Actor, query: Mapping[str, str]
    ) -> AsyncGenerator[StaffBookingExport, None]:
        """All parts of a file, of one moment, with the same `query`. Raises Unreachable in the
        middle as well: then they come to nothing."""
        path = "/v1/staff/bookings/export/all"
        parts = self._link.lines(actor, path, StaffBookingExport, query, EXPORT_SECONDS)
        async with aclosing(parts):
            async for part in parts:
                yield part
                if not part.next_after:
                    return
        raise Unreachable("half a file")

    async def booking(self, actor: Actor, booking_id: UUID) -> StaffBookingDetail:
        return await self._link.get(actor, f"/v1/staff/bookings/{booking_id}", StaffBookingDetail)

    async def card(self, actor: Actor, booking_id: UUID) -> CardPass:
        return await self._link.get(actor, f"/v1/staff/bookings/{booking_id}/card", CardPass)

    async def shield(self, actor: Actor, booking_id: UUID) -> StaffShield:
        return await self._link.get(actor, f"/v1/staff/bookings/{booking_id}/shield", StaffShield)

    async def tick(
        self, actor: Actor, key: str, booking_id: UUID, action: TickAction, tick: Tick
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/{action}"
        return await self._link.post(actor, path, StaffBooking, key=key, body=tick)

    async def receive_here(
        self, actor: Actor, key: str, booking_id: UUID, request: ReceiveHere
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/receive"
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)

    async def cancel(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffCancel
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/cancel"
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)
