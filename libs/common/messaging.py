"""The background tasks of a service that sends and takes in facts, started and stopped together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from .broker import FactSources
from .consumer import Consumer, OpenStore, S, Subscriptions
from .facts import fact_names
from .inbox import Retries
from .outbox import Relay, count_from_now
from .supervise import every, supervised

_HOUR = 3600.0


class Messaging:
    """Outbox relay and inbox of one service, on a small pool of their own.

    Shutdown runs backwards: consumers stop first, the relay sends what they wrote.
    """

    def __init__(
        self,
        service: str,
        pool: asyncpg.Pool,
        amqp_url: str,
        origins: FactSources,
        publishes: bool = True,
    ) -> None:
        self._service = service
        self._amqp_url = amqp_url
        self._origins = origins
        self._publishes = publishes
        self.relay = Relay(service, pool, amqp_url)
        self.retries = Retries(pool)
        for name in fact_names():
            if publishes and origins.owner_of(name) == service:
                count_from_now(name)

    @asynccontextmanager
    async def running(
        self, subscriptions: Subscriptions[S], open_store: OpenStore[S]
    ) -> AsyncIterator[None]:
        consumer = Consumer(
            self._service,
            self._amqp_url,
            self._origins,
            subscriptions,
            open_store,
            self.retries,
        )
        async with AsyncExitStack() as stack:
            sending = (("relay", self.relay.run),) if self._publishes else ()
            for name, task in (
                *sending,
                ("figures", every(10, self._measure)),
                ("prune", every(_HOUR, self._prune)),
                ("retries", every(1, consumer.retry)),
                ("consumer", consumer.run),
            ):
                await stack.enter_async_context(supervised(name, task))
            yield

    async def _measure(self) -> None:
        await self.relay.measure()
        await self.retries.measure()

    async def _prune(self) -> None:
        await self.relay.prune()
        await self.retries.prune()
