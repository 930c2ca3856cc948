"""A file as it lies in its draft: read piece by piece by who has the key of its form."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from libs.common.assertion import EVERY_OFFICE
from libs.common.seal import CannotOpen
from services.eligibility.domain.layout import FileLayout
from services.eligibility.domain.problems import FileGone
from services.eligibility.domain.records import FileLine, TextReader
from services.eligibility.domain.workbook import rows_of
from services.eligibility.store import Store
from services.eligibility.vault import FileBox

from .jobs import Jobs

PIECE = 256 * 1024
ROWS_AT_ONCE = 2_000

OpenStore = Callable[[], AbstractAsyncContextManager[Store]]


@dataclass(frozen=True)
class Order:
    """Who sends a file, under which key of a form, and for which offices."""

    sent_by: str
    key: str
    offices: frozenset[str]

    def serves(self, office_id: str) -> bool:
        return bool({EVERY_OFFICE, office_id} & self.offices)

    @property
    def serves_all(self) -> bool:
        return EVERY_OFFICE in self.offices


@dataclass(frozen=True)
class SealedFile:
    """The pieces of one file. Raises FileGone where they are gone or sealed under another key."""

    draft_id: UUID
    box: FileBox
    open_store: OpenStore
    jobs: Jobs

    async def piece(self, n: int) -> bytes | None:
        async with self.open_store() as store:
            sealed = await store.chunk(self.draft_id, n)
        if sealed is None:
            return None
        try:
            return await self.jobs.compute(self.box.open, sealed, str(n))
        except CannotOpen:
            raise FileGone from None

    async def first(self) -> bytes:
        found = await self.piece(0)
        if found is None:
            raise FileGone
        return found

    async def whole(self) -> bytes:
        """For a workbook, which is small and has its table of contents at the end."""
        pieces, n = [await self.first()], 1
        while (piece := await self.piece(n)) is not None:
            pieces.append(piece)
            n += 1
        return b"".join(pieces)

    async def rows(
        self, layout: FileLayout, kind: str
    ) -> AsyncIterator[tuple[list[FileLine], int]]:
        """Rows below the header, some at a time, and how many bytes of the file are read by then.
        Raises UnreadableFile."""
        source = self._of_workbook() if kind == "xlsx" else self._of_text(layout)
        async for lines, done in source:
            yield [line for line in lines if line.number > layout.header], done

    async def _of_text(self, layout: FileLayout) -> AsyncIterator[tuple[list[FileLine], int]]:
        reader, n, done = TextReader(layout.codec, layout.delimiter), 0, 0
        piece: bytes | None = await self.first()
        while piece is not None:
            done += len(piece)
            yield await self.jobs.compute(_all, reader.feed(piece)), done
            n += 1
            piece = await self.piece(n)
        yield await self.jobs.compute(_all, reader.end()), done

    async def _of_workbook(self) -> AsyncIterator[tuple[list[FileLine], int]]:
        rows = rows_of(await self.whole())
        while lines := await self.jobs.compute(_some, rows):
            yield lines, 0


def _all(lines: Iterator[FileLine]) -> list[FileLine]:
    return list(lines)


def _some(lines: Iterator[FileLine]) -> list[FileLine]:
    return list(islice(lines, ROWS_AT_ONCE))


def pack_lines(lines: Sequence[FileLine]) -> bytes:
    return json.dumps([asdict(line) for line in lines], ensure_ascii=False).encode()


def unpack_lines(packed: bytes) -> list[FileLine]:
    found: list[dict[str, Any]] = json.loads(packed)
    return [FileLine(**line) for line in found]
