"""Collecting a card: from the entrance to the number, and what may go wrong on the way."""

import json
import time

import pytest

from libs.common.seal import KeyRing
from services.gateway.internet.door.drafts import BookingDrafts
from services.gateway.internet.tests.citizen import (
    Citizen,
    birth,
    choose_time,
    identify,
    reach_check,
)
from services.gateway.internet.tests.city import at, taken
from services.gateway.internet.tests.fakes import NUMBER
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused, Unreachable


def test_a_card_pickup_is_booked_in_eight_taps(citizen: Citizen, world: World) -> None:
    citizen.open("/").follow("/book?procedure=issuance")
    citizen.send("card", birth() | {"card": "ａｂｃ−１２３４５６"})
    assert citizen.sees("本庁舎1階市民課")
    citizen.send("visitor", {"visitor": "self"})
    citizen.follow("../../day/2026-12-02")
    citizen.send("../time", {"start": "2026-12-02T09:30"})
    citizen.send("you", {"email": "Taro@Example.JP"})
    assert citizen.sees("9時30分の枠を8時10分までお取りしています。まだ予約は完了していません。")
    citizen.send("confirm")
    assert citizen.path.endswith("/done")
    assert citizen.sees("予約が完了しました")
    assert citizen.sees("8K2M4-7QX3P")
    assert world.booking.booked[0].email == "Taro@example.jp"
    assert world.eligibility.checks[0].card_number == "ABC123456"


def test_the_last_page_can_be_opened_again(citizen: Citizen) -> None:
    reach_check(citizen).send("confirm")
    citizen.open(citizen.path)
    assert citizen.sees("8K2M4-7QX3P")


@pytest.mark.parametrize(
    ("page", "action", "fields"),
    [
        ("visitor", "visitor", {"visitor": "guardian"}),
        ("day/2026-12-03", "../time", {"start": "2026-12-03T10:00"}),
    ],
)
def test_a_page_gone_back_to_changes_nothing_of_what_is_booked(
    citizen: Citizen, page: str, action: str, fields: dict[str, str]
) -> None:
    """The last page is the proof: it shows the time that was booked, whatever is pressed then."""
    reach_check(citizen)
    check = citizen.page, citizen.path
    citizen.open(citizen.path.replace("check", page))
    before = citizen.page, citizen.path
    citizen.page, citizen.path = check
    citizen.send("confirm")
    citizen.page, citizen.path = before
    citizen.send(action, fields)
    assert citizen.path.endswith("/done")
    assert citizen.sees("12月2日（水） 9:00")
    assert not citizen.sees("本人と法定代理人")


def test_an_address_of_a_page_before_the_end_leads_to_the_last_page(citizen: Citizen) -> None:
    reach_check(citizen).send("confirm")
    citizen.open(citizen.path.replace("done", "day/2026-12-03"))
    assert citizen.path.endswith("/done")


