"""Saying again what others know of us: how everything is now, or what was sent of late."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.outbox import Row
from libs.common.republish import Send
from libs.contracts.booking import (
    BookingRestated,
    OfficePublished,
    ProcedurePublished,
    Series,
)
from libs.contracts.times import JST
from services.booking.domain.series import booking_in
from services.booking.store import OpenStore
from services.booking.store.restated import NOBODY, RestatedBooking

PAGE = 500


async def republish(
    open_store: OpenStore, send: Send, first_day: date, page: int = PAGE
) -> dict[str, int]:
    """Say how offices and procedures are, and the bookings of `first_day` and later; how many.

    A booking that changes meanwhile says so by itself, with a later version that subscribers keep.
    """
    async with open_store() as store:
        offices, procedures = await store.catalog.offices(), await store.catalog.procedures()
    await send([OfficePublished(office=office) for office in offices])
    await send([ProcedurePublished(procedure=procedure) for procedure in procedures])
    series = {office.office_id: office.series for office in offices}
    bookings = await _republish_bookings(open_store, send, first_day, page, series)
    return {"offices": len(offices), "procedures": len(procedures), "bookings": bookings}


async def _republish_bookings(
    open_store: OpenStore,
    send: Send,
    first_day: date,
    page: int,
    series: Mapping[str, Sequence[Series]],
) -> int:
    midnight = datetime.combine(first_day, datetime.min.time(), JST)
    after, last, count = midnight - timedelta(microseconds=1), NOBODY, 0
    while True:
        async with open_store() as store:
            standings = await store.restated.standings(after, last, page)
        if not standings:
            return count
        await send([_restated(standing, series) for standing in standings])
        after, last = standings[-1].row.starts_at, standings[-1].row.booking_id
        count += len(standings)


def _restated(standing: RestatedBooking, series: Mapping[str, Sequence[Series]]) -> BookingRestated:
    """Of a booking that does not know its series, which one its time comes from by now."""
    s, row = standing, standing.row
    if row.series_id is None:
        row = booking_in(series.get(row.office_id, ()), row)
    outcomes = s.outcomes if row.status == "finished" else {}
    more = {"outcomes": outcomes, "displaced": s.displaced, "by_staff": s.by_staff, **s.stamps}
    return row.fact(BookingRestated, s.at, **more)


async def without_old_contacts(open_store: OpenStore, rows: Sequence[Row]) -> list[Row]:
    """Facts that were sent before, without an address that their booking has no more: it was taken
    away or replaced since, and nothing may be mailed there."""
    bodies: list[dict[str, Any]] = [json.loads(body) for _, _, body, _, _ in rows]
    reached = [UUID(body["booking_id"]) for body in bodies if body.get("contact")]
    async with open_store() as store:
        now = await store.restated.contacts(reached)
    return [_without_old_contact(row, body, now) for row, body in zip(rows, bodies, strict=True)]


def _without_old_contact(row: Row, body: dict[str, Any], now: dict[UUID, str | None]) -> Row:
    if not body.get("contact") or now.get(UUID(body["booking_id"])) == body["contact"]:
        return row
    fact_id, name, _, mandatory, request_id = row
    silent = json.dumps({**body, "contact": None, "link": None}, ensure_ascii=False)
    return fact_id, name, silent, mandatory, request_id
