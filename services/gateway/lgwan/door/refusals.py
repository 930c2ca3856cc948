"""What went wrong, as pages for staff: a sentence, what to do next, and the way back."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.common.again import GaveWay
from libs.common.errors import Malformed, NotAllowed, TooLarge, Unavailable
from libs.common.logs import fields
from services.gateway.web.csrf import ForeignForm
from services.gateway.web.link import BUSY, NotBelieved, Refused, Unreachable
from services.gateway.web.pages import PageAnswer, Pages
from services.gateway.web.refusals import SENTENCES, Sentences
from services.gateway.web.slow_bodies import SlowBody

from .auth import came_from, here
from .pages import answer
from .uploads import DiskFull

log = logging.getLogger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]

STAFF_SENTENCES = {
    **SENTENCES,
    400: Sentences(
        "送られた内容を読み取れませんでした",
        ("元の画面に戻り、もう一度操作してください。",),
    ),
    403: Sentences(
        "この操作は受け付けられませんでした",
        ("画面を開いてから時間がたった可能性があります。元の画面を開き直してください。",),
    ),
    404: Sentences(
        "見つかりません",
        ("アドレスが違うか、担当する場所の予約ではありません。",),
    ),
    413: Sentences(
        "ファイルが大きすぎます",
        ("取り込めるファイルは64MBまでです。ファイルを分けて、もう一度取り込んでください。",),
    ),
    500: Sentences(
        "システムに問題が起きました",
        (
            "受け付けた予約はなくなりません。少し待っても直らないときは、システム担当へお知らせください。",
        ),
    ),
    503: Sentences(
        "ただいま、つながりにくくなっています",
        (
            "いまの操作が済んだかどうかは、元の画面で確かめられます。",
            "少し待ってから、もう一度お試しください。",
        ),
    ),
    507: Sentences(
        "ファイルを受け取れませんでした",
        (
            "サーバーの保存場所がいっぱいです。何も取り込まれていません。",
            "システム担当へ知らせ、空きができてから、もう一度取り込んでください。",
        ),
    ),
}
NOT_BELIEVED = Sentences(
    "ただいま、予約の確認や変更ができません",
    (
        "このシステムの時計か設定に問題があります。待っても直りません。",
        "システム担当へお知らせください。受け付けた予約はなくなりません。",
    ),
)
NO_RIGHT = Sentences(
    "この操作をする権限がありません",
    ("必要なときは、権限の管理者へ相談してください。",),
)


def page_answer(pages: Pages) -> PageAnswer:
    """Pages for where nobody knows the request: the wrong host, and what our own code did wrong."""

    def plain(status: int) -> Response:
        values = {"sentences": STAFF_SENTENCES[status], "back": "/", "menu": (), "me": None}
        return pages.answer("error.html", values, status)

    return plain


def refusal_handlers() -> dict[Any, Handler]:
    """Exception handlers for Starlette."""
    busy = _unreachable
    return {
        HTTPException: _http,
        Malformed: _always(400),
        ForeignForm: _always(403),
        NotAllowed: _no_right,
        TooLarge: _always(413),
        SlowBody: _always(408),
        DiskFull: _disk_full,
        Refused: _refused,
        Unreachable: busy,
        NotBelieved: _not_believed,
        Unavailable: busy,
        DBAPIError: busy,
        PoolTimeoutError: busy,
        asyncpg.PostgresError: busy,
        OSError: busy,
    }


def _page(request: Request, sentences: Sentences, status: int) -> Response:
    posted = request.method == "POST"
    values = {"sentences": sentences, "back": came_from(request) if posted else here(request)}
    return answer(request, "error.html", values, status)


def _always(status: int) -> Handler:
    async def handler(request: Request, _: Exception) -> Response:
        return _page(request, STAFF_SENTENCES[status], status)

    return handler


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code if error.status_code in STAFF_SENTENCES else 400
    reply = _page(request, STAFF_SENTENCES[status], status)
    reply.headers.update(error.headers or {})
    return reply


async def _no_right(request: Request, _: Exception) -> Response:
    return _page(request, NO_RIGHT, 403)


async def _disk_full(request: Request, error: Exception) -> Response:
    log.error("no room for an upload", extra=fields(reason=type(error.__cause__).__name__))
    return _page(request, STAFF_SENTENCES[507], 507)


async def _unreachable(request: Request, error: Exception) -> Response:
    """A service or the database is away; what was accepted is safe where it was accepted.

    Raises what the database says about our own statements, and what is run again.
    """
    if isinstance(error, ProgrammingError | IntegrityError | DataError | GaveWay):
        raise error
    log.warning("cannot be reached", extra=fields(reason=_reason(error)))
    reply = _page(request, STAFF_SENTENCES[503], 503)
    reply.headers["retry-after"] = "10"
    return reply


def _reason(error: Exception) -> str:
    """Unreachable says in a word what it met; what a database says may quote values."""
    return str(error) if isinstance(error, Unreachable) else type(error).__name__


async def _not_believed(request: Request, _: Exception) -> Response:
    """The door's own trouble, never the person's."""
    return _page(request, NOT_BELIEVED, 503)


async def _refused(request: Request, error: Exception) -> Response:
    """What an owner refused."""
    assert isinstance(error, Refused)
    if error.status == 403:
        return await _no_right(request, error)
    if error.slug == BUSY:
        return await _unreachable(request, error)
    log.warning("refused by a service", extra=fields(status=error.status, slug=error.slug))
    status = error.status if error.status in STAFF_SENTENCES else 400
    return _page(request, STAFF_SENTENCES[status], status)
