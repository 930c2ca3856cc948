"""A booking that was made without a booking id gets its card."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.contracts.booking import CounterLink, Procedure, StaffBooking, booking_offices
from libs.contracts.eligibility import TicketClaims
from services.booking.actions.desk import (
    BookingContext,
    is_elsewhere,
    procedures_of,
    staff_booking,
)
from services.booking.actions.lookup import check_version, one_of, visible
from services.booking.actions.shielded import withdraw_addresses
from services.booking.domain import AlreadyBooked, NotEligible, OtherBirth, WrongState
from services.booking.domain.booking import Booking, Change, Step
from services.booking.store import Store

MENDED = "生年月日を訂正"


async def link_card(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: CounterLink
) -> StaffBooking:
    """From now on the booking is that of the card's person. Another standing booking of that person
    is shown, never merged. A card that lies elsewhere flags the booking. Raises NotFound,
    VersionConflict, NotActive, WrongState, NotEligible, OtherBirth, AlreadyBooked."""
    request = desk.request(f"link:{booking_id}", key, ask)
    row: Booking | None = None
    try:
        async with desk.once(request, booking_id) as (store, earlier):
            row = await one_of(store, booking_offices(caller), booking_id, lock=True)
            if earlier:
                return staff_booking(row)
            check_version(row, ask.version)
            claims = desk.ticket(ask.ticket)
            linked = await _linked(desk, store, row, claims, ask, caller.actor)
            saved = await store.bookings.save_card(linked)
            if await store.cards.is_shielded(saved.card_key):
                await withdraw_addresses(store, [claims.card_key])
            return staff_booking(await store.bookings.get(booking_id))
    except AlreadyBooked:
        assert row is not None, "it is refused when it is written"
    async with desk.open_store() as store:
        groups = [row.person_group, *row.also_groups]
        key_of_card = desk.card_person(desk.ticket(ask.ticket).card_key)
        other = await store.persons.standing_booking([key_of_card], groups, booking_id)
        seen = await visible(store, caller, other)
    raise AlreadyBooked("There is a booking already.", **seen)


async def _linked(
    desk: BookingContext,
    store: Store,
    row: Booking,
    claims: TicketClaims,
    ask: CounterLink,
    actor: str,
) -> Change:
    row.check("link", await store.now())
    if not await store.persons.is_unlinked(row.booking_id):
        raise WrongState("This booking waits for no booking id.")
    birth = claims.born.isoformat()
    if not ask.mend_birth and not desk.index.matches(row.birth_digest, row.number, birth):
        raise OtherBirth("The card's date of birth is another one.")
    procedures = await procedures_of(store, row)
    person = desk.card_person(claims.card_key)
    keys = [
        person if procedure.needs_card else own
        for procedure, own in zip(procedures, (row.person_key, *row.also_keys), strict=True)
    ]
    digest = desk.index.digest(row.number, birth)
    step = Step(actor, "linked", MENDED if digest != row.birth_digest else None)
    elsewhere = await _is_elsewhere(store, claims.card_key, row, procedures)
    return row.link(keys, claims.card_key, digest, elsewhere, step)


async def _is_elsewhere(
    store: Store, card_key: str, row: Booking, procedures: tuple[Procedure, ...]
) -> bool:
    """Raises NotEligible."""
    card = await store.cards.get(card_key)
    if card is None or card.state != "ready":
        raise NotEligible("This card is not ready to be collected.")
    return is_elsewhere(card, procedures, row.office_id)
