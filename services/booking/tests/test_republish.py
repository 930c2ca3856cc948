"""Saying again how all is now: in pages, beside live bookings, to no address that is gone."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from libs.common.facts import Fact
from libs.common.outbox import Row
from libs.contracts.booking import (
    BookingConfirmed,
    BookingFact,
    BookingRestated,
    OfficePublished,
    ProcedurePublished,
    PutDay,
)
from libs.contracts.eligibility import CardHolder, PersonsImported, PersonsMoved
from services.booking.actions.republish import republish, without_old_contacts
from services.booking.handlers import move_cards, save_cards

from .city import DAY, City, at
from .planning import apply, closed, month


class Said:
    """What was sent, for tests without a broker."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    async def __call__(self, facts: Sequence[Fact]) -> None:
        self.facts.extend(facts)

    @property
    def bookings(self) -> list[BookingRestated]:
        return [fact for fact in self.facts if isinstance(fact, BookingRestated)]


async def outbox(city: City) -> list[Row]:
    found = await city.pool.fetch("SELECT * FROM outbox ORDER BY id")
    names = ("fact_id", "name", "body", "mandatory", "request_id")
    return [tuple(row[name] for name in names) for row in found]


async def last_told(city: City) -> list[dict[str, Any]]:
    """The newest fact about each booking, as it went out."""
    found = await city.pool.fetch("SELECT body FROM outbox WHERE name LIKE 'booking.%' ORDER BY id")
    return list(
        {body["booking_id"]: body for body in (json.loads(r["body"]) for r in found)}.values()
    )


async def test_offices_procedures_and_bookings_are_said_as_they_are_now(city: City) -> None:
    await city.booked(at(9))
    cancelled = await city.booked(at(10))
    await city.cancel(cancelled)
    before, said = await outbox(city), Said()
    counts = await republish(city.desk.open_store, said, DAY)
    assert counts == {"offices": 2, "procedures": 3, "bookings": 2}
    offices = [fact.office for fact in said.facts if isinstance(fact, OfficePublished)]
    procedures = [fact.procedure for fact in said.facts if isinstance(fact, ProcedurePublished)]
    async with city.desk.open_store() as store:
        assert offices == await store.catalog.offices()
        assert procedures == await store.catalog.procedures()
    assert await outbox(city) == before


async def test_a_booking_is_said_as_its_newest_fact_said_it_but_for_the_link(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(9))
    await city.book(session, email="hana@example.jp")
    await city.cancel(await city.booked(at(10)))
    said = Said()
    await republish(city.desk.open_store, said, DAY)
    told = await last_told(city)
    common = set(BookingFact.model_fields) - {"link", "at", "card_key"}
    again = [json.loads(fact.model_dump_json(include=common)) for fact in said.bookings]
    assert again == [{name: body[name] for name in common} for body in told]
    for fact, body in zip(said.bookings, told, strict=True):
        apart = fact.at - datetime.fromisoformat(body["at"])
        assert abs(apart.total_seconds()) < 1
        assert (fact.link, fact.displaced, fact.card_key) == (None, False, None)


async def test_pages_leave_nobody_out_and_say_nobody_twice(city: City) -> None:
    """Many begin at one time, so that pages end between them."""
    for hour in (9, 9, 9, 9, 10, 11, 11):
        await city.booked(at(hour))
    for page in (1, 2, 3, 7, 8):
        said = Said()
        counts = await republish(city.desk.open_store, said, DAY, page)
        assert counts["bookings"] == len(said.bookings) == 7
        assert len({fact.booking_id for fact in said.bookings}) == 7


async def test_earlier_days_are_said_when_they_are_asked_for(city: City) -> None:
    await city.booked(at(9))
    said = Said()
    after = DAY.replace(day=DAY.day + 1)
    assert (await republish(city.desk.open_store, said, after))["bookings"] == 0
    assert (await republish(city.desk.open_store, said, DAY))["bookings"] == 1


async def test_a_booking_that_changes_meanwhile_has_the_last_word_by_its_version(
    city: City,
) -> None:
    """It was read, then cancelled, then said as it was read: who goes by versions is right."""
    booking = await city.booked(at(9))
    said = Said()

    async def cancel_first(facts: Sequence[Fact]) -> None:
        if any(isinstance(fact, BookingRestated) for fact in facts):
            await city.cancel(booking)
        await said(facts)

    await republish(city.desk.open_store, cancel_first, DAY)
    [restated], [newest] = said.bookings, await last_told(city)
    assert (restated.version, restated.status) == (1, "confirmed")
    assert (newest["version"], newest["status"]) == (2, "cancelled")


