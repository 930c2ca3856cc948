"""Keeps catalog and board fresh: facts at once, snapshots at start, on reconnect, in rotation."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from libs.common.facts import Fact
from libs.contracts.booking import CellsChanged, OfficePublished, ProcedurePublished
from services.gateway.web.clients import CatalogClient

from .offer.board import Board
from .offer.catalog import CatalogView

REFRESH_SECONDS = 30.0
POLL_SECONDS = 0.2
"""An office without any cell is new: its opening times are just being laid out."""


@dataclass(frozen=True)
class Live:
    """What facts write to. `due` names offices whose cells are to be fetched soon, each once."""

    catalog: CatalogView
    board: Board
    due: set[str]


def cells_changed(fact: CellsChanged, live: Live) -> None:
    live.board.apply(fact)
    if fact.many:
        live.due.add(fact.office_id)


def office_published(fact: OfficePublished, live: Live) -> None:
    """New opening times mean cells that nobody announced one by one."""
    live.catalog.office_published(fact)
    live.due.add(fact.office.office_id)


def procedure_published(fact: ProcedurePublished, live: Live) -> None:
    live.catalog.procedure_published(fact)


SUBSCRIPTIONS: Mapping[type[Fact], Callable[[Any, Live], None]] = {
    CellsChanged: cells_changed,
    OfficePublished: office_published,
    ProcedurePublished: procedure_published,
}


class Feed:
    """Fetches snapshots. Belongs under `supervised`, beside a Listener with `handlers`."""

    def __init__(self, booking: CatalogClient, catalog: CatalogView, board: Board) -> None:
        self._booking = booking
        self._live = Live(catalog, board, set())
        self._reconnected = asyncio.Event()
        self._loaded = asyncio.Event()
        self.handlers: Mapping[type[Fact], Callable[[Any], None]] = {
            fact: _bound(handler, self._live) for fact, handler in SUBSCRIPTIONS.items()
        }

    def connected(self) -> None:
        """The live queue is new: what happened before it is only in a snapshot."""
        self._reconnected.set()

    async def run(self) -> None:
        """Everything at once, then one office after the other, and whatever is due in between.
        Raises Unreachable; the supervisor starts it again."""
        await self._load_all()
        while True:
            offices = self._live.catalog.offices()
            for office in offices:
                await self._wait(REFRESH_SECONDS / len(offices))
                await self._load(office.office_id)
            if not offices:
                await self._wait(1.0)
            await self._load_catalog()
            self._live.due.update(self._unknown())

    async def ready(self) -> bool:
        """Catalog and every office's cells were loaded once. A city without offices is a city too.
        An office that is new since then makes no door unready: every door lacks its cells for a
        moment."""
        return self._loaded.is_set()

    async def first_load(self, seconds: float) -> None:
        """Wait until everything is there, or so many seconds: a door that opens then has little to
        say."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._loaded.wait()

    def _unknown(self) -> set[str]:
        """Offices whose cells were never fetched: after an empty city, all of them."""
        offices = self._live.catalog.offices()
        return {o.office_id for o in offices if not self._live.board.knows(o.office_id)}

    async def _load_all(self) -> None:
        self._reconnected.clear()
        await self._load_catalog()
        for office in self._live.catalog.offices():
            await self._load(office.office_id)
        self._loaded.set()

    async def _load_catalog(self) -> None:
        with self._live.catalog.loading():
            self._live.catalog.load(await self._booking.catalog())

    async def _load(self, office_id: str) -> None:
        with self._live.board.loading(office_id):
            self._live.board.load(await self._booking.board(office_id))

    async def _wait(self, seconds: float) -> None:
        """Pass the time with what cannot wait."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            if self._reconnected.is_set():
                await self._load_all()
            while self._live.due:
                await self._load(self._live.due.pop())
            await asyncio.sleep(min(left, POLL_SECONDS))


def _bound(handler: Callable[[Any, Live], None], live: Live) -> Callable[[Any], None]:
    return lambda fact: handler(fact, live)
