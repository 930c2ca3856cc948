"""What became of bookings: counts and mails."""

from datetime import date
from uuid import UUID

from libs.contracts.notify import DeliveryList
from libs.contracts.reporting import DayCounts
from services.gateway.web.link import Actor, Link


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
