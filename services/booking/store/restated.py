"""Bookings as they are now, a page at a time, for subscribers that lost theirs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.contracts.booking import Outcome
from services.booking.domain.booking import Booking

from .base import Repository
from .bookings import COLUMNS, booking_row

NOBODY = UUID(int=0)
_OF_BOOKING = tuple(field.name for field in fields(Booking))
_STAMPS = ("window", "arrived_at", "called_at", "finished_at")

# Walks along booking_day. A booking that moves to a day that was passed already says so itself.
_PAGE = f"""
    WITH page AS (
        SELECT {COLUMNS} FROM booking WHERE (starts_at, booking_id) > ($1, $2)
        ORDER BY starts_at, booking_id LIMIT $3
    )
    SELECT page.*, coalesce(h.at, booked_at) AS at, h.actor <> 'citizen' AS by_staff,
        coalesce(v.outcomes, '{{}}') AS outcomes,
        v.window_id AS window, v.arrived_at, v.called_at, v.finished_at,
        EXISTS (SELECT FROM displaced d WHERE d.booking_id = page.booking_id AND d.state = 'open'
            AND (d.office_id, d.starts_at) = (page.office_id, page.starts_at))
        OR EXISTS (SELECT FROM outage_visit o WHERE o.booking_id = page.booking_id
            AND (o.office_id, o.starts_at) = (page.office_id, page.starts_at)
            AND o.state IN ('due', 'told')) AS displaced
    FROM page LEFT JOIN booking_history h USING (booking_id, version)
        LEFT JOIN visit v ON v.booking_id = page.booking_id AND v.office_id = page.office_id
            AND v.day = (page.starts_at AT TIME ZONE 'Asia/Tokyo')::date
    ORDER BY page.starts_at, page.booking_id
"""
_CONTACTS = "SELECT booking_id, contact FROM booking WHERE booking_id = ANY ($1)"


@dataclass(frozen=True)
class RestatedBooking:
    """A booking and what its newest fact said beside it; `stamps` are those of its visit, and
    `by_staff` says who made its newest version."""

    row: Booking
    at: datetime
    displaced: bool
    outcomes: dict[str, Outcome]
    stamps: dict[str, Any]
    by_staff: bool | None


class Restatements(Repository):
    """Reads only."""

    async def standings(self, after: datetime, last: UUID, count: int) -> list[RestatedBooking]:
        """Up to `count` bookings that begin later, or at that time with a later id."""
        rows = await self.connection.fetch(_PAGE, after, last, count)
        return [
            RestatedBooking(
                row=booking_row({name: row[name] for name in _OF_BOOKING}),
                at=row["at"],
                displaced=row["displaced"],
                outcomes=json.loads(row["outcomes"]),
                stamps={name: row[name] for name in _STAMPS},
                by_staff=row["by_staff"],
            )
            for row in rows
        ]

    async def contacts(self, booking_ids: Sequence[UUID]) -> dict[UUID, str | None]:
        """The sealed addresses that mails about these bookings may go to now."""
        rows = await self.connection.fetch(_CONTACTS, booking_ids)
        return {row["booking_id"]: row["contact"] for row in rows}
