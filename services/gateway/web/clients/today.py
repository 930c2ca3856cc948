"""booking, as the page of the day calls it."""

from datetime import date

from libs.contracts.booking import NextDay, OpenVisits
from services.gateway.web.link import Actor

from .booking import CatalogClient


class TodayClient(CatalogClient):
    """booking: one day at one office, and what stayed without an outcome there."""

    async def day(self, actor: Actor, office_id: str, day: date) -> bytes:
        """A DayList as it came: whoever asks again and again reads it only when it is another."""
        query = {"office": office_id, "day": day.isoformat()}
        return await self._link.get_bytes(actor, "/v1/staff/day", query)

    async def next_day(self, actor: Actor, office_id: str) -> date:
        """The first day after today on which the office is open."""
        query = {"office": office_id}
        return (await self._link.get(actor, "/v1/staff/day/next", NextDay, query)).day

    async def open_visits(self, actor: Actor, office_id: str) -> OpenVisits:
        query = {"office": office_id}
        return await self._link.get(actor, "/v1/staff/day/open", OpenVisits, query)
