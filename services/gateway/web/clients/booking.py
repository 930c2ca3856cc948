"""booking, as everybody and as citizens call it."""

from libs.contracts.booking import (
    BoardSnapshot,
    BookingProof,
    BookingRequest,
    Catalog,
    ChangeRequest,
    CitizenBooking,
    ContactRequest,
    Hold,
    HoldRequest,
    OwnTimes,
)
from services.gateway.web.link import DOOR, Actor, Link


class CatalogClient:
    """booking: what concerns nobody."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def catalog(self) -> Catalog:
        return await self._link.get(DOOR, "/v1/catalog", Catalog)

    async def board(self, office_id: str) -> BoardSnapshot:
        return await self._link.get(DOOR, "/v1/board", BoardSnapshot, {"office": office_id})


class BookingClient(CatalogClient):
    """booking, for citizens. `key` is the idempotency key of the form that was sent.

    Who looks for a booking for the first time may be wrong and come again and again: that goes over
    `tries`, connections of its own, so that it never takes those of holds and bookings."""

    def __init__(self, link: Link, tries: Link | None = None) -> None:
        super().__init__(link)
        self._tries = tries or link

    async def hold(self, actor: Actor, key: str, request: HoldRequest) -> Hold:
        return await self._link.post(actor, "/v1/holds", Hold, key=key, body=request)

    async def extend(self, actor: Actor, key: str) -> Hold:
        return await self._link.post(actor, "/v1/holds/extend", Hold, key=key)

    async def book(self, actor: Actor, key: str, request: BookingRequest) -> CitizenBooking:
        return await self._link.post(actor, "/v1/bookings", CitizenBooking, key=key, body=request)

    async def find(self, actor: Actor, proof: BookingProof) -> CitizenBooking:
        link = self._tries if proof.origin else self._link
        return await link.post(actor, "/v1/bookings/find", CitizenBooking, body=proof)

    async def own_times(self, actor: Actor, proof: BookingProof) -> OwnTimes:
        return await self._link.post(actor, "/v1/bookings/times", OwnTimes, body=proof)

    async def cancel(self, actor: Actor, key: str, proof: BookingProof) -> CitizenBooking:
        return await self._link.post(
            actor, "/v1/bookings/cancel", CitizenBooking, key=key, body=proof
        )

    async def change(self, actor: Actor, key: str, request: ChangeRequest) -> CitizenBooking:
        return await self._link.post(
            actor, "/v1/bookings/change", CitizenBooking, key=key, body=request
        )

    async def accept(self, actor: Actor, key: str, request: ChangeRequest) -> CitizenBooking:
        """Move to the time that the city proposed."""
        return await self._link.post(
            actor, "/v1/bookings/accept", CitizenBooking, key=key, body=request
        )

    async def resend(self, actor: Actor, key: str, proof: BookingProof) -> CitizenBooking:
        """The mail that confirms the booking, once more."""
        return await self._link.post(
            actor, "/v1/bookings/resend", CitizenBooking, key=key, body=proof
        )

    async def contact(self, actor: Actor, key: str, request: ContactRequest) -> CitizenBooking:
        return await self._link.post(
            actor, "/v1/bookings/contact", CitizenBooking, key=key, body=request
        )
