"""A family on the phone: people more and less on the one screen, all held and booked at once."""

from datetime import datetime
from typing import Any

import pytest

from dev.testing import Database
from libs.contracts.booking import Catalog, CounterBooking, CounterHold
from libs.contracts.times import JST
from services.gateway.lgwan.counter.entry import Entry
from services.gateway.lgwan.counter.person import TypedPerson
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.phone.wishes import hold_of as wish_of
from services.gateway.lgwan.phone.wishes import is_wanted
from services.gateway.lgwan.tests.caller import BIRTH, CARD, PERSON, PIN, Call, phone_of
from services.gateway.lgwan.tests.fake_family import hold_of as held_of
from services.gateway.lgwan.tests.fake_offers import FakeOffers
from services.gateway.lgwan.tests.fakes import FakeBooking, FakeEligibility, a_booking
from services.gateway.lgwan.tests.support import Browser, log_lines
from services.gateway.web.link import Refused
from services.gateway.web.testing import Page


def of_second(**fields: Any) -> dict[str, Any]:
    return {f"p2-{name}": value for name, value in fields.items()}


SECOND = of_second(
    procedure="pin", kana="オオイタ ケン", visitor="guardian",
    born="R2.4.1",
)  # fmt: skip


def family(desk: Browser, path: str = "/phone", **more: Any) -> Call:
    """Two people, both for a new PIN, of whom everything is known but the time."""
    call = Call(desk, path)
    call.send(**PIN, **PERSON, **more)
    call.send(more="1")
    call.send(**SECOND)
    return call


def last_hold(services: Services) -> CounterHold:
    return next(one for one in reversed(phone_of(services).wishes) if isinstance(one, CounterHold))


def ticked(page: Page, name: str) -> list[str]:
    return [i.get("value", "") for i in page.all("input", name=name) if "checked" in i.attrib]


def test_a_family_is_held_and_booked_in_one_go_and_read_aloud(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    call = family(desk)
    page = call.send("/time", start=call.times()[2])
    assert "（2人分）の枠を" in page.text
    assert "2人目の方 10時00分から30分" in page.text
    page = call.send("/book", email="hanako@example.jp", phone="097-534-6111", language="en")
    assert page.heading == "2人分を予約しました"
    for text in (
        "2人分のご予約をお取りしました",
        "2人目の方は、10時00分に、暗証番号再設定・変更です。",
        "予約番号は、7・H・X・2・K、P・4・D・M・6、です。",
        "同じ内容を、メールでもお送りします",
        "それぞれの予約番号と、その方の生年月日で",
    ):
        assert text in page.text
    hold, wish = phone_of(services).wishes
    assert isinstance(hold, CounterHold) and isinstance(wish, CounterBooking)
    assert [line.procedure_id for line in hold.party] == ["pin"]
    (second,) = wish.party
    assert (wish.kana, wish.visitor, wish.procedure_ids) == ("オオイタ ハナコ", "self", ("pin",))
    assert (second.kana, second.visitor) == ("オオイタ ケン", "guardian")
    assert second.born and second.born.year == 2020
    assert (wish.email, wish.phone, wish.language) == ("hanako@example.jp", "0975346111", "en")
    assert log_lines(store_of_accounts)[-2:] == [
        "tanaka|booking.hold|form|honcho|done",
        "tanaka|booking.book|booking|honcho|done",
    ]


def test_somebody_more_comes_for_the_same_and_the_time_is_held_for_both(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.hold(**PIN, **PERSON)
    page = call.send(more="1")
    assert ticked(page, "p2-procedure") == ["pin"]
    assert "同じ時間を取り直しました" in page.text
    assert "（2人分）の枠を" in page.text
    assert page.field("kana") == "オオイタ ハナコ"
    assert len(last_hold(services).party) == 1
    assert page.field("people") == "2"
    page = call.send("/book", **of_second(procedure="pin"))
    assert "2人目：氏名カナを入力してください" in page.text
    assert "2人目：生年月日を入力してください" in page.text
    assert "1人目：" not in page.text
    assert page.all("a", href="#p2-kana")


@pytest.mark.parametrize(("gone", "left"), [("1", "オオイタ ケン"), ("2", "オオイタ ハナコ")])
def test_whoever_is_taken_out_the_others_stay_as_they_were_typed(
    desk: Browser, services: Services, gone: str, left: str
) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[0])
    page = call.send(without=gone)
    assert page.field("kana") == left
    assert page.field("people") == "1"
    assert "1人を外しました" in page.text
    assert "2人目の方" not in page.text
    assert "までお取りしています" in page.text
    assert last_hold(services).party == ()


def test_what_is_wrong_moves_up_with_its_person(desk: Browser) -> None:
    call = family(desk)
    call.send(**of_second(kana="大分"))
    page = call.send(without="1")
    assert "ローマ字で入力してください" in page.text
    assert page.field("kana") == "大分"


def test_everything_typed_of_everybody_is_kept_whatever_is_pressed(desk: Browser) -> None:
    call = family(desk)
    more = of_second(card="DEF-234567", needs="stroller", cards="3", unknown="1", inquiry="1")
    page = call.send(**more, arrangement="in_turn")
    page = call.send("/time", start=call.times()[1])
    page = call.send("/release")
    assert page.field("p2-kana") == "オオイタ ケン"
    assert page.field("p2-card") == "DEF-234567"
    for name in ("p2-needs", "p2-unknown", "p2-inquiry"):
        assert ticked(page, name), name
    assert ticked(page, "needs") == []
    assert ticked(page, "arrangement") == ["in_turn"]
    chosen = [o.get("value") for o in page.all("option") if "selected" in o.attrib]
    assert {"guardian", "3", "self"} <= set(chosen)


def test_one_after_the_other_is_held_anew_at_one_window(desk: Browser, services: Services) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[2])
    page = call.send(arrangement="in_turn")
    assert "2人目の方 10時30分から30分" in page.text
    assert last_hold(services).arrangement == "in_turn"
    before = len(phone_of(services).wishes)
    call.send()
    assert len(phone_of(services).wishes) == before


