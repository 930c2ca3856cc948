"""What staff take for others: any window, windows over capacity, unknown booking ids."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from libs.contracts.booking import Arrangement
from services.booking.domain import Visit
from services.booking.domain.booking import Booking, Change
from services.booking.domain.holding import Holding
from services.booking.domain.phone import WindowCells

from .bookings import COLUMNS, booking_row, once_a_person
from .holds import Audience, HeldTime
from .parties import PartyStore, place_of
from .standing import TODAY, forget, stands

FOR_STAFF: tuple[Audience, ...] = ("public", "staff")
"""Whose windows staff may take."""
_MIDNIGHT = "::date::timestamp AT TIME ZONE 'Asia/Tokyo'"
_CELLS = f"""
    SELECT (starts_at AT TIME ZONE 'Asia/Tokyo')::date AS day, window_id, audience,
        array_agg(n) AS opened,
        array_agg(n) FILTER (WHERE taken_until <= clock() OR taken_by = $4) AS free
    FROM cell, LATERAL (
        SELECT (extract(epoch FROM (starts_at AT TIME ZONE 'Asia/Tokyo')::time) / 300)::integer AS n
    ) AS numbered
    WHERE office_id = $1 AND audience IN ('public', 'staff')
        AND starts_at >= $2{_MIDNIGHT} AND starts_at < ($3::date + 1){_MIDNIGHT}
    GROUP BY day, window_id, audience
"""
_RENEW = """
    UPDATE hold SET expires_at = greatest(expires_at, clock() + make_interval(mins => $2))
    WHERE holder = $1 AND expires_at > clock()
"""
# One after the other at an office, so that two visits over capacity get a window each.
_LOCK_EXTRA = "SELECT pg_advisory_xact_lock(hashtextextended('extra ' || $1::text, 0))"
_DROP_SPARE = """
    DELETE FROM cell WHERE office_id = $1 AND audience = 'extra' AND taken_until <= clock()
"""
# No number that a schedule gives to a window, or that another visit has at these times.
_SPARE_NUMBER = """
    SELECT 1 + greatest(0,
        (SELECT max(w) FROM series, unnest(windows || staff_windows) AS w WHERE office_id = $1),
        (SELECT max(window_id) FROM cell WHERE office_id = $1 AND audience <> 'extra'
            AND starts_at >= date_trunc('day', $3::timestamptz, 'Asia/Tokyo')
            AND starts_at < date_trunc('day', $3::timestamptz, 'Asia/Tokyo') + interval '1 day'),
        (SELECT max(window_id) FROM cell WHERE office_id = $1 AND starts_at = ANY ($2)))
"""
_OPEN_EXTRA = """
    INSERT INTO cell (office_id, starts_at, window_id, audience, taken_by, taken_until, version)
    SELECT $1, start, $3, 'extra', $4, $5, 1 FROM unnest($2::timestamptz[]) AS start
"""
_IS_EXTRA = """
    SELECT audience = 'extra' FROM cell WHERE office_id = $1 AND starts_at = $2 AND window_id = $3
"""
_B_COLUMNS = ", ".join(f"b.{name.strip()}" for name in COLUMNS.split(","))
_STANDING = f"""
    SELECT {_B_COLUMNS} FROM active_person a JOIN booking b USING (booking_id)
    WHERE a.person_key = ANY ($1) AND a.person_group = ANY ($2) AND b.starts_at >= {TODAY}
        AND b.booking_id IS DISTINCT FROM $3
    ORDER BY b.starts_at LIMIT 1
"""
_REACHABLE = f"""
    SELECT {_B_COLUMNS} FROM active_person a JOIN booking b USING (booking_id)
    WHERE a.person_group = ANY ($1) AND b.starts_at >= {TODAY}
        AND (b.phone IS NOT NULL OR b.kana IS NOT NULL)
    ORDER BY b.starts_at
"""
_MARK = "INSERT INTO unlinked_booking (booking_id) VALUES ($1)"
_IS_UNLINKED = "SELECT EXISTS (SELECT FROM unlinked_booking WHERE booking_id = $1)"
_UNLINKED = f"""
    SELECT {_B_COLUMNS} FROM unlinked_booking JOIN booking b USING (booking_id)
    WHERE ($1::text[] @> ARRAY['*'] OR b.office_id = ANY ($1)) AND {stands("b")}
    ORDER BY b.starts_at, b.booking_id LIMIT 200
