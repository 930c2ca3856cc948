"""The series and special days of offices, and the cells that they open."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from libs.common.statements import Statement, insert
from libs.contracts.booking import NationalStop, Series, SpecialDay
from libs.rules.masks import Windows
from libs.rules.timetable import OpenDay, Timetable, day_cells
from services.booking.tables import metadata

from .base import Repository

SERIES = """
    series_id, office_id, procedure_ids, weekdays, opens, closes, unit_minutes, windows,
    valid_from, valid_until, name, staff_windows, breaks, on_holidays, published_from,
    on_year_end, on_stops
"""
_ALL_SERIES = f"SELECT {SERIES} FROM series ORDER BY series_id"
_SERIES_AT = f"SELECT {SERIES} FROM series WHERE office_id = $1"
_SPECIAL = "SELECT office_id, day, kind, opens, closes, windows, reason FROM special_day"
_STOPS = "SELECT day, kind, starts, ends, reason FROM national_stop"
_OFFICES = "SELECT office_id FROM office ORDER BY office_id"
_RAISE = "UPDATE office SET version = version + 1 WHERE office_id = $1"
_SAVE_SERIES = Statement(insert(metadata.tables["series"]))
_SAVE_SPECIAL = Statement(insert(metadata.tables["special_day"]))
_SAVE_STOP = Statement(insert(metadata.tables["national_stop"]))

# Runs of neighbouring cells: from the n-th five minutes of `day` on, so many.
RUNS = """
    SELECT office_id, run.window_id, run.audience,
        (day::timestamp + (first + n) * interval '5 minutes') AT TIME ZONE 'Asia/Tokyo' AS starts_at
    FROM unnest($1::text[], $2::date[], $3::integer[], $4::text[], $5::integer[], $6::integer[])
        AS run (office_id, day, window_id, audience, first, cells)
    CROSS JOIN LATERAL generate_series(0, cells - 1) AS n
"""
_OPEN = f"""
    INSERT INTO cell (office_id, starts_at, window_id, audience)
    SELECT office_id, starts_at, window_id, audience FROM ({RUNS}) AS wanted
    ON CONFLICT DO NOTHING
"""
_LAID_OUT = "INSERT INTO laid_out (day) VALUES ($1) ON CONFLICT DO NOTHING"
_OPENED_UNTIL = "SELECT max(day) FROM laid_out"
_LAID_OUT_AMONG = "SELECT day FROM laid_out WHERE day = ANY ($1)"
_WITHOUT_TIMES = """
    SELECT DISTINCT day FROM unnest($1::text[], $2::date[]) AS wanted (office_id, day)
    WHERE NOT EXISTS (
        SELECT FROM cell WHERE cell.office_id = wanted.office_id AND audience <> 'extra'
            AND starts_at >= day::timestamp AT TIME ZONE 'Asia/Tokyo'
            AND starts_at < (day::timestamp + interval '1 day') AT TIME ZONE 'Asia/Tokyo')
"""
# Whoever changes timetables or lays them out waits for whoever does so now.
LOCK_CELLS = "SELECT pg_advisory_xact_lock(hashtext('cells'))"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('cells'))"


@dataclass(frozen=True)
class Run:
    """Neighbouring cells of one window: `first` is the first one's number in the day."""

    office_id: str
    day: date
    window_id: int
    audience: str
    first: int
    cells: int


