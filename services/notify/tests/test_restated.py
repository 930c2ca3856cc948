"""Bookings that are said again: they fill an empty agenda, change no full one, and mail nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.booking import BookingDisplaced, BookingFact, BookingRestated
from services.notify.domain.reminders import Round
from services.notify.store import OpenStore

from .factories import CONTACTS, cancelled, changed, confirmed, prepare, rows, take, updated

VISIT = datetime.now(UTC) + timedelta(days=1)
LONG_AGO = VISIT - timedelta(days=8)


def booked(**given: Any) -> BookingFact:
    return confirmed(**{"starts_at": VISIT, "at": LONG_AGO, **given})


def restated(fact: BookingFact, **more: Any) -> BookingRestated:
    """The same version as booking says it again."""
    return BookingRestated.model_validate({**fact.model_dump(), "link": None, **more})


async def everything(open_store: OpenStore) -> list[list[dict[str, Any]]]:
    tables = ("delivery", "agenda")
    return [await rows(open_store, f"SELECT * FROM {t} ORDER BY booking_id") for t in tables]


async def agenda(open_store: OpenStore) -> list[dict[str, Any]]:
    """What is known of visits, but for when it was settled and for the links."""
    (_, known) = await everything(open_store)
    return [{k: v for k, v in row.items() if k not in ("settled_at", "link")} for row in known]


async def remind(open_store: OpenStore, since: datetime) -> list[dict[str, Any]]:
    """The deliveries after one look at all visits that were settled before then."""
    async with open_store() as store:
        await store.remind(
            Round(VISIT - timedelta(hours=1), VISIT + timedelta(hours=1), since, VISIT)
        )
    return await rows(open_store, "SELECT kind, state, link FROM delivery")


def lives() -> list[list[BookingFact]]:
    """Bookings with all of their facts: standing, moved, unreachable, cancelled, displaced."""
    one, two, three, four, five = (uuid4() for _ in range(5))
    link = CONTACTS.seal("token")
    late = {"starts_at": VISIT + timedelta(minutes=30)}
    shut = BookingDisplaced(**booked(booking_id=five, version=2).model_dump())
    return [
        [booked(booking_id=one, link=link)],
        [booked(booking_id=two), changed(booking_id=two, link=link, **late)],
        [booked(booking_id=three), updated(booking_id=three, email=None)],
        [booked(booking_id=four), cancelled(booking_id=four, version=2)],
        [booked(booking_id=five), shut],
    ]


def newest(life: list[BookingFact]) -> BookingRestated:
    return restated(life[-1], displaced=isinstance(life[-1], BookingDisplaced))


async def test_a_full_notify_changes_nothing_and_mails_nobody(open_store: OpenStore) -> None:
    for life in lives():
        await prepare(open_store, *life)
        before = await everything(open_store)
        await take(open_store, newest(life), newest(life))
        assert await everything(open_store) == before


async def test_an_emptied_notify_knows_the_visits_again_and_mails_nobody(
    open_store: OpenStore,
) -> None:
    told = lives()
    await prepare(open_store, *(fact for life in told for fact in life))
    before = await agenda(open_store)
    await rows_gone(open_store)
    await take(open_store, *map(newest, told))
    assert await agenda(open_store) == before
    assert await rows(open_store, "SELECT 1 FROM delivery") == []


async def rows_gone(open_store: OpenStore) -> None:
    await rows(open_store, "WITH d AS (DELETE FROM delivery) DELETE FROM agenda RETURNING 1")


@pytest.mark.parametrize("restated_first", [True, False])
async def test_a_newer_version_holds_whichever_comes_first(
    open_store: OpenStore, restated_first: bool
) -> None:
    fact = booked()
    gone = cancelled(booking_id=fact.booking_id, version=2)
    pair = [restated(fact), gone]
    await prepare(open_store, *(pair if restated_first else reversed(pair)))
    [known] = await agenda(open_store)
    assert (known["version"], known["contact"]) == (2, None)


async def test_who_is_known_again_is_reminded_of_the_visit(open_store: OpenStore) -> None:
    await prepare(open_store, restated(booked()))
    made = await remind(open_store, datetime.now(UTC) + timedelta(minutes=1))
    assert [row["kind"] for row in made] == ["reminder"]


async def test_who_is_known_again_after_reminders_went_out_is_not_reminded_twice(
    open_store: OpenStore,
) -> None:
    """It may have been sent before the rows were lost."""
    await prepare(open_store, restated(booked()))
    assert await remind(open_store, datetime.now(UTC) - timedelta(minutes=5)) == []


async def test_nobody_is_reminded_of_a_time_that_is_no_longer_open(open_store: OpenStore) -> None:
    await prepare(open_store, restated(booked(), displaced=True))
    assert await remind(open_store, datetime.now(UTC) + timedelta(minutes=1)) == []


async def test_the_fact_itself_still_brings_its_mail_and_the_link(open_store: OpenStore) -> None:
    """It was on its way when its booking was said again."""
    fact = booked(link=CONTACTS.seal("token"))
    await prepare(open_store, restated(fact), fact)
    made = await remind(open_store, datetime.now(UTC) + timedelta(minutes=1))
    assert [(row["kind"], row["link"]) for row in made] == [
        ("confirmed", fact.link),
        ("reminder", fact.link),
    ]
