"""What the counter works with on one day: who has come, who was called, what is still open."""

from datetime import date

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract

from .offer import Language, Need, Outcome
from .staff import StaffBooking


class Stamps(Contract):
    """What the counter stamped on a booking. Calling is a stamp, not a state: it can be repeated.

    `reception` is the 受付番号 of the day and office; it stays when 受付 is taken back and done
    again. `window` is where the person was called to last. `outcomes` are those of the further
    procedures of the visit, by procedure; the first one's is the booking's own.
    """

    reception: int | None = None
    arrived_at: AwareDatetime | None = None
    called_at: AwareDatetime | None = None
    window: int | None = None
    calls: int = 0
    finished_at: AwareDatetime | None = None
    outcomes: dict[str, Outcome] = Field(default_factory=dict)


class DayBooking(Contract):
    """`prepared`: whether the card was laid out for this office and day (前日準備); None where no
    card is needed."""

    booking: StaffBooking
    stamps: Stamps
    needs: tuple[Need, ...] = ()
    language: Language = "ja"
    cards: int | None = None
    party_size: int = 1
    prepared: bool | None = None


class DayList(Contract):
    """GET /v1/staff/day?office=…&day=…: everything booked at one office for one day, by time
    and window, cancelled ones included.

    `open` is how many visits of past days there have no outcome yet, counted up to OPEN_MOST; `at`
    is when this was read, in whole minutes: while nothing changed, the answer is the same for a
    minute.
    """

    office_id: str
    day: date
    at: AwareDatetime
    bookings: tuple[DayBooking, ...]
    open: int


class OpenVisits(Contract):
    """GET /v1/staff/day/open?office=…: visits of past days without an outcome (結果未入力),
    the oldest first, OPEN_MOST at most."""

    bookings: tuple[StaffBooking, ...]


OPEN_MOST = 200
