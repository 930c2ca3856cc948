"""電話する方: one list of whom mails do not reach, of displaced bookings and of outages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.contracts.booking import CallReason, CallResult

from .base import Repository
from .cards import is_shielded
from .displaced import STATE
from .standing import TODAY

MOST = 500
OUTAGE_DAYS = 14
"""So long after an outage, who met it is called."""

# A later address, or a mail that is sent once more, has not failed yet. Who booked again after an
# outage needs no call.
_REASONS = f"""
    SELECT d.booking_id, 'displaced' AS reason, c.at AS since,
        CASE WHEN d.held_until > clock() THEN d.held_until ELSE d.starts_at END AS until,
        d.called, d.called_at, d.called_by
    FROM displaced d JOIN booking b USING (booking_id) JOIN schedule_change c USING (change_id)
    WHERE d.state = 'open' AND {STATE} = 'open'
    UNION ALL
    SELECT p.booking_id, p.reason, p.since, b.starts_at, p.called, p.called_at, p.called_by
    FROM person_to_call p JOIN booking b USING (booking_id)
    WHERE (p.reason = 'reminder' OR p.reason = 'mail' AND b.mail_failed)
        AND p.contact_version = b.contact_version
        AND b.status = 'confirmed' AND b.starts_at > clock() AND b.contact IS NOT NULL
    UNION ALL
    SELECT b.booking_id, 'outage', b.starts_at, NULL, p.called, p.called_at, p.called_by
    FROM booking b LEFT JOIN person_to_call p
        ON p.booking_id = b.booking_id AND p.reason = 'outage'
    WHERE b.status = 'finished' AND b.outcome = 'outage'
        AND b.starts_at >= {TODAY} - make_interval(days => {OUTAGE_DAYS})
        AND NOT EXISTS (SELECT FROM active_person a
            WHERE a.person_key = b.person_key AND a.person_group = b.person_group)
    UNION ALL
    SELECT b.booking_id, 'outage', o.started_at,
        CASE WHEN b.starts_at > clock() THEN b.starts_at END, p.called, p.called_at, p.called_by
    FROM booking b JOIN outage_visit v USING (booking_id, office_id, starts_at)
    JOIN outage o USING (outage_id)
    LEFT JOIN person_to_call p ON p.booking_id = b.booking_id AND p.reason = 'outage'
    WHERE b.status = 'confirmed' AND v.state IN ('due', 'told')
        AND (b.contact IS NULL OR b.mail_failed)
        AND b.starts_at >= {TODAY} - make_interval(days => {OUTAGE_DAYS})
"""
# Reached for one reason only is not reached: another one may have come up since. Who comes together
# with one address that no mail reaches is called once.
_PEOPLE = f"""
    WITH reasons AS ({_REASONS}), people AS (
        SELECT booking_id, array_agg(reason ORDER BY reason) AS reasons, min(since) AS since,
            min(until) AS until,
            CASE WHEN bool_and(called IS NOT DISTINCT FROM 'done') THEN 'done'
                WHEN bool_or(called = 'absent') THEN 'absent' END AS called,
            max(called_at) AS called_at,
            (array_agg(called_by ORDER BY called_at DESC NULLS LAST))[1] AS called_by
        FROM reasons GROUP BY booking_id
    ), families AS (
        SELECT p.*, row_number() OVER (
            PARTITION BY coalesce(b.party_id, b.booking_id), b.contact, p.reasons,
                CASE WHEN NOT p.reasons <@ ARRAY['mail', 'reminder'] THEN b.booking_id END
            ORDER BY b.party_line, b.booking_id) AS place
        FROM people p JOIN booking b USING (booking_id))
    SELECT p.*, count(*) OVER () AS total FROM families p JOIN booking b USING (booking_id)
    WHERE ($3::uuid IS NOT NULL OR place = 1)
        AND ($1::text[] @> ARRAY['*'] OR b.office_id = ANY ($1))
        AND ($2::text IS NULL OR b.office_id = $2) AND ($3::uuid IS NULL OR b.booking_id = $3)
        AND ($4 OR p.called IS DISTINCT FROM 'done') AND ($5 OR NOT {is_shielded("b")})
    ORDER BY p.until NULLS LAST, b.starts_at, b.booking_id LIMIT {MOST}
