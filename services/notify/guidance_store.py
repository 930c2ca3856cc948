"""The SQL of 来庁日の案内: whose mails say another text than the one that holds now."""

from uuid import UUID

from sqlalchemy import text

from libs.common.database import SqlStore
from libs.contracts.booking import Guidance
from libs.contracts.notify import MailedOtherwise, MailedVisit

MOST = 200
"""Visits that are named; the others are counted."""

_OF_OFFICES = text("SELECT office_id, guidances FROM office")
# What a visit was last mailed about its present time and office, in its own mail or in that about
# all of its party. Who had no mail has not been told anything.
_OTHERWISE = text(
    """
    WITH held AS (
        SELECT * FROM unnest(CAST(:offices AS text[]), CAST(:days AS date[])) AS h (office_id, day)
    ), visit AS (
        SELECT a.booking_id, a.number, a.office_id, a.starts_at, last.guidances, last.kind,
            last.finished_at AS mailed_at, h.day IS NOT NULL AS holds
        FROM agenda a
            JOIN LATERAL (
                SELECT d.guidances, d.kind, d.finished_at FROM delivery d
                WHERE d.state = 'sent' AND d.kind = ANY (:kinds) AND (
                    d.booking_id = a.booking_id AND d.starts_at = a.starts_at
                    OR d.booking_id IN (SELECT l.booking_id FROM agenda l
                            WHERE l.party_id = a.party_id)
                        AND d.party @> jsonb_build_array(jsonb_build_object(
                            'booking_id', a.booking_id, 'number', a.number)))
                    AND d.office_id = a.office_id
                    AND (d.starts_at AT TIME ZONE 'Asia/Tokyo')::date
                        = (a.starts_at AT TIME ZONE 'Asia/Tokyo')::date
                ORDER BY d.finished_at DESC LIMIT 1) AS last ON true
            LEFT JOIN held h ON h.office_id = a.office_id
                AND h.day = (a.starts_at AT TIME ZONE 'Asia/Tokyo')::date
        WHERE a.contact IS NOT NULL AND a.starts_at > now()
            AND (:every_office OR a.office_id = ANY (CAST(:seen AS text[]))))
    SELECT booking_id, number, office_id, starts_at, mailed_at, kind = 'reminder' AS reminded,
        count(*) OVER () AS total
    FROM visit
    WHERE CASE WHEN holds THEN NOT guidances @> ARRAY[CAST(:edition AS text)]
        ELSE EXISTS (SELECT FROM unnest(guidances) AS said (edition)
            WHERE starts_with(said.edition, :any_edition)) END
    ORDER BY starts_at, booking_id LIMIT :most
    """
)
_KINDS = ["confirmed", "changed", "updated", "reminder", "restored"]


class GuidanceStore(SqlStore):
    """One transaction of notify, as far as guidances go."""

    async def mailed_otherwise(
        self, guidance_id: UUID, offices: frozenset[str], every_office: bool
    ) -> MailedOtherwise:
        """Visits to come whose newest mail did not say the guidance as it is, or said it although
        it does not hold (any more); those at `offices`."""
        held = await self._held(guidance_id)
        days = [(office_id, day) for office_id, one in held.items() for day in one.days]
        values = {
            "offices": [office_id for office_id, _ in days],
            "days": [day for _, day in days],
            "edition": next((one.edition for one in held.values()), ""),
            "any_edition": f"{guidance_id}.",
            "kinds": _KINDS,
            "every_office": every_office,
            "seen": list(offices),
            "most": MOST,
        }
        rows = [dict(row) for row in (await self.session.execute(_OTHERWISE, values)).mappings()]
        totals = [row.pop("total") for row in rows]
        visits = tuple(map(MailedVisit.model_validate, rows))
        return MailedOtherwise(visits=visits, total=totals[0] if totals else 0)

    async def _held(self, guidance_id: UUID) -> dict[str, Guidance]:
        """The guidance as each of its offices has it."""
        found = {}
        for row in await self.session.execute(_OF_OFFICES):
            for known in map(Guidance.model_validate, row.guidances):
                if known.guidance_id == guidance_id:
                    found[row.office_id] = known
        return found
