"""What a waiting room is told."""

from libs.common.assertion import Caller
from libs.contracts.booking import CallBoard, counter_offices

from .desk import BookingContext


async def call_board(desk: BookingContext, caller: Caller, office_id: str) -> CallBoard:
    """An office that the caller does not serve is as quiet as one that does not exist."""
    async with desk.open_store() as store:
        return await store.calls.of(counter_offices(caller), office_id)
