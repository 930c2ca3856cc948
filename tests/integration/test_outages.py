"""A part that is away for a while: what goes on without it, and that nobody has to help it back."""

import asyncio
import time
from collections.abc import Iterator

import aiohttp
import pytest

from bench.journey import Place
from dev.connections import pools_of, with_database
from dev.environment import PROGRAMS
from dev.walk import Citizen, Staff
from libs.common.broker import inbox_queue

from .crowd import AnyStack, book_many
from .ledger import (
    as_superuser,
    assert_nothing_lost,
    eventually,
    mails_since,
    settled,
    waiting_in,
)

pytestmark = pytest.mark.alone

COUNT = 16
PATIENCE = 6.5
"""Seconds that a page may take to say that it cannot be shown: five, and a busy machine."""
LONG_ENOUGH = 15
"""Seconds in which everything must work again by itself."""


async def test_without_the_broker_booking_goes_on_and_the_backlog_drains_afterwards(
    stack: AnyStack, places: Iterator[Place]
) -> None:
    await asyncio.to_thread(stack.rabbitmq.kill)
    began, moment = time.monotonic(), time.time_ns()
    crowd = await book_many(stack, places, COUNT)
    assert not crowd.troubles
    print(f"{COUNT} bookings without a broker in {time.monotonic() - began:.1f} s")
    async with as_superuser(stack) as connection:
        unsent = await connection.fetchval(
            "SELECT count(*) FROM booking.outbox"
            " WHERE sent_at IS NULL AND name = 'booking.confirmed.v1'"
        )
    assert unsent == COUNT
    assert mails_since(stack, moment) == []
    await asyncio.to_thread(stack.rabbitmq.start)
    print(f"settled {await settled(stack):.1f} s after the broker came back")
    assert await assert_nothing_lost(stack, crowd) == 0


async def test_a_consumer_that_is_dead_stops_nobody_else_and_catches_up(
    stack: AnyStack, places: Iterator[Place]
) -> None:
    """How long it is dead does not matter: its queue is declared without a limit of age, and is
    full only after half a million facts."""
    reporting = stack.services["reporting"]
    reporting.kill()
    moment = time.time_ns()
    crowd = await book_many(stack, places, COUNT)
    assert not crowd.troubles

    async def everybody_has_mail() -> bool:
        return {mail["To"] for _, mail in mails_since(stack, moment)} == set(crowd.booked)

    await eventually("notify sends all mails", everybody_has_mail)
    assert await waiting_in(stack, inbox_queue("reporting")) >= COUNT
    reporting.start()
    await reporting.wait_ready()
    print(f"caught up {await settled(stack):.1f} s after it came back")
    assert await assert_nothing_lost(stack, crowd) == 0


async def test_without_the_database_both_doors_say_so_and_recover_by_themselves(
    stack: AnyStack, places: Iterator[Place], citizen: Citizen, staff: Staff
) -> None:
    processes = {name: service.pid for name, service in stack.services.items()}
    await citizen.choose_office("pin", "honcho")
    await citizen.comes()
    calendar = citizen.path
    await asyncio.to_thread(stack.postgres.stop)
    await citizen.open("/find")
    await citizen.send("/find", proof())
    assert_says_try_again(citizen)
    await citizen.open(calendar)
    assert (citizen.status, citizen.page.heading) == (200, "どの日に行きますか")
    for path in ("/", "/bookings", "/counts", "/imports", "/login"):
        await staff.open(path)
        if path != "/login":
            assert_says_try_again(staff)
    assert await ready(stack) == {"internet"}
    await asyncio.to_thread(stack.postgres.start)
    seconds = await eventually("all is well again", lambda: all_work(citizen, staff), LONG_ENOUGH)
    await eventually("all are ready", lambda: all_ready(stack), LONG_ENOUGH)
    print(f"both doors work {seconds:.1f} s after the database came back")
    assert {name: service.pid for name, service in stack.services.items()} == processes
    crowd = await book_many(stack, places, COUNT)
    assert not crowd.troubles
    await settled(stack)
    assert await assert_nothing_lost(stack, crowd) == 0


