"""The day as booking tells it, over the bookings of FakeBooking and what was ticked there."""

from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from libs.contracts.booking import (
    DayBooking,
    DayList,
    OpenVisits,
    StaffBooking,
    Stamps,
    Tick,
    booking_offices,
)
from libs.contracts.times import day_of
from services.gateway.web.clients import TickAction, TodayClient
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import now

from .fake_counter import WINDOWS
from .fake_family import Kept

STANDING = ("confirmed", "arrived")


class FakeDay:
    """What the counter stamped. `more` are needs and the like, by booking number."""

    def __init__(self) -> None:
        self.stamps: dict[UUID, Stamps] = {}
        self.more: dict[str, dict[str, object]] = {}
        self.asked: list[tuple[str, date]] = []

    def of(self, booking: StaffBooking) -> Stamps:
        return self.stamps.get(booking.booking_id) or Stamps()

    def check_call(self, booking: StaffBooking, tick: Tick) -> None:
        """As booking refuses a call."""
        window = tick.window or self.of(booking).window
        if window is None:
            raise Refused(409, "window-needed", {})
        if window not in WINDOWS:
            raise Refused(409, "no-such-window", {})
        for other, stamps in self.stamps.items():
            there = stamps.window == window and not stamps.finished_at
            if there and other != booking.booking_id and not tick.anyway:
                raise Refused(409, "window-in-use", {"reception": stamps.reception})

    def tick(self, booking: StaffBooking, action: TickAction, tick: Tick) -> None:
        before = self.of(booking)
        given = sum(one.reception is not None for one in self.stamps.values())
        window = tick.window or before.window
        after: dict[TickAction, dict[str, object]] = {
            "arrive": {"reception": before.reception or given + 1, "arrived_at": now()},
            "call": {"called_at": now(), "window": window, "calls": before.calls + 1},
            "finish": {"finished_at": now(), "outcomes": dict(tick.outcomes)},
            "undo": {
                "called_at": None,
                "window": None,
                "calls": 0,
                "finished_at": None,
                "outcomes": {},
            },
        }
        self.stamps[booking.booking_id] = before.model_copy(update=after.get(action, {}))


class Bookings(Protocol):
    """What FakeToday needs of FakeBooking."""

    kept: Kept
    day: FakeDay
    away: bool


class FakeToday(TodayClient):
    """`away` is that of the bookings."""

    def __init__(self, bookings: Bookings) -> None:
        self._bookings = bookings
        self.next_open: date | None = None
        """Tomorrow, if nothing else is said."""

    async def day(self, actor: Actor, office_id: str, day: date) -> bytes:
        self._answer()
        self._bookings.day.asked.append((office_id, day))
        found = [b for b in self._seen(actor, office_id) if day_of(b.starts_at) == day]
        found.sort(key=lambda one: (one.starts_at, one.window_id))
        return (
            DayList(
                office_id=office_id,
                day=day,
                at=now().replace(second=0, microsecond=0),
                bookings=tuple(map(self._shown, found)),
                open=len(self._open(actor, office_id)),
                cards=self._bookings.kept.pass_of(actor, "today", found),
                shelves=self._bookings.kept.shelves is not None,
            )
            .model_dump_json()
            .encode()
        )

    async def next_day(self, actor: Actor, office_id: str) -> date:
        self._answer()
        return self.next_open or now().date() + timedelta(days=1)

    async def open_visits(self, actor: Actor, office_id: str) -> OpenVisits:
        self._answer()
        return OpenVisits(bookings=tuple(self._open(actor, office_id)))

    def _open(self, actor: Actor, office_id: str) -> list[StaffBooking]:
        seen = self._seen(actor, office_id)
        today = now().date()
        return [b for b in seen if b.status in STANDING and day_of(b.starts_at) < today]

    def _seen(self, actor: Actor, office_id: str) -> list[StaffBooking]:
        if not {"*", office_id} & booking_offices(actor):
            return []
        return [b for b in self._bookings.kept.values() if b.office_id == office_id]

    def _shown(self, booking: StaffBooking) -> DayBooking:
        more = self._bookings.day.more.get(booking.number, {})
        stamps = self._bookings.day.of(booking)
        shelf = self._bookings.kept.shelf_of(booking.booking_id)
        booking = booking.model_copy(update={"window": stamps.window})
        shown = {"booking": booking, "stamps": stamps, "shelf": shelf, **more}
        return DayBooking.model_validate(shown)

    def _answer(self) -> None:
        if self._bookings.away:
            raise Unreachable("ClientConnectorError")
