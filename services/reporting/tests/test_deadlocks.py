"""Facts that met a deadlock are taken in after all, at once, and once."""

from uuid import uuid4

import asyncpg

from dev.deadlocks import crossing, run_again
from dev.testing import Database
from libs.common.consumer import Consumer
from libs.common.database import asyncpg_pool
from libs.common.inbox import Parcel, Retries
from libs.contracts.eligibility import PersonsImported
from libs.contracts.subscriptions import origins
from services.reporting.handlers import SUBSCRIPTIONS

from .conftest import Reporting
from .factories import holder

WRITE = "UPDATE card SET office_id = 'elsewhere' WHERE card_key = '{}'"


def cards(version: int) -> PersonsImported:
    """Both cards, written in the order of their keys."""
    holders = tuple(holder(key, version, "honcho", "ready") for key in ("one", "two"))
    return PersonsImported(batch_id=uuid4(), holders=holders)


async def test_cards_that_another_transaction_writes_the_other_way_round(
    reporting: Reporting, reporting_database: Database
) -> None:
    await reporting.take(cards(1))
    before, fact = run_again(), cards(2)
    parcel = Parcel(uuid4(), fact.name, fact.model_dump_json(), "-")
    pool = await asyncpg_pool(reporting_database.url, 1)
    async with pool:
        consumer = Consumer(
            "reporting", "amqp://nobody", origins(), SUBSCRIPTIONS, reporting.open_store,
            Retries(pool),
        )  # fmt: skip
        first, then = WRITE.format("two"), WRITE.format("one")
        with crossing(reporting_database, first, then):
            await consumer._handle_or_park(parcel)
        assert run_again() > before
        assert await versions(pool) == [2, 2]
        assert await pool.fetchval("SELECT count(*) FROM inbox_retry") == 0


async def versions(pool: asyncpg.Pool) -> list[int]:
    return [row["version"] for row in await pool.fetch("SELECT version FROM card")]
