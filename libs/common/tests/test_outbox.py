"""The relay sends every fact until the broker has it, whatever happens on the way."""

import asyncio
import contextlib
import json
from typing import Any, cast

import pytest
from aio_pika import ExchangeType, Message
from aio_pika.abc import AbstractExchange
from aio_pika.exceptions import ChannelPreconditionFailed
from pamqp.common import FieldTable
from prometheus_client import REGISTRY

from libs.common.broker import COMPLETE, facts_exchange, inbox_queue
from libs.common.logs import request_id
from libs.common.outbox import Relay
from libs.common.supervise import supervised

from .conftest import PlugIn
from .parts import SERVICE, Happened, Ignored, Noticed, Parts, eventually


async def all_sent(parts: Parts) -> bool:
    return await parts.unsent() == 0


async def test_a_fact_arrives_once_with_its_name_its_id_and_its_request(parts: Parts) -> None:
    async with parts.channel() as channel:
        queue = await channel.get_queue(inbox_queue(SERVICE))
        token = request_id.set("f" * 32)
        await parts.publish(Happened(number=7))
        request_id.reset(token)
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: all_sent(parts))
        message = await queue.get()
        assert message is not None
        assert (message.type, message.routing_key) == (Happened.name, Happened.name)
        assert message.body == b'{"number":7}'
        assert message.correlation_id == "f" * 32
        assert message.delivery_mode == 2
        fact_id = await parts.pool.fetchval("SELECT fact_id FROM outbox")
        assert message.message_id == str(fact_id)
        assert await queue.get(fail=False) is None


async def test_a_fact_without_a_queue_waits_with_growing_pauses_and_stops_no_other(
    parts: Parts,
) -> None:
    async with parts.channel() as channel:
        ids = await parts.listen(channel)
        await parts.publish(Ignored(number=1), *(Happened(number=n) for n in range(20)))
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: _attempts_reach(parts, 3))
            assert len(ids) == 20
            assert await parts.unsent() == 1
            wait = await parts.pool.fetchval(
                "SELECT extract(epoch FROM next_at - clock_timestamp())::float8 FROM outbox"
                " WHERE sent_at IS NULL"
            )
            assert 0.4 < wait <= 0.2 * 2**5
            inbox = await channel.get_queue(inbox_queue(SERVICE))
            await inbox.bind(facts_exchange(SERVICE), Ignored.name)
            await eventually(lambda: all_sent(parts))
        assert len(set(ids)) == len(ids) == 21


async def _attempts_reach(parts: Parts, count: int) -> bool:
    return bool(
        await parts.pool.fetchval(
            "SELECT count(*) FROM outbox WHERE name = $1 AND attempts >= $2", Ignored.name, count
        )
    )


async def test_no_fact_is_sent_while_a_new_broker_is_only_half_set_up(parts: Parts) -> None:
    """One queue is bound and another is not yet: the first would make the fact count as sent."""
    async with parts.channel() as channel:
        await channel.exchange_delete(COMPLETE)
        await parts.publish(Happened(number=1))
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: _is_missing(facts_exchange(SERVICE), 1.0))
            assert await parts.unsent() == 1
            await channel.declare_exchange(COMPLETE, ExchangeType.FANOUT, durable=True)
            await eventually(lambda: all_sent(parts))


async def test_a_fact_that_nobody_needs_to_hear_is_sent_without_a_queue(parts: Parts) -> None:
    await parts.publish(Noticed(number=1))
    async with supervised("relay", parts.relay().run):
        await eventually(lambda: all_sent(parts))


async def test_facts_wait_for_an_exchange_that_is_missing_and_leave_when_it_is_there(
    parts: Parts,
) -> None:
    name = facts_exchange(SERVICE)
    await parts.publish(Happened(number=1))
    async with parts.channel() as channel:
        await channel.exchange_delete(name)
        async with supervised("relay", parts.relay().run):
            await eventually(lambda: _is_missing(name, 1.0))
            exchange = await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True)
            await (await channel.get_queue(inbox_queue(SERVICE))).bind(exchange, Happened.name)
            await eventually(lambda: all_sent(parts), seconds=3)
            assert await _is_missing(name, 0.0)
            await channel.exchange_delete(name)
            await parts.publish(Happened(number=2), Happened(number=3))
            await eventually(lambda: _is_missing(name, 1.0))
    assert await parts.pool.fetchval("SELECT max(attempts) FROM outbox") == 0


