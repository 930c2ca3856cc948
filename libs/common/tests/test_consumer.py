"""Each fact takes effect once; failures are tried again; nothing is lost on the way."""

import asyncio
import time
from uuid import uuid4

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from prometheus_client import REGISTRY

from dev.testing import Database
from libs.common import bus
from libs.common.broker import FactSources, dead_queue, facts_exchange, inbox, inbox_queue
from libs.common.consumer import WORKER, Consumer, Subscriptions
from libs.common.inbox import DELAYS, Retries
from libs.common.supervise import every, supervised

from .conftest import Assemble, PlugIn
from .parts import ORIGINS, SERVICE, Handler, Happened, Parts, Store, eventually


def message(number: int, message_id: str | None = None) -> Message:
    fact = Happened(number=number)
    return (
        bus.message(uuid4(), fact.name, fact.model_dump_json(), "-")
        if (message_id is None)
        else Message(fact.model_dump_json().encode(), message_id=message_id, type=fact.name)
    )


async def test_a_message_that_comes_twice_takes_effect_once(parts: Parts) -> None:
    same = str(uuid4())
    handler = Handler()
    await parts.send(message(1, same), message(1, same), message(2))
    async with supervised("consumer", parts.consumer(handler).run):
        await eventually(lambda: _effects_are(parts, [1, 2]))
        await eventually(lambda: _queue_is_empty(parts))
    assert await parts.effects() == [1, 2]
    assert sorted(handler.seen) == [1, 2]


async def _effects_are(parts: Parts, numbers: list[int]) -> bool:
    return await parts.effects() == numbers


async def _queue_has(parts: Parts, count: int) -> bool:
    return await parts.waiting_in(inbox_queue(SERVICE)) == count


async def _queue_is_empty(parts: Parts) -> bool:
    return await _queue_has(parts, 0)


async def _is_parked(parts: Parts) -> bool:
    return await parts.retry_row() is not None


async def park(parts: Parts, handler: Handler, number: int = 1) -> None:
    """Let the consumer fail on one fact."""
    handler.broken = True
    await parts.send(message(number))
    async with supervised("consumer", parts.consumer(handler).run):
        await eventually(lambda: _is_parked(parts))


async def test_a_fact_that_fails_is_kept_with_its_reason_but_not_its_message(parts: Parts) -> None:
    await park(parts, Handler())
    row = await parts.retry_row()
    assert row is not None
    assert row["name"] == Happened.name
    assert row["error"].startswith("ValueError at parts.py:")
    assert "Taro" not in row["error"]
    assert (row["attempts"], row["dead_at"]) == (0, None)
    assert row["wait"] <= DELAYS[0]
    assert await parts.effects() == []
    assert await parts.waiting_in(inbox_queue(SERVICE)) == 0


async def test_a_parked_fact_is_tried_again_later_and_later_until_it_is_dead(parts: Parts) -> None:
    handler = Handler()
    await park(parts, handler)
    consumer = parts.consumer(handler)
    for attempt in range(1, len(DELAYS)):
        await parts.make_retries_due()
        await consumer.retry()
        row = await parts.retry_row()
        assert row is not None
        assert (row["attempts"], row["dead_at"]) == (attempt, None)
        assert DELAYS[attempt] - 1 < row["wait"] <= DELAYS[attempt]
    await parts.make_retries_due()
    await consumer.retry()
    row = await parts.retry_row()
    assert row is not None
    assert row["dead_at"] is not None
    assert len(handler.seen) == 1 + len(DELAYS)
    await parts.make_retries_due()
    await consumer.retry()
    assert len(handler.seen) == 1 + len(DELAYS)


async def test_a_fact_is_not_tried_before_its_time(parts: Parts) -> None:
    handler = Handler()
    await park(parts, handler)
    await parts.pool.execute("UPDATE inbox_retry SET next_at = clock_timestamp() + interval '9 s'")
    await parts.consumer(handler).retry()
    assert handler.seen == [1]


