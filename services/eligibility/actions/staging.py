"""The dry run: the rows of a file, or of a draft once more, compared with the list as it is."""

import logging
import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.errors import Problem
from libs.common.logs import describe_error, fields
from services.eligibility.domain.columns import NUMBER, Columns
from services.eligibility.domain.dates import day_in_japan
from services.eligibility.domain.layout import FileLayout
from services.eligibility.domain.ledger import Known, WantedPerson, changed_fields, effect_of
from services.eligibility.domain.offices import OfficeFinder
from services.eligibility.domain.problems import TooManyRows
from services.eligibility.domain.records import FileLine
from services.eligibility.domain.rows import PersonEntry, RowFault, RowReader
from services.eligibility.domain.twelve_digits import TwelveDigits
from services.eligibility.draft_store import NotOurs, Staged
from services.eligibility.store import FAILURES, GONE, SealedPerson, Store
from services.eligibility.vault import Vault

from .files import ROWS_AT_ONCE, OpenStore, SealedFile
from .jobs import Jobs

log = logging.getLogger(__name__)

MOST_ROWS = 1_000_000
Keyed = dict[str, tuple[PersonEntry, str]]
"""By the key of the card: the row, and what is sealed of it."""


@dataclass
class _Counted:
    rows: int = 0
    rejected: int = 0
    twice: int = 0


@dataclass
class _Read:
    """Some rows of the file, as the thread gives them back."""

    entries: Keyed = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    rows: int = 0
    rejected: int = 0
    twice: int = 0


@dataclass(frozen=True)
class Task:
    """What a run is about: the draft, and how its rows are read."""

    draft_id: UUID
    run: UUID
    kind: str
    layout: FileLayout
    columns: Columns
    offices: OfficeFinder


