"""What members of staff put right about a booking that stands."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract
from libs.contracts.times import Moment

from .offer import Outcome, Status
from .stamps import Stamps

CorrectionReason = Literal["mistake", "omission", "later", "outage"]
"""押し間違い / 入力もれ / 後から判明 / システム停止中の記録"""

CorrectedStatus = Literal["confirmed", "finished", "missed"]
"""結果なし / 完了, with an outcome / 来庁なし"""


class StaffContact(Contract):
    """GET /v1/staff/bookings/{id}/contact: how the person
    is reached, for whoever may correct it."""

    version: int
    email: str | None
    phone: str | None


class StaffContactChange(Contract):
    """POST /v1/staff/bookings/{id}/contact: address and number as they are to be from now on; None
    is none. Open until the day of the visit has passed."""

    version: int
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)


class StaffResult(Contract):
    """GET /v1/staff/bookings/{id}/result: what came of a visit, for whoever may correct it."""

    version: int
    status: Status
    outcome: Outcome | None
    stamps: Stamps


class StaffResultChange(Contract):
    """POST /v1/staff/bookings/{id}/result: what really came of a visit, of today or any day before.

    `outcomes` as in Tick. `arrived_at` and `finished_at` are the real times, on the day of the
    visit and not in the future; those that are not given are not known. Without a result there are
    none.
    """

    version: int
    status: CorrectedStatus
    outcome: Outcome | None = None
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    arrived_at: Moment | None = None
    finished_at: Moment | None = None
    reason: CorrectionReason


class FreeDay(Contract):
    """The start times of a day that are free for a booking; none where nothing is open."""

    day: date
    starts: tuple[AwareDatetime, ...]


class BookingTimes(Contract):
    """GET /v1/staff/bookings/{id}/times?office=…&from=…: where a booking could move to at an
    office, on 14 days from that day on. The citizen's deadlines do not count."""

    version: int
    office_id: str
    days: tuple[FreeDay, ...]


class StaffMove(Contract):
    """POST /v1/staff/bookings/{id}/move: another time or office, as one of BookingTimes. The old
    time is given back in the same transaction."""

    version: int
    office_id: str
    starts_at: Moment
