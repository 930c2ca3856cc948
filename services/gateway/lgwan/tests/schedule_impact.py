"""What a change of times does to standing bookings, as booking would work it out."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.contracts.booking import (
    Affected,
    ClearDay,
    ClearStop,
    CopyOffice,
    Displaced,
    Excess,
    PutDay,
    PutStop,
    ScheduleStep,
    Series,
    SpecialDay,
    StaffBooking,
)
from libs.contracts.times import JST
from services.gateway.web.times import now

from .schedule_rules import open_cells


def opened(held: Iterable[Series], special: SpecialDay | None, staff: bool) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for series in held:
        found |= open_cells(series, special, series.staff_windows if staff else series.windows)
    return found


def offices_of(step: ScheduleStep, every: Iterable[str]) -> tuple[str, ...]:
    """Where a step changes something; `every` are the offices that there are."""
    if isinstance(step, PutDay | ClearDay):
        return step.office_ids
    if isinstance(step, PutStop | ClearStop):
        return tuple(every)
    return step.to if isinstance(step, CopyOffice) else (step.office_id,)


def _minutes(booking: StaffBooking) -> tuple[date, set[int]]:
    starts = booking.starts_at.astimezone(JST)
    first = starts.hour * 60 + starts.minute
    return starts.date(), set(range(first, first + booking.minutes, 5))


Days = Mapping[date, set[tuple[int, int]]]


def _free_at(cells: set[tuple[int, int]], minutes: set[int]) -> int:
    """How many windows are open all these minutes."""
    return sum({(w, m) for m in minutes} <= cells for w in {window for window, _ in cells})


def loses(booking: StaffBooking, old: Days, new: Days) -> bool:
    """Whether its time was open and is open no more at any window."""
    day, minutes = _minutes(booking)
    return day in new and bool(_free_at(old[day], minutes)) and not _free_at(new[day], minutes)


def excess(
    office_id: str, standing: Iterable[StaffBooking], old: Days, new: Days
) -> Iterable[Excess]:
    """Where more stand than there are windows, but some window is open."""
    by_time: dict[datetime, int] = {}
    for booking in standing:
        by_time[booking.starts_at] = by_time.get(booking.starts_at, 0) + 1
    for booking in standing:
        day, minutes = _minutes(booking)
        places = _free_at(new[day], minutes) if day in new else 0
        number = by_time.pop(booking.starts_at, 0)
        if 0 < places < number and places < _free_at(old[day], minutes):
            yield Excess(
                office_id=office_id,
                starts_at=booking.starts_at,
                bookings=number,
                places=places,
            )


def displaced(one: Affected, change_id: UUID, mail: bool) -> Displaced:
    held_until = now() + timedelta(days=7)
    proposed = one.proposed
    return Displaced(
        booking_id=one.booking_id,
        version=1,
        number=one.number,
        change_id=change_id,
        office_id=one.office_id,
        procedure_id=one.procedure_id,
        starts_at=one.starts_at,
        minutes=one.minutes,
        proposed=proposed and proposed.model_copy(update={"held_until": held_until}),
        state="open",
        has_email=one.has_email,
        mailed=one.has_email and mail,
        phone=None if one.has_email else "09012345678",
        kana=None if one.has_email else "オオイタ ハナコ",
        called=None,
        called_at=None,
        called_by=None,
    )
