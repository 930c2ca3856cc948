"""What reporting says: counts without a person in them."""

from datetime import date

from pydantic import AwareDatetime

from libs.common.facts import Contract


class CountRow(Contract):
    """Bookings (件) of one office and procedure whose visit is on the day.

    booked = all of them; cancelled, arrived, finished, unfinished and missed are what became of
    them so far, waiting is the rest: booked = waiting + arrived + finished + unfinished + missed +
    cancelled.

    `waits` counts those who came and were called; `wait_seconds` is how long they waited from 受付
    to the first 呼出 altogether, `longest_wait` the longest of them in seconds, None for nobody.
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
    waits: int = 0
    wait_seconds: int = 0
    longest_wait: int | None = None

    @property
    def average_wait(self) -> float | None:
        """Seconds; None where nobody was called."""
        return self.wait_seconds / self.waits if self.waits else None


class DayCounts(Contract):
    """GET /v1/counts?day=2026-12-01 (LGWAN door): counts of the offices the caller may see.

    The same at /v1/counts.csv (UTF-8 with BOM). `as_of` is when the newest counted fact happened.
    Without `offices_known` booking's offices have not come in, and bookings may be missing too.
    """

    day: date
    as_of: AwareDatetime | None
    rows: tuple[CountRow, ...]
    mails_sent: int
    mails_failed: int
    offices_known: bool = True
