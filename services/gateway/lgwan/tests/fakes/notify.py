"""Notify in memory: the mails of any booking, one of which failed."""

from uuid import UUID

from libs.contracts.notify import Delivery, DeliveryList
from services.gateway.web.clients import NotifyClient
from services.gateway.web.link import Actor, Unreachable

from .city import today_at


class FakeNotify(NotifyClient):
    def __init__(self) -> None:
        self.away = False
        self.unwritable = False

    async def deliveries(self, actor: Actor, booking_id: UUID) -> DeliveryList:
        if self.away:
            raise Unreachable("ClientConnectorError")
        sent = Delivery(
            kind="confirmed", version=1, state="sent", attempts=1, last_reply=None, at=today_at(9)
        )
        failed = sent.model_copy(
            update={"kind": "changed", "state": "failed", "last_reply": "550 mailbox unavailable"}
        )
        reminder = sent.model_copy(update={"kind": "reminder", "version": 2})
        if self.unwritable:
            held = {"kind": "updated", "state": "waiting", "attempts": 0, "unwritable": True}
            return DeliveryList(deliveries=(sent, sent.model_copy(update=held)))
        return DeliveryList(deliveries=(sent, failed, reminder))