async def test_a_parked_fact_takes_effect_once_when_its_cause_is_repaired(parts: Parts) -> None:
    handler = Handler()
    await park(parts, handler)
    handler.broken = False
    await parts.make_retries_due()
    await asyncio.gather(*(parts.consumer(handler).retry() for _ in range(3)))
    assert await parts.effects() == [1]
    assert await parts.retry_row() is None


async def test_a_dead_letter_comes_back_when_it_is_redriven(parts: Parts) -> None:
    handler = Handler()
    await park(parts, handler)
    await parts.pool.execute("UPDATE inbox_retry SET attempts = 7")
    await parts.make_retries_due()
    await parts.consumer(handler).retry()
    retries = Retries(parts.pool)
    [letter] = await retries.dead_letters()
    assert (letter.name, letter.attempts) == (Happened.name, 8)
    await retries.measure()
    assert REGISTRY.get_sample_value("oita_inbox_dead_letters") == 1
    assert await retries.redrive() == 1
    await retries.measure()
    assert REGISTRY.get_sample_value("oita_inbox_dead_letters") == 0
    assert await retries.dead_letters() == []
    handler.broken = False
    await parts.consumer(handler).retry()
    assert await parts.effects() == [1]


async def test_a_fact_whose_body_cannot_be_read_is_parked_and_not_lost(parts: Parts) -> None:
    await parts.send(Message(b'{"number": "x"}', message_id=str(uuid4()), type=Happened.name))
    async with supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _is_parked(parts))


async def test_a_fact_that_this_release_does_not_know_is_parked(parts: Parts) -> None:
    await parts.send(Message(b"{}", message_id=str(uuid4()), type="booking.later.v9"))
    async with supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _is_parked(parts))


@pytest.mark.parametrize(
    "unreadable",
    [
        Message(b"{}", message_id="seven", type=Happened.name),
        Message(b"\xff", message_id=str(uuid4()), type=Happened.name),
        Message(b"\x00", message_id=str(uuid4()), type=Happened.name),
    ],
    ids=["no usable id", "not UTF-8", "NUL"],
)
async def test_a_message_that_cannot_be_read_goes_to_the_dead_queue(
    parts: Parts, unreadable: Message
) -> None:
    await parts.send(unreadable, message(5))
    async with supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _effects_are(parts, [5]))
        await eventually(lambda: _dead_queue_has(parts, 1))
        await eventually(lambda: _queue_is_empty(parts))


async def _dead_queue_has(parts: Parts, count: int) -> bool:
    return await parts.waiting_in(dead_queue(SERVICE)) == count


async def elsewhere(parts: Parts, *messages: Message) -> None:
    """Messages reach the inbox through the exchange of another service, whose facts it hears."""
    async with parts.channel() as channel:
        inbox = await channel.get_queue(inbox_queue(SERVICE))
        await inbox.bind(facts_exchange("notify"), "notify.failed.v1")
        exchange = await channel.get_exchange(facts_exchange("notify"))
        for each in messages:
            await exchange.publish(each, "notify.failed.v1")


async def test_a_fact_that_did_not_come_from_its_owner_is_refused_and_counted(parts: Parts) -> None:
    """Another service may publish what it likes to its own exchange."""
    before, handler = foreign(), Handler()
    await elsewhere(
        parts, message(1), Message(b"{}", message_id=str(uuid4()), type="booking.later.v9")
    )
    await parts.send(message(2))
    async with supervised("consumer", parts.consumer(handler).run):
        await eventually(lambda: _effects_are(parts, [2]))
        await eventually(lambda: _dead_queue_has(parts, 2))
        await eventually(lambda: _queue_is_empty(parts))
    assert handler.seen == [2]
    assert await parts.retry_row() is None
    assert foreign() - before == 2


def foreign() -> float:
    return REGISTRY.get_sample_value("oita_facts_foreign_total") or 0.0


