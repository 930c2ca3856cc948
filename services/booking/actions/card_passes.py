"""Who may have the numbers of which cards: booking knows the reach of staff, eligibility the
numbers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import (
    CARD_NUMBERS,
    CARD_NUMBERS_OF_OUTAGES,
    CardPass,
    booking_offices,
)
from libs.contracts.eligibility import (
    CARD_PASS_SECONDS,
    CARDS_MOST,
    CardPassClaims,
    CardUse,
    digest_of_cards,
)
from libs.contracts.times import day_of
from services.booking.domain.booking import Booking

from .desk import BookingContext
from .lookup import one_of

_ONE_DAY = timedelta(days=1)


def sees_numbers(caller: Caller) -> bool:
    return CARD_NUMBERS in caller.rights


def may_list_for_outage(caller: Caller, day: date, now: datetime) -> bool:
    """The machine opens the coming day only."""
    today = day_of(now)
    coming = today <= day <= today + _ONE_DAY
    return sees_numbers(caller) or (coming and CARD_NUMBERS_OF_OUTAGES in caller.rights)


def pass_for(
    desk: BookingContext,
    caller: Caller,
    use: CardUse,
    cards: Iterable[tuple[UUID, str | None]],
    at: datetime,
) -> CardPass:
    """For these bookings, whoever of them has a card. That of 今日 is the same for all terminals
    within a minute, so that they see that nothing changed."""
    known = ((booking_id, key) for booking_id, key in cards if key)
    keys = dict(islice(known, CARDS_MOST))
    actor = "" if use == "today" else caller.actor
    claims = CardPassClaims(actor=actor, use=use, digest=digest_of_cards(set(keys.values())))
    signed = desk.card_passes.sign(
        claims.model_dump(), now=at.timestamp(), lifetime=CARD_PASS_SECONDS
    )
    return CardPass(keys=keys, ticket=signed)


def pass_for_rows(
    desk: BookingContext, caller: Caller, use: CardUse, rows: Iterable[Booking], at: datetime
) -> CardPass:
    return pass_for(desk, caller, use, ((row.booking_id, row.card_key) for row in rows), at)


async def pass_for_one(desk: BookingContext, caller: Caller, booking_id: UUID) -> CardPass:
    """Raises NotFound, also where the booking has no card."""
    async with desk.open_store() as store:
        row = await one_of(store, booking_offices(caller), booking_id)
        at = await store.now()
    if row.card_key is None:
        raise NotFound("This booking has no card number.")
    return pass_for_rows(desk, caller, "booking", [row], at)
