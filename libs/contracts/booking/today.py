"""What the counter works with on one day: who has come, who was called, what is still open."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from libs.common.facts import Contract

from .cards import CardPass
from .offer import Language, Need, Spoken
from .staff import StaffBooking
from .stamps import Stamps


class DayBooking(Contract):
    """`party` is the same for those who come together. `prepared`: whether the card was laid
    out for this office and day (前日準備); None where no card is needed. `shelf` is where it
    lies, where the city uses 保管番号."""

    booking: StaffBooking
    stamps: Stamps
    needs: tuple[Need, ...] = ()
    interpreter: Spoken | None = None
    language: Language = "ja"
    cards: int | None = None
    party_size: int = 1
    party: UUID | None = None
    prepared: bool | None = None
    shelf: str | None = None


class DayList(Contract):
    """GET /v1/staff/day?office=…&day=…: everything booked at one office for one day, by time
    and window, cancelled ones included.

    `open` is how many visits of past days there have no outcome yet, counted up to OPEN_MOST; `at`
    is when this was read, in whole minutes: while nothing changed, the answer is the same for a
    minute. `cards` is for callers with the right `cards.number`: for the last four signs of the
    numbers, or with `for=outage` for whole ones.
    """

    office_id: str
    day: date
    at: AwareDatetime
    bookings: tuple[DayBooking, ...]
    open: int
    cards: CardPass | None = None
    shelves: bool = False


class NextDay(Contract):
    """GET /v1/staff/day/next?office=…: the first day after today on which the office is open."""

    office_id: str
    day: date


class OpenVisits(Contract):
    """GET /v1/staff/day/open?office=…: visits of past days without an outcome (結果未入力),
    the oldest first, OPEN_MOST at most."""

    bookings: tuple[StaffBooking, ...]


OPEN_MOST = 200