def test_what_is_held_is_wanted_only_if_it_is_for_all_and_lies_as_chosen() -> None:
    pin, both = TypedPerson(procedure_ids=("pin",)), TypedPerson(procedure_ids=("pin", "issuance"))
    entry = Entry(people=(pin, both), office_id="honcho")
    start = datetime(2027, 6, 1, 10, tzinfo=JST)
    held = held_of(wish_of(entry, (None, None), start), start)
    assert is_wanted(entry, held)
    for other in (
        entry.change(people=(pin,)),
        entry.change(people=(both, pin)),
        entry.change(people=(pin, pin)),
        entry.change(people=(pin, both, pin)),
        entry.change(arrangement="in_turn"),
        entry.change(office_id="tsurusaki"),
    ):
        assert not is_wanted(other, held)
        assert is_wanted(other, held_of(wish_of(other, [None] * len(other.people), start), start))


def test_no_room_for_one_more_shows_the_nearest_times_for_all(
    desk: Browser, services: Services
) -> None:
    call = Call(desk)
    call.hold(**PIN)
    phone_of(services).refusals = [Refused(409, "slot-full", {})]
    page = call.send(more="1")
    assert "2人分の空きがありません" in page.text
    assert "枠外で取る" in page.text
    assert "枠を2つ足します" in page.text
    assert phone_of(services).held == {}
    assert page.field("people") == "2"


def test_as_many_as_the_city_says_and_nobody_more(desk: Browser, services: Services) -> None:
    call = Call(desk)
    call.send(**PIN)
    for people in (2, 3, 4):
        page = call.send(more="1", **{f"p{n}-procedure": "pin" for n in range(2, people)})
        assert page.field("people") == str(people)
    assert not page.all("button", name="more")
    assert "一度に予約できるのは4人まで" in page.text
    assert call.send(more="1", **{"p4-procedure": "pin"}).field("people") == "4"


def test_a_procedure_of_a_smaller_limit_holds_no_time_for_more(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.offers, FakeOffers) and isinstance(services.booking, FakeBooking)
    smaller = [p.model_copy(update={"party_limit": 1}) for p in services.offers.procedures.values()]
    services.booking.city = Catalog(
        offices=tuple(services.offers.offices.values()), procedures=tuple(smaller)
    )
    desk.open("/settings")
    desk.open("/phone")
    call = Call(desk)
    page = call.send(**PIN, people="2", **SECOND)
    assert "一度に予約できるのは1人までです" in page.text
    assert "時間が出ます" in page.text


def test_each_has_a_card_of_their_own_and_all_lie_at_one_office(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.eligibility, FakeEligibility)
    services.eligibility.cards["GHI-345678"] = "honcho"
    call = Call(desk)
    call.send(**CARD)
    call.send(more="1")
    second = of_second(procedure="issuance", **BIRTH)
    page = call.send(**second | {"p2-card": "DEF-234567"})
    assert "カードは鶴崎支所にあります。この方を外して、鶴崎支所で別に予約してください" in page.text
    page = call.send(**{"p2-card": "GHI-345678"})
    assert "2人目：予約IDを確認できました" in page.text
    page = call.send("/time", start=call.times()[0])
    assert [line.ticket for line in last_hold(services).party] == ["ticket of honcho"]
    assert call.send("/book").heading.startswith("2人分")
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterBooking)
    assert [one.ticket for one in (wish, *wish.party)] == ["ticket of honcho"] * 2


