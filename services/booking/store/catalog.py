"""Offices and procedures: what is offered."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.common.statements import Statement, upsert
from libs.contracts.booking import Office, OfficeOutage, Procedure, Series
from libs.contracts.times import day_of
from libs.rules.timetable import Timetable, closures_of
from services.booking.domain.times import OfferedSeries
from services.booking.tables import metadata

from .base import Repository
from .timetables import SERIES

CLOSURE_DAYS = 366

_OFFICES = """
    SELECT office_id, name, kana, address, phone, position, version, texts, later, hidden
    FROM office
"""

# What decides about a visit; its words in other languages are for the doors alone.
_RULES = """
    procedure_id, name, plain, person_group AS "group", minutes, needs_card, outcomes, visitors,
    documents, notes, opens_days_before, closes_days_before, changes_days_before, position, version,
    rules, any_office, email, phone, asks_needs, asks_inquiry, asks_cards, joins, party_limit,
    online, procedure.hidden, lengths
"""
_OUTAGES = """
    SELECT office_ids, procedure_ids, started_at AS since, last_day
    FROM outage WHERE ended_at IS NULL ORDER BY started_at
"""
# Until when an outage stops this procedure at this office.
_STOPPED = """
    (SELECT max(last_day) FROM outage WHERE ended_at IS NULL AND $3 = ANY (office_ids)
        AND $2 = ANY (outage.procedure_ids)) AS stopped_until
"""
_PROCEDURE = f"SELECT {_RULES} FROM procedure WHERE procedure_id = $1"
_PROCEDURES = f"SELECT {_RULES}, texts FROM procedure ORDER BY position"
# An office that is hidden offers nothing, and a series nothing before it is published.
_OPEN = """
    NOT EXISTS (SELECT FROM office o WHERE o.office_id = series.office_id AND o.hidden)
    AND (published_from IS NULL OR published_from <= clock())
"""
# When the national system rests, beyond the rule.
_STOPS = "(SELECT json_object_agg(day, to_json(stop)) FROM national_stop AS stop) AS stops"
# Beside a procedure, which has a name of its own.
_NAMELESS = SERIES.replace(" name,", "")
# A session's choices follow one another, so that each sees the hold before it; those of an origin
# too, so that each is counted for the next.
_ENTER = f"""
    SELECT clock() AS now, {_RULES}, {_NAMELESS}, {_STOPS}, {_STOPPED}
    FROM (SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0)),
        pg_advisory_xact_lock(hashtextextended('origin ' || $4::text, 0))) AS turn
    CROSS JOIN procedure
    LEFT JOIN (SELECT {_NAMELESS} FROM series) AS series
        ON office_id = $3 AND procedure_id = ANY (procedure_ids) AND {_OPEN}
    WHERE procedure_id = $2
"""
_NAMED = f"SELECT {_RULES} FROM procedure WHERE procedure_id = ANY ($1)"
_OFFICE_SERIES = f"""
    SELECT {SERIES}, {_STOPS} FROM series WHERE office_id = $1 AND {_OPEN} ORDER BY series_id
"""

# $1 offices  $2 procedures  $3 day
_DOING = f"""
    SELECT office_id FROM office
    WHERE ($1::text[] @> ARRAY['*'] OR office_id = ANY ($1))
        AND $2::text[] <@ ARRAY(
            SELECT unnest(procedure_ids) FROM series
            WHERE series.office_id = office.office_id AND {_OPEN}
                AND $3 BETWEEN valid_from AND valid_until)
    ORDER BY position
"""

_SAVE_OFFICE = Statement(upsert(metadata.tables["office"]))
_SAVE_PROCEDURE = Statement(upsert(metadata.tables["procedure"]))

_PRUNE_CELLS = "DELETE FROM cell WHERE starts_at < date_trunc('day', clock(), 'Asia/Tokyo')"


@dataclass(frozen=True)
class Offer:
    """A procedure, the series in which one office offers it, and the database's time."""

    now: datetime
    procedure: Procedure
    series: list[Series]
    stopped_until: date | None = None
    """The last day that an outage meets there."""


