"""Facts that a service cannot take in: operators see them, and bring them back with a command."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import aiohttp
import pytest
from aio_pika import Message

from bench.journey import Place
from libs.common.broker import dead_queue
from libs.contracts.subscriptions import DURABLE, exchange_of

from .crowd import AnyStack, book_many
from .ledger import (
    as_operator,
    as_superuser,
    assert_nothing_lost,
    eventually,
    settled,
    waiting_in,
)

FACT = "booking.confirmed.v1"
LISTENERS = tuple(service for service, facts in DURABLE.items() if FACT in facts)


async def figure(stack: AnyStack, service: str, name: str) -> float:
    """One figure of /metrics."""
    url = f"{stack.ports.ops_url(service)}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        text = await answer.text()
    [value] = [line.split()[1] for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(value)


@asynccontextmanager
async def reporting_cannot_write(stack: AnyStack) -> AsyncIterator[None]:
    """A mistake of a release: a table is not where reporting looks for it."""
    async with as_superuser(stack) as connection:
        await connection.execute("ALTER TABLE reporting.booking_version RENAME TO mislaid")
        try:
            yield
        finally:
            await connection.execute("ALTER TABLE reporting.mislaid RENAME TO booking_version")


async def age(stack: AnyStack) -> None:
    """Let the hours pass that the retries take: only the last try is left, and it is due."""
    async with as_superuser(stack) as connection:
        await connection.execute(
            "UPDATE reporting.inbox_retry SET attempts = 7, next_at = now() WHERE dead_at IS NULL"
        )


@pytest.mark.timeout(180)
async def test_a_fact_that_failed_for_good_is_seen_and_takes_effect_after_redrive(
    stack: AnyStack, places: Iterator[Place]
) -> None:
    async with reporting_cannot_write(stack):
        crowd = await book_many(stack, places, 2, clients=2)

        async def both_gave_up() -> bool:
            await age(stack)
            return await figure(stack, "reporting", "oita_inbox_dead_letters") == 2

        await eventually("both facts are dead letters", both_gave_up)
        told = await stack.command("reporting", "dead-letters")
    *listed, total = told.splitlines()
    assert len(listed) == 2
    assert all(FACT in line and "8 tries" in line for line in listed)
    assert total == "2 failed facts, 0 unread messages."
    told = await stack.command("reporting", "redrive")
    assert told.splitlines()[0] == "2 failed facts will be tried again now."
    await settled(stack)
    assert await assert_nothing_lost(stack, crowd) == 0


async def test_a_message_nobody_can_read_is_put_aside_and_can_be_sent_round_again(
    stack: AnyStack, places: Iterator[Place]
) -> None:
    """It stops no other message, and every service that listens puts its own copy aside."""
    try:
        await publish(stack, Message(b"\xff\xfe", message_id=str(uuid4()), type=FACT))
        for service in LISTENERS:
            await eventually(f"{service} puts it aside", partial(has_dead, stack, service, 1))
        told = await stack.command("notify", "dead-letters")
        assert told == "0 failed facts, 1 unread messages."
        told = await stack.command("notify", "redrive")
        assert told.splitlines()[1] == "1 unread messages were put back into notify.inbox."
        await eventually("it is put aside again", lambda: has_dead(stack, "notify", 1))
        crowd = await book_many(stack, places, 2, clients=2)
    finally:
        await throw_away(stack)
    await settled(stack)
    assert await assert_nothing_lost(stack, crowd) == 0


async def publish(stack: AnyStack, message: Message) -> None:
    async with as_operator(stack) as channel:
        exchange = await channel.get_exchange(exchange_of(FACT))
        await exchange.publish(message, FACT)


async def has_dead(stack: AnyStack, service: str, count: int) -> bool:
    return await waiting_in(stack, dead_queue(service)) == count


async def throw_away(stack: AnyStack) -> None:
    """What an operator does with a message that is nobody's."""
    async with as_operator(stack) as channel:
        for service in LISTENERS:
            await (await channel.get_queue(dead_queue(service))).purge()
