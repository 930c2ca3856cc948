"""Shorthands for tests that change the times of offices as staff do."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import (
    AppliedChange,
    CitizenBooking,
    Displaced,
    ScheduleApply,
    ScheduleChange,
    SchedulePlan,
    ScheduleStep,
    Series,
    SpecialDay,
)
from services.booking.actions.laying_out import lay_out
from services.booking.actions.schedules import answers, changes

from .city import DAY, City, at

CHIEF = Caller("lgwan", "chief", frozenset({"schedules.edit"}), frozenset({"here", "there"}))
MONDAY = DAY - timedelta(days=1)
AHEAD = 30


def closed(day: date = DAY, reason: str = "停電") -> SpecialDay:
    return SpecialDay(day=day, kind="closed", reason=reason)


def series(series_id: str, **more: Any) -> Series:
    """Eight windows for 'slow' on every weekday from 9 to 17, unless told otherwise."""
    usual: dict[str, Any] = {
        "procedure_ids": ("slow",), "weekdays": (0, 1, 2, 3, 4), "opens": time(9),
        "closes": time(17), "unit_minutes": 30, "windows": tuple(range(1, 9)),
        "valid_from": date(2027, 1, 1), "valid_until": date(2027, 12, 31),
    }  # fmt: skip
    return Series(**{"series_id": series_id, **usual, **more})


async def month(city: City) -> None:
    """A month is laid out."""
    await lay_out(city.desk.open_store, AHEAD)


async def plan(city: City, *steps: ScheduleStep, caller: Caller = CHIEF) -> SchedulePlan:
    return await changes.plan(city.desk, caller, ScheduleChange(steps=steps))


async def apply(
    city: City, *steps: ScheduleStep, mail: bool = True, seen: str | None = None
) -> AppliedChange:
    """What was planned just now, unless another plan was seen."""
    seen = seen or (await plan(city, *steps)).seen
    ask = ScheduleApply(change=ScheduleChange(steps=steps), seen=seen, mail=mail)
    return await changes.apply(city.desk, CHIEF, str(uuid4()), ask)


async def undo(city: City, change: AppliedChange) -> AppliedChange:
    return await changes.undo(city.desk, CHIEF, str(uuid4()), change.change_id)


async def displaced(city: City, state: Any = None) -> Sequence[Displaced]:
    found = await answers.displaced_list(city.desk, CHIEF, None, None, state)
    return found.displaced


async def id_of(city: City, booking: CitizenBooking) -> UUID:
    found: UUID = await city.pool.fetchval(
        "SELECT booking_id FROM booking WHERE number = $1", booking.number
    )
    return found


async def lost(city: City) -> int:
    """Standing bookings that do not own all of their cells."""
    found: int = await city.pool.fetchval("""
        SELECT count(*) FROM booking b WHERE status IN ('confirmed', 'arrived') AND minutes / 5 <> (
            SELECT count(*) FROM cell c WHERE c.taken_by = b.booking_id
                AND c.taken_until = 'infinity' AND c.office_id = b.office_id
                AND c.window_id = b.window_id AND c.starts_at >= b.starts_at
                AND c.starts_at < b.starts_at + make_interval(mins => b.minutes))""")
    return found


async def open_cells(city: City, day: date = DAY, office_id: str = "here") -> int:
    """Cells that a citizen could take."""
    found: int = await city.pool.fetchval(
        "SELECT count(*) FROM cell WHERE office_id = $1 AND audience = 'public'"
        " AND taken_until <= clock() AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = $2",
        office_id, day,
    )  # fmt: skip
    return found


async def replayed(city: City) -> int:
    """Bookings that are not what the last line of their history says."""
    found: int = await city.pool.fetchval("""
        SELECT count(*) FROM booking b JOIN booking_history h USING (booking_id, version)
        WHERE (b.office_id, b.window_id, b.starts_at, b.status)
            IS DISTINCT FROM (h.office_id, h.window_id, h.starts_at, h.status)""")
    versions: int = await city.pool.fetchval(
        """
        SELECT count(*) FROM booking b
        WHERE version <> (SELECT count(*) FROM booking_history h USING (booking_id)
            WHERE h.booking_id = b.booking_id)""".replace(" USING (booking_id)", "")
    )
    return found + versions


def moment(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A time on a day after DAY."""
    return at(hour, minute, day=DAY + timedelta(days=days)).astimezone(UTC)
