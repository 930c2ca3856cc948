"""`python -m backup drill`: restores what there is into an empty place and compares it."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from libs.common.signing import Signer

from .archive import Archive
from .comparing import Comparison, compare, merged
from .copy import at_port, in_database, running
from .report import PURPOSE, Report, write
from .restore import CannotRestore, Restored, restore
from .sealed import Sealer
from .settings import DrillSettings

WAIT_SECONDS = 60.0
"""For a journal to have what was written before the drill began."""
START_SECONDS = 3600.0
TRIES = 3
_BEGIN = """
SELECT (pg_snapshot_xmin(pg_current_snapshot())::xid)::text AS before,
    pg_current_wal_insert_lsn()::text AS position,
    (SELECT system_identifier FROM pg_control_system())::text AS system
"""
_HAS = """
SELECT coalesce(bool_or(restart_lsn >= $1::text::pg_lsn), false) FROM pg_replication_slots
WHERE slot_name = ANY ($2)
"""
_NEWEST = "SELECT max(at)::text FROM booking.booking_history t WHERE age(t.xmin) > age('{}'::xid)"
_HAS_BOOKINGS = "SELECT to_regclass('booking.booking_history') IS NOT NULL"


@dataclass(frozen=True)
class Begin:
    """Where the original was when the drill began."""

    before: str
    position: str
    system: str
    at: datetime


async def drill(settings: DrillSettings) -> Report:
    """Restore, compare, sign, keep the result. Raises CannotRestore or CannotRead."""
    begin = await _begin(settings)
    archive = Archive(settings.archive, begin.system, Sealer(settings.keys))
    place = _place(settings.room)
    started = time.monotonic()
    try:
        restored = await asyncio.to_thread(_restore, archive, place, settings)
        async with _server(restored.data, settings) as port:
            seconds = time.monotonic() - started
            report = await _compare(settings, begin, restored, port, seconds)
    finally:
        shutil.rmtree(place)
    write(archive, report, Signer(settings.drill_private_key, PURPOSE))
    return report


def _place(room: Path) -> Path:
    """The copy may run as somebody else, who has to get there; its data are closed to others."""
    place = Path(tempfile.mkdtemp(prefix="drill-", dir=room))
    place.chmod(0o711)
    return place


async def _begin(settings: DrillSettings) -> Begin:
    """Every transaction before `before` has ended, and a journal has what it wrote."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        row = await connection.fetchrow(_BEGIN)
        assert row
        begin = Begin(row["before"], row["position"], row["system"], datetime.now(UTC))
        deadline = time.monotonic() + WAIT_SECONDS
        names = list(settings.journal_names)
        while not await connection.fetchval(_HAS, begin.position, names):
            if time.monotonic() > deadline:
                raise CannotRestore("No journal has what was written before the drill began.")
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    return begin


def _restore(archive: Archive, place: Path, settings: DrillSettings) -> Restored:
    """A journal goes on meanwhile: a file may be full, and have another name, when it is read."""
    for attempt in range(TRIES):
        try:
            return restore(archive, place / str(attempt), settings.journals)
        except FileNotFoundError:
            shutil.rmtree(place / str(attempt))
    raise CannotRestore("The files of the journal change faster than they can be read.")


@asynccontextmanager
async def _server(data: Path, settings: DrillSettings) -> AsyncIterator[int]:
    server = running(data, settings.programs, START_SECONDS)
    port = await asyncio.to_thread(server.__enter__)
    try:
        yield port
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)


async def _compare(
    settings: DrillSettings, begin: Begin, restored: Restored, port: int, seconds: float
) -> Report:
    parts: dict[str, Comparison] = {}
    newest: list[tuple[str | None, str | None]] = []
    for name in settings.databases:
        url = in_database(settings.database_url, name)
        original, copy = await asyncpg.connect(url), await asyncpg.connect(at_port(url, port))
        try:
            parts[name] = await compare(original, copy, begin.before)
            newest += await _newest(original, copy, begin.before)
        finally:
            await original.close()
            await copy.close()
    found = merged(parts)
    alike = all(one == other for one, other in newest)
    return Report(
        at=begin.at,
        ok=not found.missing and alike and sum(found.rows.values()) > 0,
        seconds=round(seconds, 1),
        base=restored.base.name,
        position=begin.position,
        rows=found.rows,
        missing=found.missing,
        changed_since=found.changed_since,
        newest=newest[0][0] if newest else None,
    )


async def _newest(
    original: asyncpg.Connection, copy: asyncpg.Connection, before: str
) -> list[tuple[str | None, str | None]]:
    """When the last step of a booking was made, on both sides; history is never changed."""
    if not await original.fetchval(_HAS_BOOKINGS):
        return []
    ask = _NEWEST.format(before)
    return [(await original.fetchval(ask), await copy.fetchval(ask))]
