"""Persons who are not served online (支援措置): no mail goes out about their visits."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.assertion import Caller
from services.booking.store import Store

from .contact_details import SealedContact
from .updates import with_consequences

SEES_SHIELDED = "persons.shielded"


def sees_shielded(caller: Caller) -> bool:
    """Who lacks this right serves shielded people when they come, but finds them in no search,
    list, call or file, and puts none of them into another's place."""
    return SEES_SHIELDED in caller.rights


async def withdraw_addresses(store: Store, card_keys: Sequence[str]) -> None:
    """Forget the address of their standing bookings, and of those who come along, so that no mail
    follows: neither a reminder nor the notice of a change."""
    for row in await store.cards.still_mailed(list(card_keys)):
        withdrawn = row.withdraw_address(await store.now())
        await store.save(await with_consequences(store, withdrawn))
        await store.links.drop(row.booking_id)
    await store.mailboxes.forget_shielded_addresses(card_keys)


async def unless_shielded(
    store: Store, card_key: str | None, details: SealedContact
) -> SealedContact:
    """How the person of this card may be reached: by phone alone where they are shielded."""
    return replace(details, contact=None) if await store.cards.is_shielded(card_key) else details