"""
_LINK = f"""
    WITH forgotten AS ({forget("$4::text[] || $3::text")})
    UPDATE booking SET person_key = $3, also_keys = $4, card_key = $5, birth_digest = $6,
        card_moved = $7, version = $2 + 1
    WHERE booking_id = $1 AND version = $2
"""
_UNMARK = "DELETE FROM unlinked_booking WHERE booking_id = $1"


class PhoneStore(PartyStore):
    """Times and bookings that staff take for others."""

    async def cells_between(
        self, office_id: str, first: date, last: date, own: UUID | None = None
    ) -> dict[date, list[WindowCells]]:
        """The cells that staff may take, taken or not, by day; those of the booking that is to
        move, its `own`, are free."""
        days: dict[date, list[WindowCells]] = {}
        for row in await self.connection.fetch(_CELLS, office_id, first, last, own):
            cells = WindowCells(
                row["window_id"], row["audience"], _mask(row["opened"]), _mask(row["free"] or ())
            )
            days.setdefault(row["day"], []).append(cells)
        return days

    async def renew_hold(self, holder: UUID, minutes: int) -> HeldTime | None:
        """Hold for `minutes` from now, however often. None without a live hold."""
        await self.connection.execute(_RENEW, holder, minutes)
        held = await self.hold(holder)
        if held is None:
            return None
        for place in held.places:
            if not await self.set_taken_until(held, place):
                return None
        return held

    async def windows_for_staff(self, visit: Visit, own: UUID | None = None) -> dict[int, Audience]:
        """The windows that could take the visit, by what is committed now, each with whom it is
        for."""
        found: dict[int, Audience] = {}
        for audience in FOR_STAFF:
            found |= dict.fromkeys(await self.free_windows(visit, audience, own), audience)
        return found

    async def hold_extra(
        self, holder: UUID, visits: Sequence[Visit], arrangement: Arrangement, until: datetime
    ) -> None:
        """Hold the visits at windows that are opened for them alone, side by side, or one for all
        in turn; what such windows are no longer needed for is gone."""
        where, starts = visits[0].office_id, [start for visit in visits for start in visit.starts]
        await self.connection.execute(_LOCK_EXTRA, where)
        await self.connection.execute(_DROP_SPARE, where)
        first: int = await self.connection.fetchval(_SPARE_NUMBER, where, starts, starts[0])
        places = [
            place_of(visit, first if arrangement == "in_turn" else first + n)
            for n, visit in enumerate(visits)
        ]
        for visit, place in zip(visits, places, strict=True):
            window = place.window_id
            await self.connection.execute(_OPEN_EXTRA, where, visit.starts, window, holder, until)
        await self.write_hold(holder, where, places, Holding(until, until))

    async def is_extra(self, held: HeldTime) -> bool:
        """Whether the held windows were opened for this hold alone; all of them were, or none."""
        found: bool | None = await self.connection.fetchval(
            _IS_EXTRA, held.office_id, held.starts_at, held.window_id
        )
        return bool(found)

    async def standing_booking(
        self, keys: Sequence[str], groups: Sequence[str], apart_from: UUID | None = None
    ) -> Booking | None:
        """The first booking from today on that one of these persons has in one of these groups."""
        row = await self.connection.fetchrow(_STANDING, keys, groups, apart_from)
        return booking_row(row) if row else None

    async def known_bookings(self, groups: Sequence[str]) -> list[Booking]:
        """Standing bookings in these groups of which more than a date of birth is known."""
        return [booking_row(row) for row in await self.connection.fetch(_REACHABLE, groups)]

    async def mark_unlinked(self, booking_id: UUID) -> None:
        await self.connection.execute(_MARK, booking_id)

    async def is_unlinked(self, booking_id: UUID) -> bool:
        found: bool = await self.connection.fetchval(_IS_UNLINKED, booking_id)
        return found

    async def unlinked(self, offices: Iterable[str]) -> list[Booking]:
        rows = await self.connection.fetch(_UNLINKED, list(offices))
        return [booking_row(row) for row in rows]

    async def save_card(self, change: Change) -> Booking:
        """The booking has the keys of its card. Raises VersionConflict, and AlreadyBooked where the
        card's person has another standing booking."""
        before, b = change.before, change.after
        with once_a_person("There is a booking already."):
            done = await self.connection.execute(
                _LINK, b.booking_id, before.version, b.person_key, b.also_keys, b.card_key,
                b.birth_digest, b.card_moved,
            )  # fmt: skip
        await self.connection.execute(_UNMARK, b.booking_id)
        return await self.saved(change, done)


def _mask(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)
