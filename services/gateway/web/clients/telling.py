"""What became of bookings: counts and mails."""

from datetime import date
from uuid import UUID

from libs.contracts.notify import DeliveryList
from libs.contracts.reporting import (
    Basis,
    ClosedMonth,
    CloseMonth,
    FigureQuery,
    FigureReport,
    MonthClosing,
)
from services.gateway.web.link import Actor, Link


class ReportingClient:
    """reporting: figures of some days, and months that were confirmed."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def report(self, actor: Actor, asked: FigureQuery) -> FigureReport:
        query = asked.model_dump(mode="json", exclude_none=True)
        words = {name: str(value).lower() for name, value in query.items() if name == "cancelled"}
        return await self._link.get(
            actor, "/v1/figures", FigureReport, {**{n: str(v) for n, v in query.items()}, **words}
        )

    async def closed_month(self, actor: Actor, month: date, basis: Basis) -> ClosedMonth:
        path = f"/v1/closings/{month.isoformat()}"
        return await self._link.get(actor, path, ClosedMonth, {"basis": basis})

    async def close_month(self, actor: Actor, month: date) -> MonthClosing:
        return await self._link.post(
            actor, "/v1/closings", MonthClosing, body=CloseMonth(month=month)
        )


class NotifyClient:
    """notify: the mails of one booking."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def deliveries(self, actor: Actor, booking_id: UUID) -> DeliveryList:
        return await self._link.get(actor, f"/v1/deliveries/{booking_id}", DeliveryList)
