"""Finding, seeing and cancelling one's own booking."""

import pytest

from libs.contracts.booking import Displacement, Status
from services.gateway.internet.tests.citizen import Citizen, birth, reach_check
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused


def find(citizen: Citizen, number: str = "8k2m4-7qx3p", year: str = "1960") -> Citizen:
    return citizen.open("/find").send("/find", birth(year) | {"number": number})


def book(citizen: Citizen) -> Citizen:
    return reach_check(citizen).send("confirm")


def test_a_booking_is_found_and_cancelled(citizen: Citizen, world: World) -> None:
    book(citizen)
    find(citizen)
    assert citizen.sees("12月2日（水） 9:00")
    citizen.follow("cancel")
    assert citizen.sees("この予約を取り消しますか")
    citizen.send("cancel")
    assert citizen.sees("予約を取り消しました")
    assert citizen.sees("取り消し済み")
    assert world.booking.bookings["8K2M47QX3P"][1].status == "cancelled"


def test_an_unknown_number_and_a_wrong_date_answer_alike(citizen: Citizen) -> None:
    book(citizen)
    find(citizen, year="1961")
    assert citizen.status == 404
    wrong_date = citizen.page.text
    find(citizen, number="8K2M4-7QX3Q")
    assert citizen.page.text == wrong_date


def test_who_looks_for_bookings_is_known_by_the_digest_of_where_it_comes_from(
    citizen: Citizen, world: World
) -> None:
    find(citizen)
    find(citizen, number="8K2M4-7QX3Q")
    first, second = (proof.origin for proof in world.booking.proofs)
    assert first == second
    assert len(first or "") == 64


def secrets_of(citizen: Citizen) -> dict[str, str]:
    return {name: citizen.page.field(name) for name in ("csrf", "key")}


