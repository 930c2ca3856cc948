"""The SQL of reminders: the agenda of visits, and how far booking's facts have come in."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import SqlStore

from .domain.outcome import PAST
from .domain.reminders import OBSOLETE, Round
from .mail_store import reminder_failed

_FORGET = text("UPDATE agenda SET contact = NULL, link = NULL WHERE booking_id = :booking_id")
_FORGET_PAST = text(
    """
    UPDATE agenda SET contact = NULL, link = NULL WHERE starts_at < :today AND contact IS NOT NULL
    """
)
_FORGET_LONG_PAST = text("DELETE FROM agenda WHERE starts_at < :a_year_ago")
_KEEP_WATERMARK = text(
    """
    INSERT INTO watermark (service, at, parked)
    VALUES ('booking', :at, CAST(:parked AS uuid[]))
    ON CONFLICT (service) DO UPDATE SET at = excluded.at, parked = excluded.parked
    WHERE watermark.at <= excluded.at
    """
)
_IS_CURRENT = text(
    "SELECT EXISTS (SELECT FROM watermark WHERE service = 'booking' AND at >= :since)"
)
# One for each family with one address, or for each booking, and day, whatever its version; one that
# became obsolete before it was sent makes room for that of the newest versions. A fact that waits
# for another try here, or that the broker does not take from booking, may be the cancellation of
# its booking.
_TO_REMIND = """
    FROM agenda a
    WHERE starts_at >= :begins AND starts_at < :ends AND settled_at < :since
        AND contact IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM delivery d WHERE d.booking_id = a.booking_id AND d.kind = 'reminder'
                AND d.starts_at >= :begins AND d.starts_at < :ends
                AND d.last_reply IS DISTINCT FROM :obsolete)
        AND NOT EXISTS (
            SELECT FROM agenda l JOIN delivery d ON d.booking_id = l.booking_id
            WHERE l.party_id = a.party_id AND d.kind = 'reminder'
                AND d.starts_at >= :begins AND d.starts_at < :ends
                AND d.last_reply IS DISTINCT FROM :obsolete
                AND d.party @> jsonb_build_array(jsonb_build_object('booking_id', a.booking_id)))
"""
_REMIND = text(
    f"""
    WITH due AS (
        SELECT a.*, coalesce(party_id, booking_id) AS family, row_number() OVER (
            PARTITION BY coalesce(party_id, booking_id), contact, office_id, language
            ORDER BY party_line, booking_id) AS place
        {_TO_REMIND}
            AND NOT EXISTS (
                SELECT FROM inbox_retry r
                WHERE r.name LIKE 'booking.%' AND strpos(r.body, CAST(a.booking_id AS text)) > 0)
            AND NOT EXISTS (SELECT FROM watermark w WHERE a.booking_id = ANY (w.parked)))
    INSERT INTO delivery AS d (booking_id, version, kind, contact, link, number, office_id,
        procedure_id, visitor, also, language, starts_at, state, attempts, contact_version, until,
        relation, series_id, party)
    SELECT booking_id, version, 'reminder', contact, link, number, office_id, procedure_id,
        visitor, also, language, starts_at, 'waiting', 0, contact_version, :until, relation,
        series_id, coalesce((
            SELECT jsonb_agg(jsonb_build_object('booking_id', o.booking_id, 'version', o.version,
                'number', o.number, 'procedure_ids', o.procedure_id || o.also,
                'starts_at', o.starts_at, 'visitor', o.visitor, 'relation', o.relation)
                ORDER BY o.place)
            FROM due o WHERE o.place > 1 AND (o.family, o.contact, o.office_id, o.language)
                = (lead.family, lead.contact, lead.office_id, lead.language)), '[]')
    FROM due lead WHERE place = 1
    ON CONFLICT (booking_id, version, kind) DO UPDATE SET state = 'waiting', next_at = now(),
        contact = excluded.contact, link = excluded.link, party = excluded.party,
        until = excluded.until, last_reply = NULL, finished_at = NULL
    WHERE d.last_reply = :obsolete AND d.state = 'failed'
    RETURNING booking_id
    """  # noqa: S608 - constants
)
# It stays written down as one that failed, so that it is said once.
_TOO_LATE = text(
    f"""
    INSERT INTO delivery (booking_id, version, kind, number, office_id, procedure_id, visitor, also,
        language, starts_at, state, attempts, contact_version, last_reply, finished_at)
    SELECT booking_id, version, 'reminder', number, office_id, procedure_id, visitor, also,
        language, starts_at, 'failed', 0, contact_version, :past, clock_timestamp()
    {_TO_REMIND}
    ON CONFLICT DO NOTHING
    RETURNING booking_id, version, office_id, last_reply, party
    """
)
_SETTLE_AGAIN = text("UPDATE agenda SET settled_at = :at WHERE settled_at < :at")


class AgendaStore(SqlStore):
    """One transaction of notify, as far as reminders go."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self.mail_may_be_due = False

    async def forget_visitor(self, booking_id: UUID) -> None:
        await self.session.execute(_FORGET, {"booking_id": booking_id})

    async def forget_visits_before(self, today: datetime) -> None:
        """Nobody is reminded of what is past. The version stays known for a year: an older fact
        that comes late, from before the visit was moved, must not look like a new visit."""
        await self.session.execute(_FORGET_PAST, {"today": today})

    async def forget_visits_a_year_before(self, today: datetime) -> None:
        """No fact speaks of a day so far ahead that it could come after that."""
        a_year_ago = today - timedelta(days=366)
        await self.session.execute(_FORGET_LONG_PAST, {"a_year_ago": a_year_ago})

    async def keep_watermark(self, at: datetime, parked: Sequence[UUID]) -> None:
        """`parked` are bookings of which facts may be missing all the same. An older one than the
        known one is passed over."""
        await self.session.execute(_KEEP_WATERMARK, {"at": at, "parked": list(parked)})

    async def is_current(self, since: datetime) -> bool:
        """Whether all facts about bookings before `since` have been taken in or parked."""
        return bool((await self.session.execute(_IS_CURRENT, {"since": since})).scalar_one())

    async def give_up_reminding(self, visits: Round) -> int:
        """Whoever has no reminder by now has to be called; how many. It is published."""
        values = {**asdict(visits), "obsolete": OBSOLETE, "past": PAST}
        late = (await self.session.execute(_TOO_LATE, values)).all()
        for row in late:
            self.publish(reminder_failed(row, datetime.now(UTC)))
        return len(late)

    async def settle_again(self, at: datetime) -> None:
        """As if all visits had been settled at that moment: whose reminder was due before may have
        had it, although this database does not know of it."""
        await self.session.execute(_SETTLE_AGAIN, {"at": at})

    async def remind(self, visits: Round) -> int:
        """Make the reminders that are missing; how many."""
        values = {**asdict(visits), "obsolete": OBSOLETE}
        made = len((await self.session.execute(_REMIND, values)).all())
        self.mail_may_be_due = self.mail_may_be_due or made > 0
        return made
