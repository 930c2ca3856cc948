"""The month's calendar against a bare page of the same size, in turns on the same machine."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from dev.process import free_port

CONNECTIONS = 16
SECONDS = 2.0
TURNS = 5


class Reader(asyncio.Protocol):
    """Sends one request after the other over one connection and counts whole answers."""

    def __init__(self, request: bytes, size: int) -> None:
        self._request = request
        self._size = size
        self._got = 0
        self._sent = 0.0
        self.waits: list[float] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._got += len(data)
        if self._got >= self._size:
            self._got -= self._size
            self.waits.append(time.perf_counter() - self._sent)
            self._send()

    def _send(self) -> None:
        assert self._transport
        self._sent = time.perf_counter()
        self._transport.write(self._request)


@dataclass(frozen=True)
class Load:
    """What one turn did. `cpu` is the server's CPU seconds a request."""

    per_second: float
    cpu: float
    p99: float


async def answer_size(port: int, request: bytes) -> int:
    """Bytes of one whole answer, head included."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    writer.close()
    return len(head) + length


async def load(port: int, path: str, pid: int) -> Load:
    """Ask for `path` as fast as the server answers."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    size = await answer_size(port, request)
    before, started = psutil.Process(pid).cpu_times(), time.perf_counter()
    loop = asyncio.get_running_loop()
    readers = []
    for _ in range(CONNECTIONS):
        transport, reader = await loop.create_connection(
            lambda: Reader(request, size), "127.0.0.1", port
        )
        readers.append((transport, reader))
    await asyncio.sleep(SECONDS)
    seconds = time.perf_counter() - started
    after = psutil.Process(pid).cpu_times()
    for transport, _ in readers:
        transport.abort()
    waits = [wait for _, reader in readers for wait in reader.waits]
    used = after.user + after.system - before.user - before.system
    return Load(len(waits) / seconds, used / len(waits), statistics.quantiles(waits, n=100)[98])


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


async def body_size(port: int, path: str) -> int:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    writer.close()
    return int(head.split(b"content-length:")[1].split(b"\r\n")[0])


async def ratio(door_port: int, door_pid: int, path: str) -> tuple[float, float, float]:
    """(calendar ÷ bare by answers a second, the same by CPU, calendar's p99 in ms): medians."""
    size = await body_size(door_port, path)
    with bare_server(size) as (port, pid):
        await _listening(port)
        pairs = [
            (await load(door_port, path, door_pid), await load(port, "/", pid))
            for _ in range(TURNS)
        ]
    return (
        statistics.median(page.per_second / bare.per_second for page, bare in pairs),
        statistics.median(bare.cpu / page.cpu for page, bare in pairs),
        statistics.median(page.p99 for page, _ in pairs) * 1000,
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
