"""Reminding: once a minute whoever comes tomorrow and has not been reminded gets a mail; in the
afternoon, booking is told whom no mail can reach in time."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from libs.common.logs import fields

from .domain.reminders import FRESH, Round, round_at, today
from .store import OpenStore, Store

log = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0


def utc_now() -> datetime:
    return datetime.now(UTC)


async def remind(open_store: OpenStore, hour: int, clock: Callable[[], datetime] = utc_now) -> None:
    """One look at the agenda, at any time of the day. `hour` is when reminders begin."""
    now = clock()
    visits = round_at(now, hour)
    async with open_store() as store:
        await store.forget_visits_before(today(now))
        if visits is None:
            return
        if now >= visits.until:
            await _give_up(store, visits)
            return
        if not await store.is_current(now - FRESH):
            log.warning("reminders wait: the watermark of booking is old or missing")
            return
        made = await store.remind(visits)
    if made:
        log.info("reminders", extra=fields(count=made))


async def _give_up(store: Store, visits: Round) -> None:
    if late := await store.give_up_reminding(visits):
        log.warning("reminders were not made in time", extra=fields(count=late))


async def forget_long_past(open_store: OpenStore, clock: Callable[[], datetime] = utc_now) -> None:
    async with open_store() as store:
        await store.forget_visits_a_year_before(today(clock()))
