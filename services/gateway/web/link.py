"""One service as a door reaches it: deadlines, assertions, request ids and safe repeats."""

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from libs.common.assertion import Asserter, Target
from libs.common.logs import request_id

from .skew import Skew

log = logging.getLogger(__name__)
Model = TypeVar("Model", bound=BaseModel)

TOTAL_SECONDS = 5.0
CONNECT_SECONDS = 2.0
SILENT_SECONDS = 15.0
"""In the middle of a long answer."""
IDLE_SECONDS = 60.0
CONNECTIONS_PER_SERVICE = 64

PROBLEM = "application/problem+json"
BUSY = "busy"
"""Others are at the same rows just now: nothing was decided, and the same may be asked again."""
KEY = "Idempotency-Key"


class Refused(Exception):
    """A service understood the request and said no: problem+json with a stable slug."""

    def __init__(self, status: int, slug: str, facts: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {slug}")
        self.status = status
        self.slug = slug
        self.facts = facts


class Unreachable(Exception):
    """A service did not answer in time, not at all, or could not do its work just now."""


class NotBelieved(Unreachable):
    """A service takes no assertion of this door: its clock is wrong, or its key."""


Query = Mapping[str, str] | Sequence[tuple[str, str]]
"""What stands behind the path of a question; pairs where a name comes more than once."""


class _Problem(BaseModel, extra="allow"):
    """problem+json as libs.common.errors writes it."""

    slug: str


@dataclass(frozen=True)
class Body:
    """A file that is sent piece by piece, as often as it takes. `digest` is that of all of it."""

    size: int
    digest: str
    pieces: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class Actor:
    """On whose behalf a door asks: a session id (internet) or a staff account (lgwan)."""

    name: str
    rights: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()


DOOR = Actor("door")
"""The door itself: catalog and board, which concern nobody."""


def open_session(connections: int = CONNECTIONS_PER_SERVICE) -> aiohttp.ClientSession:
    """The connections of one door to all services, so many to each. Idle ones close before the
    services do it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,
            limit_per_host=connections,
            keepalive_timeout=IDLE_SECONDS,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=True,
        trust_env=False,
    )


class Link:
    """Requests to one service. Raises Refused and Unreachable, nothing else."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        asserter: Asserter,
        service: str,
        skew: Skew | None = None,
    ) -> None:
        """`skew` is told the service's time with each answer."""
        self._session = session
        self._base_url = base_url
        self._asserter = asserter
        self._service = service
        self._skew = skew

    async def get(
        self,
        actor: Actor,
        path: str,
        reply: type[Model],
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Model:
        return _read(reply, await self._send(actor, "GET", path, headers or {}, query=query))

    async def get_bytes(self, actor: Actor, path: str, query: Query | None = None) -> bytes:
        return await self._send(actor, "GET", path, {}, query=query)

    async def post(
        self,
        actor: Actor,
        path: str,
        reply: type[Model],
        *,
        key: str | None = None,
        body: BaseModel | None = None,
        seconds: float = TOTAL_SECONDS,
        more: Mapping[str, str] | None = None,
    ) -> Model:
        """`key` is the idempotency key; without one the request only asks. `more` are headers."""
        headers = {"Content-Type": "application/json", **(more or {})}
        data = body.model_dump_json().encode() if body else b"{}"
        raw = await self._send(
            actor, "POST", path, _with_key(headers, key), data=data, seconds=seconds
        )
        return _read(reply, raw)

    async def upload(
        self,
        actor: Actor,
        path: str,
        reply: type[Model],
        *,
        key: str,
        body: "Body",
        headers: Mapping[str, str],
        seconds: float,
    ) -> Model:
        """Send a file as it is, piece by piece, and wait up to `seconds` for what became of it."""
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        sent = _with_key({**headers, "Content-Length": str(body.size)}, key)
        url, options = self._prepared(actor, "POST", path, sent, None, body.digest, timeout)
        return _read(reply, await self._repeated(url, options, body))

    async def _send(
        self,
        actor: Actor,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        query: Query | None = None,
        data: bytes | None = None,
        seconds: float = TOTAL_SECONDS,
    ) -> bytes:
        """Once more with the same key when a kept connection turned out to be closed."""
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        url, options = self._prepared(actor, method, path, headers, query, data, timeout)
        try:
            try:
                return await self._once(method, url, options)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                return await self._once(method, url, options)
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise Unreachable(type(failure).__name__) from failure

    async def _repeated(self, url: URL, options: dict[str, Any], body: "Body") -> bytes:
        """A file, once more from its beginning when a kept connection turned out to be closed."""
        try:
            try:
                return await self._once("POST", url, {**options, "data": body.pieces()})
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                return await self._once("POST", url, {**options, "data": body.pieces()})
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise Unreachable(type(failure).__name__) from failure

    async def lines(
        self, actor: Actor, path: str, reply: type[Model], query: Query, seconds: float
    ) -> AsyncGenerator[Model, None]:
        """A long answer line by line, as it comes. Raises Unreachable in the middle as well."""
        timeout = aiohttp.ClientTimeout(
            total=seconds, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS
        )
        url, options = self._prepared(actor, "GET", path, {}, query, None, timeout)
        rest = b""
        try:
            async with self._session.get(url, **options) as answer:
                if answer.status >= 300:
                    _refuse(answer, await answer.read())
                async for chunk in answer.content.iter_any():
                    *whole, rest = (rest + chunk).split(b"\n")
                    for line in whole:
                        yield _read(reply, line)
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise Unreachable(type(failure).__name__) from failure

    def _prepared(
        self,
        actor: Actor,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Query | None,
        data: bytes | str | None,
        timeout: aiohttp.ClientTimeout,
    ) -> tuple[URL, dict[str, Any]]:
        """The address, and the rest of the request with its assertion. `data` may be the digest of
        a body that comes later."""
        url = URL(self._base_url + path)
        url = url.update_query(query) if query else url
        target = Target(self._service, method, url.raw_path_qs, headers.get(KEY, ""))
        options: dict[str, Any] = {
            "headers": {
                **headers,
                "Authorization": self._asserter.header(
                    actor.name, actor.rights, actor.offices, target, data or b""
                ),
                "X-Request-Id": request_id.get(),
            },
            "data": data,
            "timeout": timeout,
            "allow_redirects": False,
        }
        return url, options

    async def _once(self, method: str, url: URL, options: dict[str, Any]) -> bytes:
        begun = time.monotonic()
        async with self._session.request(method, url, **options) as reply:
            if self._skew:
                self._skew.note(reply.headers.get("Date"), begun)
            raw = await reply.read()
        if reply.status >= 300:
            _refuse(reply, raw)
        return raw


def _refuse(reply: aiohttp.ClientResponse, raw: bytes) -> NoReturn:
    """Raises what an answer means that is none: Refused, NotBelieved or Unreachable."""
    if reply.status == 401:
        log.error("a service does not believe this door: see its clock and its key")
        raise NotBelieved("the assertion is refused")
    if reply.status >= 500 or reply.content_type != PROBLEM:
        raise Unreachable(f"status {reply.status}")
    problem = _read(_Problem, raw)
    raise Refused(reply.status, problem.slug, problem.model_extra or {})


def _with_key(headers: Mapping[str, str], key: str | None) -> dict[str, str]:
    return {**headers, KEY: key} if key else dict(headers)


def _read(model: type[Model], raw: bytes) -> Model:
    """An answer that is not the contract is as good as none."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as wrong:
        raise Unreachable("an answer that cannot be read") from wrong
