"""Files that staff send: capped while they are read, spooled to disk, refused in plain words."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from libs.common.assertion import encode_digest
from libs.common.errors import Malformed, Problem, TooLarge
from services.gateway.web.link import Body

FILE_LIMIT = 64 * 1024 * 1024
# What multipart puts around the file: boundaries, part headers and the hidden fields.
_ENVELOPE = 16 * 1024
_FIELD = "file"
_PIECE = 1024 * 1024


class DiskFull(Problem):
    """This machine has no room for the file."""

    slug: ClassVar[str] = "disk-full"


@dataclass(frozen=True)
class Upload:
    """A form with one file, which lies in a temporary file until it is closed. `file_name` is empty
    where none was chosen. What somebody typed or called a file is in no repr, and so in no log."""

    fields: dict[str, str] = field(repr=False)
    file_name: str = field(default="", repr=False)
    file: UploadFile | None = field(default=None, repr=False)
    size: int = 0
    digest: bytes = b""

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def key(self, form_key: str) -> str:
        """Of this form with this file: another one chosen in the same form is another wish."""
        return sha256(form_key.encode() + self.digest).hexdigest()

    @property
    def body(self) -> Body:
        """To be sent on, from the beginning each time."""
        return Body(self.size, encode_digest(self.digest), self._pieces)

    async def close(self) -> None:
        if self.file is not None:
            await self.file.close()

    async def _pieces(self) -> AsyncIterator[bytes]:
        assert self.file is not None
        await self.file.seek(0)
        while piece := await self.file.read(_PIECE):
            yield piece


async def read_upload(request: Request) -> Upload:
    """The form of a POST with a file. Raises TooLarge, Malformed and DiskFull."""
    limit = FILE_LIMIT + _ENVELOPE
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"At most {FILE_LIMIT} bytes are taken here.")
    capped = Request(request.scope, _capped(request.receive, limit))
    try:
        form = await capped.form(max_files=1, max_fields=8, max_part_size=1024)
        try:
            return await _read(form)
        except BaseException:
            await form.close()
            raise
    except HTTPException:
        raise Malformed("The form cannot be read.") from None
    except OSError as error:
        raise DiskFull("There is no room for the file.") from error


async def _read(form: FormData) -> Upload:
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get(_FIELD)
    if not isinstance(file, UploadFile):
        await form.close()
        return Upload(fields)
    size, digest = 0, sha256()
    while piece := await file.read(_PIECE):
        size += len(piece)
        digest.update(piece)
    return Upload(fields, file.filename or "", file, size, digest.digest())


def _capped(receive: Receive, limit: int) -> Receive:
    size = 0

    async def receive_some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge(f"At most {FILE_LIMIT} bytes are taken here.")
        return message

    return receive_some
