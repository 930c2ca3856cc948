"""Somebody at the counter without a booking, and what follows a booking for others."""

from datetime import timedelta
from uuid import UUID

from libs.contracts.booking import (
    Catalog,
    CounterBooking,
    CounterHold,
    CounterLink,
    Guidance,
    LaterAddress,
)
from libs.contracts.times import day_of
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.caller import BIRTH, CARD, PERSON, PIN, Call, phone_of
from services.gateway.lgwan.tests.fake_offers import FakeOffers
from services.gateway.lgwan.tests.fakes import FakeBooking, FakeEligibility, a_booking, today_at
from services.gateway.lgwan.tests.support import Browser
from services.gateway.web.link import Refused


def test_who_is_at_the_counter_gets_the_next_time_and_is_received_at_once(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.booking, FakeBooking)
    services.booking.told = {"reception": 12}
    call = Call(desk, "/walk-in")
    page = call.send("/time", **PIN, **PERSON, start="", arrived="1")
    assert "10時05分" in page.text or "10時5分" in page.text
    page = call.send("/book")
    assert "受付済" in page.text
    assert "受付番号 12" in page.text
    assert page.one("a", href="/walk-in", **{"class": "button"}) is not None
    hold, booking = phone_of(services).wishes
    assert isinstance(hold, CounterHold) and hold.starts_at is None
    assert isinstance(booking, CounterBooking)
    assert (booking.channel, booking.arrived) == ("counter", True)


def test_on_a_full_day_the_same_press_takes_a_place_over_capacity(
    desk: Browser, services: Services
) -> None:
    kept = phone_of(services)
    kept.full = {today_at(10)}
    page = Call(desk, "/walk-in").send("/time", **PIN, start="")
    assert "枠外を" in page.text and "までお取りしています" in page.text
    assert "予約の経過に残ります" in page.text
    assert kept.extra == 0


def test_who_may_book_over_capacity_may_do_so_at_once(desk: Browser, services: Services) -> None:
    page = Call(desk, "/walk-in").send("/extra", **PIN, start="")
    assert "枠外を" in page.text
    assert phone_of(services).extra == 1


def test_another_procedure_at_the_counter_takes_the_next_time_there_is(
    desk: Browser, services: Services
) -> None:
    """Nobody chose the time that is held, and by now it may be over."""
    call = Call(desk, "/walk-in")
    call.send("/time", **PIN, **PERSON, start="")
    call.send("", procedure="certificate")
    first, second = phone_of(services).wishes
    assert isinstance(first, CounterHold) and isinstance(second, CounterHold)
    assert (first.starts_at, second.starts_at) == (None, None)
    assert second.procedure_ids == ("certificate",)


def test_the_phone_never_takes_a_time_that_nobody_chose(desk: Browser, services: Services) -> None:
    call = Call(desk)
    assert "時間を選んでください" in call.send("/time", **PIN, start="").text
    assert phone_of(services).wishes == []


def test_a_form_asks_what_for_and_where_before_a_time(desk: Browser) -> None:
    page = Call(desk, "/walk-in").send("/time", start="")
    assert "手続きを選んでください" in page.text
    assert "場所を選んでください" in page.text


def test_the_slip_says_when_where_and_what_to_bring(desk: Browser, services: Services) -> None:
    assert isinstance(services.booking, FakeBooking)
    one = a_booking(also=("pin",))
    services.booking.kept[one.booking_id] = one
    page = desk.open(f"/phone/bookings/{one.booking_id}/slip")
    for text in ("ご予約の控え", "8K2M4-7QX3P", "10時30分", "カードの交付・暗証番号再設定・変更"):
        assert text in page.text


def test_the_slip_says_whose_it_is_where_the_site_is_and_until_when_to_change(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.booking, FakeBooking)
    one = a_booking()
    services.booking.kept[one.booking_id] = one
    page = desk.open(f"/phone/bookings/{one.booking_id}/slip")
    assert "大分市" in page.text
    assert "大分市の予約サイト：https://yoyaku.city.example.jp" in page.text
    assert "取り消しは予約の時刻まで" in page.text
    assert [button.text for button in page.all("button", type="button")] == ["印刷する"]


