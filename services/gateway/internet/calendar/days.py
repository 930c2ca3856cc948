"""The free times of a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from libs.contracts.booking import MAINTENANCE_DAY, ClosureKind, Office
from libs.contracts.times import JST
from libs.rules.series import is_open_at
from services.gateway.internet.offer.availability import Start
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.cached_pages import ViewedOffer
from services.gateway.internet.offer.parties import Party
from services.gateway.web.language import _
from services.gateway.web.localised import guidances_in

from .present import Present, offered_on

NOON = 12


@dataclass(frozen=True)
class DayLook:
    """The free times of the day, and the next days with places before and after it."""

    starts: tuple[Start, ...]
    earlier: date | None
    later: date | None


@dataclass(frozen=True)
class DayView:
    """`calendar` is where one looks for another day, from the draft's own pages; `books` says that
    the time is for a new booking. The procedure and the office exist."""

    office_id: str
    wish: Party
    day: date
    calendar: str
    books: bool = False
    present: Present | None = None

    template: ClassVar[str] = "day.html"

    def revision(self, board: Board) -> int:
        return board.revision(self.office_id)

    def look(self, offer: ViewedOffer, now: datetime) -> tuple[DayLook, float]:
        found = offered_on(
            offer.availability, self.office_id, self.wish, self.day, now, self.present
        )
        first, last = offer.availability.period(self.wish, now)
        earlier = self._next(offer, now, min(self.day, last), first, -1)
        later = self._next(offer, now, max(self.day, first), last, 1)
        return DayLook(found.starts, earlier, later), found.until

    def _next(
        self, offer: ViewedOffer, now: datetime, start: date, end: date, step: int
    ) -> date | None:
        """The first day with a place after `start` in that direction, up to `end`."""
        for n in range(1, (end - start).days * step + 1):
            day = start + timedelta(days=n * step)
            if offer.availability.day(self.office_id, self.wish, day, now).starts:
                return day
        return None

    def values(self, offer: ViewedOffer, look: DayLook, now: datetime) -> dict[str, Any]:
        """With nothing taken by others."""
        office = offer.catalog.office(self.office_id)
        return {
            **offer.catalog.wished(self.wish),
            "office": office,
            "guided": guidances_in(office, self.day) if office else (),
            "closed": closed_on(office, self.day) if office and not look.starts else None,
            "day": self.day,
            "books": self.books,
            "earlier": look.earlier,
            "later": look.later,
            "present": self.present,
            "calendar": self.calendar,
            "halves": halves(look.starts),
            "taken": None,
            "taken_office": None,
            "around": None,
        }


@dataclass(frozen=True)
class Closed:
    """Why an office is closed: in the language of the answer, and as the city calls it."""

    why: str
    name: str


_WHY: dict[ClosureKind, str] = {
    "holiday": _("祝日"),
    "year-end": _("年末年始の休み"),
    "stop": _("全国システムの点検日"),
}


def closed_on(office: Office, day: date) -> Closed | None:
    """None where it is not, or where something is open on days on which the rest is closed. What
    the city itself decided has words in Japanese only, and so has an unforeseen stop."""
    open_then = any(is_open_at(series, office, day) for series in office.series)
    closures = [one for one in office.closures if one.day == day]
    closure = next((one for one in closures if one.whole or not open_then), None)
    if closure is None:
        return None
    if closure.whole or (closure.kind == "stop" and closure.reason != MAINTENANCE_DAY):
        return Closed("", closure.reason)
    return Closed(_WHY[closure.kind], closure.reason if closure.kind == "holiday" else "")


def halves(starts: tuple[Start, ...]) -> list[tuple[str, list[Start]]]:
    before = [start for start in starts if start.at.astimezone(JST).hour < NOON]
    after = [start for start in starts if start.at.astimezone(JST).hour >= NOON]
    return [(name, half) for name, half in ((_("午前"), before), (_("午後"), after)) if half]
