"""How the times of offices are set up: what staff want, what it would do, and what became of it."""

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract
from libs.contracts.times import Day

from .offer import Series

DayKind = Literal["closed", "until", "hours", "windows"]
"""休み / ○時以降中止 / この日だけの時間 / 窓口を減らす"""

FaultReason = Literal[
    "missing",
    "backwards",
    "past",
    "grid",
    "unit",
    "short",
    "outside-hours",
    "overlap",
    "windows",
    "too-many",
    "unknown",
    "link-closed",
    "taken",
    "not-monday",
    "same",
]
"""Why a step cannot be: nothing given; the end before the begin; wholly over; not on five minutes;
the unit does not divide the hours; a procedure is longer than the hours; a break outside the hours;
two breaks at once; a window below 1, twice, or both public and staff; too many; no such thing; a
procedure that needs the national link would end after 20:00; the id belongs to another office; no
Monday; to itself."""

CallResult = Literal["done", "absent"]
"""済 / 不在"""

Proposal = Literal["open", "accepted", "moved", "kept", "cancelled", "over"]
"""An affected booking: not answered yet, moved to the proposed time, moved elsewhere, left where it
is by staff, cancelled, or its day has passed."""


class SpecialDay(Contract):
    """One day of one office on which its series do not hold as they stand.

    `closed`: nothing. `until`: nothing from `closes` on (本日○時以降中止). `hours`: only from
    `opens` to `closes`. `windows`: only these `windows`, all day; nobody is cancelled, what
    stands at others is shown as excess. `reason` is what citizens may read.
    """

    day: Day
    kind: DayKind
    opens: time | None = None
    closes: time | None = None
    windows: tuple[int, ...] = ()
    reason: str = Field(default="", max_length=100)


StopKind = Literal["closed", "hours", "works"]
"""終日止まる / 時間を決めて止まる / 点検日だが止まらない"""


class NationalStop(Contract):
    """What is known of the national system on a day, beyond the rule that it rests on the Sunday
    after each third Saturday: it rests all day, from `starts` to `ends`, or works although the rule
    says otherwise. Series that are not open `on_stops` are closed then, at every office. `reason`
    is what citizens may read.
    """

    day: Day
    kind: StopKind
    starts: time | None = None
    ends: time | None = None
    reason: str = Field(default="", max_length=100)


class NationalStopList(Contract):
    """GET /v1/staff/stops: those of today and of the coming days."""

    stops: tuple[NationalStop, ...]


class PutSeries(Contract):
    """A new series, or another text of one that exists (by its id)."""

    step: Literal["put_series"] = "put_series"
    office_id: str
    series: Series


class EndSeries(Contract):
    """The series' last day is `last_day`; before its first day it is removed."""

    step: Literal["end_series"] = "end_series"
    office_id: str
    series_id: str
    last_day: Day


class PutDay(Contract):
    step: Literal["put_day"] = "put_day"
    office_ids: tuple[str, ...]
    day: SpecialDay


class ClearDay(Contract):
    """The day is again as the series say."""

    step: Literal["clear_day"] = "clear_day"
    office_ids: tuple[str, ...]
    day: Day


class PutStop(Contract):
    """For all offices: needs the right `settings.edit`, and to serve all of them."""

    step: Literal["put_stop"] = "put_stop"
    stop: NationalStop


class ClearStop(Contract):
    """On that day the rule holds again."""

    step: Literal["clear_stop"] = "clear_stop"
    day: Day


class CopyWeek(Contract):
    """What is special in the week of the Monday `week` (special days, and series that are valid
    within that week only) is also so in the weeks of `to`."""

    step: Literal["copy_week"] = "copy_week"
    office_id: str
    week: Day
    to: tuple[Day, ...]


class CopyOffice(Contract):
    """The offices `to` have the series of `office_id` from `first_day` on instead of their own."""

    step: Literal["copy_office"] = "copy_office"
    office_id: str
    to: tuple[str, ...]
    first_day: Day


ScheduleStep = Annotated[
    PutSeries | EndSeries | PutDay | ClearDay | PutStop | ClearStop | CopyWeek | CopyOffice,
    Field(discriminator="step"),
]


class ScheduleChange(Contract):
    """POST /v1/staff/schedules/plan: what is wanted, as steps that are applied in order, all or
    none. Answered with a SchedulePlan; nothing is changed."""

    steps: tuple[ScheduleStep, ...] = Field(min_length=1, max_length=50)


class Fault(Contract):
    """Why a change is refused: the number of the step from 0, its field, and the reason. A refusal
    has the slug `bad-schedule` and the status 422, and lists all of them as `faults`."""

    step: int
    field: str
    reason: FaultReason


class Proposed(Contract):
    """Another time for an affected booking: the nearest free one, held for it until `held_until`
    once the change is applied."""

    office_id: str
    starts_at: AwareDatetime
    held_until: AwareDatetime | None = None


