"""A fact that met a deadlock is taken in after all: its mail is written once."""

from collections.abc import Callable
from uuid import uuid4

from dev.deadlocks import crossing, run_again
from dev.testing import Database
from libs.common.consumer import Consumer
from libs.common.database import asyncpg_pool, engine, store_opener
from libs.common.inbox import Parcel, Retries
from libs.contracts.subscriptions import origins
from services.notify.handlers import SUBSCRIPTIONS
from services.notify.store import Store

from .factories import confirmed, prepare, rows, updated


async def test_a_new_address_beside_a_transaction_that_goes_the_other_way_round(
    database: Callable[[str], Database],
) -> None:
    made = database("notify")
    source, pool = engine(made.url, 2), await asyncpg_pool(made.url, 1)
    open_store = store_opener(source, Store, lambda: None)
    first = confirmed(contact_version=1)
    await prepare(open_store, first)
    fact, before = updated(booking_id=first.booking_id, contact_version=2), run_again()
    parcel = Parcel(uuid4(), fact.name, fact.model_dump_json(), "-")
    consumer = Consumer(
        "notify", "amqp://nobody", origins(), SUBSCRIPTIONS, open_store, Retries(pool)
    )
    older = "SELECT FROM delivery WHERE version = 1 FOR UPDATE"
    with crossing(made, older, "SELECT FROM agenda FOR UPDATE"):
        await consumer._handle_or_park(parcel)
    assert run_again() > before
    mails = await rows(open_store, "SELECT version, state FROM delivery ORDER BY version")
    assert [tuple(mail.values()) for mail in mails] == [(1, "failed"), (2, "waiting")]
    assert await rows(open_store, "SELECT name FROM inbox_retry") == []
    await pool.close()
    await source.dispose()
