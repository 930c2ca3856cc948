"""Bookings through the internet door, with everything on this machine, and what each costs."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import asyncpg
import psutil

from dev.postgres import Postgres
from dev.rabbitmq import RabbitMQ
from dev.stack import DATABASE, Stack
from libs.contracts.times import day_of
from libs.rules.closures import closure_of

from .visitor import Visitor

CLIENTS = 32
_names = itertools.count(1)
Place = tuple[str, str, str]
Places = Iterator[Place]
OFFICES = ("honcho", "tsurusaki", "dainan", "wasada", "ozai", "sakanoichi", "saganoseki", "akeno")
OURS = ("internet", "booking", "eligibility", "notify", "reporting", "lgwan")


@dataclass(frozen=True)
class Journey:
    """What one run did: seconds until the last page, and until every queue was empty."""

    bookings: int
    seconds: float
    drained: float
    cpu: dict[str, float]

    @property
    def per_second(self) -> float:
        return self.bookings / self.drained

    def cpu_ms(self, *names: str) -> float:
        """CPU milliseconds a booking, of these processes together; of all without names."""
        return sum(self.cpu[name] for name in names or self.cpu) / self.bookings * 1000


def free_times() -> Iterator[Place]:
    """(office, day, start): half the places of every quarter of an hour, day after day."""
    day = day_of(datetime.now(UTC)) + timedelta(days=4)
    while True:
        if day.weekday() < 5 and not closure_of(day):
            for quarter in range(32):
                for office in OFFICES:
                    for _ in range(4):
                        yield office, day.isoformat(), _start(day, quarter)
        day += timedelta(days=1)


def _start(day: date, quarter: int) -> str:
    return f"{day.isoformat()}T{9 + quarter // 4:02}:{quarter % 4 * 15:02}"


class Cpu:
    """CPU seconds of each part of a stack, children included."""

    def __init__(self, stack: Stack[Postgres, RabbitMQ]) -> None:
        self._roots = {name: stack.services[name].pid for name in OURS}
        self._roots["mail sink"] = stack.mail.pid
        self._servers: dict[str, Postgres | RabbitMQ] = {
            "postgres": stack.postgres,
            "rabbitmq": stack.rabbitmq,
        }

    def read(self) -> dict[str, float]:
        named = {name: _tree_seconds([pid]) for name, pid in self._roots.items()}
        named |= {name: _tree_seconds(server_pids(s)) for name, s in self._servers.items()}
        return named


def server_pids(server: Postgres | RabbitMQ) -> list[int]:
    """The processes that run from a server's own directory."""
    needle = str(server.place)
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any(needle in word for word in process.info["cmdline"] or ())
    ]


def _tree_seconds(pids: list[int]) -> float:
    total = 0.0
    seen: set[int] = set()
    for pid in pids:
        try:
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for member in family:
            if member.pid not in seen:
                seen.add(member.pid)
                total += _seconds(member)
    return total


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


async def run(
    stack: Stack[Postgres, RabbitMQ], places: Iterator[Place], bookings: int, drain: bool = True
) -> Journey:
    """`bookings` visitors, CLIENTS at a time: walk up to the times untimed, then hold and confirm
    timed, until every fact and mail has arrived (`drain`)."""
    wanted = list(itertools.islice(places, bookings))
    async with prepared(stack, wanted) as visitors:
        cpu = Cpu(stack)
        before, started = cpu.read(), time.perf_counter()
        numbers = await _in_turn(visitors, wanted, hold_and_confirm)
        seconds = time.perf_counter() - started
        if drain:
            await drained(stack)
        done = time.perf_counter() - started
        after = cpu.read()
    used = {name: after[name] - before[name] for name in before}
    return Journey(sum(map(bool, numbers)), seconds, done, used)


@asynccontextmanager
async def prepared(
    stack: Stack[Postgres, RabbitMQ], wanted: list[Place]
) -> AsyncIterator[list[Visitor]]:
    """A visitor for each place, who has walked up to the times of its office."""
    door = stack.ports.url("internet")
    names = [next(_names) for _ in wanted]
    visitors = [await Visitor(door, n, f"v{n}@example.jp").__aenter__() for n in names]
    try:
        await _in_turn(visitors, wanted, prepare)
        yield visitors
    finally:
        await asyncio.gather(*(visitor.session.close() for visitor in visitors))


async def prepare(visitor: Visitor, place: Place) -> str:
    await visitor.prepare(place[0])
    return ""


async def hold_and_confirm(visitor: Visitor, place: Place) -> str:
    await visitor.times(place[1])
    return await visitor.confirm() if await visitor.hold(place[2]) else ""


async def _in_turn(
    visitors: list[Visitor],
    places: list[Place],
    step: Callable[[Visitor, Place], Awaitable[str]],
) -> list[str]:
    waiting = iter(zip(visitors, places, strict=True))

    async def client() -> list[str]:
        return [await step(visitor, place) for visitor, place in waiting]

    return [n for done in await asyncio.gather(*(client() for _ in range(CLIENTS))) for n in done]


async def drained(stack: Stack[Postgres, RabbitMQ], patience: float = 120) -> None:
    """Wait until every outbox is empty and every mail and count has arrived."""
    connection = await asyncpg.connect(admin_url(stack))
    try:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            row = await connection.fetchrow("""
                SELECT (SELECT count(*) FROM booking.outbox WHERE sent_at IS NULL)
                    + (SELECT count(*) FROM notify.outbox WHERE sent_at IS NULL),
                    (SELECT count(*) FROM booking.booking)
                    - (SELECT count(*) FROM notify.delivery WHERE state = 'sent'),
                    (SELECT count(*) FROM booking.booking)
                    - (SELECT count(DISTINCT booking_id) FROM reporting.booking_version)""")
            if row is not None and not any(row):
                return
            await asyncio.sleep(0.2)
    finally:
        await connection.close()
    raise TimeoutError("the queues did not drain")


def admin_url(stack: Stack[Postgres, RabbitMQ]) -> str:
    return stack.postgres.admin_url(DATABASE)


async def overbooked(stack: Stack[Postgres, RabbitMQ]) -> int:
    """Pairs of living bookings that overlap at one window."""
    connection = await asyncpg.connect(admin_url(stack))
    try:
        count: int = await connection.fetchval("""
            SELECT count(*) FROM booking.booking a JOIN booking.booking b
                ON a.office_id = b.office_id AND a.window_id = b.window_id
                AND a.booking_id < b.booking_id
                AND a.starts_at < b.starts_at + make_interval(mins => b.minutes)
                AND b.starts_at < a.starts_at + make_interval(mins => a.minutes)
            WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'""")
    finally:
        await connection.close()
    return count
