"""The board: of two facts the newer wins, a snapshot wins over what was known before it was asked
for, what it lacks is gone, holds end by themselves."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from libs.contracts.booking import (
    BOOKED_UNTIL,
    BoardSnapshot,
    CellRun,
    CellsChanged,
    OfficePublished,
    WindowDay,
)
from libs.rules.masks import CELLS_A_DAY, cells_of, run, runs_of
from services.gateway.internet.offer.availability import Availability, Start
from services.gateway.internet.offer.board import Board
from services.gateway.internet.tests.city import (
    MORNING,
    TODAY,
    Clock,
    at,
    loaded_board,
    loaded_catalog,
    office,
    series,
    snapshot,
    taken,
)

TOMORROW = TODAY + timedelta(days=1)


def starts(board: Board, now: datetime, procedure_id: str = "issuance") -> list[tuple[str, int]]:
    view = Availability(loaded_catalog(), board)
    found = view.starts("honcho", procedure_id, TOMORROW, now)
    return [(f"{start.at:%H:%M}", start.free) for start in found]


def test_masks_name_the_cells_with_enough_room_after_them() -> None:
    assert cells_of(runs_of(run(3, 4), 2)) == [3, 4, 5]
    assert cells_of(runs_of(run(3, 1) | run(5, 2), 2)) == [5]
    assert cells_of(run(0, CELLS_A_DAY)) == list(range(288))


def test_every_start_time_counts_the_windows_free_for_the_whole_visit() -> None:
    board = loaded_board()
    board.apply(taken(at(2, 9, 45), cells=3))
    assert starts(board, Clock()()) == [
        ("09:00", 2),
        ("09:30", 1),
        ("10:00", 2),
        ("10:30", 2),
        ("11:00", 2),
        ("11:30", 2),
    ]
    assert ("09:45", 1) in starts(board, Clock()(), "pin")
    assert ("09:30", 2) in starts(board, Clock()(), "pin")


def test_a_hold_counts_until_it_ends_by_itself() -> None:
    board, clock = loaded_board(), Clock()
    view = Availability(loaded_catalog(), board)
    board.apply(taken(at(2, 9), until=clock().timestamp() + 600))
    assert view.starts("honcho", "issuance", TOMORROW, clock())[0].free == 1
    clock.pass_minutes(10)
    assert view.starts("honcho", "issuance", TOMORROW, clock())[0].free == 2


def test_older_versions_change_nothing() -> None:
    board = loaded_board()
    board.apply(taken(at(2, 9), version=5))
    before = board.revision("honcho")
    board.apply(taken(at(2, 9), version=4, until=0.0))
    assert starts(board, Clock()())[0] == ("09:00", 1)
    assert board.revision("honcho") == before


@pytest.mark.parametrize("version", [1, 9])
def test_a_snapshot_corrects_a_board_whose_versions_are_not_older(version: int) -> None:
    """The database was restored to an earlier moment: there the cell is free, in version 1."""
    board = loaded_board()
    board.load(snapshot(windows=()))
    board.apply(taken(at(2, 9), version=version))
    board.apply(taken(at(2, 9), window=2, version=version, until=Clock()().timestamp() + 600))
    before = board.revision("honcho")
    board.load(snapshot())
    assert starts(board, Clock()())[0] == ("09:00", 2)
    assert board.revision("honcho") > before
    board.apply(taken(at(2, 9)))
    assert starts(board, Clock()())[0] == ("09:00", 1)


def test_a_snapshot_that_says_nothing_new_changes_nothing() -> None:
    board = loaded_board()
    before = board.changes
    board.load(snapshot())
    assert board.changes == before


def test_a_snapshot_undoes_no_fact_that_came_in_while_it_was_fetched() -> None:
    board = loaded_board()
    with board.loading("honcho"):
        read_before = snapshot()
        board.apply(taken(at(2, 9)))
        board.apply(taken(at(2, 9), office_id="tsurusaki"))
        board.load(read_before)
    assert starts(board, Clock()())[0] == ("09:00", 1)
    with board.loading("honcho"):
        board.load(snapshot())
    assert starts(board, Clock()())[0] == ("09:00", 2)


def test_a_fact_that_came_in_meanwhile_undoes_no_snapshot_that_was_read_after_it() -> None:
    board = loaded_board()
    freed = WindowDay(window_id=1, day=TOMORROW, runs=((MORNING, 36, 3, 0.0),))
    with board.loading("honcho"):
        board.apply(taken(at(2, 9), version=2))
        board.load(BoardSnapshot(office_id="honcho", days=(freed,)))
    assert starts(board, Clock()())[0] == ("09:00", 1)


def test_cells_that_a_snapshot_does_not_have_are_gone() -> None:
    board = loaded_board()
    board.load(snapshot(windows=(1,)))
    assert starts(board, Clock()())[0] == ("09:00", 1)
    board.load(BoardSnapshot(office_id="honcho", days=()))
    assert starts(board, Clock()()) == []
    board.load(snapshot())
    assert starts(board, Clock()())[0] == ("09:00", 2)


def test_a_day_that_went_and_came_back_is_not_taken_for_the_old_one() -> None:
    board, clock = Board(), Clock()
    view = Availability(loaded_catalog(), board)
    board.load(snapshot(days=5))
    assert view.starts("honcho", "issuance", TOMORROW, clock())
    board.load(BoardSnapshot(office_id="honcho", days=()))
    closed = WindowDay(window_id=1, day=TOMORROW, runs=((MORNING, 3, 1, 0.0),))
    board.load(BoardSnapshot(office_id="honcho", days=(closed,)))
    assert not view.starts("honcho", "issuance", TOMORROW, clock())


def test_days_outside_the_period_are_closed() -> None:
    view, now = Availability(loaded_catalog(), loaded_board()), Clock()()
    assert view.day("honcho", "issuance", TODAY, now).state == "closed"
    assert view.day("honcho", "issuance", TOMORROW, now).state == "free"
    assert view.day("honcho", "issuance", TODAY + timedelta(days=45), now).state == "free"
    assert view.day("honcho", "issuance", TODAY + timedelta(days=46), now).state == "closed"
    assert view.day("nowhere", "issuance", TOMORROW, now).state == "closed"
    assert view.day("honcho", "nothing", TOMORROW, now).state == "closed"


def test_two_series_of_the_same_windows_draw_on_one_pool() -> None:
    catalog = loaded_catalog(
        offices=(office("honcho", series(windows=(1,)), series(series_id="s9", windows=(1, 2))),)
    )
    view = Availability(catalog, loaded_board())
    assert view.starts("honcho", "issuance", TOMORROW, Clock()())[0].free == 2


def test_a_day_without_counters_is_off_and_one_of_an_unpublished_series_is_closed() -> None:
    view, now, saturday = (
        Availability(loaded_catalog(), loaded_board()),
        Clock()(),
        date(2026, 12, 5),
    )
    assert view.day("honcho", "issuance", saturday, now).state == "off"
    assert view.day("honcho", "issuance", TODAY, now).state == "closed"
    catalog = loaded_catalog()
    secret = series(published_from=now + timedelta(hours=1))
    catalog.office_published(OfficePublished(office=office("honcho", secret, version=2)))
    hidden = Availability(catalog, loaded_board())
    assert hidden.day("honcho", "issuance", saturday, now).state == "closed"
    assert hidden.day("honcho", "issuance", saturday, now + timedelta(hours=1)).state == "off"


def test_the_nearest_times_are_those_before_and_after() -> None:
    board = loaded_board()
    view = Availability(loaded_catalog(), board)
    procedure = loaded_catalog().procedure("issuance")
    assert procedure is not None
    near = view.nearest("honcho", procedure, at(2, 11, 30), Clock()(), 3)
    assert near == [at(2, 11), at(2, 10, 30), at(2, 10)]


@dataclass
class NaiveBoard:
    """The same rules without masks: one entry per cell."""

    cells: dict[tuple[int, datetime], tuple[int, float]] = field(default_factory=dict)

    def put(self, window: int, start: datetime, version: int, until: float) -> None:
        known = self.cells.get((window, start))
        if known is None or version > known[0]:
            self.cells[window, start] = (version, until)

    def starts(self, minutes: int, unit: int, now: datetime) -> list[tuple[datetime, int]]:
        found = []
        for offset in range(0, 180 - minutes + 1, unit):
            start = at(2, 9) + timedelta(minutes=offset)
            free = sum(self._is_free(window, start, minutes, now) for window in (1, 2))
            if free:
                found.append((start, free))
        return found

    def _is_free(self, window: int, start: datetime, minutes: int, now: datetime) -> bool:
        for offset in range(0, minutes, 5):
            cell = self.cells.get((window, start + timedelta(minutes=offset)))
            if cell is None or cell[1] > now.timestamp():
                return False
        return True


@pytest.mark.parametrize("seed", range(30))
def test_the_board_agrees_with_a_naive_model_whatever_order_facts_come_in(seed: int) -> None:
    chance, clock = random.Random(seed), Clock()
    board, naive = Board(), NaiveBoard()
    view = Availability(loaded_catalog(), board)
    board.load(snapshot(days=5))
    for window in (1, 2):
        for cell in range(36):
            naive.put(window, at(2, 9) + timedelta(minutes=5 * cell), 1, 0.0)
    for _ in range(60):
        fact = _random_change(chance, clock)
        board.apply(fact)
        for neighbours in fact.runs:
            for offset, version in enumerate(neighbours.versions):
                start = neighbours.starts_at + timedelta(minutes=5 * offset)
                naive.put(neighbours.window_id, start, version, neighbours.taken_until)
        clock.pass_minutes(chance.choice((0, 0, 1, 5)))
        for procedure_id, minutes, unit in (("issuance", 30, 30), ("pin", 15, 15)):
            found = view.starts("honcho", procedure_id, TOMORROW, clock())
            assert found == tuple(Start(*line) for line in naive.starts(minutes, unit, clock()))


def _random_change(chance: random.Random, clock: Clock) -> CellsChanged:
    """Some cells in a random version: booked, held for a while, or given back."""
    first = chance.randrange(0, 30)
    until = chance.choice((0.0, BOOKED_UNTIL, clock().timestamp() + chance.randrange(1, 900)))
    run = CellRun(
        window_id=chance.choice((1, 2)),
        starts_at=at(2, 9) + timedelta(minutes=5 * first),
        versions=tuple(chance.randrange(1, 60) for _ in range(chance.randrange(1, 7))),
        taken_until=until,
    )
    return CellsChanged(office_id="honcho", runs=(run,))