async def test_a_forged_fact_with_notes_of_a_death_is_not_even_kept(parts: Parts) -> None:
    """Operators send dead letters round again by the exchange that such notes name."""
    forged = message(1)
    forged.headers["x-death"] = [{"exchange": facts_exchange(SERVICE), "count": 1}]
    await elsewhere(parts, forged)
    async with supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _queue_is_empty(parts))
    assert await _dead_queue_has(parts, 0)
    assert await parts.effects() == []


@pytest.mark.parametrize("believed", [True, False])
async def test_the_shared_exchange_is_believed_as_long_as_that_is_configured(
    parts: Parts, believed: bool
) -> None:
    """The release before this one publishes everything there."""
    origins = FactSources(ORIGINS.owner_of, "facts" if believed else None)
    async with parts.channel() as channel:
        shared = await channel.declare_exchange("facts", "topic", durable=True)
        await (await channel.get_queue(inbox_queue(SERVICE))).bind(shared, Happened.name)
        await shared.publish(message(1), Happened.name)
    retries = Retries(parts.pool)
    handlers: Subscriptions[Store] = {Happened: Handler()}
    consumer = Consumer(SERVICE, parts.amqp_url, origins, handlers, parts.open_store, retries)
    async with supervised("consumer", consumer.run):
        await eventually(lambda: _dead_queue_has(parts, 0 if believed else 1))
        await eventually(lambda: _effects_are(parts, [1] if believed else []))
        await eventually(lambda: _queue_is_empty(parts))


async def test_a_queue_that_is_missing_is_said_and_found_within_two_seconds(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    """A new broker is set up by another command, and an emptied one again."""
    name = inbox_queue(SERVICE)
    async with parts.channel() as channel, supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _consumers_are(parts, 1))
        await channel.queue_delete(name)
        await eventually(lambda: _is_missing(name, 1.0))
        assert [r.levelname for r in caplog.records if "libs.topology" in r.message] == ["WARNING"]
        await set_up_again(channel)
        begin = time.monotonic()
        await parts.send(message(1))
        await eventually(lambda: _effects_are(parts, [1]))
        assert time.monotonic() - begin < 2
        assert await _is_missing(name, 0.0)


async def set_up_again(channel: AbstractChannel) -> None:
    """What `libs.topology` does about this one inbox."""
    [_, queue] = inbox(SERVICE).queues
    declared = await channel.declare_queue(
        queue.name, durable=True, arguments=dict(queue.arguments)
    )
    await declared.bind(facts_exchange(SERVICE), Happened.name)


async def _consumers_are(parts: Parts, count: int) -> bool:
    async with parts.channel() as channel:
        queue = await channel.declare_queue(inbox_queue(SERVICE), passive=True)
        return queue.declaration_result.consumer_count == count


async def _is_missing(name: str, value: float) -> bool:
    return REGISTRY.get_sample_value("oita_broker_misses", {"what": name}) == value


async def test_facts_wait_while_the_database_is_away_and_none_is_lost(
    assemble: Assemble, tables: Database, plug_in: PlugIn
) -> None:
    direct = await assemble(tables.url)
    cable = await plug_in(tables.url)
    parts = await assemble(cable.url)
    await parts.send(message(0))
    consumer = parts.consumer(Handler())
    async with (
        supervised("retries", every(0.2, consumer.retry)),
        supervised("consumer", consumer.run),
    ):
        await eventually(lambda: _effects_are(direct, [0]))
        await cable.cut()
        await parts.send(*(message(number) for number in range(1, 41)))
        await asyncio.sleep(1)
        await cable.plug()
        await eventually(lambda: _effects_are(direct, list(range(41))), seconds=30)
        await eventually(lambda: _queue_is_empty(parts))
    assert await direct.retry_row() is None


async def test_a_fact_under_way_is_finished_and_acknowledged_before_the_end(parts: Parts) -> None:
    handler = Handler(seconds=0.5)
    await parts.send(message(1))
    async with supervised("consumer", parts.consumer(handler).run):
        await eventually(lambda: _has_seen(handler))
    assert await parts.effects() == [1]
    assert await _queue_is_empty(parts)
    async with supervised("consumer", parts.consumer(handler).run):
        await asyncio.sleep(0.3)
    assert handler.seen == [1]


