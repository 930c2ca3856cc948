"""What went wrong, as pages in plain words: one table of sentences, one answer per status."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.common.errors import Malformed, NotAllowed, TooLarge
from libs.common.logs import fields

from .csrf import ForeignForm
from .language import _
from .link import BUSY, NotBelieved, Refused, Unreachable
from .pages import Pages
from .slow_bodies import SlowBody

log = logging.getLogger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True)
class Sentences:
    heading: str
    lines: tuple[str, ...]


_OUR_FAULT = _("お手数をおかけして申し訳ありません。")

SENTENCES = {
    400: Sentences(
        _("送られた内容を読み取れませんでした"),
        (_("前の画面に戻り、もう一度入力してください。"),),
    ),
    403: Sentences(
        _("この操作は受け付けられませんでした"),
        (
            _("画面を開いてから時間がたったか、別の画面から送られた可能性があります。"),
            _("はじめの画面から、もう一度お試しください。"),
            _(
                "くり返すときは、ブラウザーがクッキーを受け付ける設定になっているかお確かめください。"
            ),
        ),
    ),
    404: Sentences(
        _("ページが見つかりません"),
        (
            _("アドレスが正しいかお確かめください。"),
            _("ページがなくなったか、移動した可能性があります。はじめの画面からお進みください。"),
        ),
    ),
    405: Sentences(
        _("この画面は直接開けません"),
        (_("はじめの画面からお進みください。"),),
    ),
    408: Sentences(
        _("送信が途中で止まりました"),
        (_("通信の状態をお確かめのうえ、もう一度お試しください。"),),
    ),
    413: Sentences(
        _("送られた内容が大きすぎます"),
        (_("内容を短くして、もう一度お試しください。"),),
    ),
    429: Sentences(
        _("短い時間に何度も操作がありました"),
        (_("少し時間をおいてから、もう一度お試しください。"),),
    ),
    500: Sentences(
        _("システムに問題が起きました"),
        (
            _OUR_FAULT,
            _("少し時間をおいてから、もう一度お試しください。確定した予約はなくなりません。"),
        ),
    ),
    503: Sentences(
        _("ただいま、つながりにくくなっています"),
        (
            _OUR_FAULT,
            _("入力した内容は残っています。少し待ってから、もう一度お試しください。"),
        ),
    ),
}


NOT_BELIEVED = Sentences(
    _("ただいま、予約の受付を止めています"),
    (
        _OUR_FAULT,
        _("システムの時計か設定を点検しています。お急ぎのときは、お電話でご予約ください。"),
    ),
)
"""No service takes what this door asks. It is no use to try again in a moment."""


class ErrorAnswer(Protocol):
    """A page for an error: `sentences`, or those of SENTENCES for its status."""

    def __call__(self, status: int, sentences: Sentences | None = None) -> Response: ...


def page_answer(pages: Pages) -> ErrorAnswer:
    def answer(status: int, sentences: Sentences | None = None) -> Response:
        values = {"status": status, "sentences": sentences or SENTENCES[status]}
        reply = pages.answer("error.html", values, status)
        if status == 503:
            reply.headers["retry-after"] = "10"
        return reply

    return answer


def refusal_handlers(answer: ErrorAnswer) -> dict[Any, Handler]:
    """Exception handlers for Starlette. A `Refused` that no page expected is our own fault."""

    def always(status: int) -> Handler:
        async def handler(request: Request, error: Exception) -> Response:
            return answer(status)

        return handler

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reply = answer(error.status_code if error.status_code in SENTENCES else 400)
        reply.headers.update(error.headers or {})
        return reply

    async def unreachable(request: Request, error: Exception) -> Response:
        log.warning("a service cannot be reached", extra=fields(reason=str(error)))
        return answer(503)

    async def not_believed(request: Request, error: Exception) -> Response:
        return answer(503, NOT_BELIEVED)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        if error.status == 429:
            return answer(429)
        if error.slug == BUSY:
            return answer(503)
        log.error("unexpected refusal", extra=fields(status=error.status, slug=error.slug))
        return answer(500)

    return {
        HTTPException: http,
        Malformed: always(400),
        TooLarge: always(413),
        SlowBody: always(408),
        ForeignForm: always(403),
        NotAllowed: always(403),
        Unreachable: unreachable,
        NotBelieved: not_believed,
        Refused: refused,
    }
