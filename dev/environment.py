"""The one table of what each process reads from its environment on a single machine."""

from collections.abc import Callable
from dataclasses import dataclass

from . import rabbitmq
from .keys import Keys
from .process import free_port

HOST = "127.0.0.1"
MAIL_FROM = "yoyaku@example.jp"


@dataclass(frozen=True)
class Program:
    """One process: the module that `python -m` runs, and its ports in development."""

    module: str
    port: int
    ops_port: int
    service: str


PROGRAMS = {
    "booking": Program("services.booking", 8101, 9101, "booking"),
    "eligibility": Program("services.eligibility", 8102, 9102, "eligibility"),
    "notify": Program("services.notify", 8103, 9103, "notify"),
    "reporting": Program("services.reporting", 8104, 9104, "reporting"),
    "lgwan": Program("services.gateway.lgwan", 8001, 9001, "gateway"),
    "internet": Program("services.gateway.internet", 8000, 9000, "gateway"),
}
# The package that holds the migrations of a service's schema.
MIGRATORS = {
    "booking": "services.booking",
    "eligibility": "services.eligibility",
    "notify": "services.notify",
    "reporting": "services.reporting",
    "gateway": "services.gateway.lgwan",
}
BEHIND_THE_DOORS = ("booking", "eligibility", "notify", "reporting")


@dataclass(frozen=True)
class Ports:
    """Every port of one stack, so that two stacks can live side by side."""

    programs: dict[str, tuple[int, int]]
    postgres: int
    rabbitmq: rabbitmq.Ports
    smtp: int
    mail_page: int

    @classmethod
    def development(cls) -> "Ports":
        """The ports that `make dev` uses."""
        programs = {name: (program.port, program.ops_port) for name, program in PROGRAMS.items()}
        return cls(programs, 54329, rabbitmq.Ports(56729, 56739, 56749), 1025, 8025)

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody uses now, for a private stack."""
        programs = {name: (free_port(), free_port()) for name in PROGRAMS}
        broker = rabbitmq.Ports.free()
        return cls(programs, free_port(), broker, free_port(), free_port())

    def url(self, program: str) -> str:
        return f"http://{HOST}:{self.programs[program][0]}"

    def ops_url(self, program: str) -> str:
        return f"http://{HOST}:{self.programs[program][1]}"

    def numbers(self) -> dict[str, int]:
        """What listens where, by a name for people."""
        named = {"SMTP": self.smtp, "mail page": self.mail_page}
        for name, (port, ops_port) in self.programs.items():
            named |= {name: port, f"{name} (operations)": ops_port}
        return named


@dataclass(frozen=True)
class Servers:
    """How a role or a user reaches the database and the broker."""

    database_url: Callable[[str], str]
    amqp_url: Callable[[str], str]
    smtp_url: str


def environment(ports: Ports, servers: Servers, keys: Keys) -> dict[str, dict[str, str]]:
    """The variables of each program, by its name in PROGRAMS."""
    own = {
        "booking": _booking(keys),
        "eligibility": _eligibility(keys),
        "notify": _notify(ports, servers, keys),
        "reporting": {},
        "internet": _internet(ports, keys),
        "lgwan": _lgwan(ports, servers, keys),
    }
    common = {name: _common(name, ports, servers, keys) for name in PROGRAMS}
    return {name: {**common[name], **own[name]} for name in PROGRAMS}


def _common(name: str, ports: Ports, servers: Servers, keys: Keys) -> dict[str, str]:
    port, ops_port = ports.programs[name]
    variables = {
        "HOST": HOST,
        "PORT": str(port),
        "OPS_PORT": str(ops_port),
        "LOG_LEVEL": "INFO",
        "AMQP_URL": servers.amqp_url(name),
    }
    if name in BEHIND_THE_DOORS:
        doors = (f"{door}:{keys[f'{door}_door_public']}" for door in ("internet", "lgwan"))
        variables["DATABASE_URL"] = servers.database_url(name)
        variables["DOOR_PUBLIC_KEYS"] = ",".join(doors)
    return variables


def _booking(keys: Keys) -> dict[str, str]:
    return {
        "CONTACT_KEYS": f"1:{keys['contact']}",
        "PERSON_KEYS": f"1:{keys['booking_person']}",
        "PERSON_INDEX_KEY": keys["booking_index"],
        "TICKET_PUBLIC_KEY": keys["ticket_public"],
        "CARD_PASS_PRIVATE_KEY": keys["card_pass_private"],
    }


def _eligibility(keys: Keys) -> dict[str, str]:
    return {
        "PERSON_KEYS": f"1:{keys['eligibility_person']}",
        "PERSON_INDEX_KEY": keys["eligibility_index"],
        "TICKET_PRIVATE_KEY": keys["ticket_private"],
        "CARD_PASS_PUBLIC_KEY": keys["card_pass_public"],
    }


def _notify(ports: Ports, servers: Servers, keys: Keys) -> dict[str, str]:
    return {
        "CONTACT_KEYS": f"1:{keys['contact']}",
        "SMTP_URL": servers.smtp_url,
        "MAIL_FROM": MAIL_FROM,
        "PUBLIC_URL": ports.url("internet"),
    }


def _internet(ports: Ports, keys: Keys) -> dict[str, str]:
    asked = ("booking", "eligibility")
    own = {"COOKIE_KEYS": f"1:{keys['internet_cookie']}", "MAIL_FROM": MAIL_FROM}
    return {**_door("internet", asked, ports, keys), **own}


SESSIONS_OF_ONE_ACCOUNT = 100
"""Whoever tries this stack sits at every terminal with the one account that it has."""


def _lgwan(ports: Ports, servers: Servers, keys: Keys) -> dict[str, str]:
    database_url = servers.database_url("gateway")
    own = {
        "DATABASE_URL": database_url,
        "CITIZENS_URL": ports.url("internet"),
        "LOG_KEY": keys["log"],
        "SESSIONS_AT_ONCE": str(SESSIONS_OF_ONE_ACCOUNT),
    }
    return {**_door("lgwan", BEHIND_THE_DOORS, ports, keys), **own}


def _door(name: str, asked: tuple[str, ...], ports: Ports, keys: Keys) -> dict[str, str]:
    return {
        **{f"{service.upper()}_URL": ports.url(service) for service in asked},
        "DOOR_PRIVATE_KEY": keys[f"{name}_door_private"],
        "PUBLIC_URL": ports.url(name),
        "SECURE_COOKIES": "0",
    }
