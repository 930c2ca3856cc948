"""Where a booking may be received today, although it is for another day or office."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from libs.common.assertion import Caller
from libs.contracts.booking import HereOffer, HereRefusal, Procedure, counter_offices
from libs.contracts.times import day_of
from services.booking.domain import CardElsewhere, NotEligible, NotOffered, WrongState
from services.booking.domain.booking import Booking
from services.booking.domain.standing import day_from, is_possible
from services.booking.store import Store

from .desk import check_card, procedures_of

TICK = "bookings.tick"


async def check_receivable(
    store: Store, row: Booking, office_id: str, now: datetime
) -> tuple[Procedure, ...]:
    """What the booking is for. Raises NotActive, WrongState, NotOffered, NotEligible,
    CardElsewhere."""
    row.check("receive", now)
    if _is_expected(row, office_id, now):
        raise WrongState("The booking is for today and for this office.")
    if not await store.catalog.offices_for([office_id], row.procedure_ids, day_of(now)):
        raise NotOffered("This office does not do all of these procedures.")
    procedures = await procedures_of(store, row)
    if row.card_key:
        await check_card(store, row.card_key, procedures, office_id)
    return procedures


async def here_offers(
    store: Store, caller: Caller, row: Booking, now: datetime
) -> tuple[HereOffer, ...]:
    """The caller's own offices that could do it, and which of them may not because of the card."""
    if TICK not in caller.rights or not is_possible("receive", row.status, row.starts_at, now):
        return ()
    mine = await store.catalog.offices_for(counter_offices(caller), row.procedure_ids, day_of(now))
    procedures = await procedures_of(store, row)
    return tuple(
        [
            HereOffer(
                office_id=office_id, refused=await _refusal(store, row, procedures, office_id)
            )
            for office_id in mine
            if not _is_expected(row, office_id, now)
        ]
    )


async def _refusal(
    store: Store, row: Booking, procedures: Sequence[Procedure], office_id: str
) -> HereRefusal | None:
    if row.card_key is None:
        return None
    try:
        await check_card(store, row.card_key, procedures, office_id)
    except (CardElsewhere, NotEligible) as refused:
        return cast("HereRefusal", refused.slug)
    return None


def _is_expected(row: Booking, office_id: str, now: datetime) -> bool:
    """Whether the booking is for this place today: then it is received as it is."""
    return row.office_id == office_id and day_from(now, row.starts_at) == "today"
