"""The services as the doors call them: one class per owner, contract models in and out."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from libs.contracts.booking import (
    BoardSnapshot,
    Booking,
    BookingProof,
    BookingRequest,
    Catalog,
    ChangeRequest,
    ContactRequest,
    Hold,
    HoldRequest,
    StaffBooking,
    StaffBookingDetail,
    StaffBookingExport,
    StaffBookingList,
    StaffCancel,
    Tick,
)
from libs.contracts.eligibility import Check, CheckReply, ImportList, ImportReport
from libs.contracts.notify import DeliveryList
from libs.contracts.reporting import DayCounts

from .link import DOOR, Actor, Link

TickAction = Literal["arrive", "finish", "miss", "undo"]

IMPORT_SECONDS = 60.0


class CatalogClient:
    """booking: what concerns nobody."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def catalog(self) -> Catalog:
        return await self._link.get(DOOR, "/v1/catalog", Catalog)

    async def board(self, office_id: str) -> BoardSnapshot:
        return await self._link.get(DOOR, "/v1/board", BoardSnapshot, {"office": office_id})


class BookingClient(CatalogClient):
    """booking, for citizens. `key` is the idempotency key of the form that was sent."""

    async def hold(self, actor: Actor, key: str, request: HoldRequest) -> Hold:
        return await self._link.post(actor, "/v1/holds", Hold, key=key, body=request)

    async def extend(self, actor: Actor, key: str) -> Hold:
        return await self._link.post(actor, "/v1/holds/extend", Hold, key=key)

    async def book(self, actor: Actor, key: str, request: BookingRequest) -> Booking:
        return await self._link.post(actor, "/v1/bookings", Booking, key=key, body=request)

    async def find(self, actor: Actor, proof: BookingProof) -> Booking:
        return await self._link.post(actor, "/v1/bookings/find", Booking, body=proof)

    async def cancel(self, actor: Actor, key: str, proof: BookingProof) -> Booking:
        return await self._link.post(actor, "/v1/bookings/cancel", Booking, key=key, body=proof)

    async def change(self, actor: Actor, key: str, request: ChangeRequest) -> Booking:
        return await self._link.post(actor, "/v1/bookings/change", Booking, key=key, body=request)

    async def contact(self, actor: Actor, key: str, request: ContactRequest) -> Booking:
        return await self._link.post(actor, "/v1/bookings/contact", Booking, key=key, body=request)


class StaffBookingClient(CatalogClient):
    """booking, for staff: what it may see and do is decided there, by the actor's rights."""

    async def bookings(self, actor: Actor, query: Mapping[str, str]) -> StaffBookingList:
        """`query`: filter, order and place, as StaffBookingList says."""
        return await self._link.get(actor, "/v1/staff/bookings", StaffBookingList, query)

    async def export(self, actor: Actor, query: Mapping[str, str]) -> StaffBookingExport:
        """A part of a file, with the same `query`."""
        return await self._link.get(actor, "/v1/staff/bookings/export", StaffBookingExport, query)

    async def booking(self, actor: Actor, booking_id: UUID) -> StaffBookingDetail:
        return await self._link.get(actor, f"/v1/staff/bookings/{booking_id}", StaffBookingDetail)

    async def tick(
        self, actor: Actor, key: str, booking_id: UUID, action: TickAction, tick: Tick
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/{action}"
        return await self._link.post(actor, path, StaffBooking, key=key, body=tick)

    async def cancel(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffCancel
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/cancel"
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)


class EligibilityClient:
    """eligibility: checks for both doors, imports for staff."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def check(self, actor: Actor, request: Check) -> CheckReply:
        return await self._link.post(actor, "/v1/checks", CheckReply, body=request)

    async def import_file(
        self, actor: Actor, key: str, file_name: str, content: bytes
    ) -> ImportReport:
        return await self._link.upload(
            actor,
            "/v1/imports",
            ImportReport,
            key=key,
            data=content,
            headers={"Content-Type": "text/csv", "X-File-Name": quote(file_name, safe="")},
            seconds=IMPORT_SECONDS,
        )

    async def imports(self, actor: Actor) -> ImportList:
        return await self._link.get(actor, "/v1/imports", ImportList)

    async def import_report(self, actor: Actor, batch_id: UUID) -> ImportReport:
        """One import with its errors; the owner answers with a list of one."""
        found = await self._link.get(actor, f"/v1/imports/{batch_id}", ImportList)
        return found.imports[0]


class ReportingClient:
    """reporting: counts of a day."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def counts(self, actor: Actor, day: date) -> DayCounts:
        return await self._link.get(actor, "/v1/counts", DayCounts, {"day": day.isoformat()})

    async def counts_csv(self, actor: Actor, day: date) -> bytes:
        return await self._link.get_bytes(actor, "/v1/counts.csv", {"day": day.isoformat()})


class NotifyClient:
    """notify: the mails of one booking."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def deliveries(self, actor: Actor, booking_id: UUID) -> DeliveryList:
        return await self._link.get(actor, f"/v1/deliveries/{booking_id}", DeliveryList)
