"""Nothing free at one office: the nearest times of the others, one button away."""

from datetime import timedelta

from services.gateway.internet.tests.citizen import Citizen, birth, identify
from services.gateway.internet.tests.city import at, taken
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused


def fill(world: World, *offices: str) -> None:
    for office_id in offices:
        for offset in range(60):
            start = at(1, 9) + timedelta(days=offset)
            for window in (1, 2):
                world.board.apply(taken(start, window=window, cells=36, office_id=office_id))


def reach_month(citizen: Citizen) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "honcho"})
    return citizen.send("visitor", {"visitor": "self"})


def test_an_office_without_places_leads_to_the_nearest_time_elsewhere(
    citizen: Citizen, world: World
) -> None:
    fill(world, "honcho")
    reach_month(citizen)
    assert citizen.sees("この月には、予約できる日がありません。")
    assert citizen.sees("鶴崎支所 2026年12月2日（水）")
    citizen.follow("../../days")
    assert citizen.sees("この場所には、いま予約できる時間がありません。")
    citizen.send("time", {"start": "2026-12-02T09:00"})
    assert citizen.path.endswith("/you")
    citizen.send("you", birth() | {"kana": "オオイタ"})
    assert citizen.sees("鶴崎支所")
    assert world.booking.requests[-1].office_id == "tsurusaki"


def test_an_empty_day_names_the_nearest_times_here_and_elsewhere(
    citizen: Citizen, world: World
) -> None:
    for window in (1, 2):
        world.board.apply(taken(at(3, 9), window=window, cells=36))
    reach_month(citizen)
    citizen.open(citizen.path.replace("month/pin/honcho", "day/2026-12-03"))
    times = [b.get("value") for b in citizen.page.all("button", name="start")]
    assert times == ["2026-12-04T09:00", "2026-12-04T09:15", "2026-12-04T09:30", "2026-12-03T11:45"]
    assert citizen.sees("ほかの場所の空き")


def test_where_nothing_is_free_anywhere_no_office_is_named(citizen: Citizen, world: World) -> None:
    fill(world, "honcho", "tsurusaki")
    reach_month(citizen)
    assert not citizen.sees("ほかの場所の空き")
    citizen.follow("../../days")
    assert citizen.sees("この場所には、いま予約できる時間がありません。")
    assert not citizen.page.all("input", name="office")


def test_a_refused_wish_elsewhere_keeps_the_time_that_was_held(
    citizen: Citizen, world: World
) -> None:
    reach_month(citizen).follow("../../day/2026-12-02")
    citizen.send("../time", {"start": "2026-12-02T09:00"}).send(
        "you", birth() | {"kana": "オオイタ"}
    )
    check = citizen.remember()
    citizen.open(citizen.path.replace("check", "day/2026-12-02"))
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    citizen.send("../time", {"start": "2026-12-02T10:00", "office": "tsurusaki"})
    assert citizen.sees("この時間は、ほかの方が先に選びました。")
    citizen.open(check.path)
    assert citizen.sees("本庁舎1階市民課")
    assert citizen.sees("9時00分の枠を8時10分までお取りしています。")


def test_a_wish_elsewhere_that_others_are_at_is_repeated_there(
    citizen: Citizen, world: World
) -> None:
    reach_month(citizen).follow("../../day/2026-12-02")
    world.booking.refusals["hold"] = Refused(409, "busy", {})
    citizen.send("../time", {"start": "2026-12-02T10:00", "office": "tsurusaki"})
    said = citizen.html.split("notice-warning")[1].split("</p>")[0]
    assert "鶴崎支所" in said
    there = citizen.html.split('id="there"')[1].split("</form>")[0]
    assert 'name="office" value="tsurusaki"' in there
    assert 'value="2026-12-02T10:00" form="there"' in citizen.html


def test_a_card_that_waits_at_one_office_is_not_sent_elsewhere(
    citizen: Citizen, world: World
) -> None:
    fill(world, "honcho")
    identify(citizen).send("visitor", {"visitor": "self"})
    assert not citizen.sees("鶴崎支所")
    citizen.follow("../../days")
    assert not citizen.sees("鶴崎支所")


def test_everybody_sees_before_identification_where_else_there_are_places(
    citizen: Citizen, world: World
) -> None:
    fill(world, "honcho")
    citizen.open("/availability/pin/honcho")
    citizen.follow("/availability/pin/tsurusaki/2026-12")
    assert citizen.sees("鶴崎支所")
