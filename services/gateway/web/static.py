"""Style sheets, scripts and pictures under names that carry their content, cached for good."""

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import Access

from .ready import ReadyBody

SHARED = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"


Sheets = Mapping[str, Sequence[str]]
"""Style sheets that are served as one, by its name: a page asks for one file, and each
subject has a file of its own."""


class Static:
    """The files that both doors share, those of the rooms of `door`, and `more`, held in memory."""

    def __init__(self, door: Path, sheets: Sheets | None = None, more: Sequence[Path] = ()) -> None:
        self._answers: dict[str, ReadyBody] = {}
        self._urls: dict[str, str] = {}
        files = dict(_files(door))
        for sheet, parts in (sheets or {}).items():
            files[sheet] = b"".join([files[part] for part in parts])
        files |= {file.name: file.read_bytes() for file in more}
        for name, content in files.items():
            self._add(Path(name), content)

    def url(self, name: str) -> str:
        """The address of a file, for templates. Raises KeyError for an unknown one."""
        return self._urls[name]

    def route(self) -> Route:
        async def static(request: Request) -> Response:
            answer = self._answers.get(request.path_params["name"])
            if answer is None:
                raise HTTPException(404)
            return answer.answer(request.headers)

        static.access = Access(frozenset({"internet", "lgwan"}))  # type: ignore[attr-defined]
        return Route("/static/{name}", static)

    def _add(self, file: Path, content: bytes) -> None:
        name = f"{file.stem}.{sha256(content).hexdigest()[:12]}{file.suffix}"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        self._answers[name] = ReadyBody(content, _FOREVER, kind)
        self._urls[file.name] = f"/static/{name}"


def _files(door: Path) -> Iterator[tuple[str, bytes]]:
    for folder in (SHARED, *sorted(door.glob("*/static"))):
        for file in sorted(folder.iterdir()):
            yield file.name, file.read_bytes()
