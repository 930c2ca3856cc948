"""Moving one's own booking: to a time that is chosen, or to the one that the city proposes."""

import pytest

from libs.contracts.booking import Displacement, Proposed
from services.gateway.internet.tests.citizen import Citizen, birth
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused

from .test_own_booking import book, find, secrets_of


def test_a_booking_moves_only_when_the_new_time_is_confirmed(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.sees("この日時に変更しますか")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9)
    assert world.booking.requests[-1].change is not None
    citizen.send("change")
    assert citizen.sees("予約日時を変更しました")
    assert citizen.sees("12月3日（木） 10:00")


def reach_change(citizen: Citizen) -> Citizen:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    return citizen.send("../time", {"start": "2026-12-03T10:00"})


def test_a_change_whose_hold_ended_takes_the_same_time_again(
    citizen: Citizen, world: World
) -> None:
    reach_change(citizen)
    world.clock.pass_minutes(11)
    citizen.send("change")
    assert citizen.sees("予約日時を変更しました")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(3, 10)


def test_a_change_to_a_time_that_others_took_keeps_the_old_one_and_names_the_nearest_three(
    citizen: Citizen, world: World
) -> None:
    reach_change(citizen)
    world.clock.pass_minutes(11)
    citizen.open(citizen.path)
    assert citizen.sees("まだ予約は変わっていません")
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    citizen.post(citizen.path.replace("check", "change"), secrets_of(citizen))
    assert citizen.sees("近い時間はこちらです。")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9)
    citizen.send("../time", {"start": "2026-12-03T09:30"}).send("change")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(3, 9, 30)


def book_pin(citizen: Citizen) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "honcho"}).send("visitor", {"visitor": "self"})
    citizen.follow("../../day/2026-12-02").send("../time", {"start": "2026-12-02T09:15"})
    return citizen.send("you", birth() | {"kana": "オオイタ ハナコ"}).send("confirm")


def test_a_booking_of_a_procedure_at_any_office_moves_to_another(
    citizen: Citizen, world: World
) -> None:
    book_pin(citizen)
    find(citizen).follow("office").send("office", {"office": "tsurusaki"})
    citizen.follow("../../day/2026-12-03").send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.sees("鶴崎支所")
    assert world.booking.bookings["8K2M47QX3P"][1].office_id == "honcho"
    citizen.send("change")
    assert citizen.page.heading == "予約日時を変更しました"
    moved = world.booking.bookings["8K2M47QX3P"][1]
    assert (moved.office_id, moved.starts_at) == ("tsurusaki", at(3, 10))


def test_a_card_stays_at_the_office_where_it_is(citizen: Citizen) -> None:
    book(citizen)
    find(citizen)
    assert not citizen.page.all("a", href="office")
    citizen.open(citizen.path.replace("show", "office"))
    assert citizen.path.endswith("/show")


def test_a_change_that_was_made_is_not_made_again_by_going_back(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    page = citizen.remember()
    citizen.send("change")
    assert citizen.sees("予約日時を変更しました")
    citizen.page, citizen.path = page.page, page.path
    citizen.send("change")
    assert citizen.status == 200
    assert citizen.sees("12月3日（木） 10:00")


@pytest.mark.parametrize("page", ["cancel", "check"])
def test_what_was_cancelled_in_another_tab_is_shown_as_it_is(
    citizen: Citizen, world: World, page: str
) -> None:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    world.booking.put(
        world.booking.bookings["8K2M47QX3P"][1],
        status="cancelled",
        can_cancel=False,
        can_change=False,
    )
    citizen.open(citizen.path.replace("check", page))
    assert citizen.path.endswith("/show")
    assert citizen.sees("この予約は取り消されています")


def test_after_the_deadline_the_phone_helps_and_cancelling_stays(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    world.booking.put(world.booking.bookings["8K2M47QX3P"][1], can_change=False)
    find(citizen)
    assert citizen.sees("変更はお電話でご相談ください")
    assert citizen.page.all("a", href="cancel")
    assert not citizen.page.all("a", href="month/issuance/honcho")


def test_a_change_to_a_day_before_the_fifteenth_birthday_says_why(
    citizen: Citizen, world: World
) -> None:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    world.booking.refusals["hold"] = Refused(409, "guardian-needed", {})
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.sees("まだ15歳になっていないため")


@pytest.mark.parametrize("slug", ["paused", "by-phone", "guardian-needed", "too-late"])
def test_a_change_that_is_not_possible_online_keeps_the_booking_and_says_so(
    citizen: Citizen, world: World, slug: str
) -> None:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    world.booking.refusals["hold"] = Refused(409, slug, {})
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.path.endswith("/show")
    assert citizen.sees("変更はお電話でご相談ください")
    assert citizen.sees("予約済み")


def displaced(citizen: Citizen, world: World) -> Citizen:
    """The city has closed the day, and holds another one until the first of December."""
    book(citizen)
    proposed = Proposed(office_id="tsurusaki", starts_at=at(9, 10), held_until=at(4, 17))
    _, booking = world.booking.bookings["8K2M47QX3P"]
    world.booking.put(booking, displaced=Displacement(proposed=proposed))
    return find(citizen)


def test_who_lost_the_time_takes_the_proposed_one_by_one_button(
    citizen: Citizen, world: World
) -> None:
    displaced(citizen, world)
    assert citizen.sees("受け付けられなくなりました")
    assert citizen.sees("12月4日（金） 17:00までお取りしています")
    citizen.send("accept", {"start": "2026-12-09T10:00"})
    assert citizen.sees("予約日時を変更しました")
    moved = world.booking.bookings["8K2M47QX3P"][1]
    assert (moved.office_id, moved.starts_at) == ("tsurusaki", at(9, 10))


def test_a_proposal_that_is_over_is_said_and_the_booking_stays(
    citizen: Citizen, world: World
) -> None:
    displaced(citizen, world)
    _, booking = world.booking.bookings["8K2M47QX3P"]
    world.booking.put(booking, displaced=Displacement(proposed=None))
    citizen.send("accept", {"start": "2026-12-09T10:00"})
    assert citizen.sees("ほかの方も選べるようになりました")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9)


def test_a_proposal_is_taken_only_by_the_form_of_its_own_page(
    citizen: Citizen, world: World
) -> None:
    displaced(citizen, world)
    where = citizen.path.replace("show", "accept")
    asked = {"office": "tsurusaki", "start": "2026-12-09T10:00"}
    citizen.post(where, {**secrets_of(citizen), **asked, "csrf": "x"})
    assert not citizen.sees("予約日時を変更しました")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9)
