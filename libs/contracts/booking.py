"""What booking says: offices, procedures, times, holds and bookings."""

from datetime import date, time
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract, Fact

CELL_MINUTES = 5
"""The grid of all times: a visit of 30 minutes takes 6 cells of one window."""

BOOKED_UNTIL = 253402300799.0
"""`taken_until` of a booked cell, in seconds since 1970: the end of the year 9999."""

Visitor = Literal["self", "guardian", "proxy"]
"""本人 / 本人と法定代理人 / 任意代理人"""

Channel = Literal["web", "phone", "counter"]
"""ネット / 電話 / 窓口・当日"""

Status = Literal["confirmed", "arrived", "finished", "missed", "cancelled"]
"""予約済 / 受付済 / 完了 / 来庁なし / 取消"""

Outcome = Literal["collected", "done", "applied", "papers", "identity", "outage"]
"""交付済 / 手続完了 / 申請受付済 / 完了できず: 書類不足, 本人確認, システム障害"""


class Series(Contract):
    """Start times that an office offers: `unit_minutes` apart, on `weekdays` (0 = Monday).

    `windows` are the window numbers it may use; several series may share them.
    """

    series_id: str
    procedure_ids: tuple[str, ...]
    weekdays: tuple[int, ...]
    opens: time
    closes: time
    unit_minutes: int = Field(ge=CELL_MINUTES, multiple_of=CELL_MINUTES)
    windows: tuple[int, ...]
    valid_from: date
    valid_until: date


class Office(Contract):
    office_id: str
    name: str
    kana: str
    address: str
    phone: str
    series: tuple[Series, ...]
    position: int = 0
    version: int


class Procedure(Contract):
    """`needs_card`: the person is checked against the imported list and the office is where the
    card is; otherwise 氏名カナ and date of birth are asked and any office will do.

    Bookable from `opens_days_before` to `closes_days_before` days ahead of the visit (0: until it
    starts); changed by the citizen until `changes_days_before`.
    """

    procedure_id: str
    name: str
    plain: str
    group: str
    minutes: int = Field(ge=CELL_MINUTES, multiple_of=CELL_MINUTES)
    needs_card: bool
    outcomes: tuple[Outcome, ...]
    visitors: tuple[Visitor, ...]
    documents: tuple[str, ...]
    notes: tuple[str, ...]
    opens_days_before: int
    closes_days_before: int
    changes_days_before: int = 0
    position: int
    version: int


class Catalog(Contract):
    """GET /v1/catalog: everything a door shows apart from times."""

    offices: tuple[Office, ...]
    procedures: tuple[Procedure, ...]


class CellRun(Contract):
    """Neighbouring cells of one window. `versions` has one number a cell; `taken_until` is in
    seconds since 1970, 0 when free, BOOKED_UNTIL when booked."""

    window_id: int
    starts_at: AwareDatetime
    versions: tuple[int, ...]
    taken_until: float


class WindowDay(Contract):
    """One window on one day: runs of (first cell of the day 0–287, cells, version, taken_until).

    Only cells that a schedule opened appear.
    """

    window_id: int
    day: date
    runs: tuple[tuple[int, int, int, float], ...]


class BoardSnapshot(Contract):
    """GET /v1/board?office=…: the state of every cell of an office from today on."""

    office_id: str
    days: tuple[WindowDay, ...]


class HoldRequest(Contract):
    """POST /v1/holds (internet door): take a time for this session, or move the hold there.

    The session is the caller's actor. `ticket` is eligibility's, where the procedure needs one.
    `change` names the booking that is to move; its proof is asked again.
    """

    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    ticket: str | None = None
    change: "BookingProof | None" = None


class Hold(Contract):
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    expires_at: AwareDatetime
    extensions_left: int


class BookingRequest(Contract):
    """POST /v1/bookings (internet door): make the held time a booking.

    With a card: `ticket` says who. Otherwise `kana` and `born` do. Procedure, office and time are
    what the citizen saw on the page: another tab may have moved the hold meanwhile.
    """

    procedure_id: str
    office_id: str
    starts_at: AwareDatetime

    visitor: Visitor
    language: str = "ja"
    ticket: str | None = None
    kana: str | None = Field(default=None, max_length=100)
    born: date | None = None
    email: str | None = Field(default=None, max_length=254)


