"""The one question that reporting answers: what became of the bookings of a day."""

from collections.abc import Iterable
from datetime import date

from libs.contracts.reporting import CountRow, DayCounts

from .store import Store


async def count_day(store: Store, day: date, offices: Iterable[str]) -> DayCounts:
    """The counts of `day` at `offices` (ids, or EVERY_OFFICE among them)."""
    wanted = list(offices)
    rows = await store.booking_counts(day, wanted)
    mails = await store.mail_counts(day, wanted)
    known = await store.known_rows()
    moments = [found["newest_at"] for found in (*rows, mails)]
    return DayCounts(
        day=day,
        as_of=max((moment for moment in moments if moment), default=None),
        rows=tuple(CountRow.model_validate(row) for row in rows),
        mails_sent=mails["sent"],
        mails_failed=mails["failed"],
        offices_known=known["offices"] > 0,
    )