async def _is_missing(name: str, value: float) -> bool:
    return REGISTRY.get_sample_value("oita_broker_misses", {"what": name}) == value


async def test_facts_written_while_the_broker_is_away_are_sent_when_it_is_back(
    parts: Parts, plug_in: PlugIn
) -> None:
    cable = await plug_in(parts.amqp_url)
    async with parts.channel() as channel:
        ids = await parts.listen(channel)
        async with supervised("relay", Relay(SERVICE, parts.pool, cable.url).run):
            await parts.publish(Happened(number=1))
            await eventually(lambda: all_sent(parts))
            await cable.cut()
            for number in range(2, 52):
                await parts.publish(Happened(number=number))
            assert await parts.unsent() == 50
            await cable.plug()
            await eventually(lambda: all_sent(parts))
        assert len(set(ids)) == 51


async def test_a_connection_that_only_seems_alive_is_given_up(
    parts: Parts, plug_in: PlugIn
) -> None:
    cable = await plug_in(parts.amqp_url)
    async with parts.channel() as channel:
        ids = await parts.listen(channel)
        async with supervised("relay", Relay(SERVICE, parts.pool, cable.url).run):
            await parts.publish(Happened(number=1))
            await eventually(lambda: all_sent(parts))
            cable.stall()
            await parts.publish(Happened(number=2))
            await eventually(lambda: all_sent(parts), seconds=30)
        assert len(set(ids)) == 2


async def test_two_relays_send_each_fact_once(parts: Parts) -> None:
    async with parts.channel() as channel:
        ids = await parts.listen(channel)
        await parts.publish(*(Happened(number=n) for n in range(1500)))
        async with (
            supervised("relay", parts.relay().run),
            supervised("relay", parts.relay().run),
        ):
            await eventually(lambda: all_sent(parts))
        await eventually(lambda: _has(ids, 1500))
        assert len(set(ids)) == len(ids) == 1500


async def _has(ids: list[Any], count: int) -> bool:
    return len(ids) >= count


class Cancelling:
    """An exchange whose connection died: the library cancels what waited on it."""

    async def publish(self, *_: object, **__: object) -> None:
        raise asyncio.CancelledError


async def test_a_publish_that_the_library_cancelled_is_not_taken_for_sent(parts: Parts) -> None:
    await parts.publish(Happened(number=1))
    with pytest.raises(ConnectionError):
        await parts.relay()._send_batch(cast("AbstractExchange", Cancelling()))
    assert await parts.unsent() == 1


class Slow:
    """An exchange that confirms one fact after the other."""

    def __init__(self, seconds: float) -> None:
        self._turn, self._seconds = asyncio.Lock(), seconds

    async def publish(self, *_: object, **__: object) -> None:
        async with self._turn:
            await asyncio.sleep(self._seconds)


async def test_a_slow_broker_gets_smaller_batches_until_it_confirms_them_in_time(
    parts: Parts,
) -> None:
    await parts.publish(*(Happened(number=n) for n in range(400)))
    exchange, relay = Slow(0.005), Relay(SERVICE, parts.pool, parts.amqp_url, publish_seconds=0.5)
    sizes = await drain(parts, relay, exchange)
    assert sizes[0] == 400
    assert len(sizes) < 30
    assert relay._limit < 250