async def test_with_a_frozen_database_both_doors_say_so_in_time(
    stack: AnyStack, citizen: Citizen, staff: Staff
) -> None:
    """Its kernel still takes connections and confirms what it gets, so nothing looks broken."""
    crowd = [visit(staff, path) for path in ("/", "/bookings", "/counts", "/imports") * 4]
    await citizen.open("/find")
    await asyncio.to_thread(stack.postgres.freeze)
    try:
        began = time.monotonic()
        opening, sending = staff.open("/bookings"), citizen.send("/find", proof())
        answers, *_ = await asyncio.gather(asyncio.gather(*crowd), opening, sending)
        assert time.monotonic() - began < PATIENCE
        assert_says_try_again(staff)
        assert_says_try_again(citizen)
        assert {status for status, _ in answers} == {503}
        print(f"staff waited {max(seconds for _, seconds in answers):.1f} s at most")
        assert await ready(stack) == {"internet"}
    finally:
        await asyncio.to_thread(stack.postgres.thaw)
    seconds = await eventually("all is well again", lambda: all_work(citizen, staff), LONG_ENOUGH)
    await eventually("all are ready", lambda: all_ready(stack), LONG_ENOUGH)
    print(f"both doors work {seconds:.1f} s after the database went on")


async def visit(staff: Staff, path: str) -> tuple[int, float]:
    """The status of a page of staff, and how long it took."""
    began = time.monotonic()
    async with staff.session.get(f"{staff.origin}{path}") as answer:
        await answer.read()
    return answer.status, time.monotonic() - began


def proof() -> dict[str, str]:
    """What somebody types into the form for finding a booking; nobody has this number."""
    born = {"born-era": "ce", "born-year": "1960", "born-month": "4", "born-day": "1"}
    return {"number": "0123456789", **born}


def assert_says_try_again(visitor: Citizen | Staff) -> None:
    assert visitor.status == 503
    assert visitor.page.heading == "ただいま、つながりにくくなっています"
    assert any("もう一度お試しください" in p.text for p in visitor.page.all("p"))


async def ready(stack: AnyStack) -> set[str]:
    """The processes that say they are ready."""
    async with aiohttp.ClientSession() as session:
        answers = {}
        for name in stack.services:
            async with session.get(f"{stack.ports.ops_url(name)}/readyz") as answer:
                answers[name] = answer.status
    return {name for name, status in answers.items() if status == 200}


async def all_ready(stack: AnyStack) -> bool:
    return await ready(stack) == set(stack.services)


async def all_work(citizen: Citizen, staff: Staff) -> bool:
    """An unknown booking is answered as such, and staff see their pages."""
    await citizen.open("/find")
    await citizen.send("/find", proof())
    seen = [citizen.status == 404]
    for path in ("/", "/bookings", "/counts", "/imports"):
        await staff.open(path)
        seen.append(staff.status == 200)
    return all(seen)


async def test_without_eligibility_only_card_pickups_have_to_wait(
    stack: AnyStack, citizen: Citizen, places: Iterator[Place]
) -> None:
    eligibility = stack.services["eligibility"]
    eligibility.kill()
    await citizen.begin("issuance")
    answers = {"card": "ZQX-000001", **proof()}
    await citizen.send("card", {name: answers[name] for name in answers if name != "number"})
    assert_says_try_again(citizen)
    crowd = await book_many(stack, places, 4)
    assert not crowd.troubles
    eligibility.start()
    await eligibility.wait_ready()
    await settled(stack)
    assert await assert_nothing_lost(stack, crowd) == 0


async def test_without_the_mail_server_mails_wait(stack: AnyStack, places: Iterator[Place]) -> None:
    stack.mail.kill()
    crowd = await book_many(stack, places, 4)
    assert not crowd.troubles
    stack.mail.start()
    await stack.mail.wait_ready()
    print(f"mails out {await settled(stack):.1f} s after the mail server came back")
    assert await assert_nothing_lost(stack, crowd) == 0


async def test_no_process_takes_more_connections_than_is_said(
    stack: AnyStack, places: Iterator[Place]
) -> None:
    """What a deployment computes its `max_connections` from."""
    await book_many(stack, places, COUNT)
    async with as_superuser(stack) as connection:
        rows = await connection.fetch(
            "SELECT usename, count(*) FROM pg_stat_activity WHERE usename <> 'postgres' GROUP BY 1"
        )
    most = {PROGRAMS[name].service: sum(pools_of(name)) for name in with_database()}
    found = {row["usename"]: row["count"] for row in rows}
    print(found)
    assert all(count <= most[role] for role, count in found.items())
