"""Style sheets, scripts and pictures under names that carry their content, cached for good."""

import mimetypes
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


class Static:
    """The files that both doors share and those of the rooms of `door`, held in memory."""

    def __init__(self, door: Path | None = None) -> None:
        self._answers: dict[str, ReadyBody] = {}
        self._urls: dict[str, str] = {}
        for folder in (SHARED, *(sorted(door.glob("*/static")) if door else ())):
            for file in sorted(folder.iterdir()):
                self._add(file)

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

    def _add(self, file: Path) -> None:
        content = file.read_bytes()
        name = f"{file.stem}.{sha256(content).hexdigest()[:12]}{file.suffix}"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        self._answers[name] = ReadyBody(content, _FOREVER, kind)
        self._urls[file.name] = f"/static/{name}"
