"""The calendar entry and the QR code: stable, replaced by a change, and only for the owner."""

from datetime import UTC
from typing import Any
from urllib.parse import quote

import pytest
from icalendar import Calendar

from services.gateway.internet.book.tests.test_family import reach_check as reach_party
from services.gateway.internet.door.settings import map_url
from services.gateway.internet.tests.citizen import Citizen, birth, reach_check
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.fakes import NUMBER
from services.gateway.internet.tests.world import World


def entry(citizen: Citizen, path: str) -> Any:
    reply = citizen.client.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/calendar")
    assert reply.headers["cache-control"] == "no-store"
    (event,) = Calendar.from_ical(reply.content).walk("VEVENT")
    return event


def book(citizen: Citizen) -> str:
    """The address of the new booking's own pages."""
    return reach_check(citizen).send("confirm").path.removesuffix("done")


def find(citizen: Citizen) -> str:
    citizen.open("/find").send("/find", birth() | {"number": NUMBER})
    return citizen.path.removesuffix("show")


def test_the_last_page_shows_the_number_large_as_a_qr_code_and_for_the_calendar(
    citizen: Citizen,
) -> None:
    base = book(citizen)
    picture = citizen.page.one("img", src="qr.svg")
    assert "8K2M4-7QX3P" in picture.get("alt", "")
    reply = citizen.client.get(f"{base}qr.svg")
    assert reply.headers["content-type"] == "image/svg+xml"
    assert reply.text.startswith("<svg")
    assert citizen.page.all("a", href="visit.ics")


def test_the_entry_says_when_where_and_what_to_bring(citizen: Citizen) -> None:
    event = entry(citizen, f"{book(citizen)}visit.ics")
    assert event["dtstart"].dt == at(2, 9).astimezone(UTC)
    assert event["dtend"].dt == at(2, 9, 30).astimezone(UTC)
    assert "大分市荷揚町2番31号" in event["location"]
    assert "8K2M4-7QX3P" in event["description"]
    assert "本人確認書類" in event["description"]
    assert event["status"] == "CONFIRMED"


MAP = "https://map.example/?q=" + quote("大分市荷揚町2番31号")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_map_shows_the_japanese_address_and_is_not_told_where_one_comes_from(
    citizen: Citizen, language: str
) -> None:
    citizen.open("/language").send("/language", {"lang": language})
    book(citizen)
    assert citizen.page.one("a", href=MAP).get("rel") == "noreferrer"
    find(citizen)
    assert citizen.page.one("a", href=MAP).get("rel") == "noreferrer"


def test_a_map_has_a_place_for_the_address_or_there_is_none() -> None:
    assert map_url("none") == ""
    for wrong in ("https://map.example/", "http://map.example/?q={address}"):
        with pytest.raises(ValueError, match="none"):
            map_url(wrong)


def test_a_change_replaces_the_entry_and_the_uid_has_no_number(
    citizen: Citizen, world: World
) -> None:
    first = entry(citizen, f"{book(citizen)}visit.ics")
    base = find(citizen)
    assert citizen.page.all("a", href="visit.ics")
    citizen.open(f"{base}week").send("../time", {"start": "2026-12-03T10:00"}).send("change")
    moved = entry(citizen, f"{base}visit.ics")
    assert moved["uid"] == first["uid"]
    assert moved["sequence"] > first["sequence"]
    assert moved["dtstart"].dt == at(3, 10).astimezone(UTC)
    assert NUMBER not in first["uid"]


def test_a_cancelled_booking_takes_its_entry_back(citizen: Citizen) -> None:
    book(citizen)
    base = find(citizen)
    citizen.follow("cancel").send("cancel")
    assert entry(citizen, f"{base}visit.ics")["status"] == "CANCELLED"
    assert not citizen.page.all("img", src="qr.svg")


def test_everybody_of_a_party_has_a_code_and_an_entry_of_their_own(citizen: Citizen) -> None:
    base = reach_party(citizen).send("confirm").path.removesuffix("done")
    assert citizen.page.all("img", src="qr.svg")
    assert citizen.page.all("img", src="people/2/qr.svg")
    first, second = entry(citizen, f"{base}visit.ics"), entry(citizen, f"{base}people/2/visit.ics")
    assert first["uid"] != second["uid"]
    assert "PARTY-00002" in second["description"]
    assert citizen.client.get(f"{base}people/3/visit.ics").status_code == 404


def test_there_is_nothing_to_take_along_before_the_booking_or_for_others(citizen: Citizen) -> None:
    base = reach_check(citizen).path.removesuffix("check")
    for name in ("qr.svg", "visit.ics"):
        assert citizen.client.get(base + name).status_code == 404
    citizen.send("confirm")
    citizen.client.cookies.clear()
    for name in ("qr.svg", "visit.ics"):
        assert citizen.open(base + name).path == "/book"
