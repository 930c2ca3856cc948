"""A live listener hears facts while it is there, and says when it is time for a snapshot."""

import asyncio

from aio_pika import Message

from libs.common.consumer import Listener
from libs.common.supervise import supervised

from .conftest import PlugIn
from .parts import ORIGINS, Happened, Parts, eventually


class Ear:
    """What one process heard, and how often it was told to fetch a snapshot."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.connected = 0

    def hear(self, fact: Happened) -> None:
        self.numbers.append(fact.number)

    def note_connected(self) -> None:
        self.connected += 1

    def listener(self, amqp_url: str) -> Listener:
        return Listener("lgwan", amqp_url, ORIGINS, {Happened: self.hear}, self.note_connected)

    async def is_connected(self) -> bool:
        return self.connected > 0

    async def is_connected_again(self) -> bool:
        return self.connected > 1

    async def has_heard_something(self) -> bool:
        return bool(self.numbers)


def fact(number: int) -> Message:
    return Message(Happened(number=number).model_dump_json().encode(), type=Happened.name)


async def test_every_listener_hears_every_fact(parts: Parts) -> None:
    one, other = Ear(), Ear()
    async with (
        supervised("one", one.listener(parts.operator_url).run),
        supervised("other", other.listener(parts.operator_url).run),
    ):
        for ear in (one, other):
            await eventually(ear.is_connected)
        await parts.send(fact(1))
        for ear in (one, other):
            await eventually(ear.has_heard_something)
            assert ear.numbers == [1]


async def test_what_cannot_be_read_is_passed_over(parts: Parts) -> None:
    ear = Ear()
    odd = [Message(b"{}", type=Happened.name), Message(b"{}", type="x"), Message(b"\xff")]
    async with supervised("ear", ear.listener(parts.operator_url).run):
        await eventually(ear.is_connected)
        await parts.send(*odd, fact(2))
        await eventually(ear.has_heard_something)
    assert ear.numbers == [2]
    assert ear.connected == 1


async def test_after_a_lost_connection_it_asks_for_a_snapshot_and_hears_on(
    parts: Parts, plug_in: PlugIn
) -> None:
    cable = await plug_in(parts.operator_url)
    ear = Ear()
    async with supervised("ear", ear.listener(cable.url).run):
        await eventually(ear.is_connected)
        await cable.cut()
        await parts.send(fact(1))
        await asyncio.sleep(0.3)
        await cable.plug()
        await eventually(ear.is_connected_again)
        await parts.send(fact(2))
        await eventually(ear.has_heard_something)
    assert ear.numbers == [2]


async def test_a_second_connection_hears_while_the_broker_still_keeps_the_queue_of_the_first(
    parts: Parts, plug_in: PlugIn
) -> None:
    """After a partition the broker holds on to the old connection until it misses heartbeats."""
    cable = await plug_in(parts.operator_url)
    ear = Ear()
    first, second = ear.listener(cable.url), ear.listener(parts.operator_url)
    half_open = asyncio.create_task(first.run())
    await eventually(ear.is_connected)
    cable.stall()
    first._amqp_url = second._amqp_url
    async with supervised("ear", first.run):
        await eventually(ear.is_connected_again, seconds=3)
        await parts.send(fact(3))
        await eventually(ear.has_heard_something)
    half_open.cancel()
    await asyncio.wait({half_open})
    assert ear.numbers == [3]
