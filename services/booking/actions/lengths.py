"""What another length of visits does to the times that are free: counted before it is saved."""

from collections.abc import Iterator
from datetime import date, timedelta

from libs.contracts.booking import Office, Procedure, SettingProblem
from libs.contracts.times import day_of
from libs.rules.timetable import day_cells
from libs.rules.visits import minutes_at
from services.booking.domain.phone import DayOffer, WindowMasks, Wish, for_staff
from services.booking.store import Store

WEEK = 7


async def changed_weeks(
    store: Store, known: Procedure, wanted: Procedure, offices: list[Office]
) -> list[SettingProblem]:
    """For each office at which visits get longer or shorter, how many free starts the first week
    has by that."""
    today = day_of(await store.now())
    found = []
    for office in offices:
        first = next(_changes(known, wanted, office.office_id, today), None)
        offered = any(known.procedure_id in one.procedure_ids for one in office.series)
        if first is None or office.hidden or not offered:
            continue
        days = await _week(store, office.office_id, first)
        before = await _free(store, known, office.office_id, days)
        after = await _free(store, wanted, office.office_id, days)
        found.append(
            SettingProblem(
                field="lengths",
                code="free-starts",
                facts={
                    "office": office.name,
                    "day": f"{first.month}月{first.day}日",
                    "old": minutes_at(known, office.office_id, first),
                    "new": minutes_at(wanted, office.office_id, first),
                    "before": before,
                    "after": after,
                },
            )
        )
    return found


def _changes(known: Procedure, wanted: Procedure, office_id: str, today: date) -> Iterator[date]:
    """The days from which on the length is another one, tomorrow at the earliest."""
    begins = {one.from_day for one in (*known.lengths, *wanted.lengths)}
    tomorrow = today + timedelta(days=1)
    for day in sorted({tomorrow, *(day for day in begins if day > tomorrow)}):
        if minutes_at(known, office_id, day) != minutes_at(wanted, office_id, day):
            yield day


async def _week(store: Store, office_id: str, first: date) -> list[DayOffer]:
    """Seven days with what is free on them; what nobody has laid out yet is free as it will be."""
    last = first + timedelta(days=WEEK - 1)
    cells = await store.cells.between(office_id, first, last)
    until = await store.timetables.opened_until()
    table = (await store.timetables.timetables())[office_id]
    series = for_staff(await store.catalog.series_of(office_id))
    days = []
    for day in (first + timedelta(days=n) for n in range(WEEK)):
        found = cells.get(day, [])
        if until is None or day > until:
            opened = day_cells(table, day).public
            found = [WindowMasks(w, "public", mask, mask) for w, mask in opened.items()]
        days.append(DayOffer(day, series, found))
    return days


async def _free(store: Store, procedure: Procedure, office_id: str, days: list[DayOffer]) -> int:
    wish, now = Wish([[procedure]], office_id), await store.now()
    return sum(free for day in days for free in day.times(wish, now).values())