class Affected(Contract):
    """A standing booking whose time the change takes away."""

    booking_id: UUID
    number: str
    office_id: str
    procedure_id: str
    starts_at: AwareDatetime
    minutes: int
    has_email: bool
    proposed: Proposed | None


class Excess(Contract):
    """More standing bookings than places: nobody is cancelled."""

    office_id: str
    starts_at: AwareDatetime
    bookings: int
    places: int


class Competing(Contract):
    """Series that share windows at the same time; each place is given once, to whoever is first."""

    office_id: str
    series_ids: tuple[str, str]
    windows: tuple[int, ...]


class OfficePlan(Contract):
    """What a change does at one office. A place is one start time of one series at one window:
    1日24枠・合計480枠; counted are the series that the change puts, else all of its days.
    `places_a_day` is the most that one day has. `added` and `removed` are minutes of open windows.

    Who stands at a window that closes while others are open then is no `affected`: they move over
    to a free window unseen, and where none is free they stay and are `excess`.
    """

    office_id: str
    places_a_day: int
    places: int
    added: int
    removed: int
    affected: tuple[Affected, ...]
    excess: tuple[Excess, ...]
    competing: tuple[Competing, ...]


class SchedulePlan(Contract):
    """`seen` stands for exactly this: applying with it does this or nothing. Which times are
    proposed is no part of it. Days after `last_day` (a year ahead at most) are not looked at."""

    seen: str
    offices: tuple[OfficePlan, ...]
    first_day: date
    last_day: date


class ScheduleApply(Contract):
    """POST /v1/staff/schedules/apply: the same steps, with the plan that was seen. Answered with an
    AppliedChange; with the problem `plan-changed` (409) and the new `plan` where something has
    moved meanwhile. `mail`: tell those who gave an address."""

    change: ScheduleChange
    seen: str
    mail: bool = True


class AppliedChange(Contract):
    """GET /v1/staff/schedules/changes?office=…, newest first; POST …/changes/{id}/undo.

    `can_undo`: nothing applied or booked since contradicts it. `created` are the series that there
    were not before. `affected` counts the bookings it displaced, `waiting` those not settled yet.
    Undoing one that cannot be undone is refused as `cannot-undo` (409), with `why`: `undone`,
    `over`, `changed` (a later change touches it) or `booked` (somebody has a booking in what it
    opened).
    """

    change_id: UUID
    at: AwareDatetime
    actor: str
    steps: tuple[ScheduleStep, ...]
    office_ids: tuple[str, ...]
    added: int
    removed: int
    affected: int
    waiting: int
    can_undo: bool
    undone_at: AwareDatetime | None = None
    undone_by: str | None = None
    created: tuple[str, ...] = ()


class AppliedChangeList(Contract):
    changes: tuple[AppliedChange, ...]


class SlotLoad(Contract):
    """How one start time of the grid stands: windows open to the public and to staff only, and how
    many are taken."""

    starts_at: AwareDatetime
    public: int
    staff: int
    taken: int


class ScheduleDay(Contract):
    """`closed_for` says why no series holds (the name of a holiday, 年末年始, the reason of a
    special day); `series_ids` are those that hold on this day."""

    day: date
    closed_for: str = ""
    special: SpecialDay | None = None
    series_ids: tuple[str, ...]
    loads: tuple[SlotLoad, ...]


class ScheduleWeek(Contract):
    """GET /v1/staff/schedules/week?office=…&week=… (a Monday): seven days, each with its loads
    every `grid_minutes`, and all series of the office whose validity touches the week."""

    office_id: str
    week: date
    grid_minutes: int
    series: tuple[Series, ...]
    days: tuple[ScheduleDay, ...]


class Displaced(Contract):
    """A booking that a change displaced, for the list of calls. `phone` and `email` only for those
    who serve the office."""

    booking_id: UUID
    version: int
    number: str
    change_id: UUID
    office_id: str
    procedure_id: str
    starts_at: AwareDatetime
    minutes: int
    proposed: Proposed | None
    state: Proposal
    has_email: bool
    mailed: bool
    phone: str | None
    kana: str | None
    called: CallResult | None
    called_at: AwareDatetime | None
    called_by: str | None


class DisplacedList(Contract):
    """GET /v1/staff/displaced?office=…&change=…&state=…: by time, at most 500."""

    displaced: tuple[Displaced, ...]


class DisplacedCall(Contract):
    """POST /v1/staff/displaced/{booking_id}/call."""

    result: CallResult


class DisplacedAnswer(Contract):
    """POST /v1/staff/displaced/{booking_id}/accept (to the proposed time) | keep (stays where it
    is, as excess). `version` is the one that was seen. Refused as `hold-expired` where the proposal
    is no longer held, as `not-active` where it was answered already."""

    version: int
