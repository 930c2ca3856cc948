"""Where a booking could go on its own day. For itself its own cells are free, which no calendar
that is drawn for everybody can show."""

from collections.abc import Sequence
from datetime import datetime

from libs.contracts.booking import BookingProof, OwnStart, OwnTimes, OwnVisit, Procedure
from libs.contracts.times import day_of
from libs.rules.guardians import overlap
from libs.rules.visits import visit_minutes
from services.booking.domain import NotOffered
from services.booking.domain.booking import Booking
from services.booking.domain.phone import DayOffer, Wish
from services.booking.domain.times import check_period
from services.booking.store import Store

from .desk import BookingContext, procedures_of
from .guardians import other_children
from .proofs import prove


async def see_own_times(desk: BookingContext, proof: BookingProof) -> OwnTimes:
    """Raises what `prove` raises."""
    booking_id = await prove(desk, proof)
    async with desk.open_store() as store:
        row = await store.bookings.get(booking_id)
        procedures, now = await procedures_of(store, row), await store.now()
        offer = await _public_offer(store, row)
        children = await other_children(store, row)
    minutes = visit_minutes(procedures, row.office_id, day_of(row.starts_at))
    times = offer.times(Wish((procedures,), row.office_id), now)
    starts = tuple(
        OwnStart(at=at, free=free)
        for at, free in times.items()
        if free and at != row.starts_at and _is_offered(procedures, at, now)
        if not any(overlap(child.times, (at, minutes)) for child in children)
    )
    elsewhere = tuple(OwnVisit(starts_at=o.starts_at, minutes=o.minutes) for o in children)
    return OwnTimes(
        office_id=row.office_id, starts_at=row.starts_at, starts=starts, elsewhere=elsewhere
    )


async def _public_offer(store: Store, row: Booking) -> DayOffer:
    """What citizens may take on the day of the booking, at its office."""
    day = day_of(row.starts_at)
    cells = await store.cells.between(row.office_id, day, day, row.booking_id)
    public = [one for one in cells.get(day, ()) if one.audience == "public"]
    return DayOffer(day, await store.catalog.series_of(row.office_id), public)


def _is_offered(procedures: Sequence[Procedure], at: datetime, now: datetime) -> bool:
    try:
        for procedure in procedures:
            check_period(procedure, at, now)
    except NotOffered:
        return False
    return True
