"""Booking in memory, with its own refusals."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.contracts.booking import (
    CardPass,
    Catalog,
    Closure,
    HistoryLine,
    NewerBooking,
    Office,
    OfficeOutage,
    Procedure,
    ReceiveHere,
    Series,
    StaffBooking,
    StaffBookingDetail,
    StaffBookingExport,
    StaffBookingList,
    StaffCancel,
    StaffFound,
    StaffSearch,
    StaffShield,
    Status,
    Tick,
    booking_offices,
    counter_offices,
)
from libs.contracts.times import JST
from services.gateway.lgwan.tests.fake_family import Kept
from services.gateway.lgwan.tests.fake_today import FakeDay
from services.gateway.web.clients import StaffBookingClient, TickAction
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import now

from .city import OFFICES, an_office, procedures, today_at
from .possible import here_of, may_of

AFTER: dict[TickAction, Status] = {
    "arrive": "arrived",
    "call": "arrived",
    "finish": "finished",
    "miss": "missed",
}


def a_booking(**fields: object) -> StaffBooking:
    """A confirmed pickup at 10:30 today in the main office, but for `fields`."""
    made = {
        "booking_id": uuid4(),
        "number": "8K2M47QX3P",
        "procedure_id": "issuance",
        "office_id": "honcho",
        "starts_at": today_at(10, 30),
        "minutes": 30,
        "window_id": 3,
        "visitor": "self",
        "channel": "web",
        "status": "confirmed",
        "outcome": None,
        "has_email": True,
        "mail_failed": False,
        "card_moved": False,
        "booked_at": today_at(9) - timedelta(days=12),
        "version": 1,
    }
    return StaffBooking.model_validate({**made, **fields})


class FakeBooking(StaffBookingClient):
    """Bookings by id. `calls` are what was changed: what, by whom, under which key."""

    def __init__(self, bookings: Iterable[StaffBooking] = ()) -> None:
        self.kept = Kept({booking.booking_id: booking for booking in bookings})
        self.calls: list[tuple[str, str, str]] = []
        self.queries: list[dict[str, str]] = []
        self.reasons: list[str] = []
        self.searches: list[StaffSearch] = []
        self.found: list[StaffBooking] = []
        """What every search but by number finds."""
        self.searches_an_hour, self.is_complete = 60, True
        self.away = False
        self.city: Catalog | None = None
        """Offices and procedures, in place of the few of these tests."""
        self.day = FakeDay()
        self.next_after: str | None = None
        self.parts: list[StaffBookingExport | Exception] = []
        """What is answered to whoever makes a file, one after the other; else all bookings."""
        self.begun: dict[UUID, StaffBooking] = {}
        """Bookings that were changed here, as they were at first."""
        self.past: dict[UUID, list[HistoryLine]] = {}
        """Lines of history beyond the first, of bookings that were changed here."""
        self.told: dict[str, Any] = {}
        """What the citizen told the counter, for every booking."""
        self.shielded: set[UUID] = set()
        """Bookings of people who are not served online."""
        self.cards_elsewhere: set[str] = set()
        """Offices at which the card of the booking does not lie."""
        self.old_is_taken = False
        """Whether the old time of whoever was received here is somebody else's by now."""
        self.newer: dict[UUID, NewerBooking] = {}
        """What the person of a handed-over card has booked since."""
        self.series: dict[str, tuple[Series, ...]] = {}
        self.closures: list[Closure] = []
        """What the catalog says of each office."""
        self.outages: dict[str, tuple[OfficeOutage, ...]] = {}
        self.more_procedures: tuple[Procedure, ...] = ()

    async def catalog(self) -> Catalog:
        self._answer()
        made = Catalog(
            offices=tuple(self._office(*named) for named in OFFICES),
            procedures=(*procedures(), *self.more_procedures),
        )
        return self.city or made

    async def bookings(self, actor: Actor, query: Mapping[str, str]) -> StaffBookingList:
        self._answer()
        self.queries.append(dict(query))
        found = [b for b in self.kept.values() if _serves(actor, b) and _fits(b, query)]
        found.sort(key=lambda booking: booking.starts_at)
        cards = self.kept.pass_of(actor, "list", found) if query.get("cards") else None
        return StaffBookingList(bookings=tuple(found), next_after=self.next_after, cards=cards)

    async def search(self, actor: Actor, wanted: StaffSearch) -> StaffFound:
        self._answer()
        self.searches.append(wanted)
        counted = [one for one in self.searches if one.kind != "number"]
        if wanted.kind != "number" and len(counted) > self.searches_an_hour:
            raise Refused(429, "searched-enough", {"again_at": today_at(14, 32).isoformat()})
        number = (wanted.number or "").replace("-", "")
        found = [b for b in self.kept.values() if b.number == number] if number else self.found
        return StaffFound(
            kind=wanted.kind,
            bookings=tuple(b for b in found if _serves(actor, b)),
            is_complete=self.is_complete,
            left=self.searches_an_hour - len(counted),
            at=today_at(9),
        )

    async def export(
        self, actor: Actor, query: Mapping[str, str]
    ) -> AsyncGenerator[StaffBookingExport, None]:
        if "bookings.export" not in actor.rights:
            raise Refused(403, "not-allowed", {})
        self.queries.append(dict(query))
        for part in self._parts_of(actor, query):
            if isinstance(part, Exception):
                raise part
            yield part

    def _parts_of(
        self, actor: Actor, query: Mapping[str, str]
    ) -> Iterator[StaffBookingExport | Exception]:
        if not self.parts:
            found = tuple(b for b in self.kept.values() if _serves(actor, b) and _fits(b, query))
            at, total = today_at(9, 41), len(found)
            cards = self.kept.pass_of(actor, "file", found) if query.get("cards") else None
            stamps = {booking.booking_id: self.day.of(booking) for booking in found}
            yield StaffBookingExport(
                bookings=found, next_after=None, at=at, total=total, cards=cards, stamps=stamps
            )
        while self.parts:
            part = self.parts.pop(0)
            yield part
            if isinstance(part, StaffBookingExport) and not part.next_after:
                return

    async def booking(self, actor: Actor, booking_id: UUID) -> StaffBookingDetail:
        booking = self._theirs(actor, booking_id)
        booking = booking.model_copy(update={"window": self.day.of(booking).window})
        begun = self.begun.get(booking_id, booking)
        first = HistoryLine(
            version=1,
            at=booking.booked_at,
            actor="citizen",
            what="booked",
            status="confirmed",
            starts_at=begun.starts_at,
            office_id=begun.office_id,
        )
        told = {
            "party": self.kept.party_of(booking_id),
            "may": may_of(booking),
            "here": here_of(actor, booking, self.cards_elsewhere),
            "newer": self.newer.get(booking_id),
            "reception": self.day.of(booking).reception,
            "has_shelf": self.kept.shelves is not None,
            "shelf": self.kept.shelf_of(booking_id),
        } | self.told
        if past := self.past.get(booking_id):
            return StaffBookingDetail(booking=booking, kana=None, history=(first, *past), **told)
        last = first.model_copy(
            update={"version": 2, "actor": "suzuki", "what": "arrive", "at": today_at(10, 24)}
        )
        history = (first, last) if booking.version > 1 else (first,)
        return StaffBookingDetail(booking=booking, kana=None, history=history, **told)

    def _taken_back(self, booking: StaffBooking, actor: Actor) -> StaffBooking:
        """Who was received here, at their old time again or still here."""
        begun = self.begun[booking.booking_id]
        place = {"starts_at": begun.starts_at, "office_id": begun.office_id}
        changed = self._change(booking, status="confirmed", **({} if self.old_is_taken else place))
        self.note(changed, actor.name, "undo")
        return changed

    async def receive_here(
        self, actor: Actor, key: str, booking_id: UUID, request: ReceiveHere
    ) -> StaffBooking:
        booking = self._theirs(actor, booking_id)
        if not {"*", request.office_id} & counter_offices(actor):
            raise Refused(404, "not-found", {})
        if booking.version != request.version:
            raise Refused(409, "version-conflict", {})
        if "receive" not in may_of(booking):
            raise Refused(409, "not-active", {})
        if request.office_id in self.cards_elsewhere:
            raise Refused(409, "card-elsewhere", {})
        self.calls.append(("receive", actor.name, key))
        self.day.tick(booking, "arrive", Tick(version=booking.version))
        start = now().replace(second=0, microsecond=0) + timedelta(minutes=5 - now().minute % 5)
        moved = {"starts_at": start, "status": "arrived"}
        changed = self._change(booking, office_id=request.office_id, **moved)
        self.note(changed, actor.name, "received")
        return changed

    async def card(self, actor: Actor, booking_id: UUID) -> CardPass:
        cards = self.kept.pass_of(actor, "booking", [self._theirs(actor, booking_id)])
        if cards is None:
            raise Refused(403, "not-allowed", {})
        if not cards.keys:
            raise Refused(404, "not-found", {})
        return cards

    async def shield(self, actor: Actor, booking_id: UUID) -> StaffShield:
        if "persons.shielded" not in actor.rights:
            raise Refused(403, "not-allowed", {})
        return StaffShield(shielded=self._theirs(actor, booking_id).booking_id in self.shielded)

    async def tick(
        self, actor: Actor, key: str, booking_id: UUID, action: TickAction, tick: Tick
    ) -> StaffBooking:
        booking = self._theirs(actor, booking_id)
        if not {"*", booking.office_id} & counter_offices(actor):
            raise Refused(404, "not-found", {})
        if "bookings.tick" not in actor.rights:
            raise Refused(403, "not-allowed", {})
        if booking.version != tick.version:
            raise Refused(409, "version-conflict", {})
        if "tick" not in may_of(booking):
            raise Refused(409, "not-today", {})
        if action == "call":
            self.day.check_call(booking, tick)
        self.calls.append((action, actor.name, key))
        called = action == "undo" and self.day.of(booking).called_at
        self.day.tick(booking, action, tick)
        past = self.past.get(booking_id)
        if action == "undo" and past and past[-1].what == "received":
            return self._taken_back(booking, actor)
        status = "arrived" if called else AFTER.get(action, "confirmed")
        return self._change(booking, status=status, outcome=tick.outcome)

    async def cancel(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffCancel
    ) -> StaffBooking:
        booking = self._theirs(actor, booking_id)
        if booking.version != request.version:
            raise Refused(409, "version-conflict", {})
        self.calls.append(("cancel", actor.name, key))
        self.reasons.append(request.reason)
        return self._change(booking, status="cancelled")

    def by_another_terminal(self, booking_id: UUID, status: Status) -> None:
        self.note(self._change(self.kept[booking_id], status=status), "suzuki", "arrive")

    def note(self, booking: StaffBooking, actor: str, what: str) -> None:
        """A line of history about the version that `booking` is."""
        line = HistoryLine(
            version=booking.version,
            at=today_at(10, 24),
            actor=actor,
            what=what,
            status=booking.status,
            outcome=booking.outcome,
            starts_at=booking.starts_at,
            office_id=booking.office_id,
        )
        self.past.setdefault(booking.booking_id, []).append(line)

    def _change(self, booking: StaffBooking, **fields: object) -> StaffBooking:
        self.begun.setdefault(booking.booking_id, booking)
        changed = booking.model_copy(update={**fields, "version": booking.version + 1})
        self.kept[booking.booking_id] = changed
        return changed

    def _theirs(self, actor: Actor, booking_id: UUID) -> StaffBooking:
        self._answer()
        booking = self.kept.get(booking_id)
        if booking is None or not _serves(actor, booking):
            raise Refused(404, "not-found", {})
        return booking

    def _office(self, office_id: str, name: str) -> Office:
        office = an_office(office_id, name, self.series.get(office_id, ()), self.closures)
        return office.model_copy(update={"outages": self.outages.get(office_id, ())})

    def _answer(self) -> None:
        if self.away:
            raise Unreachable("ClientConnectorError")


def _serves(actor: Actor, booking: StaffBooking) -> bool:
    reached = booking_offices(actor)
    return "*" in reached or booking.office_id in reached


def _fits(booking: StaffBooking, query: Mapping[str, str]) -> bool:
    shown = {
        "office": booking.office_id,
        "day": booking.starts_at.astimezone(JST).date().isoformat(),
        "procedure": booking.procedure_id,
        "status": booking.status,
        "channel": booking.channel,
        "number": f"{booking.number[:5]}-{booking.number[5:]}",
    }
    if str(booking.booking_id) not in query.get("ids", str(booking.booking_id)):
        return False
    return all(shown.get(name, value) == value for name, value in query.items())