class BookingProof(Contract):
    """What a citizen shows to see or cancel a booking: POST /v1/bookings/find and /cancel."""

    number: str = Field(max_length=32)
    born: date


class ChangeRequest(BookingProof):
    """POST /v1/bookings/change: move the booking to the held time, which is the one the citizen saw
    on the page."""

    office_id: str
    starts_at: AwareDatetime


class Booking(Contract):
    """A booking as its citizen sees it."""

    number: str
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    visitor: Visitor
    status: Status
    has_email: bool
    can_change: bool
    can_cancel: bool
    version: int


class HistoryLine(Contract):
    version: int
    at: AwareDatetime
    actor: str
    what: str
    status: Status
    starts_at: AwareDatetime
    reason: str | None = None


class StaffBooking(Contract):
    """A booking as staff see it in a list. No name: the number is enough to call and to find."""

    booking_id: UUID
    number: str
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    window_id: int
    visitor: Visitor
    channel: Channel
    status: Status
    outcome: Outcome | None
    has_email: bool
    mail_failed: bool
    card_moved: bool
    booked_at: AwareDatetime
    version: int


class StaffBookingDetail(Contract):
    booking: StaffBooking
    kana: str | None
    history: tuple[HistoryLine, ...]


class StaffBookingList(Contract):
    """GET /v1/staff/bookings?office=…&day=…&procedure=…&status=…&number=…&after=…: at most 200,
    by appointment time; `next_after` continues."""

    bookings: tuple[StaffBooking, ...]
    next_after: str | None


class Tick(Contract):
    """POST /v1/staff/bookings/{id}/arrive | finish | miss | undo: 受付, outcome, 来庁なし, undo.

    `version` is the one the member of staff saw.
    """

    version: int
    outcome: Outcome | None = None


class StaffCancel(Contract):
    """POST /v1/staff/bookings/{id}/cancel."""

    version: int
    reason: str = Field(max_length=200)


class OfficePublished(Fact):
    """An office with its series is new or changed."""

    name: ClassVar[str] = "office.published.v1"
    office: Office


class ProcedurePublished(Fact):
    name: ClassVar[str] = "procedure.published.v1"
    procedure: Procedure


class CellsChanged(Fact):
    """Cells were taken or given back. Only live subscribers: a door counts for itself.

    `many` says that too many cells changed to list them: fetch the office's board again.
    """

    name: ClassVar[str] = "cells.changed.v1"
    mandatory: ClassVar[bool] = False
    office_id: str
    runs: tuple[CellRun, ...]
    many: bool = False


class BookingFact(Fact):
    """One version of a booking. `contact` is the sealed e-mail address (purpose 'contact')."""

    booking_id: UUID
    version: int
    number: str
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    visitor: Visitor
    channel: Channel
    status: Status
    outcome: Outcome | None
    language: str
    contact: str | None
    at: AwareDatetime


class BookingConfirmed(BookingFact):
    name: ClassVar[str] = "booking.confirmed.v1"


class BookingChanged(BookingFact):
    """The booking moved from `previous_starts_at` at `previous_office_id`."""

    name: ClassVar[str] = "booking.changed.v1"
    previous_office_id: str
    previous_starts_at: AwareDatetime


class BookingCancelled(BookingFact):
    name: ClassVar[str] = "booking.cancelled.v1"
    by_staff: bool


class BookingArrived(BookingFact):
    name: ClassVar[str] = "booking.arrived.v1"


class BookingFinished(BookingFact):
    """Done or not: `outcome` says which. `card_key` is eligibility's key of the person, for
    issuance only."""

    name: ClassVar[str] = "booking.finished.v1"
    card_key: str | None


class BookingMissed(BookingFact):
    name: ClassVar[str] = "booking.missed.v1"


class BookingReopened(BookingFact):
    """A tick was taken back; `status` is what holds again. `card_key` as in finished."""

    name: ClassVar[str] = "booking.reopened.v1"
    card_key: str | None
