"""What was applied, taking it back, and the people to call."""

import gzip
from datetime import timedelta

import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.schedule_scene import busy, furnish, monday
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.link import Refused
from services.gateway.web.testing import words

TUESDAY = monday() + timedelta(days=1)
CALL_RIGHTS = ["bookings.read", "bookings.change"]


@pytest.fixture
def schedules(services: Services) -> FakeSchedules:
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.schedules, FakeSchedules)
    services.booking.kept.clear()
    furnish(services.booking, services.schedules)
    busy(services.booking, TUESDAY, 3)
    return services.schedules


@pytest.fixture
def clerk(desk: Browser, schedules: FakeSchedules) -> Filling:
    """One who has just closed a day with three bookings."""
    filling = Filling(desk)
    filling.open(f"/schedules/day?office=honcho&day={TUESDAY}&kind=closed")
    filling.press("反映する前に確かめる", {"reason": "庁舎の都合"})
    filling.press("3人に影響することを承知して、反映する")
    return filling


def row(clerk: Filling, number: int = 0) -> str:
    return words(list(clerk.page.all("tbody")[0])[number])


def test_the_list_says_who_changed_what_and_what_is_left_to_do(clerk: Filling) -> None:
    clerk.open("/schedules/changes?office=honcho")
    line = row(clerk)
    for part in ("田中", "本庁舎1階市民課", "：休み（庁舎の都合）", "減った時間 74時間", "3件"):
        assert part in line
    assert "連絡待ち 3件" in line
    assert "まだ変更はありません" in clerk.open("/schedules/changes?office=dainan").text


def test_a_change_is_taken_back_after_a_question(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    page = clerk.press("取り消す")
    assert page.heading == "この枠の変更を取り消しますか"
    assert TUESDAY in schedules.setups["honcho"].special
    page = clerk.press("変更を取り消す")
    assert "前の枠に戻しました" in page.text
    assert "取消済" in row(clerk)
    assert TUESDAY not in schedules.setups["honcho"].special
    assert log_lines(store_of_accounts)[-1] == "tanaka|schedule.undo|schedule||done"


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("booked", "もう予約が入っています"),
        ("changed", "先に後の変更を"),
        ("over", "終わっています"),
        ("undone", "すでに取り消されています"),
        ("something new", "取り消せません"),
    ],
)
def test_where_it_cannot_be_taken_back_the_reason_is_said(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database, why: str, says: str
) -> None:
    clerk.press("取り消す")
    schedules.cannot_undo = why
    page = clerk.press("変更を取り消す")
    assert clerk.browser.status == 409
    assert says in words(page.one("div", role="alert"))
    assert TUESDAY in schedules.setups["honcho"].special
    assert log_lines(store_of_accounts)[-1] == "tanaka|schedule.undo|schedule||cannot-undo"


def test_a_change_of_another_office_is_an_absent_one(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    path = f"/schedules/changes/{schedules.applied[0].change_id}/undo"
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    clerk.browser.sign_in("branch")
    assert clerk.open(path).heading == "見つかりません"
    clerk.open("/schedules")
    clerk.browser.send(path, {"key": "k" * 24})
    assert clerk.browser.status == 404
    assert TUESDAY in schedules.setups["honcho"].special


def test_the_people_to_call_are_listed_with_what_is_proposed(clerk: Filling) -> None:
    page = clerk.open("/displaced?office=honcho")
    assert "8K2M4-70000" in row(clerk)
    assert "メール送信済" in row(clerk)
    assert "09012345678" in row(clerk, 1) and "オオイタ ハナコ" in row(clerk, 1)
    assert "まで確保" in row(clerk)
    assert "8K2M4-70000" in page.text


@pytest.mark.parametrize(
    ("button", "what", "says"),
    [("済", "call.done", "済と記録しました"), ("不在", "call.absent", "不在と記録しました")],
)
def test_a_call_is_noted_and_the_booking_stays_in_the_list(
    clerk: Filling,
    schedules: FakeSchedules,
    store_of_accounts: Database,
    button: str,
    what: str,
    says: str,
) -> None:
    clerk.open("/displaced?office=honcho")
    page = clerk.press(button)
    assert says in words(page.one("p", role="status"))
    assert "電話：" in row(clerk) and "田中" in row(clerk)
    assert schedules.calls[-1][0] == what
    assert log_lines(store_of_accounts)[-1] == "tanaka|displaced.call|booking|honcho|done"


@pytest.mark.parametrize(
    ("button", "what", "state"),
    [("提案の日時に変更", "accept", "accepted"), ("そのまま残す", "keep", "kept")],
)
def test_a_booking_is_moved_or_kept_and_leaves_the_list(
    clerk: Filling,
    schedules: FakeSchedules,
    store_of_accounts: Database,
    button: str,
    what: str,
    state: str,
) -> None:
    clerk.open("/displaced?office=honcho")
    clerk.press(button)
    assert schedules.calls[-1][0] == what
    states = sorted(row.state for row in schedules.rows.values())
    assert states == sorted([state, "open", "open"])
    assert len(list(clerk.page.all("tbody")[0])) == 2
    assert log_lines(store_of_accounts)[-1] == f"tanaka|displaced.{what}|booking|honcho|done"
    text = clerk.open("/displaced?state=all").text
    assert "3件" in text and button in text


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("hold-expired", "もう確保されていません"),
        ("not-active", "もう対応したか"),
        ("version-conflict", "先に変更されていました"),
    ],
)
def test_what_another_did_meanwhile_is_said(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database, slug: str, says: str
) -> None:
    clerk.open("/displaced?office=honcho")
    schedules.refusal = Refused(409, slug, {})
    page = clerk.press("提案の日時に変更")
    assert clerk.browser.status == 409
    assert says in words(page.one("p", role="alert"))
    assert log_lines(store_of_accounts)[-1] == f"tanaka|displaced.accept|booking||{slug}"


