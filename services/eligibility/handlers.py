"""Facts in: offices that rows may name, bookings for cards, and cards that were handed over."""

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
    BookingRestated,
    BookingRestored,
    BookingStopped,
    BookingUpdated,
    BookingWatermark,
    OfficePublished,
)

from .actions.pickups import settle_pickup
from .store import Store


async def keep_office(fact: OfficePublished, store: Store) -> None:
    office = fact.office
    await store.keep_office(office.office_id, office.name, office.version)


async def keep_visit(fact: BookingFact, store: Store) -> None:
    """Who has a booking: people are told before the list changes under it."""
    names = ("booking_id", "card_key", "version", "status", "office_id", "starts_at", "at")
    visit = {name: getattr(fact, name) for name in names}
    await store.keep_visit(visit, booked=isinstance(fact, BookingConfirmed))


async def forget_visit(fact: BookingErased, store: Store) -> None:
    await store.forget_visit(fact.booking_id)


async def keep_watermark(fact: BookingWatermark, store: Store) -> None:
    await store.keep_watermark(fact.others_at or fact.at)


async def record_outcome(fact: BookingFinished, store: Store) -> None:
    """The card may have been handed over as one of several procedures of the visit."""
    collected = "collected" in (fact.outcome, *fact.outcomes.values())
    await keep_visit(fact, store)
    await _settle(fact, store, collected=collected)


async def restate_outcome(fact: BookingRestated, store: Store) -> None:
    """A visit that never had an outcome is none for a card's state: it names no card there, or
    says that nothing was handed over."""
    await keep_visit(fact, store)
    collected = "collected" in (fact.outcome, *fact.outcomes.values())
    await _settle(fact, store, collected=collected and fact.status == "finished")


async def take_outcome_back(fact: BookingReopened, store: Store) -> None:
    await keep_visit(fact, store)
    await _settle(fact, store, collected=False)


async def _settle(
    fact: BookingFinished | BookingReopened | BookingRestated, store: Store, *, collected: bool
) -> None:
    if fact.card_key:
        await settle_pickup(
            store, fact.card_key, fact.booking_id, fact.version, collected, datetime.now(UTC)
        )


SUBSCRIPTIONS: Subscriptions[Store] = {
    OfficePublished: keep_office,
    BookingArrived: keep_visit,
    BookingCancelled: keep_visit,
    BookingChanged: keep_visit,
    BookingConfirmed: keep_visit,
    BookingDisplaced: keep_visit,
    BookingErased: forget_visit,
    BookingMissed: keep_visit,
    BookingRestored: keep_visit,
    BookingStopped: keep_visit,
    BookingUpdated: keep_visit,
    BookingWatermark: keep_watermark,
    BookingFinished: record_outcome,
    BookingReopened: take_outcome_back,
    BookingRestated: restate_outcome,
}
