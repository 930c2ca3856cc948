"""What reporting says: figures without a person in them."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from libs.common.facts import Contract
from libs.contracts.times import Day

from .booking.offer import Channel

Basis = Literal["visit", "booked"]
"""来庁日で / 申込日で: which day of a booking says where it counts."""
Step = Literal["day", "month"]
LEADS = (4, 8, 15, 31)
"""Days from the application to the visit, by where the next group begins: 0–3, 4–7, 8–14, 15–30,
31 and more."""


class Figures(Contract):
    """Some bookings, counted.

    `bookings` are 件: booking numbers. `people` are 人: whose procedures they are; who comes along
    does not count, and a visit for several cards counts the cards. `procedures` are 手続き数: each
    of a visit, and one for each further card.

    bookings = waiting + arrived + finished + unfinished + missed + cancelled, by what became of
    them so far. unfinished = papers + identity + outage. `moves` is how often they were given
    another time. Waits last from 受付 to the first 呼出, serves from there to 完了, in seconds;
    None for nobody. `lead_days` are those from the application to the visit, altogether. `minutes`
    is how long their visits are planned to take.
    """

    bookings: int = 0
    people: int = 0
    procedures: int = 0
    waiting: int = 0
    arrived: int = 0
    finished: int = 0
    unfinished: int = 0
    papers: int = 0
    identity: int = 0
    outage: int = 0
    missed: int = 0
    cancelled: int = 0
    cancelled_by_staff: int = 0
    moves: int = 0
    moves_by_staff: int = 0
    waits: int = 0
    wait_seconds: int = 0
    median_wait: int | None = None
    high_wait: int | None = None
    longest_wait: int | None = None
    serves: int = 0
    serve_seconds: int = 0
    lead_days: int = 0
    minutes: int = 0

    @property
    def average_wait(self) -> float | None:
        """Seconds; None where nobody was called."""
        return self.wait_seconds / self.waits if self.waits else None

    @property
    def average_serve(self) -> float | None:
        return self.serve_seconds / self.serves if self.serves else None

    @property
    def missed_share(self) -> float | None:
        """来庁なし of those who were expected and whose visit has a result."""
        seen = self.finished + self.unfinished + self.missed
        return self.missed / seen if seen else None


class FigureGroup(Contract):
    """Figures of the bookings that have these in common; None is what they may differ in. `lead` is
    a place among LEADS."""

    figures: Figures
    office_id: str | None = None
    procedure_id: str | None = None
    period: date | None = None
    hour: int | None = None
    window: int | None = None
    channel: Channel | None = None
    lead: int | None = None


class CountedName(Contract):
    """An office or a procedure, in the city's order."""

    id: str
    name: str


class FigureQuery(Contract):
    """GET /v1/figures (LGWAN door): what is to be counted, from `first` to `last`, both included.

    Where nothing is said, all of it. `window` is the number that called; `procedure` the first
    one of a visit. `cancelled`: those that were cancelled as well.
    """

    first: Day
    last: Day
    basis: Basis = "visit"
    office: str | None = None
    window: int | None = None
    procedure: str | None = None
    channel: Channel | None = None
    cancelled: bool = True


class FigureReport(Contract):
    """Figures of the offices that the caller may see, in several cuts: the bookings of each cut add
    up to `total`, but that `windows` has only those who were called.

    In cuts by procedure, bookings and people stand under the first procedure of a visit, and
    `procedures` under each one's own. `periods` are days or months, as `step` says. `mails_sent`
    and `mails_failed` are those of the days. `as_of` is when the newest counted fact happened.
    Without `offices_known` booking's offices have not come in, and bookings may be missing too.
    """

    asked: FigureQuery
    step: Step
    as_of: AwareDatetime | None
    total: Figures
    offices: tuple[FigureGroup, ...] = ()
    procedures: tuple[FigureGroup, ...] = ()
    cells: tuple[FigureGroup, ...] = ()
    periods: tuple[FigureGroup, ...] = ()
    hours: tuple[FigureGroup, ...] = ()
    windows: tuple[FigureGroup, ...] = ()
    channels: tuple[FigureGroup, ...] = ()
    leads: tuple[FigureGroup, ...] = ()
    office_names: tuple[CountedName, ...] = ()
    procedure_names: tuple[CountedName, ...] = ()
    mails_sent: int = 0
    mails_failed: int = 0
    offices_known: bool = True


class CloseMonth(Contract):
    """POST /v1/closings: 月次確定. The figures of this month as they are now are kept for good."""

    month: Day


class MonthClosing(Contract):
    """A month that was confirmed: when and by whom."""

    month: date
    at: AwareDatetime
    closed_by: str


class ClosedMonth(Contract):
    """GET /v1/closings/{month}?basis=: what was kept when the month was confirmed, and what the
    same figures are now; None while nobody has confirmed it. `open_visits` are those of the month
    that have no result yet."""

    month: date
    basis: Basis
    closing: MonthClosing | None
    kept: tuple[FigureGroup, ...] = ()
    now: tuple[FigureGroup, ...] = ()
    open_visits: int = 0
