"""Operators list what was given up on and send it round again; nothing is shown or lost."""

import asyncio
import base64
from uuid import uuid4

import pytest
from aio_pika import ExchangeType, Message
from aio_pika.exceptions import DeliveryError

from dev.testing import Database
from libs.common import bus, redrive
from libs.common.broker import dead_queue, facts_exchange, inbox_queue
from libs.common.redrive import Redriven
from libs.common.settings import ServiceSettings, load
from libs.common.supervise import supervised

from .parts import ORIGINS, SERVICE, Handler, Happened, Parts, eventually


def settings(tables: Database, amqp_url: str) -> ServiceSettings:
    key = base64.b64encode(b"k" * 32).decode()
    environ = {
        "PORT": "1",
        "OPS_PORT": "2",
        "AMQP_URL": amqp_url,
        "DATABASE_URL": tables.url,
        "DOOR_PUBLIC_KEYS": f"lgwan:{key}",
    }
    return load(ServiceSettings, environ)


async def go(parts: Parts, tables: Database) -> Redriven:
    return await redrive.redrive(SERVICE, settings(tables, parts.amqp_url), ORIGINS)


async def kill_one_fact(parts: Parts) -> None:
    """A fact that was tried for the last time."""
    body = Happened(number=1).model_dump_json()
    await parts.pool.execute(
        "INSERT INTO inbox_retry (message_id, name, body, request_id, error, attempts, next_at,"
        " dead_at) VALUES ($1, $2, $3, '-', 'ValueError at x.py:1', 8, now(), now())",
        uuid4(),
        Happened.name,
        body,
    )


async def reject_two_messages(parts: Parts) -> None:
    """Two messages in the dead queue that a better release can read."""
    await parts.send(*(_without_usable_id(number) for number in (2, 3)))
    async with supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _dead_are(parts, 2))


def _without_usable_id(number: int) -> Message:
    body = Happened(number=number).model_dump_json().encode()
    return Message(body, message_id="x", type=Happened.name, correlation_id="f" * 32)


async def _dead_are(parts: Parts, count: int) -> bool:
    return await parts.waiting_in(dead_queue(SERVICE)) == count


async def test_dead_letters_come_back_from_the_database_and_from_the_queue(
    parts: Parts, tables: Database
) -> None:
    await kill_one_fact(parts)
    await reject_two_messages(parts)
    assert await go(parts, tables) == Redriven(1, 2)
    assert await _dead_are(parts, 0)
    assert await parts.waiting_in(inbox_queue(SERVICE)) == 2
    await parts.consumer(Handler()).retry()
    assert await parts.effects() == [1]
    async with parts.channel() as channel:
        queue = await channel.get_queue(inbox_queue(SERVICE))
        message = await queue.get(no_ack=True)
    assert message is not None
    assert message.body == b'{"number":2}'
    assert (message.message_id, message.type) == ("x", Happened.name)
    assert message.correlation_id == "f" * 32
    assert "x-death" not in message.headers


async def test_a_message_that_dies_again_is_moved_once_and_not_for_ever(
    parts: Parts, tables: Database
) -> None:
    await reject_two_messages(parts)
    async with supervised("consumer", parts.consumer(Handler()).run):
        assert await go(parts, tables) == Redriven(0, 2)
        await eventually(lambda: _dead_are(parts, 2))


async def test_a_message_that_the_inbox_does_not_take_stays_in_the_dead_queue(
    parts: Parts, tables: Database
) -> None:
    await reject_two_messages(parts)
    async with parts.channel() as channel:
        dead = await channel.get_queue(dead_queue(SERVICE))
        nowhere = await channel.declare_exchange("booking.nowhere", ExchangeType.FANOUT)
        message = await dead.get()
        with pytest.raises(DeliveryError):
            await redrive._move(message, nowhere)
    await eventually(lambda: _dead_are(parts, 2))
    async with parts.channel() as channel:
        await channel.queue_delete(inbox_queue(SERVICE))
    with pytest.raises(bus.BROKER_ERRORS):
        await go(parts, tables)
    assert await _dead_are(parts, 2)


async def test_a_forged_message_is_not_sent_round_again(
    parts: Parts, tables: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """The operator who throws it away sees that it is there."""
    async with parts.channel() as channel:
        inbox = await channel.get_queue(inbox_queue(SERVICE))
        exchange = await channel.get_exchange(facts_exchange("notify"))
        await inbox.bind(exchange, "notify.failed.v1")
        await exchange.publish(_without_usable_id(1), "notify.failed.v1")
    await parts.send(_without_usable_id(2))
    async with supervised("consumer", parts.consumer(Handler()).run):
        await eventually(lambda: _dead_are(parts, 2))
    await asyncio.to_thread(redrive.main, SERVICE, settings(tables, parts.amqp_url), ORIGINS)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "1 unread messages were put back into booking.inbox.",
        "1 messages stay: they did not come from the owner of such a fact.",
    ]
    await eventually(lambda: _dead_are(parts, 1))
    async with parts.channel() as channel:
        kept = await (await channel.get_queue(dead_queue(SERVICE))).get(no_ack=True)
    assert kept.body == b'{"number":1}'


async def test_the_list_names_facts_and_reasons_and_no_body(
    parts: Parts, tables: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await kill_one_fact(parts)
    await reject_two_messages(parts)
    await asyncio.to_thread(redrive.show, SERVICE, settings(tables, parts.amqp_url))
    [fact, total] = capsys.readouterr().out.splitlines()
    assert f"  {Happened.name}  8 tries  ValueError at x.py:1" in fact
    assert total == "1 failed facts, 2 unread messages."
    assert "number" not in fact
    assert await _dead_are(parts, 2)


async def test_the_command_says_how_many_it_moved(
    parts: Parts, tables: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await kill_one_fact(parts)
    await reject_two_messages(parts)
    await asyncio.to_thread(redrive.main, SERVICE, settings(tables, parts.amqp_url), ORIGINS)
    assert capsys.readouterr().out.splitlines() == [
        "1 failed facts will be tried again now.",
        "2 unread messages were put back into booking.inbox.",
    ]


async def test_without_a_broker_the_command_ends_with_a_sentence(tables: Database) -> None:
    nowhere = settings(tables, "amqp://u:hunter2@127.0.0.1:1/")
    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(redrive.main, SERVICE, nowhere, ORIGINS)
    assert "Nothing is lost" in str(ended.value)
    assert "hunter2" not in str(ended.value)
