"""Three brokers that are one: each queue has a member on each, and outlives any of them."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import DeliveryError

from deploy.rabbitmq.definitions import TOPOLOGY, users_of
from dev.evidence import Evidence
from dev.process import free_port
from dev.rabbitmq import Ports, RabbitMQ
from libs.contracts.subscriptions import topology
from libs.topology import set_up

PROVES = ["libs/topology.py", "libs/contracts/subscriptions.py", "deploy/rabbitmq"]
MEMBERS = '[maps:get(nodes, amqqueue:get_type_state(Q)) || Q <- rabbit_amqqueue:list(<<"oita">>)].'


@pytest.fixture
def brokers(test_home: Path) -> Iterator[list[RabbitMQ]]:
    epmd, passwords = free_port(), dict.fromkeys(users_of(), "secret")
    ports = [Ports(free_port(), free_port(), epmd) for _ in range(3)]
    nodes = [RabbitMQ(test_home / f"rabbitmq{n}", p, passwords) for n, p in enumerate(ports)]
    with ExitStack() as stack:
        for node in nodes:
            stack.callback(node.destroy)
            if node is not nodes[0]:
                share_with(nodes[0], node)
            node.start()
            if node is not nodes[0]:
                join(nodes[0], node)
        yield nodes


def share_with(first: RabbitMQ, node: RabbitMQ) -> None:
    """One port mapper and one cookie make them find and trust each other."""
    node.epmd = first.epmd
    node.account.owns(node.place)
    cookie = node.place / ".erlang.cookie"
    cookie.write_text((first.place / ".erlang.cookie").read_text())
    cookie.chmod(0o400)
    if node.account.uid is not None and node.account.gid is not None:
        os.chown(cookie, node.account.uid, node.account.gid)


def join(first: RabbitMQ, node: RabbitMQ) -> None:
    """What `rabbitmqctl join_cluster` does."""
    node.evaluate(
        f"rabbit:stop(), rabbit_mnesia:reset(), rabbit_mnesia:join_cluster('{first.node}', disc),"
        " rabbit:start()."
    )


@pytest.mark.soak
async def test_with_three_brokers_each_queue_has_three_members_and_outlives_one(
    brokers: list[RabbitMQ], evidence: Evidence
) -> None:
    await asyncio.to_thread(set_up_from, brokers[0])
    members = await asyncio.to_thread(brokers[0].evaluate, MEMBERS)
    assert [members.count(node.node) for node in brokers] == [len(topology().queues)] * 3
    await asyncio.to_thread(brokers[0].kill)
    killed = time.monotonic()
    async with await aio_pika.connect(brokers[1].url("booking")) as connection, asyncio.timeout(30):
        while not await is_taken(connection):  # noqa: ASYNC110 - it asks a server
            await asyncio.sleep(0.2)
    seconds = round(time.monotonic() - killed, 1)
    evidence("cluster", PROVES, queues=len(topology().queues), seconds_until_taken=seconds)


async def is_taken(connection: AbstractConnection) -> bool:
    """A queue that elects another leader refuses, and goes on refusing whoever asked it then: each
    try has a channel of its own. The relay takes a new one too."""
    async with await connection.channel(on_return_raises=True) as channel:
        exchange = await channel.get_exchange("booking.facts", ensure=False)
        message = aio_pika.Message(b"{}", type="booking.confirmed.v1")
        try:
            await exchange.publish(message, "booking.confirmed.v1", mandatory=True)
        except DeliveryError:
            return False
    return True


def set_up_from(broker: RabbitMQ) -> None:
    asyncio.run(set_up(broker.url(TOPOLOGY)))
