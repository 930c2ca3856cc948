"""How far others may believe that they have heard everything about bookings."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

from libs.common.outbox import PARKED_TRIES
from libs.contracts.booking import BookingWatermark
from services.booking.actions.watermark import publish_watermark
from services.booking.store.watermark import MOST_PARKED

from .city import City, at

A_FACT = """
    INSERT INTO outbox (fact_id, name, body, mandatory, request_id) VALUES ($1, $2, '', true, '')
"""
SENT = "UPDATE outbox SET sent_at = clock_timestamp()"


async def published(city: City) -> BookingWatermark:
    """The watermark that is published now."""
    await publish_watermark(city.desk.open_store)
    newest = (await city.facts(BookingWatermark.name))[-1]
    return BookingWatermark.model_validate_json(newest)


async def told(city: City) -> datetime:
    return (await published(city)).at


async def test_when_every_fact_is_sent_the_watermark_is_as_good_as_now(city: City) -> None:
    await city.booked(at(10))
    await city.pool.execute(SENT)
    now = await city.pool.fetchval("SELECT clock()")
    assert now - timedelta(seconds=10) < await told(city) < now


async def test_a_fact_that_the_broker_does_not_have_holds_the_watermark(city: City) -> None:
    await city.pool.execute(SENT)
    await city.booked(at(10))
    written: datetime = await city.pool.fetchval(
        "SELECT created_at FROM outbox WHERE name = 'booking.confirmed.v1'"
    )
    assert [await told(city), await told(city)] == [written, written]


async def test_facts_about_offices_and_earlier_watermarks_do_not_hold_it(city: City) -> None:
    """The city of the fixture has just published its offices, and nothing sends them."""
    first = await told(city)
    assert first > await city.pool.fetchval("SELECT max(created_at) FROM outbox")
    assert await told(city) > first


async def test_a_fact_that_is_not_committed_yet_holds_the_watermark(city: City) -> None:
    """It would be seen by nobody who looks for unsent facts, and is older than what comes next."""
    async with city.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute(A_FACT, uuid4(), "booking.cancelled.v1")
            written = await connection.fetchval("SELECT now()")
            while_open = await told(city)
        assert while_open <= written
        await connection.execute(SENT)
    assert await told(city) > written


async def refused(city: City, tries: int = PARKED_TRIES) -> None:
    """The broker has taken nothing of what is unsent, so often."""
    await city.pool.execute("UPDATE outbox SET attempts = $1 WHERE sent_at IS NULL", tries)


async def test_a_fact_that_the_broker_does_not_take_holds_the_watermark_of_its_booking_alone(
    city: City,
) -> None:
    await city.pool.execute(SENT)
    await city.booked(at(10))
    await refused(city, PARKED_TRIES - 1)
    watermark = await published(city)
    assert (watermark.others_at, watermark.parked) == (None, ())
    await refused(city)
    await city.booked(at(11))
    watermark = await published(city)
    [held, other] = await city.pool.fetch(WRITTEN)
    assert watermark.parked == (held["booking_id"],)
    assert (watermark.at, watermark.others_at) == (held["created_at"], other["created_at"])
    await city.pool.execute(SENT)
    watermark = await published(city)
    assert (watermark.others_at, watermark.parked) == (None, ())


WRITTEN = """
    SELECT CAST(CAST(body AS json) ->> 'booking_id' AS uuid) AS booking_id, created_at FROM outbox
    WHERE name = 'booking.confirmed.v1' ORDER BY id
"""


async def test_when_the_broker_takes_nothing_everybody_waits(city: City) -> None:
    await city.pool.execute(SENT)
    for _ in range(MOST_PARKED + 1):
        body = json.dumps({"booking_id": str(uuid4())})
        await city.pool.execute(A_FACT.replace("''", f"'{body}'", 1), uuid4(), "booking.changed.v1")
    await refused(city)
    assert (await published(city)).others_at is None


async def test_a_fact_that_does_not_say_its_booking_holds_the_watermark_of_all(city: City) -> None:
    await city.pool.execute(SENT)
    await city.booked(at(10))
    await city.pool.execute(A_FACT.replace("''", "'{}'", 1), uuid4(), "booking.unknown.v1")
    await refused(city)
    watermark = await published(city)
    written = await city.pool.fetchval("SELECT created_at FROM outbox WHERE body = '{}'")
    assert watermark.others_at == written
