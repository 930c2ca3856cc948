"""Whether a card was handed over, as the outcomes of its visits say."""

from datetime import datetime
from uuid import UUID

from libs.contracts.eligibility import PersonsImported
from services.eligibility.store import Store


async def settle_pickup(
    store: Store, card_key: str, booking_id: UUID, version: int, collected: bool, now: datetime
) -> None:
    """Take in the outcome of one visit, in whatever order outcomes come; publish a new state."""
    batch_id = await store.lock_person(card_key)
    if batch_id is None:
        return
    await store.keep_pickup(booking_id, card_key, version, collected)
    if holders := await store.settle_state(card_key, now):
        store.publish(PersonsImported(batch_id=batch_id, holders=tuple(holders)))
