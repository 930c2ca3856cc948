"""Taking facts in: read, deduplicate, handle in a transaction, then tell the broker."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from aio_pika.abc import AbstractIncomingMessage
from pydantic import ValidationError

from . import bus
from .again import run_again
from .broker import FactSources, again_exchange, inbox_queue, live_queues
from .facts import Fact
from .inbox import Parcel, Retries
from .logs import as_request, describe_error, fields
from .metrics import FACT_SECONDS, FACTS_FOREIGN, FACTS_HANDLED

log = logging.getLogger(__name__)

PREFETCH = 32
LIVE_PREFETCH = 200
PACE_SECONDS = 0.05
"""From one transaction to the next: nobody waits for a single fact, and a crowd shares one."""

WORKER = "consumer-worker"
DRAIN_SECONDS = 10.0
CANCEL_SECONDS = 2.0


class InboxStore(Protocol):
    """A service's transaction, as far as taking facts in needs it."""

    async def first_times(self, message_ids: Sequence[UUID]) -> set[UUID]: ...


S = TypeVar("S", bound=InboxStore)
Subscriptions = Mapping[type[Fact], Callable[[Any, S], Awaitable[None]]]
OpenStore = Callable[[], AbstractAsyncContextManager[S]]


class Consumer:
    """The durable subscription of one service. Its queue and bindings are made by others."""

    def __init__(
        self,
        service: str,
        amqp_url: str,
        origins: FactSources,
        subscriptions: Subscriptions[S],
        open_store: OpenStore[S],
        retries: Retries,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        self._service = service
        self._amqp_url = amqp_url
        self._origins = origins
        self._handlers: dict[str, tuple[type[Fact], Callable[..., Awaitable[None]]]] = {
            fact.name: (fact, handler) for fact, handler in subscriptions.items()
        }
        self._open_store: OpenStore[Any] = open_store
        self._retries = retries
        self._drain_seconds = drain_seconds
        _count_from_now(self._handlers)

    async def run(self) -> None:
        """Consume until the connection fails. Belongs under `supervised`."""
        queue = inbox_queue(self._service)
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue(PREFETCH)
        async with bus.connected(self._amqp_url) as connection:
            subscribe = partial(bus.subscribe, connection, queue, PREFETCH, arrived.put)
            subscription = await bus.when_there(queue, subscribe)
            busy = asyncio.Lock()
            worker = asyncio.create_task(self._work(arrived, busy), name=WORKER)
            try:
                ends = {subscription.ended, worker}
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await self._drain(subscription, busy)
                await _end(worker)
        if not worker.cancelled() and (failure := worker.exception()):
            raise failure
        raise ConnectionError("the broker's connection is gone")

    async def retry(self) -> None:
        """Try again what is due."""
        await self._retries.again(self._handle)

    async def _drain(self, subscription: bus.Subscription, busy: asyncio.Lock) -> None:
        """No new facts; those under way get a bounded time to finish and be acknowledged. The
        broker gives the rest to whoever consumes next."""
        try:
            async with asyncio.timeout(2):
                await subscription.queue.cancel(subscription.tag)
        except bus.BROKER_ERRORS:
            pass
        try:
            async with asyncio.timeout(self._drain_seconds):
                await busy.acquire()
        except TimeoutError:
            log.warning("facts under way were not finished in time; they come again")

    async def _work(
        self, arrived: asyncio.Queue[AbstractIncomingMessage], busy: asyncio.Lock
    ) -> None:
        """Whatever has arrived is taken together: under load many facts share one transaction."""
        while True:
            batch = [await arrived.get()]
            started = time.monotonic()
            async with busy:
                while not arrived.empty():
                    batch.append(arrived.get_nowait())
                try:
                    await self._take(batch)
                except bus.BROKER_ERRORS:
                    if _told_to_end():
                        raise
                    log.warning("facts not acknowledged, they come again")
            await asyncio.sleep(started + PACE_SECONDS - time.monotonic())

    async def _take(self, batch: list[AbstractIncomingMessage]) -> None:
        """Handle the batch and tell the broker: all that came before is settled, so one word will
        do for what was taken in."""
        parcels: list[Parcel] = []
        read: list[AbstractIncomingMessage] = []
        for message in batch:
            if not self._is_believed(message):
                await self._refuse(message)
                continue
            try:
                parcels.append(_parcel(message))
            except ValueError:
                log.exception("fact without a usable id or body", extra=fields(fact=message.type))
                await message.reject()
            else:
                read.append(message)
        if len(parcels) == 1 or not await self._handle_together(parcels):
            for parcel in parcels:
                await self._handle_or_park(parcel)
        if read:
            await read[-1].ack(multiple=True)

    def _is_believed(self, message: AbstractIncomingMessage) -> bool:
        """Whether its owner published it, or we put it back into our inbox ourselves."""
        exchange = message.exchange or ""
        again = exchange == again_exchange(self._service)
        return again or self._origins.believes(exchange, message.type or "")

    async def _refuse(self, message: AbstractIncomingMessage) -> None:
        """A forged fact is put aside for the operator. One that brings notes about a death along
        goes at once: `redrive` would take the notes for the broker's own."""
        name = message.type if message.type in self._handlers else "unknown"
        log.error("fact not from its owner", extra=fields(fact=name, exchange=message.exchange))
        FACTS_FOREIGN.inc()
        if bus.DEATHS in message.headers:
            await message.ack()
        else:
            await message.reject()

    async def _handle_together(self, parcels: list[Parcel]) -> bool:
        """All of them in one transaction; False when one failed, and then none took effect."""
        started = time.perf_counter()
        try:
            results = await run_again(partial(self._effects_of, parcels))
        except Exception as failure:
            error = describe_error(failure)
            log.warning("facts failed together", extra=fields(facts=len(parcels), error=error))
            return False
        each = (time.perf_counter() - started) / max(len(parcels), 1)
        for parcel, result in zip(parcels, results, strict=True):
            _note(parcel, result, each)
        return True

    async def _handle_or_park(self, parcel: Parcel) -> None:
        """Hold on to the message while our own database cannot be reached."""
        pause = 0.2
        while True:
            error = await self._handle(parcel)
            if error is None:
                return
            try:
                await self._retries.park(parcel, error)
                return
            except Exception:
                log.exception("fact cannot be parked", extra=fields(fact=parcel.name))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10.0)

    async def _handle(self, parcel: Parcel) -> str | None:
        """None, or what went wrong, without a word of what the fact holds."""
        started = time.perf_counter()
        try:
            [result] = await run_again(partial(self._effects_of, [parcel]))
        except Exception as failure:
            with as_request(parcel.request_id):
                log.exception("fact failed", extra=fields(fact=parcel.name))
            FACTS_HANDLED.labels(parcel.name, "failed").inc()
            return describe_error(failure)
        _note(parcel, result, time.perf_counter() - started)
        return None

    async def _effects_of(self, parcels: list[Parcel]) -> list[str]:
        async with self._open_store() as store:
            return await self._effects_in(store, parcels)

    async def _effects_in(self, store: InboxStore, parcels: list[Parcel]) -> list[str]:
        """What became of each parcel: handled, or repeated where its message came before."""
        new = await store.first_times([parcel.message_id for parcel in parcels])
        results = []
        for parcel in parcels:
            results.append("handled" if parcel.message_id in new else "repeated")
            if parcel.message_id in new:
                new.remove(parcel.message_id)
                await self._effect_in(store, parcel)
        return results

    async def _effect_in(self, store: InboxStore, parcel: Parcel) -> None:
        kind, handler = self._handlers[parcel.name]
        fact = kind.model_validate_json(parcel.body)
        with as_request(parcel.request_id):
            await handler(fact, store)


