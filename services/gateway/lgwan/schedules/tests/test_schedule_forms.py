"""The forms of changes: each leads to the steps it says, or to what has to be corrected."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from libs.contracts.booking import (
    Break,
    ClearDay,
    CopyOffice,
    CopyWeek,
    EndSeries,
    PutDay,
    PutSeries,
    ScheduleChange,
    SchedulePlan,
    ScheduleStep,
    Series,
    SpecialDay,
)
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.schedules.fields import read_time, read_windows, windows_text
from services.gateway.lgwan.schedules.series_form import _three_months
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import FakeBooking, procedures
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.schedule_scene import at, furnish, monday
from services.gateway.lgwan.tests.support import Browser
from services.gateway.web.link import Actor
from services.gateway.web.testing import Page, words
from services.gateway.web.typed import Mistyped

CHECK = "反映する前に確かめる"
REASON = "台風・大雨などの災害"


class Planned(FakeSchedules):
    """Notes what was planned."""

    asked: tuple[ScheduleStep, ...] = ()

    async def plan(self, actor: Actor, change: ScheduleChange) -> SchedulePlan:
        self.asked = change.steps
        return await super().plan(actor, change)


@pytest.fixture
def services(services: Services) -> Iterator[Services]:
    booking = services.booking
    assert isinstance(booking, FakeBooking)
    planned = Planned(booking.kept, booking.series, booking.closures, procedures())
    furnish(booking, planned)
    yield Services(**{**vars(services), "schedules": planned})


@pytest.fixture
def clerk(desk: Browser) -> Filling:
    return Filling(desk)


def asked(services: Services) -> tuple[ScheduleStep, ...]:
    assert isinstance(services.schedules, Planned)
    return services.schedules.asked


WHOLE = {
    "office": ["honcho", "dainan"],
    "name": "平日の交付と暗証番号",
    "weekday": ["0", "2"],
    "opens": "09:00",
    "closes": "17:00",
    "unit": "20",
    "windows": "１〜３、5",
    "staff_windows": "9",
    "procedure": ["issuance", "pin"],
    "valid_from": monday().isoformat(),
    "valid_until": (monday() + timedelta(days=30)).isoformat(),
    "published_day": monday().isoformat(),
    "published_time": "08:30",
    "break1_starts": "12:00",
    "break1_ends": "13:00",
    "break1_keeps": "1",
    "on_holidays": "1",
}


def test_a_series_is_planned_at_each_office_as_it_was_typed(
    clerk: Filling, services: Services
) -> None:
    clerk.open("/schedules/series?office=honcho")
    clerk.press(CHECK, WHOLE)
    assert clerk.page.heading == "反映する前の確認"
    steps = [step for step in asked(services) if isinstance(step, PutSeries)]
    assert [step.office_id for step in steps] == ["honcho", "dainan"]
    ids = {step.series.series_id for step in steps}
    assert len(ids) == 2
    assert all(one.startswith(("honcho-", "dainan-")) for one in ids)
    assert steps[0].series.model_copy(update={"series_id": ""}) == Series.model_validate(
        {
            "series_id": "",
            "name": "平日の交付と暗証番号",
            "procedure_ids": ("issuance", "pin"),
            "weekdays": (0, 2),
            "opens": "09:00",
            "closes": "17:00",
            "unit_minutes": 20,
            "windows": (1, 2, 3, 5),
            "staff_windows": (9,),
            "breaks": (Break.model_validate({"starts": "12:00", "ends": "13:00", "keeps": (1,)}),),
            "on_holidays": True,
            "valid_from": monday(),
            "valid_until": monday() + timedelta(days=30),
            "published_from": at(monday(), 8, 30),
        }
    )


def test_a_series_that_exists_stands_in_the_form_and_keeps_its_id(
    clerk: Filling, services: Services
) -> None:
    clerk.open("/schedules/series?office=honcho&id=honcho-30")
    assert clerk.page.heading == "枠を直す"
    clerk.press(CHECK, {"windows": "1-4"})
    (step,) = asked(services)
    assert isinstance(step, PutSeries)
    assert isinstance(services.schedules, Planned)
    before = services.schedules.setups["honcho"].series["honcho-30"]
    assert step.series == before.model_copy(update={"windows": (1, 2, 3, 4)})


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("windows", "8-1", "番号で入力してください"),
        ("windows", "1234-5678-9018", "マイナンバー"),
        ("name", "x" * 41, "40文字以内"),
        ("opens", "25:00", "時刻で入力してください"),
        ("closes", "", "時刻で入力してください"),
        ("weekday", [], "1つ以上選んでください"),
        ("procedure", [], "1つ以上選んでください"),
        ("valid_until", "2026-02-30", "カレンダーから"),
        ("break1_ends", "", "休憩1の終わりの時刻"),
        ("published_day", "", "公開する日も選んでください"),
        ("closes", "08:00", "始めより後に"),
        ("unit", "45", "割り切れません"),
        ("opens", "09:03", "5分きざみ"),
        ("break1_starts", "08:00", "始めから終わりまでの間に"),
        ("closes", "20:30", "20:00までに終える"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_stays(
    clerk: Filling, field: str, typed: str | list[str], says: str
) -> None:
    clerk.open("/schedules/series?office=honcho")
    page = clerk.press(CHECK, {**WHOLE, field: typed})
    assert clerk.browser.status == 422
    assert page.heading == "枠を作る"
    assert says in errors_of(page)[f"{field}-error"]
    if field != "name":
        assert page.field("name") == "平日の交付と暗証番号"


def test_a_window_for_staff_is_none_for_everybody(clerk: Filling) -> None:
    clerk.open("/schedules/series?office=honcho")
    page = clerk.press(CHECK, {**WHOLE, "staff_windows": "1"})
    assert "両方には入れられません" in errors_of(page)["windows-error"]


def errors_of(page: Page) -> dict[str | None, str]:
    return {e.get("id"): words(e) for e in page.all("p", **{"class": "error"})}


def test_a_series_needs_a_window(clerk: Filling) -> None:
    clerk.open("/schedules/series?office=honcho")
    page = clerk.press(CHECK, {**WHOLE, "windows": "", "staff_windows": ""})
    assert "窓口の番号を、1つ以上" in words(page.one("p", id="windows-error"))


def test_the_count_comes_as_a_page_and_as_a_text(clerk: Filling) -> None:
    clerk.open("/schedules/series?office=honcho")
    typed: dict[str, Any] = {**WHOLE, "windows": "1-8", "staff_windows": "", "break1_starts": ""}
    typed |= {"break1_ends": "", "break1_keeps": "", "unit": "30", "weekday": ["0"]}
    page = clerk.press("枠の数を計算する", typed)
    assert "1日128枠・合計640枠（2か所とも同じ）" in page.text
    fields = {**typed, "csrf": page.field("csrf")}
    text = clerk.browser.client.post(
        "/schedules/series/count", data=fields, headers={"accept": "text/plain"}
    )
    assert text.text == "1日128枠・合計640枠（2か所とも同じ）"
    wrong = clerk.browser.client.post(
        "/schedules/series/count", data={**fields, "windows": "x"}, headers={"accept": "text/plain"}
    )
    assert "番号で入力" in wrong.text


def test_several_days_are_closed_at_several_offices(clerk: Filling, services: Services) -> None:
    clerk.open("/schedules/day?office=honcho")
    typed = {
        "office": ["honcho", "akeno"],
        "day": monday().isoformat(),
        "day_until": (monday() + timedelta(days=2)).isoformat(),
        "kind": "closed",
        "reason": REASON,
    }
    page = clerk.press(CHECK, typed)
    assert asked(services) == tuple(
        PutDay(
            office_ids=("honcho", "akeno"),
            day=SpecialDay(day=monday() + timedelta(days=n), kind="closed", reason=REASON),
        )
        for n in range(3)
    )
    assert len(page.one("ol", **{"class": "steps"})) == 1


@pytest.mark.parametrize(
    ("kind", "typed", "special"),
    [
        ("until", {"closes": "15:00", "opens": "9:00"}, {"closes": "15:00"}),
        ("hours", {"opens": "10:00", "closes": "12:00"}, {"opens": "10:00", "closes": "12:00"}),
        ("windows", {"windows": "1-4", "closes": "9:00"}, {"windows": (1, 2, 3, 4)}),
    ],
)
def test_a_special_day_has_what_its_kind_needs_and_nothing_else(
    clerk: Filling,
    services: Services,
    kind: str,
    typed: dict[str, str],
    special: dict[str, object],
) -> None:
    clerk.open(f"/schedules/day?office=honcho&day={monday()}&kind={kind}")
    clerk.press(CHECK, {**typed, "reason": REASON})
    wanted = {"day": monday(), "kind": kind, "reason": REASON, **special}
    day = SpecialDay.model_validate(wanted)
    assert asked(services) == (PutDay(office_ids=("honcho",), day=day),)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"reason": ""}, "reason"),
        ({"reason": "田中さんの葬儀"}, "reason"),
        ({"kind": "until"}, "closes"),
        ({"kind": "hours", "opens": "12:00", "closes": "10:00"}, "closes"),
        ({"kind": "windows"}, "windows"),
        ({"day_until": "2036-01-01"}, "day_until"),
        ({"day": "2020-01-06"}, "day"),
        ({"office": []}, "office"),
    ],
)
def test_a_special_day_says_what_is_wrong(
    clerk: Filling, typed: dict[str, str | list[str]], field: str
) -> None:
    clerk.open(f"/schedules/day?office=honcho&day={monday()}&kind=closed")
    page = clerk.press(CHECK, {"reason": REASON, **typed})
    assert clerk.browser.status == 422
    assert page.one("p", id=f"{field}-error") is not None


def test_a_day_becomes_as_usual_again(clerk: Filling, services: Services) -> None:
    clerk.open(f"/schedules/day?office=honcho&day={monday()}&kind=clear")
    clerk.press(CHECK)
    assert asked(services) == (ClearDay(office_ids=("honcho",), day=monday()),)


def test_a_series_ends(clerk: Filling, services: Services) -> None:
    clerk.open("/schedules/end?office=honcho&id=honcho-30")
    clerk.press(CHECK, {"last_day": monday().isoformat()})
    assert asked(services) == (
        EndSeries(office_id="honcho", series_id="honcho-30", last_day=monday()),
    )
    clerk.open("/schedules/end?office=honcho&id=nothing")
    assert clerk.browser.status == 404


def test_a_week_and_an_office_are_copied(clerk: Filling, services: Services) -> None:
    clerk.open(f"/schedules/week?office=honcho&week={monday()}")
    clerk.press(CHECK, {"to": [monday(2).isoformat(), monday(4).isoformat()]})
    week = CopyWeek(office_id="honcho", week=monday(), to=(monday(2), monday(4)))
    assert asked(services) == (week,)
    clerk.open("/schedules/office?office=honcho")
    clerk.press(CHECK, {"to": ["dainan", "akeno"], "first_day": monday().isoformat()})
    office = CopyOffice(office_id="honcho", to=("dainan", "akeno"), first_day=monday())
    assert asked(services) == (office,)
    for path in ("week", "office"):
        clerk.open(f"/schedules/{path}?office=honcho")
        clerk.press(CHECK)
        assert clerk.browser.status == 422


def test_what_was_chosen_in_the_grid_stands_in_the_form(clerk: Filling) -> None:
    clerk.open(f"/schedules?office=honcho&week={monday()}")
    tuesday, thursday = (monday() + timedelta(days=n) for n in (1, 3))
    span = {"first": tuesday.isoformat(), "last": thursday.isoformat(), "begin": "9:30"}
    page = clerk.press("この曜日と時間に枠を作る", {**span, "end": "12:00"})
    ticked = [b.get("value") for b in page.all("input", name="weekday") if "checked" in b.attrib]
    assert ticked == ["1", "2", "3"]
    assert (page.field("opens"), page.field("closes")) == ("09:30", "12:00")
    clerk.open(f"/schedules?office=honcho&week={monday()}")
    page = clerk.press("この時刻から後を中止する", {**span, "end": "12:00"})
    assert page.field("day") == tuesday.isoformat()
    assert page.field("closes") == "09:30"
    kind = [b.get("value") for b in page.all("input", name="kind") if "checked" in b.attrib]
    assert kind == ["until"]


@pytest.mark.parametrize(
    ("typed", "windows"),
    [
        ("1-8", (1, 2, 3, 4, 5, 6, 7, 8)),
        ("1,3,5", (1, 3, 5)),
        ("１〜３、５", (1, 2, 3, 5)),
        ("1番から3番まで", (1, 2, 3)),
        ("3，1, 2", (1, 2, 3)),
        ("1～2", (1, 2)),
    ],
)
def test_windows_are_read_as_people_type_them(typed: str, windows: tuple[int, ...]) -> None:
    assert read_windows(typed, "窓口") == windows


@pytest.mark.parametrize("typed", ["0", "3-1", "a", "100", "1-", "1--2"])
def test_other_windows_are_refused(typed: str) -> None:
    with pytest.raises(Mistyped):
        read_windows(typed, "窓口")


def test_windows_and_times_are_said_and_read() -> None:
    assert windows_text((1, 2, 3, 5, 7, 8)) == "1-3,5,7-8"
    assert [f"{read_time(t, '')}" for t in ("9:00", "９時", "9時30分", "17:00:00")] == [
        "09:00:00", "09:00:00", "09:30:00", "17:00:00",
    ]  # fmt: skip


def test_three_months_end_before_the_same_day() -> None:
    assert _three_months(date(2026, 12, 1)) == date(2027, 2, 28)
    assert _three_months(date(2026, 11, 30)) == date(2027, 2, 27)
