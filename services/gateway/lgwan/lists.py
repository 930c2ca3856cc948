"""The list of bookings: what it was asked for, and the way back to the same place in it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from services.gateway.web.times import now
from services.gateway.web.typed import harmless

from .words import STATUS

EVERY_DAY = "all"


@dataclass(frozen=True)
class Wanted:
    """The filter of a list as its address says it. `day` is an ISO date or EVERY_DAY.

    `changed` is the booking that was just ticked; it is marked.
    """

    office: str = ""
    day: str = ""
    procedure: str = ""
    status: str = ""
    after: str = ""
    changed: str = ""

    def query(self) -> dict[str, str]:
        """What booking is asked."""
        asked = {**vars(self), "day": "" if self.day == EVERY_DAY else self.day}
        del asked["changed"]
        return {name: value for name, value in asked.items() if value}

    def url(self, path: str, **other: str) -> str:
        """The address of this list, with `other` in place of parts of it; the mark is not kept."""
        parts = {name: value for name, value in vars(replace(self, changed="")).items() if value}
        parts = {name: value for name, value in {**parts, **other}.items() if value}
        return f"{path}?{urlencode(parts)}" if parts else path

    @property
    def one_day(self) -> date | None:
        return None if self.day == EVERY_DAY else date.fromisoformat(self.day)

    @property
    def changed_id(self) -> UUID | None:
        return UUID(self.changed) if self.changed else None


def read_wanted(query: Mapping[str, str], day_by_day: bool) -> Wanted:
    """The filter of an address. What cannot be understood is left out; without a day: today.

    A list that is not `day_by_day` shows every day where the day was left empty.
    """
    given = {field.name: harmless(query.get(field.name, ""))[:300] for field in fields(Wanted)}
    every_day = not day_by_day and query.get("day") in ("", EVERY_DAY)
    given["day"] = EVERY_DAY if every_day else read_day(given["day"]).isoformat()
    given["status"] = given["status"] if given["status"] in STATUS else ""
    given["changed"] = _uuid(given["changed"])
    given["after"] = _place(query.get("after", ""))
    return Wanted(**given)


def read_day(text: str) -> date:
    """An ISO date; today where there is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return now().date()


def _place(text: str) -> str:
    """Where a list goes on, as booking said it: a time and an id, which may have twelve digits in a
    row by chance."""
    at, _, booking_id = text.partition("_")
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return ""
    return text if _uuid(booking_id) == booking_id else ""


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
