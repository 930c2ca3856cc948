"""The month and the day: free states in words, one body for everybody, nothing personal."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from libs.contracts.booking import Closure, ClosureKind, OfficePublished
from services.gateway.internet.door.tests.test_languages import speak
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.tests.citizen import ORIGIN, Citizen, identify
from services.gateway.internet.tests.city import Clock, at, catalog, office, series, taken
from services.gateway.internet.tests.world import World, build_world, settings


def reach_month(citizen: Citizen) -> Citizen:
    return identify(citizen).send("visitor", {"visitor": "self"})


def test_a_door_that_has_heard_of_nothing_yet_says_try_again_and_not_that_nothing_is_there() -> (
    None
):
    world = build_world(settings(), catalog=CatalogView(Clock()))
    with TestClient(world.app, base_url=ORIGIN) as client:
        citizen = Citizen(client)
        assert citizen.open("/availability/issuance/nowhere/2026-12").status == 503
        world.catalog.load(catalog())
        assert citizen.open("/availability/issuance/nowhere/2026-12").status == 404


def test_the_month_names_date_weekday_and_free_state_of_each_day(citizen: Citizen) -> None:
    reach_month(citizen)
    words = citizen.page.text
    assert "12月2日 水曜日 ○空きあり" in words
    assert "1日 火曜日 －受付期間外" in words
    assert "5日 土曜日 休休み" in words


def test_days_run_short_and_full(citizen: Citizen, world: World) -> None:
    reach_month(citizen)
    for window in (1, 2):
        for half_hour in range(6):
            if (window, half_hour) not in ((1, 0), (2, 0)):
                start = at(2, 9 + half_hour // 2, half_hour % 2 * 30)
                world.board.apply(taken(start, window=window))
    citizen.open(citizen.path)
    assert "12月2日 水曜日 △残りわずか" in citizen.page.text
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window))
    citizen.open(citizen.path)
    assert "2日 水曜日 ×空きなし" in citizen.page.text
    assert "day/2026-12-02" not in citizen.html


def test_a_hold_that_ends_by_itself_gives_the_day_back(citizen: Citizen, world: World) -> None:
    reach_month(citizen)
    until = world.clock.time.timestamp() + 600
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window, cells=36, until=until))
    citizen.open(citizen.path)
    assert "2日 水曜日 ×空きなし" in citizen.page.text
    world.clock.pass_minutes(11)
    citizen.open(citizen.path)
    assert "2日 水曜日 ○空きあり" in citizen.page.text


def without_secrets(citizen: Citizen) -> str:
    """The page without what its one form needs."""
    html = citizen.html
    for name in ("csrf", "key"):
        html = html.replace(citizen.page.field(name), "")
    return html


def test_the_month_is_the_same_for_everybody_and_known_by_its_etag(
    citizen: Citizen,
) -> None:
    mine, path = without_secrets(reach_month(citizen)), citizen.path
    other = Citizen(citizen.client)
    assert without_secrets(reach_month(other)) == mine
    assert other.path != path


def test_the_first_free_time_of_all_is_taken_by_one_press(citizen: Citizen, world: World) -> None:
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window, cells=36))
    reach_month(citizen).open(f"{citizen.path}?m=2027-01")
    assert citizen.sees("いちばん早い空き12月3日（木） 9:00")
    citizen.send("../../time", {"start": "2026-12-03T09:00"})
    assert citizen.path.endswith("/you")
    assert world.booking.requests[-1].starts_at == at(3, 9)


def test_months_outside_the_period_lead_to_the_first_with_places(citizen: Citizen) -> None:
    here = without_secrets(reach_month(citizen))
    for month in ("2026-11", "2027-02", "2026-13", "x", "9999-12", "2026-1२"):
        assert without_secrets(citizen.open(f"{citizen.path}?m={month}")) == here
    citizen.open(f"{citizen.path}?m=2027-01")
    assert citizen.sees("2027年1月")


def test_past_times_of_today_are_not_offered(citizen: Citizen, world: World) -> None:
    reach_month(citizen)
    world.clock.time = at(2, 10, 1)
    citizen.open(citizen.path.replace("month/issuance/honcho", "day/2026-12-02"))
    assert citizen.sees("この日には、予約できる時間がありません")


def test_anyone_sees_free_days_before_saying_who_they_are(citizen: Citizen) -> None:
    citizen.open("/availability").follow("/availability/issuance")
    assert citizen.sees("最も早い空き：2026年12月2日（水）")
    citizen.follow("/availability/issuance/honcho/2026-12")
    assert citizen.open("/availability/issuance/honcho").path == citizen.path
    assert citizen.path == "/availability/issuance/honcho/2026-12"
    assert citizen.sees("空きあり")
    assert "set-cookie" not in citizen.client.get(citizen.path).headers
    assert citizen.open("/availability/issuance/nowhere").status == 404
    assert citizen.open("/availability/issuance/honcho/2026-99").status == 404


def test_public_months_can_be_turned(citizen: Citizen) -> None:
    citizen.open("/availability/issuance/honcho/2026-12").follow("2027-01")
    assert citizen.sees("2027年1月")
    assert citizen.client.base_url == ORIGIN


def test_a_closed_day_says_why(citizen: Citizen, world: World) -> None:
    reach_month(citizen)
    closed = (Closure(day=date(2026, 12, 2), reason="停電のため", whole=True),)
    world.catalog.office_published(OfficePublished(office=office(version=2, closures=closed)))
    citizen.open(citizen.path.replace("month/issuance/honcho", "day/2026-12-02"))
    assert citizen.sees("この場所のお休みの日です。 停電のため")


@pytest.mark.parametrize(
    ("kind", "reason", "shown"),
    [
        ("year-end", "年末年始", "Year-end and New Year holidays"),
        ("stop", "全国システムの点検日", "Maintenance of the nationwide system"),
        ("holiday", "元日", "Public holiday in Japan 元日"),
        ("stop", "臨時の停止", "臨時の停止"),
    ],
)
def test_why_an_office_is_closed_is_said_in_the_language_of_the_reader(
    citizen: Citizen, world: World, kind: ClosureKind, reason: str, shown: str
) -> None:
    reach_month(citizen)
    day = citizen.path.replace("month/issuance/honcho", "day/2026-12-02")
    speak(citizen, "en")
    closed = (Closure(day=date(2026, 12, 2), reason=reason, kind=kind),)
    world.catalog.office_published(OfficePublished(office=office(version=2, closures=closed)))
    citizen.open(day)
    assert citizen.sees(f"The office is closed on this day. {shown}")


def test_what_is_published_later_shows_from_that_moment_on(citizen: Citizen, world: World) -> None:
    later = series(published_from=at(1, 9))
    world.catalog.office_published(OfficePublished(office=office("honcho", later, version=2)))
    reach_month(citizen)
    assert not citizen.sees("12月2日 水曜日 ○空きあり")
    world.clock.time = at(1, 9)
    assert citizen.open(citizen.path).sees("12月2日 水曜日 ○空きあり")
