"""差替え at the staff door: another person for a booking, and two who exchange their times."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fakes import BORN, FakeBooking, a_booking, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.link import Refused
from services.gateway.web.testing import words

BIRTH = {
    "born": BORN.isoformat(),
}
CARD = {"card": "ABC-123456", "visitor": "self", **BIRTH}


def counter_of(services: Services) -> FakeCounter:
    assert isinstance(services.counter, FakeCounter)
    return services.counter


def kept_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def the_one(services: Services) -> StaffBooking:
    return next(iter(kept_of(services).kept.values()))


def replace(desk: Browser, services: Services, **fields: str) -> None:
    path = f"/bookings/{the_one(services).booking_id}/person"
    desk.open(path)
    desk.send(path, {"version": desk.page.field("version"), **fields})


def a_party(services: Services) -> tuple[StaffBooking, StaffBooking]:
    """The one booking, and another that was made together with it for the afternoon."""
    one, other = the_one(services), a_booking(starts_at=today_at(14), number="5XR7C2MD8K")
    kept_of(services).kept[other.booking_id] = other
    kept_of(services).told = {"party": (other,)}
    return one, other


def test_a_booking_becomes_another_persons_by_their_card(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = desk.open(f"/bookings/{the_one(services).booking_id}")
    assert "差替え" in page.text
    replace(desk, services, **CARD, email="hanako@example.jp", phone="097-534-6111")
    assert "別の方に差し替えました" in desk.page.text
    ((wish, _),) = counter_of(services).persons
    assert (wish.ticket, wish.kana, wish.born) == ("ticket of honcho", None, None)
    assert (wish.email, wish.phone) == ("hanako@example.jp", "0975346111")
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.replace|booking|honcho|done"


def test_without_a_card_a_name_and_a_date_say_who_comes(desk: Browser, services: Services) -> None:
    kept = kept_of(services)
    pin = the_one(services).model_copy(update={"procedure_id": "pin"})
    kept.kept[pin.booking_id] = pin
    replace(desk, services, kana="おおいた はなこ", visitor="guardian", interpreter="vi", **BIRTH)
    ((wish, _),) = counter_of(services).persons
    assert (wish.kana, wish.born, wish.ticket) == ("オオイタ ハナコ", BORN, None)
    assert (wish.visitor, wish.needs, wish.interpreter) == ("guardian", ("interpreter",), "vi")
    assert wish.email is None


def test_the_form_asks_for_the_contact_anew_and_says_so(desk: Browser, services: Services) -> None:
    page = desk.open(f"/bookings/{the_one(services).booking_id}/person")
    assert "いまの方の連絡先は消えます" in page.text
    assert (page.field("email"), page.field("phone")) == ("", "")


def test_what_is_missing_is_named_and_nothing_is_asked(desk: Browser, services: Services) -> None:
    replace(desk, services, visitor="self")
    assert desk.status == 422
    for told in ("予約IDを入力してください", "生年月日を入力してください"):
        assert told in desk.page.text
    assert counter_of(services).persons == []


@pytest.mark.parametrize("field", ["card", "email", "phone", "born"])
def test_twelve_digits_are_not_kept(desk: Browser, services: Services, field: str) -> None:
    replace(desk, services, **{**CARD, field: "1234 5678 9018"})
    assert "5678" not in desk.html
    assert counter_of(services).persons == []


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("already-booked", "すでに同じ種類の予約があります"),
        ("same-person", "この予約の方と同じ方です"),
        ("by-chief", "この差替えは責任者が行います"),
        ("card-elsewhere", "カードは別の場所にあるため"),
        ("guardian-needed", "法定代理人と一緒に"),
    ],
)
def test_a_refusal_is_told_at_its_field_and_answers_stay(
    desk: Browser, services: Services, slug: str, told: str
) -> None:
    counter_of(services).refusal = Refused(409, slug, {})
    replace(desk, services, **CARD, email="hanako@example.jp")
    assert desk.status == 409
    assert told in desk.page.text
    assert desk.page.field("email") == "hanako@example.jp"


def test_a_clash_leads_to_the_other_booking(desk: Browser, services: Services) -> None:
    other = a_booking(number="5XR7C2MD8K", starts_at=today_at(9) + timedelta(days=3))
    told = {"booking": other.model_dump(mode="json")}
    counter_of(services).refusal = Refused(409, "already-booked", told)
    replace(desk, services, **CARD)
    assert "5XR7C-2MD8K" in desk.page.text
    assert f"/bookings/{other.booking_id}" in desk.html


def test_an_unknown_card_is_told(desk: Browser, services: Services) -> None:
    replace(desk, services, **{**CARD, "card": "XYZ-999999"})
    assert "この番号と生年月日の方が見つかりません" in desk.page.text


def test_what_another_terminal_did_meanwhile_is_shown(desk: Browser, services: Services) -> None:
    path = f"/bookings/{the_one(services).booking_id}/person"
    version = desk.open(path).field("version")
    kept_of(services).by_another_terminal(the_one(services).booking_id, "arrived")
    desk.send(path, {"version": version, **CARD})
    assert desk.status == 409
    assert "先に変更されていました" in desk.page.heading
    assert counter_of(services).persons == []


def test_two_of_a_party_exchange_their_times(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    one, other = a_party(services)
    path = f"/bookings/{one.booking_id}/times"
    assert "時間の入れ替え" in desk.open(f"/bookings/{one.booking_id}").text
    page = desk.open(path)
    assert "5XR7C-2MD8K" in page.text
    chosen = f"{other.booking_id}.{other.version}"
    desk.send(path, {"version": page.field("version"), "other": chosen})
    assert "時間を入れ替えました" in desk.page.text
    kept = kept_of(services).kept
    assert kept[one.booking_id].starts_at == other.starts_at
    assert kept[other.booking_id].starts_at == one.starts_at
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.swap|booking|honcho|done"


def test_whom_to_exchange_with_must_be_chosen(desk: Browser, services: Services) -> None:
    one, _ = a_party(services)
    path = f"/bookings/{one.booking_id}/times"
    desk.open(path)
    page = desk.send(path, {"version": "1"})
    assert desk.status == 422
    assert "だれと入れ替えるかを選んでください" in page.text
    desk.open(path)
    desk.send(path, {"version": "1", "other": "x.1"})
    assert desk.status == 400


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("not-offered", "時間の長さか"),
        ("version-conflict", "先に変更されていました"),
        ("not-active", "すでに取り消されたか終わっています"),
        ("time-closed", "窓口の都合でなくなりました"),
        ("one-window", "2つの窓口に同時に行く"),
    ],
)
def test_times_that_cannot_be_exchanged_stay(
    desk: Browser, services: Services, slug: str, told: str
) -> None:
    one, other = a_party(services)
    counter_of(services).refusal = Refused(409, slug, {})
    path = f"/bookings/{one.booking_id}/times"
    desk.open(path)
    page = desk.send(path, {"version": "1", "other": f"{other.booking_id}.1"})
    assert desk.status == 409
    assert told in page.text + page.heading


def test_while_others_are_at_the_same_rows_staff_are_told_to_try_again(
    desk: Browser, services: Services
) -> None:
    one, other = a_party(services)
    counter_of(services).refusal = Refused(409, "busy", {})
    path = f"/bookings/{one.booking_id}/times"
    desk.open(path)
    page = desk.send(path, {"version": "1", "other": f"{other.booking_id}.1"})
    assert (desk.status, page.heading) == (503, "ただいま、つながりにくくなっています")


def test_alone_there_is_nobody_to_exchange_with(desk: Browser, services: Services) -> None:
    assert "時間の入れ替え" not in desk.open(f"/bookings/{the_one(services).booking_id}").text
    page = desk.open(f"/bookings/{the_one(services).booking_id}/times")
    assert "入れ替えられる予約がありません" in page.text


def test_exchanging_needs_its_right(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "ticker", rights=["bookings.read", "bookings.tick"])
    browser.sign_in("ticker")
    page = browser.open(f"/bookings/{the_one(services).booking_id}")
    assert "差替え" not in page.text
    for what in ("person", "times"):
        browser.open(f"/bookings/{the_one(services).booking_id}/{what}")
        assert browser.status == 403


def test_nobody_is_offered_with_whom_a_guardian_would_be_at_two_windows(
    desk: Browser, services: Services
) -> None:
    """One alone and a child at the same time, another child later: only the second child can come
    at the first one's time."""
    one, other = a_party(services)
    alone = a_booking(starts_at=other.starts_at, number="9XR7C2MD8K")
    kept_of(services).kept[one.booking_id] = one.model_copy(update={"visitor": "guardian"})
    later = other.model_copy(update={"visitor": "guardian"})
    kept_of(services).told = {"party": (later, alone)}
    page = desk.open(f"/bookings/{one.booking_id}/times")
    offered = [
        radio.get("value", "").partition(".")[0] for radio in page.all("input", name="other")
    ]
    assert offered == [str(later.booking_id)]


def test_a_child_cannot_take_over_beside_one_who_comes_with_a_guardian_then(
    desk: Browser, services: Services
) -> None:
    one, other = a_party(services)
    beside = other.model_copy(update={"visitor": "guardian", "starts_at": one.starts_at})
    kept_of(services).told = {"party": (beside,)}
    page = desk.open(f"/bookings/{one.booking_id}/person")
    options = page.one("select", id="visitor").iter("option")
    assert "guardian" not in [option.get("value") for option in options]
    assert "「本人と法定代理人」には差し替えられません" in page.text
    counter_of(services).refusal = Refused(409, "one-window", {})
    replace(desk, services, **CARD | {"visitor": "guardian"})
    assert desk.status == 409
    assert "先にどちらかの時間を変えてください" in words(desk.page.one("p", id="visitor-error"))