@dataclass(frozen=True)
class Staging:
    """Where rows of files become rows of drafts."""

    open_store: OpenStore
    vault: Vault
    jobs: Jobs
    pattern: re.Pattern[str]
    now: Callable[[], datetime]

    async def stage(self, task: Task, file: SealedFile) -> None:
        """The whole file. What is wrong with it is written into the draft."""
        await self._finish(task.draft_id, task.run, self._stage(task, file))

    async def compare(self, draft_id: UUID, run: UUID) -> None:
        """The rows of a draft with the list as it is by now."""
        await self._finish(draft_id, run, self._compare_again(draft_id, run))

    async def _finish(self, draft_id: UUID, run: UUID, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Problem as problem:
            await self._refuse(draft_id, run, problem)
        except NotOurs:
            log.info("another run took over")
        except FAILURES as error:
            log.warning("staging failed", extra=fields(error=describe_error(error)))
            await self.leave(draft_id, run)
        except BaseException:
            await self.leave(draft_id, run)
            raise

    async def leave(self, draft_id: UUID, run: UUID) -> None:
        """Say that nobody works on it any more, as far as the database can be told."""
        try:
            async with self.open_store() as store:
                await store.renew(draft_id, run, self.now())
                await store.end_lease(draft_id, run)
        except GONE:
            log.warning("the lease of a draft runs out by itself")

    async def _refuse(self, draft_id: UUID, run: UUID, problem: Problem) -> None:
        async with self.open_store() as store:
            told = {"slug": problem.slug, "detail": problem.detail}
            state = {"state": "refused", "problem": told, "preview": None, "leased_until": None}
            await store.drop_chunks(draft_id)
            await store.clear_rows(draft_id)
            await store.end_run(draft_id, run, self.now(), **state)

    async def _stage(self, task: Task, file: SealedFile) -> None:
        async with self.open_store() as store:
            await store.renew(task.draft_id, task.run, self.now())
            await store.clear_rows(task.draft_id)
            revision = await store.revision()
        reader = RowReader(
            task.columns, self.pattern, task.offices, day_in_japan(self.now()), _looking(task)
        )
        counted = _Counted()
        async for lines, done in file.rows(task.layout, task.kind):
            read = await self.jobs.compute(self._read, reader, lines)
            self._count(counted, read)
            reader.twelve_digits.refuse(final=False)
            await self._keep(task, read, counted, done)
        reader.twelve_digits.refuse(final=True)
        async with self.open_store() as store:
            counts = await store.count_rows(task.draft_id)
            counts["unchanged"] += counted.twice
            counts |= {"rows": counted.rows, "rejected": counted.rejected}
            await store.end_run(
                task.draft_id, task.run, self.now(), state="staged", counts=counts,
                revision=revision, leased_until=None, problem=None,
            )  # fmt: skip

    def _count(self, counted: _Counted, read: _Read) -> None:
        """Raises TooManyRows."""
        counted.rows += read.rows
        counted.rejected += read.rejected
        counted.twice += read.twice
        if counted.rows > MOST_ROWS:
            raise TooManyRows(
                f"一度に取り込めるのは{MOST_ROWS:,}行までです。ファイルを分けてください。"
            )

    def _read(self, reader: RowReader, lines: Iterable[FileLine]) -> _Read:
        read = _Read()
        for line in lines:
            found = reader.read(line)
            read.rows += 1
            if isinstance(found, PersonEntry):
                self._take(read, found)
            else:
                read.rejected += 1
                read.faults += found
        return read

    def _take(self, read: _Read, entry: PersonEntry) -> None:
        key = self.vault.card_key(entry.number)
        if key not in read.entries:
            read.entries[key] = entry, self.vault.seal(entry.number, entry.born)
        else:
            first, _ = read.entries[key]
            _meet_again(read, entry, _wanted(first), first.line)

    async def _keep(self, task: Task, read: _Read, counted: _Counted, done: int) -> None:
        async with self.open_store() as store:
            if read.entries:
                rows = await self._compared(store, read.entries)
                kept = await store.add_rows(task.draft_id, rows)
                if again := [row for row in rows if row.card_key not in kept]:
                    await self._met_before(store, task.draft_id, read, again, counted)
            if read.faults:
                faults = [(fault.line, fault.column, fault.reason) for fault in read.faults]
                await store.add_faults(task.draft_id, faults)
            await store.renew(task.draft_id, task.run, self.now(), done=done or counted.rows)

    async def _met_before(
        self, store: Store, draft_id: UUID, read: _Read, again: list[Staged], counted: _Counted
    ) -> None:
        """Rows whose number stood in an earlier part of the file: alike, or a contradiction."""
        met = _Read()
        first = await store.rows_of(draft_id, [row.card_key for row in again])
        for row in again:
            entry, _ = read.entries[row.card_key]
            known = first[row.card_key]
            wanted = WantedPerson(self.vault.born(known.sealed), known.office_id, known.shielded)
            _meet_again(met, entry, wanted, known.line)
        read.faults += met.faults
        counted.rejected += met.rejected
        counted.twice += met.twice

    async def _compared(self, store: Store, entries: Keyed) -> list[Staged]:
        known = await store.sealed_persons(list(entries))
        return await self.jobs.compute(self._rows, entries, known)

    def _rows(self, entries: Keyed, known: dict[str, SealedPerson]) -> list[Staged]:
        return [
            self._row(entry.line, key, sealed, _wanted(entry), known.get(key))
            for key, (entry, sealed) in entries.items()
        ]

    def _row(
        self, line: int, key: str, sealed: str, wanted: WantedPerson, person: SealedPerson | None
    ) -> Staged:
        before = self._opened(person)
        changed = changed_fields(wanted, before) if before else []
        return Staged(
            line, key, sealed, wanted.office_id, wanted.shielded, effect_of(wanted, before),
            tuple(changed),
        )  # fmt: skip

    def _opened(self, person: SealedPerson | None) -> Known | None:
        if person is None:
            return None
        return Known(self.vault.born(person.sealed), person.office_id, person.shielded)

    async def _compare_again(self, draft_id: UUID, run: UUID) -> None:
        async with self.open_store() as store:
            revision, after = await store.revision(), 0
            draft = await store.draft(draft_id)
            counts = dict(draft.counts or {}) if draft else {}
            before = await store.count_rows(draft_id)
        while True:
            async with self.open_store() as store:
                rows = await store.rows_after(draft_id, after, ROWS_AT_ONCE)
                if not rows:
                    break
                known = await store.sealed_persons([row.card_key for row in rows])
                fresh = await self.jobs.compute(self._again, rows, known)
                await store.update_rows(draft_id, fresh)
                after = rows[-1].line
                await store.renew(draft_id, run, self.now(), done=after)
        async with self.open_store() as store:
            twice = counts["unchanged"] - before["unchanged"]
            now_counts = await store.count_rows(draft_id)
            now_counts["unchanged"] += twice
            await store.end_run(
                draft_id, run, self.now(), state="staged", counts=counts | now_counts,
                revision=revision, leased_until=None,
            )  # fmt: skip

    def _again(self, rows: list[Staged], known: dict[str, SealedPerson]) -> list[Staged]:
        found = (
            self._row(
                row.line, row.card_key, row.sealed,
                WantedPerson(self.vault.born(row.sealed), row.office_id, row.shielded),
                known.get(row.card_key),
            )
            for row in rows
        )  # fmt: skip
        return list(found)


def _looking(task: Task) -> TwelveDigits:
    columns = task.columns
    ours = (columns.number, columns.born, columns.office, columns.shielded)
    return TwelveDigits({place: columns.name_of(place) for place in ours if place is not None})


def _wanted(entry: PersonEntry) -> WantedPerson:
    return WantedPerson(entry.born, entry.office_id, entry.shielded)


def _meet_again(read: _Read, entry: PersonEntry, first: WantedPerson, line: int) -> None:
    """A number that stood in an earlier row: the same is no more than the same."""
    if _wanted(entry) == first:
        read.twice += 1
        return
    read.rejected += 1
    read.faults.append(RowFault(entry.line, NUMBER, f"{line}行目と同じ番号で、内容が違います。"))
