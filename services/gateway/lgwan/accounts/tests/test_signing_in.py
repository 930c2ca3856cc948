"""Signing in and out: who gets in, who is locked out, when a session ends."""

import math
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.passwords import Passwords, hash_password
from services.gateway.lgwan.door.slowing import (
    BRAKE_SECONDS,
    FREE_TRIES,
    UNHURRIED_TRIES,
    TriedSignIn,
)
from services.gateway.lgwan.tests.support import (
    PASSWORD,
    Browser,
    add_staff,
    log_lines,
    sitting_at,
    sql,
)
from services.gateway.web.testing import words


def notice(browser: Browser) -> str:
    return words(browser.page.one("p", id="sign-in-error"))


def test_signing_in_leads_to_the_page_that_was_wanted(browser: Browser) -> None:
    page = browser.open("/counts?day=2026-12-01")
    assert page.heading == "サインイン"
    assert page.field("next") == "/counts?day=2026-12-01"
    page = browser.send(
        "/login", {"id": " ＴＡＮＡＫＡ ", "password": PASSWORD, "next": page.field("next")}
    )
    assert page.heading == "集計 2026年12月1日（火）"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", ""]
)
def test_signing_in_never_leads_to_another_site(browser: Browser, elsewhere: str) -> None:
    browser.open("/login")
    browser.client.follow_redirects = False
    token = browser.page.field("csrf")
    fields = {"id": "tanaka", "password": PASSWORD, "next": elsewhere, "csrf": token}
    answer = browser.client.post("/login", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_an_unknown_id_a_wrong_password_and_a_closed_account_answer_alike(
    browser: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "left")
    sql(store_of_accounts, "UPDATE staff SET active = false WHERE staff_id = 'left'")
    answers = set()
    for staff_id, password in (("tanaka", "wrong"), ("nobody", PASSWORD), ("left", PASSWORD)):
        browser.sign_in(staff_id, password)
        answers.add((browser.status, browser.page.text))
    assert len(answers) == 1
    assert browser.status == 422


def test_an_unknown_id_costs_the_same_time_as_a_known_one(
    browser: Browser, store_of_accounts: Database
) -> None:
    """Without the work on a password an unknown id would take less than a tenth of the time."""
    sql(store_of_accounts, f"UPDATE staff SET password_hash = '{hash_password(PASSWORD)}'")
    quickest = {"tanaka": math.inf, "nobody": math.inf}
    for _ in range(6):
        for staff_id, so_far in quickest.items():
            begin = time.perf_counter()
            browser.sign_in(staff_id, "wrong password")
            quickest[staff_id] = min(so_far, time.perf_counter() - begin)
    assert 0.25 < quickest["nobody"] / quickest["tanaka"] < 4


@pytest.mark.parametrize("staff_id", ["tanaka", "nobody"])
def test_wrong_tries_slow_down_their_own_browser_known_or_not(
    browser: Browser, store_of_accounts: Database, staff_id: str
) -> None:
    for _ in range(FREE_TRIES + 1):
        browser.sign_in(staff_id, "wrong")
        assert "正しくありません" in notice(browser)
    browser.sign_in(staff_id, PASSWORD)
    assert browser.status == 429
    assert "この端末では、あと2秒お待ちください" in notice(browser)
    _tried(store_of_accounts, "2 seconds")
    browser.sign_in(staff_id, PASSWORD)
    assert browser.page.heading.startswith("今日の予約") == (staff_id == "tanaka")


def test_hammering_makes_no_wait_longer_and_none_is_longer_than_a_minute(
    browser: Browser, store_of_accounts: Database
) -> None:
    browser.sign_in(password="wrong")
    sql(store_of_accounts, "UPDATE sign_in_attempt SET tries = 900, last_at = clock_timestamp()")
    for _ in range(3):
        browser.sign_in(password="wrong")
        assert browser.status == 429
        assert "お待ちください" in notice(browser)
    _tried(store_of_accounts, "60 seconds")
    browser.sign_in()
    assert browser.page.heading.startswith("今日の予約")


def test_no_stranger_keeps_anybody_out(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    """Whatever strangers try: the own browser comes in at once, a new one two seconds later, and
    what is open goes on."""
    with sitting_at(store_of_accounts.url, services) as stranger:
        for _ in range(FREE_TRIES + 3):
            stranger.sign_in(password="wrong")
        assert stranger.status == 429
    sql(store_of_accounts, "UPDATE sign_in_attempt SET tries = tries + 1000")
    sql(store_of_accounts, "DELETE FROM familiar WHERE at < now() - interval '1 hour'")
    assert desk.open("/").heading.startswith("今日の予約")
    begin = time.perf_counter()
    desk.sign_in()
    assert time.perf_counter() - begin < BRAKE_SECONDS
    assert desk.page.heading.startswith("今日の予約")
    with sitting_at(store_of_accounts.url, services) as new:
        begin = time.perf_counter()
        assert new.sign_in().heading.startswith("今日の予約")
        assert BRAKE_SECONDS <= time.perf_counter() - begin < BRAKE_SECONDS + 3


@pytest.mark.parametrize(
    ("familiar", "place", "brake"),
    [(True, True, 0.0), (False, True, 2.0), (True, False, 2.0), (False, False, 2.0)],
)
def test_the_brake_is_for_crowds_of_strangers_and_strange_places(
    familiar: bool, place: bool, brake: float
) -> None:
    many, few = UNHURRIED_TRIES + 1, UNHURRIED_TRIES
    assert TriedSignIn(0.0, many, many, familiar, place).brake == brake <= BRAKE_SECONDS
    assert TriedSignIn(0.0, few, few, familiar, place).brake == 0.0


def test_parallel_tries_do_not_slip_past_the_wait(
    browser: Browser, store_of_accounts: Database
) -> None:
    fields = {"id": "tanaka", "password": "wrong", "csrf": browser.open("/login").field("csrf")}
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: browser.client.post("/login", data=fields), range(16)))
    checked = sum(answer.status_code == 422 for answer in answers)
    assert FREE_TRIES + 1 <= checked <= FREE_TRIES + 3
    assert {answer.status_code for answer in answers} == {422, 429}


