"""Times for several people: room for all of them or none, by the rules of the series."""

import random
from datetime import datetime, time, timedelta
from itertools import permutations

import pytest

from libs.contracts.booking import Arrangement, Procedure
from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.parties import Party
from services.gateway.internet.tests.city import (
    PIN,
    TODAY,
    Clock,
    at,
    catalog,
    loaded_board,
    loaded_catalog,
    office,
    procedure,
    series,
    snapshot,
    taken,
)

TOMORROW = TODAY + timedelta(days=1)
CARD, CARDS, PINS = ("issuance",), ("issuance", "pin"), ("pin",)


def found(
    board: Board, *people: tuple[str, ...], arrangement: Arrangement = "together",
    view: CatalogView | None = None,
) -> list[tuple[str, int]]:  # fmt: skip
    times = Availability(view or loaded_catalog(), board)
    starts = times.starts("honcho", Party(people, arrangement), TOMORROW, Clock()())
    return [(f"{start.at:%H:%M}", start.free) for start in starts]


def test_together_needs_a_free_window_for_each_at_the_same_time() -> None:
    board = loaded_board()
    board.apply(taken(at(2, 9, 45), cells=3))
    assert found(board, CARD, CARD) == [
        ("09:00", 2),
        ("10:00", 2),
        ("10:30", 2),
        ("11:00", 2),
        ("11:30", 2),
    ]
    assert found(board, CARD, CARD, CARD) == []


def test_in_turn_needs_one_window_for_the_sum_of_the_visits() -> None:
    board = loaded_board()
    board.apply(taken(at(2, 9, 45), cells=3))
    assert found(board, CARD, CARD, PINS, arrangement="in_turn") == [
        ("09:00", 1),
        ("09:30", 1),
        ("10:00", 2),
        ("10:30", 2),
    ]


def test_several_procedures_of_one_person_take_the_sum_or_the_longest() -> None:
    beside = loaded_catalog(procedures=(procedure(), PIN.model_copy(update={"joins": "max"})))
    assert found(loaded_board(), CARDS)[-1] == ("11:00", 2)
    assert found(loaded_board(), CARDS, view=beside)[-1] == ("11:30", 2)


def test_further_procedures_are_done_only_at_windows_that_are_open_for_them() -> None:
    view = loaded_catalog(
        offices=(
            office(
                "honcho",
                series(windows=(1, 2)),
                series(series_id="s2", procedure_ids=("pin",), windows=(2,), closes=time(11)),
            ),
        )
    )
    assert found(loaded_board(), CARDS, view=view) == [("09:00", 1), ("09:30", 1), ("10:00", 1)]


def test_who_needs_a_special_window_gets_it_even_if_others_could_go_there() -> None:
    """Both could go to window 1, only one of them to window 2."""
    view = loaded_catalog(
        offices=(
            office(
                "honcho",
                series(windows=(1, 2)),
                series(series_id="s2", procedure_ids=("pin",), unit_minutes=30, windows=(1,)),
            ),
        )
    )
    board = loaded_board()
    assert found(board, CARD, PINS, view=view)[0] == ("09:00", 2)
    assert found(board, PINS, PINS, view=view) == []
    board.apply(taken(at(2, 9), window=2))
    assert found(board, CARD, PINS, view=view)[0] == ("09:30", 2)


def test_a_day_is_bookable_for_all_procedures_or_closed() -> None:
    late = PIN.model_copy(update={"closes_days_before": 3})
    times = Availability(loaded_catalog(procedures=(procedure(), late)), loaded_board())
    party, now = Party((CARD, PINS)), Clock()()
    assert times.day("honcho", party, TOMORROW, now).state == "closed"
    assert times.first_free("honcho", party, now) == TODAY + timedelta(days=3)
    unknown = Party((CARD, ("unknown",)))
    assert times.day("honcho", unknown, TOMORROW, now).state == "closed"
    assert times.first_free("honcho", unknown, now) is None


