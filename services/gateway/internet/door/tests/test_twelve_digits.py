"""Twelve digits in any field of any form: not shown again, not kept, not logged, not passed on."""

import inspect
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from dev.evidence import Evidence
from services.gateway.internet.door.drafts import BookingDrafts
from services.gateway.internet.routes import ROUTES
from services.gateway.internet.tests.citizen import (
    ORIGIN,
    Citizen,
    birth,
    choose_time,
    identify,
    reach_check,
)
from services.gateway.internet.tests.world import World, settings

DOOR = Path(__file__).parents[2]
DIGITS = "123456789018"
KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")
GROUPINGS = (
    DIGITS,
    "1234 5678 9018",
    "1234-5678-9018",
    "1234−5678ー9018",
    "１２３４５６７８９０１８",
    "１２３４\u3000５６７８\u3000９０１８",
    "1234・5678・9018",
    "(1234)5678(9018)",
    "1234:5678\n9018",
    "一二三四 五六七八 九〇一八",
    "番号は 1234-5678-9018 です",
    "/find?again=123456789018",
)
_READ = re.compile(r'(?:form\.(?:get|all)|\.text)\(\s*"([a-z-]+)"|_line\(reading, "([a-z-]+)"')
POSTS = [route for route in ROUTES if "POST" in (route.methods or ())]
GOOD = {
    **birth(),
    "card": "ABC-123456",
    "procedure": "issuance",
    "visitor": "self",
    "office": "honcho",
    "kana": "オオイタ ハナコ",
    "email": "hanako@example.jp",
    "phone": "090-1234-5678",
    "number": "8K2M4-7QX3P",
    "start": "2026-12-02T09:00",
    "lang": "ja",
    "key": "a" * 32,
}


def fields() -> list[str]:
    """Every field that any form of this door reads."""
    texts = [path.read_text() for path in DOOR.glob("**/*.py") if "tests" not in path.parts]
    named = {one or other for text in texts for one, other in _READ.findall(text)}
    return sorted({*named, *GOOD, "csrf", "work", "no-email", "no-phone"})