async def test_a_consumer_that_is_stopped_while_it_connects_ends_at_once(parts: Parts) -> None:
    for tenth_of_a_millisecond in range(10, 70):
        async with asyncio.timeout(5), supervised("consumer", parts.consumer(Handler()).run):
            await asyncio.sleep(tenth_of_a_millisecond / 10_000)


async def test_a_worker_that_cannot_finish_does_not_outlive_its_connection(
    assemble: Assemble, tables: Database, plug_in: PlugIn
) -> None:
    """Without the database it holds on to its facts, longer than the end of the process waits."""
    cable = await plug_in(tables.url)
    parts = await assemble(cable.url)
    await parts.send(message(1))
    await cable.cut()
    consumer = parts.consumer(Handler(), drain_seconds=0.1)
    async with supervised("consumer", consumer.run):
        await eventually(_a_worker_lives)
        await asyncio.sleep(0.5)
    assert not await _a_worker_lives()
    assert await _queue_has(parts, 1)


async def _a_worker_lives() -> bool:
    return any(task.get_name() == WORKER for task in asyncio.all_tasks())


class Stumbling(Consumer):
    """Meets at first what nobody thought of."""

    fell = False

    async def _take(self, batch: list[AbstractIncomingMessage]) -> None:
        if not self.fell:
            self.fell = True
            raise LookupError("of our own")
        await super()._take(batch)


async def test_a_worker_that_fell_is_replaced_and_its_facts_come_again(parts: Parts) -> None:
    await parts.send(message(1), message(2))
    retries = Retries(parts.pool)
    handlers: Subscriptions[Store] = {Happened: Handler()}
    consumer = Stumbling(SERVICE, parts.amqp_url, ORIGINS, handlers, parts.open_store, retries)
    async with supervised("consumer", consumer.run):
        await eventually(lambda: _effects_are(parts, [1, 2]))
        await eventually(lambda: _queue_is_empty(parts))
    assert consumer.fell


async def _has_seen(handler: Handler) -> bool:
    return bool(handler.seen)


async def test_the_broker_keeps_a_fact_until_its_effect_is_committed(
    parts: Parts, plug_in: PlugIn
) -> None:
    cable = await plug_in(parts.amqp_url)
    handler = Handler(seconds=2)
    await parts.send(message(1))
    async with supervised("consumer", parts.consumer(handler, cable.url).run):
        await eventually(lambda: _has_seen(handler))
        await cable.cut()
        await eventually(lambda: _queue_has(parts, 1))
        assert await parts.effects() == []
        await cable.plug()
        await eventually(lambda: _effects_are(parts, [1]))
        await eventually(lambda: _queue_has(parts, 0))
    assert handler.seen == [1]


async def test_facts_whose_acknowledgement_was_lost_come_again_without_harm(
    parts: Parts, plug_in: PlugIn
) -> None:
    cable = await plug_in(parts.amqp_url)
    handler = Handler(seconds=0.3)
    await parts.send(*(message(number) for number in range(30)))
    async with supervised("consumer", parts.consumer(handler, cable.url).run):
        await eventually(lambda: _has_seen(handler))
        await cable.cut()
        await cable.plug()
        await eventually(lambda: _effects_are(parts, list(range(30))), seconds=30)
        await eventually(lambda: _queue_is_empty(parts))
    assert await parts.effects() == list(range(30))


async def test_messages_older_than_a_week_are_forgotten(parts: Parts) -> None:
    insert = "INSERT INTO inbox VALUES ($1, clock_timestamp() - $2 * interval '1 day')"
    await parts.pool.executemany(insert, [(uuid4(), 8), (uuid4(), 6)])
    await Retries(parts.pool).prune()
    assert await parts.pool.fetchval("SELECT count(*) FROM inbox") == 1
