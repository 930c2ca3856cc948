"""What was sent is sent again: under the same ids, to be taken in once, beside what goes on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from libs.common import bus
from libs.common.republish import SAFE_DAYS, moment_since, publishing, send_again
from libs.common.supervise import supervised

from .parts import SERVICE, Handler, Happened, Ignored, Noticed, Parts, eventually

NOW = datetime(2026, 12, 8, 9, tzinfo=UTC)


async def again(parts: Parts, hours: float = 1) -> int:
    """Send again what was sent in the last hours."""
    since = datetime.now(UTC) - timedelta(hours=hours)
    async with publishing(SERVICE, parts.amqp_url) as publisher:
        return await send_again(parts.pool, publisher, since)


async def all_sent(parts: Parts) -> bool:
    return await parts.unsent() == 0


async def test_what_a_broker_lost_comes_again_under_its_ids_and_in_order(parts: Parts) -> None:
    async with parts.channel() as channel:
        ids = await parts.listen(channel)
        await parts.publish(*(Happened(number=n) for n in range(250)), Noticed(number=1))
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: all_sent(parts))
        before = await parts.pool.fetch("SELECT * FROM outbox ORDER BY id")
        ids.clear()
        assert await again(parts) == 250
        await eventually(lambda: has(ids, 250))
    assert await parts.pool.fetch("SELECT * FROM outbox ORDER BY id") == before
    assert set(ids) == {str(row["fact_id"]) for row in before if row["mandatory"]}


async def has(ids: list[str], count: int) -> bool:
    return len(ids) >= count


async def test_whoever_has_a_fact_takes_it_in_once_however_often_it_is_sent(parts: Parts) -> None:
    handler = Handler()
    async with supervised("consumer", parts.consumer(handler).run):
        await parts.publish(Happened(number=1), Happened(number=2))
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: all_sent(parts))
        assert [await again(parts), await again(parts)] == [2, 2]
        await parts.publish(Happened(number=3))
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: effects_are(parts, [1, 2, 3]))
    assert sorted(handler.seen) == [1, 2, 3]


async def effects_are(parts: Parts, numbers: list[int]) -> bool:
    return await parts.effects() == numbers


async def test_only_what_was_sent_since_then_and_is_remembered_for_certain_comes_again(
    parts: Parts,
) -> None:
    async with parts.channel() as channel:
        await parts.listen(channel)
        await parts.publish(*(Happened(number=n) for n in range(4)))
        for number, sent, created in ((1, "2 hours", "2 hours"), (2, "1 minute", "7 days")):
            await parts.pool.execute(
                f"UPDATE outbox SET sent_at = clock_timestamp() - interval '{sent}',"
                f" created_at = clock_timestamp() - interval '{created}' WHERE id = {number}"
            )
        await parts.pool.execute("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = 3")
        assert await again(parts) == 1
        assert await again(parts, hours=3) == 2


async def test_live_facts_neither_wait_nor_come_twice_while_others_are_sent_again(
    parts: Parts,
) -> None:
    async with parts.channel() as channel:
        ids = await parts.listen(channel)
        async with supervised("relay", parts.relay().run):
            await parts.publish(*(Happened(number=n) for n in range(1000)))
            await eventually(lambda: has(ids, 1000))
            await eventually(lambda: all_sent(parts))
            repeating = asyncio.create_task(again(parts))
            await eventually(lambda: has(ids, 1001))
            live = []
            for number in range(20):
                await parts.publish(Happened(number=number + 1000))
                live.append(await newest(parts))
            await eventually(lambda: all_sent(parts), seconds=5)
            assert await repeating == 1000
            await eventually(lambda: has(ids, 2020))
    assert [ids.count(fact_id) for fact_id in live] == [1] * 20


async def newest(parts: Parts) -> str:
    return str(await parts.pool.fetchval("SELECT fact_id FROM outbox ORDER BY id DESC LIMIT 1"))


async def test_a_fact_that_reaches_no_queue_is_not_taken_for_sent(parts: Parts) -> None:
    await parts.publish(Ignored(number=1))
    await parts.pool.execute("UPDATE outbox SET sent_at = clock_timestamp()")
    with pytest.raises(bus.BROKER_ERRORS):
        await again(parts)


@pytest.mark.parametrize("text", ["yesterday", "2026-12-01T08:00", "2026-12-08T09:01"])
def test_a_moment_that_is_none_or_too_old_or_to_come_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Say "):
        moment_since(text, NOW)


def test_a_moment_is_in_the_zone_of_the_city_unless_it_says_another() -> None:
    first = NOW - timedelta(days=SAFE_DAYS)
    assert moment_since("2026-12-02T09:00", NOW) == first
    assert moment_since("2026-12-02T18:00+09:00", NOW) == first
