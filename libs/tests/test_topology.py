"""`python -m libs.topology` sets a broker up before the first fact, beside an older release too."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractQueue
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.exceptions import ChannelAccessRefused
from pamqp.common import FieldTable
from yarl import URL

from deploy.rabbitmq.definitions import OLDER_DOORS, TOPOLOGY, rights_in, user
from dev.process import free_port
from dev.testing import Broker, VirtualHost, fresh_vhost, held_in
from libs.common.broker import COMPLETE, Topology, inbox_queue
from libs.contracts.subscriptions import DURABLE, SHARED_EXCHANGE, exchange_of, topology
from libs.topology import BESIDE, CannotDeclare, set_up

NOTHING = Topology((), (), ())


@pytest.fixture
def bare(rabbitmq: Broker) -> Iterator[VirtualHost]:
    """A virtual host with the rights of production and nothing else in it."""
    with fresh_vhost(rabbitmq, held=NOTHING) as fresh:
        yield fresh


@pytest.fixture
def rolling(rabbitmq: Broker) -> Iterator[VirtualHost]:
    """The same with the users and rights for the time of a roll."""
    password = URL(rabbitmq.url(OLDER_DOORS)).password or ""
    rabbitmq.load({"users": [user(OLDER_DOORS, password)]})
    with fresh_vhost(rabbitmq, beside_older_release=True, held=NOTHING) as fresh:
        yield fresh


@asynccontextmanager
async def channel(vhost: VirtualHost, user: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(vhost.url(user)) as connection:
        yield await connection.channel(on_return_raises=True)


def command(url: str, *arguments: str, wait: float = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "AMQP_URL": url, "WAIT_SECONDS": str(wait)}
    argv = [sys.executable, "-m", "libs.topology", *arguments]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)


async def publish(opened: AbstractChannel, exchange: str, fact: str) -> None:
    message = aio_pika.Message(b"{}", message_id=str(uuid4()), type=fact)
    target = await opened.get_exchange(exchange, ensure=False)
    await target.publish(message, fact, mandatory=True, timeout=5)


async def taken(queue: AbstractQueue) -> list[str | None]:
    """The exchanges that the messages of a queue were published to, within a moment."""
    found: list[str | None] = []
    for _ in range(10):
        while message := await queue.get(fail=False, no_ack=True):
            found.append(message.exchange)
        await asyncio.sleep(0.05)
    return found


async def test_after_the_command_every_fact_reaches_each_of_its_queues(bare: VirtualHost) -> None:
    done = await asyncio.to_thread(command, bare.url(TOPOLOGY))
    assert (done.returncode, done.stderr) == (0, "")
    held = topology()
    assert done.stdout == (
        f"{len(held.exchanges)} exchanges, {len(held.queues)} queues"
        f" and {len(held.bindings)} bindings are there.\n"
    )
    facts = sorted({fact for facts in DURABLE.values() for fact in facts})
    async with channel(bare, "operator") as opened:
        for fact in facts:
            await publish(opened, exchange_of(fact), fact)
        for service, expected in DURABLE.items():
            queue = await opened.declare_queue(inbox_queue(service), passive=True)
            assert queue.declaration_result.message_count == len(expected)


async def test_that_all_is_there_is_the_last_thing_to_be_seen(bare: VirtualHost) -> None:
    """Publishers wait for it. Here the command fails at a queue, before anything is bound."""
    async with channel(bare, "operator") as opened:
        await opened.declare_queue("notify.inbox", durable=True)
    with pytest.raises(CannotDeclare):
        await set_up(bare.url(TOPOLOGY))
    async with channel(bare, "operator") as opened:
        with pytest.raises(ChannelNotFoundEntity):
            await opened.get_exchange(COMPLETE, ensure=True)


async def test_a_second_run_changes_nothing_and_loses_nothing(bare: VirtualHost) -> None:
    await set_up(bare.url(TOPOLOGY))
    async with channel(bare, "booking") as opened:
        await publish(opened, "booking.facts", "booking.confirmed.v1")
    await set_up(bare.url(TOPOLOGY))
    async with channel(bare, "notify") as opened:
        assert await taken(await opened.get_queue("notify.inbox", ensure=False)) == [
            "booking.facts"
        ]


async def test_after_a_restore_every_queue_is_empty_and_bound_as_before(bare: VirtualHost) -> None:
    """What lay there may be about what the restored database does not know."""
    await set_up(bare.url(TOPOLOGY))
    async with channel(bare, "booking") as opened:
        await publish(opened, "booking.facts", "booking.confirmed.v1")
    done = await asyncio.to_thread(command, bare.url(TOPOLOGY), "--empty")
    assert done.returncode == 0
    async with channel(bare, "notify") as opened:
        queue = await opened.get_queue("notify.inbox", ensure=False)
        assert await taken(queue) == []
    async with channel(bare, "booking") as opened:
        await publish(opened, "booking.facts", "booking.confirmed.v1")
    async with channel(bare, "notify") as opened:
        queue = await opened.get_queue("notify.inbox", ensure=False)
        assert await taken(queue) == ["booking.facts"]


async def test_what_it_declares_is_what_tests_load(bare: VirtualHost) -> None:
    """A queue declared again with other arguments would be refused."""
    bare.broker.load(held_in(bare.name, topology()))
    await set_up(bare.url(TOPOLOGY))


async def test_a_queue_in_another_form_is_a_sentence(bare: VirtualHost) -> None:
    async with channel(bare, "operator") as opened:
        await opened.declare_queue("notify.inbox", durable=True)
    done = await asyncio.to_thread(command, bare.url(TOPOLOGY))
    assert done.returncode == 1
    assert done.stderr.startswith("The queue notify.inbox cannot be declared: it is there in anoth")
    assert "Traceback" not in done.stderr


async def test_another_user_is_a_sentence(bare: VirtualHost) -> None:
    with pytest.raises(CannotDeclare, match="this user may not"):
        await set_up(bare.url("booking"))


async def test_it_waits_for_a_broker_with_a_bound(bare: VirtualHost) -> None:
    nowhere = f"amqp://topology:hunter2@127.0.0.1:{free_port()}/oita"
    done = await asyncio.to_thread(command, nowhere, wait=1.5)
    assert done.returncode == 1
    assert done.stderr.startswith("The broker does not answer or does not let us in")
    assert "hunter2" not in done.stdout + done.stderr


def test_wrong_words_show_how_it_is_used() -> None:
    done = command("amqp://localhost", "--help")
    assert done.returncode == 1
    assert BESIDE in done.stderr


QUORUM: FieldTable = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 20,
    "x-max-length": 500_000,
    "x-overflow": "reject-publish",
    "x-dead-letter-strategy": "at-least-once",
}


async def older_consumer(opened: AbstractChannel, service: str, *facts: str) -> AbstractQueue:
    """What a service of the older release does when it starts."""
    dead = f"{service}.dead"
    exchange = await opened.declare_exchange(dead, "fanout", durable=True)
    arguments: FieldTable = {"x-queue-type": "quorum", "x-max-length": 500_000}
    letters = await opened.declare_queue(dead, durable=True, arguments=arguments)
    await letters.bind(exchange)
    own: FieldTable = {**QUORUM, "x-dead-letter-exchange": dead}
    queue = await opened.declare_queue(f"{service}.inbox", durable=True, arguments=own)
    for fact in facts:
        await queue.bind("facts", fact)
    return queue


async def older_door(opened: AbstractChannel, *facts: str) -> AbstractQueue:
    """What a door of the older release does when it starts."""
    name = f"gateway.internet.{uuid4().hex}"
    queue = await opened.declare_queue(name, exclusive=True, auto_delete=True)
    for fact in facts:
        await queue.bind("facts", fact)
    return queue


async def test_two_releases_side_by_side_hear_each_other_and_everything_once(
    rolling: VirtualHost,
) -> None:
    fact = "office.published.v1"
    await set_up(rolling.url(TOPOLOGY), beside_older_release=True)
    async with (
        channel(rolling, "notify") as notify,
        channel(rolling, "booking") as booking,
        channel(rolling, "internet") as door,
        channel(rolling, OLDER_DOORS) as old_door,
    ):
        inbox = await older_consumer(notify, "notify", fact)
        live = await door.declare_queue("internet.live.abc", exclusive=True)
        await live.bind("booking.facts", fact)
        old_live = await older_door(old_door, fact)
        for exchange in ("facts", "booking.facts"):
            await publish(booking, exchange, fact)
        for queue in (inbox, live, old_live):
            assert sorted(map(str, await taken(queue))) == ["booking.facts", "facts"]


async def test_the_closing_run_takes_the_shared_exchange_and_the_rights_to_it_away(
    rolling: VirtualHost,
) -> None:
    await set_up(rolling.url(TOPOLOGY), beside_older_release=True)
    rolling.broker.load(rights_in(rolling.name))
    for _ in range(2):
        await set_up(rolling.url(TOPOLOGY))
    async with channel(rolling, "operator") as opened:
        with pytest.raises(ChannelNotFoundEntity):
            await opened.get_exchange(SHARED_EXCHANGE, ensure=True)
    async with channel(rolling, "booking") as opened:
        await publish(opened, "booking.facts", "booking.confirmed.v1")
        with pytest.raises(ChannelAccessRefused):
            await publish(opened, SHARED_EXCHANGE, "booking.confirmed.v1")