def test_who_may_only_read_sees_the_list_without_buttons(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    clerk.browser.sign_in("reader")
    page = clerk.open("/displaced")
    assert "8K2M4-70000" in page.text
    assert not page.all("button", name="press")
    booking_id = next(iter(schedules.rows))
    for path in ("call", "answer"):
        clerk.open("/displaced")
        fields = {"press": f"done.{booking_id}.1", "key": "k" * 24, "csrf": page.field("csrf")}
        clerk.browser.send(f"/displaced/{path}", fields)
        assert clerk.browser.status == 403


def test_a_booking_of_another_office_is_an_absent_one(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", rights=CALL_RIGHTS, offices=["dainan"])
    clerk.browser.sign_in("branch")
    page = clerk.open("/displaced")
    assert "8K2M4" not in page.text
    booking_id = next(iter(schedules.rows))
    for path, press in (("call", "done"), ("answer", "accept")):
        clerk.open("/displaced")
        fields = {"press": f"{press}.{booking_id}.1", "key": "k" * 24}
        clerk.browser.send(f"/displaced/{path}", fields)
        assert clerk.browser.status == 404


@pytest.mark.parametrize("press", ["", "explode.{id}.1", "accept.x.1", "accept.{id}.x", "accept"])
def test_a_button_that_was_never_shown_is_refused(
    clerk: Filling, schedules: FakeSchedules, press: str
) -> None:
    booking_id = str(next(iter(schedules.rows)))
    for path in ("call", "answer"):
        clerk.open("/displaced")
        clerk.browser.send(f"/displaced/{path}", {"press": press.replace("{id}", booking_id)})
        assert clerk.browser.status == 400


def test_the_paper_shows_what_the_list_shows_and_what_was_noted(
    clerk: Filling, store_of_accounts: Database
) -> None:
    clerk.open("/displaced?office=honcho")
    clerk.press("不在")
    paper = clerk.press("印刷する")
    first, *others = [words(line) for line in paper.all("tbody")[0]]
    assert "☐ 済" in first and "☑ 不在" in first
    assert all("☐ 済" in line and "☐ 不在" in line for line in others)
    assert "この条件の予約はありません" in clerk.open("/displaced/sheet?state=kept").text
    add_staff(store_of_accounts, "branch", rights=CALL_RIGHTS, offices=["dainan"])
    clerk.browser.sign_in("branch")
    assert "8K2M4" not in clerk.open("/displaced/sheet?office=honcho").text


def test_a_long_list_goes_on_page_after_page(desk: Browser, services: Services) -> None:
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.schedules, FakeSchedules)
    furnish(services.booking, services.schedules)
    busy(services.booking, TUESDAY, 50)
    clerk = Filling(desk)
    clerk.open(f"/schedules/day?office=honcho&day={TUESDAY}&kind=closed")
    clerk.press("反映する前に確かめる", {"reason": "庁舎の都合"})
    clerk.press("50人に影響することを承知して、反映する")
    page = clerk.open("/displaced")
    assert len(list(page.all("tbody")[0])) == 40
    assert len(clerk.browser.html.encode()) < 60_000
    page = clerk.press("次の予約を見る")
    assert len(list(page.all("tbody")[0])) == 10
    assert "41件目から50件目" in page.text
    paper = clerk.press("印刷する")
    assert len(list(paper.all("tbody")[0])) == 50
    assert "当日廃棄" in paper.text
    assert not list(paper.one("main").iter("form"))
    assert len(gzip.compress(clerk.browser.html.encode(), 6)) < 60_000
    for first in ("x", "-1", "99999", "400"):
        assert "1件目から" in clerk.open(f"/displaced?first={first}").text


def test_a_series_that_was_made_stays_made_in_the_record(clerk: Filling) -> None:
    clerk.open("/schedules/series?office=dainan&preset=weekday")
    clerk.press("反映する前に確かめる", {"windows": "21", "procedure": ["pin"]})
    assert "の枠を作る：" in clerk.page.text
    clerk.press("この内容で反映する")
    assert "の枠を作る：" in clerk.page.text
    series = next(
        a.get("href", "") for a in clerk.open("/schedules?office=dainan").all("a")
        if "/schedules/series?" in a.get("href", "") and "id=dainan-" in a.get("href", "")
        and "dainan-30" not in a.get("href", "")
    )  # fmt: skip
    clerk.open(series)
    clerk.press("反映する前に確かめる", {"windows": "21-22"})
    clerk.press("この内容で反映する")
    assert "の枠を直す：" in clerk.page.text
    assert "の枠を作る：" in clerk.page.text
