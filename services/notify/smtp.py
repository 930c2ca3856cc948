"""One connection to the mail server, kept alive, in words that the sender understands."""

import asyncio
import socket
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from .domain.outcome import Reply, reply_of

STALE_SECONDS = 2.0
"""A connection idle for longer is asked whether it is alive before a mail is trusted to it."""

_RESET_SECONDS = 2.0


class MailServerAway(Exception):
    """No connection to the mail server; nothing was sent."""


@dataclass(frozen=True)
class MailServer:
    """Where and how to reach the mail server."""

    host: str
    port: int
    tls: Literal["none", "starttls", "always"] = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class MailConnection:
    """One connection; `seconds` bounds both connecting and each mail."""

    def __init__(self, server: MailServer, sender: str, seconds: float) -> None:
        self._sender = sender
        self._seconds = seconds
        self._used_at = 0.0
        self._smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "always",
            start_tls=server.tls == "starttls",
            local_hostname=socket.gethostname(),
            timeout=seconds,
        )

    async def ready(self) -> None:
        """A living connection, made anew where needed. Raises Unreachable."""
        if self._smtp.is_connected and self._now() - self._used_at < STALE_SECONDS:
            return
        try:
            async with asyncio.timeout(self._seconds):
                if not await self._answers():
                    self._smtp.close()
                    await self._smtp.connect()
        except (SMTPException, OSError, TimeoutError) as error:
            self._smtp.close()
            raise MailServerAway from error
        self._used_at = self._now()

    async def send(self, to: str, mail: bytes) -> Reply:
        """What the server made of one mail. Never raises for anything the server does."""
        about_us = True
        try:
            async with asyncio.timeout(self._seconds):
                await self._smtp.mail(self._sender)
                about_us = False
                await self._smtp.rcpt(to)
                taken = await self._smtp.data(mail)
            self._used_at = self._now()
            return reply_of(taken.code, taken.message, about_us=False)
        except SMTPResponseException as refusal:
            await self._reset()
            return reply_of(refusal.code, refusal.message, about_us=about_us)
        except (SMTPException, OSError, TimeoutError):
            self._smtp.close()
            return Reply("later", "connection")

    def close(self) -> None:
        self._smtp.close()

    async def _answers(self) -> bool:
        if not self._smtp.is_connected:
            return False
        try:
            await self._smtp.noop(timeout=_RESET_SECONDS)
        except (SMTPException, OSError):
            return False
        return True

    async def _reset(self) -> None:
        """Leave the refused mail behind, or the connection where that does not work."""
        try:
            await self._smtp.rset(timeout=_RESET_SECONDS)
        except (SMTPException, OSError):
            self._smtp.close()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


async def send_once(server: MailServer, sender: str, seconds: float, to: str, mail: bytes) -> Reply:
    """One mail over a connection of its own, for whoever waits for the reply."""
    line = MailConnection(server, sender, seconds)
    try:
        await line.ready()
        return await line.send(to, mail)
    except MailServerAway:
        return Reply("later", "unreachable")
    finally:
        line.close()
