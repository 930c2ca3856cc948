"""All SQL of booking: one `Store` is one transaction, and nobody else commits."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg

from libs.common import outbox
from services.booking.domain.booking import Booking, Change

from .base import Part, Transaction
from .board import Boards
from .bookings import Bookings
from .calls import Calls
from .cards import Cards
from .catalog import CatalogRepository
from .cells import Cells
from .changes import Changes
from .claims import Claims
from .displaced import DisplacedBookings
from .editing import SettingsRepository
from .erasure import Erasure
from .guidances import Guidances
from .holds import Holds
from .links import Links
from .lists import Lists
from .mailboxes import Mailboxes
from .origins import Origins
from .outages import Outages
from .parties import Parties
from .people_to_call import PeopleToCallRepository
from .persons import Persons
from .preparations import Preparations
from .proofs import Proofs
from .rekeying import Rekeying
from .restated import Restatements
from .schedules import Schedules
from .search import Search
from .timetables import Timetables
from .visits import Visits
from .watermark import Watermarks

OpenStore = Callable[[], AbstractAsyncContextManager["Store"]]
ACQUIRE_SECONDS = 1.5
"""So long a request waits for a connection. It counts into the five seconds of the doors."""

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
"""Nothing was done, and nobody knows whether it will work the next time."""

# One plan for all values: planning a hold costs more than running it.
SESSION = {"plan_cache_mode": "force_generic_plan", "jit": "off"}


class AllConnectionsTaken(TimeoutError):
    """Other requests have all connections, and none gave its own back in time."""


class Store(Transaction):
    """Booking's transaction: a repository for each subject."""

    bookings = Part(Bookings)
    visits = Part(Visits)
    parties = Part(Parties)
    persons = Part(Persons)
    rekeying = Part(Rekeying)
    cards = Part(Cards)
    cells = Part(Cells)
    claims = Part(Claims)
    holds = Part(Holds)
    links = Part(Links)
    mailboxes = Part(Mailboxes)
    proofs = Part(Proofs)
    origins = Part(Origins)
    erasure = Part(Erasure)
    catalog = Part(CatalogRepository)
    settings = Part(SettingsRepository)
    guidances = Part(Guidances)
    timetables = Part(Timetables)
    schedules = Part(Schedules)
    changes = Part(Changes)
    displaced = Part(DisplacedBookings)
    people_to_call = Part(PeopleToCallRepository)
    outages = Part(Outages)
    search = Part(Search)
    lists = Part(Lists)
    calls = Part(Calls)
    preparations = Part(Preparations)
    boards = Part(Boards)
    restated = Part(Restatements)
    watermarks = Part(Watermarks)

    async def save(self, change: Change) -> Booking:
        """The booking as it is from now on, with its history, its fact, and what the counter
        stamped. Raises VersionConflict, AlreadyBooked."""
        if change.stamps:
            await self.visits.save_stamps(change.stamped, change.stamps)
        return await self.bookings.save(change)


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
            if store.outgoing or store.published:
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
