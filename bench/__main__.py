"""`make bench [bookings]`: one table of ratios and counts from one run on this machine.

Everything runs on private servers of its own, is bounded in count and time, and ends by itself.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import psutil
import uvloop

from dev.places import AT_THE_EDGE
from dev.postgres import Postgres
from dev.process import free_port
from dev.rabbitmq import RabbitMQ
from dev.stack import Stack, private_stack
from dev.testing import Databases, run_home
from services.booking.tests.city import DAY, City, open_city

from . import (
    beside,
    counter,
    figures,
    freshness,
    hold,
    imports,
    journey,
    lists,
    mail,
    pages,
    schedules,
)

SEED = Path(__file__).parents[1] / "deploy" / "seed" / "oita.json"
QUIET = {name: {"LOG_LEVEL": "WARNING"} for name in journey.OURS}
QUIET["internet"] |= AT_THE_EDGE
FACTS = ("notify", "reporting", "eligibility")
QUIET_OFFICE = "notsuharu"
ROUNDS = 3
STORMS = 9


def say(what: str, figure: str, reach: str) -> None:
    print(f"| {what} | {figure} | {reach} |", flush=True)


async def measure_holds(city: City) -> None:
    async with city.desk.open_store() as store:
        for ahead in range(31):
            await store.timetables.open_cells(DAY + timedelta(days=ahead))
        await store.catalog.refresh_statistics()
    rounds = []
    for _ in range(ROUNDS):
        ceiling = await hold.one_row_inserts(city.pool)
        held = await hold.fresh_holds(city)
        rounds.append(held / ceiling)
        await hold.free_everything(city)
    ratio = sorted(rounds)[ROUNDS // 2]
    say("30-minute hold ÷ one-row insert and commit", f"{ratio:.2f}", "≥ 0.25")
    counted = sorted([await hold.counted(city) for _ in range(STORMS)])[STORMS // 2]
    say("choices with the origin counted ÷ without", f"{counted:.2f}", "≥ 0.6")
    storms = [await hold.storm(city) for _ in range(STORMS)]
    given, p95 = sorted(storms, key=lambda one: one[1])[STORMS // 2]
    assert all(count == hold.WINDOWS for count, _ in storms), storms
    say("storm of 32 on one start: holds, p95 of refusals", f"{given}, {p95:.0f} ms", "8, ≤ 25 ms")


def measure_figures() -> None:
    with run_home() as home:
        server = Postgres(home / "postgres", free_port(), "bench", {"max_connections": "100"})
        server.start()
        try:
            found = uvloop.run(figures.measure(Databases(server)))
        finally:
            server.destroy()
    rows = f"{figures.A_YEAR * figures.YEARS:,} bookings of {figures.YEARS} years"
    say(f"集計 of a month among {rows}", f"{found['month']:.2f} s", "≤ 1 s")
    say("… of a fiscal year", f"{found['year']:.2f} s", "≤ 3 s")


def alone(measure: Callable[[City], Awaitable[None]]) -> None:
    """Measure on a city of its own, without any other process."""
    with run_home() as home:
        server = Postgres(home / "postgres", free_port(), "bench", {"max_connections": "100"})
        server.start()
        try:
            with Databases(server).fresh("booking") as database:
                uvloop.run(_with_city(database.url, database.owner_url, measure))
        finally:
            server.destroy()


async def _with_city(url: str, owner_url: str, measure: Callable[[City], Awaitable[None]]) -> None:
    async with open_city(url, owner_url, connections=hold.CLIENTS) as city:
        await measure(city)


async def measure_schedules(city: City) -> None:
    await schedules.fill(city)
    seconds, plan = await schedules.dry_run(city)
    affected = sum(len(one.affected) for one in plan.offices)
    say(
        f"schedule dry run, one office × three months, {affected} of its bookings affected",
        f"{seconds:.2f} s",
        "≤ 2 s",
    )
    say(
        "… applied, each with another time held",
        f"{await schedules.applied(city, plan):.2f} s",
        "–",
    )


async def measure_stack(stack: Stack[Postgres, RabbitMQ], bookings: int) -> None:
    await stack.command("booking", "seed", str(SEED))
    await asyncio.sleep(3)
    await lists.open_account(stack)
    places = journey.free_times()
    await journey.run(stack, places, 64)
    whole = await journey.run(stack, places, bookings)
    say(
        f"hold + confirm at the internet door, {journey.CLIENTS} clients, queues drained",
        f"{whole.per_second:.0f} bookings/s",
        "≥ 60",
    )
    memory = sum(resident(stack.services[name].pid) for name in journey.OURS)
    await measure_pages(stack, places)
    await measure_freshness(stack)
    await measure_import(stack, places)
    say("mail: facts to SMTP, one process", f"{await mail.mails_per_second(stack):.0f}/s", "≥ 200")
    await measure_paths(stack, places, bookings, whole)
    say("pairs of bookings on one place", str(await journey.overbooked(stack)), "0")
    await measure_lists(stack)
    await measure_counter(stack)
    say("memory of our six processes", f"{memory / 2**20:.0f} MiB", "≤ 800 MiB")


def resident(pid: int) -> int:
    """Bytes of memory a process holds."""
    return int(psutil.Process(pid).memory_info().rss)


async def measure_paths(
    stack: Stack[Postgres, RabbitMQ],
    places: journey.Places,
    bookings: int,
    whole: journey.Journey,
) -> None:
    """The request path alone, with nobody to hear the facts; the rest of a booking is facts."""
    for name in FACTS:
        await asyncio.to_thread(stack.services[name].terminate)
    await asyncio.to_thread(stack.rabbitmq.stop)
    requests = await journey.run(stack, places, bookings, drain=False)
    await asyncio.to_thread(stack.rabbitmq.start)
    say("request path, CPU a booking", f"{requests.cpu_ms():.1f} ms", "≤ 10 ms")
    facts = whole.cpu_ms() - requests.cpu_ms()
    say("facts path, CPU a booking", f"{facts:.1f} ms", "≤ 15 ms")
    for name in whole.cpu:
        alone, all_ = requests.cpu_ms(name), whole.cpu_ms(name)
        say(f"… of it {name}", f"{alone:.1f} + {all_ - alone:.1f} ms", "request + facts")


async def measure_pages(stack: Stack[Postgres, RabbitMQ], places: journey.Places) -> None:
    """Each page alone against its yardstick, then beside bookings."""
    port, pid = stack.ports.programs["internet"][0], stack.services["internet"].pid
    place = next(places)
    async with journey.prepared(stack, [place]) as (visitor,):
        for name, target in beside.targets(port, visitor, place).items():
            cost = await pages.cost(target, pid)
            bar = "≤ 2 ms" if target.cookie else "–"
            say(f"{name}, CPU a page", f"{cost.seconds * 1000:.2f} ms", bar)
            bar = "–" if target.cookie else "≥ 0.4"
            say("… ÷ bare Starlette page of its size, by rate", f"{cost.rate:.2f}", bar)
            say("… by CPU", f"{cost.cpu:.2f}", "–")
            p99, bookings = await beside.p99_beside(stack, places, target)
            figure = f"{p99 * 1000:.0f} ms, {bookings:.0f}/s"
            say("… its p99 for 32 readers beside bookings", figure, "≤ 50 ms, 30/s")


async def measure_freshness(stack: Stack[Postgres, RabbitMQ]) -> None:
    """At an office where nobody else books."""
    day = next(journey.free_times())[1]
    door = stack.ports.url("internet")
    starts = [f"{day}T10:{minute:02}" for minute in (0, 15, 30, 45)]
    seconds = [await freshness.seen_after(door, QUIET_OFFICE, day, start) for start in starts]
    say("a taken time is gone from others' pages, at most", f"{max(seconds):.2f} s", "≤ 1 s")


async def measure_import(stack: Stack[Postgres, RabbitMQ], places: journey.Places) -> None:
    taken = await imports.beside_bookings(stack, places)
    say(
        f"{imports.ROWS} eligible persons taken in, beside {taken.bookings:.0f} bookings/s",
        f"{taken.seconds:.1f} s",
        "≤ 30 s",
    )
    await journey.drained(stack)


async def measure_lists(stack: Stack[Postgres, RabbitMQ]) -> None:
    await lists.fill(stack)
    door = stack.ports.url("lgwan")
    p95 = await lists.first_pages(door)
    say(
        f"staff's list of {lists.MANY} bookings, first page, p95 at {lists.CLIENTS} clients",
        f"{p95:.0f} ms",
        "≤ 300 ms",
    )
    both = await lists.beside_citizens(door, stack.ports.programs["internet"][0])
    say(
        f"staff pages beside {both.others:.0f} pages/s at the citizens' door ÷ quiet, p95",
        f"{both.busy / both.quiet:.1f} ({both.busy:.0f} ÷ {both.quiet:.0f} ms)",
        "≤ 2",
    )
    made = await lists.make_file(door, stack.services["lgwan"].pid)
    say(
        f"… its workbook of {made.rows} bookings, and the door's growth",
        f"{made.seconds:.0f} s, {made.growth / 2**20:.0f} MiB",
        "≤ 60 s, ≤ 200 MiB",
    )


async def measure_counter(stack: Stack[Postgres, RabbitMQ]) -> None:
    """Among the bookings of the lists."""
    door = stack.ports.url("lgwan")
    p95 = await counter.todays_page(door)
    say(f"today's page, p95 at {counter.CLIENTS} clients", f"{p95:.0f} ms", "≤ 150 ms")
    seconds = await counter.seen_after(door)
    say("check-in seen on another terminal, at most", f"{seconds:.2f} s", "≤ 2 s")


async def stacked(bookings: int) -> None:
    with run_home() as home:
        async with private_stack(home / "stack", QUIET) as stack:
            await measure_stack(stack, bookings)


def main(bookings: int) -> None:
    print("| what | measured | reach |\n|---|---|---|")
    alone(measure_holds)
    alone(measure_schedules)
    asyncio.run(stacked(bookings))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
