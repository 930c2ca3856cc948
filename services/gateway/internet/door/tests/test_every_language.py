"""The whole way through the site in each language: sound pages, and nothing left in Japanese."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from starlette.testclient import TestClient

from libs.contracts.booking import Language
from services.gateway.internet.calendar.tests.test_weeks import reach_week
from services.gateway.internet.tests.citizen import ORIGIN, Citizen, birth, identify, reach_check
from services.gateway.internet.tests.city import at, catalog, taken
from services.gateway.internet.tests.fakes import TOKEN
from services.gateway.internet.tests.world import World, build_world, settings
from services.gateway.web.catalogs import VOICES
from services.gateway.web.link import Refused
from services.gateway.web.testing import Page, words

HTTPS = ORIGIN.replace("http:", "https:")
FOREIGN = tuple(voice.code for voice in VOICES if voice.code != "ja")
TAGS = {voice.code: voice.tag for voice in VOICES}
JAPANESE = re.compile(r"[\u3040-\u309f\u30a1-\u30fa々\u4e00-\u9fff]+")
KANA = re.compile(r"[\u3040-\u309f\u30a1-\u30fa]+")
KANJI = re.compile(r"[々\u4e00-\u9fff]+")
_DATA = catalog()
OWN_NAMES = sorted(
    {
        *(word for office in _DATA.offices for word in (office.name, office.address)),
        *(word for p in _DATA.procedures for word in (p.name, p.plain, *p.documents, *p.notes)),
        *(
            word
            for p in _DATA.procedures
            for r in p.rules
            for word in (*r.documents, r.phone_reason)
        ),
    },
    key=len,
    reverse=True,
)
"""The test city's own words, which nobody translated: on foreign pages they are marked."""
SAID = "地震のため、今夜八時まで休止します。"
TYPED = "オオイタ ハナコ"


class Reader(Citizen):
    """A citizen who reads one language and looks at every page for words of another."""

    def __init__(self, client: TestClient, language: Language) -> None:
        super().__init__(client)
        self.language = language
        self.headings: set[str] = set()
        client.cookies.set("lang", language)

    def see(self, response: Any) -> Citizen:
        super().see(response)
        assert self.page.root.get("lang") == TAGS[self.language]
        self.headings.add(self.page.heading)
        left = self._unread()
        assert not left, f"{self.path}: {left}"
        return self

    def _unread(self) -> list[str]:
        """Words of another language. In a title nothing can be marked, and nothing has readings."""
        body = "\n".join(texts(self.page.one("body"), self.language)).replace(TYPED, "")
        title = without_own_names(words(self.page.one("title")))
        if self.language == "ja-easy":
            return KANJI.findall(without_own_names(body))
        return (KANA if self.language == "zh-CN" else JAPANESE).findall(body + title)


def without_own_names(text: str) -> str:
    for name in OWN_NAMES:
        text = text.replace(name, "")
    return text


def texts(element: Element, language: Language) -> Iterator[str]:
    """What is read in the page's own language, without what is marked as another one. Readings
    stand neither in choices nor in what only screen readers say."""
    unmarked = element.tag == "option" or element.get("class") == "hidden"
    if not (language == "ja-easy" and unmarked):
        yield element.text or ""
        for child in element:
            if child.tag != "ruby" and "lang" not in child.attrib:
                yield from texts(child, language)
            yield child.tail or ""


@pytest.fixture(params=FOREIGN)
def reader(client: TestClient, request: pytest.FixtureRequest) -> Reader:
    return Reader(client, request.param)


def test_a_card_is_booked_found_moved_and_given_up(reader: Reader, world: World) -> None:
    reader.open("/")
    reader.open("/book")
    identify(reader, year="1961")
    assert reader.status == 404
    identify(reader, card="12", year="")
    assert reader.status == 422
    reach_check(reader, "taro@example.jp").send("extend")
    reader.send("confirm")
    assert reader.path.endswith("/done")
    assert world.booking.booked[0].language == reader.language
    reader.open("/find").send("/find", birth("1961") | {"number": "8K2M4-7QX3P"})
    assert reader.status == 404
    reader.send("/find", birth() | {"number": "8K2M4-7QX3P"})
    reader.follow("month/issuance/honcho").follow("../../day/2026-12-03")
    reader.send("../time", {"start": "2026-12-03T10:00"}).send("change")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(3, 10)
    reader.follow("contact").send("contact", {"email": "taro@"})
    assert reader.status == 422
    reader.open(reader.path.replace("contact", "cancel")).send("cancel")
    assert world.booking.bookings["8K2M47QX3P"][1].status == "cancelled"


