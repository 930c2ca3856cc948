"""Taking in a file: sealed piece by piece as it comes, and looked at before anybody chooses."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from libs.common.errors import KeyReused, TooLarge
from services.eligibility.domain import workbook
from services.eligibility.domain.columns import Guesser
from services.eligibility.domain.dates import day_in_japan
from services.eligibility.domain.encodings import Census
from services.eligibility.domain.layout import (
    FileLayout,
    find_delimiter,
    find_header,
    first_lines,
    preview_of,
)
from services.eligibility.domain.offices import OfficeFinder
from services.eligibility.domain.problems import OfficesUnknown, UnreadableFile
from services.eligibility.domain.records import FileLine, TextReader
from services.eligibility.domain.twelve_digits import TwelveDigits
from services.eligibility.tables import DraftRow
from services.eligibility.vault import FileBox, Vault

from .files import PIECE, OpenStore, Order, pack_lines
from .jobs import Jobs

LARGEST_FILE = 64 * 2**20
LONGEST_PREVIEW = 25


@dataclass
class _Received:
    """What is known of a file when all of it has come."""

    size: int
    lines: int
    digest: str
    kind: str
    layout: FileLayout
    preview: list[FileLine]


@dataclass(frozen=True)
class Uploads:
    """Where files come in."""

    open_store: OpenStore
    vault: Vault
    jobs: Jobs
    pattern: re.Pattern[str]
    now: Callable[[], datetime]

    async def take(self, pieces: AsyncIterator[bytes], file_name: str, order: Order) -> UUID:
        """The draft that a file became; the same form again is the same draft. Raises TooLarge,
        UnknownEncoding, UnreadableFile, CarriesNumbers, OfficesUnknown, KeyReused."""
        guesser = await self.guesser(order)
        draft_id = await self._begin(file_name, order)
        try:
            received = await self._receive(draft_id, pieces, order, guesser)
            return await self._finish(draft_id, received, order)
        except BaseException:
            await self._drop(draft_id)
            raise

    async def guesser(self, order: Order) -> Guesser:
        """Raises OfficesUnknown."""
        async with self.open_store() as store:
            names = await store.office_names()
        if not names:
            raise OfficesUnknown
        served = {key: name for key, name in names.items() if order.serves(key)}
        return Guesser(self.pattern, OfficeFinder(served), day_in_japan(self.now()))

    async def _begin(self, file_name: str, order: Order) -> UUID:
        now, draft_id = self.now(), uuid4()
        async with self.open_store() as store:
            store.add_draft(
                DraftRow(
                    draft_id=draft_id,
                    sent_by=order.sent_by,
                    file_name=file_name,
                    kind="csv",
                    offices=sorted(order.offices),
                    state="receiving",
                    size=0,
                    lines=0,
                    at=now,
                    touched_at=now,
                )
            )
        return draft_id

    async def _receive(
        self, draft_id: UUID, pieces: AsyncIterator[bytes], order: Order, guesser: Guesser
    ) -> _Received:
        box, census, digest = self.vault.file_box(order.key), Census(), sha256()
        first, book, n = b"", bytearray(), 0
        async for piece in _even(pieces):
            first = first or piece
            digest.update(piece)
            if first.startswith(workbook.MARK):
                book += piece
                if len(book) > workbook.MOST_BYTES:
                    raise TooLarge("Excelブックは20MBまでです。CSVで保存し直してください。")
            await self.jobs.compute(census.feed, piece)
            await self._keep(draft_id, n, piece, box)
            n += 1
        if first.startswith(workbook.OLD_MARK):
            raise workbook.old_workbook()
        looked = _look_at_book if book else _look_at_text
        layout, preview = await self.jobs.compute(looked, bytes(book) or first, census, guesser)
        return _Received(
            census.size,
            census.lines,
            self.vault.file_digest(digest.digest()),
            "xlsx" if book else "csv",
            layout,
            preview,
        )

    async def _keep(self, draft_id: UUID, n: int, piece: bytes, box: FileBox) -> None:
        sealed = await self.jobs.compute(box.seal, piece, str(n))
        async with self.open_store() as store:
            await store.add_chunk(draft_id, n, sealed)

    async def _finish(self, draft_id: UUID, received: _Received, order: Order) -> UUID:
        """Raises KeyReused."""
        key, box = self.vault.form_digest(order.key), self.vault.file_box(order.key)
        async with self.open_store() as store:
            await store.lock_form(key)
            known = await store.draft_of_form(order.sent_by, key)
            if known:
                await store.drop_draft(draft_id)
                if known.digest != received.digest:
                    raise KeyReused(
                        "同じ画面から別のファイルが送られました。画面を開き直してください。"
                    )
                return known.draft_id
            draft = await store.draft(draft_id)
            assert draft is not None
            sealed = box.seal(pack_lines(received.preview), "preview")
            draft.preview = b64encode(sealed).decode()
            draft.key, draft.digest = key, received.digest
            draft.kind, draft.state = received.kind, "uploaded"
            draft.size, draft.lines = received.size, received.lines
            draft.layout = asdict(received.layout)
            draft.touched_at = self.now()
        return draft_id

    async def _drop(self, draft_id: UUID) -> None:
        async with self.open_store() as store:
            await store.drop_draft(draft_id)


async def _even(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size. Raises TooLarge."""
    rest, size = bytearray(), 0
    async for piece in pieces:
        size += len(piece)
        if size > LARGEST_FILE:
            raise TooLarge("ファイルが64MBを超えています。分けて取り込んでください。")
        rest += piece
        while len(rest) >= PIECE:
            yield bytes(rest[:PIECE])
            del rest[:PIECE]
    if rest:
        yield bytes(rest)


def _look_at_text(
    head: bytes, census: Census, guesser: Guesser
) -> tuple[FileLayout, list[FileLine]]:
    codec = census.codec()
    text = head.decode(codec, "replace").removeprefix("\ufeff")
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = find_delimiter(whole[:100_000])
    lines = first_lines(head, codec, delimiter)
    if census.size <= len(head):
        reader = TextReader(codec, delimiter)
        lines = [*reader.feed(head), *reader.end()][:LONGEST_PREVIEW]
    return _looked(FileLayout(codec, delimiter, find_header(lines, guesser)), lines)


def _look_at_book(body: bytes, _: Census, guesser: Guesser) -> tuple[FileLayout, list[FileLine]]:
    workbook.check_workbook(body)
    lines = []
    for line in workbook.rows_of(body):
        lines.append(line)
        if len(lines) == LONGEST_PREVIEW:
            break
    return _looked(FileLayout("", ",", find_header(lines, guesser)), lines)


def _looked(layout: FileLayout, lines: list[FileLine]) -> tuple[FileLayout, list[FileLine]]:
    """Raises CarriesNumbers, UnreadableFile."""
    if not any(line.cells for line in lines):
        raise UnreadableFile("ファイルが空か、表ではありません。一覧のファイルを選んでください。")
    preview_of(lines, layout.header)
    twelve_digits = TwelveDigits()
    for line in lines:
        twelve_digits.look(line.number, line.cells or ())
    twelve_digits.refuse(final=True)
    return layout, lines