def test_the_slip_has_the_address_of_the_day_of_the_visit(
    desk: Browser, services: Services
) -> None:
    """The office moves two days from now. The page of settings asks for the catalog anew."""
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.offers, FakeOffers)
    move = LaterAddress(
        from_day=day_of(today_at(9)) + timedelta(days=2), address="大分市新町1番1号"
    )
    services.offers.office_by_another("honcho", later=(move,))
    services.booking.city = Catalog(
        offices=tuple(services.offers.offices.values()),
        procedures=tuple(services.offers.procedures.values()),
    )
    desk.open("/settings")
    for days, address in ((1, "大分市荷揚町2番31号"), (2, "大分市新町1番1号")):
        one = a_booking(starts_at=today_at(10) + timedelta(days=days))
        services.booking.kept[one.booking_id] = one
        assert address in desk.open(f"/phone/bookings/{one.booking_id}/slip").text


def test_the_slip_and_what_is_read_aloud_say_what_holds_on_the_day(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.booking, FakeBooking)
    one, later = (a_booking(starts_at=today_at(10) + timedelta(days=days)) for days in (1, 2))
    for visit in (one, later):
        services.booking.kept[visit.booking_id] = visit
    days = (day_of(one.starts_at),)
    guidance = Guidance(guidance_id=UUID(int=1), version=1, days=days, texts={"ja": "東口へ。"})
    assert isinstance(services.offers, FakeOffers)
    services.offers.office_by_another("honcho", guidances=(guidance,))
    services.booking.city = Catalog(
        offices=tuple(services.offers.offices.values()),
        procedures=tuple(services.offers.procedures.values()),
    )
    desk.open("/settings")
    for visit, says in ((one, True), (later, False)):
        path = f"/phone/bookings/{visit.booking_id}"
        assert ("当日のご案内です。東口へ。" in desk.open(path).text) == says
        assert ("この日のご案内 東口へ。" in desk.open(f"{path}/slip").text) == says


def test_the_page_of_a_booking_says_that_its_booking_id_is_missing(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.booking, FakeBooking)
    services.booking.told = {"unlinked": True}
    (one,) = services.booking.kept
    page = desk.open(f"/bookings/{one}")
    assert "ID未確認" in page.text
    assert page.all("a", href=f"/phone/unlinked/{one}")
    assert page.all("a", href=f"/phone/bookings/{one}/slip")


def without_id(desk: Browser, services: Services) -> str:
    """A booking that waits for its booking id; the path of its page."""
    call = Call(desk)
    call.hold(procedure="issuance", office="honcho")
    page = call.send("/book", **PERSON, unknown="1")
    assert page.heading.startswith("予約しました")
    (waiting,) = phone_of(services).waiting
    return f"/phone/unlinked/{waiting.booking_id}"


def test_a_booking_without_a_booking_id_is_listed_and_linked_by_hand(
    desk: Browser, services: Services
) -> None:
    path = without_id(desk, services)
    page = desk.open("/phone/unlinked")
    assert "4TR6W-M9ZQ1" in page.text
    assert page.one("a", href=path) is not None
    desk.open(path)
    page = desk.send(path, {"version": desk.page.field("version"), "card": "ABC-123456", **BIRTH})
    assert "予約IDを確認しました" in page.text
    assert "ID未確認の予約はありません" in page.text
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterLink)
    assert (wish.ticket, wish.mend_birth) == ("ticket of honcho", False)


def test_another_date_of_birth_can_be_mended_and_a_clash_is_shown(
    desk: Browser, services: Services
) -> None:
    path = without_id(desk, services)
    desk.open(path)
    typed = {"version": desk.page.field("version"), "card": "ABC-123456", **BIRTH}
    phone_of(services).refusals = [Refused(409, "other-birth", {})]
    page = desk.send(path, typed)
    assert desk.status == 409
    assert page.all("input", name="mend")
    other = a_booking(number="8K2M47QX3Q").model_dump(mode="json")
    phone_of(services).refusals = [Refused(409, "already-booked", {"booking": other})]
    page = desk.send(path, typed | {"mend": "1"})
    assert "8K2M4-7QX3Q" in page.text
    assert "2つの予約が1つになることはありません" in page.text
    desk.send(path, typed | {"mend": "1"})
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterLink) and wish.mend_birth


def test_a_link_needs_number_and_birth_and_eligibility(desk: Browser, services: Services) -> None:
    path = without_id(desk, services)
    desk.open(path)
    page = desk.send(path, {"version": "1"})
    assert "予約IDを入力してください" in page.text
    assert "生年月日を入力してください" in page.text
    page = desk.send(path, {"version": "1", "card": "XYZ-999999", **BIRTH})
    assert "見つかりません" in page.text
    assert isinstance(services.eligibility, FakeEligibility)
    services.eligibility.away = True
    desk.send(path, {"version": "1", "card": CARD["card"], **BIRTH})
    assert desk.status == 503
    assert desk.page.field("card") == "ABC-123456"
    assert len(phone_of(services).waiting) == 1
