"""Corrections of bookings in memory: contact details beside the bookings of FakeBooking."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from libs.contracts.booking import (
    BookingTimes,
    DayBooking,
    DayList,
    FreeDay,
    Need,
    StaffBooking,
    StaffContact,
    StaffContactChange,
    StaffMove,
    StaffResult,
    StaffResultChange,
    Stamps,
)
from libs.contracts.times import JST
from services.gateway.web.clients import CorrectionsClient
from services.gateway.web.link import Actor, Refused, Unreachable

if TYPE_CHECKING:
    from .fakes import FakeBooking


class FakeCorrections(CorrectionsClient):
    """`reached` is how each person is reached: (e-mail, phone)."""

    def __init__(self, bookings: "FakeBooking") -> None:
        self.bookings = bookings
        self.reached: dict[UUID, tuple[str | None, str | None]] = {}
        self.stamps: dict[UUID, Stamps] = {}
        self.needs: dict[UUID, tuple[Need, ...]] = {}
        self.prepared: dict[UUID, bool] = {}
        self.away: set[str] = set()
        """Offices whose day cannot be read."""
        self.keys: set[str] = set()
        self.no_cards: set[str] = set()
        """Offices that the card of the booking does not lie at."""
        self.refusal = ""
        """Why nothing can be moved."""
        self.asked: list[StaffResultChange] = []
        self.over = False
        """Whether the day of every booking has passed."""

    async def day(self, actor: Actor, office_id: str, day: date) -> DayList:
        if office_id in self.away:
            raise Unreachable("TimeoutError")
        query = {"office": office_id, "day": day.isoformat()}
        found = await self.bookings.bookings(actor, query)
        return DayList(
            office_id=office_id,
            day=day,
            at=datetime.now(UTC),
            bookings=tuple(
                DayBooking(
                    booking=one,
                    stamps=self.stamps.get(one.booking_id, Stamps()),
                    needs=self.needs.get(one.booking_id, ()),
                    prepared=self.prepared.get(one.booking_id),
                )
                for one in found.bookings
            ),
            open=0,
        )

    async def day_for_outage(self, actor: Actor, office_id: str, day: date) -> DayList:
        found = await self.day(actor, office_id, day)
        bookings = [one.booking for one in found.bookings]
        cards = self.bookings.kept.pass_of(actor, "outage", bookings)
        kept = self.bookings.kept
        shelved = tuple(
            one.model_copy(update={"shelf": kept.shelf_of(one.booking.booking_id)})
            for one in found.bookings
        )
        more = {"cards": cards, "bookings": shelved, "shelves": kept.shelves is not None}
        return found.model_copy(update=more)

    async def contact(self, actor: Actor, booking_id: UUID) -> StaffContact:
        booking = self.bookings._theirs(actor, booking_id)
        email, phone = self.reached.get(booking_id, ("taro@example.jp", None))
        return StaffContact(version=booking.version, email=email, phone=phone)

    async def change_contact(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffContactChange
    ) -> StaffBooking:
        booking = self.bookings._theirs(actor, booking_id)
        if booking.version != request.version:
            raise Refused(409, "version-conflict", {})
        self.bookings.calls.append(("contact", actor.name, key))
        self.reached[booking_id] = (request.email, request.phone)
        changed = self.bookings._change(booking, has_email=request.email is not None)
        self.bookings.note(changed, actor.name, "updated")
        return changed

    async def result(self, actor: Actor, booking_id: UUID) -> StaffResult:
        booking = self.bookings._theirs(actor, booking_id)
        return StaffResult(
            version=booking.version,
            status=booking.status,
            outcome=booking.outcome,
            stamps=self.stamps.get(booking_id, Stamps()),
        )

    async def change_result(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffResultChange
    ) -> StaffBooking:
        booking = self.bookings._theirs(actor, booking_id)
        if key in self.keys:
            return booking
        if booking.version != request.version:
            raise Refused(409, "version-conflict", {})
        self.keys.add(key)
        self.asked.append(request)
        self.bookings.calls.append(("result", actor.name, key))
        changed = self.bookings._change(booking, status=request.status, outcome=request.outcome)
        self.bookings.note(changed, actor.name, "correct")
        return changed

    async def times(
        self, actor: Actor, booking_id: UUID, office_id: str, first: date
    ) -> BookingTimes:
        booking = self.bookings._theirs(actor, booking_id)
        if self.over:
            raise Refused(409, "not-active", {})
        if office_id in self.no_cards:
            raise Refused(409, "card-elsewhere", {})
        days = [first + timedelta(days=n) for n in range(14)]
        return BookingTimes(
            version=booking.version,
            office_id=office_id,
            days=tuple(FreeDay(day=day, starts=_starts(day)) for day in days),
        )

    async def move(
        self, actor: Actor, key: str, booking_id: UUID, request: StaffMove
    ) -> StaffBooking:
        booking = self.bookings._theirs(actor, booking_id)
        if booking.version != request.version:
            raise Refused(409, "version-conflict", {})
        if self.refusal:
            raise Refused(409, self.refusal, {})
        changed = self.bookings._change(
            booking, starts_at=request.starts_at, office_id=request.office_id
        )
        self.bookings.note(changed, actor.name, "changed")
        return changed


def _starts(day: date) -> tuple[datetime, ...]:
    """On working days, every half an hour of the morning."""
    if day.weekday() > 4:
        return ()
    nine = datetime.combine(day, time(9), JST)
    return tuple(nine + timedelta(minutes=30 * n) for n in range(6))
