"""Facts that booking takes in: where cards are, and mails that did not arrive."""

from libs.common.consumer import Subscriptions
from libs.contracts.eligibility import CardHolder, PersonsImported, PersonsMoved
from libs.contracts.notify import MailFailed

from .store import Store


async def save_cards(fact: PersonsImported, store: Store) -> None:
    await store.save_cards([_row(holder) for holder in fact.holders])


async def move_cards(fact: PersonsMoved, store: Store) -> None:
    """A booking at the office that the card has left is flagged for staff."""
    await store.save_cards([_row(holder) for holder in fact.holders])
    await store.flag_moved([holder.card_key for holder in fact.holders])


async def flag_failed_mail(fact: MailFailed, store: Store) -> None:
    await store.flag_mail_failed(fact.booking_id, fact.version)


def _row(holder: CardHolder) -> tuple[str, str, str, int]:
    return holder.card_key, holder.office_id, holder.state, holder.version


SUBSCRIPTIONS: Subscriptions[Store] = {
    PersonsImported: save_cards,
    PersonsMoved: move_cards,
    MailFailed: flag_failed_mail,
}