"""
_ADD = """
    WITH failed AS (SELECT booking_id, party_id, contact FROM booking
        WHERE booking_id = $1 AND contact_version <= $2 AND contact IS NOT NULL)
    INSERT INTO person_to_call (booking_id, reason, since, contact_version)
    SELECT b.booking_id, $3, clock(), b.contact_version FROM booking b, failed f
    WHERE b.booking_id = f.booking_id
        OR $3 = 'mail' AND (b.party_id, b.contact) = (f.party_id, f.contact)
    ON CONFLICT (booking_id, reason) DO UPDATE SET since = excluded.since,
        contact_version = excluded.contact_version, called = NULL, called_at = NULL,
        called_by = NULL
"""
_NOTE = """
    INSERT INTO person_to_call (booking_id, reason, since, contact_version, called, called_at,
        called_by)
    SELECT b.booking_id, reason.reason, clock(), b.contact_version, $3, clock(), $4
    FROM booking own, booking b, unnest($2::text[]) AS reason (reason)
    WHERE own.booking_id = $1 AND (b.booking_id = $1
        OR (b.party_id, b.contact) = (own.party_id, own.contact) AND EXISTS (
            SELECT FROM person_to_call p
            WHERE (p.booking_id, p.reason) = (b.booking_id, reason.reason)))
    ON CONFLICT (booking_id, reason) DO UPDATE SET called = excluded.called,
        called_at = excluded.called_at, called_by = excluded.called_by
"""


@dataclass(frozen=True)
class CallRow:
    """Why somebody is called, until when, and what came of it."""

    booking_id: UUID
    reasons: tuple[CallReason, ...]
    since: datetime
    until: datetime | None
    called: CallResult | None
    called_at: datetime | None
    called_by: str | None


class PeopleToCallRepository(Repository):
    """Who has to be called; `offices` are those the caller serves."""

    async def add(self, booking_id: UUID, version: int, reason: CallReason) -> None:
        """A mail about that version did not arrive; nothing, where the address has changed since.
        A mail of a family concerns all who have its address. Who was called before is called
        again."""
        await self.connection.execute(_ADD, booking_id, version, reason)

    async def all(
        self, offices: Iterable[str], office_id: str | None, reached: bool, shielded: bool
    ) -> tuple[list[CallRow], int]:
        """The most urgent first, also those who were `reached`, or are `shielded`; and how many
        there are."""
        rows = await self.connection.fetch(
            _PEOPLE, list(offices), office_id, None, reached, shielded
        )
        return [_row(row) for row in rows], rows[0]["total"] if rows else 0

    async def get(self, offices: Iterable[str], booking_id: UUID, shielded: bool) -> CallRow | None:
        row = await self.connection.fetchrow(
            _PEOPLE, list(offices), None, booking_id, True, shielded
        )
        return _row(row) if row else None

    async def note(self, row: CallRow, result: CallResult, actor: str) -> None:
        kept = [reason for reason in row.reasons if reason != "displaced"]
        await self.connection.execute(_NOTE, row.booking_id, kept, result, actor)
        if "displaced" in row.reasons:
            displaced = await self.store.displaced.open_displacement(row.booking_id)
            assert displaced is not None, "it is a reason to call"
            await self.store.displaced.note_call(displaced, result, actor)


def _row(row: object) -> CallRow:
    values = dict(row)  # type: ignore[call-overload]
    del values["total"], values["place"]
    return CallRow(**{**values, "reasons": tuple(values["reasons"])})
