"""Offices × days before anyone says who they are: free states in words, two weeks at a time."""

from xml.etree.ElementTree import Element

import pytest

from libs.contracts.booking import Catalog, OfficePublished, Procedure
from services.gateway.internet.tests.citizen import Citizen
from services.gateway.internet.tests.city import at, office, procedure, taken
from services.gateway.internet.tests.world import World
from services.gateway.web.testing import words

PATH = "/availability/issuance"


def row(citizen: Citizen, office_id: str) -> list[str]:
    """What a screen reader says of each day of an office; links say office and day before."""
    return [words(cell) for cell in rows(citizen)[office_id].iter("td")]


def rows(citizen: Citizen) -> dict[str, Element]:
    found = {}
    for line in citizen.page.one("tbody").iter("tr"):
        link = next(line.iter("a"))
        found[link.get("href", "").split("/")[3]] = line
    return found


def fill(world: World, office_id: str, days: range) -> None:
    for day in days:
        for window in (1, 2):
            fact = taken(at(day, 9), window=window, cells=36, office_id=office_id)
            world.board.apply(fact)


def test_each_office_has_a_row_and_each_day_a_column_with_its_whole_name(citizen: Citizen) -> None:
    citizen.open(PATH)
    heads = [words(head) for head in citizen.page.one("thead").iter("th")]
    assert heads[1].startswith("2026年12月2日（水）")
    assert heads[14].startswith("2026年12月15日（火）")
    assert len(heads) == 15
    assert {e.get("scope") for e in citizen.page.all("th")} == {"col", "row"}
    days = row(citizen, "honcho")
    assert days[0] == "○本庁舎1階市民課 2026年12月2日（水） 空きあり"
    assert days[3] == "休休み"
    assert list(rows(citizen)) == ["honcho", "tsurusaki"]


def test_days_that_run_short_and_full_are_told_per_office(citizen: Citizen, world: World) -> None:
    fill(world, "honcho", range(2, 3))
    for half_hours in range(5):
        for window in (1, 2):
            start = at(2, 9 + half_hours // 2, half_hours % 2 * 30)
            world.board.apply(taken(start, window=window, office_id="tsurusaki"))
    citizen.open(PATH)
    assert row(citizen, "honcho")[0] == "×空きなし"
    assert row(citizen, "tsurusaki")[0] == "△鶴崎支所 2026年12月2日（水） 残りわずか"


def test_two_weeks_follow_two_weeks_to_the_end_of_the_period(citizen: Citizen) -> None:
    citizen.open(PATH)
    assert not citizen.page.all("a", href="?from=2026-11-18")
    for day in ("2026-12-16", "2026-12-30", "2027-01-13"):
        citizen.open(f"{PATH}?from={day}")
    assert citizen.sees("2027年1月13日（水） ～ 2027年1月15日（金）")
    assert len(row(citizen, "honcho")) == 3
    turns = [a.get("href") for a in citizen.page.one("nav", **{"class": "months"}).iter("a")]
    assert turns == ["?from=2026-12-30"]


def test_it_opens_on_the_first_two_weeks_with_a_place(citizen: Citizen, world: World) -> None:
    for office_id in ("honcho", "tsurusaki"):
        fill(world, office_id, range(2, 21))
    citizen.open(PATH)
    assert citizen.sees("2026年12月16日（水） ～")
    assert citizen.sees("最も早い空き：2026年12月21日（月）")
    first = citizen.html
    citizen.open(f"{PATH}?from=2026-12-05")
    assert citizen.sees("この期間には、どの場所にも空きがありません。")
    for odd in ("", "x", "2026-13-01", "2020-01-01", "2099-01-01"):
        assert citizen.open(f"{PATH}?from={odd}").html == first


def test_it_is_kept_for_everybody_and_made_again_when_a_day_looks_different(
    citizen: Citizen, world: World
) -> None:
    first = citizen.client.get(PATH)
    assert "set-cookie" not in first.headers
    known = {"If-None-Match": first.headers["etag"]}
    world.board.apply(taken(at(2, 9)))
    assert citizen.client.get(PATH, headers=known).status_code == 304
    fill(world, "honcho", range(2, 3))
    assert citizen.client.get(PATH, headers=known).status_code == 200


def test_a_hold_that_ends_by_itself_gives_the_day_back(citizen: Citizen, world: World) -> None:
    until = world.clock.time.timestamp() + 600
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window, cells=36, until=until))
    assert row(citizen.open(PATH), "honcho")[0] == "×空きなし"
    assert citizen.sees("最も早い空き：2026年12月3日（木）")
    world.clock.pass_minutes(11)
    assert row(citizen.open(PATH), "honcho")[0].endswith("空きあり")


def test_a_procedure_that_is_paused_or_booked_by_phone_says_so(
    citizen: Citizen, world: World
) -> None:
    world.catalog.load(catalog_with(procedure(online="paused", version=2)))
    assert citizen.open(PATH).sees("ただいま、この手続きの予約を止めています")
    world.catalog.load(catalog_with(procedure(online="phone", version=3)))
    assert citizen.open(PATH).sees("この手続きは、お電話でご予約ください")
    assert not citizen.page.all("a", href="/book")


def catalog_with(*procedures: Procedure) -> Catalog:
    return Catalog(offices=(office(), office("tsurusaki", position=2)), procedures=procedures)


@pytest.mark.parametrize("month", ["", "/2026-12"])
def test_the_former_address_of_an_office_leads_to_the_present_one(
    citizen: Citizen, world: World, month: str
) -> None:
    """大南 reads だいなん."""
    known = world.catalog.office("honcho")
    assert known
    office = known.model_copy(update={"office_id": "dainan", "name": "大南支所"})
    world.catalog.office_published(OfficePublished(office=office))
    answer = citizen.client.get(f"/availability/issuance/onan{month}", follow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"/availability/issuance/dainan{month}"
    assert citizen.client.get("/availability/issuance/nowhere").status_code == 404
