"""Fixtures of notify's tests: its transactions, a sender, and a mail server told what to say."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from dev.testing import Database
from libs.common.database import engine, store_opener
from services.notify.domain.letter import MailFrom as From
from services.notify.domain.letter import MailWriter
from services.notify.sender import Sender
from services.notify.smtp import MailServer
from services.notify.store import OpenStore, Store
from services.notify.texts import load_templates

from .factories import CONTACTS
from .members import Member, a_member
from .scripted import ScriptedServer

Sending = Callable[..., AbstractAsyncContextManager[Sender]]


@pytest.fixture
async def open_store(database: Callable[[str], Database]) -> AsyncIterator[OpenStore]:
    """Transactions on a fresh database."""
    source = engine(database("notify").url, 8)
    yield store_opener(source, Store, lambda: None)
    await source.dispose()


@pytest.fixture
async def smtp() -> AsyncIterator[ScriptedServer]:
    """A mail server that accepts everything until it is told otherwise."""
    async with ScriptedServer().serving() as server:
        yield server


@pytest.fixture
def sending(open_store: OpenStore) -> Sending:
    """`async with sending(port): …` is a running sender for the mail server at that port."""

    @asynccontextmanager
    async def running(port: int, *, lines: int = 1, seconds: float = 5.0) -> AsyncIterator[Sender]:
        writer = MailWriter(
            From("大分市", "yoyaku@city.example.jp"), "https://yoyaku.example.jp", load_templates()
        )
        server = MailServer("127.0.0.1", port)
        sender = Sender(open_store, CONTACTS, writer, server, seconds=seconds, lines=lines)
        async with sender.running():
            yield sender

    return running


@pytest.fixture
async def member(open_store: OpenStore, smtp: ScriptedServer) -> AsyncIterator[Member]:
    async with a_member(open_store, smtp) as asking:
        yield asking