async def test_what_the_counter_stamped_and_who_cancelled_is_said_again(city: City) -> None:
    seen, gone = await city.booked(at(9)), await city.booked(at(10))
    await city.pool.execute(
        """
        INSERT INTO visit (booking_id, office_id, day, arrived_at, called_at, window_id)
        SELECT booking_id, office_id, (starts_at AT TIME ZONE 'Asia/Tokyo')::date, $2, $3, 4
        FROM booking WHERE number = $1
        """,
        *(seen.number, at(9), at(9, 20)),
    )
    await city.cancel(gone)
    said = Said()
    await republish(city.desk.open_store, said, DAY)
    first, second = said.bookings
    assert (first.window, first.arrived_at, first.called_at) == (4, at(9), at(9, 20))
    assert first.finished_at is None
    assert (second.window, second.status, second.by_staff) == (None, "cancelled", False)
    assert second.booked_at is not None


async def test_a_booking_whose_time_is_no_longer_open_says_so(city: City) -> None:
    await month(city)
    await city.booked(at(10))
    await city.booked(at(10), office_id="there")
    await apply(city, PutDay(office_ids=("here",), day=closed()))
    said = Said()
    await republish(city.desk.open_store, said, DAY)
    assert {(fact.office_id, fact.displaced) for fact in said.bookings} == {
        ("here", True),
        ("there", False),
    }


async def test_a_visit_that_was_finished_names_its_card(city: City) -> None:
    await city.import_card("card")
    session = uuid4()
    await city.hold(session, at(9), "issuance", ticket=city.ticket("card"))
    await city.book(session, kana=None, born=None, ticket=city.ticket("card"))
    said = Said()
    await republish(city.desk.open_store, said, DAY)
    assert said.bookings[0].card_key == "card"
    await city.pool.execute(
        "UPDATE booking SET status = 'finished', outcome = 'collected', version = 2"
    )
    await city.pool.execute(
        "INSERT INTO booking_history SELECT booking_id, 2, clock(), 'sato', 'finish', 'finished',"
        " 'collected', office_id, window_id, starts_at, minutes FROM booking"
    )
    await republish(city.desk.open_store, said, DAY)
    finished = said.bookings[1]
    assert (finished.card_key, finished.outcome, finished.version) == ("card", "collected", 2)


async def test_what_is_sent_again_keeps_no_address_that_its_booking_has_no_more(
    city: City,
) -> None:
    """Both facts were lost: the confirmation, and that the address was taken away."""
    kept, gone = uuid4(), uuid4()
    for session, hour in ((kept, 9), (gone, 10)):
        await city.hold(session, at(hour))
        await city.book(session, email="hana@example.jp")
    await city.pool.execute("UPDATE booking SET contact = NULL WHERE starts_at = $1", at(10))
    sent = await outbox(city)
    again = await without_old_contacts(city.desk.open_store, sent)
    assert [row[:2] + row[3:] for row in again] == [row[:2] + row[3:] for row in sent]
    first, second = (
        BookingConfirmed.model_validate_json(body)
        for _, name, body, *_ in again
        if name == BookingConfirmed.name
    )
    assert first.contact and first.link
    assert (second.contact, second.link) == (None, None)
    assert [row for row in again if row[1] != BookingConfirmed.name] == [
        row for row in sent if row[1] != BookingConfirmed.name
    ]


def holders(office_id: str, version: int) -> dict[str, Any]:
    card = CardHolder(card_key="card", office_id=office_id, state="ready", version=version)
    return {"batch_id": UUID(int=1), "holders": (card,)}


async def booked_card(city: City) -> None:
    await city.import_card("card")
    session = uuid4()
    await city.hold(session, at(9), "issuance", ticket=city.ticket("card"))
    await city.book(session, kana=None, born=None, ticket=city.ticket("card"))


async def flagged(city: City) -> bool:
    return bool(await city.pool.fetchval("SELECT card_moved FROM booking"))


async def test_a_card_that_moved_is_flagged_also_where_the_fact_that_said_so_was_lost(
    city: City,
) -> None:
    await booked_card(city)
    async with city.desk.open_store() as store:
        await save_cards(PersonsImported(**holders("there", 2)), store)
    assert await flagged(city)


async def test_cards_that_are_said_again_change_nothing_where_they_are_known(city: City) -> None:
    """Staff have moved the booking on purpose, or know already: the flag is theirs."""
    await booked_card(city)
    async with city.desk.open_store() as store:
        await move_cards(PersonsMoved(**holders("there", 2)), store)
    await city.pool.execute("UPDATE booking SET card_moved = false")
    async with city.desk.open_store() as store:
        await save_cards(PersonsImported(**holders("there", 2)), store)
    assert not await flagged(city)
