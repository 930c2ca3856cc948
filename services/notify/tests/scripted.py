"""A real mail server that answers from a script: refuses, postpones, or hangs up."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


def hang_up(protocol: SMTP) -> None:
    """End the connection at once and without a word."""
    transport = protocol.transport
    if isinstance(transport, asyncio.Transport):
        transport.abort()


@dataclass
class ScriptedServer:
    """`to_recipient` and `to_data` hold the next answers; 'hang up' ends the connection.

    `kept` has what the server took, also when it hung up after that.
    """

    port: int = 0
    to_recipient: deque[str] = field(default_factory=deque)
    to_data: deque[str] = field(default_factory=deque)
    kept: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    busy: int = 0
    most_busy: int = 0
    pause: float = 0.0

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.to_recipient.popleft() if self.to_recipient else "250 OK"
        if answer == "hang up":
            hang_up(server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        await asyncio.sleep(self.pause)
        self.busy -= 1
        answer = self.to_data.popleft() if self.to_data else "250 kept"
        if answer.startswith(("250", "hang up")):
            content = envelope.original_content or b""
            self.kept.append(message_from_bytes(content, policy=policy.default))
            self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos[0]))
        if answer == "hang up":
            hang_up(server)
        return answer

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["ScriptedServer"]:
        """Listen on `port`, or on any free one; at the end hang up on everybody."""
        protocols: list[SMTP] = []

        def accept() -> SMTP:
            self.connections += 1
            protocols.append(SMTP(self, loop=asyncio.get_running_loop()))
            return protocols[-1]

        server = await asyncio.get_running_loop().create_server(accept, "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for protocol in protocols:
                hang_up(protocol)

    @property
    def message_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.kept]
