"""Files that staff send: capped while they are read, spooled to disk, refused in plain words."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from libs.common.errors import Malformed, Problem, TooLarge

FILE_LIMIT = 20 * 1024 * 1024
# What multipart puts around the file: boundaries, part headers and the hidden fields.
_ENVELOPE = 16 * 1024
_FIELD = "file"


class DiskFull(Problem):
    """This machine has no room for the file."""

    slug: ClassVar[str] = "disk-full"


@dataclass(frozen=True)
class Upload:
    """A form with one file. `file_name` is empty where none was chosen."""

    fields: dict[str, str]
    file_name: str
    content: bytes

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def key(self, form_key: str) -> str:
        """Of this form with this file: another one chosen in the same form is another wish."""
        return sha256(form_key.encode() + self.content).hexdigest()


async def read_upload(request: Request) -> Upload:
    """The form of a POST with a file. Raises TooLarge, Malformed and DiskFull."""
    limit = FILE_LIMIT + _ENVELOPE
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"At most {FILE_LIMIT} bytes are taken here.")
    capped = Request(request.scope, _capped(request.receive, limit))
    try:
        async with capped.form(max_files=1, max_fields=8, max_part_size=1024) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            file = form.get(_FIELD)
            if not isinstance(file, UploadFile):
                return Upload(fields, "", b"")
            return Upload(fields, file.filename or "", await file.read())
    except HTTPException:
        raise Malformed("The form cannot be read.") from None
    except OSError as error:
        raise DiskFull("There is no room for the file.") from error


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
