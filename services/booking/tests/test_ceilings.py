"""What the ceilings are worth: how long an attack on one day takes, and whom they spare."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from libs.common.waits import WAIT_SECONDS
from libs.common.work import BITS, PARTS
from libs.contracts.booking import (
    CELL_MINUTES,
    Catalog,
    Office,
    Procedure,
)
from libs.contracts.times import JST
from libs.rules.visits import visit_minutes
from services.booking.domain import ceilings
from services.booking.domain.ceilings import COUNTED_HOURS, Load, level, opens_at

CITY = Catalog.model_validate_json(Path("deploy/seed/oita.json").read_bytes())
BEGIN = datetime(2027, 6, 1, 9, tzinfo=JST)
DAY = BEGIN.date()
TWO_HOURS = timedelta(hours=2)

ADDRESSES = 10
NATIVE_HASHES = 20e6
"""SHA-256 of one block a second, on one core with instructions for it (14.5 million were measured
on such a one); each address has one."""
PHONE_HASHES = 50e3
"""The same in the script of an old phone."""
HALF_HOUR = 6
"""Cells of a visit of half an hour."""


def puzzle_seconds(hashes: float, difficulty: int = 0) -> float:
    return float(PARTS * 2 ** (BITS + difficulty) / hashes)


def smallest_day() -> int:
    """Cells of the day of the office that has the fewest."""
    return min(map(cells_of_day, CITY.offices))


def cells_of_day(office: Office) -> int:
    """Series of the same windows share them."""
    per_hour = 60 // CELL_MINUTES
    return len(
        {
            (window, cell)
            for series in office.series
            for window in series.windows
            for cell in range(series.opens.hour * per_hour, series.closes.hour * per_hour)
        }
    )


def largest_party() -> int:
    """Cells of the most people at once, each with all procedures that need no card."""
    by_name = [procedure for procedure in CITY.procedures if not procedure.needs_card]
    longest = max(
        visit_minutes(wish, "", DAY)
        for count in (1, 2, 3, 4) for wish in combinations(by_name, count) if is_one_visit(wish)
    )  # fmt: skip
    return max(p.party_limit for p in by_name) * longest // CELL_MINUTES


def is_one_visit(wish: tuple[Procedure, ...]) -> bool:
    return len({procedure.group for procedure in wish}) == len(wish)


class Attacker:
    """One address that books invented people on one day of one office, and does nothing else."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.taken: list[tuple[datetime, int]] = []

    @property
    def cells(self) -> int:
        return sum(cells for _, cells in self.taken)

    def load(self) -> Load:
        since = self.now - timedelta(hours=COUNTED_HOURS)
        counted = [(at, cells) for at, cells in self.taken if at > since]
        here = sum(cells for _, cells in counted)
        return Load(here, here, min((at for at, _ in counted), default=None), self.now)

    def take(self, cells: int, pass_seconds: float) -> None:
        """As soon as may be."""
        self.now = opens_at(self.load(), cells) or self.now
        if level(self.load(), cells) is not None:
            self.now += timedelta(seconds=pass_seconds)
        self.taken.append((self.now, cells))


def ways(share: int) -> Iterator[tuple[int, int]]:
    """A first party and then parties of another size."""
    return ((first, then) for first in range(1, share + 1) for then in range(1, share + 1))


def quickest(share: int, largest: int, pass_seconds: float) -> timedelta:
    """How long one address needs for its share of the day, in the best way for it."""
    found = []
    for first, then in ways(largest):
        attacker = Attacker()
        attacker.take(first, pass_seconds)
        while attacker.cells < share:
            attacker.take(min(then, share - attacker.cells), pass_seconds)
        found.append(attacker.now - BEGIN)
    return min(found)


@pytest.mark.parametrize(
    "pass_seconds",
    [
        pytest.param(puzzle_seconds(NATIVE_HASHES), id="with scripts of native code"),
        pytest.param(WAIT_SECONDS, id="without scripts"),
    ],
)
def test_ten_addresses_need_two_hours_for_the_day_of_the_smallest_office(
    pass_seconds: float,
) -> None:
    share = -(-smallest_day() // ADDRESSES)
    assert quickest(share, largest_party(), pass_seconds) >= TWO_HOURS


def test_no_pass_alone_would_keep_them_that_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why time has to pass as well: this is the attack that the test above has to see."""
    monkeypatch.setattr(ceilings, "CELL_SECONDS", 0)
    share = -(-smallest_day() // ADDRESSES)
    scripts = quickest(share, HALF_HOUR, puzzle_seconds(NATIVE_HASHES, ceilings.MOST_LEVEL))
    assert scripts < timedelta(seconds=10)
    assert quickest(share, HALF_HOUR, WAIT_SECONDS) < timedelta(minutes=15)


def test_a_party_that_comes_alone_is_not_the_way_around() -> None:
    """However many come at once, the day is not theirs."""
    assert ADDRESSES * largest_party() < smallest_day()


def test_an_old_phone_solves_the_hardest_puzzle_in_half_a_minute() -> None:
    assert puzzle_seconds(PHONE_HASHES) < 15
    assert puzzle_seconds(PHONE_HASHES, ceilings.MOST_LEVEL) < 30


def after(minutes: float, everywhere: int, here: int) -> Load:
    return Load(everywhere, here, BEGIN if here else None, BEGIN + timedelta(minutes=minutes))


def test_a_family_of_six_books_one_after_the_other_on_one_day() -> None:
    for member in range(6):
        load = after(member * 5, member * HALF_HOUR, member * HALF_HOUR)
        assert (level(load, HALF_HOUR), opens_at(load, HALF_HOUR)) == (None, None)


def test_a_party_of_four_for_all_procedures_is_free_where_nobody_else_books() -> None:
    load = after(0, 0, 0)
    assert (level(load, largest_party()), opens_at(load, largest_party())) == (None, None)


def test_ten_residents_of_a_home_come_on_one_day_for_a_quarter_of_an_hour_each() -> None:
    for resident in range(10):
        load = after(resident * 5, resident * 3, resident * 3)
        assert (level(load, 3), opens_at(load, 3)) == (None, None)


def test_a_library_books_twelve_visits_in_three_hours_before_it_costs_anything() -> None:
    for visit in range(12):
        assert level(after(visit * 10, visit * HALF_HOUR, HALF_HOUR), HALF_HOUR) is None
    assert level(after(120, 12 * HALF_HOUR, HALF_HOUR), HALF_HOUR) == 0


def test_thousands_behind_one_address_solve_a_puzzle_and_wait_on_crowded_days_only() -> None:
    crowd = after(10, 1000 * HALF_HOUR, 5 * HALF_HOUR)
    assert level(crowd, HALF_HOUR) == ceilings.MOST_LEVEL
    assert opens_at(crowd, HALF_HOUR) is None
    crowded = after(10, 1000 * HALF_HOUR, 6 * HALF_HOUR)
    assert opens_at(crowded, HALF_HOUR) == BEGIN + timedelta(minutes=21)


def test_nobody_waits_longer_than_a_booking_counts() -> None:
    """Slower, never shut: what counts is forgotten, and the day is free again."""
    attacker = Attacker()
    for _ in range(40):
        before = attacker.now
        attacker.take(HALF_HOUR, 0)
        assert attacker.now - before <= timedelta(minutes=21)
