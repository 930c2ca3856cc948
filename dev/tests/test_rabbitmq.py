"""The users of deploy/rabbitmq/definitions.py: own queues, own facts, nothing of anybody else's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused
from pamqp.common import FieldTable

from deploy.rabbitmq.definitions import EXCHANGE
from dev.testing import VirtualHost

QUORUM: FieldTable = {"x-queue-type": "quorum", "x-delivery-limit": 20}
DEAD: FieldTable = {
    "x-dead-letter-exchange": "booking.dead",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


@asynccontextmanager
async def channel(vhost: VirtualHost, user: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(vhost.url(user))
    async with connection:
        yield await connection.channel()


async def publish(vhost: VirtualHost, user: str, exchange: str, key: str) -> None:
    async with channel(vhost, user) as opened:
        target = await opened.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(b"{}"), key, mandatory=False, timeout=5)


async def test_a_service_makes_its_queues_binds_them_to_facts_and_reads_dead_letters(
    vhost: VirtualHost,
) -> None:
    async with channel(vhost, "booking") as opened:
        await opened.set_qos(1)
        inbox = await opened.declare_queue("booking.inbox", durable=True, arguments=QUORUM | DEAD)
        letters = await opened.declare_exchange("booking.dead", "fanout", durable=True)
        dead = await opened.declare_queue("booking.dead", durable=True, arguments=QUORUM)
        await inbox.bind(EXCHANGE, "eligibility.*")
        await dead.bind(letters)
        await publish(vhost, "eligibility", EXCHANGE, "eligibility.moved")
        message = await inbox.get(timeout=5, fail=False)
        while message is None:
            message = await inbox.get(timeout=5, fail=False)
        await message.reject()
        buried = await dead.get(timeout=5, fail=False)
        while buried is None:
            buried = await dead.get(timeout=5, fail=False)
        await buried.ack()
    assert buried.body == b"{}"


@pytest.mark.parametrize(
    ("user", "key"),
    [
        ("booking", "booking.confirmed"),
        ("booking", "cells.changed"),
        ("eligibility", "eligibility.moved"),
        ("notify", "notify.failed"),
        ("reporting", "reporting.acted"),
        ("gateway", "staff.acted"),
    ],
)
async def test_a_service_publishes_its_own_facts(vhost: VirtualHost, user: str, key: str) -> None:
    await publish(vhost, user, EXCHANGE, key)


@pytest.mark.parametrize(
    ("user", "key"),
    [
        ("gateway", "booking.confirmed"),
        ("notify", "eligibility.moved"),
        ("booking", "eligibility.moved"),
        ("booking", "bookings.confirmed"),
        ("reporting", "notify.delivered"),
    ],
)
async def test_a_service_cannot_publish_anothers_fact(
    vhost: VirtualHost, user: str, key: str
) -> None:
    with pytest.raises(ChannelAccessRefused):
        await publish(vhost, user, EXCHANGE, key)


async def test_a_service_cannot_slip_a_message_into_anothers_queue(vhost: VirtualHost) -> None:
    async with channel(vhost, "notify") as opened:
        await opened.declare_queue("notify.inbox", durable=True, arguments=QUORUM)
    with pytest.raises(ChannelAccessRefused):
        await publish(vhost, "booking", "", "notify.inbox")


async def test_a_service_cannot_read_or_delete_anothers_queue(vhost: VirtualHost) -> None:
    async with channel(vhost, "notify") as opened:
        await opened.declare_queue("notify.inbox", durable=True, arguments=QUORUM)
    async with channel(vhost, "reporting") as opened:
        queue = await opened.get_queue("notify.inbox", ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.get(timeout=5)
    async with channel(vhost, "reporting") as opened:
        with pytest.raises(ChannelAccessRefused):
            await opened.queue_delete("notify.inbox")


async def test_a_service_cannot_declare_or_delete_the_exchange_of_facts(vhost: VirtualHost) -> None:
    async with channel(vhost, "booking") as opened:
        with pytest.raises(ChannelAccessRefused):
            await opened.declare_exchange("other", "topic", durable=True)
    async with channel(vhost, "booking") as opened:
        with pytest.raises(ChannelAccessRefused):
            await opened.exchange_delete(EXCHANGE)
