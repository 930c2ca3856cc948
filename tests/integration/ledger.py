"""What stands in the tables, the queues and the mails of a stack, and what must be true of it."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import aio_pika
import asyncpg
from aio_pika.abc import AbstractChannel

from bench.journey import admin_url, overbooked
from dev.environment import BEHIND_THE_DOORS
from dev.mailsink import parse
from libs.common.broker import dead_queue, inbox_queue

from .crowd import AnyStack, Crowd

CONFIRMED = "【大分市】ご予約を受け付けました"

_UNSETTLED = """
    SELECT (SELECT count(*) FROM booking.outbox WHERE sent_at IS NULL)
        + (SELECT count(*) FROM eligibility.outbox WHERE sent_at IS NULL)
        + (SELECT count(*) FROM notify.outbox WHERE sent_at IS NULL) AS unsent,
        (SELECT count(*) FROM notify.delivery
            WHERE state = 'waiting' AND next_at < now() + interval '1 minute')
        + (SELECT count(*) FROM booking.booking b WHERE contact IS NOT NULL AND NOT EXISTS (
            SELECT FROM notify.delivery d WHERE d.version = 1 AND (d.booking_id = b.booking_id
                OR d.party @> jsonb_build_array(jsonb_build_object('number', b.number)))))
        AS unmailed,
        (SELECT count(*) FROM booking.booking b WHERE NOT EXISTS (
            SELECT FROM reporting.booking_now n
            WHERE (n.booking_id, n.version) = (b.booking_id, b.version))) AS uncounted,
        (SELECT count(*) FROM (
            SELECT FROM booking.inbox_retry UNION ALL SELECT FROM eligibility.inbox_retry
            UNION ALL SELECT FROM notify.inbox_retry UNION ALL SELECT FROM reporting.inbox_retry
        ) parked) AS parked
"""


@asynccontextmanager
async def as_superuser(stack: AnyStack) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(admin_url(stack))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def as_operator(stack: AnyStack) -> AsyncIterator[AbstractChannel]:
    """A channel to the broker for somebody who may see everything."""
    async with await aio_pika.connect(stack.rabbitmq.url("operator")) as connection:
        yield await connection.channel()


async def waiting_in(stack: AnyStack, queue: str) -> int:
    """How many messages lie in a queue that nobody has taken yet."""
    async with as_operator(stack) as channel:
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0


async def eventually(
    what: str, holds: Callable[[], Awaitable[object]], seconds: float = 30
) -> float:
    """Wait until something is so; the seconds it took. AssertionError when it never is."""
    begin = time.monotonic()
    while not await holds():
        assert time.monotonic() - begin < seconds, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)
    return time.monotonic() - begin


async def settled(stack: AnyStack, seconds: float = 90) -> float:
    """Wait until every fact has arrived, every mail is out and every queue is empty."""
    begin, left = time.monotonic(), {"nothing looked at": 1}
    async with as_superuser(stack) as connection:
        while left:
            row = await connection.fetchrow(_UNSETTLED)
            assert row is not None
            left = {name: count for name, count in row.items() if count}
            left = left or await _queued(stack)
            assert time.monotonic() - begin < seconds, f"after {seconds} s there are still {left}"
            await asyncio.sleep(0.1)
    return time.monotonic() - begin


async def _queued(stack: AnyStack) -> dict[str, int]:
    names = [q for s in BEHIND_THE_DOORS for q in (inbox_queue(s), dead_queue(s))]
    counts = {name: await waiting_in(stack, name) for name in names}
    return {name: count for name, count in counts.items() if count}


async def number_of_bookings(stack: AnyStack) -> int:
    async with as_superuser(stack) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM booking.booking"))


def mails_since(stack: AnyStack, arrived: int) -> list[tuple[int, EmailMessage]]:
    """(when it arrived in ns since 1970, mail) of each mail of that moment or later."""
    files = sorted((stack.var / "mail").glob("*.eml"))
    return [(int(f.stem), parse(f.read_bytes())) for f in files if int(f.stem) >= arrived]


async def mail_to(
    stack: AnyStack, address: str, subject: str, since: int, seconds: float = 10
) -> tuple[float, EmailMessage]:
    """The first such mail, and the seconds from `since` (ns since 1970) to its arrival."""
    found: list[tuple[int, EmailMessage]] = []

    async def arrived() -> bool:
        for at, mail in mails_since(stack, since):
            if mail["To"] == address and subject in str(mail["Subject"]):
                found.append((at, mail))
        return bool(found)

    await eventually(f"a mail “{subject}”", arrived, seconds)
    return (found[0][0] - since) / 1e9, found[0][1]


def duplicates(stack: AnyStack, crowd: Crowd) -> int:
    """Each of the crowd has exactly one confirmation by Message-ID; how many came again."""
    ids: dict[str, Counter[str]] = defaultdict(Counter)
    for _, mail in mails_since(stack, 0):
        if mail["To"] in crowd.booked:
            assert mail["Subject"] == CONFIRMED
            ids[mail["To"]][mail["Message-ID"]] += 1
    assert {who: len(found) for who, found in ids.items()} == dict.fromkeys(crowd.booked, 1)
    assert len({i for found in ids.values() for i in found}) == len(crowd.booked)
    return sum(found.total() - 1 for found in ids.values())


async def assert_nothing_lost(stack: AnyStack, crowd: Crowd) -> int:
    """What was acknowledged exists once, is mailed once and counted once. Repeated mails."""
    async with as_superuser(stack) as connection:
        rows = await connection.fetch(
            """
            SELECT b.number, b.status, b.version,
                (SELECT count(*) FROM reporting.booking_now n WHERE n.booking_id = b.booking_id
                    AND n.standing = 'waiting' AND n.version = b.version) AS counted,
                (SELECT count(*) FROM reporting.booking_version v
                    WHERE v.booking_id = b.booking_id) AS versions,
                (SELECT count(*) FROM booking.cell c WHERE c.taken_by = b.booking_id) AS cells
            FROM booking.booking b WHERE b.number = ANY($1)
            """,
            list(crowd.booked.values()),
        )
    once: dict[str, Any] = {"status": "confirmed", "version": 1, "counted": 1, "versions": 1}
    wrong = [dict(row) for row in rows if {**dict(row), **once, "cells": 3} != dict(row)]
    assert not wrong
    assert sorted(row["number"] for row in rows) == sorted(crowd.booked.values())
    assert await overbooked(stack) == 0
    return duplicates(stack, crowd)
