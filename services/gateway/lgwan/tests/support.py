"""A member of staff at a browser, and the door they sit before."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import time
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dev.postgres import psql
from dev.testing import Database
from libs.common.ops import Readiness
from libs.contracts.booking import EVERYWHERE
from services.gateway.lgwan.app import Files, create_app, open_files
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.live import Hub
from services.gateway.lgwan.door.settings import Settings
from services.gateway.lgwan.door.staff import RIGHTS
from services.gateway.web.testing import Page

ORIGIN = "http://127.0.0.1:8001"
PASSWORD = "correct horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""A cheap one: what a hash costs stands in the hash, and tests sign in some thousand times."""
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
OWN_OFFICES = tuple(right for right in RIGHTS if right != EVERYWHERE)
"""All that can be done at the offices of an account."""


def settings_for(database_url: str) -> Settings:
    return Settings(
        host="127.0.0.1",
        port=8001,
        ops_port=9001,
        log_level="INFO",
        drain_seconds=0.0,
        amqp_url="amqp://localhost",
        beside_older_release=False,
        database_url=database_url,
        door_private_key=bytes(32),
        log_key=bytes(32),
        booking_url="http://booking",
        eligibility_url="http://eligibility",
        notify_url="http://notify",
        reporting_url="http://reporting",
        public_url=ORIGIN,
        citizens_url="https://yoyaku.city.example.jp",
        secure_cookies=False,
        idle_minutes=60,
        admin_idle_minutes=30,
        offline_dir="",
        offline_password="",
        offline_morning=time(8),
        offline_evening=time(18, 30),
    )


@asynccontextmanager
async def nobody_tells(_: Settings, __: Hub) -> AsyncIterator[None]:
    """In place of the broker."""
    yield


def door_app(database_url: str, services: Services, **settings: Any) -> Starlette:
    """The door over a real database and the given services, with these `settings`."""

    @asynccontextmanager
    async def connect(_: Settings) -> Any:
        yield services

    wanted = replace(settings_for(database_url), **settings)
    return create_app(wanted, Readiness(), connect, nobody_tells, files(wanted.training))


@cache
def files(training: bool) -> Files:
    """Compiled once for all tests."""
    return open_files(training)


class Browser:
    """Fetches pages and checks each; fills in forms as they were shown."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.status = 0
        self.path = ""
        """Where redirects led."""
        self.html = ""
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """What is on the screen; the first page, if nobody has looked at any."""
        return self._page or self.open("/")

    @page.setter
    def page(self, shown: Page) -> None:
        self._page = shown

    def open(self, path: str) -> Page:
        return self.show(self.client.get(path))

    def send(self, path: str, fields: dict[str, str], **more: Any) -> Page:
        """Send a form of the page on the screen, with its token and key."""
        hidden = {name: self.page.field(name) for name in ("csrf", "key") if self._has(name)}
        headers = {"origin": ORIGIN, "referer": ORIGIN + "/", **more.pop("headers", {})}
        return self.show(self.client.post(path, data={**hidden, **fields}, headers=headers, **more))

    def sign_in(self, staff_id: str = "tanaka", password: str = PASSWORD) -> Page:
        self.open("/login")
        return self.send("/login", {"id": staff_id, "password": password})

    def come_in(self) -> None:
        """Be signed in; the first page is fetched when somebody looks. Most tests begin so."""
        token = _TOKEN.findall(self.client.get("/login").text)[0]
        fields = {"id": "tanaka", "password": PASSWORD, "csrf": token}
        headers = {"origin": ORIGIN, "referer": ORIGIN + "/"}
        answer = self.client.post("/login", data=fields, headers=headers, follow_redirects=False)
        assert answer.headers["location"] == "/"
        self._page = None

    def press(self, text: str, row: int = 0) -> Page:
        """Press a button of the list."""
        found = [b for b in self.page.all("button", name="tick") if "".join(b.itertext()) == text]
        hidden = {name: self.page.field(name) for name in ("back", "window") if self._has(name)}
        return self.send("/bookings/tick", {**hidden, "tick": found[row].get("value", "")})

    def _has(self, name: str) -> bool:
        return bool(self.page.all("input", name=name))

    def show(self, answer: Any) -> Page:
        self.status, self.html, self.page = answer.status_code, answer.text, Page(answer)
        self.path = answer.url.path
        return self.page


@contextmanager
def sitting_at(database_url: str, services: Services, **settings: Any) -> Iterator[Browser]:
    with TestClient(door_app(database_url, services, **settings), base_url=ORIGIN) as client:
        yield Browser(client)


def add_staff(
    database: Database,
    staff_id: str = "tanaka",
    rights: Sequence[str] = OWN_OFFICES,
    offices: Sequence[str] = ("*",),
) -> None:
    """An account with the password PASSWORD."""
    sql(
        database,
        "INSERT INTO staff (staff_id, name, password_hash, rights, offices, active) SELECT "
        f"'{staff_id}', '田中', '{HASH}', string_to_array('{','.join(rights)}', ','), "
        f"string_to_array('{','.join(offices)}', ','), true",
    )


def sql(database: Database, statement: str) -> list[str]:
    """Run a statement as the owner of the schema; its rows, columns parted by '|'."""
    return psql(database.owner_url, "-c", statement).splitlines()


def log_lines(database: Database) -> list[str]:
    """The operation log without what was looked at: actor|what|kind|office|result."""
    return sql(
        database,
        "SELECT actor, what, object_kind, office_id, result FROM operation "
        "WHERE what NOT LIKE '%.view' ORDER BY operation_id",
    )
