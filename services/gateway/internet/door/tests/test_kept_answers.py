"""Answers outlast a lost session, other tabs, the back button and questions asked again."""

import pytest

from services.gateway.internet.tests.citizen import (
    Citizen,
    birth,
    choose_time,
    identify,
    reach_check,
)
from services.gateway.internet.tests.world import World


def lose_session(citizen: Citizen) -> None:
    """The browser forgot who it was; the cookies of drafts are still there."""
    citizen.client.cookies.delete("session")


@pytest.mark.parametrize("action", ["confirm", "extend"])
def test_a_lost_session_loses_no_answer(citizen: Citizen, world: World, action: str) -> None:
    reach_check(citizen, "taro@example.jp")
    lose_session(citizen)
    citizen.send(action)
    assert citizen.page.heading == "続きから進めます"
    assert not world.booking.booked
    citizen.follow(citizen.path.replace("resume", "check"))
    assert citizen.sees("taro@example.jp")
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")


def test_after_a_lost_session_the_question_that_was_open_is_asked_again(citizen: Citizen) -> None:
    choose_time(identify(citizen))
    lose_session(citizen)
    citizen.send("you", {"email": "taro@example.jp"})
    citizen.follow(citizen.path.replace("resume", "you"))
    assert citizen.sees("確認メールを受け取りますか")


def test_a_lost_session_on_the_pages_of_a_booking_comes_back_to_it(citizen: Citizen) -> None:
    reach_check(citizen).send("confirm")
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"}).follow("cancel")
    lose_session(citizen)
    citizen.send("cancel")
    citizen.follow(citizen.path.replace("resume", "show"))
    assert citizen.sees("予約済み")


def test_a_page_of_the_lost_session_leads_on_after_a_new_one_has_begun(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "taro@example.jp")
    page, path = citizen.page, citizen.path
    lose_session(citizen)
    citizen.open("/book")
    citizen.page, citizen.path = page, path
    citizen.send("confirm")
    assert citizen.page.heading == "続きから進めます"
    assert not world.booking.booked


def test_a_form_without_session_and_draft_is_refused(citizen: Citizen) -> None:
    reach_check(citizen)
    citizen.client.cookies.clear()
    citizen.send("confirm")
    assert citizen.status == 403


def test_two_tabs_keep_their_answers_apart(citizen: Citizen, world: World) -> None:
    reach_check(citizen, "first@example.jp")
    first = citizen.path
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "tsurusaki"}).send("visitor", {"visitor": "self"})
    second = citizen.path
    citizen.open(first)
    assert citizen.sees("first@example.jp")
    assert citizen.sees("本庁舎1階市民課")
    citizen.open(second)
    assert citizen.sees("鶴崎支所")


def test_going_back_and_answering_anew_changes_only_that_answer(
    citizen: Citizen, world: World
) -> None:
    identify(citizen)
    who_comes = citizen.remember()
    choose_time(citizen)
    citizen.send("you", {"email": "taro@example.jp"})
    summary = citizen.path
    citizen.go_back_to(citizen.remember())
    citizen.page, citizen.path = who_comes.page, who_comes.path
    citizen.send("visitor", {"visitor": "guardian"})
    assert citizen.path == summary
    assert citizen.sees("本人と法定代理人")
    assert citizen.sees("taro@example.jp")


@pytest.mark.parametrize(
    ("page", "action", "answer"),
    [
        ("visitor", "visitor", {"visitor": "guardian"}),
        ("card", "card", birth() | {"card": "ABC-123456"}),
        ("you", "you", {"email": "hanako@example.jp"}),
    ],
)
def test_an_answer_that_is_changed_from_the_summary_leads_back_to_it(
    citizen: Citizen, page: str, action: str, answer: dict[str, str]
) -> None:
    reach_check(citizen, "taro@example.jp")
    citizen.follow(page).send(action, answer)
    assert citizen.path.endswith("/check")
    assert citizen.sees("ABC-123456")


def test_a_wrong_new_answer_asks_exactly_that_question_until_it_is_right(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "taro@example.jp")
    check = citizen.path
    citizen.follow("card").send("card", birth("1961") | {"card": "ABC-123456"})
    assert citizen.status == 404
    assert citizen.open(check).path.endswith("/card")
    citizen.send("card", birth() | {"card": "ABC-123456"})
    assert citizen.path == check
    assert citizen.sees("taro@example.jp")
