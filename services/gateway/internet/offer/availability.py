"""Which times are free: the series of an office over the cells of the board."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from libs.contracts.booking import CELL_MINUTES, Office, Procedure
from libs.contracts.times import JST, day_of
from libs.rules.masks import CELLS_A_DAY, cells_of, run

from .board import Board, DayCells
from .catalog import CatalogView
from .cells import FOREVER
from .offered import period
from .parties import ByWindow, Party, Room

DayState = Literal["free", "few", "full", "off", "closed"]
"""`off` is a day to come, in the period, on which no counter is open for this. `closed` cannot be
booked for another reason: outside the period, over for today, not published yet, unknown."""

MOST_KEPT = 20_000
FEW_OF = 5
"""A day with at most a fifth of its places left has few."""


@dataclass(frozen=True)
class Start:
    """A start time and how many windows are free for the whole visit; for a party, for that of the
    first person."""

    at: datetime
    free: int


@dataclass(frozen=True)
class OfferedDay:
    """What a day offers one procedure; `until` is when this stops being true by itself."""

    starts: tuple[Start, ...]
    places: int
    state: DayState
    until: float


@dataclass(frozen=True)
class Earliest:
    """The first day with a place, and until when that holds by itself."""

    day: date | None
    until: float


_CLOSED = OfferedDay((), 0, "closed", FOREVER)


Wish = Party | Procedure | str
"""What times are looked for: a party, or a procedure (or its id) for one person."""


class Availability:
    """Answers from memory. A day is computed again only after its cells, the catalog, a hold or
    the clock have changed it."""

    def __init__(self, catalog: CatalogView, board: Board) -> None:
        self._catalog = catalog
        self._board = board
        self._days: dict[tuple[str, Party, date], tuple[tuple[int, int], OfferedDay]] = {}
        self._earliest: dict[tuple[str, Party], tuple[tuple[int, int, date], Earliest]] = {}

    def day(self, office_id: str, wish: Wish, day: date, now: datetime) -> OfferedDay:
        """Closed outside the period in which the day can be booked, and for unknown ids."""
        party, cells = as_party(wish), self._board.day(office_id, day)
        first, last = self.period(party, now)
        if not first <= day <= last or not self._board.knows(office_id):
            return _CLOSED
        if self._is_stopped(office_id, party, day):
            return _CLOSED
        cells = cells or DayCells()
        stamp = (cells.revision, self._catalog.revision)
        known = self._days.get((office_id, party, day))
        if known and known[0] == stamp and now.timestamp() < known[1].until:
            return known[1]
        room = self._room(office_id, party, day, now)
        fresh = survey(room, cells, day, now) if room else _CLOSED
        fresh = replace(fresh, until=min(fresh.until, self._published(office_id, now)))
        if room and fresh.state == "closed" and self._is_off(office_id, day, now):
            fresh = replace(fresh, state="off")
        if len(self._days) >= MOST_KEPT:
            self._days.clear()
        self._days[office_id, party, day] = (stamp, fresh)
        return fresh

    def starts(self, office_id: str, wish: Wish, day: date, now: datetime) -> tuple[Start, ...]:
        return self.day(office_id, wish, day, now).starts

    def period(self, wish: Wish, now: datetime) -> tuple[date, date]:
        """The first and the last day on which all of it can be booked now; none where the last is
        before the first, as for unknown ids."""
        party = as_party(wish)
        found = [self._catalog.procedure(one) for one in party.procedure_ids]
        periods = [period(one, now) for one in found if one is not None]
        if len(periods) < len(found) or not periods:
            return date.max, date.min
        first = day_of(now) if party.rebooks else max(first for first, _ in periods)
        return first, min(last for _, last in periods)

    def first_free(self, office_id: str, wish: Wish, now: datetime) -> date | None:
        """The first day with a place."""
        return self.earliest(office_id, wish, now).day

    def earliest(self, office_id: str, wish: Wish, now: datetime) -> Earliest:
        """The same, looked for again only after the office, the catalog, a hold or the date has
        changed it."""
        key = (office_id, as_party(wish))
        stamp = (self._board.revision(office_id), self._catalog.revision, day_of(now))
        known = self._earliest.get(key)
        if known and known[0] == stamp and now.timestamp() < known[1].until:
            return known[1]
        fresh = self._look_for(*key, now)
        if len(self._earliest) >= MOST_KEPT:
            self._earliest.clear()
        self._earliest[key] = (stamp, fresh)
        return fresh

    def _look_for(self, office_id: str, party: Party, now: datetime) -> Earliest:
        first, last = self.period(party, now)
        until = FOREVER
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            found = self.day(office_id, party, day, now)
            until = min(until, found.until)
            if found.places:
                return Earliest(day, until)
        return Earliest(None, until)

    def nearest(
        self, office_id: str, wish: Wish, wanted: datetime, now: datetime, count: int
    ) -> list[datetime]:
        """The free start times closest to `wanted`, the closest first."""
        days = (wanted.astimezone(JST).date() + timedelta(days=n) for n in range(-7, 8))
        free = (
            start.at
            for day in days
            for start in self.starts(office_id, wish, day, now)
            if start.at != wanted
        )
        return sorted(free, key=lambda at: (abs(at - wanted), at))[:count]

    def elsewhere(
        self, but: str, wish: Wish, wanted: datetime | None, now: datetime, count: int
    ) -> list[tuple[Office, datetime]]:
        """A free time at each of `count` other offices: those closest to `wanted`, the closest
        first; else the first ones there are."""
        found = [
            (office.on(day_of(at)), at)
            for office in self._catalog.offices()
            if office.office_id != but
            for at in self._best(office.office_id, wish, wanted, now)
        ]
        if wanted is not None:
            return sorted(found, key=lambda one: (abs(one[1] - wanted), one[1]))[:count]
        return sorted(found, key=lambda one: one[1])[:count]

    def _best(
        self, office_id: str, wish: Wish, wanted: datetime | None, now: datetime
    ) -> list[datetime]:
        """One time at most."""
        if wanted is not None:
            return self.nearest(office_id, wish, wanted, now, 1)
        day = self.first_free(office_id, wish, now)
        return [self.starts(office_id, wish, day, now)[0].at] if day else []

    def _published(self, office_id: str, now: datetime) -> float:
        """When the next series of the office is published."""
        office = self._catalog.office(office_id)
        moments = [s.published_from for s in office.series if s.published_from] if office else []
        return min((at.timestamp() for at in moments if at > now), default=FOREVER)

    def _is_stopped(self, office_id: str, party: Party, day: date) -> bool:
        """Whether an outage lets nobody book it there; whom one met may, on other days."""
        office = self._catalog.office(office_id)
        wanted = set(party.procedure_ids)
        met = [o for o in office.outages if wanted & set(o.procedure_ids)] if office else []
        return any(not party.rebooks or day <= outage.last_day for outage in met)

    def _is_off(self, office_id: str, day: date, now: datetime) -> bool:
        """Whether nothing will open on that day, as far as anybody may know now."""
        office = self._catalog.office(office_id)
        series = office.series if office else ()
        secret = (s for s in series if s.published_from and s.published_from > now)
        return day > day_of(now) and not any(s.valid_from <= day <= s.valid_until for s in secret)

    def _room(self, office_id: str, party: Party, day: date, now: datetime) -> Room | None:
        """None for an unknown office. The procedures exist: see `period`."""
        office = self._catalog.office(office_id)
        known = [[self._catalog.procedure(one) for one in wanted] for wanted in party.people]
        people = [tuple(one for one in wanted if one) for wanted in known]
        return Room(office, people, party.arrangement == "in_turn", day, now) if office else None


def as_party(wish: Wish) -> Party:
    """A wish for one person as a party of one."""
    if isinstance(wish, Party):
        return wish
    return Party(((wish if isinstance(wish, str) else wish.procedure_id,),))


def survey(room: Room, cells: DayCells, day: date, now: datetime) -> OfferedDay:
    """Count the free windows of each start time."""
    midnight = datetime.combine(day, time(), JST)
    moment = now.timestamp()
    future, until = _still_to_come(midnight, moment)
    free = room.places(lambda w: cells.free(w, moment) & future)
    capacity = room.places(lambda w: cells.opened(w) & future)
    places = _count(free)
    return OfferedDay(
        starts=_starts(midnight, list(free.values())),
        places=places,
        state=_state(places, _count(capacity)),
        until=min(until, cells.next_expiry(moment)),
    )


def _count(places: ByWindow) -> int:
    return sum(mask.bit_count() for mask in places.values())


def _starts(midnight: datetime, free: list[int]) -> tuple[Start, ...]:
    anywhere = 0
    for mask in free:
        anywhere |= mask
    return tuple(
        Start(midnight + timedelta(minutes=CELL_MINUTES * cell), sum(m >> cell & 1 for m in free))
        for cell in cells_of(anywhere)
    )


def _state(places: int, capacity: int) -> DayState:
    if not capacity:
        return "closed"
    if not places:
        return "full"
    return "few" if places * FEW_OF <= capacity else "free"


def _still_to_come(midnight: datetime, moment: float) -> tuple[int, float]:
    """The cells of the day that start after `moment`, and until when that holds."""
    cell_seconds = CELL_MINUTES * 60
    begin = midnight.timestamp()
    passed = int((moment - begin) // cell_seconds) + 1
    if passed <= 0:
        return run(0, CELLS_A_DAY), begin
    return run(0, CELLS_A_DAY) & ~run(0, passed), begin + passed * cell_seconds
