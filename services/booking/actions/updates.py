"""What others have to know when a booking has another address, phone number or needs."""

from libs.contracts.booking import BookingUpdated
from services.booking.domain.booking import CITIZEN, Change
from services.booking.store import Store


async def with_consequences(store: Store, change: Change) -> Change:
    """With what a displaced booking is offered, because its new address knows nothing of that. An
    address that the citizen replaced online is told so, in case somebody else did it."""
    assert isinstance(change.fact, BookingUpdated)
    before, after = change.before, change.after
    # Whom an outage met stays so, and their mail is the one about the change.
    hit = await store.outages.is_hit(before.booking_id)
    more: dict[str, object] = {"displaced": None if hit else False}
    if displaced := await store.displaced.open_displacement(before.booking_id):
        more = {
            "displaced": True,
            "proposed_office_id": displaced.proposed_office_id,
            "proposed_starts_at": displaced.proposed_at if displaced.held_until else None,
            "held_until": displaced.held_until,
        }
    if change.step.actor == CITIZEN and before.contact and after.contact != before.contact:
        more |= {"former_contact": before.contact, "former_version": before.contact_version}
    return change.telling(**more)
