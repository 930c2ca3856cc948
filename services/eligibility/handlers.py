"""Facts in: offices that rows may name, and cards that were handed over."""

from datetime import UTC, datetime

from libs.common.consumer import Subscriptions
from libs.contracts.booking import (
    BookingFinished,
    BookingReopened,
    BookingRestated,
    OfficePublished,
)

from .actions.pickups import settle_pickup
from .store import Store


async def keep_office(fact: OfficePublished, store: Store) -> None:
    office = fact.office
    await store.keep_office(office.office_id, office.name, office.version)


async def record_outcome(fact: BookingFinished, store: Store) -> None:
    """The card may have been handed over as one of several procedures of the visit."""
    collected = "collected" in (fact.outcome, *fact.outcomes.values())
    await _settle(fact, store, collected=collected)


async def restate_outcome(fact: BookingRestated, store: Store) -> None:
    """A visit that never had an outcome names no card."""
    collected = "collected" in (fact.outcome, *fact.outcomes.values())
    await _settle(fact, store, collected=collected and fact.status == "finished")


async def take_outcome_back(fact: BookingReopened, store: Store) -> None:
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
    BookingFinished: record_outcome,
    BookingReopened: take_outcome_back,
    BookingRestated: restate_outcome,
}
