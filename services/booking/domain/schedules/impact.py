"""What becomes of the bookings that stand when a timetable changes: nobody is lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.contracts.booking import CELL_MINUTES, Excess
from libs.contracts.times import JST, day_of
from libs.rules.masks import Windows, cell_of
from libs.rules.timetable import Timetable

from .layout import Layout, Wish

Taken = Mapping[date, Windows]
"""The cells of an office that somebody has, day by day."""


@dataclass(frozen=True)
class Standing:
    """A booking that is still to come, as far as schedules go. `bound`: it needs a card that lies
    at its office. `version` is that of the booking, `party` whom it was booked together with."""

    booking_id: UUID
    version: int
    number: str
    office_id: str
    window_id: int
    starts_at: datetime
    minutes: int
    wish: Wish
    has_email: bool
    bound: bool
    party: UUID | None = None
    guarded: bool = False
    """Whether a guardian comes along, who cannot be at two windows at once."""

    @property
    def day(self) -> date:
        return day_of(self.starts_at)

    @property
    def mask(self) -> int:
        """Its cells on its day."""
        return mask_of(self.starts_at, self.minutes)


@dataclass
class Impact:
    """`moved` go over to another window at the same time; `affected` lose their time; `crowded`
    stay where no window is open for them any more, because all that are open are taken."""

    moved: dict[UUID, int] = field(default_factory=dict)
    affected: list[Standing] = field(default_factory=list)
    crowded: list[Standing] = field(default_factory=list)


def impact_of(before: Layout, after: Layout, standing: Sequence[Standing], taken: Taken) -> Impact:
    """Bookings keep their window where it stays open for what they are for.

    Where no window was open for them before either, somebody has decided so already. At a window of
    their own, beyond those of the timetable, they stay as long as others are open."""
    found = Impact()
    busy: dict[date, Windows] = {}
    for one in sorted(standing, key=lambda b: (b.starts_at, b.window_id)):
        rooms = after.rooms(one.day, one.wish)
        if _fits(rooms, one.window_id, one.mask):
            continue
        earlier = _fitting(before.rooms(one.day, one.wish), one.mask)
        fitting = _fitting(rooms, one.mask)
        if not earlier or (fitting and one.window_id not in earlier):
            continue
        day = busy.setdefault(one.day, dict(taken.get(one.day, {})))
        free = [window for window in fitting if not day.get(window, 0) & one.mask]
        if free:
            day[free[0]] = day.get(free[0], 0) | one.mask
            found.moved[one.booking_id] = free[0]
        elif fitting:
            found.crowded.append(one)
        else:
            found.affected.append(one)
    return found


def excess_of(
    office_id: str, after: Layout, crowded: Iterable[Standing], standing: Sequence[Standing]
) -> tuple[Excess, ...]:
    """For each time at which somebody has no window: how many stand then, and for how many there is
    one."""
    found = []
    for moment in sorted({one.starts_at for one in crowded}):
        bit = mask_of(moment, CELL_MINUTES)
        day = day_of(moment)
        there = sum(one.day == day and bool(one.mask & bit) for one in standing)
        open_then = sum(bool(mask & bit) for mask in after.day(day).all().values())
        found.append(
            Excess(office_id=office_id, starts_at=moment, bookings=there, places=open_then)
        )
    return tuple(found)


def touched_days(before: Timetable, after: Timetable, first: date, last: date) -> list[date]:
    """The days of a span on which the two differ."""
    if before == after:
        return []
    one, other = Layout(before), Layout(after)
    return [
        day
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if one.held(day) != other.held(day)
        or before.special.get(day) != after.special.get(day)
        or before.stops.get(day) != after.stops.get(day)
    ]


def minutes_between(before: Layout, after: Layout, days: Iterable[date]) -> tuple[int, int]:
    """Minutes of open windows that are added, and that are removed."""
    added = removed = 0
    for day in days:
        old, new = before.day(day).all(), after.day(day).all()
        for window in {*old, *new}:
            was, will = old.get(window, 0), new.get(window, 0)
            added += (will & ~was).bit_count()
            removed += (was & ~will).bit_count()
    return added * CELL_MINUTES, removed * CELL_MINUTES


def mask_of(starts_at: datetime, minutes: int) -> int:
    """So many minutes from a moment on, as cells of its day."""
    first = cell_of(starts_at.astimezone(JST).time())
    return ((1 << minutes // CELL_MINUTES) - 1) << first


def _fitting(rooms: Windows, mask: int) -> list[int]:
    return [window for window in sorted(rooms) if _fits(rooms, window, mask)]


def _fits(rooms: Windows, window: int, mask: int) -> bool:
    return rooms.get(window, 0) & mask == mask
