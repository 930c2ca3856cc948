"""The users of deploy/rabbitmq/definitions.py: own facts to write, own queues to read."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused
from pamqp.common import FieldTable

from deploy.rabbitmq.definitions import TOPOLOGY, USERS
from dev.testing import Broker, VirtualHost, fresh_vhost
from libs.common.broker import again_exchange, dead_queue, inbox_queue, live_queues
from libs.contracts import schemas
from libs.contracts.subscriptions import DURABLE, LIVE, exchange_of, owner_of, topology

FACTS = sorted(fact.name for _, fact in schemas.facts())
PROCESSES = (*DURABLE, *LIVE)
DOORS = tuple(LIVE)
Attempt = Callable[[AbstractChannel, str, str], Awaitable[object]]


@pytest.fixture(scope="module")
def broker(rabbitmq: Broker) -> Iterator[VirtualHost]:
    """A virtual host for the whole file: almost all that is tried here is refused."""
    with fresh_vhost(rabbitmq) as fresh:
        yield fresh


class Connections:
    """One connection for each user. A refusal closes the channel, and only that."""

    def __init__(self, vhost: VirtualHost) -> None:
        self._vhost = vhost
        self._open: dict[str, AbstractConnection] = {}
        self._stack = AsyncExitStack()

    async def of(self, user: str) -> AbstractConnection:
        if user not in self._open:
            opening = await aio_pika.connect(self._vhost.url(user))
            self._open[user] = await self._stack.enter_async_context(opening)
        return self._open[user]

    @asynccontextmanager
    async def channel(self, user: str) -> AsyncIterator[AbstractChannel]:
        channel = await (await self.of(user)).channel(on_return_raises=True)
        try:
            yield channel
        finally:
            await channel.close()

    async def lets(self, user: str, attempt: Attempt, fact: str) -> bool:
        """Whether the broker lets `user` do it; anything but a plain refusal fails the test."""
        async with self.channel(user) as channel:
            try:
                await attempt(channel, user, fact)
            except ChannelAccessRefused:
                return False
        return True

    async def close(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def users(broker: VirtualHost) -> AsyncIterator[Connections]:
    connections = Connections(broker)
    yield connections
    await connections.close()


def own(user: str) -> str:
    """A name that the user may use if it may use any: of its own queues where it has some."""
    return f"{live_queues(user)}abc" if user in DOORS else f"{user}.abc"


async def publish(channel: AbstractChannel, _: str, fact: str) -> None:
    exchange = await channel.get_exchange(exchange_of(fact), ensure=False)
    await exchange.publish(aio_pika.Message(b"{}", type=fact), fact, mandatory=False, timeout=5)


async def bury(channel: AbstractChannel, user: str, fact: str) -> None:
    """What is thrown away from a queue of one's own comes out at the exchange of facts."""
    arguments: FieldTable = {
        "x-dead-letter-exchange": exchange_of(fact),
        "x-dead-letter-routing-key": fact,
        "x-message-ttl": 0,
    }
    await channel.declare_queue(own(user), exclusive=True, arguments=arguments)


async def divert(channel: AbstractChannel, user: str, fact: str) -> None:
    """What no queue wants comes out at the exchange of facts."""
    arguments: FieldTable = {"alternate-exchange": exchange_of(fact)}
    await channel.declare_exchange(own(user), "fanout", auto_delete=True, arguments=arguments)


async def tie(channel: AbstractChannel, user: str, fact: str) -> None:
    """What is published to an exchange of one's own comes out at the exchange of facts."""
    source = again_exchange(user) if user in DURABLE else own(user)
    if user in DOORS:
        await channel.declare_exchange(source, "fanout", auto_delete=True)
    target = await channel.get_exchange(exchange_of(fact), ensure=False)
    await target.bind(source, fact)


FORGERIES: dict[str, Attempt] = {"publish": publish, "bury": bury, "divert": divert, "tie": tie}


