"""Several people and several procedures without a database: visits, and who sits where."""

from datetime import time
from itertools import permutations
from typing import get_args

import pytest

from libs.common.errors import Malformed
from libs.contracts.booking import (
    Arrangement,
    Procedure,
    Series,
)
from libs.rules.visits import visit_minutes
from services.booking.domain import NotOffered, check_party, plan_people, room_for, seats

from .city import DAY, at, office, procedure

SERIES = office("here", 4).series
SLOW, PIN = procedure("slow", 30), procedure("pin", 15)


def beside(one: Procedure) -> Procedure:
    return one.model_copy(update={"joins": "max"})


def only(series: Series, **changes: object) -> Series:
    return series.model_copy(update=changes)


@pytest.mark.parametrize(
    ("procedures", "minutes"),
    [
        ((SLOW,), 30),
        ((SLOW, PIN), 45),
        ((PIN, SLOW), 45),
        ((SLOW, beside(PIN)), 30),
        ((beside(PIN), SLOW), 30),
        ((PIN, beside(SLOW)), 30),
        ((beside(PIN),), 15),
    ],
)
def test_minutes_are_added_unless_a_procedure_is_done_beside(
    procedures: tuple[Procedure, ...], minutes: int
) -> None:
    assert visit_minutes(procedures, "here", DAY) == minutes
    (visit,) = plan_people([procedures], SERIES, "here", at(10), "together")
    assert (visit.minutes, visit.starts_at) == (minutes, at(10))


def test_the_first_procedure_says_when_a_visit_starts() -> None:
    assert plan_people([(PIN, SLOW)], SERIES, "here", at(10, 15), "together")
    with pytest.raises(NotOffered):
        plan_people([(SLOW, PIN)], SERIES, "here", at(10, 15), "together")


def test_only_windows_that_are_open_for_every_procedure_all_the_time_are_taken() -> None:
    pins, slows = SERIES
    narrow = [only(pins, windows=(2, 9), closes=time(12)), slows]
    (visit,) = plan_people([(SLOW, PIN)], narrow, "here", at(11), "together")
    assert visit.windows == (2,)
    with pytest.raises(NotOffered):
        plan_people([(SLOW, PIN)], narrow, "here", at(11, 30), "together")


def test_together_everybody_starts_when_they_could_alone() -> None:
    visits = plan_people([(SLOW,), (PIN,)], SERIES, "here", at(10), "together")
    assert [(v.starts_at, v.minutes) for v in visits] == [(at(10), 30), (at(10), 15)]
    with pytest.raises(NotOffered):
        plan_people([(PIN,), (SLOW,)], SERIES, "here", at(10, 15), "together")


def test_in_turn_one_window_takes_them_one_after_the_other() -> None:
    visits = plan_people([(PIN,), (SLOW, PIN), (SLOW,)], SERIES, "here", at(10), "in_turn")
    assert [(v.starts_at, v.minutes) for v in visits] == [
        (at(10), 15),
        (at(10, 15), 45),
        (at(11), 30),
    ]
    assert {v.windows for v in visits} == {(1, 2, 3, 4)}


def test_in_turn_the_last_must_be_done_before_it_closes() -> None:
    assert plan_people([(SLOW,), (PIN,)], SERIES, "here", at(16), "in_turn")
    with pytest.raises(NotOffered):
        plan_people([(SLOW,), (PIN,)], SERIES, "here", at(16, 30), "in_turn")


def test_in_turn_needs_a_window_that_is_open_for_all() -> None:
    pins, slows = SERIES
    apart = [only(pins, windows=(1, 2)), only(slows, windows=(3, 4))]
    assert plan_people([(SLOW,), (PIN,)], apart, "here", at(10), "together")
    with pytest.raises(NotOffered):
        plan_people([(SLOW,), (PIN,)], apart, "here", at(10), "in_turn")


def test_a_party_has_a_limit_and_nobody_wants_two_procedures_of_a_group() -> None:
    check_party([(SLOW,)] * 4)
    with pytest.raises(Malformed):
        check_party([(SLOW,)] * 5)
    with pytest.raises(Malformed):
        check_party([(SLOW, PIN, SLOW)])
    check_party([(SLOW, PIN)])
    with pytest.raises(Malformed):
        check_party([(SLOW, PIN.model_copy(update={"group": SLOW.group}))])


@pytest.mark.parametrize(
    ("free", "seated"),
    [
        ([{3}], [3]),
        ([{1, 4, 5}, {1, 4, 5}], [4, 5]),
        ([{1, 2}, {1}], [2, 1]),
        ([{1, 2, 3}, {1}, {1, 2}], [3, 1, 2]),
        ([{1}, {1}], None),
        ([{1, 9}, {1, 9}], [1, 9]),
        ([set(), {1}], None),
    ],
)
def test_people_sit_side_by_side_where_they_can(
    free: list[set[int]], seated: list[int] | None
) -> None:
    assert seats(free, "together") == seated


def test_seats_agree_with_trying_every_order() -> None:
    windows = (1, 2, 3, 5)
    some = [{w for n, w in enumerate(windows) if mask >> n & 1} for mask in range(16)]
    for first in some:
        for second in some:
            for third in some[::3]:
                free = [first, second, third]
                tries = [
                    max(seat) - min(seat)
                    for seat in permutations(windows, 3)
                    if all(window in one for window, one in zip(seat, free, strict=True))
                ]
                found = seats(free, "together")
                assert (found is None) == (not tries)
                if found:
                    assert len(set(found)) == 3
                    assert all(w in one for w, one in zip(found, free, strict=True))
                    assert max(found) - min(found) == min(tries)


def test_in_turn_all_sit_at_one_window() -> None:
    assert seats([{1, 3}, {2, 3}, {3, 4}], "in_turn") == [3, 3, 3]
    assert seats([{1}, {2}], "in_turn") is None


def test_of_windows_as_close_the_preferred_ones_are_taken() -> None:
    every = set(range(1, 9))
    assert seats([every], "together", {5, 7}) == [5]
    assert seats([every] * 2, "together", {4, 7, 8}) == [7, 8]
    assert seats([every] * 2, "together", {1, 8}) == [1, 2]
    assert seats([every - {2}, every - {3}], "in_turn", {2, 6}) == [6, 6]


def test_there_is_room_for_as_many_parties_as_can_be_seated_one_after_the_other() -> None:
    windows = (1, 2, 3, 5)
    some = [{w for n, w in enumerate(windows) if mask >> n & 1} for mask in range(16)]
    for first in some:
        for second in some:
            free = [first, second]
            for arrangement in get_args(Arrangement):
                assert (room_for(free, arrangement) > 0) == (seats(free, arrangement) is not None)
    assert room_for([{1, 2, 3}], "together") == 3
    assert room_for([{1, 2, 3, 4, 5}] * 2, "together") == 2
    assert room_for([{1, 2, 3, 4}, {1}], "together") == 1
    assert room_for([{1, 2}, {1, 2}, {3, 4, 5}], "together") == 1
    assert room_for([{1, 2, 3}, {2, 3}], "in_turn") == 2
