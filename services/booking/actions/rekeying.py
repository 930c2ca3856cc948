"""Newer keys for the persons of standing bookings, after the rule for names has changed.

Only the digest of a date of birth is kept, so each possible one is compared with it. That takes a
tenth of a second of computing for a booking, and requests come first: most of the time it rests.
"""

import asyncio
import logging
from datetime import date, timedelta

from libs.common.logs import fields
from libs.contracts.times import day_of
from libs.rules.names import FORMER_VERSION
from services.booking.domain import AlreadyBooked
from services.booking.store.rekeying import Unkeyed

from .desk import EARLIEST_BIRTH, BookingContext

log = logging.getLogger(__name__)

GROUP = 100
REST_SECONDS = 0.3


async def rekey_persons(desk: BookingContext, rest_seconds: float = REST_SECONDS) -> int:
    """How many standing bookings of the release before have newer keys now. Of two that turn out
    to be one person's, both stand and the second keeps its keys: nothing is merged."""
    done = 0
    while True:
        async with desk.open_store() as store:
            unkeyed, today = await store.rekeying.unkeyed(GROUP), day_of(await store.now())
        for one in unkeyed:
            done += await _rekey(desk, one, today)
            await asyncio.sleep(rest_seconds)
        if len(unkeyed) < GROUP:
            return done


async def _rekey(desk: BookingContext, one: Unkeyed, today: date) -> bool:
    keys = await asyncio.to_thread(_newer, desk, one, today)
    try:
        if keys is not None:
            async with desk.open_store() as store:
                await store.rekeying.rekey(one, *keys)
            return True
    except AlreadyBooked:
        log.warning("two standing bookings have one person", extra=fields(count=2))
    async with desk.open_store() as store:
        await store.rekeying.leave_keys(one.booking_id)
    return False


def _newer(desk: BookingContext, one: Unkeyed, today: date) -> tuple[list[str], list[str]] | None:
    """The keys by the newer rule, and by the one before for those that a name gave; None where no
    name gave one."""
    born = _born(desk, one, today)
    if born is None:
        return None
    name = desk.persons.open(one.kana)
    before, after = desk.named_person(name, born, FORMER_VERSION), desk.named_person(name, born)
    if before not in one.keys:
        return None
    keys = [after if key == before else key for key in one.keys]
    return keys, [key if key == before else "" for key in one.keys]


def _born(desk: BookingContext, one: Unkeyed, today: date) -> date | None:
    for n in range((today - EARLIEST_BIRTH).days + 1):
        born = today - timedelta(days=n)
        if desk.index.matches(one.birth_digest, one.number, born.isoformat()):
            return born
    return None
