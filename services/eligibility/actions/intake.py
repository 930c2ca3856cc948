"""The rows of one file on their way into the list, a chunk at a time."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from libs.contracts.eligibility import CardHolder, PersonsImported, PersonsMoved
from services.eligibility.domain.ledger import Effect, Known, Ledger, effect_of
from services.eligibility.domain.rows import Entry, RowReader
from services.eligibility.domain.sheet import Line
from services.eligibility.store import SealedPerson, Store
from services.eligibility.vault import Vault

CHUNK = 1000
HOLDERS_A_FACT = 500

Keyed = list[tuple[str, Entry]]
Compared = list[tuple[Effect, SealedPerson]]


@dataclass
class Intake:
    """What needs no database (reading, digests, seals) runs in a thread, so that checks are
    answered meanwhile."""

    store: Store
    vault: Vault
    lines: Iterator[Line]
    reader: RowReader
    batch_id: UUID
    now: datetime
    ledger: Ledger = field(default_factory=Ledger)
    imported: list[CardHolder] = field(default_factory=list)
    moved: list[CardHolder] = field(default_factory=list)

    async def all_rows(self) -> None:
        """Raises UnreadableFile, TooManyRows."""
        while (entries := await asyncio.to_thread(self._read_chunk)) is not None:
            known = await self.store.sealed_persons([key for key, _ in entries])
            await self._write(await asyncio.to_thread(self._compare, entries, known))

    def publish(self) -> None:
        """Every new or changed person once: a moved one only as moved."""
        for holders in _portions(self.imported):
            self.store.publish(PersonsImported(batch_id=self.batch_id, holders=holders))
        for holders in _portions(self.moved):
            self.store.publish(PersonsMoved(batch_id=self.batch_id, holders=holders))

    def _read_chunk(self) -> Keyed | None:
        """The usable entries of the next rows; None at the end of the file."""
        lines = list(islice(self.lines, CHUNK))
        if not lines:
            return None
        fresh = self.ledger.sort(map(self.reader.read, lines))
        return [(self.vault.card_key(entry.number), entry) for entry in fresh]

    def _compare(self, entries: Keyed, known: dict[str, SealedPerson]) -> Compared:
        """Those that are new or different, sealed."""
        compared: Compared = []
        for key, entry in entries:
            before = self._opened(known.get(key))
            effect = effect_of(entry, before)
            self.ledger.effects[effect] += 1
            if effect != "unchanged":
                sealed = self.vault.seal(entry.number, entry.born)
                shielded = before.shielded_by(entry) if before else bool(entry.shielded)
                person = SealedPerson(key, sealed, entry.office_id, shielded)
                compared.append((effect, person))
        return compared

    def _opened(self, person: SealedPerson | None) -> Known | None:
        if person is None:
            return None
        return Known(self.vault.born(person.sealed), person.office_id, person.shielded)

    async def _write(self, compared: Compared) -> None:
        if not compared:
            return
        moved = {person.card_key for effect, person in compared if effect == "moved"}
        persons = [person for _, person in compared]
        for holder in await self.store.write_persons(persons, self.batch_id, self.now):
            (self.moved if holder.card_key in moved else self.imported).append(holder)


def _portions(holders: list[CardHolder]) -> Iterator[tuple[CardHolder, ...]]:
    for start in range(0, len(holders), HOLDERS_A_FACT):
        yield tuple(holders[start : start + HOLDERS_A_FACT])