async def _end(worker: asyncio.Task[None]) -> None:
    """It must not live on beside the worker of the next connection, and take and acknowledge facts
    there."""
    worker.cancel()
    await asyncio.wait({worker}, timeout=CANCEL_SECONDS)


def _told_to_end() -> bool:
    """Whether this task was cancelled from outside, and not by a library that met a dead line."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Listener:
    """A live subscription for one process: no store, nothing kept, the newest facts win."""

    def __init__(
        self,
        program: str,
        amqp_url: str,
        origins: FactSources,
        subscriptions: Mapping[type[Fact], Callable[[Any], None]],
        on_connected: Callable[[], None],
    ) -> None:
        self._program = program
        self._amqp_url = amqp_url
        self._origins = origins
        self._handlers = {fact.name: (fact, handler) for fact, handler in subscriptions.items()}
        self._on_connected = on_connected
        _count_from_now(self._handlers)

    async def run(self) -> None:
        """Listen until the connection fails; `on_connected` is the moment to fetch a snapshot.

        Each connection has a queue of its own: after a partition the broker keeps the old one until
        it misses some heartbeats, and lets nobody else use its name.
        """
        sources = [(self._origins.exchange_of(name), name) for name in self._handlers]
        name = f"{live_queues(self._program)}{uuid4().hex}"
        async with bus.connected(self._amqp_url) as connection:
            listen = partial(bus.listen, connection, name, sources, LIVE_PREFETCH, self._take)
            subscription = await bus.when_there(f"{self._program}.live", listen)
            self._on_connected()
            await subscription.ended
        raise ConnectionError("the broker's connection is gone")

    async def _take(self, message: AbstractIncomingMessage) -> None:
        """What does not come from its owner can only be known by its exchange, as in an inbox."""
        if not self._origins.believes(message.exchange or "", message.type or ""):
            log.error("fact not from its owner", extra=fields(exchange=message.exchange))
            FACTS_FOREIGN.inc()
            return
        try:
            kind, handler = self._handlers[message.type or ""]
            handler(kind.model_validate_json(message.body))
        except (KeyError, ValidationError):
            log.exception("fact cannot be read", extra=fields(fact=message.type))
            known = message.type if message.type in self._handlers else "unknown"
            FACTS_HANDLED.labels(known, "failed").inc()
        else:
            FACTS_HANDLED.labels(message.type, "handled").inc()


def _count_from_now(names: Iterable[str]) -> None:
    """0 from the start on, so that the very first failure is an increase."""
    for name in names:
        for result in ("handled", "failed"):
            FACTS_HANDLED.labels(name, result)


def _note(parcel: Parcel, result: str, seconds: float) -> None:
    """Figures, and a line that leads from the request at the door to its effect here."""
    FACT_SECONDS.labels(parcel.name).observe(seconds)
    FACTS_HANDLED.labels(parcel.name, result).inc()
    if log.isEnabledFor(logging.INFO):
        with as_request(parcel.request_id):
            log.info("fact", extra=fields(fact=parcel.name, result=result, ms=seconds * 1000))


def _parcel(message: AbstractIncomingMessage) -> Parcel:
    """Raises ValueError for what could not even be parked: PostgreSQL's texts have no NUL."""
    parcel = Parcel(
        message_id=UUID(message.message_id or ""),
        name=message.type or "",
        body=message.body.decode(),
        request_id=message.correlation_id or "-",
    )
    if "\0" in parcel.name + parcel.body + parcel.request_id:
        raise ValueError("a NUL character")
    return parcel
