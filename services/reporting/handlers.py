"""Facts in: each becomes a row of the ledger, in whatever order and however often it comes."""

from dataclasses import fields

from libs.common.consumer import Subscriptions
from libs.contracts.booking import (
    BookingArrived,
    BookingCalled,
    BookingCancelled,
    BookingChanged,
    BookingConfirmed,
    BookingDisplaced,
    BookingFact,
    BookingFinished,
    BookingMissed,
    BookingReopened,
    BookingResent,
    BookingRestated,
    BookingRestored,
    BookingStopped,
    BookingUpdated,
    OfficePublished,
    ProcedurePublished,
)
from libs.contracts.eligibility import CardHolder, PersonsImported, PersonsMoved
from libs.contracts.notify import MailDelivered, MailFailed

from .domain import CountedCard, Mail
from .history import BookingVersion
from .store import Store

_KEPT = tuple(field.name for field in fields(BookingVersion) if field.name != "kind")


async def record_booking(fact: BookingFact, store: Store) -> None:
    await store.record_version(version_of(fact))


def version_of(fact: BookingFact) -> BookingVersion:
    """What the ledger keeps of a fact."""
    known = {name: getattr(fact, name) for name in _KEPT if hasattr(fact, name)}
    return BookingVersion(**{**known, **_stamps(fact)}, kind=fact.name.split(".")[1])


def _stamps(fact: BookingFact) -> dict[str, object]:
    """受付 and 呼出 happened when their facts say that they did."""
    match fact:
        case BookingArrived():
            return {"arrived_at": fact.at}
        case BookingCalled():
            return {"called_at": fact.at}
    return {}


async def record_mail(fact: MailDelivered | MailFailed, store: Store) -> None:
    mail = Mail(
        booking_id=fact.booking_id,
        version=fact.version,
        kind=fact.kind,
        office_id=fact.office_id,
        sent=isinstance(fact, MailDelivered),
        at=fact.at,
    )
    await store.record_mail(mail)


def _state(holder: CardHolder) -> str:
    """Who is in the list no more has no card to wait for or to have collected."""
    return "withdrawn" if holder.withdrawn else holder.state


async def record_cards(fact: PersonsImported | PersonsMoved, store: Store) -> None:
    holders = fact.holders
    await store.record_cards(
        [CountedCard(h.card_key, h.office_id, _state(h), h.version) for h in holders]
    )


async def name_office(fact: OfficePublished, store: Store) -> None:
    named = fact.office
    await store.name_office(named.office_id, named.name, named.position, named.version)


async def name_procedure(fact: ProcedurePublished, store: Store) -> None:
    named = fact.procedure
    await store.name_procedure(named.procedure_id, named.name, named.position, named.version)


SUBSCRIPTIONS: Subscriptions[Store] = {
    OfficePublished: name_office,
    ProcedurePublished: name_procedure,
    BookingConfirmed: record_booking,
    BookingChanged: record_booking,
    BookingUpdated: record_booking,
    BookingResent: record_booking,
    BookingCancelled: record_booking,
    BookingDisplaced: record_booking,
    BookingRestated: record_booking,
    BookingRestored: record_booking,
    BookingStopped: record_booking,
    BookingArrived: record_booking,
    BookingCalled: record_booking,
    BookingFinished: record_booking,
    BookingMissed: record_booking,
    BookingReopened: record_booking,
    MailDelivered: record_mail,
    MailFailed: record_mail,
    PersonsImported: record_cards,
    PersonsMoved: record_cards,
}
