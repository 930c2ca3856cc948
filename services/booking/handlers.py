"""Facts that booking takes in: where cards are, and mails that did not arrive."""

from libs.common.consumer import Subscriptions
from libs.contracts.eligibility import CardHolder, PersonsImported, PersonsMoved
from libs.contracts.notify import MailedBooking, MailFailed, ReminderFailed

from .actions.shielded import withdraw_addresses
from .store import Store
from .store.cards import KnownCard


async def save_cards(fact: PersonsImported, store: Store) -> None:
    """A booking at the office that a card has left is flagged for staff, also where the fact that
    said so was lost."""
    if moved := await _keep(fact, store):
        await _flag(moved, store)


async def move_cards(fact: PersonsMoved, store: Store) -> None:
    """As in `save_cards`, whatever has come in before."""
    await _keep(fact, store)
    await _flag([holder.card_key for holder in fact.holders], store)


async def flag_failed_mail(fact: MailFailed, store: Store) -> None:
    await store.bookings.flag_mail_failed(fact.booking_id, fact.version)
    await store.people_to_call.add(fact.booking_id, fact.version, "mail")


async def call_instead(fact: ReminderFailed, store: Store) -> None:
    """All of a family who still stand with that address; an address that the mail server refused is
    marked as well."""
    for visit in (MailedBooking(booking_id=fact.booking_id, version=fact.version), *fact.others):
        await store.people_to_call.add(visit.booking_id, visit.version, "reminder")
    if fact.reason != "past":
        await store.bookings.flag_mail_failed(fact.booking_id, fact.version)


async def _keep(fact: PersonsImported | PersonsMoved, store: Store) -> list[str]:
    """The keys of cards that were known at another office."""
    moved = await store.cards.save([_row(holder) for holder in fact.holders])
    if shielded := [holder.card_key for holder in fact.holders if holder.shielded]:
        await withdraw_addresses(store, shielded)
    return moved


async def _flag(card_keys: list[str], store: Store) -> None:
    await store.cards.flag_moved(card_keys, await store.catalog.tied_procedures())


def _row(holder: CardHolder) -> KnownCard:
    return KnownCard(**holder.model_dump())


SUBSCRIPTIONS: Subscriptions[Store] = {
    PersonsImported: save_cards,
    PersonsMoved: move_cards,
    MailFailed: flag_failed_mail,
    ReminderFailed: call_instead,
}