def test_a_form_sent_twice_makes_one_booking_and_shows_the_same_page(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    before = citizen.remember()
    citizen.send("confirm")
    citizen.go_back_to(before)
    citizen.send("confirm")
    assert citizen.sees("8K2M4-7QX3P")
    assert len(world.booking.booked) == 1


def test_wrong_card_numbers_are_refused_with_an_example(citizen: Citizen) -> None:
    identify(citizen, card="AB-12345")
    assert citizen.status == 422
    assert "<title>エラー：" in citizen.html
    assert citizen.sees("英数字3文字と数字6桁")
    assert 'value="AB-12345"' in citizen.html


def test_no_match_never_says_what_was_wrong_and_keeps_the_answers(citizen: Citizen) -> None:
    identify(citizen, card="ZZZ-999999")
    assert citizen.status == 404
    assert citizen.sees("入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日を")
    assert 'value="1960"' in citizen.html
    unknown = citizen.page.text
    identify(citizen, year="1961")
    assert citizen.page.text == unknown


def test_an_individual_number_is_neither_kept_nor_shown(citizen: Citizen, world: World) -> None:
    for number in ("123456789018", "1234 5678 9018", "１２３４−５６７８−９０１８"):
        identify(citizen, card=number)
        assert citizen.sees("マイナンバーはこの予約では使いません")
        assert number not in citizen.html
        citizen.open(citizen.path)
        assert number not in citizen.html
    assert not world.eligibility.checks


def test_a_locked_number_and_a_collected_card_are_explained(citizen: Citizen, world: World) -> None:
    world.eligibility.refusals.append(Refused(429, "locked", {}))
    identify(citizen)
    assert citizen.status == 429
    assert citizen.sees("入力の誤りが続いています。お電話でご予約ください。")
    world.eligibility.refusals.append(Refused(409, "already-collected", {}))
    identify(citizen)
    assert citizen.sees("すでにお渡ししています")


def test_a_time_taken_by_others_leads_to_the_nearest_three(citizen: Citizen, world: World) -> None:
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    choose_time(identify(citizen), "2026-12-02T10:00")
    assert citizen.sees("この時間は、ほかの方が先に選びました。近い時間はこちらです。")
    near = citizen.html.split("notice-warning")[1].split("<h2")[0]
    assert near.count("<button") == 3
    assert 'value="2026-12-02T09:30"' in near
    citizen.send("../time", {"start": "2026-12-02T09:30"})
    assert citizen.path.endswith("/you")


def test_a_time_that_others_are_choosing_is_offered_again_beside_the_nearest_three(
    citizen: Citizen, world: World
) -> None:
    world.booking.refusals["hold"] = Refused(409, "busy", {})
    choose_time(identify(citizen), "2026-12-02T10:00")
    assert citizen.status == 200
    assert citizen.sees("ほかの方もこの時間を選んでいるところです。")
    said = citizen.html.split("notice-warning")[1].split("<h2")[0]
    assert said.count("<button") == 4
    citizen.send("../time", {"start": "2026-12-02T10:00"})
    assert citizen.path.endswith("/you")


def test_a_time_that_is_not_offered_any_more_was_not_taken_by_others(
    citizen: Citizen, world: World
) -> None:
    world.booking.refusals["hold"] = Refused(409, "not-offered", {})
    choose_time(identify(citizen), "2026-12-02T10:00")
    assert citizen.sees("この時間は、いまは予約できません。")
    assert citizen.sees("近い時間はこちらです。")
    assert not citizen.sees("先に選びました")


def test_a_time_that_was_held_for_too_long_is_said_to_be_free_for_others(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    world.clock.pass_minutes(11)
    world.booking.refusals["hold"] = Refused(409, "held-enough", {})
    citizen.send("confirm")
    assert citizen.sees("この時間は長くお取りしていたため、いまはお取りできません。")
    assert citizen.sees("近い時間はこちらです。")


def test_an_expired_hold_is_taken_again_by_the_last_button(citizen: Citizen, world: World) -> None:
    reach_check(citizen, email="taro@example.jp")
    world.clock.pass_minutes(11)
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    assert len(world.booking.booked) == 1
    assert world.booking.booked[0].starts_at == at(2, 9)
    assert world.booking.booked[0].email == "taro@example.jp"


def test_a_form_sent_twice_after_the_hold_ended_makes_one_booking(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    before = citizen.remember()
    world.clock.pass_minutes(11)
    citizen.send("confirm")
    citizen.go_back_to(before)
    citizen.send("confirm")
    assert citizen.sees("8K2M4-7QX3P")
    assert len(world.booking.booked) == 1


def test_an_expired_time_that_others_took_leads_to_the_nearest_three_with_all_answers(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, email="taro@example.jp")
    world.clock.pass_minutes(11)
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    citizen.send("confirm")
    assert citizen.sees("この時間は、ほかの方が先に選びました。近い時間はこちらです。")
    assert not world.booking.booked
    citizen.send("../time", {"start": "2026-12-02T09:30"})
    assert citizen.sees("この内容で予約しますか")
    assert citizen.sees("taro@example.jp")


def test_the_page_of_an_ended_hold_offers_the_same_time_while_it_is_free_else_the_nearest_three(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    world.clock.pass_minutes(11)
    citizen.open(citizen.path)
    assert citizen.sees("時間をお取りできる期限が過ぎました")
    assert citizen.sees("この時間は、まだ空いています。")
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window))
    citizen.open(citizen.path)
    assert not citizen.sees("同じ時間をもう一度取る")
    assert [b.get("value") for b in citizen.page.all("button", name="start")] == [
        "2026-12-02T09:30",
        "2026-12-02T10:00",
        "2026-12-02T10:30",
    ]
    citizen.send("time", {"start": "2026-12-02T10:00"})
    assert citizen.sees("この内容で予約しますか")


def test_a_hold_that_ends_soon_says_so(citizen: Citizen, world: World) -> None:
    reach_check(citizen)
    assert not citizen.sees("まもなく期限です")
    world.clock.pass_minutes(8)
    assert citizen.open(citizen.path).sees("まもなく期限です")
    assert not citizen.send("extend").sees("まもなく期限です")


def test_the_hold_is_extended_by_a_button_until_there_are_no_more(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen).send("extend")
    assert citizen.sees("9時00分の枠を8時15分までお取りしています。")
    world.booking.refusals["extend"] = Refused(409, "no-more-extensions", {})
    citizen.send("extend")
    assert not citizen.sees("時間を延ばす")


def test_each_tab_books_the_time_that_it_shows(citizen: Citizen, world: World) -> None:
    reach_check(citizen)
    check = citizen.remember()
    choose_time(identify(citizen), "2026-12-03T11:00")
    citizen.go_back_to(check)
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    assert [one.starts_at for one in world.booking.booked] == [at(2, 9)]


def test_an_existing_booking_is_not_described(citizen: Citizen, world: World) -> None:
    reach_check(citizen)
    world.booking.refusals["book"] = Refused(409, "already-booked", {})
    citizen.send("confirm")
    assert citizen.sees("すでに予約がある可能性があります。予約番号で確認するか、お電話ください。")


def test_a_service_that_does_not_answer_costs_no_answers(citizen: Citizen, world: World) -> None:
    world.eligibility.refusals.append(Unreachable("test"))
    identify(citizen)
    assert citizen.status == 503
    assert citizen.sees("入力した内容は残っています")
    citizen.open(citizen.path)
    assert 'value="ABC-123456"' in citizen.html
    assert 'value="1960"' in citizen.html


def test_a_lost_draft_starts_again_with_a_sentence(citizen: Citizen) -> None:
    reach_check(citizen)
    citizen.client.cookies.clear()
    citizen.open(citizen.path)
    assert citizen.path == "/book"
    assert citizen.sees("はじめから、もう一度お願いします")


def test_a_draft_opens_only_under_its_own_address(citizen: Citizen) -> None:
    reach_check(citizen)
    draft = citizen.client.cookies.get("draft")
    assert draft
    citizen.client.cookies.set("draft", draft, path="/book/0123456789abcdef/")
    citizen.open("/book/0123456789abcdef/check")
    assert citizen.path == "/book"


def test_pages_that_come_too_early_lead_to_the_open_question(citizen: Citizen) -> None:
    citizen.open("/book").send("/book", {"procedure": "issuance"})
    base = citizen.path.removesuffix("card")
    for page in ("visitor", "day/2026-12-02", "you", "check", "done"):
        citizen.open(base + page)
        assert citizen.path == base + "card"


def test_after_the_booking_the_cookie_holds_nothing_about_the_person(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, email="taro@example.jp").send("confirm")
    area, draft_id = citizen.path.split("/")[1:3]
    word = citizen.client.cookies.get("draft")
    assert word
    draft = BookingDrafts({1: b"k" * 32}).open(word, area, draft_id)
    assert draft is not None
    assert (draft.number, draft.email, draft.card, draft.born) == (NUMBER, "", "", "")


def test_a_card_that_changed_meanwhile_is_checked_again_with_the_answers_kept(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    world.booking.refusals["book"] = Refused(403, "not-eligible", {})
    citizen.send("confirm")
    assert citizen.path.endswith("/card")
    assert citizen.sees("もう一度、確かめさせてください")
    assert 'value="ABC-123456"' in citizen.html
    assert not world.booking.booked


def test_answers_of_another_release_are_passed_over() -> None:
    keys = {1: b"k" * 32}
    word = KeyRing("draft", keys).seal(
        json.dumps({"at": time.time(), "id": "1", "area": "book", "procedure_id": "pin", "new": 1})
    )
    draft = BookingDrafts(keys).open(word, "book", "1")
    assert draft is not None
    assert draft.procedure_id == "pin"


def test_a_booking_number_in_the_place_of_the_card_number_is_told(citizen: Citizen) -> None:
    identify(citizen, card="8K2M4-7QX3P")
    assert citizen.status == 422
    assert citizen.sees("予約番号が入力されました")
