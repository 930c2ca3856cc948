"""The edge proxy before a door: real nginx with the files of deploy/edge."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pytest_asyncio import fixture as async_fixture
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dev.edge import Edge, edge, nginx
from dev.process import free_port
from dev.serving import serving, to_the_end
from libs.common.errors import TooLarge
from libs.common.web import read_limited
from services.gateway.web.headers import SecurityHeaders
from services.gateway.web.slow_bodies import SlowBodies, SlowBody

pytestmark = pytest.mark.skipif(nginx() is None, reason="nginx is not on this machine")
URL = "https://yoyaku.example.jp"


async def take(request: Request) -> Response:
    size = len(await read_limited(request, 2_000_000)) if request.method == "POST" else 0
    return PlainTextResponse(f"door {size}")


async def refuse(_: Request, error: Exception) -> Response:
    return PlainTextResponse("the door says no", 408 if isinstance(error, SlowBody) else 413)


def door() -> Starlette:
    paths = ("/", "/imports")
    return Starlette(
        routes=[Route(path, take, methods=["GET", "POST"]) for path in paths],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(SlowBodies, largest=100_000, seconds=1.0),
        ],
        exception_handlers={SlowBody: refuse, TooLarge: refuse},
    )


@async_fixture(scope="module", loop_scope="module")
async def proxy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    behind, port, health = free_port(), free_port(), free_port()
    directory: Path = tmp_path_factory.mktemp("edge")
    upstream = f"http://127.0.0.1:{behind}"
    async with serving(door(), behind), edge(directory, port, health, upstream, URL) as running:
        yield running


async def ask(proxy: Edge, method: str, path: str = "/", body: bytes = b"") -> tuple[int, str]:
    url = f"https://localhost:{proxy.port}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body, ssl=proxy.trust) as answer,
    ):
        headers = answer.headers
        assert headers.getall("X-Frame-Options") == ["DENY"]
        assert headers.getall("X-Content-Type-Options") == ["nosniff"]
        assert len(headers.getall("Strict-Transport-Security")) == 1
        return answer.status, await answer.text()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("method", "path", "size", "status", "words"),
    [
        ("GET", "/", 0, 200, "door 0"),
        ("POST", "/", 60_000, 200, "door 60000"),
        ("POST", "/imports", 400_000, 200, "door 400000"),
        ("POST", "/", 70_000, 413, "大きすぎます"),
        ("POST", "/imports", 600_000, 413, "大きすぎます"),
        ("DELETE", "/", 0, 405, "405"),
        ("GET", "/edge/slow-down.html", 0, 404, ""),
    ],
)
async def test_every_answer_is_protected_whoever_gives_it(
    proxy: Edge, method: str, path: str, size: int, status: int, words: str
) -> None:
    got = await ask(proxy, method, path, bytes(size))
    assert (got[0], words in got[1]) == (status, True)


@pytest.mark.asyncio(loop_scope="module")
async def test_plain_http_is_led_to_our_own_address_only(proxy: Edge) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"GET /find?a=b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    assert f"\r\nLocation: {URL}/find?a=b\r\n" in answer
    assert "evil" not in answer


async def trickle(proxy: Edge, head: bytes, pause: float) -> tuple[bytes, float]:
    """Send a byte after each pause until the connection ends; what came back, and how long."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port, ssl=proxy.trust,
                                                   server_hostname="localhost")  # fmt: skip
    begin = time.monotonic()
    writer.write(head)
    answer = asyncio.create_task(to_the_end(reader))
    try:
        async with asyncio.timeout(30):
            while not answer.done() and not writer.is_closing():
                writer.write(b"a")
                await writer.drain()
                await asyncio.wait({answer}, timeout=pause)
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
    return (await answer if not answer.cancelled() else b""), time.monotonic() - begin


@pytest.mark.asyncio(loop_scope="module")
async def test_a_body_that_trickles_in_holds_no_connection(proxy: Edge) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
    answer, seconds = await trickle(proxy, head, 0.2)
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert seconds < 8
