"""The site is lost; whoever follows the runbook opens the doors again with everything in it."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bench.journey import free_times
from dev.account import ROOT
from dev.backups import SERVER, Backups
from dev.evidence import Evidence
from dev.stack import private_stack
from libs.contracts.times import JST
from services.booking.tests.many import add_bookings

from . import crowd as crowd_module
from .city import SEED
from .conftest import OVERRIDES
from .crowd import AnyStack, book_many
from .ledger import as_superuser, assert_nothing_lost, eventually, settled
from .projections import differences
from .runbooks import FOLDER, Operator, lines_of

MOST_SECONDS = 300.0
SEVEN_YEARS = 1_400_000
PROVES = ["backup", "docs/runbooks", "libs/topology.py", "services/booking"]
_LONG_AGO = """
INSERT INTO booking.booking (booking_id, number, procedure_id, person_group, person_key,
    birth_digest, kana, office_id, window_id, starts_at, minutes, visitor, channel, language,
    status, booked_at, version)
SELECT gen_random_uuid(), 'LONGAGO', procedure_id, 'g', 'somebody', 'digest', 'sealed', office_id,
    1, now() - interval '40 days', 30, 'self', 'web', 'ja', 'confirmed', now(), 1
FROM booking.office, booking.procedure LIMIT 1
"""


@pytest.fixture
async def city(test_home: Path) -> AsyncIterator[tuple[AnyStack, Backups]]:
    """A system of its own with journals and an archive, filled with offices and times."""
    async with private_stack(test_home / "site", OVERRIDES, SERVER) as stack:
        await stack.command("booking", "seed", str(SEED))
        server = stack.postgres
        backups = Backups(test_home / "kept", server, stack.keys["database:backup"])
        try:
            await asyncio.to_thread(backups.start)
            yield stack, backups
        finally:
            await asyncio.to_thread(backups.stop)


async def lose(stack: AnyStack, backups: Backups) -> None:
    """The site burns down: one journal and the archive were elsewhere."""
    for service in stack.services.values():
        service.kill()
    stack.postgres.kill()
    stack.rabbitmq.kill()
    backups.journals[0].kill()
    for folder in (stack.postgres.data, backups.journals[0].folder, stack.rabbitmq.place):
        await asyncio.to_thread(shutil.rmtree, folder)
    backups.journals[0].folder.mkdir()


@pytest.mark.timeout(600)
async def test_the_runbook_leads_from_nothing_to_open_doors(
    city: tuple[AnyStack, Backups], evidence: Evidence
) -> None:
    stack, backups = city
    places = free_times()
    crowd = await book_many(stack, places, 8)
    await asyncio.to_thread(backups.command, "base")
    later = await book_many(stack, places, 8)
    crowd.booked.update(later.booked)
    async with as_superuser(stack) as connection:
        await connection.execute(f"SET search_path = booking; {_LONG_AGO}")
    await lose(stack, backups)
    begin, operator = time.monotonic(), Operator(stack, backups)
    since = datetime.now(JST) - timedelta(hours=1)
    *opening, last = lines_of("fukkyuu.md")
    for line in opening:
        await operator.type(line, SINCE=f"{since:%Y-%m-%dT%H:%M:%S}")
        if "booking erase" in line:
            assert await person_of_long_ago(stack) is None, "before the doors open"
    seconds = time.monotonic() - begin
    async with as_superuser(stack) as connection:
        await connection.execute(
            "SET search_path = booking; DELETE FROM booking WHERE number = 'LONGAGO'"
        )
    crowd.booked.update((await book_many(stack, places, 4)).booked)
    await settled(stack)
    await assert_nothing_lost(stack, crowd)
    await eventually("subscribers have what owners have", lambda: alike(stack))
    await operator.type(last)
    assert json.loads(operator.said[-1])["ok"]
    evidence("site-loss", PROVES, bookings=len(crowd.booked), seconds_to_open=round(seconds, 1))


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_seven_years_of_bookings_are_back_within_five_minutes(
    city: tuple[AnyStack, Backups], evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is deleted while people book; they wait, and none of them has to book again."""
    stack, backups = city
    monkeypatch.setattr(crowd_module, "PATIENCE", 2 * MOST_SECONDS)
    owner = stack.postgres.url("booking_owner", stack.keys["database:booking_owner"], "oita")
    await add_bookings(owner, SEVEN_YEARS, years=7)
    await asyncio.to_thread(backups.command, "base")
    times: list[float] = []

    async def fault() -> None:
        server, begin = stack.postgres, time.monotonic()
        server.kill()
        await asyncio.to_thread(shutil.rmtree, server.data)
        where = ("--to", str(server.place / "restored"), "--data", str(server.data))
        await asyncio.to_thread(backups.command, "restore", *where)
        await asyncio.to_thread(server.account.owns_all, server.place)
        await asyncio.to_thread(server.start)
        times.append(time.monotonic() - begin)

    crowd = await book_many(stack, free_times(), 60, fault=fault)
    async with as_superuser(stack) as connection:
        numbers = [row[0] for row in await connection.fetch("SELECT number FROM booking.booking")]
        size = await connection.fetchval("SELECT pg_database_size('oita') / 1000000")
    assert set(crowd.booked.values()) <= set(numbers)
    assert len(numbers) >= SEVEN_YEARS + len(crowd.booked)
    assert times[0] <= MOST_SECONDS
    figures = {"bookings": len(numbers), "megabytes": size, "acknowledged": len(crowd.booked)}
    evidence(
        "disk-lost",
        ["backup", "libs/common", "services/booking"],
        **figures,
        lost=0,
        seconds_to_restore=round(times[0], 1),
        longest_without_a_booking=round(crowd.longest_silence, 1),
    )


async def person_of_long_ago(stack: AnyStack) -> object:
    async with as_superuser(stack) as connection:
        row = await connection.fetchrow("SELECT * FROM booking.booking WHERE number = 'LONGAGO'")
    assert row
    return row["kana"]


async def alike(stack: AnyStack) -> bool:
    return not await differences(stack)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*-*.md")))
def test_every_command_of_the_other_runbooks_names_what_compose_has(name: str) -> None:
    """What they do is tried with the first one, and by compose-smoke; here their words are."""
    assert lines_of(name)
    scripts = [line.split()[0] for line in lines_of(name) if line.startswith("deploy/")]
    assert not [script for script in scripts if not os.access(ROOT / script, os.X_OK)]
