"""The week grid, where one click takes a time, and the list of free days; also for changes."""

from services.gateway.internet.tests.citizen import Citizen, identify, reach_check
from services.gateway.internet.tests.city import at, taken
from services.gateway.internet.tests.world import World
from services.gateway.web.testing import words


def reach_week(citizen: Citizen) -> Citizen:
    return identify(citizen).send("visitor", {"visitor": "self"}).follow("../../week")


def fill(world: World, days: range) -> None:
    for day in days:
        for window in (1, 2):
            world.board.apply(taken(at(day, 9), window=window, cells=36))


def test_one_click_in_the_week_takes_a_time(citizen: Citizen, world: World) -> None:
    reach_week(citizen)
    assert citizen.path.endswith("/week/2026-11-30")
    citizen.send("../time", {"start": "2026-12-03T10:30"})
    assert citizen.path.endswith("/you")
    assert world.booking.requests[-1].starts_at == at(3, 10, 30)


def test_the_grid_has_days_as_column_heads_and_a_whole_name_in_each_cell(
    citizen: Citizen, world: World
) -> None:
    world.board.apply(taken(at(3, 9)))
    for window in (1, 2):
        world.board.apply(taken(at(4, 9), window=window))
    reach_week(citizen)
    heads = [words(head) for head in citizen.page.all("th", scope="col")]
    assert [head.partition("）")[0] for head in heads] == [
        "2026年12月2日（水",
        "2026年12月3日（木",
        "2026年12月4日（金",
    ]
    assert [words(head) for head in citizen.page.all("th", scope="rowgroup")] == ["午前"]
    cells = {b.get("value"): b for b in citizen.page.all("button", name="start")}
    assert cells["2026-12-02T09:00"].get("aria-label") == "12月2日（水） 9:00 残り2"
    assert words(cells["2026-12-03T09:00"]) == "9:00 △ あと1"
    names = set(cells)
    assert "2026-12-04T09:00" not in names
    assert "×空きなし" in citizen.page.text


def test_the_week_opens_where_there_are_places_and_turns_within_the_period(
    citizen: Citizen, world: World
) -> None:
    fill(world, range(2, 9))
    reach_week(citizen)
    assert citizen.path.endswith("/week/2026-12-07")
    base = citizen.path.removesuffix("2026-12-07")
    citizen.follow("2026-11-30")
    assert citizen.sees("この週には、予約できる時間がありません。")
    assert not citizen.page.all("a", href="2026-11-23")
    citizen.open(f"{base}2027-01-11")
    assert not citizen.page.all("a", href="2027-01-18")
    assert citizen.open(f"{base}2027-03-01").path.endswith("/week/2026-12-07")
    for odd in ("2026-12-08", "x", "2026-13-01"):
        assert citizen.open(base + odd).status == 404


def test_month_week_and_list_lead_to_each_other(citizen: Citizen) -> None:
    reach_week(citizen).follow("../days")
    assert citizen.sees("2026年12月2日（水） 空きあり 9時00分 ～ 11時30分")
    assert not citizen.sees("12月5日")
    citizen.follow("week").follow("../month/issuance/honcho?m=2026-12").follow("../../days")
    citizen.follow("day/2026-12-02")
    assert citizen.page.heading == "12月2日（水）の何時に行きますか"


def test_a_booking_is_moved_by_one_click_in_the_week(citizen: Citizen, world: World) -> None:
    reach_check(citizen).send("confirm")
    fields = {"number": "8K2M47QX3P", "born-era": "ce", "born-year": "1960"}
    citizen.open("/find").send("/find", fields | {"born-month": "4", "born-day": "1"})
    citizen.follow("month/issuance/honcho").follow("../../week")
    citizen.send("../time", {"start": "2026-12-03T10:00"}).send("change")
    assert citizen.sees("予約日時を変更しました")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(3, 10)


def test_weeks_and_lists_ask_for_what_is_missing_first(citizen: Citizen) -> None:
    citizen.open("/book").send("/book", {"procedure": "issuance"})
    base = citizen.path.removesuffix("card")
    for page in ("week", "week/2026-11-30", "days"):
        assert citizen.open(base + page).path == base + "card"


def test_an_office_with_nothing_says_so_in_the_list(citizen: Citizen, world: World) -> None:
    fill(world, range(2, 32))
    reach_week(citizen).follow("../days")
    assert citizen.page.all("a", href="day/2027-01-04")
    for year_day in range(1, 16):
        for window in (1, 2):
            start = at(1, 9).replace(year=2027, month=1, day=year_day)
            world.board.apply(taken(start, window=window, cells=36))
    citizen.open(citizen.path)
    assert citizen.sees("この場所には、いま予約できる時間がありません。")


def test_several_procedures_have_the_list_and_the_week_but_no_month(citizen: Citizen) -> None:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "honcho"}).follow("also").send("also", {"also": "cert"})
    citizen.send("visitor", {"visitor": "self"})
    assert citizen.path.endswith("/days")
    assert not citizen.sees("月で見る")
    citizen.follow("week")
    assert not citizen.sees("月で見る")
    citizen.send("../time", {"start": "2026-12-02T09:00"})
    assert citizen.path.endswith("/you")
