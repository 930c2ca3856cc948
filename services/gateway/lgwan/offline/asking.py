"""From the afternoon on the page of the day asks for the list of the next day, until somebody has
saved it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.requests import Request

from services.gateway.lgwan.door.auth import actor_of, session_of
from services.gateway.lgwan.door.context import door_of
from services.gateway.web.times import now

from .store import Saved, SavedListStore

SAVES = "bookings.tick"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AskedFor:
    """The list of `day`, the next on which the office is open; or `saved`, where it was saved."""

    office: str
    day: date | None = None
    is_tomorrow: bool = False
    saved: Saved | None = None


async def asked_for(request: Request, office_id: str) -> AskedFor | None:
    """Nothing before its time, where nobody can save lists, and for who does not work there."""
    door, at = door_of(request), now()
    since = datetime.combine(at.date(), door.outage.ask_from, at.tzinfo)
    works_there = session_of(request).staff.may_at(SAVES, office_id)
    if not door.outage.password or at < since or not works_there:
        return None
    async with door.open_store(SavedListStore) as store:
        saved = [one for one in await store.newest(office_id, since) if one.day > at.date()]
    if saved:
        return AskedFor(office_id, saved=saved[0])
    day = await door.services.today.next_day(actor_of(request), office_id)
    return AskedFor(office_id, day, day == at.date() + _ONE_DAY)