@pytest.mark.parametrize("way", FORGERIES)
async def test_nobody_but_its_owner_gets_a_fact_into_the_exchange_whatever_the_way(
    users: Connections, way: str
) -> None:
    """Once the user of both doors forged `office.published`: it buried a message in a queue of its
    own whose dead letters went to the exchange that everybody believed."""
    asked = [(user, fact) for user in (*PROCESSES, TOPOLOGY) for fact in FACTS]
    allowed = {(u, f) for u, f in asked if await users.lets(u, FORGERIES[way], f)}
    owners = {(owner_of(fact), fact) for fact in FACTS}
    assert allowed == (owners if way == "publish" else set())


async def hear(channel: AbstractChannel, user: str, fact: str) -> None:
    """Bind a queue of one's own, an inbox where there is nothing else, to a fact."""
    await _bind(channel, user, exchange_of(fact), fact)


async def _bind(channel: AbstractChannel, user: str, exchange: str, key: str) -> None:
    if user in DOORS:
        queue = await channel.declare_queue(own(user), exclusive=True)
    else:
        queue = await channel.get_queue(inbox_queue(user), ensure=False)
    await queue.bind(exchange, key)


async def test_a_door_binds_what_it_has_to_hear_and_nobody_else_binds_anything(
    users: Connections,
) -> None:
    asked = [(user, fact) for user in PROCESSES for fact in FACTS]
    allowed = {(u, f) for u, f in asked if await users.lets(u, hear, f)}
    assert allowed == {(door, fact) for door, facts in LIVE.items() for fact in facts}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", ["#", "*.*.*", "booking.#", "cells.changed.*", ""])
async def test_a_door_hears_no_pattern_of_facts(users: Connections, door: str, key: str) -> None:
    async def attempt(channel: AbstractChannel, user: str, _: str) -> None:
        await _bind(channel, user, "booking.facts", key)

    assert not await users.lets(door, attempt, "")


QUEUES = [queue.name for queue in topology().queues]


async def test_each_queue_is_read_by_its_service_and_nobody_else(users: Connections) -> None:
    async def look(channel: AbstractChannel, _: str, name: str) -> None:
        queue = await channel.get_queue(name, ensure=False)
        await queue.get(timeout=5, fail=False)

    asked = [(user, queue) for user in PROCESSES for queue in QUEUES]
    allowed = {(user, queue) for user, queue in asked if await users.lets(user, look, queue)}
    services = DURABLE
    assert allowed == {(s, q) for s in services for q in (inbox_queue(s), dead_queue(s))}


async def test_nobody_slips_a_message_into_a_queue_past_the_facts(users: Connections) -> None:
    """Through the default exchange, or through the ways to the dead and back of somebody else."""

    async def slip(channel: AbstractChannel, _: str, name: str) -> None:
        exchange = (
            await channel.get_exchange(name, ensure=False) if name else channel.default_exchange
        )
        key = "notify.inbox"
        await exchange.publish(aio_pika.Message(b"{}"), key, mandatory=False, timeout=5)

    ways = ["", *(name(service) for service in DURABLE for name in (dead_queue, again_exchange))]
    allowed = {
        (user, way) for user in PROCESSES for way in ways if await users.lets(user, slip, way)
    }
    assert allowed == {(service, again_exchange(service)) for service in DURABLE}


async def test_nobody_but_the_user_of_the_topology_makes_or_takes_away_what_is_durable(
    users: Connections,
) -> None:
    async def delete_queue(channel: AbstractChannel, _: str, name: str) -> None:
        await channel.queue_delete(name)

    async def delete_exchange(channel: AbstractChannel, _: str, name: str) -> None:
        await channel.exchange_delete(name)

    async def make(channel: AbstractChannel, user: str, _: str) -> None:
        await channel.declare_queue(f"{user}.other", durable=True)

    exchanges = [exchange.name for exchange in topology().exchanges]
    for user in PROCESSES:
        assert not await users.lets(user, make, "")
        assert not [q for q in QUEUES if await users.lets(user, delete_queue, q)]
        assert not [e for e in exchanges if await users.lets(user, delete_exchange, e)]


def test_each_process_has_a_user_and_there_are_two_more() -> None:
    assert set(USERS) == {*PROCESSES, TOPOLOGY, "operator"}