def test_the_nearest_times_are_those_with_room_for_all() -> None:
    board = loaded_board()
    board.apply(taken(at(2, 10, 30)))
    times = Availability(loaded_catalog(), board)
    near = times.nearest("honcho", Party((CARD, CARD)), at(2, 10, 30), Clock()(), 3)
    assert near == [at(2, 10), at(2, 11), at(2, 9, 30)]


def test_a_day_with_room_for_few_parties_says_so() -> None:
    board = loaded_board()
    party = Party((CARD, CARD))
    for half_hour in range(5):
        board.apply(taken(at(2, 9 + half_hour // 2, half_hour % 2 * 30)))
    times = Availability(loaded_catalog(), board)
    assert times.day("honcho", party, TOMORROW, Clock()()).state == "few"
    board.apply(taken(at(2, 11, 30)))
    assert times.day("honcho", party, TOMORROW, Clock()()).state == "full"
    assert times.day("honcho", "issuance", TOMORROW, Clock()()).state == "free"


MIXED = (
    series(series_id="a", windows=(1, 2, 3)),
    series(series_id="b", procedure_ids=("pin",), unit_minutes=15, windows=(2, 3, 4)),
)


@pytest.mark.parametrize("seed", range(40))
def test_masks_agree_with_trying_every_seat(seed: int) -> None:
    chance = random.Random(seed)
    view = CatalogView()
    view.load(catalog(offices=(office("honcho", *MIXED),)))
    board = Board()
    board.load(snapshot(days=3, windows=(1, 2, 3, 4)))
    busy: set[tuple[int, datetime]] = set()
    for version in range(12):
        start = at(2, 9) + timedelta(minutes=5 * chance.randrange(0, 33))
        run = taken(start, window=chance.randrange(1, 5), cells=3, version=version + 2)
        board.apply(run)
        window = run.runs[0].window_id
        busy |= {(window, start + timedelta(minutes=5 * n)) for n in range(3)}
    for _ in range(6):
        people = tuple(chance.choice((CARD, PINS, CARDS)) for _ in range(chance.randrange(1, 5)))
        arrangement: Arrangement = chance.choice(("together", "in_turn"))
        starts = Availability(view, board).starts(
            "honcho", Party(people, arrangement), TOMORROW, Clock()()
        )
        assert [s.at for s in starts] == tried_out(view, busy, people, arrangement == "in_turn")


def tried_out(
    view: CatalogView, busy: set[tuple[int, datetime]], people: tuple[tuple[str, ...], ...],
    in_turn: bool,
) -> list[datetime]:  # fmt: skip
    """Every five minutes: seat the people in every order until one works."""
    lengths = [minutes_of(view, who) for who in people]
    found = []
    for n in range(36):
        start = at(2, 9) + timedelta(minutes=5 * n)
        if in_turn:
            seats = [[window] * len(people) for window in range(1, 5)]
        else:
            seats = [list(seat) for seat in permutations(range(1, 5), len(people))]
        begins = [start + timedelta(minutes=sum(lengths[:m]) * in_turn) for m in range(len(people))]
        if any(
            all(
                sits(busy, who, window, begin, minutes, on_grid=m == 0 or not in_turn)
                for m, (who, window, begin, minutes) in enumerate(
                    zip(people, seat, begins, lengths, strict=True)
                )
            )
            for seat in seats
        ):
            found.append(start)
    return found


def minutes_of(view: CatalogView, who: tuple[str, ...]) -> int:
    known: dict[str, Procedure] = {p.procedure_id: p for p in view.procedures()}
    return sum(known[one].minutes for one in who)


def sits(
    busy: set[tuple[int, datetime]], who: tuple[str, ...], window: int, begin: datetime,
    minutes: int, on_grid: bool,
) -> bool:  # fmt: skip
    lines = {p: one for one in MIXED for p in one.procedure_ids}
    if any(window not in lines[p].windows for p in who):
        return False
    since = (begin - at(2, 9)) // timedelta(minutes=1)
    if since + minutes > 180 or (on_grid and since % lines[who[0]].unit_minutes):
        return False
    cells = (begin + timedelta(minutes=5 * n) for n in range(minutes // 5))
    return all((window, cell) not in busy for cell in cells)
