"""A request is run again as a whole, or not at all."""

from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from libs.common.again import LARGEST_BODY, Again, run_again


class Deadlocks:
    """An answer that comes at the third try."""

    def __init__(self, until: int = 2) -> None:
        self.tries: list[int] = []
        self._until = until

    async def answer(self, request: Request) -> Response:
        self.tries.append(len(await request.body()))
        if len(self.tries) <= self._until:
            raise asyncpg.DeadlockDetectedError
        return PlainTextResponse("done")

    async def begin(self, request: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"one"
            self.tries.append(1)
            raise asyncpg.DeadlockDetectedError

        return StreamingResponse(parts())


def client(deadlocks: Deadlocks) -> httpx2.AsyncClient:
    routes = [
        Route("/", deadlocks.answer, methods=["POST"]),
        Route("/begun", deadlocks.begin),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Again)])
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://x")


async def test_the_same_body_is_read_each_time() -> None:
    deadlocks = Deadlocks()
    async with client(deadlocks) as http:
        answer = await http.post("/", content=b"12345")
    assert (answer.status_code, deadlocks.tries) == (200, [5, 5, 5])


async def test_who_does_not_get_through_is_told_to_come_again() -> None:
    deadlocks = Deadlocks(until=10**6)
    async with client(deadlocks) as http:
        answer = await http.post("/")
    assert (answer.status_code, answer.json()["slug"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"


async def test_a_body_too_large_to_keep_is_not_run_again() -> None:
    deadlocks = Deadlocks()
    async with client(deadlocks) as http:
        answer = await http.post("/", content=bytes(LARGEST_BODY + 1))
    assert (answer.status_code, deadlocks.tries) == (503, [LARGEST_BODY + 1])


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    deadlocks = Deadlocks()
    async with client(deadlocks) as http:
        await http.get("/begun")
    assert deadlocks.tries == [1]


async def test_what_fails_by_itself_is_not_run_again() -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise asyncpg.UniqueViolationError

    with pytest.raises(asyncpg.UniqueViolationError):
        await run_again(attempt)
    assert tries == 1


async def test_the_tries_end() -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise asyncpg.SerializationError

    with pytest.raises(asyncpg.SerializationError):
        await run_again(attempt, seconds=0.1)
    assert 2 <= tries < 100
