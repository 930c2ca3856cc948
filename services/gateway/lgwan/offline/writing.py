"""Writes the lists of a day for every office, and removes the old ones."""

import asyncio
import logging
import os
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from libs.common.logs import fields
from libs.contracts.booking import CARD_NUMBERS_OF_OUTAGES, EVERYWHERE, CardPass
from services.gateway.lgwan.door.card_numbers import by_booking
from services.gateway.lgwan.door.context import CatalogCache, CatalogIndex
from services.gateway.lgwan.door.staff import EVERY_OFFICE, Operation
from services.gateway.lgwan.door.store import OpenStore, Store
from services.gateway.web.clients import CorrectionsClient, EligibilityClient
from services.gateway.web.link import Actor, Refused, Unreachable

from .plan import DueLists, file_name, is_old, is_part, part_name
from .sheets import PaperDay, locked_workbook, standing

log = logging.getLogger(__name__)
LEFT_OVER_SECONDS = 3600.0


@dataclass(frozen=True)
class Share:
    """Where the lists lie, and the password that opens them."""

    folder: Path
    password: str


class ListWriter:
    """Asks booking on its own behalf: `name` is the actor there and in the operation log."""

    def __init__(
        self,
        share: Share,
        client: CorrectionsClient,
        eligibility: EligibilityClient,
        catalog: CatalogCache,
        open_store: OpenStore,
        name: str = "offline-lists",
    ) -> None:
        self._share = share
        self._client = client
        self._eligibility = eligibility
        self._catalog = catalog
        self._open_store = open_store
        rights = frozenset({"bookings.read", EVERYWHERE, CARD_NUMBERS_OF_OUTAGES})
        self._actor = Actor(name, rights, frozenset({EVERY_OFFICE}))

    async def is_done(self, wanted: DueLists) -> bool:
        """Whether every office has its list, written when it was due or later."""
        catalog = await self._catalog.get()
        names = [file_name(office.name, wanted.day) for office in catalog.offices.values()]
        return await asyncio.to_thread(_all_since, self._share.folder, names, wanted.since)

    async def write(self, day: date) -> list[str]:
        """The lists of all offices; the names of those that could not be written. One that fails
        does not keep the others from theirs. Raises Unreachable without a catalog."""
        catalog, failed = await self._catalog.get(), []
        for office in catalog.offices.values():
            reason = await self._one(office.office_id, day, catalog)
            await self._record(office.office_id, "failed" if reason else "done")
            if reason:
                told = fields(office=office.office_id, reason=reason)
                log.error("a list was not written", extra=told)
                failed.append(office.name)
        return failed

    async def remove_old(self, today: date) -> None:
        try:
            await asyncio.to_thread(_remove_old, self._share.folder, today)
        except OSError as error:
            log.warning("old lists stay", extra=fields(reason=type(error).__name__))

    async def _one(self, office_id: str, day: date, catalog: CatalogIndex) -> str:
        """Why the list could not be written; nothing where it could."""
        try:
            found = await self._client.day_for_outage(self._actor, office_id, day)
            numbers = await self._numbers(found.cards)
            name = catalog.office(office_id)
            visits = standing(found.bookings)
            paper = PaperDay(name, day, found.at, visits, numbers or {}, found.shelves)
            content = await asyncio.to_thread(locked_workbook, paper, catalog, self._share.password)
            path = self._share.folder / file_name(name, day)
            await asyncio.to_thread(_write, path, content)
        except (OSError, Refused, Unreachable) as error:
            return type(error).__name__
        return "without card numbers" if numbers is None else ""

    async def _numbers(self, cards: CardPass | None) -> dict[UUID, str] | None:
        """Of the coming day, for which booking gives a pass. None where they cannot be had now: a
        list without them is better than none, and the next look tries again."""
        if cards is None or not cards.keys:
            return {}
        try:
            opened = await self._eligibility.card_numbers_for_outage(self._actor, cards)
        except (Refused, Unreachable):
            return None
        return by_booking(cards, opened.numbers)

    async def _record(self, office_id: str, result: str) -> None:
        line = Operation(
            self._actor.name, "offline-list.write", "office", office_id, office_id, result
        )
        async with self._open_store(Store) as store:
            store.record(line)


def _all_since(folder: Path, names: list[str], since: datetime) -> bool:
    paths = [folder / name for name in names]
    return all(path.is_file() and path.stat().st_mtime >= since.timestamp() for path in paths)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: whoever opens the file meanwhile sees the one before. Several processes
    may write at once, so each has a part of its own."""
    part = path.with_name(part_name(path.name))
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _remove_old(folder: Path, today: date) -> None:
    for path in folder.iterdir():
        if is_old(path.name, today) or _is_left_over(path):
            path.unlink(missing_ok=True)


def _is_left_over(path: Path) -> bool:
    """A part of somebody who died while writing."""
    try:
        return is_part(path.name) and path.stat().st_mtime < time.time() - LEFT_OVER_SECONDS
    except FileNotFoundError:
        return False
