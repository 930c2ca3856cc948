"""A family on the phone: the word for each number, one slip, and a guardian of two."""

from libs.contracts.booking import CounterBooking, StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.caller import PERSON, PIN, Call, phone_of
from services.gateway.lgwan.tests.support import Browser
from services.gateway.web.link import Refused

from .test_phone_family import family, last_hold, of_second


def test_each_number_has_the_word_of_the_family_on_every_page_and_in_what_is_read(
    desk: Browser, services: Services
) -> None:
    call = family(desk, relation="parent")
    call.send(**of_second(relation="child"))
    call.send("/time", start=call.times()[0])
    page = call.send("/book")
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterBooking)
    assert [one.relation for one in (wish, *wish.party)] == ["parent", "child"]
    assert "子の方は、" in page.text
    assert "親 " in page.text
    (link,) = [a.get("href", "") for a in page.all("a") if "/slip" in a.get("href", "")]
    sheet = desk.open(link)
    assert [a.text for a in sheet.all("th", scope="row")] == ["親", "子"]
    assert sheet.text.count("ご予約の控え") >= 1
    assert len(sheet.all("div", **{"class": "paper"})) == 1
    assert "その方の生年月日" in sheet.text


def test_one_alone_has_no_word(desk: Browser, services: Services) -> None:
    call = Call(desk)
    call.send(**PIN, **PERSON, relation="child")
    call.send("/time", start=call.times()[0])
    call.send("/book")
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterBooking) and wish.relation is None


def test_a_guardian_of_two_is_offered_one_window_in_turn_only(
    desk: Browser, services: Services
) -> None:
    call = family(desk)
    assert desk.page.all("input", type="radio", name="arrangement")
    page = call.send(visitor="guardian")
    assert not page.all("input", type="radio", name="arrangement")
    assert "法定代理人の方は、同時に2つの窓口に行けないためです。" in page.text
    call.send("/time", start=call.times()[0], arrangement="together")
    assert last_hold(services).arrangement == "in_turn"


def test_the_owner_s_refusal_of_a_guardian_at_two_windows_is_said(
    desk: Browser, services: Services
) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[0])
    phone = phone_of(services)
    booking = phone.book

    async def refuse(*_: object) -> StaffBooking:
        raise Refused(409, "one-window", {})

    phone.book = refuse  # type: ignore[method-assign, assignment]
    assert "1つの窓口で続けて受け付けます" in call.send("/book").text
    phone.book = booking  # type: ignore[method-assign]
