"""全国システムの停止: the administrator's list, and series that name the closures they meet."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import Closure, NationalStop, PutSeries
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.schedule_scene import furnish, monday
from services.gateway.lgwan.tests.support import Browser, add_staff
from services.gateway.web.testing import words

CHECK, APPLY = "反映する前に確かめる", "この内容で反映する"
SUNDAY = monday(3) - timedelta(days=1)
NEW_YEAR = monday(4) - timedelta(days=2)
PAGE = "/schedules/stops"


@pytest.fixture
def services(services: Services) -> Iterator[Services]:
    booking, schedules = services.booking, services.schedules
    assert isinstance(booking, FakeBooking)
    assert isinstance(schedules, FakeSchedules)
    booking.closures += [
        Closure(day=SUNDAY, reason="全国システムの点検日", kind="stop"),
        Closure(day=NEW_YEAR, reason="年末年始", kind="year-end"),
    ]
    furnish(booking, schedules)
    yield services


@pytest.fixture
def clerk(desk: Browser) -> Filling:
    return Filling(desk)


def day_of(text: object) -> str:
    return f"{text:%-m月%-d日}"


def test_the_weekend_preset_opens_neither_at_maintenance_nor_at_new_year(clerk: Filling) -> None:
    page = clerk.open("/schedules/series?office=honcho&preset=weekend")
    ticked = [b.get("name") for b in page.all("input", type="checkbox") if "checked" in b.attrib]
    assert [name for name in ticked if str(name).startswith("on_")] == ["on_holidays"]
    clerk.press(CHECK, {"windows": "1", "procedure": ["issuance"]})
    text = words(clerk.page.one("main"))
    assert f"全国システムの点検日（{day_of(SUNDAY)}）は休みです" in text
    assert f"年末年始（{day_of(NEW_YEAR)}）は休みです" in text


def test_opening_on_a_day_of_maintenance_is_a_decision_that_the_plan_names(
    clerk: Filling, services: Services
) -> None:
    clerk.open("/schedules/series?office=honcho&preset=weekend")
    clerk.press(CHECK, {"windows": "1", "procedure": ["issuance"], "on_stops": "1"})
    text = words(clerk.page.one("main"))
    assert "祝日・全国システムの点検日・停止も開く" in text
    assert f"全国システムの点検日（{day_of(SUNDAY)}）は開きます" in text
    clerk.press(APPLY)
    assert isinstance(services.schedules, FakeSchedules)
    (step,) = services.schedules.applied[0].steps
    assert isinstance(step, PutSeries)
    assert (step.series.on_stops, step.series.on_year_end) == (True, False)
    shown = words(clerk.open(PAGE).one("main"))
    assert "点検日" in shown
    assert "この日にも開く枠：本庁舎1階市民課「土・日 9:00〜17:00」" in shown


def test_a_stop_is_planned_for_all_offices_and_stands_in_the_list(
    clerk: Filling, services: Services
) -> None:
    day = monday(2)
    clerk.open(PAGE)
    clerk.press(CHECK, {
        "day": day.isoformat(), "kind": "hours", "starts": "13:00", "ends": "15:00",
        "reason": "全国システムの更新",
    })  # fmt: skip
    assert "13:00〜15:00に停止（全国システムの更新）" in words(clerk.page.one("main"))
    clerk.press(APPLY)
    assert isinstance(services.schedules, FakeSchedules)
    stop = NationalStop(
        day=day, kind="hours", starts=time(13), ends=time(15), reason="全国システムの更新"
    )
    assert all(setup.stops == {day: stop} for setup in services.schedules.setups.values())
    assert "13:00〜15:00に停止（全国システムの更新）" in words(clerk.open(PAGE).one("main"))
    clerk.press(CHECK, {"day": day.isoformat(), "kind": "clear"})
    clerk.press(APPLY)
    assert not any(setup.stops for setup in services.schedules.setups.values())


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"kind": "hours", "starts": "13:00"}, "再開する時刻を、時刻で入力してください"),
        ({"kind": "closed"}, "理由を選んでください"),
        ({}, "どうなるかを選んでください"),
        ({"kind": "works", "day": "2020-01-06"}, "もう過ぎています"),
        (
            {"kind": "hours", "starts": "15:00", "ends": "13:00", "reason": "全国システムの更新"},
            "始めより後に",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    desk: Browser, clerk: Filling, typed: dict[str, str], says: str
) -> None:
    clerk.open(PAGE)
    clerk.press(CHECK, {"day": monday().isoformat(), **typed})
    assert (desk.status, clerk.page.heading) == (422, "全国システムの停止")
    assert says in words(clerk.page.one("main"))


def test_only_who_sets_up_all_offices_finds_the_list(
    browser: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "sato", offices=("honcho",))
    browser.sign_in("sato")
    assert PAGE not in browser.client.get("/settings").text
    assert browser.client.get(PAGE).status_code == 404
    browser.send("/logout", {})
    browser.sign_in()
    assert PAGE in browser.client.get("/settings").text
    assert browser.client.get(PAGE).status_code == 200