def test_the_other_procedures_and_who_may_come(reader: Reader) -> None:
    for procedure, visitors in (("pin", ("self", "guardian", "proxy")), ("cert", ("proxy",))):
        for visitor in visitors:
            reader.open("/book").send("/book", {"procedure": procedure})
            reader.send("office", {"office": "honcho"}).send("visitor", {"visitor": visitor})
    assert reader.path.endswith("/inquiry")
    reader.send("inquiry", {"inquiry": "no"})
    reader.open("/book").send("/book", {"procedure": "pin"})
    reader.send("office", {"office": "honcho"}).follow("also")
    reader.send("also", {"also": "cert"}).send("visitor", {"visitor": "self"})
    reader.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    reader.send("you", birth("1960", "13", "1") | {"kana": "!", "email": "taro@gmial.com"})
    assert reader.status == 422
    reader.send("you", birth() | {"kana": TYPED, "email": "taro@gmial.com"})
    assert reader.path.endswith("/check")


def test_a_family_is_booked_in_one_go(reader: Reader, world: World) -> None:
    identify(reader).follow("people").send("people", {"procedure": "issuance"})
    reader.send("card", birth("1962", "7", "7") | {"card": "FAM-000002"})
    reader.send("visitor", {"visitor": "self"}).send("visitor", {"visitor": "self"})
    reader.send("arrangement", {"arrangement": "in_turn"})
    reader.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    reader.send("you", {"email": ""}).send("confirm")
    assert reader.path.endswith("/done")


def test_what_goes_wrong_is_said_in_the_language(reader: Reader, world: World) -> None:
    reader.open("/nowhere")
    reader.open("/book?again=1")
    reader.open("/find?again=1")
    reach_check(reader)
    world.clock.pass_minutes(11)
    reader.open(reader.path)
    world.booking.refusals["book"] = Refused(409, "already-booked", {})
    reach_check(reader).send("confirm")
    assert reader.status == 409
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    identify(reader).send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    reader.send("../time", {"start": "2026-12-02T09:00"})
    for slug in ("busy", "not-offered", "held-enough"):
        world.booking.refusals["hold"] = Refused(409, slug, {})
        reader.send("../time", {"start": "2026-12-02T10:00"})
    reader.post("/find", {"csrf": "wrong"})
    assert reader.status == 403


def test_every_view_of_free_times_and_every_page_of_words(reader: Reader, world: World) -> None:
    for path in ("/availability", "/availability/issuance", "/help", "/privacy", "/accessibility"):
        reader.open(path)
    reader.open("/availability/issuance/honcho/2026-12").open("/language")
    reach_week(reader)
    reader.open(reader.path.replace("week/2026-11-30", "days"))
    for window in (1, 2):
        for day in range(1, 32):
            for office in ("honcho", "tsurusaki"):
                world.board.apply(taken(at(day, 9), window=window, cells=36, office_id=office))
    for path in ("/", "/availability/issuance", "/availability/issuance/honcho/2026-12"):
        reader.open(path)
    reach_week(reader)
    assert len(reader.headings) > 9


def test_the_link_of_a_mail(reader: Reader) -> None:
    reach_check(reader).send("confirm")
    reader.open(f"/open/{TOKEN}").send("/open")
    assert reader.path.endswith("/show")
    reader.open("/open/unknown")


def test_what_the_operator_says_is_marked_as_japanese() -> None:
    """Nobody has translated a notice that is needed right now."""
    notice = replace(settings(), notice=SAID)
    for config in (notice, replace(settings(), maintenance=SAID)):
        world = build_world(config)
        with TestClient(world.app, base_url=ORIGIN) as client:
            reader = Reader(client, "en")
            reader.open("/help")
            assert reader.sees(SAID)


def test_behind_https_the_choice_is_kept_under_the_strict_prefix() -> None:
    with TestClient(build_world(settings(secure=True)).app, base_url=HTTPS) as client:
        page = Page(client.get("/language"))
        fields = {"csrf": page.field("csrf"), "lang": "vi", "back": "/"}
        reply = client.post("/language", data=fields, headers={"Origin": HTTPS})
        assert reply.history[0].headers["set-cookie"].startswith("__Host-lang=vi; Path=/; HttpOnly")
        assert Page(reply).root.get("lang") == "vi"
