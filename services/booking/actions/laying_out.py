"""Laying out the times of the coming days, and figures that say how far it has got."""

from datetime import date, datetime, timedelta

from prometheus_client import Gauge

from libs.contracts.booking import CellsChanged
from libs.contracts.times import day_of
from services.booking.store import OpenStore

TIMES_AHEAD = Gauge(
    "oita_times_laid_out_days", "Days from today to the last one whose times are laid out."
)
TIMES_MISSING = Gauge(
    "oita_times_missing_days",
    "Days up to the horizon on which an office that should be open has no times.",
)


async def lay_out(open_store: OpenStore, horizon_days: int, wait: bool = False) -> int:
    """Open the cells of every day up to the horizon that is missing; the number of new ones.

    A day is a transaction, so that none is long. Where another process lays out just now the rest
    is left to it, unless `wait`: after a change of the offer, which that process may not have seen.
    """
    async with open_store() as store:
        missing = await store.timetables.missing_days(_coming_days(await store.now(), horizon_days))
    opened = 0
    for day in missing:
        async with open_store() as store:
            if wait:
                await store.timetables.lock_laying_out()
            elif not await store.timetables.try_lock_laying_out():
                break
            opened += await store.timetables.open_cells(day)
    if opened:
        await _tell(open_store)
    return opened


async def measure_times(open_store: OpenStore, horizon_days: int) -> None:
    """Set the figures of how far times are laid out."""
    async with open_store() as store:
        days = _coming_days(await store.now(), horizon_days)
        until, missing = (
            await store.timetables.opened_until(),
            await store.timetables.days_without_times(days),
        )
    TIMES_AHEAD.set((until - days[0]).days if until else -1)
    TIMES_MISSING.set(len(missing))


def _coming_days(now: datetime, horizon_days: int) -> list[date]:
    return [day_of(now) + timedelta(n) for n in range(horizon_days + 1)]


async def _tell(open_store: OpenStore) -> None:
    async with open_store() as store:
        await store.catalog.refresh_statistics()
        for office in await store.catalog.offices():
            store.publish(CellsChanged(office_id=office.office_id, runs=(), many=True))