def test_a_cancellation_that_comes_too_late_shows_the_booking(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    find(citizen).follow("cancel")
    world.booking.refusals["cancel"] = Refused(409, "too-late", {})
    citizen.send("cancel")
    assert citizen.sees("予約済み")


def test_a_cancellation_that_others_are_in_the_way_of_can_be_sent_again(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    find(citizen).follow("cancel")
    before = citizen.remember()
    world.booking.refusals["cancel"] = Refused(409, "busy", {})
    citizen.send("cancel")
    assert citizen.status == 503
    assert citizen.sees("入力した内容は残っています。")
    citizen.go_back_to(before)
    citizen.send("cancel")
    assert citizen.sees("取り消しました")


def test_a_mistyped_number_is_explained(citizen: Citizen) -> None:
    find(citizen, number="123")
    assert citizen.status == 422
    assert citizen.sees("予約番号は、英数字10文字です")


def test_a_lost_page_of_a_booking_asks_for_the_number_again(citizen: Citizen) -> None:
    book(citizen)
    find(citizen)
    citizen.client.cookies.clear()
    citizen.open(citizen.path)
    assert citizen.path == "/find"
    assert citizen.sees("予約はそのまま残っています")


def test_the_booking_of_a_card_is_found_by_the_cards_number(citizen: Citizen, world: World) -> None:
    book(citizen)
    citizen.open("/find").follow("/find/card").send("/find/card", birth() | {"card": "abc123456"})
    assert citizen.sees("8K2M4-7QX3P")
    citizen.follow("cancel").send("cancel")
    assert world.booking.bookings["8K2M47QX3P"][1].status == "cancelled"


def test_no_such_card_and_no_booking_of_it_answer_alike(citizen: Citizen) -> None:
    def ask(year: str) -> tuple[int, str]:
        citizen.open("/find/card").send("/find/card", birth(year) | {"card": "ABC123456"})
        return citizen.status, citizen.page.text

    assert ask("1960") == ask("1961")
    assert citizen.status == 404


def test_a_mistyped_card_number_is_explained_and_kept(citizen: Citizen) -> None:
    citizen.open("/find/card").send("/find/card", birth() | {"card": "AB-12345"})
    assert citizen.status == 422
    assert 'value="AB-12345"' in citizen.html


def test_a_cancelled_booking_says_so_and_can_only_be_seen(citizen: Citizen) -> None:
    book(citizen)
    find(citizen).follow("cancel").send("cancel")
    find(citizen)
    assert citizen.sees("この予約は取り消されています")
    for action in ("cancel", "contact", "month/issuance/honcho"):
        assert not citizen.page.all("a", href=action)


def test_a_booking_of_the_past_says_so(citizen: Citizen, world: World) -> None:
    book(citizen)
    past = world.booking.bookings["8K2M47QX3P"][1]
    world.clock.time = at(3, 8)
    world.booking.put(past, can_change=False, can_cancel=False)
    find(citizen)
    assert citizen.sees("この予約の日時は過ぎています")
    assert not citizen.sees("期限を過ぎています")
    assert not citizen.page.all("img", src="qr.svg")


def test_whoever_is_late_is_asked_to_come_and_has_what_the_counter_needs(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    world.clock.time = at(2, 9, 5)
    late = world.booking.bookings["8K2M47QX3P"][1]
    world.booking.put(late, can_change=False, can_cancel=False)
    find(citizen)
    assert citizen.sees("このままお越しください")
    assert not citizen.sees("あらためて予約")
    assert citizen.page.all("img", src="qr.svg")
    assert citizen.sees("交付通知書（はがき）")


@pytest.mark.parametrize("status", ["arrived", "finished"])
def test_whoever_has_come_is_not_told_to_book_again(
    citizen: Citizen, world: World, status: Status
) -> None:
    book(citizen)
    world.clock.time = at(2, 9, 5)
    there = world.booking.bookings["8K2M47QX3P"][1]
    world.booking.put(there, status=status, can_change=False, can_cancel=False)
    find(citizen)
    assert not citizen.sees("あらためて予約")


def test_the_mail_is_sent_once_more_by_a_button(citizen: Citizen, world: World) -> None:
    reach_check(citizen, "hanako@example.jp").send("confirm")
    find(citizen).send("resend")
    assert citizen.sees("確認メールをもう一度お送りします")
    assert len(world.booking.resent) == 1
    world.booking.refusals["resend"] = Refused(409, "mailed-enough", {})
    citizen.send("resend")
    assert citizen.sees("これ以上お送りできません")
    assert citizen.sees("予約済み")


def test_a_booking_that_ended_meanwhile_gets_no_mail_and_is_shown(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "hanako@example.jp").send("confirm")
    find(citizen)
    world.booking.refusals["resend"] = Refused(409, "not-active", {})
    world.booking.put(world.booking.bookings["8K2M47QX3P"][1], status="cancelled", can_cancel=False)
    citizen.send("resend")
    assert citizen.sees("この予約は取り消されています")
    assert not citizen.sees("もう一度お送りします")


@pytest.mark.parametrize(
    "changes",
    [{"has_email": False}, {"mail_failed": True}, {"displaced": Displacement(proposed=None)}],
)
def test_no_mail_is_offered_where_none_would_help(
    citizen: Citizen, world: World, changes: dict[str, object]
) -> None:
    reach_check(citizen, "hanako@example.jp").send("confirm")
    assert find(citizen).page.all("form", action="resend")
    world.booking.put(world.booking.bookings["8K2M47QX3P"][1], **changes)
    assert not find(citizen).page.all("form", action="resend")


def test_a_mail_that_was_not_delivered_is_said_and_the_address_can_be_mended(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "hanako@example.jp").send("confirm")
    world.booking.put(world.booking.bookings["8K2M47QX3P"][1], mail_failed=True)
    find(citizen)
    assert citizen.sees("メールをお届けできませんでした")
    citizen.follow("contact")


@pytest.mark.parametrize("typed", ["abc123456", "ＡＢＣ－１２３４５６", "ABC-I23456"])
def test_a_card_number_in_the_place_of_the_booking_number_leads_on(
    citizen: Citizen, world: World, typed: str
) -> None:
    book(citizen)
    find(citizen, number=typed)
    assert citizen.sees("12月2日（水） 9:00")
    assert world.eligibility.checks[-1].card_number == "ABC123456"


def test_a_booking_number_in_the_place_of_the_card_number_leads_on(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    checks_before = list(world.eligibility.checks)
    citizen.open("/find/card").send("/find/card", birth() | {"card": "8k2m4 7qx3p"})
    assert citizen.sees("12月2日（水） 9:00")
    assert world.booking.proofs[0].number == "8K2M4-7QX3P"
    assert world.eligibility.checks == checks_before


def test_a_wrong_date_beside_a_card_number_is_told_on_the_page_of_cards(citizen: Citizen) -> None:
    find(citizen, number="ABC-123456", year="1961")
    assert citizen.status == 404
    assert citizen.page.field("card") == "ABC-123456"
    assert citizen.sees("はがきの番号")


def test_on_a_shared_computer_the_browser_forgets_the_booking(citizen: Citizen) -> None:
    book(citizen)
    shown = find(citizen).path
    citizen.send("leave")
    assert citizen.path == "/"
    assert citizen.open(shown).path == "/find"
