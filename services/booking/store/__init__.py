"""All SQL of booking: one `Store` is one transaction, and nobody else commits."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg

from libs.common import outbox
from services.booking.domain.booking import Booking, Change

from .board import BoardStore
from .calls import CallStore
from .displaced import DisplacedStore
from .editing import EditingStore
from .erasure import ErasureStore
from .exchanges import ExchangeStore
from .links import LinkStore
from .mailboxes import MailboxStore
from .origins import OriginStore
from .phone import PhoneStore
from .preparations import PreparationStore
from .proofs import ProofStore
from .restated import RestatedStore
from .returning import ReturningStore
from .visits import VisitStore
from .watermark import WatermarkStore

OpenStore = Callable[[], AbstractAsyncContextManager["Store"]]
ACQUIRE_SECONDS = 1.5
"""So long a request waits for a connection. It counts into the five seconds of the doors."""

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
"""Nothing was done, and nobody knows whether it will work the next time."""
GIVING_WAY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
"""The transaction was rolled back because of others; by itself nothing is wrong with it."""

# One plan for all values: planning a hold costs more than running it.
SESSION = {"plan_cache_mode": "force_generic_plan", "jit": "off"}


class AllConnectionsTaken(TimeoutError):
    """Other requests have all connections, and none gave its own back in time."""


class Store(
    EditingStore,
    BoardStore,
    DisplacedStore,
    PhoneStore,
    VisitStore,
    ProofStore,
    LinkStore,
    ErasureStore,
    WatermarkStore,
    PreparationStore,
    CallStore,
    ExchangeStore,
    RestatedStore,
    OriginStore,
    MailboxStore,
    ReturningStore,
):
    """Booking's transaction, by topic."""

    async def save(self, change: Change) -> Booking:
        """Also what the counter stamped."""
        if change.stamps:
            await self.save_stamps(change.stamped, change.stamps)
        return await super().save(change)


def store_opener(pool: asyncpg.Pool, wake: Callable[[], None]) -> OpenStore:
    """`async with open_store() as store:` commits at the end of the block or rolls back."""

    @asynccontextmanager
    async def open_store() -> AsyncIterator[Store]:
        async with _connection(pool) as connection:
            async with connection.transaction():
                store = Store(connection)
                yield store
                if store.outgoing:
                    await connection.executemany(outbox.INSERT, store.outgoing)
            if store.outgoing or store.told:
                wake()

    return open_store


@asynccontextmanager
async def _connection(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
    """Raises AllConnectionsTaken, and what connecting raises."""
    try:
        connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
    except TimeoutError:
        # Some are connected, so the database is there; others may still be connecting.
        if pool.get_size():
            raise AllConnectionsTaken from None
        raise
    try:
        yield connection
    finally:
        await pool.release(connection)