class Watch:
    """Everything that a request may leave behind."""

    def __init__(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        self.sent: list[str] = []
        self._caplog = caplog
        self._drafts = BookingDrafts(settings().cookie_keys)
        for service in (world.booking, world.eligibility):
            for name, call in inspect.getmembers(service, inspect.iscoroutinefunction):
                setattr(service, name, self._noting(call))

    def _noting(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(*arguments: Any) -> Any:
            self.sent.append(repr(arguments))
            return await call(*arguments)

        return noted

    def left(self, answer: Any, citizen: Citizen) -> Iterator[tuple[str, str]]:
        """(where, what) for each place where the digits could be now."""
        for part in (*answer.history, answer):
            yield "page", part.text
            yield "headers", repr(part.headers)
        for cookie in citizen.client.cookies.jar:
            yield "cookie", self._opened(cookie.path, cookie.value or "")
        yield "services", "\n".join(self.sent)
        yield "log", "\n".join(repr(vars(record)) for record in self._caplog.records)
        self.sent.clear()
        self._caplog.clear()

    def _opened(self, path: str, value: str) -> str:
        parts = path.strip("/").split("/")
        return f"{value} {vars(self._drafts.open(value, *parts)) if len(parts) == 2 else ''}"


def holds_the_digits(text: str) -> bool:
    folded = unicodedata.normalize("NFKC", text).translate(KANJI)
    return DIGITS in re.sub(r"[\s\-−ー・():]|%[0-9A-F]{2}", "", folded)


def path_of(route: Route, citizen: Citizen) -> str:
    """The route's address for the draft of its area that the browser has."""
    area = "booking" if route.path.startswith("/booking/") else "book"
    drafts = {cookie.path.split("/")[1]: cookie.path for cookie in citizen.client.cookies.jar}
    draft = drafts.get(area, "/book/none/").split("/")[2]
    return route.path.replace("{area}", area).replace("{draft}", draft)


def attack(citizen: Citizen, watch: Watch, route: Route, typed: dict[str, str]) -> None:
    """Send the form with these fields over good ones; the browser stays as it was."""
    before = list(citizen.client.cookies.jar)
    form = {**GOOD, "csrf": citizen.page.field("csrf"), **typed}
    path = path_of(route, citizen)
    answer = citizen.client.post(path, data=form, headers={"Origin": ORIGIN})
    found = {where for where, what in watch.left(answer, citizen) if holds_the_digits(what)}
    assert not found, f"{path} leaves what was typed into {sorted(typed)} in {found}"
    for cookie in before:
        citizen.client.cookies.jar.set_cookie(cookie)


def of_a_draft(route: Route) -> bool:
    return route.path.startswith(("/book/", "/{area}/"))


def journeys(citizen: Citizen) -> Iterator[tuple[list[Route], list[str]]]:
    """Where a citizen may be, with the forms that can be sent there and the fields to try alone:
    a booking in progress, one that was found, and one without a card."""
    choose_time(identify(citizen))
    yield [route for route in POSTS if of_a_draft(route)], fields()
    reach_check(citizen).send("confirm")
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    yield [route for route in POSTS if not route.path.startswith("/book/")], fields()
    citizen.open("/book").send("/book", {"procedure": "pin"}).send("office", {"office": "honcho"})
    citizen.send("visitor", {"visitor": "self"})
    yield [route for route in POSTS if of_a_draft(route)], ["kana", "born-year"]


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_no_field_of_no_form_leaves_them_anywhere(
    citizen: Citizen,
    world: World,
    caplog: pytest.LogCaptureFixture,
    whole: bool,
    evidence: Evidence,
) -> None:
    """All fields of a form at once in one disguise, and each alone at every fourth form; the whole
    has each field alone at each form and all disguises."""
    caplog.set_level(logging.DEBUG)
    everything = {*fields()} - {"csrf"}
    assert {"card", "kana", "email", "phone", "number", "born-year", "back", "token"} <= everything
    watch = Watch(world, caplog)
    for routes, alone in journeys(citizen):
        citizen.open("/find")
        for turn, route in enumerate(routes):
            for name in alone if whole else alone[turn % 4 :: 4]:
                attack(citizen, watch, route, {name: DIGITS})
            for typed in GROUPINGS if whole else [GROUPINGS[turn % len(GROUPINGS)]]:
                attack(citizen, watch, route, dict.fromkeys(everything, typed))
    proved = ["services/gateway", "libs/rules/personal_numbers.py"]
    evidence("twelve-digits", proved, forms=len(POSTS))


@pytest.mark.parametrize("typed", GROUPINGS)
def test_addresses_and_headers_leave_no_trace_either(
    citizen: Citizen, world: World, caplog: pytest.LogCaptureFixture, typed: str
) -> None:
    caplog.set_level(logging.DEBUG)
    watch = Watch(world, caplog)
    folded = unicodedata.normalize("NFKC", typed)
    headers = dict.fromkeys(("User-Agent", "Accept-Language", "Referer", "X-Request-Id"), DIGITS)
    queries = dict.fromkeys(("m", "again", "day", "from", "week", "office"), folded)
    for route in ROUTES:
        if "GET" in (route.methods or ()):
            path = re.sub(r"\{[a-z_]+(:[a-z]+)?\}", DIGITS, route.path)
            request = citizen.client.build_request("GET", path, params=queries, headers=headers)
            answer = citizen.client.send(request)
            left = [
                (where, what)
                for where, what in watch.left(answer, citizen)
                if where != "log" or "httpx" not in what
            ]
            assert not [where for where, what in left if holds_the_digits(what)], path


def test_the_look_for_digits_sees_them_in_every_disguise() -> None:
    assert all(holds_the_digits(typed) for typed in GROUPINGS)
    assert not holds_the_digits("090-1234-5678 1960-04-01 ABC-123456")
