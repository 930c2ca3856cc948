"""A body that trickles in is given up in time, at a real socket."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dev.serving import serving, to_the_end
from libs.common.web import read_limited
from services.gateway.web.slow_bodies import SlowBodies, SlowBody

HEAD = (
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: {size}\r\n\r\n"
)


async def take(request: Request) -> Response:
    return PlainTextResponse(str(len(await read_limited(request, 200_000))))


async def too_slow(request: Request, error: Exception) -> Response:
    return PlainTextResponse("slow", 408)


@pytest.fixture
async def port(unused_tcp_port: int) -> AsyncIterator[int]:
    app = Starlette(
        routes=[Route("/", take, methods=["POST"])],
        middleware=[Middleware(SlowBodies, largest=100_000, seconds=0.5)],
        exception_handlers={SlowBody: too_slow},
    )
    async with serving(app, unused_tcp_port):
        yield unused_tcp_port


async def send(port: int, size: int, *pieces: bytes, pause: float) -> tuple[bytes, float]:
    """The whole of what comes back until the connection ends, and after how many seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begin = time.monotonic()
    writer.write(HEAD.format(size=size).encode())
    answer = asyncio.create_task(to_the_end(reader))
    for piece in pieces:
        if answer.done():
            break
        writer.write(piece)
        await asyncio.sleep(pause)
    got = await asyncio.wait_for(answer, 5)
    writer.close()
    return got, time.monotonic() - begin


async def ask(port: int, first: bytes, second: bytes, pause: float) -> bytes:
    """A body in two pieces; the answer, without waiting for the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = len(first + second)
    writer.write(HEAD.format(size=size).encode() + first)
    await asyncio.sleep(pause)
    writer.write(second)
    answer = await asyncio.wait_for(reader.readuntil(f"\r\n\r\n{size}".encode()), 5)
    writer.close()
    return answer


async def test_a_byte_now_and_then_keeps_no_request_open(port: int) -> None:
    answer, seconds = await send(port, 1000, *[b"a"] * 100, pause=0.1)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert 0.4 < seconds < 3


async def test_nor_does_silence(port: int) -> None:
    answer, seconds = await send(port, 1000, b"a=", pause=0)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds < 3


async def test_a_large_body_has_more_time(port: int) -> None:
    """90,000 bytes have 0.95 seconds; they come in 0.7."""
    answer = await ask(port, b"a" * 45_000, b"b" * 45_000, pause=0.7)
    assert answer.endswith(b"\r\n\r\n90000")


async def test_a_body_in_time_is_read_and_the_connection_kept(port: int) -> None:
    answer = await ask(port, b"a=", b"b", pause=0.1)
    assert answer.endswith(b"\r\n\r\n3")
    assert b"connection: close" not in answer
