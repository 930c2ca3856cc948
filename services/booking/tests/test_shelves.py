"""保管番号: where a card lies, written down by staff and forgotten when the card leaves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import Malformed, NotFound
from libs.contracts.booking import Shelf, ShelfChange
from libs.rules.shelves import read_shelf
from services.booking.actions import preparations, shelves, staff, today
from services.booking.domain import WrongState
from services.booking.store.cards import KnownCard

from .city import DAY, City
from .test_preparations import HERE, THERE, book_card


@pytest.fixture
async def city(city: City) -> AsyncIterator[City]:
    """One that marks its shelves, with one card."""
    await book_card(city, "card", 10)
    yield replace(city, desk=replace(city.desk, shelves=True))


async def the_id(city: City) -> UUID:
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    return found


async def put(city: City, text: str, caller: Caller = HERE, key: str = "") -> Shelf:
    ask = ShelfChange(shelf=text)
    return await shelves.put_on_shelf(
        city.desk, caller, await the_id(city), key or str(uuid4()), ask
    )


async def card(city: City, office_id: str, state: Literal["ready", "collected"]) -> None:
    async with city.desk.open_store() as store:
        version = await city.pool.fetchval("SELECT version + 1 FROM card")
        await store.cards.save([KnownCard("card", office_id, state, version)])


async def shown(city: City) -> set[str | None]:
    """On each page that has it."""
    listed = await preparations.list_preparations(city.desk, HERE, "here", DAY, "time")
    day = await today.day_list(city.desk, HERE, "here", DAY)
    detail = await staff.see_booking(city.desk, HERE, await the_id(city))
    assert listed.shelves and day.shelves
    return {listed.visits[0].shelf, day.bookings[0].shelf, detail.shelf}


async def test_what_was_written_down_is_shown_on_every_page_of_the_counter(city: City) -> None:
    assert await shown(city) == {None}
    assert (await put(city, "ａ－１２")).shelf == "A-12"
    assert await shown(city) == {"A-12"}
    assert (await put(city, "")).shelf is None
    assert await shown(city) == {None}


async def test_a_form_that_is_sent_twice_does_not_undo_what_came_between(city: City) -> None:
    await put(city, "A-1", key="one-key-of-a-form")
    await put(city, "B-2")
    assert (await put(city, "A-1", key="one-key-of-a-form")).shelf == "B-2"


@pytest.mark.parametrize("change", [("there", "ready"), ("here", "collected")])
async def test_a_card_that_leaves_leaves_its_shelf(
    city: City, change: tuple[str, Literal["ready", "collected"]]
) -> None:
    await put(city, "A-1")
    await card(city, *change)
    with pytest.raises(WrongState):
        await put(city, "A-2")
    await card(city, "here", "ready")
    assert await shown(city) == {None}


async def test_another_import_of_the_same_card_keeps_it(city: City) -> None:
    await put(city, "A-1")
    await card(city, "here", "ready")
    assert await shown(city) == {"A-1"}


async def test_only_who_works_at_the_office_writes_it_down(city: City) -> None:
    everywhere = Caller("lgwan", "mori", frozenset({"bookings.everywhere"}), frozenset({"there"}))
    for caller in (THERE, everywhere):
        with pytest.raises(NotFound):
            await put(city, "A-1", caller)


async def test_a_city_that_marks_no_shelves_is_not_asked_for_them(city: City) -> None:
    plain = replace(city, desk=replace(city.desk, shelves=False))
    with pytest.raises(NotFound):
        await put(plain, "A-1")
    detail = await staff.see_booking(plain.desk, HERE, await the_id(city))
    listed = await preparations.list_preparations(
        plain.desk, HERE, "here", DAY + timedelta(days=0), "time"
    )
    assert not (detail.has_shelf or listed.shelves)


@pytest.mark.parametrize(
    "typed", ["大分太郎", "A--1", "-1", "A 1 2 3 4 5 6 7 8 9 0", "123456789018", "A'1"]
)
async def test_what_is_no_shelf_is_refused(city: City, typed: str) -> None:
    with pytest.raises(Malformed):
        await put(city, typed)


def test_shelves_are_read_whatever_their_width() -> None:
    assert [read_shelf(text) for text in ("b３", " c-01 ", "", "　")] == ["B3", "C-01", None, None]
