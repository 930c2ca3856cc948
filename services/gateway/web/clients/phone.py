"""booking, for staff who book for others."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from libs.contracts.booking import (
    Arrangement,
    CounterBooking,
    CounterForm,
    CounterHold,
    CounterLink,
    Hold,
    Openings,
    StaffBooking,
    UnlinkedList,
)
from services.gateway.web.link import Actor, Link


class PhoneClient:
    """booking: holds of forms, bookings by phone and at the counter, booking ids found later.

    `key` is the idempotency key of the form that was sent.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def openings(
        self, actor: Actor, office_id: str, wishes: Sequence[Sequence[str]], first: date, days: int,
        arrangement: Arrangement = "together",
    ) -> Openings:  # fmt: skip
        """`wishes` has the procedures of each person."""
        query = [("office", office_id), ("from", first.isoformat()), ("days", str(days))]
        query += [("procedure", procedure_id) for procedure_id in wishes[0]]
        query += [("party", ",".join(wish)) for wish in wishes[1:]]
        query.append(("arrangement", arrangement))
        return await self._link.get(actor, "/v1/staff/openings", Openings, query)

    async def hold(self, actor: Actor, key: str, request: CounterHold) -> Hold:
        return await self._link.post(actor, "/v1/staff/holds", Hold, key=key, body=request)

    async def hold_extra(self, actor: Actor, key: str, request: CounterHold) -> Hold:
        return await self._link.post(actor, "/v1/staff/holds/extra", Hold, key=key, body=request)

    async def keep(self, actor: Actor, form: UUID) -> Hold:
        body = CounterForm(form=form)
        return await self._link.post(actor, "/v1/staff/holds/keep", Hold, body=body)

    async def drop(self, actor: Actor, form: UUID) -> None:
        body = CounterForm(form=form)
        await self._link.post(actor, "/v1/staff/holds/drop", CounterForm, body=body)

    async def book(self, actor: Actor, key: str, request: CounterBooking) -> StaffBooking:
        path = "/v1/staff/bookings"
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)

    async def unlinked(self, actor: Actor) -> UnlinkedList:
        return await self._link.get(actor, "/v1/staff/bookings/unlinked", UnlinkedList)

    async def link(
        self, actor: Actor, key: str, booking_id: UUID, request: CounterLink
    ) -> StaffBooking:
        path = f"/v1/staff/bookings/{booking_id}/link"
        return await self._link.post(actor, path, StaffBooking, key=key, body=request)
