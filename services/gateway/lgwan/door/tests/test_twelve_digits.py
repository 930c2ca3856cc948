"""Twelve digits typed by staff: not shown again, not kept, not logged, not passed on."""

import inspect
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest
from starlette.datastructures import ImmutableMultiDict
from starlette.routing import Route

from dev.evidence import Evidence
from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.routes import ROUTES
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.support import ORIGIN, Browser, sql
from services.gateway.web.forms import Form

DIGITS = "123456789018"
KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")
GROUPINGS = (
    DIGITS,
    "1234 5678 9018",
    "1234-5678-9018",
    "1234−5678ー9018",
    "１２３４５６７８９０１８",
    "(1234)5678(9018)",
    "1234:5678\n9018",
    "一二三四 五六七八 九〇一八",
    "/bookings?office=123456789018",
)
PARTS = 4
"""So many tests of some routes each: all of them take their time."""


class Asked(set[str]):
    """The names that the door looks for in forms and addresses while `listening`."""

    listening = False

    def noting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(sent: Any, name: str, *more: Any) -> Any:
            if self.listening:
                self.add(getattr(sent, "prefix", "") + name)
            return call(sent, name, *more)

        return noted


def part(form: Form, prefix: str) -> Form:
    """A part of a form that still knows what its fields are called in the form."""
    made = _PART(form, prefix)
    vars(made)["prefix"] = vars(form).get("prefix", "") + prefix
    return made


_PART = Form.part


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    readers = ((Form, ("typed", "all", "every")), (ImmutableMultiDict, ("__getitem__", "getlist")))
    for kind, methods in readers:
        for method in methods:
            monkeypatch.setattr(kind, method, asked.noting(getattr(kind, method)))
    monkeypatch.setattr(Form, "part", part)
    return asked


def holds_the_digits(text: str) -> bool:
    folded = unicodedata.normalize("NFKC", text).translate(KANJI)
    return DIGITS in re.sub(r"[\s\-−ー・():]|%[0-9A-F]{2}", "", folded)


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


@pytest.mark.parametrize("turn", range(PARTS))
@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_no_form_and_no_address_leaves_them_anywhere(
    turn: int,
    whole: bool,
    desk: Browser,
    services: Services,
    store_of_accounts: Database,
    asked: Asked,
    caplog: pytest.LogCaptureFixture,
    evidence: Evidence,
) -> None:
    """What each route asks for, alone and together, in one disguise; the whole has all of them."""
    sent: list[str] = []
    watch(services, sent)
    caplog.set_level(logging.DEBUG)
    seen: set[str] = set()
    for number, route in enumerate(ROUTES[turn::PARTS]):
        disguises = GROUPINGS if whole else (GROUPINGS[number % len(GROUPINGS)],)
        path = path_of(route, services)
        desk.sign_in()
        cookies = list(desk.client.cookies.jar)
        token = desk.open("/login" if path == "/login" else "/bookings").field("csrf")
        asked.clear()
        for typed in _tries(asked, disguises, alone=whole):
            for cookie in cookies:
                desk.client.cookies.jar.set_cookie(cookie)
            asked.listening = True
            _try(desk, route, path, {"csrf": token, "key": "a" * 32, **typed}, sent, caplog)
            asked.listening = False
        seen |= asked
    assert {"csrf", "day", "office"} <= seen
    assert not holds_the_digits("\n".join(_rows(store_of_accounts)))
    proved = ["services/gateway", "libs/rules/personal_numbers.py"]
    evidence("twelve-digits", proved, routes=len(ROUTES))


def _tries(asked: Asked, disguises: Sequence[str], alone: bool) -> Iterator[dict[str, str]]:
    """Nothing at first; then what was asked for, each name `alone` (else every second one) and all
    of them together, until no answer asks for a new one. Forms of other sites are refused: `csrf`
    is typed alone only."""
    tried: set[str] = set()
    yield {}
    while fresh := sorted(asked - tried):
        tried.update(fresh)
        yield from ({name: DIGITS} for name in (fresh if alone else fresh[::2]))
        yield from (dict.fromkeys(tried - {"csrf", "key"}, typed) for typed in disguises)


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
