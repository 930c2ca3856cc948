"""The SQL of the figures: one walk over the bookings, cut in several ways at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.reporting import LEADS, Basis, FigureGroup, FigureQuery, Figures, Step

CUTS: Mapping[str, tuple[str, ...]] = {
    "total": (),
    "offices": ("office_id",),
    "procedures": ("procedure_id",),
    "cells": ("office_id", "procedure_id"),
    "periods": ("period",),
    "hours": ("hour",),
    "windows": ("office_id", "window"),
    "channels": ("channel",),
    "leads": ("lead",),
}
"""By which columns each cut of a report puts bookings together."""
KEYS = ("office_id", "procedure_id", "period", "hour", "window", "channel", "lead")
MONTHS_FROM = 63
"""A range of so many days is shown by month."""


def _columns(names: Iterable[str]) -> str:
    """`window` is a word of SQL."""
    return ", ".join(f'"{name}"' for name in names)


_SETS = ", ".join(f"({_columns(columns)})" for columns in CUTS.values())
_KEYS = _columns(KEYS)
_CHOSEN = f"""
    SELECT b.*, date_trunc(:step, {{day}})::date AS period,
        width_bucket(day - booked_on, ARRAY[{", ".join(map(str, LEADS))}]) AS lead
    FROM booking_now b
    WHERE {{day}} BETWEEN :first AND :last
        AND (:every_office OR office_id = ANY(CAST(:offices AS text[])))
        AND (CAST(:office AS text) IS NULL OR office_id = :office)
        AND (CAST(:window AS integer) IS NULL OR "window" = :window)
        AND (CAST(:procedure AS text) IS NULL OR procedure_id = :procedure)
        AND (CAST(:channel AS text) IS NULL OR channel = :channel)
        AND (:cancelled OR standing <> 'cancelled')
"""
_FIGURES = f"""
    SELECT GROUPING({_KEYS}) AS cut, {_KEYS}, count(*) AS bookings,
        coalesce(sum(people), 0) AS people,
        coalesce(sum(people + cardinality(also)), 0) AS procedures,
        count(*) FILTER (WHERE standing = 'waiting') AS waiting,
        count(*) FILTER (WHERE standing = 'arrived') AS arrived,
        count(*) FILTER (WHERE standing = 'finished') AS finished,
        count(*) FILTER (WHERE standing = 'unfinished') AS unfinished,
        count(*) FILTER (WHERE standing = 'unfinished' AND outcome = 'papers') AS papers,
        count(*) FILTER (WHERE standing = 'unfinished' AND outcome = 'identity') AS identity,
        count(*) FILTER (WHERE standing = 'unfinished' AND outcome = 'outage') AS outage,
        count(*) FILTER (WHERE standing = 'missed') AS missed,
        count(*) FILTER (WHERE standing = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE standing = 'cancelled' AND cancelled_by_staff) AS cancelled_by_staff,
        coalesce(sum(moves), 0) AS moves, coalesce(sum(moves_by_staff), 0) AS moves_by_staff,
        count(wait_seconds) AS waits, coalesce(sum(wait_seconds), 0) AS wait_seconds,
        round(percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_seconds)) AS median_wait,
        round(percentile_cont(0.95) WITHIN GROUP (ORDER BY wait_seconds)) AS high_wait,
        max(wait_seconds) AS longest_wait,
        count(serve_seconds) AS serves, coalesce(sum(serve_seconds), 0) AS serve_seconds,
        coalesce(sum(day - booked_on), 0) AS lead_days,
        coalesce(sum(minutes), 0) AS minutes, max(at) AS newest_at
    FROM ({_CHOSEN}) AS chosen GROUP BY GROUPING SETS ({_SETS})
"""
# Each procedure of a visit under its own name; further cards belong to the first one.
_PROCEDURES = f"""
    SELECT GROUPING(office_id) AS everywhere, office_id, done AS procedure_id,
        sum(CASE WHEN place = 1 THEN people ELSE 1 END) AS procedures
    FROM ({_CHOSEN}) AS chosen,
        unnest(array_prepend(procedure_id, also)) WITH ORDINALITY AS each (done, place)
    GROUP BY GROUPING SETS ((office_id, done), (done))
"""
_DAYS: Mapping[Basis, str] = {"visit": "day", "booked": "booked_on"}
_STATEMENTS = {
    basis: (text(_FIGURES.format(day=day)), text(_PROCEDURES.format(day=day)))
    for basis, day in _DAYS.items()
}
_NAMES = {
    sum(1 << n for n, key in enumerate(reversed(KEYS)) if key not in columns): name
    for name, columns in CUTS.items()
}
"""By what GROUPING says: a bit for each column that a row is not of."""


def step_of(asked: FigureQuery) -> Step:
    return "month" if (asked.last - asked.first).days + 1 >= MONTHS_FROM else "day"


async def cuts_of(
    session: AsyncSession, asked: FigureQuery, offices: Sequence[str]
) -> tuple[dict[str, list[FigureGroup]], datetime | None]:
    """The groups of each cut, and when the newest fact in them happened."""
    values = _values(asked, offices)
    figures, procedures = _STATEMENTS[asked.basis]
    rows = (await session.execute(figures, values)).mappings().all()
    each = (await session.execute(procedures, values)).mappings().all()
    found: dict[str, list[FigureGroup]] = {name: [] for name in CUTS}
    for row in rows:
        name = _NAMES[row["cut"]]
        if name != "windows" or row["window"] is not None:
            found[name].append(_group(row, CUTS[name]))
    found["procedures"] = _each(found["procedures"], [row for row in each if row["everywhere"]])
    found["cells"] = _each(found["cells"], [row for row in each if not row["everywhere"]])
    moments = [row["newest_at"] for row in rows if row["newest_at"]]
    return found, max(moments, default=None)


def _values(asked: FigureQuery, offices: Sequence[str]) -> dict[str, object]:
    return {
        **asked.model_dump(exclude={"basis"}),
        "step": step_of(asked),
        "every_office": EVERY_OFFICE in offices,
        "offices": list(offices),
    }


def _group(row: RowMapping, columns: Sequence[str]) -> FigureGroup:
    figures = Figures.model_validate({name: row[name] for name in Figures.model_fields})
    return FigureGroup(figures=figures, **{name: row[name] for name in columns})


def _each(groups: Sequence[FigureGroup], rows: Sequence[RowMapping]) -> list[FigureGroup]:
    """The groups with what was done of each procedure; one that was never the first of a visit has
    a group for that alone."""
    done = {(row["office_id"], row["procedure_id"]): int(row["procedures"]) for row in rows}
    found = {(group.office_id, group.procedure_id): group.figures for group in groups}
    return [
        FigureGroup(
            figures=found.get(key, Figures()).model_copy(update={"procedures": done[key]}),
            office_id=key[0],
            procedure_id=key[1],
        )
        for key in done
    ]
