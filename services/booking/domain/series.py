"""Which series (予約枠) the time of a booking comes from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from libs.contracts.booking import CELL_MINUTES, Series
from libs.contracts.times import day_of
from libs.rules.series import is_wanted

from .booking import Booking, Change
from .times import has_start, opens


def asks_series(change: Change) -> bool:
    """Whether it is to be found out: the time is another one, or nobody did so yet."""
    before, after = change.before.place, change.after.place
    return change.after.series_id is None or replace(before, window_id=after.window_id) != after


def change_in(series: Iterable[Series], change: Change) -> Change:
    """With that of `series` that its time comes from; its fact says so as well."""
    after = booking_in(series, change.after)
    fact = change.fact and change.fact.model_copy(update={"series_id": after.series_id})
    return replace(change, after=after, fact=fact)


def booking_in(series: Iterable[Series], booking: Booking) -> Booking:
    """With that of `series`, which are its office's, that its time comes from."""
    b = booking
    return replace(b, series_id=series_at(series, b.procedure_id, b.window_id, b.starts_at))


def series_at(
    series: Iterable[Series], procedure_id: str, window_id: int, starts_at: datetime
) -> str | None:
    """The series that a visit comes from: of those of its procedure and day the one that is open
    when it starts, has its window and has its start. A visit outside of all hours, or at a window
    that no series has, still comes from one of them. None without any."""
    day = day_of(starts_at)
    found = [s for s in series if procedure_id in s.procedure_ids and is_wanted(s, day)]
    if not found:
        return None
    nearest = max(
        sorted(found, key=lambda s: s.series_id),
        key=lambda s: (
            opens(s, procedure_id, starts_at, CELL_MINUTES),
            window_id in (*s.windows, *s.staff_windows),
            has_start(s, starts_at),
        ),
    )
    return nearest.series_id
