"""Another time for each of those who lose theirs: the nearest that is free, each given once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from libs.contracts.times import JST, day_of
from libs.rules.closures import closure_of
from libs.rules.masks import Windows, cell_of, moment_of, runs_of

from .impact import Standing, mask_of
from .layout import Layout

LEAD_DAYS = 2
"""A proposed time lies so many days ahead at least, so that one can answer before."""

TOGETHER = timedelta(hours=1)
"""People who were booked together may start so much further apart than they did."""

OFFICE_CLOSES = time(17)
"""An answer by telephone is possible until then."""


@dataclass(frozen=True)
class FreePlace:
    """A window and a time that can be given."""

    office_id: str
    window_id: int
    starts_at: datetime


@dataclass
class Free:
    """What is free at offices until the last day that is laid out. `taken` is added to."""

    layouts: Mapping[str, Layout]
    """In the order in which other offices are asked."""
    taken: dict[tuple[str, date], Windows]
    now: datetime
    last_day: date
    kept: dict[tuple[UUID, date], int] = field(default_factory=dict)
    """The cells of a day in which the guardian of a party is at a window. It is added to."""

    def nearest(self, party: Sequence[Standing]) -> list[FreePlace] | None:
        """Times for all of a party on one day at their office, else at another one that their
        procedures allow; None where no day has room for all."""
        first = party[0]
        bound = any(one.bound for one in party)
        elsewhere = [] if bound else [o for o in self.layouts if o != first.office_id]
        for office_id in (first.office_id, *elsewhere):
            for day in self._days(first):
                if places := self._all_on(office_id, day, party):
                    return places
        return None

    def take(self, place: FreePlace, minutes: int) -> None:
        """The place is given, or turned out to be taken."""
        cells = mask_of(place.starts_at, minutes)
        windows = self.taken.setdefault((place.office_id, day_of(place.starts_at)), {})
        windows[place.window_id] = windows.get(place.window_id, 0) | cells

    def keep(self, one: Standing, starts_at: datetime) -> None:
        """The guardian of `one`, if there is one, is at a window from then on."""
        if one.guarded and one.party:
            key = (one.party, day_of(starts_at))
            self.kept[key] = self.kept.get(key, 0) | mask_of(starts_at, one.minutes)

    def _days(self, one: Standing) -> Iterator[date]:
        first, wanted = day_of(self.now) + timedelta(days=LEAD_DAYS), one.day
        span = max((self.last_day - wanted).days, (wanted - first).days, 0)
        for ahead in range(span + 1):
            for day in dict.fromkeys((wanted + timedelta(ahead), wanted - timedelta(ahead))):
                if first <= day <= self.last_day:
                    yield day

    def _all_on(
        self, office_id: str, day: date, party: Sequence[Standing]
    ) -> list[FreePlace] | None:
        """Places for all of them, which are then taken, or none."""
        before, kept = self.taken.get((office_id, day), {}), dict(self.kept)
        self.taken[office_id, day] = dict(before)
        found: list[FreePlace] = []
        for one in party:
            place = self._on(office_id, day, one)
            if place is None:
                break
            self.take(place, one.minutes)
            self.keep(one, place.starts_at)
            found.append(place)
        if len(found) == len(party) and _close(party, found):
            return found
        self.taken[office_id, day], self.kept = before, kept
        return None

    def _on(self, office_id: str, day: date, one: Standing) -> FreePlace | None:
        wanted = cell_of(one.starts_at.astimezone(JST).time())
        length = one.minutes // 5
        taken = self.taken.get((office_id, day), {})
        apart = self.kept.get((one.party, day), 0) if one.guarded and one.party else 0
        best: tuple[int, int, int] | None = None
        starts = self.layouts[office_id].starts(day, one.wish, one.minutes, self.now)
        for window, mask in starts.items():
            free = mask & runs_of(~(taken.get(window, 0) | apart) & _DAY, length)
            if free:
                cell = _closest(free, wanted)
                best = min(best or (999, 0, 0), (abs(cell - wanted), cell, window))
        if best is None:
            return None
        return FreePlace(office_id, best[2], moment_of(day, best[1]))


def propose(free: Free, several: Sequence[Standing]) -> list[FreePlace | None]:
    """A place for each, in order of time; none is given twice. Who was booked together comes
    together again, as long as one day has room for all of them."""
    parties: dict[object, list[Standing]] = {}
    for one in several:
        alone = one.party is None
        who = one.booking_id if alone else (one.party, one.office_id, one.day)
        parties.setdefault(who, []).append(one)
    found: dict[UUID, FreePlace] = {}
    for party in parties.values():
        for group in (party, *([one] for one in party if len(party) > 1)):
            waiting = [one for one in group if one.booking_id not in found]
            if waiting and (places := free.nearest(waiting)):
                found |= {one.booking_id: at for one, at in zip(waiting, places, strict=True)}
    return [found.get(one.booking_id) for one in several]


def held_until(now: datetime, place: FreePlace, working_days: int) -> datetime:
    """So many working days from now, or the day before the proposed time."""
    day = day_of(now)
    for _ in range(working_days):
        day += timedelta(days=1)
        while day.weekday() > 4 or closure_of(day):
            day += timedelta(days=1)
    day = min(day, day_of(place.starts_at) - timedelta(days=1))
    return datetime.combine(day, OFFICE_CLOSES, JST)


def _close(party: Sequence[Standing], places: Sequence[FreePlace]) -> bool:
    """Whether they start about as close to each other as they did."""
    before, after = [one.starts_at for one in party], [place.starts_at for place in places]
    return max(after) - min(after) <= max(before) - min(before) + TOGETHER


def _closest(mask: int, wanted: int) -> int:
    """The cell of `mask` that is closest to another one."""
    below = mask & ((1 << wanted + 1) - 1)
    above = mask >> wanted
    before = below.bit_length() - 1 if below else -1000
    after = wanted + (above & -above).bit_length() - 1 if above else 1000
    return before if wanted - before <= after - wanted else after


_DAY = (1 << 288) - 1
