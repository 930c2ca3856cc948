"""Facts in: bookings become mails and visits to remind of, offices and procedures name them."""

from datetime import UTC, datetime

from libs.common.consumer import Subscriptions
from libs.contracts.booking import (
    BookingArrived,
    BookingCancelled,
    BookingChanged,
    BookingConfirmed,
    BookingDisplaced,
    BookingErased,
    BookingFact,
    BookingFinished,
    BookingMissed,
    BookingReopened,
    BookingResent,
    BookingRestated,
    BookingRestored,
    BookingStopped,
    BookingUpdated,
    BookingWatermark,
    OfficePublished,
    ProcedurePublished,
)
from libs.contracts.notify import MailKind

from .store import Store


async def mail_confirmation(fact: BookingConfirmed | BookingResent, store: Store) -> None:
    """Those who were booked together have one mail; that of the first tells about all of them."""
    wanted = isinstance(fact, BookingResent) or fact.mail
    await store.follow(fact, "confirmed" if wanted and fact.contact else None, displaced=False)


async def mail_change(fact: BookingChanged, store: Store) -> None:
    await _mail(fact, "changed", store, fact.previous_starts_at, displaced=False)


async def mail_new_contact(fact: BookingUpdated, store: Store) -> None:
    """To the new address. Who lost their time is asked once more for another one instead: what the
    former address was asked may not have come in."""
    kind: MailKind = _request(fact) if fact.displaced else "updated"
    await _mail(fact, kind, store, displaced=fact.displaced)
    if fact.former_contact is not None:
        await store.tell_former_address(fact)


async def mail_cancellation(fact: BookingCancelled, store: Store) -> None:
    await _mail(fact, "cancelled", store)


async def mail_displacement(fact: BookingDisplaced, store: Store) -> None:
    """With the time that is held for the booking, where there is one."""
    kind = _request(fact) if fact.mail and fact.contact is not None else None
    await store.follow(fact, kind, displaced=True)


async def mail_restoration(fact: BookingRestored, store: Store) -> None:
    kind: MailKind | None = "restored" if fact.mail and fact.contact is not None else None
    await store.follow(fact, kind, displaced=False)


async def mail_outage(fact: BookingStopped, store: Store) -> None:
    """Nobody is reminded of a time that an outage has met."""
    await _mail(fact, "resumed" if fact.over else "stopped", store, displaced=not fact.over)


async def follow_visit(fact: BookingFact, store: Store) -> None:
    await store.follow(fact, None)


async def restate_visit(fact: BookingRestated, store: Store) -> None:
    """A visit that is new here counts as settled just now: had its reminder been due before, we
    cannot know whether it was sent."""
    now = datetime.now(UTC)
    await store.follow(fact.model_copy(update={"at": now}), None, displaced=fact.displaced)


async def keep_watermark(fact: BookingWatermark, store: Store) -> None:
    await store.keep_watermark(fact.others_at or fact.at, fact.parked)


async def forget_person(fact: BookingErased, store: Store) -> None:
    await store.forget_visitor(fact.booking_id)
    await store.forget_person(fact.booking_id)


async def keep_office(fact: OfficePublished, store: Store) -> None:
    await store.keep_office(fact.office)


async def keep_procedure(fact: ProcedurePublished, store: Store) -> None:
    await store.keep_procedure(fact.procedure)


async def _mail(
    fact: BookingFact, kind: MailKind, store: Store, previous: datetime | None = None, *,
    displaced: bool | None = None,
) -> None:  # fmt: skip
    """Who gave no address gets no mail."""
    wanted = kind if fact.contact is not None else None
    await store.follow(fact, wanted, previous, displaced=displaced)


def _request(fact: BookingDisplaced | BookingUpdated) -> MailKind:
    return "displaced" if fact.proposed_starts_at else "unplaced"


SUBSCRIPTIONS: Subscriptions[Store] = {
    BookingConfirmed: mail_confirmation,
    BookingResent: mail_confirmation,
    BookingChanged: mail_change,
    BookingUpdated: mail_new_contact,
    BookingCancelled: mail_cancellation,
    BookingDisplaced: mail_displacement,
    BookingRestored: mail_restoration,
    BookingStopped: mail_outage,
    BookingArrived: follow_visit,
    BookingFinished: follow_visit,
    BookingMissed: follow_visit,
    BookingReopened: follow_visit,
    BookingRestated: restate_visit,
    BookingErased: forget_person,
    BookingWatermark: keep_watermark,
    OfficePublished: keep_office,
    ProcedurePublished: keep_procedure,
}