def test_an_administrator_takes_the_wait_away(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "abe")
    with sitting_at(store_of_accounts.url, services) as other:
        for _ in range(FREE_TRIES + 2):
            other.sign_in("abe", "wrong")
        assert other.status == 429
        desk.open("/people/id/abe")
        page = desk.send("/people/id/abe/unlock", {"version": "1"})
        assert "待ち時間をなくしました" in page.text
        assert other.sign_in("abe").heading.startswith("今日の予約")
    assert "tanaka|staff.unlock|staff||done" in log_lines(store_of_accounts)


def test_signing_in_again_ends_the_former_session_of_the_browser_and_only_that(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    with sitting_at(store_of_accounts.url, services) as other:
        other.sign_in()
        former = desk.client.cookies["staff"]
        desk.sign_in()
        assert sql(store_of_accounts, "SELECT count(*) FROM staff_session") == ["2"]
        desk.client.cookies.set("staff", former, domain="127.0.0.1")
        assert desk.open("/").heading == "サインイン"
        assert other.open("/").heading.startswith("今日の予約")


def test_three_sessions_are_open_at_once_and_ones_own_are_seen_and_ended(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "abe")
    with ExitStack() as stack:
        others = [
            stack.enter_context(sitting_at(store_of_accounts.url, services)) for _ in range(3)
        ]
        for other in others:
            other.sign_in()
        assert desk.open("/").heading == "サインイン"
        first, *_, last = others
        buttons = last.open("/own-sessions").all("button", name="session")
        assert (len(buttons), "この画面" in last.page.text) == (2, True)
        ended = {"session": buttons[-1].get("value", "")}
        assert "サインアウトしました" in last.send("/own-sessions/end", ended).text
        assert first.open("/").heading == "サインイン"
        desk.sign_in("abe")
        desk.open("/own-sessions")
        theirs = sql(
            store_of_accounts, "SELECT session_id FROM staff_session WHERE staff_id = 'tanaka'"
        )
        desk.send("/own-sessions/end", {"key": "a" * 32, "session": theirs[0]})
        assert log_lines(store_of_accounts)[-1] == "abe|session.end|session||gone"
        assert last.open("/").heading.startswith("今日の予約")


def test_who_may_change_settings_is_signed_out_sooner_than_the_counter(
    desk: Browser, store_of_accounts: Database
) -> None:
    _seen(store_of_accounts, "29 minutes")
    assert desk.open("/").heading.startswith("今日の予約")
    _seen(store_of_accounts, "30 minutes")
    assert desk.open("/").heading == "サインイン"
    assert "時間がたったため" in desk.page.text


def test_the_counter_stays_signed_in_for_an_hour_without_a_request(
    browser: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "counter", rights=["bookings.read"], offices=["honcho"])
    browser.sign_in("counter")
    _seen(store_of_accounts, "59 minutes")
    assert browser.open("/").heading.startswith("今日の予約")
    _seen(store_of_accounts, "60 minutes")
    assert browser.open("/").heading == "サインイン"


def test_a_request_by_hand_keeps_the_session_and_brings_no_page(
    desk: Browser, store_of_accounts: Database
) -> None:
    _seen(store_of_accounts, "29 minutes")
    assert desk.client.get("/session").status_code == 204
    age = "SELECT now() - last_seen_at < interval '1 minute' FROM staff_session"
    assert sql(store_of_accounts, age) == ["t"]


def test_who_takes_over_the_screen_comes_back_to_its_page(desk: Browser) -> None:
    desk.open("/bookings?status=confirmed")
    found = desk.page.one("button", name="switch")
    page = desk.send("/logout", {"switch": found.get("value", "")})
    assert "サインアウトしました" in page.text
    assert page.field("next") == "/bookings?status=confirmed"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_switching_leads_to_no_other_site(desk: Browser, elsewhere: str) -> None:
    assert desk.send("/logout", {"switch": elsewhere}).field("next") == "/"


def test_using_the_door_keeps_the_session_but_not_past_fourteen_hours(
    desk: Browser, store_of_accounts: Database
) -> None:
    _seen(store_of_accounts, "29 minutes")
    desk.open("/")
    age = "SELECT now() - last_seen_at < interval '1 minute' FROM staff_session"
    assert sql(store_of_accounts, age) == ["t"]
    lasts = "SELECT expires_at - created_at FROM staff_session"
    assert sql(store_of_accounts, lasts) == ["14:00:00"]
    sql(store_of_accounts, "UPDATE staff_session SET expires_at = now()")
    assert desk.open("/").heading == "サインイン"


def test_a_form_sent_after_the_session_ended_is_not_done_and_says_so(
    desk: Browser, store_of_accounts: Database
) -> None:
    desk.open("/")
    _seen(store_of_accounts, "31 minutes")
    page = desk.press("受付")
    assert page.heading == "サインイン"
    assert "いまの操作は行われていません" in page.text


def test_signing_out_ends_the_session_everywhere(
    desk: Browser, store_of_accounts: Database
) -> None:
    token = desk.client.cookies["staff"]
    assert "サインアウトしました" in desk.send("/logout", {}).text
    desk.client.cookies.set("staff", token, domain="127.0.0.1")
    assert desk.open("/").heading == "サインイン"
    assert log_lines(store_of_accounts) == [
        "tanaka|sign-in|session||done",
        "tanaka|sign-out|session||done",
    ]


def test_the_database_holds_neither_the_token_of_a_session_nor_what_was_typed(
    browser: Browser, store_of_accounts: Database
) -> None:
    browser.sign_in("my-secret-typed-into-the-wrong-field", "x")
    browser.sign_in()
    token = browser.client.cookies["staff"]
    rows = sql(store_of_accounts, "SELECT * FROM staff_session")
    rows += sql(store_of_accounts, "SELECT * FROM sign_in_attempt")
    rows += sql(store_of_accounts, "SELECT * FROM operation")
    assert not any(token in row or "my-secret" in row for row in rows)


def test_taking_an_account_away_ends_its_session_at_once(
    desk: Browser, store_of_accounts: Database
) -> None:
    sql(store_of_accounts, "UPDATE staff SET active = false")
    assert desk.open("/").heading == "サインイン"


def test_a_password_that_is_reset_while_it_is_checked_opens_nothing(
    browser: Browser, store_of_accounts: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reset has closed the sessions there were; none may appear behind its back."""
    check = Passwords.match

    async def match_and_reset(passwords: Passwords, password: str, known: str | None) -> bool:
        fits = await check(passwords, password, known)
        sql(store_of_accounts, "UPDATE staff SET password_hash = 'another'")
        return fits

    monkeypatch.setattr(Passwords, "match", match_and_reset)
    browser.sign_in()
    assert (browser.status, browser.page.heading) == (422, "サインイン")
    assert sql(store_of_accounts, "SELECT count(*) FROM staff_session") == ["0"]
    assert log_lines(store_of_accounts) == ["tanaka|sign-in|session||wrong-password"]


def test_a_sign_in_form_of_another_browser_is_refused(browser: Browser) -> None:
    browser.open("/login")
    browser.client.cookies.clear()
    browser.send("/login", {"id": "tanaka", "password": PASSWORD})
    assert browser.status == 403


def _tried(database: Database, ago: str) -> None:
    sql(database, f"UPDATE sign_in_attempt SET last_at = last_at - interval '{ago}'")


def _seen(database: Database, ago: str) -> None:
    sql(database, f"UPDATE staff_session SET last_seen_at = now() - interval '{ago}'")
