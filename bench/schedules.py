"""Changing the times of one office for three months, with a year of bookings around."""

import time
from datetime import time as clock_time
from datetime import timedelta
from statistics import median
from uuid import uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import (
    Break,
    PutSeries,
    ScheduleApply,
    ScheduleChange,
    SchedulePlan,
    Series,
)
from libs.contracts.times import day_of
from services.booking.actions.laying_out import lay_out
from services.booking.actions.schedules import changes
from services.booking.tests.city import City
from services.booking.tests.many import add_bookings

A_YEAR = 200_000
DAYS = 92
RUNS = 5
CHIEF = Caller("lgwan", "bench", frozenset({"schedules.edit"}), frozenset({"*"}))


async def fill(city: City) -> None:
    """Bookings of a year and of the next two months, the times of three months laid out."""
    await add_bookings(city.owner_url, A_YEAR)
    async with city.desk.open_store() as store:
        today = day_of(await store.now())
        table = (await store.timetables.timetables())["here"]
        ends = {"valid_until": today + timedelta(days=DAYS)}
        await store.timetables.save_series(
            "here", [s.model_copy(update=ends) for s in table.series.values()]
        )
    await lay_out(city.desk.open_store, DAYS)


async def change(city: City) -> ScheduleChange:
    """Shorter days and an hour's break in every series of the office: something everywhere."""
    async with city.desk.open_store() as store:
        table = (await store.timetables.timetables())["here"]
    steps = tuple(PutSeries(office_id="here", series=_shorter(s)) for s in table.series.values())
    return ScheduleChange(steps=steps)


async def dry_run(city: City) -> tuple[float, SchedulePlan]:
    """Seconds, the middle of some runs; and what was found."""
    wanted, seconds = await change(city), []
    for _ in range(RUNS):
        started = time.perf_counter()
        plan = await changes.plan(city.desk, CHIEF, wanted)
        seconds.append(time.perf_counter() - started)
    return median(seconds), plan


async def applied(city: City, plan: SchedulePlan) -> float:
    """Seconds."""
    ask = ScheduleApply(change=await change(city), seen=plan.seen)
    started = time.perf_counter()
    await changes.apply(city.desk, CHIEF, str(uuid4()), ask)
    return time.perf_counter() - started


def _shorter(series: Series) -> Series:
    lunch = Break(starts=clock_time(12), ends=clock_time(13))
    return series.model_copy(update={"closes": clock_time(15), "breaks": (lunch,)})
