"""The page of the day: what its address asks for, and the way back to the same place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from libs.contracts.times import find_day
from services.gateway.web.times import now
from services.gateway.web.typed import harmless


@dataclass(frozen=True)
class WantedDay:
    """`changed` is the booking that was just ticked; it is marked."""

    office: str
    day: date
    changed: UUID | None = None

    def url(self, **other: object) -> str:
        """The address of this day, with `other` in place of parts of it; the mark is not kept."""
        parts: dict[str, object] = {"office": self.office, "day": self.day.isoformat()}
        return f"/?{urlencode({**parts, **other})}"

    @property
    def query(self) -> str:
        return urlencode({"office": self.office, "day": self.day.isoformat()})


def read_wanted(query: Mapping[str, str], offices: Mapping[str, str]) -> WantedDay:
    """What an address asks for. What cannot be understood is left out: the first of `offices`, and
    today. An office of others is as unknown as one that is none."""
    office = query.get("office", "")
    return WantedDay(
        office=office if office in offices else next(iter(offices), ""),
        day=read_day(harmless(query.get("day", ""))),
        changed=_uuid(query.get("changed", "")),
    )


def read_day(text: str) -> date:
    """An ISO date; today where there is none."""
    return find_day(text) or now().date()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
