"""The counter's rules without a database."""

from datetime import date, datetime, timedelta

import pytest

from libs.contracts.times import JST
from services.booking.domain import (
    NotOffered,
    check_period,
    new_number,
    normal_number,
    plan_visit,
)

from .city import DAY, at, office, procedure

SERIES = office("here", 8).series
SLOW = procedure("slow", 30)


def test_a_visit_takes_neighbouring_cells() -> None:
    visit = plan_visit(SLOW, SERIES, "here", at(9, 30))
    assert [start.minute for start in visit.starts] == [30, 35, 40, 45, 50, 55]
    assert visit.windows == tuple(range(1, 9))


def test_two_series_with_the_same_start_offer_the_windows_of_both() -> None:
    wide, narrow = office("here", 3).series[1], office("here", 1).series[1]
    other = narrow.model_copy(update={"windows": (5,)})
    assert plan_visit(SLOW, [wide, other], "here", at(9)).windows == (1, 2, 3, 5)


@pytest.mark.parametrize(
    ("closes", "opens", "days", "right"),
    [(0, 60, 0, True), (1, 60, 0, False), (1, 60, 1, True), (0, 7, 7, True), (0, 7, 8, False)],
)
def test_the_bookable_days_are_counted_in_calendar_days(
    closes: int, opens: int, days: int, right: bool
) -> None:
    rules = SLOW.model_copy(update={"closes_days_before": closes, "opens_days_before": opens})
    start = at(10)
    now = datetime.combine(DAY - timedelta(days=days), start.time(), JST) - timedelta(hours=9)
    if right:
        check_period(rules, start, now)
    else:
        with pytest.raises(NotOffered):
            check_period(rules, start, now)


@pytest.mark.parametrize(
    "typed",
    ["0123ABCDEF", "0123a-bcdef", "０１２３ＡＢＣＤＥＦ", "o123a−bcdef", " 0123a bcdef "],
)
def test_numbers_are_read_as_people_type_them(typed: str) -> None:
    assert normal_number(typed) == "0123ABCDEF"


def test_numbers_have_no_letters_that_look_like_digits() -> None:
    drawn = "".join(new_number() for _ in range(500))
    assert not set("ILOU") & set(drawn)
    assert len({new_number() for _ in range(1000)}) == 1000


def test_a_series_of_another_season_offers_nothing() -> None:
    with pytest.raises(NotOffered):
        plan_visit(SLOW, SERIES, "here", at(9, day=date(2028, 6, 1)))
