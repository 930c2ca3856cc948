"""The dry run: nothing changes before it was seen, and what is applied is what was seen."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import Fault, PutDay, SpecialDay
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import Staff, StaffSession
from services.gateway.lgwan.schedules.pending import sign, unsign, with_steps
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import OFFICES, FakeBooking
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.schedule_scene import at, book, busy, furnish, monday
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.testing import words

CHECK = "反映する前に確かめる"
APPLY = "この内容で反映する"
REASON = "台風・大雨などの災害"
TUESDAY = monday() + timedelta(days=1)


@pytest.fixture
def schedules(services: Services) -> FakeSchedules:
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.schedules, FakeSchedules)
    services.booking.kept.clear()
    furnish(services.booking, services.schedules)
    return services.schedules


@pytest.fixture
def booking(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


@pytest.fixture
def clerk(desk: Browser) -> Filling:
    return Filling(desk)


def close(clerk: Filling, office: str = "honcho") -> None:
    """Up to the plan for a closed Tuesday."""
    clerk.open(f"/schedules/day?office={office}&day={TUESDAY}&kind=closed")
    clerk.press(CHECK, {"reason": REASON})


def test_a_plan_changes_nothing_and_says_what_it_would_do(
    clerk: Filling, schedules: FakeSchedules, booking: FakeBooking
) -> None:
    busy(booking, TUESDAY)
    close(clerk)
    assert not schedules.applied
    text = clerk.page.text
    assert "まだ何も変わっていません" in text
    assert "本庁舎1階市民課の" in text and f"：休み（{REASON}）" in text
    assert "−74時間" in text
    assert "影響する予約：40件" in text
    assert "40人の予約に影響します" in text
    assert "14件に、日時の変更をお願いするメールを送る" in text


def test_applying_does_what_was_seen_and_leads_to_the_people_to_call(
    clerk: Filling, schedules: FakeSchedules, booking: FakeBooking, store_of_accounts: Database
) -> None:
    busy(booking, TUESDAY)
    close(clerk)
    page = clerk.press("40人に影響することを承知して、反映する")
    assert page.heading == "枠の変更の記録"
    assert "40人への連絡が残っています" in page.text
    assert schedules.setups["honcho"].special[TUESDAY].kind == "closed"
    assert schedules.mailed == [True]
    assert log_lines(store_of_accounts)[-1] == "tanaka|schedule.apply|schedule|honcho|done"
    assert clerk.press("連絡が必要な予約を開く").text.count("日時が未定") >= 40


def test_without_the_tick_nobody_gets_a_mail(
    clerk: Filling, schedules: FakeSchedules, booking: FakeBooking
) -> None:
    busy(booking, TUESDAY, 3)
    close(clerk)
    clerk.press("3人に影響することを承知して、反映する", {"mail": ""})
    assert schedules.mailed == [False]


def test_the_same_form_sent_twice_carries_the_same_key(
    clerk: Filling, schedules: FakeSchedules
) -> None:
    close(clerk)
    page = clerk.page
    clerk.press(APPLY)
    clerk.browser.page = page
    clerk.press(APPLY)
    keys = [key for what, _, key in schedules.calls if what == "apply"]
    assert len(keys) >= 1 and len(set(keys)) == 1


def test_what_changed_meanwhile_is_shown_and_nothing_is_done(
    clerk: Filling, schedules: FakeSchedules, booking: FakeBooking, store_of_accounts: Database
) -> None:
    busy(booking, TUESDAY, 2)
    close(clerk)
    late = book(booking, [at(TUESDAY, 16)])
    page = clerk.press("2人に影響することを承知して、反映する")
    assert clerk.browser.status == 409
    assert not schedules.applied
    told = words(page.one("div", role="alert"))
    number = late[0].number
    assert f"影響する予約が増えました（{number[:5]}-{number[5:]}）" in told
    assert log_lines(store_of_accounts)[-1] == "tanaka|schedule.apply|schedule||plan-changed"
    clerk.press("3人に影響することを承知して、反映する")
    assert schedules.applied[0].affected == 3


def test_fewer_windows_cancel_nobody_and_show_the_excess(
    clerk: Filling, schedules: FakeSchedules, booking: FakeBooking
) -> None:
    book(booking, [at(TUESDAY, 9)] * 6)
    clerk.open(f"/schedules/day?office=honcho&day={TUESDAY}&kind=windows")
    page = clerk.press(CHECK, {"windows": "1-4", "reason": REASON})
    assert "影響する予約はありません" in page.text
    assert "予約6件、窓口4つ" in page.text


def test_changes_are_collected_and_applied_together(
    clerk: Filling, schedules: FakeSchedules
) -> None:
    close(clerk)
    page = clerk.press("特別な日を決める")
    assert "まだ反映していない変更：1件" in page.text
    clerk.press(
        CHECK,
        {"day": monday().isoformat(), "kind": "until", "closes": "15:00", "reason": REASON},
    )
    page = clerk.press("枠の表から選ぶ")
    assert "まだ反映していない変更：2件" in page.text
    page = clerk.press("次の週 ›")
    assert "まだ反映していない変更：2件" in page.text
    page = clerk.press("終える：平日の暗証番号")
    page = clerk.press(CHECK, {"last_day": monday(3).isoformat()})
    assert "変更の内容（3件）" in page.text
    clerk.press(APPLY)
    assert len(schedules.applied[0].steps) == 3
    assert schedules.setups["honcho"].series["honcho-15"].valid_until == monday(3)


def test_a_collected_change_is_dropped_and_one_is_left(
    clerk: Filling, schedules: FakeSchedules
) -> None:
    close(clerk)
    clerk.press("特別な日を決める")
    clerk.press(
        CHECK,
        {"day": monday().isoformat(), "kind": "until", "closes": "15:00", "reason": REASON},
    )
    page = clerk.press("取りやめる")
    assert "変更の内容（1件）" in page.text and "15:00以降は中止" in page.text
    page = clerk.press("取りやめる")
    assert page.heading.startswith("枠 ")


def test_a_later_word_on_the_same_day_replaces_the_former() -> None:
    def put(reason: str) -> PutDay:
        day = SpecialDay(day=TUESDAY, kind="closed", reason=reason)
        return PutDay(office_ids=("honcho",), day=day)

    assert with_steps((put("a"),), (put("b"),)) == (put("b"),)
    other = PutDay(office_ids=("dainan",), day=SpecialDay(day=TUESDAY, kind="closed"))
    assert with_steps((put("a"),), (other,)) == (put("a"), other)


def test_more_than_fifty_changes_are_refused_in_words(
    clerk: Filling, schedules: FakeSchedules
) -> None:
    close(clerk)
    typed = {"day": monday(3).isoformat(), "kind": "closed", "reason": REASON}
    clerk.press("特別な日を決める")
    clerk.press(CHECK, {**typed, "day_until": (monday(3) + timedelta(days=30)).isoformat()})
    assert "変更の内容（32件）" in clerk.page.text
    clerk.press("特別な日を決める")
    later = {**typed, "day": monday(8).isoformat()}
    clerk.press(CHECK, {**later, "day_until": (monday(8) + timedelta(days=20)).isoformat()})
    assert clerk.browser.status == 422
    assert "一度に反映できる変更は50件まで" in clerk.page.text


@pytest.mark.parametrize("steps", ["x", "x.y", "eJw=.00", "."])
def test_steps_that_no_page_wrote_are_refused(
    clerk: Filling, schedules: FakeSchedules, steps: str
) -> None:
    close(clerk)
    clerk.press(APPLY, {"steps": steps})
    assert clerk.browser.status == 400
    assert not schedules.applied


def test_what_one_session_signed_is_nothing_in_another_and_for_another_purpose() -> None:
    def session(secret: str) -> StaffSession:
        return StaffSession("s", secret, Staff("tanaka", "田中", frozenset(), frozenset()))

    text = sign(session("a"), "steps", b"content")
    assert unsign(session("a"), "steps", text) == b"content"
    for other, purpose in ((session("b"), "steps"), (session("a"), "seen")):
        with pytest.raises(Exception, match="not written by a page"):
            unsign(other, purpose, text)


def test_a_plan_that_became_impossible_says_why(clerk: Filling, schedules: FakeSchedules) -> None:
    close(clerk)
    schedules.faults = (Fault(step=0, field="day", reason="past"),)
    page = clerk.press(APPLY)
    assert clerk.browser.status == 422
    assert "もう過ぎています" in words(page.one("div", role="alert"))
    assert not schedules.applied


def test_an_earlier_step_that_is_wrong_is_named_by_its_number(
    clerk: Filling, schedules: FakeSchedules
) -> None:
    close(clerk)
    clerk.press("特別な日を決める")
    schedules.faults = (Fault(step=0, field="day", reason="past"),)
    typed = {"day": monday().isoformat(), "kind": "closed", "reason": REASON}
    page = clerk.press(CHECK, typed)
    assert "先に加えた変更の1番目" in words(page.one("p", id="form-error"))


def test_the_address_of_a_plan_alone_leads_to_the_week(
    clerk: Filling, schedules: FakeSchedules
) -> None:
    for path in ("plan", "apply", "series/plan", "day/plan", "series/count"):
        clerk.open(f"/schedules/{path}")
        assert clerk.page.heading.startswith("枠 ")


def test_nobody_without_the_right_plans_or_applies(
    browser: Browser, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    browser.sign_in("reader")
    browser.open("/bookings")
    for path in (
        "series/plan",
        "day/plan",
        "end/plan",
        "week/plan",
        "office/plan",
        "plan",
        "apply",
    ):
        browser.open("/bookings")
        browser.send(f"/schedules/{path}", {})
        assert browser.status == 403
    assert log_lines(store_of_accounts)[-1] == "reader|schedule.apply|||not-allowed"


def test_another_office_is_refused_as_an_absent_one(
    browser: Browser, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    browser.sign_in("branch")
    clerk = Filling(browser)
    close(clerk, "dainan")
    clerk.open(f"/schedules/day?office=dainan&day={TUESDAY}&kind=closed")
    page = clerk.press(CHECK, {"office": ["honcho"], "reason": REASON})
    assert browser.status == 422
    assert "場所を、1つ以上" in words(page.one("p", id="office-error"))


def test_nine_offices_are_set_up_for_three_months_in_forty_actions(
    clerk: Filling, services: Services, booking: FakeBooking
) -> None:
    """Each with two kinds of weekday series, Saturdays, an evening, a lunch at some windows, the
    year's end, a week copied; large and small offices with other windows."""
    assert isinstance(services.schedules, FakeSchedules)
    small = [office for office, _ in OFFICES[1:]]
    lunch = {"break1_starts": "12:00", "break1_ends": "13:00", "break1_keeps": "1"}
    clerk.open("/schedules")
    clerk.press("平日の枠を作る")
    typed = {"procedure": "issuance", "windows": "1-8", "name": "平日の交付"}
    clerk.press(CHECK, {**typed, **lunch})
    short, at_five, at_two = (
        {"procedure": "pin", "unit": "15"},
        {"break1_keeps": "5"},
        {"break1_keeps": "2"},
    )
    more = (
        ("small weekdays", {"office": small, "windows": "1-2", "procedure": "issuance"}),
        ("short", {"office": ["honcho"], "windows": "5-8", **short, **at_five}),
        ("short small", {"office": small, "windows": "2", **short, **at_two}),
    )
    for name, fields in more:
        clerk.press("枠を作る")
        clerk.press(CHECK, {"name": name, **lunch, **fields})
    for preset in ("土日", "夜間"):
        clerk.press("枠を作る")
        clerk.press(preset)
        everywhere = {"office": [office for office, _ in OFFICES], "windows": "1"}
        clerk.press(CHECK, {**everywhere, "procedure": "pin", "name": preset})
    clerk.press(APPLY)
    for weeks in (2, 3):
        clerk.open(f"/schedules/day?office=honcho&day={monday(weeks)}&kind=closed")
        closed = {"office": [office for office, _ in OFFICES], "reason": "庁舎の都合"}
        clerk.press(CHECK, closed)
        clerk.press(APPLY)
    clerk.open(f"/schedules/week?office=honcho&week={monday(2)}")
    clerk.press(CHECK, {"to": [monday(6).isoformat()]})
    clerk.press(APPLY)
    setups = services.schedules.setups
    assert {office for office, _ in OFFICES} == set(setups)
    assert {len(setup.series) for setup in setups.values()} == {4}
    assert all(monday(3) in setup.special for setup in setups.values())
    assert monday(6) in setups["honcho"].special
    assert clerk.actions <= 40