class Choosy:
    """Confirms only small batches, and nothing at all of larger ones."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.under_way = 0

    async def publish(self, *_: object, **__: object) -> None:
        self.under_way += 1
        try:
            await asyncio.sleep(0)
            if self.under_way > self._most:
                await asyncio.sleep(60)
        finally:
            self.under_way -= 1


async def test_a_batch_of_which_nothing_is_confirmed_is_halved_and_grows_again(
    parts: Parts,
) -> None:
    await parts.publish(*(Happened(number=n) for n in range(100)))
    relay = Relay(SERVICE, parts.pool, parts.amqp_url, publish_seconds=0.2)
    sizes = await drain(parts, relay, Choosy(6))
    assert sizes[:5] == [100, 50, 25, 12, 6]
    assert max(sizes[5:]) == 12
    assert await parts.pool.fetchval("SELECT max(attempts) FROM outbox") == 0
    relay._seconds = 5
    await parts.publish(*(Happened(number=n) for n in range(2000)))
    assert max(await drain(parts, relay, Choosy(5000))) == 500


async def drain(parts: Parts, relay: Relay, exchange: Any) -> list[int]:
    """Send until nothing is left; the sizes of the batches that were tried."""
    sizes: list[int] = []
    async with asyncio.timeout(20):
        while unsent := await parts.unsent():
            sizes.append(min(relay._limit, unsent))
            with contextlib.suppress(ConnectionError):
                await relay._send_batch(cast("AbstractExchange", exchange))
            await parts.pool.execute("UPDATE outbox SET next_at = now() WHERE sent_at IS NULL")
    return sizes


class Poisoned:
    """One fact closes the channel, and all that is under way with it goes down."""

    async def publish(self, message: Message, *_: object, **__: object) -> None:
        number = json.loads(message.body)["number"]
        self.hurt = getattr(self, "hurt", False) or number == 7
        await asyncio.sleep(0.01)
        if self.hurt:
            raise ChannelPreconditionFailed("larger than the broker takes")


async def test_a_fact_that_closes_the_channel_is_found_and_stops_no_other(parts: Parts) -> None:
    await parts.publish(*(Happened(number=n) for n in range(60)))
    relay = Relay(SERVICE, parts.pool, parts.amqp_url)
    async with asyncio.timeout(20):
        while await parts.unsent() > 1:
            with contextlib.suppress(ConnectionError):
                await relay._send_batch(cast("AbstractExchange", Poisoned()))
    left = await parts.pool.fetchrow("SELECT body, attempts FROM outbox WHERE sent_at IS NULL")
    assert left is not None
    assert (left["body"], left["attempts"] >= 1) == ('{"number":7}', True)
    assert await parts.pool.fetchval("SELECT max(attempts) FROM outbox WHERE id <> 8") == 0


async def test_a_queue_that_refuses_is_tried_on_a_new_channel(parts: Parts) -> None:
    """After an election RabbitMQ 3.10 refuses for ever what comes over some of the older ones."""
    relay = Relay(SERVICE, parts.pool, parts.amqp_url, renew_seconds=0.1)
    async with parts.channel() as channel:
        arguments: FieldTable = {"x-max-length": 1, "x-overflow": "reject-publish"}
        full = await channel.declare_queue("full", exclusive=True, arguments=arguments)
        await full.bind(facts_exchange(SERVICE), Happened.name)
        await parts.publish(*(Happened(number=n) for n in range(5)))
        with pytest.raises(ConnectionError, match="a queue refuses"):
            await asyncio.wait_for(relay.run(), 10)
        assert 0 < await parts.unsent() < 5
        await full.delete(if_unused=False, if_empty=False)
        async with supervised("relay", relay.run):
            await eventually(lambda: all_sent(parts))


async def test_a_fact_that_is_refused_ten_times_is_counted_and_said(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    await parts.publish(Ignored(number=1))
    await parts.pool.execute("UPDATE outbox SET attempts = 9")
    async with supervised("relay", parts.relay().run):
        await eventually(lambda: _attempts_reach(parts, 10))
    await parts.relay().measure()
    assert REGISTRY.get_sample_value("oita_outbox_parked") == 1
    said = [r for r in caplog.records if r.message == "the broker does not take a fact"]
    assert [r.levelname for r in said] == ["ERROR"]


async def test_facts_older_than_a_week_are_forgotten_once_they_were_sent(parts: Parts) -> None:
    await parts.publish(*(Happened(number=n) for n in range(3)))
    eight_days_ago = "clock_timestamp() - interval '8 days'"
    await parts.pool.execute(f"UPDATE outbox SET created_at = {eight_days_ago}")
    await parts.pool.execute(f"UPDATE outbox SET sent_at = {eight_days_ago} WHERE id = 1")
    await parts.pool.execute("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = 2")
    await parts.relay().prune()
    assert [row["id"] for row in await parts.pool.fetch("SELECT id FROM outbox ORDER BY id")] == [
        2,
        3,
    ]
