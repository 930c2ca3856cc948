"""Connections to PostgreSQL that end soon when the other side has vanished without a goodbye.

A machine that loses its power closes nothing: whoever waits for it waits as long as the kernel
and the library care to. Here the kernel is told to care for seconds, and a connection whose
server does not even answer a cancellation is given up instead of being rolled back.
"""

import asyncio
import socket
from typing import Any

import asyncpg

CONNECT_SECONDS = 3.0
COMMAND_SECONDS = 17.0
"""A little longer than most of our roles may run a statement (`statement_timeout`)."""
LONG_COMMAND_SECONDS = 62.0
"""The same for roles that take in files and count years."""
CANCEL_SECONDS = 1.0
CLOSE_SECONDS = 3.0

SILENT_SECONDS = 6
"""So long may the other machine leave data or a question unanswered."""
KEEPALIVE = {"idle": 4, "interval": 2, "count": 3}
_SERVER = {
    "timezone": "UTC",
    # The server as well: a vanished process of ours must not keep its locks.
    "tcp_user_timeout": f"{SILENT_SECONDS}s",
    **{f"tcp_keepalives_{name}": str(value) for name, value in KEEPALIVE.items()},
}


class Connection(asyncpg.Connection):
    """Ends where the server does not confirm a cancellation soon: nothing more will come of it."""

    def _cancel_current_command(
        self, waiter: "asyncio.Future[None]", cancel_waiter: "asyncio.Future[None] | None" = None
    ) -> None:
        super()._cancel_current_command(waiter, cancel_waiter)  # type: ignore[misc]
        asyncio.get_running_loop().call_later(CANCEL_SECONDS, self._give_up, cancel_waiter)

    def _give_up(self, cancelled: "asyncio.Future[None] | None") -> None:
        if cancelled is not None and not cancelled.done():
            self.terminate()


async def connect(*args: Any, **options: Any) -> asyncpg.Connection:
    """What both kinds of pools open their connections with."""
    settings = {**_SERVER, **(options.pop("server_settings", None) or {})}
    options = {"timeout": CONNECT_SECONDS, "connection_class": Connection, **options}
    connection: asyncpg.Connection = await asyncpg.connect(
        *args, server_settings=settings, **options
    )
    _care(socket_of(connection))
    return connection


def socket_of(connection: asyncpg.Connection) -> Any:
    """asyncpg has no public way to it."""
    return connection._transport.get_extra_info("socket")  # type: ignore[attr-defined] # noqa: SLF001


def _care(given: Any) -> None:
    """Tell the kernel how long to believe in the other side."""
    if given.family not in (socket.AF_INET, socket.AF_INET6):
        return
    given.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", KEEPALIVE["idle"]),
        ("TCP_KEEPINTVL", KEEPALIVE["interval"]),
        ("TCP_KEEPCNT", KEEPALIVE["count"]),
        ("TCP_USER_TIMEOUT", SILENT_SECONDS * 1000),
    ):
        if option := getattr(socket, name, None):  # not every system has all of them
            given.setsockopt(socket.IPPROTO_TCP, option, value)