class Timetables(Repository):
    """How the times of offices are set up."""

    async def timetables(self) -> dict[str, Timetable]:
        """Every office's, by office."""
        series: dict[str, dict[str, Series]] = {}
        special: dict[str, dict[date, SpecialDay]] = {}
        for row in await self.connection.fetch(_ALL_SERIES):
            series.setdefault(row["office_id"], {})[row["series_id"]] = series_of(dict(row))
        for row in await self.connection.fetch(_SPECIAL):
            day = SpecialDay.model_validate({**row, "windows": tuple(row["windows"])})
            special.setdefault(row["office_id"], {})[day.day] = day
        offices = [row["office_id"] for row in await self.connection.fetch(_OFFICES)]
        stops = await self.stops()
        return {
            office_id: Timetable(
                office_id, series.get(office_id, {}), special.get(office_id, {}), stops
            )
            for office_id in offices
        }

    async def series_at(self, office_id: str) -> list[Series]:
        """Those of one office, also those that nobody can book yet."""
        rows = await self.connection.fetch(_SERIES_AT, office_id)
        return [series_of(dict(row)) for row in rows]

    async def stops(self) -> dict[date, NationalStop]:
        """What is known of the national system, by day."""
        rows = [NationalStop(**row) for row in await self.connection.fetch(_STOPS)]
        return {stop.day: stop for stop in rows}

    async def save_stops(self, stops: Mapping[date, NationalStop]) -> None:
        """Exactly these."""
        await self.connection.execute("DELETE FROM national_stop")
        rows = [
            _SAVE_STOP.args(**{name: getattr(stop, name) for name in _SAVE_STOP.names})
            for stop in stops.values()
        ]
        await self.connection.executemany(_SAVE_STOP.text, rows)

    async def save_timetable(self, table: Timetable) -> None:
        """The office with exactly these series and special days."""
        await self.save_series(table.office_id, table.series.values())
        await self.connection.execute(
            "DELETE FROM special_day WHERE office_id = $1", table.office_id
        )
        rows = [_special_row(table.office_id, day) for day in table.special.values()]
        await self.connection.executemany(_SAVE_SPECIAL.text, rows)

    async def save_series(self, office_id: str, series: Iterable[Series]) -> None:
        """The office with exactly these series."""
        await self.connection.execute("DELETE FROM series WHERE office_id = $1", office_id)
        rows = [_series_row(office_id, offer) for offer in series]
        await self.connection.executemany(_SAVE_SERIES.text, rows)

    async def raise_version(self, office_id: str) -> None:
        """The office is another one now, so that everybody takes it over."""
        await self.connection.execute(_RAISE, office_id)

    async def lock_laying_out(self) -> None:
        """Nobody else changes timetables or lays them out until this transaction ends."""
        await self.connection.execute(LOCK_CELLS)

    async def try_lock_laying_out(self) -> bool:
        """The same, or False where somebody else does so just now."""
        return bool(await self.connection.fetchval(_TRY_LOCK))

    async def missing_days(self, days: Sequence[date]) -> list[date]:
        """Those that nobody has laid out, or that are without times."""
        laid = {row["day"] for row in await self.connection.fetch(_LAID_OUT_AMONG, days)}
        return sorted({*days} - laid | {*await self.days_without_times(days)})

    async def days_without_times(self, days: Sequence[date]) -> list[date]:
        """Those on which an office that should be open has no times. A day that is closed on
        purpose is none of them."""
        tables = (await self.timetables()).values()
        wanted = [(t.office_id, day) for t in tables for day in days if day_cells(t, day).all()]
        offices, opening = [one for one, _ in wanted], [day for _, day in wanted]
        rows = await self.connection.fetch(_WITHOUT_TIMES, offices, opening)
        return [row["day"] for row in rows]

    async def open_cells(self, day: date) -> int:
        """Lay out the cells of a day; the number of new ones. What exists stays as it is."""
        tables = await self.timetables()
        runs = [
            run
            for table in tables.values()
            for run in runs_on(table.office_id, day, day_cells(table, day))
        ]
        opened = await self.connection.execute(_OPEN, *columns_of(runs))
        await self.connection.execute(_LAID_OUT, day)
        return int(opened.split()[-1])

    async def opened_until(self) -> date | None:
        """The last day that is laid out."""
        day: date | None = await self.connection.fetchval(_OPENED_UNTIL)
        return day


def series_of(row: Mapping[str, Any]) -> Series:
    """A series from a row with the columns SERIES."""
    return Series.model_validate({**row, "breaks": json.loads(row["breaks"])})


def runs_on(office_id: str, day: date, plan: OpenDay) -> list[Run]:
    """What is open on a day, as runs."""
    both: Sequence[tuple[str, Windows]] = (("public", plan.public), ("staff", plan.staff))
    return [
        Run(office_id, day, window, audience, first, cells)
        for audience, windows in both
        for window, mask in windows.items()
        for first, cells in _islands(mask)
    ]


def columns_of(runs: Sequence[Run]) -> tuple[list[object], ...]:
    """Runs as the arguments of a statement over them."""
    names = ("office_id", "day", "window_id", "audience", "first", "cells")
    return tuple([getattr(run, name) for run in runs] for name in names)


def _islands(mask: int) -> list[tuple[int, int]]:
    """The runs of ones of a mask: where each begins and how long it is."""
    found, first = [], 0
    while mask:
        gap = (mask & -mask).bit_length() - 1
        mask >>= gap
        length = (~mask & (mask + 1)).bit_length() - 1
        found.append((first + gap, length))
        mask >>= length
        first += gap + length
    return found


def _series_row(office_id: str, series: Series) -> tuple[object, ...]:
    own = [name for name in _SAVE_SERIES.names if name not in ("office_id", "breaks")]
    breaks = json.dumps(series.model_dump(mode="json", include={"breaks"})["breaks"])
    kept = {name: getattr(series, name) for name in own}
    return _SAVE_SERIES.args(**kept, office_id=office_id, breaks=breaks)


def _special_row(office_id: str, day: SpecialDay) -> tuple[object, ...]:
    own = [name for name in _SAVE_SPECIAL.names if name != "office_id"]
    return _SAVE_SPECIAL.args(**{name: getattr(day, name) for name in own}, office_id=office_id)
