"""Facts in: each becomes a row of the ledger, in whatever order and however often it comes."""

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

from .domain import BookingStep, CountedCard, Mail, Wait, seconds_between
from .store import Store


async def record_booking(fact: BookingFact, store: Store) -> None:
    """A visit for several procedures counts once, under the first: 件 are visits."""
    step = BookingStep(
        booking_id=fact.booking_id,
        version=fact.version,
        office_id=fact.office_id,
        procedure_id=fact.procedure_id,
        starts_at=fact.starts_at,
        channel=fact.channel,
        status=fact.status,
        outcome=fact.outcome,
        at=fact.at,
    )
    await store.record_step(step)


async def record_call(fact: BookingCalled, store: Store) -> None:
    """The first call ends the wait; who is called again has been served a turn already."""
    await record_booking(fact, store)
    if fact.calls == 1 and fact.arrived_at:
        seconds = seconds_between(fact.arrived_at, fact.at)
        await store.record_wait(Wait(fact.booking_id, fact.version, seconds))


async def record_reopening(fact: BookingReopened, store: Store) -> None:
    await record_booking(fact, store)
    if fact.calls == 0:
        await store.record_wait(Wait(fact.booking_id, fact.version, None))


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
    BookingCalled: record_call,
    BookingFinished: record_booking,
    BookingMissed: record_booking,
    BookingReopened: record_reopening,
    MailDelivered: record_mail,
    MailFailed: record_mail,
    PersonsImported: record_cards,
    PersonsMoved: record_cards,
}
