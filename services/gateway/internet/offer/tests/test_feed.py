"""Catalog and board stay fresh: over a real broker, and from snapshots."""

import asyncio
from collections.abc import Callable

from aio_pika import Message

from dev.testing import VirtualHost
from libs.common import bus
from libs.common.consumer import Listener
from libs.common.facts import Fact
from libs.common.supervise import supervised
from libs.contracts.booking import (
    BoardSnapshot,
    Catalog,
    CellsChanged,
    OfficePublished,
    ProcedurePublished,
)
from libs.contracts.subscriptions import origins
from services.gateway.internet.feed import SUBSCRIPTIONS, Feed
from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.tests.city import TODAY, Clock, at, office, procedure, taken
from services.gateway.internet.tests.fakes import FakeBooking
from services.gateway.web.link import Unreachable


class CountingBooking(FakeBooking):
    """Remembers which offices were asked for; may be away at first. While it is not `answering`,
    snapshots are read and take long."""

    def __init__(self, *, away: int = 0) -> None:
        super().__init__(Clock())
        self.asked: list[str] = []
        self.away = away
        self.seeded = True
        self.answering = asyncio.Event()
        self.answering.set()

    async def catalog(self) -> Catalog:
        if self.away:
            self.away -= 1
            raise Unreachable("away")
        answer = await super().catalog()
        await self.answering.wait()
        return answer if self.seeded else Catalog(offices=(), procedures=())

    async def board(self, office_id: str) -> BoardSnapshot:
        self.asked.append(office_id)
        answer = await super().board(office_id)
        await self.answering.wait()
        return answer


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen in 10 seconds")


