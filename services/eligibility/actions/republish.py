"""Saying again where every card is, for subscribers that lost it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

from libs.common.republish import Send
from libs.contracts.eligibility import PersonsImported
from services.eligibility.store import Store

from .applying import HOLDERS_A_FACT

OpenStore = Callable[[], AbstractAsyncContextManager[Store]]


async def republish(open_store: OpenStore, send: Send) -> int:
    """The number of persons. Who changes meanwhile has a later version, which subscribers keep."""
    batch_id, after, count = uuid4(), "", 0
    while True:
        async with open_store() as store:
            holders = await store.holders(after, HOLDERS_A_FACT)
        if not holders:
            return count
        await send([PersonsImported(batch_id=batch_id, holders=tuple(holders))])
        after, count = holders[-1].card_key, count + len(holders)
