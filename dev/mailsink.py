"""A mail server that keeps what it gets: files under var/mail, and a local page that shows them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from html import escape
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from .account import ROOT

PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.7 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
th,td{{text-align:left;padding:.3rem 1rem .3rem 0;vertical-align:top}}
pre{{white-space:pre-wrap;border:1px solid;padding:1rem;font:inherit}}</style></head>
<body><h1>{title}</h1>{body}</body></html>"""
SHOWN = 200
"""Mails on one page. There may be thousands, and each is a file."""

SECURITY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@dataclass
class MailSink:
    """Receives mails as aiosmtpd's handler. `directory` None keeps them in memory only."""

    directory: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail; called by aiosmtpd."""
        content = envelope.original_content or b""
        if self.directory is not None:
            store(self.directory, content)
        else:
            self.messages.append(parse(content))
        async with self.arrived:
            self.arrived.notify_all()
        return "250 kept"

    async def wait_for(self, count: int, seconds: float = 10) -> list[EmailMessage]:
        """The messages, once there are at least `count`; TimeoutError if they do not come."""
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: len(self.messages) >= count)
        return list(self.messages)

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["MailSink"]:
        """Listen on `port`, or on any free one."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, self.host, port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def _protocol(self) -> SMTP:
        return SMTP(self, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())


def parse(content: bytes) -> EmailMessage:
    """A mail with decoded headers."""
    return message_from_bytes(content, policy=policy.default)


def heads_of(path: Path) -> EmailMessage:
    """The decoded headers of a kept mail."""
    with path.open("rb") as file:
        return BytesHeaderParser(policy=policy.default).parse(file)


def store(directory: Path, content: bytes) -> Path:
    """Write a mail so that nobody ever sees half of it; names sort by time of arrival."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{time.time_ns():020d}.eml"
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)
    return path


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else "（本文がありません）"


def create_page(directory: Path) -> Starlette:
    """The web page: lists of mails, newest first, and one page per mail."""

    def index(request: Request) -> HTMLResponse:
        before = f"{int(request.path_params.get('number', 10**20 - 1)):020d}"
        names = sorted((path.stem for path in directory.glob("*.eml")), reverse=True)
        older = [name for name in names if name < before]
        shown = older[:SHOWN]
        rows = "".join(_row(name, heads_of(directory / f"{name}.eml")) for name in shown)
        head = "<tr><th>届いた時刻<th>宛先<th>件名</tr>"
        body = f"<table>{head}{rows}</table>" if rows else "<p>まだメールはありません。</p>"
        if len(older) > SHOWN:
            body += f'<p><a href="/before/{int(shown[-1])}">もっと前のメール</a></p>'
        return HTMLResponse(PAGE.format(title="届いたメール", body=body), headers=SECURITY)

    def show(request: Request) -> HTMLResponse:
        path = directory / f"{request.path_params['number']:020d}.eml"
        if not path.exists():
            raise HTTPException(404)
        message = parse(path.read_bytes())
        headers = "".join(
            f"<tr><th>{escape(name)}<td>{escape(str(value))}</tr>"
            for name, value in message.items()
        )
        body = f'<p><a href="/">一覧へ</a></p><table>{headers}</table>'
        body += f"<pre>{escape(text_of(message))}</pre>"
        title = escape(str(message.get("Subject", "（件名なし）")))
        return HTMLResponse(PAGE.format(title=title, body=body), headers=SECURITY)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/before/{number:int}", index),
            Route("/ready", lambda _: HTMLResponse("ready")),
            Route("/{number:int}", show),
        ]
    )


def _row(name: str, message: EmailMessage) -> str:
    arrived = time.strftime("%m/%d %H:%M:%S", time.localtime(int(name) / 1e9))
    subject = escape(str(message.get("Subject", "（件名なし）")))
    link = f'<a href="/{int(name)}">{subject}</a>'
    return f"<tr><td>{arrived}<td>{escape(str(message.get('To', '')))}<td>{link}</tr>"


async def serve(directory: Path, smtp_port: int, page_port: int) -> None:
    """Receive mails and show them until SIGINT or SIGTERM."""
    import uvicorn

    config = uvicorn.Config(
        create_page(directory), host="127.0.0.1", port=page_port, log_level="warning"
    )
    async with MailSink(directory).serving(smtp_port):
        await uvicorn.Server(config).serve()


def main() -> None:
    directory = Path(os.environ.get("MAIL_DIRECTORY", ROOT / "var" / "mail"))
    smtp_port = int(os.environ.get("SMTP_PORT", "1025"))
    page_port = int(os.environ.get("PAGE_PORT", "8025"))
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(directory, smtp_port, page_port))


if __name__ == "__main__":
    main()
