"""An office that moves, and what the city no longer offers."""

from datetime import date

from libs.contracts.booking import LaterAddress, OfficePublished, ProcedurePublished
from services.gateway.internet.tests.citizen import Citizen, birth
from services.gateway.internet.tests.city import PIN, office
from services.gateway.internet.tests.world import World

NEW_PLACE = "大分市新町1番1号"
FIRST_DAY = date(2026, 12, 3)


def publish_move(world: World) -> None:
    later = LaterAddress(from_day=FIRST_DAY, address=NEW_PLACE, texts={"en": "1-1 Shinmachi"})
    moving = office("tsurusaki", address="大分市旧町9番9号", later=(later,), version=2)
    world.catalog.office_published(OfficePublished(office=moving))


def reach_check(citizen: Citizen, day: str) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "tsurusaki"})
    citizen.send("visitor", {"visitor": "self"})
    citizen.follow(f"../../day/{day}").send("../time", {"start": f"{day}T09:15"})
    return citizen.send("you", birth() | {"kana": "オオイタ"})


def test_the_address_is_that_of_the_day_of_the_visit(citizen: Citizen, world: World) -> None:
    publish_move(world)
    reach_check(citizen, "2026-12-02")
    assert citizen.sees("旧町9番9号")
    assert not citizen.sees(NEW_PLACE)
    reach_check(citizen, "2026-12-03")
    assert citizen.sees(NEW_PLACE)
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    assert citizen.sees(NEW_PLACE)
    assert not citizen.sees("旧町9番9号")
    entry = citizen.client.get(citizen.path.replace("done", "visit.ics")).text
    assert NEW_PLACE in entry.replace("\r\n ", "")


def test_whoever_chooses_an_office_is_told_that_it_moves(citizen: Citizen, world: World) -> None:
    publish_move(world)
    citizen.open("/book").send("/book", {"procedure": "pin"})
    assert citizen.sees("旧町9番9号")
    assert citizen.sees(f"2026年12月3日（木）から：{NEW_PLACE}")
    citizen.client.cookies.set("lang", "en")
    citizen.open(citizen.path)
    assert citizen.sees("From Thursday, December 3, 2026: 1-1 Shinmachi")


def test_after_the_move_the_old_address_is_shown_nowhere(citizen: Citizen, world: World) -> None:
    publish_move(world)
    world.clock.pass_minutes(3 * 24 * 60)
    citizen.open("/book").send("/book", {"procedure": "pin"})
    assert citizen.sees(NEW_PLACE)
    assert not citizen.sees("旧町9番9号")
    assert not citizen.sees("12月3日")


def test_a_hidden_office_is_offered_no_more_and_its_bookings_name_it(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "2026-12-02").send("confirm")
    hidden = office("tsurusaki", hidden=True, version=2)
    world.catalog.office_published(OfficePublished(office=hidden))
    citizen.open(citizen.path)
    assert citizen.sees("鶴崎支所")
    citizen.open("/availability/pin")
    assert not citizen.sees("鶴崎支所")
    citizen.open("/availability/pin/tsurusaki/2026-12")
    assert not [day for day in citizen.page.all("td") if day.get("class") == "is-free"]


def test_a_hidden_procedure_is_offered_no_more_and_its_bookings_name_it(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "2026-12-02").send("confirm")
    hidden = PIN.model_copy(update={"hidden": True, "version": 2})
    world.catalog.procedure_published(ProcedurePublished(procedure=hidden))
    citizen.open(citizen.path)
    assert citizen.sees(PIN.name)
    for path in ("/book", "/availability"):
        citizen.open(path)
        assert not citizen.sees(PIN.plain)
    citizen.open("/availability/pin")
    assert citizen.sees("この手続きの予約を止めています")
