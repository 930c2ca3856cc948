"""The services as the staff door's tests need them: in memory, with the owners' own refusals."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.contracts.booking import (
    Catalog,
    Closure,
    HistoryLine,
    Office,
    Outcome,
    Procedure,
    Series,
    StaffBooking,
    StaffBookingDetail,
    StaffBookingExport,
    StaffBookingList,
    StaffCancel,
    Status,
    Tick,
    booking_offices,
    counter_offices,
)
from libs.contracts.eligibility import Check, CheckReply, ImportList, ImportReport, RejectedRow
from libs.contracts.notify import Delivery, DeliveryList
from libs.contracts.reporting import CountRow, DayCounts
from libs.contracts.times import JST
from services.gateway.lgwan.desk import Services
from services.gateway.web.clients import (
    EligibilityClient,
    NotifyClient,
    ReportingClient,
    StaffBookingClient,
    TickAction,
)
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import now

from .fake_corrections import FakeCorrections
from .fake_counter import FakeCounter
from .fake_offers import FakeOffers
from .fake_phone import FakePhone
from .fake_schedules import FakeSchedules
from .fake_texts import FakeTexts
from .fake_today import FakeDay, FakeToday

OFFICES = (
    ("honcho", "本庁舎1階市民課"),
    ("tsurusaki", "鶴崎支所"),
    ("onan", "大南支所"),
    ("wasada", "稙田支所"),
    ("ozai", "大在支所"),
    ("sakanoichi", "坂ノ市支所"),
    ("saganoseki", "佐賀関支所"),
    ("notsuharu", "野津原支所"),
    ("akeno", "明野支所"),
)
PROCEDURES: tuple[tuple[str, str, int, tuple[Outcome, ...]], ...] = (
    ("issuance", "カードの交付", 30, ("collected",)),
    ("pin", "暗証番号再設定・変更", 15, ("done",)),
    ("certificate", "電子証明書に関する手続き", 20, ("done",)),
)
BORN = date(1960, 4, 1)
AFTER: dict[TickAction, Status] = {
    "arrive": "arrived",
    "call": "arrived",
    "finish": "finished",
    "miss": "missed",
}


def today_at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(now().date(), datetime.min.time(), JST) + timedelta(
        hours=hour, minutes=minute
    )


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
        self.kept = {booking.booking_id: booking for booking in bookings}
        self.calls: list[tuple[str, str, str]] = []
        self.queries: list[dict[str, str]] = []
        self.reasons: list[str] = []
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
        self.series: dict[str, tuple[Series, ...]] = {}
        self.closures: list[Closure] = []
        """What the catalog says of each office."""

    async def catalog(self) -> Catalog:
        self._answer()
        made = Catalog(
            offices=tuple(self._office(*named) for named in OFFICES),
            procedures=tuple(_procedures()),
        )
        return self.city or made

    async def bookings(self, actor: Actor, query: Mapping[str, str]) -> StaffBookingList:
        self._answer()
        self.queries.append(dict(query))
        found = [b for b in self.kept.values() if _serves(actor, b) and _fits(b, query)]
        found.sort(key=lambda booking: booking.starts_at)
        return StaffBookingList(bookings=tuple(found), next_after=self.next_after)

    async def export(self, actor: Actor, query: Mapping[str, str]) -> StaffBookingExport:
        if "bookings.export" not in actor.rights:
            raise Refused(403, "not-allowed", {})
        self.queries.append(dict(query))
        part = self.parts.pop(0) if self.parts else None
        if isinstance(part, Exception):
            raise part
        found = tuple(b for b in self.kept.values() if _serves(actor, b) and _fits(b, query))
        return part or StaffBookingExport(
            bookings=found, next_after=None, at=today_at(9, 41), total=len(found)
        )

    async def booking(self, actor: Actor, booking_id: UUID) -> StaffBookingDetail:
        booking = self._theirs(actor, booking_id)
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
        if past := self.past.get(booking_id):
            return StaffBookingDetail(
                booking=booking, kana=None, history=(first, *past), **self.told
            )
        last = first.model_copy(
            update={"version": 2, "actor": "suzuki", "what": "arrive", "at": today_at(10, 24)}
        )
        history = (first, last) if booking.version > 1 else (first,)
        return StaffBookingDetail(booking=booking, kana=None, history=history, **self.told)

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
        self.calls.append((action, actor.name, key))
        called = action == "undo" and self.day.of(booking).called_at
        self.day.tick(booking, action, tick)
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
        known = {"series": self.series.get(office_id, ()), "closures": self.closures}
        told = {"office_id": office_id, "name": name, "version": 1}
        return Office.model_validate(
            {**dict.fromkeys(("kana", "address", "phone"), ""), **told, **known}
        )

    def _answer(self) -> None:
        if self.away:
            raise Unreachable("ClientConnectorError")


class FakeEligibility(EligibilityClient):
    """Keeps the files it was sent; answers with `errors`, or refuses with `refusal`. `cards` are
    the offices where cards lie, by number; everybody was born on BORN."""

    def __init__(self, errors: Iterable[RejectedRow] = ()) -> None:
        self.files: list[tuple[str, bytes, str]] = []
        self.errors = tuple(errors)
        self.reports: dict[UUID, ImportReport] = {}
        self.refusal: Refused | None = None
        self.cards = {"ABC-123456": "honcho", "DEF-234567": "tsurusaki"}
        self.away = False

    async def check(self, actor: Actor, request: Check) -> CheckReply:
        if self.away:
            raise Unreachable("ClientConnectorError")
        office = self.cards.get(request.card_number)
        if office is None or request.born != BORN:
            raise Refused(404, "no-match", {})
        return CheckReply(ticket=f"ticket of {office}", office_id=office, state="ready")

    async def import_file(
        self, actor: Actor, key: str, file_name: str, content: bytes
    ) -> ImportReport:
        if self.refusal:
            raise self.refusal
        self.files.append((file_name, content, key))
        rows = len(content.splitlines()) - 1
        report = ImportReport(
            batch_id=uuid4(),
            file_name=file_name,
            encoding="CP932",
            rows=rows,
            added=rows - len(self.errors),
            changed=0,
            unchanged=0,
            rejected=len(self.errors),
            errors=self.errors,
            at=datetime.now(UTC),
        )
        self.reports[report.batch_id] = report
        return report

    async def imports(self, actor: Actor) -> ImportList:
        return ImportList(imports=tuple(self.reports.values()))

    async def import_report(self, actor: Actor, batch_id: UUID) -> ImportReport:
        if batch_id not in self.reports:
            raise Refused(404, "not-found", {})
        return self.reports[batch_id]


class FakeNotify(NotifyClient):
    def __init__(self) -> None:
        self.away = False

    async def deliveries(self, actor: Actor, booking_id: UUID) -> DeliveryList:
        if self.away:
            raise Unreachable("ClientConnectorError")
        sent = Delivery(
            kind="confirmed", version=1, state="sent", attempts=1, last_reply=None, at=today_at(9)
        )
        failed = sent.model_copy(
            update={"kind": "changed", "state": "failed", "last_reply": "550 mailbox unavailable"}
        )
        reminder = sent.model_copy(update={"kind": "reminder", "version": 2})
        return DeliveryList(deliveries=(sent, failed, reminder))


class FakeReporting(ReportingClient):
    def __init__(self) -> None:
        self.rows = [
            a_count("honcho", "本庁舎1階市民課", "issuance", "カードの交付", 24, 9, 2, 8, 1, 1, 3),
            a_count(
                "honcho", "本庁舎1階市民課", "pin", "暗証番号再設定・変更", 9, 4, 1, 3, 0, 0, 1
            ),
            a_count("tsurusaki", "鶴崎支所", "issuance", "カードの交付", 12, 5, 1, 4, 0, 1, 1),
        ]

    async def counts(self, actor: Actor, day: date) -> DayCounts:
        return DayCounts(
            day=day, as_of=today_at(9, 41), rows=tuple(self.rows), mails_sent=41, mails_failed=2
        )

    async def counts_csv(self, actor: Actor, day: date) -> bytes:
        return f"\ufeff来庁日,{day.isoformat()}\r\n".encode()


def a_count(
    office_id: str, office: str, procedure_id: str, procedure: str, *figures: int
) -> CountRow:
    names = ("booked", "waiting", "arrived", "finished", "unfinished", "missed", "cancelled")
    return CountRow.model_validate(
        {
            "office_id": office_id,
            "office_name": office,
            "procedure_id": procedure_id,
            "procedure_name": procedure,
            **dict(zip(names, figures, strict=True)),
        }
    )


def fake_services(bookings: Iterable[StaffBooking] = ()) -> Services:
    booking = FakeBooking(bookings)
    return Services(
        booking,
        FakeEligibility(),
        FakeNotify(),
        FakeReporting(),
        FakeCounter(booking.kept),
        FakeCorrections(booking),
        FakeOffers(),
        FakePhone(booking.kept),
        FakeToday(booking),
        FakeTexts(),
        FakeSchedules(booking.kept, booking.series, booking.closures),
    )


def _procedures() -> Iterable[Procedure]:
    for position, (procedure_id, name, minutes, outcomes) in enumerate(PROCEDURES):
        yield Procedure(
            procedure_id=procedure_id,
            name=name,
            plain=name,
            group=procedure_id,
            minutes=minutes,
            needs_card=procedure_id == "issuance",
            outcomes=outcomes,
            visitors=("self", "guardian", "proxy"),
            documents=(),
            notes=(),
            opens_days_before=45,
            closes_days_before=3,
            position=position,
            version=1,
        )


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
    return all(shown.get(name, value) == value for name, value in query.items())
