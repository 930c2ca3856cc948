"""One screen for bookings by phone: any order, a time held at once, nothing typed is lost."""

from datetime import datetime, timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import CounterBooking, CounterHold
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.caller import (
    BIRTH,
    CARD,
    PERSON,
    PIN,
    Call,
    next_weekday,
    phone_of,
)
from services.gateway.lgwan.tests.fakes import BORN, FakeEligibility, a_booking
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.link import Refused
from services.gateway.web.testing import words
from services.gateway.web.times import now


def last_wish(services: Services) -> CounterBooking:
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterBooking)
    return wish


def eligibility_of(services: Services) -> FakeEligibility:
    assert isinstance(services.eligibility, FakeEligibility)
    return services.eligibility


def test_a_call_for_a_card_is_booked_and_read_aloud(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    call = Call(desk)
    page = call.hold(**CARD)
    assert "10分" not in page.heading
    assert "までお取りしています" in page.text
    assert "予約IDを確認できました。カードは本庁舎1階市民課にあります" in page.text
    page = call.send("/book", email="hanako@example.jp", phone="097-534-6111")
    assert page.heading == "予約しました 4TR6W-M9ZQ1"
    day = next_weekday()
    assert f"{day.month}月{day.day}日" in page.text
    assert "予約番号は、4・T・R・6・W、M・9・Z・Q・1、です。" in page.text
    wish = last_wish(services)
    assert (wish.channel, wish.ticket, wish.born) == ("phone", "ticket of honcho", BORN)
    assert (wish.kana, wish.phone, wish.email) == (None, "0975346111", "hanako@example.jp")
    assert log_lines(store_of_accounts)[-2:] == [
        "tanaka|booking.hold|form|honcho|done",
        "tanaka|booking.book|booking|honcho|done",
    ]


def test_a_time_is_held_before_anything_is_known_of_the_person(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    page = call.hold(**PIN)
    assert "までお取りしています" in page.text
    (wish,) = phone_of(services).wishes
    assert isinstance(wish, CounterHold)
    assert wish.ticket is None
    page = call.send("/book")
    assert desk.status == 422
    assert "氏名カナを入力してください" in page.text
    assert "生年月日を入力してください" in page.text
    assert words(page.one("title")).startswith("エラー：")
    assert "までお取りしています" in page.text
    assert call.send("/book", **PERSON).heading.startswith("予約しました")
    assert last_wish(services).kana == "オオイタ ハナコ"


def test_everything_typed_is_kept_whatever_is_pressed(desk: Browser) -> None:
    call = Call(desk)
    typed = {**PERSON, "card": "ABC-123456", "phone": "0975346111", "email": "a@example.jp"}
    more = {"visitor": "guardian", "needs": "stroller", "language": "vi", "inquiry": "1"}
    page = call.send(**PIN, **typed, **more, cards="2", unknown="1")
    page = call.send(to_day=next_weekday(1).isoformat())
    page = call.send("/time", start=call.times()[3])
    page = call.send("/release")
    for name, value in {"kana": "オオイタ ハナコ", **typed}.items():
        assert page.field(name) == value
    chosen = [o.get("value") for o in page.all("option") if "selected" in o.attrib]
    assert {"honcho", "guardian", "vi", "2"} <= set(chosen)
    ticked = {i.get("name") for i in page.all("input") if "checked" in i.attrib}
    assert {"procedure", "needs", "inquiry", "unknown"} <= ticked
    assert "確保をやめました" in page.text
    assert "まだ時間を取っていません" in page.text


def test_each_form_holds_a_time_of_its_own(desk: Browser, services: Services) -> None:
    one, other = Call(desk), Call(desk)
    one_page = one.hold(**PIN)
    other.desk.open("/phone")
    other.hold(**PIN)
    assert len(phone_of(services).held) == 2
    assert one_page.field("form") != desk.page.field("form")


def test_another_office_or_procedure_takes_the_same_time_anew(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.hold(**PIN)
    page = call.send(office="tsurusaki")
    assert "同じ時間を取り直しました" in page.text
    (hold,) = phone_of(services).held.values()
    assert hold.office_id == "tsurusaki"
    phone_of(services).refusals = [Refused(409, "slot-full", {})]
    page = call.send(procedure="certificate")
    assert "時間を選び直してください" in page.text
    assert "近い時間" in page.text
    assert phone_of(services).held == {}


def test_a_hold_that_ran_out_is_taken_again_or_the_nearest_times_are_shown(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.hold(**PIN)
    phone_of(services).forget_holds()
    page = call.send(**PERSON)
    assert "確保の期限が過ぎていたので、同じ時間を取り直しました" in page.text
    (hold,) = phone_of(services).held.values()
    phone_of(services).forget_holds()
    phone_of(services).full = {hold.starts_at}
    page = call.send("/book")
    assert desk.status == 422
    assert "ほかの方が選びました" in page.text
    assert len(page.all("button", name="start")) >= 3
    assert page.field("kana") == "オオイタ ハナコ"


def test_a_time_that_was_taken_meanwhile_shows_the_nearest_three(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.send(**PIN)
    start = call.times()[0]
    kept = phone_of(services)
    held = call.send("/time", start=call.times()[1])
    kept.refusals = [Refused(409, "slot-full", {})]
    page = call.send("/time", start=start)
    assert desk.status == 409
    assert "ほかの方が先に選びました" in page.text
    near = page.one("div", **{"class": "near"})
    assert len(near.findall("button")) == 3
    assert page.field("held") == held.field("held")


def test_over_capacity_needs_its_right_and_says_that_it_is_logged(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    kept = phone_of(services)
    add_staff(store_of_accounts, "clerk", rights=["bookings.read", "bookings.make"])
    browser.sign_in("clerk")
    call = Call(browser)
    call.send(**PIN)
    start = call.times()[0]
    kept.refusals = [Refused(409, "slot-full", {})]
    page = call.send("/time", start=start)
    assert "枠外で取るには、権限が必要です" in page.text
    assert "/phone/extra" not in browser.html
    call.send("/extra", start=start)
    assert browser.status == 403
    assert kept.extra == 0
    browser.sign_in()
    call = Call(browser)
    call.send(**PIN)
    kept.refusals = [Refused(409, "slot-full", {})]
    page = call.send("/time", start=start)
    assert "操作ログと予約の経過に残ります" in page.text
    page = call.send("/extra", start=start)
    assert "までお取りしています" in page.text
    assert kept.extra == 1
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.hold.extra|form|honcho|done"


def test_a_full_time_can_be_pressed_over_capacity_only(desk: Browser, services: Services) -> None:
    call = Call(desk)
    call.send(**PIN)
    first = call.times()[0]
    phone_of(services).full = {datetime.fromisoformat(first)}
    page = call.send()
    pressed = [b for b in page.all("button", name="start") if b.get("value") == first]
    assert [b.get("formaction") for b in pressed] == ["/phone/extra"]
    assert "満員の時刻に、枠外で入れる" in page.text


def test_a_duplicate_is_shown_to_staff_who_may_see_it(desk: Browser, services: Services) -> None:
    other = a_booking(number="8K2M47QX3Q")
    call = Call(desk)
    call.hold(**PIN, **PERSON)
    phone_of(services).refusals = [
        Refused(409, "already-booked", {"booking": other.model_dump(mode="json")})
    ]
    page = call.send("/book")
    assert desk.status == 409
    assert "すでに同じ種類の予約があります" in page.text
    assert "8K2M4-7QX3Q" in page.text
    assert page.all("input", name="another")
    assert call.send("/book", another="1").heading.startswith("予約しました")
    assert last_wish(services).another_person


def test_a_duplicate_of_a_card_is_the_same_person_for_certain(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.hold(**CARD)
    phone_of(services).refusals = [Refused(409, "already-booked", {})]
    page = call.send("/book")
    assert "担当する場所の予約ではないため" in page.text
    assert not page.all("input", name="another")


def test_the_office_follows_the_card_until_a_time_is_held(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    page = call.send(**CARD | {"card": "DEF-234567"})
    chosen = [o.get("value") for o in page.all("option") if "selected" in o.attrib]
    assert "tsurusaki" in chosen
    call = Call(desk)
    call.hold(procedure="issuance", office="honcho")
    page = call.send("/book", card="DEF-234567", **BIRTH)
    assert "場所を鶴崎支所にして、時間を選び直してください" in page.text
    assert desk.status == 422


@pytest.mark.parametrize("office", ["honcho", "*"])
def test_only_offices_within_reach_can_be_chosen(
    browser: Browser, store_of_accounts: Database, office: str
) -> None:
    add_staff(store_of_accounts, "clerk", offices=[office])
    everywhere = ["bookings.read", "bookings.make", "bookings.everywhere"]
    add_staff(store_of_accounts, "desk", rights=everywhere, offices=["honcho"])
    browser.sign_in("clerk")
    page = browser.open("/phone")
    options = {o.get("value") for o in page.all("option")}
    assert ("tsurusaki" in options) == (office == "*")
    browser.sign_in("desk")
    browser.open("/phone")
    assert "tsurusaki" in {o.get("value") for o in browser.page.all("option")}
    browser.open("/walk-in")
    assert "tsurusaki" not in {o.get("value") for o in browser.page.all("option")}


def test_a_card_that_cannot_be_found_or_asked_about_is_said_so(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    page = call.hold(**CARD | {"card": "XYZ-999999"})
    assert "この番号と生年月日の方が見つかりません" in page.text
    assert "までお取りしています" in page.text
    eligibility_of(services).away = True
    page = call.send("/book", card="ABC-123456")
    assert "いま、予約IDを確認できません" in page.text
    page = call.send("/book", unknown="1", kana="オオイタ ハナコ")
    assert page.heading.startswith("予約しました")
    wish = last_wish(services)
    assert (wish.unlinked, wish.ticket, wish.kana) == (True, None, "オオイタ ハナコ")


def test_booking_that_is_away_keeps_everything_typed(desk: Browser, services: Services) -> None:
    call = Call(desk)
    call.hold(**PIN)
    phone_of(services).away = True
    page = call.send("/book", **PERSON)
    assert "予約のシステムにつながりません" in page.text
    assert page.field("kana") == "オオイタ ハナコ"
    assert page.field("held")
    phone_of(services).away = False
    assert call.send("/book").heading.startswith("予約しました")


def test_twelve_digits_are_refused_and_not_shown_again(desk: Browser) -> None:
    call = Call(desk)
    page = call.send(**PIN, card="1234 5678 9018", kana="1234-5678-9018", phone="123456789018")
    assert page.text.count("12桁の番号が入力されました") >= 3
    assert "9018" not in desk.html


def test_what_cannot_be_read_is_said_at_its_field_and_shown_again(desk: Browser) -> None:
    call = Call(desk)
    page = call.send(kana="大分", email="a@", phone="12", born="1960/13/1")
    for text in ("ローマ字で入力してください", "カレンダーにない日付です", "市外局番"):
        assert text in page.text
    assert page.field("kana") == "大分"


@pytest.mark.parametrize(
    "typed", ["S35.4.1", "昭和35年4月1日", "1960/4/1", "19600401", "Ｓ３５．４．１", "3350401"]
)
def test_a_date_of_birth_is_one_field_and_said_back(desk: Browser, typed: str) -> None:
    said = Call(desk).send(born=typed).one("output", id="born-said")
    age = now().year - 1960 - ((now().month, now().day) < (4, 1))
    assert words(said) == f"昭和35年4月1日（1960年）{age}歳"


@pytest.mark.parametrize("typed", ["35.4.1", "1960", "4/1", "さくら"])
def test_a_date_of_birth_without_its_era_is_asked_for_anew(desk: Browser, typed: str) -> None:
    page = Call(desk).send(born=typed)
    assert "S45.3.22、昭和45年3月22日、1970/3/22 のどれか" in page.text
    assert page.field("born") == typed
    assert not words(page.one("output", id="born-said"))


def test_a_child_without_a_guardian_is_refused_at_who_comes(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.hold(**PIN, **PERSON)
    phone_of(services).refusals = [Refused(409, "guardian-needed", {})]
    assert "法定代理人と一緒に" in call.send("/book").text


def test_other_days_are_one_press_away_and_never_in_the_past(desk: Browser) -> None:
    call = Call(desk)
    page = call.send(**PIN)
    assert not page.all("button", id="earlier")
    later = page.one("button", id="later").get("value", "")
    page = desk.send("/phone", {**call.typed, "form": page.field("form"), "to_first": later})
    assert page.all("button", id="earlier")
    past = (next_weekday() - timedelta(days=400)).isoformat()
    page = desk.send("/phone", {**call.typed, "form": page.field("form"), "to_first": past})
    assert not page.all("button", id="earlier")


def test_phone_bookings_need_their_right(browser: Browser, store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "viewer", rights=["bookings.read"])
    browser.sign_in("viewer")
    assert "電話予約" not in browser.page.text
    for path in ("/phone", "/walk-in"):
        browser.open(path)
        assert browser.status == 403