class CatalogRepository(Repository):
    """What the city offers."""

    async def offices(self) -> list[Office]:
        tables, today = await self.store.timetables.timetables(), day_of(await self.store.now())
        guidances = await self.store.guidances.in_force(today)
        rows = await self.connection.fetch(f"{_OFFICES} ORDER BY position")
        outages = await self._outages()
        offices = [
            _office(row, tables[row["office_id"]], today, outages.get(row["office_id"], ()))
            for row in rows
        ]
        return [
            office.model_copy(update={"guidances": guidances.get(office.office_id, ())})
            for office in offices
        ]

    async def _outages(self) -> dict[str, list[OfficeOutage]]:
        """What is stopped now, by office."""
        found: dict[str, list[OfficeOutage]] = {}
        for row in await self.connection.fetch(_OUTAGES):
            outage = OfficeOutage.model_validate(dict(row))
            for office_id in row["office_ids"]:
                found.setdefault(office_id, []).append(outage)
        return found

    async def procedures(self) -> list[Procedure]:
        rows = await self.connection.fetch(_PROCEDURES)
        return [_procedure(row) for row in rows]

    async def procedure(self, procedure_id: str) -> Procedure | None:
        """Without its words in other languages."""
        row = await self.connection.fetchrow(_PROCEDURE, procedure_id)
        return _procedure(row) if row else None

    async def enter(
        self, holder: UUID, procedure_id: str, office_id: str, origin: str | None = None
    ) -> Offer | None:
        """Wait for the other choices of the holder and of the origin to end; what is offered then,
        and the time. None for an unknown procedure."""
        rows = await self.connection.fetch(_ENTER, str(holder), procedure_id, office_id, origin)
        if not rows:
            return None
        series = [_offered({**row, "name": ""}) for row in rows if row["series_id"]]
        return Offer(rows[0]["now"], _procedure(rows[0]), series, rows[0]["stopped_until"])

    async def procedures_named(self, procedure_ids: Iterable[str]) -> dict[str, Procedure]:
        """Those that exist, by id; without their words in other languages."""
        rows = await self.connection.fetch(_NAMED, list(procedure_ids))
        return {row["procedure_id"]: _procedure(row) for row in rows}

    async def tied_procedures(self) -> list[str]:
        """Those for which one comes where the card is."""
        return [
            procedure.procedure_id
            for procedure in await self.procedures()
            if procedure.at_card_office
        ]

    async def series_of(self, office_id: str) -> list[Series]:
        """Those that citizens may see already."""
        rows = await self.connection.fetch(_OFFICE_SERIES, office_id)
        return [_offered(dict(row)) for row in rows]

    async def offices_for(
        self, offices: Iterable[str], procedure_ids: Iterable[str], day: date
    ) -> list[str]:
        """Those of `offices` that do all of these procedures in these weeks, at whatever hours."""
        rows = await self.connection.fetch(_DOING, list(offices), list(procedure_ids), day)
        return [row["office_id"] for row in rows]

    async def keep_office(self, office: Office) -> None:
        """The office's settings; its series and special days stay as they are."""
        kept = {name: getattr(office, name) for name in _SAVE_OFFICE.names}
        lists = {name: _json(office, name) for name in ("texts", "later")}
        await self.connection.execute(*_SAVE_OFFICE(**{**kept, **lists}))

    async def save_office(self, office: Office) -> None:
        """The office with exactly these series; its special days stay."""
        await self.keep_office(office)
        await self.store.timetables.save_series(office.office_id, office.series)

    async def save_procedure(self, procedure: Procedure) -> None:
        own = [name for name in _SAVE_PROCEDURE.names if name != "person_group"]
        kept = {name: getattr(procedure, name) for name in own}
        lists = {name: _json(procedure, name) for name in ("rules", "texts", "lengths")}
        query = _SAVE_PROCEDURE(**{**kept, **lists}, person_group=procedure.group)
        await self.connection.execute(*query)

    async def prune_cells(self) -> None:
        """Forget the cells of past days; their bookings and history stay."""
        await self.connection.execute(_PRUNE_CELLS)

    async def refresh_statistics(self) -> None:
        """After many new cells: until then plans are made for an empty table."""
        await self.connection.execute("ANALYZE cell")


def _offered(row: Mapping[str, Any]) -> Series:
    parsed = {name: json.loads(row[name] or "{}") for name in ("breaks", "stops")}
    return OfferedSeries.model_validate({**row, **parsed})


def _office(
    row: asyncpg.Record, table: Timetable, today: date, outages: Iterable[OfficeOutage]
) -> Office:
    parsed = {name: json.loads(row[name]) for name in ("texts", "later")}
    closures = closures_of(table, today, CLOSURE_DAYS)
    of_tables = {"series": tuple(table.series.values()), "closures": closures}
    return Office.model_validate({**row, **parsed, **of_tables, "outages": tuple(outages)})


def _procedure(row: asyncpg.Record) -> Procedure:
    parsed = {name: json.loads(row[name]) for name in ("rules", "texts", "lengths") if name in row}
    return Procedure.model_validate({**row, **parsed})


def _json(model: Office | Procedure, name: str) -> str:
    """One field as it goes into a jsonb column."""
    return json.dumps(model.model_dump(mode="json", include={name})[name], ensure_ascii=False)
