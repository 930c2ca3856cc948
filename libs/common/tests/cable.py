"""A cable between a client and a server that a test can cut, stall and plug in again."""

import asyncio
from contextlib import suppress

from yarl import URL


class Cable:
    """Forwards TCP from a port of its own to the server that `url` names."""

    def __init__(self, url: str) -> None:
        self._server = URL(url)
        self._port = 0
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._stalled: set[asyncio.Task[None]] = set()
        self._muffled = False

    @property
    def url(self) -> str:
        """The server's address through this cable."""
        return str(self._server.with_host("127.0.0.1").with_port(self._port))

    async def plug(self) -> None:
        self._listener = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Every connection ends, and new ones are refused."""
        if self._listener:
            self._listener.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def stall(self) -> None:
        """Today's connections stay open and carry nothing more, as when a machine has vanished."""
        self._stalled |= self._connections

    def muffle(self) -> None:
        """Connections of now and later stay open and carry nothing, until `clear`."""
        self.stall()
        self._muffled = True

    def clear(self) -> None:
        """New connections carry again."""
        self._muffled = False

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        if self._muffled:
            self._stalled.add(task)
        try:
            host, port = self._server.host, self._server.port
            there_reader, there_writer = await asyncio.open_connection(host, port)
            ways = ((reader, there_writer), (there_reader, writer))
            with suppress(OSError):
                await asyncio.gather(*(self._forward(task, *way) for way in ways))
            there_writer.close()
        except asyncio.CancelledError:
            there_writer.close()
        finally:
            writer.close()
            self._connections.discard(task)

    async def _forward(
        self,
        task: asyncio.Task[None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        while data := await reader.read(65536):
            if task not in self._stalled:
                writer.write(data)
                await writer.drain()
        writer.close()
