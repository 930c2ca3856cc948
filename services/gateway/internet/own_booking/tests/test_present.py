"""The calendars of a change: where the booking is now, and which times its own cells free."""

import pytest

from libs.contracts.booking import OwnVisit
from services.gateway.internet.tests.citizen import Citizen, birth, reach_check
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.testing import words

PRESENT = "いまのご予約：12月2日（水） 9:00"


def change(citizen: Citizen) -> Citizen:
    reach_check(citizen).send("confirm")
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    return citizen.follow("month/issuance/honcho")


def test_the_month_of_a_change_marks_the_present_booking(citizen: Citizen) -> None:
    change(citizen)
    assert citizen.sees(PRESENT)
    marked = [words(cell) for cell in citizen.page.all("td") if "いまの" in words(cell)]
    assert len(marked) == 1
    assert marked[0].startswith("12月2日 水曜日")


def test_the_calendar_of_a_new_booking_marks_none(citizen: Citizen) -> None:
    change(citizen)
    reach_check(citizen)
    citizen.open(citizen.path.replace("check", "month/issuance/honcho"))
    assert not citizen.sees("いまのご予約")


def test_the_day_of_a_change_offers_what_its_own_cells_make_free(
    citizen: Citizen, world: World
) -> None:
    change(citizen).follow("../../day/2026-12-02")
    assert citizen.sees(PRESENT)
    starts = [one.get("value") for one in citizen.page.all("button", name="start")]
    assert starts == ["2026-12-02T08:30", "2026-12-02T09:30"]
    citizen.send("../time", {"start": "2026-12-02T09:30"}).send("change")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9, 30)


@pytest.mark.parametrize(("view", "times"), [("week/2026-11-30", 3), ("days", 2)])
def test_the_other_ways_to_look_mark_it_too(citizen: Citizen, view: str, times: int) -> None:
    change(citizen)
    citizen.open(citizen.path.replace("month/issuance/honcho", view))
    assert citizen.sees(PRESENT)
    assert citizen.page.text.count("いまのご予約") == times


def test_while_booking_cannot_say_the_calendar_is_that_of_everybody(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen).send("confirm")
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    world.booking.refusals["own_times"] = Unreachable("booking")
    citizen.follow("month/issuance/honcho")
    assert citizen.status == 200
    assert not citizen.sees("いまのご予約")


def starts(citizen: Citizen) -> set[str]:
    return {one.get("value") or "" for one in citizen.page.all("button", name="start")}


def test_no_calendar_of_a_change_offers_when_the_guardian_is_with_another_child(
    citizen: Citizen, world: World
) -> None:
    change(citizen).follow("../../day/2026-12-03")
    assert {"2026-12-03T10:00", "2026-12-03T10:30", "2026-12-03T11:00"} <= starts(citizen)
    world.booking.elsewhere = (OwnVisit(starts_at=at(3, 10, 15), minutes=30),)
    for view in ("day/2026-12-03", "week/2026-11-30"):
        citizen.open(citizen.path.replace("day/2026-12-03", view))
        assert not {"2026-12-03T10:00", "2026-12-03T10:30"} & starts(citizen)
        assert {"2026-12-03T09:30", "2026-12-03T11:00"} <= starts(citizen)


def test_such_a_time_chosen_in_an_old_calendar_says_why_and_keeps_the_booking(
    citizen: Citizen, world: World
) -> None:
    change(citizen).follow("../../day/2026-12-03")
    world.booking.elsewhere = (OwnVisit(starts_at=at(3, 10), minutes=30),)
    world.booking.refusals["hold"] = Refused(409, "one-window", {})
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.sees("法定代理人の方は、この時間、一緒に予約したほかの方の窓口に行きます")
    assert citizen.sees("近い時間はこちらです")
    assert "2026-12-03T10:00" not in starts(citizen)
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 9)
