"""When the national system rests: the rule, what an administrator writes down, and who is open."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import NotAllowed
from libs.contracts.booking import (
    MAINTENANCE_DAY,
    ClearStop,
    NationalStop,
    OfficePublished,
    PutSeries,
    PutStop,
    ScheduleApply,
    ScheduleChange,
    ScheduleStep,
)
from libs.rules.masks import span
from libs.rules.timetable import Timetable, closures_of, day_cells
from services.booking.actions.schedules import changes
from services.booking.actions.schedules.weeks import stops_to_come
from services.booking.domain import NotOffered
from services.booking.domain.problems import BadSchedule, CannotUndo

from .city import DAY, City, at
from .planning import CHIEF, displaced, month, open_cells, series

SUNDAY = date(2027, 6, 20)
"""After the third Saturday of June."""
ADMIN = replace(CHIEF, rights=CHIEF.rights | {"settings.edit"}, offices=frozenset({"*"}))


def stop(day: date = DAY, kind: Any = "closed", **more: Any) -> NationalStop:
    return NationalStop(day=day, kind=kind, **more)


def table(*stops: NationalStop, **more: Any) -> Timetable:
    one = series("s", weekdays=tuple(range(7)), windows=(1,), **more)
    return Timetable("here", {"s": one}, stops={known.day: known for known in stops})


async def wanted(city: City, *steps: ScheduleStep, caller: Any = ADMIN) -> Any:
    seen = (await changes.plan(city.desk, caller, ScheduleChange(steps=steps))).seen
    ask = ScheduleApply(change=ScheduleChange(steps=steps), seen=seen)
    return await changes.apply(city.desk, caller, str(uuid4()), ask)


def test_each_closure_needs_a_word_of_its_own_to_be_open() -> None:
    new_year, holiday = date(2027, 12, 30), date(2027, 7, 19)
    several = {"on_holidays": holiday, "on_year_end": new_year, "on_stops": SUNDAY}
    for field in several:
        opened = {
            other for other, day in several.items() if day_cells(table(**{field: True}), day).all()
        }
        assert opened == {field}


def test_what_is_written_down_holds_instead_of_the_rule() -> None:
    assert day_cells(table(), SUNDAY).closed_for == MAINTENANCE_DAY
    assert day_cells(table(stop(SUNDAY, "works")), SUNDAY).all()
    irregular = day_cells(table(stop(reason="全国システムの臨時停止")), DAY)
    assert (irregular.all(), irregular.closed_for) == ({}, "全国システムの臨時停止")
    found = closures_of(table(stop()), DAY, 1)
    assert [(closure.kind, closure.reason, closure.whole) for closure in found] == [
        ("stop", MAINTENANCE_DAY, False)
    ]


def test_hours_close_those_hours_but_for_series_that_go_on() -> None:
    hours = stop(kind="hours", starts=time(13), ends=time(15))
    whole, gone = span(time(9), time(17)), span(time(13), time(15))
    assert day_cells(table(hours), DAY).all() == {1: whole & ~gone}
    assert day_cells(table(hours, on_stops=True), DAY).all() == {1: whole}


async def test_a_stop_closes_all_offices_and_each_booking_gets_another_time(city: City) -> None:
    await month(city)
    await city.booked(at(10))
    change = await wanted(city, PutStop(stop=stop(reason="臨時停止")))
    assert (set(change.office_ids), change.affected) == ({"here", "there"}, 1)
    assert [await open_cells(city, office_id=one) for one in ("here", "there")] == [0, 0]
    (lost,) = await displaced(city)
    assert lost.proposed is not None
    assert lost.proposed.starts_at.date() != DAY
    told = [
        OfficePublished.model_validate_json(one).office
        for one in await city.facts(OfficePublished.name)
    ]
    for office in told[-2:]:
        assert [c.reason for c in office.closures if c.day == DAY] == ["臨時停止"]
    (kept,) = (await stops_to_come(city.desk)).stops
    assert kept == stop(reason="臨時停止")


async def test_nobody_gets_a_time_of_those_hours_although_another_series_goes_on(
    city: City,
) -> None:
    on = series("on", procedure_ids=("pin",), unit_minutes=15, on_stops=True)
    await wanted(city, PutSeries(office_id="here", series=on))
    await wanted(city, PutStop(stop=stop(kind="hours", starts=time(13), ends=time(15))))
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(13))
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(12, 45))
    assert await city.hold(uuid4(), at(13), "pin")
    assert await city.hold(uuid4(), at(12, 30))


async def test_on_a_day_of_maintenance_that_works_citizens_are_offered_times(city: City) -> None:
    await month(city)
    sundays = series("sun", weekdays=(6,), windows=(1,))
    await wanted(city, PutSeries(office_id="here", series=sundays))
    assert await open_cells(city, SUNDAY) == 0
    await wanted(city, PutStop(stop=stop(SUNDAY, "works")))
    assert await city.hold(uuid4(), at(10, day=SUNDAY))
    await wanted(city, ClearStop(day=SUNDAY))
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(11, day=SUNDAY))


async def test_a_stop_is_taken_back_while_nothing_contradicts_it(city: City) -> None:
    await month(city)
    before = await open_cells(city)
    change = await wanted(city, PutStop(stop=stop()))
    await changes.undo(city.desk, ADMIN, str(uuid4()), change.change_id)
    assert (await open_cells(city), (await stops_to_come(city.desk)).stops) == (before, ())
    again = await wanted(city, PutStop(stop=stop()))
    await wanted(city, PutStop(stop=stop(reason="延長")))
    with pytest.raises(CannotUndo):
        await changes.undo(city.desk, ADMIN, str(uuid4()), again.change_id)


async def test_only_an_administrator_of_all_offices_writes_it_down(city: City) -> None:
    for caller in (
        CHIEF,
        replace(ADMIN, offices=CHIEF.offices),
        replace(CHIEF, offices=frozenset({"*"})),
    ):
        with pytest.raises(NotAllowed):
            await wanted(city, PutStop(stop=stop()), caller=caller)


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (stop(date(2027, 5, 1)), "day", "past"),
        (stop(kind="hours", ends=time(15)), "starts", "missing"),
        (stop(kind="hours", starts=time(15), ends=time(13)), "ends", "backwards"),
        (stop(kind="hours", starts=time(13, 1), ends=time(15)), "starts", "grid"),
        (stop(DAY + timedelta(days=1), "works"), "kind", "unknown"),
    ],
)
async def test_what_cannot_be_is_refused(
    city: City, wrong: NationalStop, field: str, reason: str
) -> None:
    with pytest.raises(BadSchedule) as refused:
        await wanted(city, PutStop(stop=wrong))
    assert {"step": 0, "field": field, "reason": reason} in refused.value.facts["faults"]
