"""Pages of the citizens' door against a bare page of as many bytes, in turns on one machine."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import psutil

from dev.process import free_port

CONNECTIONS = 16
SECONDS = 2.0
TURNS = 5


class Reader(asyncio.Protocol):
    """Sends one request after the other over one connection and times whole answers."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._buffer = b""
        self._sent = 0.0
        self.waits: list[float] = []
        self.failed = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        size = answer_size(self._buffer)
        if size and len(self._buffer) >= size:
            self.failed += not self._buffer.startswith(b"HTTP/1.1 200")
            self._buffer = self._buffer[size:]
            self.waits.append(time.perf_counter() - self._sent)
            self._send()

    def _send(self) -> None:
        assert self._transport
        self._sent = time.perf_counter()
        self._transport.write(self._request)


def answer_size(begun: bytes) -> int:
    """Bytes of the whole answer that begins here, head included; 0 while its head is not whole."""
    end = begun.find(b"\r\n\r\n")
    return end + 4 + body_bytes(begun[:end]) if end >= 0 else 0


def body_bytes(head: bytes) -> int:
    """What the head says of the size of the body."""
    return int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])


@dataclass(frozen=True)
class Target:
    """A page as a browser asks for it."""

    port: int
    path: str
    cookie: str = ""

    @property
    def request(self) -> bytes:
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Accept-Encoding: gzip",
            "Accept-Language: ja",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Load:
    """What one turn did. `cpu` is the server's CPU seconds a request."""

    per_second: float
    cpu: float
    p99: float


async def load(target: Target, pid: int) -> Load:
    """Ask for the page as fast as the server answers."""
    before, started = psutil.Process(pid).cpu_times(), time.perf_counter()
    async with readers(target, CONNECTIONS) as reading:
        await asyncio.sleep(SECONDS)
        seconds = time.perf_counter() - started
        after = psutil.Process(pid).cpu_times()
    waits = waits_of(reading)
    used = after.user + after.system - before.user - before.system
    return Load(len(waits) / seconds, used / len(waits), p99(waits))


@asynccontextmanager
async def readers(target: Target, count: int) -> AsyncIterator[list[Reader]]:
    """So many connections that ask for the page over and over."""
    loop = asyncio.get_running_loop()
    pairs = []
    for _ in range(count):
        pair = await loop.create_connection(
            lambda: Reader(target.request), "127.0.0.1", target.port
        )
        pairs.append(pair)
    try:
        yield [reader for _, reader in pairs]
    finally:
        for transport, _ in pairs:
            transport.abort()


def waits_of(reading: list[Reader]) -> list[float]:
    """Seconds of each answer. Raises AssertionError if one was not the page."""
    assert not sum(reader.failed for reader in reading), "an answer was not 200"
    return [wait for reader in reading for wait in reader.waits]


def p99(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=100)[98]


@contextmanager
def bare_server(size: int) -> Iterator[tuple[int, int]]:
    """(port, pid) of the yardstick."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port), str(size)])
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


async def body_size(target: Target) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    writer.write(target.request)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    return body_bytes(head)


@dataclass(frozen=True)
class Cost:
    """A page ÷ a bare page of as many bytes, by answers a second and by CPU; its own CPU seconds.
    Medians."""

    rate: float
    cpu: float
    seconds: float


async def cost(page: Target, door_pid: int) -> Cost:
    """The page and its yardstick in turns."""
    size = await body_size(page)
    with bare_server(size) as (port, pid):
        await _listening(port)
        pairs = [
            (await load(page, door_pid), await load(Target(port, "/"), pid)) for _ in range(TURNS)
        ]
    return Cost(
        statistics.median(ours.per_second / bare.per_second for ours, bare in pairs),
        statistics.median(bare.cpu / ours.cpu for ours, bare in pairs),
        statistics.median(ours.cpu for ours, _ in pairs),
    )


async def _listening(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("the bare server did not start")
