"""Series, breaks, closures and special days come to the same cells for everybody who asks."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.booking import (
    MAINTENANCE_DAY,
    Break,
    Catalog,
    CellsChanged,
    Office,
    Series,
    SpecialDay,
)
from libs.rules.closures import YEAR_END, closure_of
from libs.rules.masks import span
from libs.rules.timetable import Timetable, day_cells
from services.booking.actions.catalog import board, catalog, register
from services.booking.actions.laying_out import lay_out
from services.booking.domain import NotOffered, plan_visit

from .city import DAY, PROCEDURES, City, at, office

LUNCH = Break(starts=time(12), ends=time(13), keeps=(1,))


def series(series_id: str = "s", **more: Any) -> Series:
    """Two windows for everybody on every weekday from 9 to 17, unless told otherwise."""
    usual: dict[str, Any] = {
        "procedure_ids": ("slow",), "weekdays": (0, 1, 2, 3, 4), "opens": time(9),
        "closes": time(17), "unit_minutes": 30, "windows": (1, 2),
        "valid_from": date(2026, 1, 1), "valid_until": date(2027, 12, 31),
    }  # fmt: skip
    return Series(**{"series_id": series_id, **usual, **more})


def table(*several: Series, special: SpecialDay | None = None) -> Timetable:
    days = {special.day: special} if special else {}
    return Timetable("here", {one.series_id: one for one in several}, days)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 9, 21), "敬老の日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2027, 3, 22), "春分の日 振替休日"),
        (date(2026, 12, 28), ""),
        (date(2026, 12, 29), YEAR_END),
        (date(2027, 1, 3), YEAR_END),
        (date(2027, 1, 4), ""),
        (date(2026, 11, 22), MAINTENANCE_DAY),
        (date(2026, 11, 15), ""),
        (date(2026, 8, 16), MAINTENANCE_DAY),
    ],
)
def test_the_law_the_years_end_and_the_national_system_close_days(day: date, reason: str) -> None:
    assert closure_of(day) == reason


def test_a_holiday_closes_all_series_but_those_that_are_open_on_holidays() -> None:
    holiday = date(2026, 11, 23)
    closed = day_cells(table(series()), holiday)
    assert (closed.all(), closed.closed_for) == ({}, "勤労感謝の日")
    opened = day_cells(table(series(), series("b", windows=(3,), on_holidays=True)), holiday)
    assert (set(opened.public), opened.closed_for, opened.series_ids) == ({3}, "", ("b",))


def test_a_break_closes_all_windows_but_those_that_it_keeps() -> None:
    plan = day_cells(table(series(breaks=(LUNCH,))), DAY)
    whole, lunch = span(time(9), time(17)), span(time(12), time(13))
    assert plan.public == {1: whole, 2: whole & ~lunch}


def test_windows_for_staff_are_open_to_nobody_else_unless_a_series_says_so() -> None:
    plan = day_cells(table(series(staff_windows=(3, 4)), series("b", windows=(4,))), DAY)
    assert (set(plan.public), set(plan.staff)) == ({1, 2, 4}, {3})


@pytest.mark.parametrize(
    ("special", "left"),
    [
        ({"kind": "closed", "reason": "棚卸し"}, {}),
        ({"kind": "until", "closes": time(15)}, dict.fromkeys((1, 2), span(time(9), time(15)))),
        (
            {"kind": "hours", "opens": time(10), "closes": time(12)},
            dict.fromkeys((1, 2), span(time(10), time(12))),
        ),
        ({"kind": "windows", "windows": (2, 7)}, {2: span(time(9), time(17))}),
    ],
)
def test_a_special_day_takes_away_what_it_says(special: Any, left: dict[int, int]) -> None:
    plan = day_cells(table(series(), special=SpecialDay(day=DAY, **special)), DAY)
    assert plan.public == left
    assert plan.closed_for == special.get("reason", "")
    assert day_cells(table(series(), special=SpecialDay(day=DAY, **special)), DAY).staff == {}


def test_booking_offers_no_visit_in_a_break_even_where_another_series_opens_the_window() -> None:
    slow = PROCEDURES[1]
    several = [series(breaks=(LUNCH,)), series("b", procedure_ids=("pin",))]
    assert plan_visit(slow, several, "here", at(12)).windows == (1,)
    assert plan_visit(slow, several, "here", at(13)).windows == (1, 2)
    with pytest.raises(NotOffered):
        plan_visit(slow, several, "here", at(10, day=date(2027, 7, 19)))


async def test_what_is_set_up_is_kept_and_laid_out_and_shown(city: City) -> None:
    holiday, published = date(2027, 7, 19), datetime(2027, 6, 1, tzinfo=UTC)
    wanted = series(
        "evening", name="夜間", staff_windows=(3,), breaks=(LUNCH,), on_holidays=True,
        published_from=published, windows=(1, 2),
    )  # fmt: skip
    there = Office(
        office_id="new", name="new", kana="", address="", phone="", series=(wanted,), version=0
    )
    await register(city.desk.open_store, Catalog(offices=(there,), procedures=()))
    kept = (await catalog(city.desk.open_store)).offices
    (new,) = [one for one in kept if one.office_id == "new"]
    assert new.series == (wanted,)
    assert [one.reason for one in new.closures if one.day == holiday] == ["海の日"]
    await lay_out(city.desk.open_store, 60)
    rows = await city.pool.fetch(
        "SELECT window_id, audience, count(*) AS n FROM cell WHERE office_id = 'new'"
        " AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = $1 GROUP BY 1, 2 ORDER BY 1", holiday,
    )  # fmt: skip
    assert [tuple(row) for row in rows] == [(1, "public", 96), (2, "public", 84), (3, "staff", 84)]
    assert not await city.pool.fetchval(
        "SELECT count(*) FROM cell WHERE office_id = 'here'"
        " AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = $1", holiday,
    )  # fmt: skip


async def test_citizens_get_no_time_of_a_series_before_it_is_published(city: City) -> None:
    async with city.desk.open_store() as store:
        later = series(published_from=at(12, day=DAY - timedelta(days=3)))
        await store.timetables.save_series("here", [later])
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(10))
    with pytest.raises(NotOffered):
        await city.hold_all(uuid4(), at(10), "slow", "slow")
    await city.shift_clock(at(13, day=DAY - timedelta(days=3)))
    assert await city.hold(uuid4(), at(10))


async def test_registering_again_leaves_the_times_that_staff_have_set_up(city: City) -> None:
    async with city.desk.open_store() as store:
        await store.timetables.save_series("here", [series("own")])
    again = office("here", 8).model_copy(update={"address": "移転先"})
    assert await register(city.desk.open_store, Catalog(offices=(again,), procedures=())) == 1
    kept = {one.office_id: one for one in (await catalog(city.desk.open_store)).offices}
    assert kept["here"].address == "移転先"
    assert [one.series_id for one in kept["here"].series] == ["own"]


async def test_cells_for_staff_are_told_to_no_citizens_door(city: City) -> None:
    """Neither by a snapshot nor by a run about what became of them."""
    booking = await city.booked(at(10))
    await city.pool.execute("UPDATE cell SET audience = 'staff' WHERE starts_at >= $1", at(10, 15))
    assert {run[0] for day in (await board(city.desk.open_store, "here")).days
            for run in day.runs if day.day == DAY} <= set(range(9 * 12, 10 * 12 + 3))  # fmt: skip
    told = len(await city.facts(CellsChanged.name))
    await city.cancel(booking)
    (fact,) = (await city.facts(CellsChanged.name))[told:]
    (run,) = CellsChanged.model_validate_json(fact).runs
    assert (run.starts_at, len(run.versions)) == (at(10), 3)
