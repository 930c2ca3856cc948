"""What reporting says: counts without a person in them."""

from datetime import date

from pydantic import AwareDatetime

from libs.common.facts import Contract


class CountRow(Contract):
    """Bookings (件) of one office and procedure whose visit is on the day.

    booked = all of them; cancelled, arrived, finished, unfinished and missed are what became of
    them so far, waiting is the rest: booked = waiting + arrived + finished + unfinished + missed +
    cancelled.
    """

    office_id: str
    office_name: str
    procedure_id: str
    procedure_name: str
    booked: int
    waiting: int
    arrived: int
    finished: int
    unfinished: int
    missed: int
    cancelled: int


class DayCounts(Contract):
    """GET /v1/counts?day=2026-12-01 (LGWAN door): counts of the offices the caller may see.

    The same at /v1/counts.csv (UTF-8 with BOM). `as_of` is when the newest counted fact happened.
    """

    day: date
    as_of: AwareDatetime | None
    rows: tuple[CountRow, ...]
    mails_sent: int
    mails_failed: int
