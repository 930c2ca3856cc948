"""Which language an answer is in: the one chosen, else the first that the browser asks for."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from libs.contracts.booking import Language

from .cookies import Cookies
from .language import Voice, speaking

COOKIE = "lang"
VARY = "cookie, accept-language"
"""What a page that may be kept depends on."""

_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


class Speaking:
    """ASGI middleware: everything inside speaks the language of the request."""

    def __init__(self, app: ASGIApp, voices: Sequence[Voice], cookies: Cookies) -> None:
        self._app = app
        self._voices: dict[str, Voice] = {voice.code: voice for voice in voices}
        self._name = cookies.name(COOKIE).encode() + b"="
        name = re.escape(self._name)
        self._cookie = re.compile(rb"(?:^|;\s*)" + name + rb"([A-Za-z-]{2,8})(?:;|$)")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = speaking.set(self._voice(scope["headers"]))
        try:
            await self._app(scope, receive, send)
        finally:
            speaking.reset(token)

    def _voice(self, headers: Iterable[tuple[bytes, bytes]]) -> Voice:
        accepted = b""
        for name, value in headers:
            if name == b"cookie" and self._name in value:
                chosen = self._cookie.search(value)
                if chosen and (voice := self._voices.get(chosen[1].decode())):
                    return voice
            elif name == b"accept-language":
                accepted = value
        return self._voices[preferred(accepted)]


@lru_cache(512)
def preferred(accepted: bytes) -> Language:
    """The best of our languages for an Accept-Language header. Japanese where nothing is asked,
    English for those who ask only for languages we do not have."""
    wanted = [tag for _, tag in sorted(_ranges(accepted), key=lambda item: -item[0])]
    for tag in wanted:
        if found := _ours(tag):
            return found
    return "en" if wanted else "ja"


def _ranges(accepted: bytes) -> Iterable[tuple[float, str]]:
    """(quality, language) as listed, without `*` and what is refused by q=0."""
    for part in accepted.decode("latin-1").split(","):
        tag, _, options = part.strip().partition(";")
        quality = _QUALITY.search(options)
        weight = float(quality[1]) if quality else 1.0
        if tag.strip() and tag.strip() != "*" and weight:
            yield weight, tag.strip().lower()


def _ours(tag: str) -> Language | None:
    """Our language for a language range. Every Chinese reads simplified signs more easily than
    another language; Japanese in plain words is only chosen by hand."""
    match tag.partition("-")[0]:
        case "ja":
            return "ja"
        case "en":
            return "en"
        case "zh":
            return "zh-CN"
        case "ko":
            return "ko"
        case "vi":
            return "vi"
        case _:
            return None
