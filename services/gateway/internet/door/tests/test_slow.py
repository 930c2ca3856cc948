"""Where many times are taken from one place: a puzzle, a minute's wait, or a later moment."""

from datetime import UTC, datetime

import pytest

from dev.puzzle import solve
from libs.common.passes import Passes, Price
from services.gateway.internet.own_booking.tests.test_own_booking import book, find
from services.gateway.internet.tests.citizen import Citizen, choose_time, identify, reach_check
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused

OFFER = Passes(bytes(32), bits=1).offer(Price("hold", "x"), datetime(2026, 12, 1, tzinfo=UTC))
SLOWED = Refused(429, "slowed", {**OFFER, "seconds": 60, "minutes": 3})
LATER = Refused(429, "slowed", {"opens_at": at(1, 8, 21).astimezone(UTC).isoformat()})


def reach_slow(citizen: Citizen, world: World, refused: Refused = SLOWED) -> Citizen:
    """A time was chosen, and it costs something."""
    identify(citizen)
    world.booking.refusals["hold"] = refused
    choose_time(citizen)
    assert citizen.status == 429
    return citizen


def test_a_choice_says_where_it_comes_from_today_and_came_from_yesterday(
    citizen: Citizen, world: World
) -> None:
    choose_time(identify(citizen))
    (request,) = world.booking.requests
    assert {len(origin) for origin in request.origins} == {64}
    assert len(set(request.origins)) == 2
    world.clock.pass_minutes(24 * 60)
    choose_time(identify(citizen), "2026-12-03T09:00")
    assert world.booking.requests[-1].origins[1] == request.origins[0]


def test_the_page_says_that_nobody_did_anything_wrong_and_what_comes(
    citizen: Citizen, world: World
) -> None:
    reach_slow(citizen, world)
    assert citizen.sees("確認に少し時間がかかります")
    assert citizen.sees("12月2日（水） 9:00")
    assert citizen.sees("3分間で、延ばせません")
    assert citizen.sees("お電話でも承ります")
    assert citizen.page.one("input", name="work").get("data-challenge") == OFFER["challenge"]
    assert citizen.page.one("p", role="status").get("data-working")


def test_the_sentence_for_browsers_without_scripts_shows_only_there(
    citizen: Citizen, world: World
) -> None:
    reach_slow(citizen, world)
    (said,) = citizen.page.all("noscript")
    assert "JavaScriptを使わないブラウザー" in "".join(said.itertext())


def test_a_solved_puzzle_takes_the_time_that_was_chosen(citizen: Citizen, world: World) -> None:
    reach_slow(citizen, world)
    work = solve(OFFER["challenge"])
    citizen.send(citizen.page.one("form").get("action", ""), {"work": work})
    (request,) = world.booking.requests
    assert (request.work, request.starts_at) == (work, at(2, 9))
    assert citizen.path.endswith("/you")


def test_without_scripts_the_signed_minute_goes_along(citizen: Citizen, world: World) -> None:
    reach_slow(citizen, world)
    assert citizen.sees("このまま60秒ほど待ってから「この時間を選ぶ」")
    citizen.send(citizen.page.one("form").get("action", ""))
    assert world.booking.requests[-1].work == OFFER["wait"]


def test_where_the_day_has_to_wait_the_page_says_until_when_and_offers_other_days(
    citizen: Citizen, world: World
) -> None:
    reach_slow(citizen, world, LATER)
    assert citizen.sees("8時21分を過ぎると選べます")
    assert citizen.sees("ほかの日は、すぐに選べます")
    assert not citizen.page.all("input", name="work")
    calendar = citizen.page.one("a", **{"class": "button"}).get("href", "")
    citizen.follow(calendar)
    assert citizen.status == 200


def test_a_time_at_another_office_is_asked_for_there(citizen: Citizen, world: World) -> None:
    citizen.open("/book").send("/book", {"procedure": "pin"}).send("office", {"office": "honcho"})
    citizen.send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    path = citizen.path.replace("day/2026-12-02", "time")
    start = citizen.page.one("form").iter("input")
    fields = {e.get("name", ""): e.get("value", "") for e in start}
    world.booking.refusals["hold"] = SLOWED
    citizen.post(path, fields | {"start": "2026-12-02T09:00", "office": "tsurusaki"})
    citizen.send(path, {})
    assert world.booking.requests[-1].office_id == "tsurusaki"


def test_a_short_hold_says_that_it_cannot_be_extended(citizen: Citizen, world: World) -> None:
    world.booking.terms = (3, 0)
    reach_check(citizen)
    assert citizen.sees("8時03分まで")
    assert citizen.sees("この期限は延ばせません")
    assert not citizen.page.all("form", action="extend")


def test_the_last_button_after_a_short_hold_leads_through_the_puzzle_to_the_summary(
    citizen: Citizen, world: World
) -> None:
    world.booking.terms = (3, 0)
    reach_check(citizen)
    summary = citizen.remember()
    world.clock.pass_minutes(4)
    citizen.go_back_to(summary)
    world.booking.refusals["hold"] = SLOWED
    citizen.send("confirm")
    assert citizen.status == 429
    citizen.send(citizen.page.one("form").get("action", ""))
    assert citizen.path.endswith("/check")
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")


@pytest.mark.parametrize("refused", [SLOWED, LATER])
def test_a_change_is_slowed_alike_and_the_booking_stays(
    citizen: Citizen, world: World, refused: Refused
) -> None:
    book(citizen)
    find(citizen).follow("month/issuance/honcho").follow("../../day/2026-12-03")
    world.booking.refusals["hold"] = refused
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.status == 429
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9)
    citizen.send(citizen.page.one("form").get("action", ""))
    assert citizen.sees("この日時に変更しますか")


def test_the_page_opened_anew_leads_to_the_calendar(citizen: Citizen, world: World) -> None:
    reach_slow(citizen, world)
    citizen.open(citizen.path)
    assert "/month/issuance/honcho" in citizen.path
