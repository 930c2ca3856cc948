"""One week of an office as staff see it: what is open for whom, and what of it is taken."""

from datetime import date, timedelta

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import (
    NationalStopList,
    ScheduleWeek,
    counter_offices,
)
from libs.contracts.times import day_of
from libs.rules.masks import moment_of
from services.booking.actions.desk import BookingContext
from services.booking.domain.schedules.weeks import week_of_table


async def week_of(desk: BookingContext, caller: Caller, office_id: str, week: date) -> ScheduleWeek:
    """Raises NotFound, also for an office that the caller does not serve; Malformed."""
    if week.weekday():
        raise Malformed("A week begins on a Monday.", fields=["week"])
    async with desk.open_store() as store:
        table = (await store.timetables.timetables()).get(office_id)
        if table is None or not {office_id, EVERY_OFFICE} & counter_offices(caller):
            raise NotFound("There is no such office.")
        end = moment_of(week + timedelta(days=7), 0)
        taken = await store.cells.taken([office_id], moment_of(week, 0), end)
    return week_of_table(table, week, {day: windows for (_, day), windows in taken.items()})


async def stops_to_come(desk: BookingContext) -> NationalStopList:
    """What is known of the national system from today on."""
    async with desk.open_store() as store:
        stops, today = await store.timetables.stops(), day_of(await store.now())
    return NationalStopList(stops=tuple(stops[day] for day in sorted(stops) if day >= today))
