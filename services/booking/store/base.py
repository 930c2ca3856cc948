"""What every part of the store has: the transaction, and the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

import asyncpg

from libs.common import inbox, outbox
from libs.common.errors import KeyReused
from libs.common.facts import Fact

if TYPE_CHECKING:
    from . import Store

_REMEMBER = """
    INSERT INTO idempotency_key (scope, key, request_digest, reply) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING true
"""
_RECALL = "SELECT request_digest, reply FROM idempotency_key WHERE scope = $1 AND key = $2"
_FORGET = "DELETE FROM idempotency_key WHERE created_at < clock() - interval '7 days'"


@dataclass(frozen=True)
class Request:
    """An idempotent request: its scope, its key and the digest of what it asks."""

    scope: str
    key: str
    digest: str


class Repeated(Exception):
    """The request came before: its effect and its key are there."""


class Transaction:
    """One transaction on one connection: the facts to send, the requests that came before."""

    def __init__(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        self.connection = connection
        self.outgoing: list[outbox.Row] = []
        self.published = False
        """Whether a statement wrote facts by itself."""

    def publish(self, fact: Fact) -> None:
        """Write `fact` into the outbox of this transaction."""
        self.outgoing.append(outbox.row_of(fact))

    async def first_times(self, message_ids: Sequence[UUID]) -> set[UUID]:
        """Those that have not been taken in before."""
        rows = await self.connection.fetch(inbox.FIRST_TIMES, message_ids)
        return {row["message_id"] for row in rows}

    async def now(self) -> datetime:
        moment = await self.connection.fetchval("SELECT clock()")
        assert isinstance(moment, datetime)
        return moment

    async def remember(self, request: Request, reply: UUID) -> UUID | None:
        """None the first time this key comes; afterwards the reply of then.

        A concurrent twin waits here until the first has committed or rolled back. Raises KeyReused
        where the key came with another request.
        """
        r = request
        if await self.connection.fetchval(_REMEMBER, r.scope, r.key, r.digest, reply):
            return None
        return await self.recall(request)

    async def recall(self, request: Request) -> UUID | None:
        """The reply to an earlier request with this key. Raises KeyReused."""
        row = await self.connection.fetchrow(_RECALL, request.scope, request.key)
        if row is None:
            return None
        if row["request_digest"] != request.digest:
            raise KeyReused("This idempotency key was used for another request.")
        reply: UUID | None = row["reply"]
        return reply

    async def forget_old_keys(self) -> None:
        """Drop idempotency keys after a week; 72 hours are promised."""
        await self.connection.execute(_FORGET)


class Repository:
    """What one subject has in the database, within the transaction of `store`."""

    def __init__(self, store: "Store") -> None:
        self.store = store
        self.connection = store.connection


R = TypeVar("R", bound=Repository)


class Part(Generic[R]):
    """A repository of a store, made when it is first asked for: most transactions need a few."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, store: "Store", _: type) -> R:
        repository = self._kind(store)
        vars(store)[self._name] = repository
        return repository
