"""Twelve digits typed by staff: not shown again, not kept, not logged, not passed on."""

import dataclasses
import inspect
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from dev.testing import Database
from services.gateway.lgwan.desk import Services
from services.gateway.lgwan.lists import Wanted
from services.gateway.lgwan.routes import ROUTES
from services.gateway.lgwan.routes.schedules.plan import SEEN
from services.gateway.lgwan.schedules.pending import FIELD
from services.gateway.lgwan.schedules.series_form import blank
from services.gateway.lgwan.searches import Search

from .fakes import FakeBooking
from .support import ORIGIN, Browser, sql

DOOR = Path(__file__).parents[1]
DIGITS = "123456789018"
GROUPINGS = (
    DIGITS,
    "1234 5678 9018",
    "1234-5678-9018",
    "1234−5678ー9018",
    "１２３４５６７８９０１８",
    "(1234)5678(9018)",
    "/bookings?office=123456789018",
)
PARTS = 8
"""So many tests of some routes each: all of them take their time."""
BIRTH = ("born-year", "born-month", "born-day")
_READ = re.compile(
    r"(?:\.(?:get|all|typed|text|some|chosen|(?:need_)?(?:day|hour)|windows)\(\s*|asked\(request, |"
    r'_read\((?:reading, )?\s*)"([a-z_-]+)"'
)


def fields() -> list[str]:
    """Every field that any form or address of this door has."""
    texts = [path.read_text() for path in DOOR.glob("**/*.py") if "tests" not in path.parts]
    read = {name for text in texts for name in _READ.findall(text)}
    lists = (*dataclasses.fields(Wanted), *dataclasses.fields(Search))
    more = {*BIRTH, *blank(), FIELD, SEEN}
    return sorted({*read, *more, *(field.name.rstrip("_") for field in lists), "csrf", "key"})


def holds_the_digits(text: str) -> bool:
    folded = unicodedata.normalize("NFKC", text)
    return DIGITS in re.sub(r"[\s\-−ー・()]|%[0-9A-F]{2}", "", folded)


def watch(services: Services, sent: list[str]) -> None:
    """Note what every call of a service is given."""

    def noting(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(*arguments: Any) -> Any:
            sent.append(repr(arguments))
            return await call(*arguments)

        return noted

    for service in vars(services).values():
        for name, call in inspect.getmembers(service, inspect.iscoroutinefunction):
            setattr(service, name, noting(call))


def path_of(route: Route, services: Services) -> str:
    assert isinstance(services.booking, FakeBooking)
    return re.sub(r"\{[a-z_]+(:uuid)?\}", str(next(iter(services.booking.kept))), route.path)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_and_no_address_leaves_them_anywhere(
    part: int,
    desk: Browser,
    services: Services,
    store_of_accounts: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[str] = []
    watch(services, sent)
    caplog.set_level(logging.DEBUG)
    names = fields()
    assert {"number", "id", "reason", "office", "next", "back", "card", "kana", "phone"} <= {*names}
    assert {"steps", "seen", "press", "staff_windows", "break1_starts"} <= {*names}
    for route in ROUTES[part::PARTS]:
        path = path_of(route, services)
        desk.sign_in()
        cookies = list(desk.client.cookies.jar)
        token = desk.open("/login" if path == "/login" else "/bookings").field("csrf")
        for typed in GROUPINGS:
            for chosen in ([*names], *([name] for name in names if typed == DIGITS)):
                for cookie in cookies:
                    desk.client.cookies.jar.set_cookie(cookie)
                fields_sent = {"csrf": token, "key": "a" * 32, **dict.fromkeys(chosen, typed)}
                _try(desk, route, path, fields_sent, sent, caplog)
    assert not holds_the_digits("\n".join(_rows(store_of_accounts)))


def _try(
    desk: Browser,
    route: Route,
    path: str,
    typed: dict[str, str],
    sent: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    headers = {"origin": ORIGIN, "referer": f"{ORIGIN}/bookings?office={DIGITS}"}
    caplog.clear()
    sent.clear()
    if "POST" in (route.methods or ()):
        answer = desk.client.post(path, data=typed, headers=headers)
    else:
        answer = desk.client.get(path, params=typed, headers=headers)
    lines = [repr(vars(one)) for one in caplog.records if not one.name.startswith("httpx")]
    left = {
        "page": "".join(part.text for part in (*answer.history, answer)),
        "headers": repr([part.headers for part in (*answer.history, answer)]),
        "services": "\n".join(sent),
        "log": "\n".join(lines),
    }
    found = [where for where, what in left.items() if holds_the_digits(what)]
    assert not found, f"{path} leaves what was typed into {sorted(typed)} in {found}"


def _rows(database: Database) -> list[str]:
    tables = sql(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'gateway'")
    return [row for table in tables for row in sql(database, f"SELECT * FROM {table}")]


@pytest.mark.parametrize(
    "name", ["123456789018.csv", "名簿 1234-5678-9018.csv", "１２３４５６７８９０１８"]
)
def test_the_name_of_a_file_loses_them_on_the_way(
    desk: Browser, services: Services, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[str] = []
    watch(services, sent)
    caplog.set_level(logging.DEBUG)
    desk.open("/imports")
    page = desk.send("/imports", {}, files={"file": (name, b"a,b\r\n1,2\r\n", "text/csv")})
    assert desk.status == 200
    assert "（12桁の数字）" in page.text
    log = "\n".join(repr(vars(record)) for record in caplog.records)
    assert not any(map(holds_the_digits, (page.text, *sent, log)))