def test_a_card_that_cannot_be_found_is_said_of_its_person(desk: Browser) -> None:
    call = Call(desk)
    call.send(**CARD)
    call.send(more="1")
    second = of_second(procedure="issuance", card="XYZ-999999", **BIRTH)
    page = call.send(**second)
    assert "2人目：この番号と生年月日の方が見つかりません" in page.text
    assert "1人目：予約IDを確認できました" in page.text


def test_who_has_a_booking_is_named_and_can_be_another_person(
    desk: Browser, services: Services
) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[0])
    other = a_booking(number="8K2M47QX3Q").model_dump(mode="json")
    phone_of(services).refusals = [Refused(409, "already-booked", {"person": 1, "booking": other})]
    page = call.send("/book")
    assert desk.status == 409
    assert "2人目の方には、すでに同じ種類の予約があります" in page.text
    assert "8K2M4-7QX3Q" in page.text
    assert page.all("input", name="p2-another") and not page.all("input", name="another")
    assert call.send("/book", **{"p2-another": "1"}).heading.startswith("2人分")
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterBooking)
    assert [one.another_person for one in (wish, *wish.party)] == [False, True]


def test_the_same_person_twice_is_told_by_the_place_in_the_form(
    desk: Browser, services: Services
) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[0])
    phone_of(services).refusals = [Refused(409, "already-booked", {"person": 1, "same_as": 0})]
    page = call.send("/book")
    assert "2人目の方は、1人目の方と同じ方です" in page.text
    assert "内容は表示できません" not in page.text
    assert page.all("input", name="p2-another")


def test_a_refusal_is_shown_at_the_field_of_whom_it_is_about(
    desk: Browser, services: Services
) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[0])
    for slug, name, sentence in (
        ("guardian-needed", "p2-visitor", "2人目：15歳未満の方は"),
        ("card-elsewhere", "p2-card", "2人目：カードは別の場所に"),
        ("not-offered", "when", "この時間は受け付けていません"),
    ):
        phone_of(services).refusals = [Refused(409, slug, {"person": 1})]
        page = call.send("/book")
        assert sentence in page.text
        assert page.all("a", href=f"#{name}")


def test_one_without_a_booking_id_is_listed_alone(desk: Browser, services: Services) -> None:
    call = family(desk)
    call.send(**of_second(procedure="issuance", unknown="1"))
    call.send("/time", start=call.times()[0])
    page = call.send("/book")
    assert page.heading.startswith("2人分")
    (waiting,) = phone_of(services).waiting
    assert waiting.number == "7HX2KP4DM6"
    wish = phone_of(services).wishes[-1]
    assert isinstance(wish, CounterBooking)
    assert [one.unlinked for one in (wish, *wish.party)] == [False, True]


def test_a_family_at_the_counter_is_received_with_a_number_each(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.booking, FakeBooking)
    services.booking.told = {"reception": 12}
    call = family(desk, "/walk-in", arrived="1")
    call.send("/time", start="")
    assert last_hold(services).starts_at is None
    page = call.send("/book")
    assert page.text.count("受付番号 12") == 2
    assert page.one("a", href="/walk-in", **{"class": "button"}) is not None


def test_the_slip_is_for_one_or_for_all_who_were_booked_together(desk: Browser) -> None:
    call = family(desk)
    call.send("/time", start=call.times()[0])
    page = call.send("/book")
    (link,) = [a.get("href", "") for a in page.all("a") if "/slip" in a.get("href", "")]
    page = desk.open(link)
    for number in ("4TR6W-M9ZQ1", "7HX2K-P4DM6"):
        assert number in page.text
    page = desk.open(link.partition("?")[0])
    assert "7HX2K-P4DM6" not in page.text


def test_twelve_digits_of_anybody_are_refused_and_not_shown_again(desk: Browser) -> None:
    call = family(desk)
    page = call.send(**of_second(card="1234 5678 9018", kana="1234-5678-9018"))
    assert page.text.count("12桁の番号が入力されました") >= 2
    assert "9018" not in desk.html


def test_the_forms_of_four_people_with_everything_ticked_are_read(desk: Browser) -> None:
    call = Call(desk)
    everything: dict[str, Any] = {
        "procedure": ["issuance", "pin", "certificate"], "card": "ABC-123456", **PERSON,
        "visitor": "proxy", "inquiry": "1", "cards": "2", "another": "1",
        "needs": ["wheelchair", "writing", "reading", "stroller"], "interpreter": "ne",
    }  # fmt: skip
    others = {f"p{n}-{name}": value for n in (2, 3, 4) for name, value in everything.items()}
    page = call.send(**everything, **others, office="honcho", people="4", phone="0975346111")
    assert desk.status == 200
    assert page.field("p4-kana") == "オオイタ ハナコ"
    assert len(ticked(page, "p4-needs")) == 4
    spoken = page.one("select", name="p4-interpreter").iter("option")
    assert [o.get("value") for o in spoken if "selected" in o.attrib] == ["ne"]
