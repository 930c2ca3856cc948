"""A PostgreSQL or RabbitMQ that is not ours: DATABASE_URL (a superuser) or AMQP_URL says where."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.rabbitmq.definitions import VHOST

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
    """All programs share its one user, who has to be allowed to declare the topology."""

    address: str

    def start(self) -> None:
        """It runs already."""

    def stop(self) -> None:
        """It is not ours to stop."""

    def url(self, _user: str, _vhost: str = VHOST) -> str:
        return self.address
