"""`python -m libs.topology [--beside-older-release | --empty]`: what the broker has to hold before
the first fact. As the user `topology` it declares every exchange, quorum queue and binding.

Run again it changes nothing. With `--beside-older-release` the exchange that the release before
this one shares among all services is kept and tied to the new ones, both ways; without, it goes.
With `--empty` every queue is made anew, without what lay in it: after a restore of the database the
broker may know more than the database does.
"""

import asyncio
import sys
from collections.abc import Awaitable
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPConnectionError, ChannelClosed, ChannelInvalidStateError
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed

from libs.common import bus, logs
from libs.common.broker import COMPLETE, Binding, Exchange, Queue, Topology
from libs.common.process import settings_or_exit
from libs.common.settings import seconds, setting, url
from libs.contracts.subscriptions import SHARED_EXCHANGE, topology

BESIDE = "--beside-older-release"
EMPTY = "--empty"
PAUSE_SECONDS = 1.0
STEP_SECONDS = 30.0
_AWAY = (AMQPConnectionError, ChannelInvalidStateError, OSError, TimeoutError)


@dataclass(frozen=True)
class TopologySettings:
    """What the command reads."""

    amqp_url: str = setting(
        "AMQP_URL", "RabbitMQ, with the user `topology`.", url("amqp", "amqps"), secret=True
    )
    wait_seconds: float = setting(
        "WAIT_SECONDS", "How long to wait for a broker that does not answer.", seconds, default=60.0
    )


class CannotDeclare(Exception):
    """The broker cannot be brought to the topology; the text is for the operator."""


async def set_up(
    amqp_url: str,
    beside_older_release: bool = False,
    wait_seconds: float = 0.0,
    empty: bool = False,
) -> Topology:
    """Bring the broker to what this release needs; with `empty`, without a single message. Raises
    CannotDeclare with a sentence."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    while True:
        try:
            return await _set_up_once(amqp_url, beside_older_release, empty)
        except _AWAY as error:
            if loop.time() >= deadline:
                raise CannotDeclare(
                    f"The broker does not answer or does not let us in ({type(error).__name__})."
                ) from None
        await asyncio.sleep(PAUSE_SECONDS)


async def _set_up_once(amqp_url: str, beside_older_release: bool, empty: bool) -> Topology:
    wanted = topology(beside_older_release)
    async with bus.connected(amqp_url) as connection:
        channel = await connection.channel()
        for queue in wanted.queues if empty else ():
            deleted = channel.queue_delete(queue.name)
            await _step(f"The queue {queue.name} cannot be emptied", deleted)
        await declare(channel, wanted)
        if not beside_older_release:
            gone = channel.exchange_delete(SHARED_EXCHANGE)
            await _step(f"The exchange {SHARED_EXCHANGE} cannot be taken away", gone)
    return wanted


async def declare(channel: AbstractChannel, wanted: Topology) -> None:
    """Exchanges, queues, then what binds them; what is there already stays as it is. That all is
    there is the last thing to be seen."""
    last = [exchange for exchange in wanted.exchanges if exchange.name == COMPLETE]
    for exchange in (each for each in wanted.exchanges if each not in last):
        await _declare_exchange(channel, exchange)
    for queue in wanted.queues:
        what = f"The queue {queue.name} cannot be declared"
        await _step(what, _queue(channel, queue))
    for binding in wanted.bindings:
        what = f"{binding.destination} cannot be bound to {binding.source}"
        await _step(what, _bind(channel, binding))
    for exchange in last:
        await _declare_exchange(channel, exchange)


async def _declare_exchange(channel: AbstractChannel, exchange: Exchange) -> None:
    await _step(f"The exchange {exchange.name} cannot be declared", _exchange(channel, exchange))


async def _exchange(channel: AbstractChannel, exchange: Exchange) -> None:
    await channel.declare_exchange(exchange.name, exchange.kind, durable=True)


async def _queue(channel: AbstractChannel, queue: Queue) -> None:
    await channel.declare_queue(queue.name, durable=True, arguments=dict(queue.arguments))


async def _bind(channel: AbstractChannel, binding: Binding) -> None:
    if binding.to_exchange:
        exchange = await channel.get_exchange(binding.destination, ensure=False)
        await exchange.bind(binding.source, binding.key)
    else:
        queue = await channel.get_queue(binding.destination, ensure=False)
        await queue.bind(binding.source, binding.key)


async def _step(otherwise: str, work: Awaitable[object]) -> None:
    """One declaration in bounded time; `otherwise` is the sentence if the broker refuses it."""
    try:
        async with asyncio.timeout(STEP_SECONDS):
            await work
    except ChannelAccessRefused:
        raise CannotDeclare(f"{otherwise}: this user may not. Load the definitions.") from None
    except ChannelPreconditionFailed:
        raise CannotDeclare(
            f"{otherwise}: it is there in another form. Empty it, delete it."
        ) from None
    except ChannelClosed as refusal:
        raise CannotDeclare(f"{otherwise} ({type(refusal).__name__}).") from None


def main(arguments: list[str]) -> None:
    if arguments not in ([], [BESIDE], [EMPTY]):
        sys.exit(__doc__)
    logs.configure("topology", "WARNING")
    settings, beside = settings_or_exit(TopologySettings), BESIDE in arguments
    empty = EMPTY in arguments
    try:
        held = asyncio.run(set_up(settings.amqp_url, beside, settings.wait_seconds, empty))
    except CannotDeclare as problem:
        sys.exit(f"{problem} Nothing is lost; mend it and run this command again.")
    counts = f"{len(held.exchanges)} exchanges, {len(held.queues)} queues"
    sys.stdout.write(f"{counts} and {len(held.bindings)} bindings are there.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