async def send(amqp_url: str, *facts: Fact) -> None:
    async with bus.connected(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("booking.facts", ensure=False)
        for fact in facts:
            message = Message(fact.model_dump_json().encode(), type=fact.name)
            await exchange.publish(message, fact.name)


async def test_a_door_is_ready_when_every_office_is_there_and_follows_the_facts(
    vhost: VirtualHost,
) -> None:
    booking, catalog, board = CountingBooking(away=1), CatalogView(), Board()
    feed = Feed(booking, catalog, board)
    assert not await feed.ready()
    connected = asyncio.Event()
    url = vhost.url("internet")
    listener = Listener("internet", url, origins(), feed.handlers, connected.set)
    async with supervised("listener", listener.run), supervised("feed", feed.run):
        await until(lambda: board.knows("honcho") and board.knows("tsurusaki"))
        assert await feed.ready()
        await asyncio.wait_for(connected.wait(), 10)
        before = board.revision("honcho")
        await send(vhost.url("booking"), taken(at(2, 9)))
        await until(lambda: board.revision("honcho") > before)
    day = Availability(catalog, board).day("honcho", "issuance", TODAY.replace(day=2), Clock()())
    assert day.starts[0].free == 1


async def test_a_door_opens_when_it_has_heard_of_everything_or_after_a_while() -> None:
    board = Board()
    feed = Feed(CountingBooking(), CatalogView(), board)
    await feed.first_load(0.01)
    assert not board.knows("honcho")
    async with supervised("feed", feed.run):
        await feed.first_load(10)
        assert board.knows("honcho")
        assert await feed.ready()


async def test_a_new_office_version_is_shown_and_its_cells_are_fetched() -> None:
    booking, catalog, board = CountingBooking(), CatalogView(), Board()
    feed = Feed(booking, catalog, board)
    async with supervised("feed", feed.run):
        await until(lambda: board.knows("tsurusaki"))
        asked = len(booking.asked)
        newer = office(name="本庁舎", version=2)
        feed.handlers[OfficePublished](OfficePublished(office=newer))
        await until(lambda: len(booking.asked) > asked)
    assert booking.asked[-1] == "honcho"
    found = catalog.office("honcho")
    assert found is not None
    assert found.name == "本庁舎"


async def test_a_fact_about_many_cells_fetches_the_office_again() -> None:
    booking, catalog, board = CountingBooking(), CatalogView(), Board()
    feed = Feed(booking, catalog, board)
    async with supervised("feed", feed.run):
        await until(lambda: board.knows("tsurusaki"))
        asked = len(booking.asked)
        feed.handlers[CellsChanged](CellsChanged(office_id="honcho", runs=(), many=True))
        await until(lambda: len(booking.asked) > asked)
    assert booking.asked[-1] == "honcho"


async def test_after_a_reconnect_everything_is_fetched_again() -> None:
    booking, catalog, board = CountingBooking(), CatalogView(), Board()
    feed = Feed(booking, catalog, board)
    async with supervised("feed", feed.run):
        await until(lambda: board.knows("tsurusaki"))
        before = len(booking.asked)
        feed.connected()
        await until(lambda: len(booking.asked) >= before + 2)


async def test_what_is_published_while_snapshots_are_fetched_is_not_undone_by_them() -> None:
    booking, catalog, board = CountingBooking(), CatalogView(), Board()
    feed = Feed(booking, catalog, board)
    async with supervised("feed", feed.run):
        await until(lambda: board.knows("tsurusaki"))
        booking.answering.clear()
        asked = len(booking.asked)
        feed.handlers[CellsChanged](CellsChanged(office_id="honcho", runs=(), many=True))
        await until(lambda: len(booking.asked) > asked)
        feed.handlers[CellsChanged](taken(at(2, 9)))
        before = board.changes
        booking.answering.set()
        await until(lambda: board.changes > before)
    day = Availability(catalog, board).day("honcho", "issuance", TODAY.replace(day=2), Clock()())
    assert day.starts[0].free == 1


async def test_a_city_that_is_seeded_after_an_empty_first_look_is_there_within_two_seconds() -> (
    None
):
    """Without a broker, which would tell of it at once."""
    booking, catalog, board = CountingBooking(), CatalogView(), Board()
    booking.seeded = False
    feed = Feed(booking, catalog, board)
    async with supervised("feed", feed.run):
        await feed.first_load(10)
        assert not catalog.offices()
        booking.seeded = True
        async with asyncio.timeout(2):
            await until(lambda: board.knows("honcho") and board.knows("tsurusaki"))


async def test_a_door_stays_ready_while_the_cells_of_a_new_office_are_fetched() -> None:
    """Every door lacks them in that moment: none would be left."""
    booking, catalog, board = CountingBooking(), CatalogView(), Board()
    feed = Feed(booking, catalog, board)
    async with supervised("feed", feed.run):
        await until(lambda: board.knows("tsurusaki"))
        booking.answering.clear()
        feed.handlers[OfficePublished](OfficePublished(office=office("akeno")))
        assert not board.knows("akeno")
        assert await feed.ready()


def test_older_facts_about_offices_and_procedures_change_nothing() -> None:
    catalog = CatalogView()
    catalog.procedure_published(ProcedurePublished(procedure=procedure(version=3, name="新")))
    catalog.procedure_published(ProcedurePublished(procedure=procedure(version=2, name="旧")))
    catalog.office_published(OfficePublished(office=office(version=2, name="新")))
    catalog.office_published(OfficePublished(office=office(version=1, name="旧")))
    assert [p.name for p in catalog.procedures()] == ["新"]
    assert [o.name for o in catalog.offices()] == ["新"]


def test_a_snapshot_of_the_catalog_wins_over_what_was_known_and_not_over_what_comes_meanwhile() -> (
    None
):
    """After the database was restored to an earlier moment its versions are older."""
    catalog = CatalogView()
    restored = Catalog(
        offices=(office(version=1, name="今"),), procedures=(procedure(version=1, name="今"),)
    )
    catalog.office_published(OfficePublished(office=office(version=7, name="前")))
    catalog.procedure_published(ProcedurePublished(procedure=procedure(version=7, name="前")))
    with catalog.loading():
        catalog.load(restored)
    assert [p.name for p in catalog.procedures()] == ["今"]
    assert [o.name for o in catalog.offices()] == ["今"]
    with catalog.loading():
        catalog.office_published(OfficePublished(office=office(version=2, name="新")))
        catalog.procedure_published(ProcedurePublished(procedure=procedure(version=2, name="新")))
        catalog.load(restored)
    assert [p.name for p in catalog.procedures()] == ["新"]
    assert [o.name for o in catalog.offices()] == ["新"]


def test_the_door_listens_to_what_the_board_needs() -> None:
    assert {fact.name for fact in SUBSCRIPTIONS} == {
        "cells.changed.v1",
        "office.published.v1",
        "procedure.published.v1",
    }
