"""A PostgreSQL or RabbitMQ that is not ours: DATABASE_URL (a superuser) or AMQP_URL says where."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import aio_pika

from deploy.rabbitmq.definitions import EXCHANGE, VHOST

from .postgres import provision


@dataclass(frozen=True)
class GivenPostgres:
    """Our database, schemas and roles are made in it; it is neither started nor stopped."""

    address: str

    def start(self) -> None:
        """It runs already."""

    def stop(self) -> None:
        """It is not ours to stop."""

    def provision(self, database: str, passwords: Mapping[str, str]) -> None:
        provision(self.address, database, passwords)

    def url(self, user: str, password: str, database: str) -> str:
        parts = urlsplit(self.address)
        place = parts.netloc.rpartition("@")[2]
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{login}@{place}", path=f"/{database}"))


@dataclass(frozen=True)
class GivenRabbitMQ:
    """All services share its one user; only the exchange of facts is made in it."""

    address: str

    def start(self) -> None:
        asyncio.run(self._declare())

    def stop(self) -> None:
        """It is not ours to stop."""

    def url(self, _user: str, _vhost: str = VHOST) -> str:
        return self.address

    async def _declare(self) -> None:
        connection = await aio_pika.connect(self.address, timeout=10)
        async with connection:
            channel = await connection.channel()
            await channel.declare_exchange(EXCHANGE, "topic", durable=True)
