"""The screen of a waiting room: opened by staff, outlives their sign-out, opens nothing else."""

import re

import pytest

from dev.testing import Database
from libs.contracts.booking import CalledNumber
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import digest
from services.gateway.lgwan.notes.tests.test_notes import opener_of
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sql
from services.gateway.lgwan.tidy import forget_what_is_over


def counter_of(services: Services) -> FakeCounter:
    assert isinstance(services.counter, FakeCounter)
    return services.counter


def prepare(desk: Browser, office: str = "honcho", theme: str = "dark") -> str:
    """Up to the last step: the token of its form."""
    desk.open("/displays")
    desk.send("/displays", {"office": office, "theme": theme})
    return desk.page.field("token")


def start(desk: Browser, office: str = "honcho", theme: str = "dark") -> None:
    token = prepare(desk, office, theme)
    desk.send("/display", {"token": token})


def call(services: Services, reception: int, window: int, calls: int = 1) -> None:
    called = CalledNumber(reception=reception, window=window, calls=calls)
    counter_of(services).called.insert(0, called)


def test_a_browser_becomes_a_screen_and_shows_numbers_and_windows(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    call(services, 12, 3)
    counter_of(services).waiting = [13, 15]
    start(desk)
    assert desk.page.heading == "本庁舎1階市民課"
    for words in ("12 番の方、 3番窓口", "13", "15", "お待ちの方 2人"):
        assert words in desk.page.text.replace("12番", "12 番")
    assert log_lines(store_of_accounts)[-2:] == [
        "tanaka|display.open|display|honcho|done",
        "tanaka|display.show|display|honcho|done",
    ]


def test_the_screen_asks_with_the_smallest_right_for_its_office_alone(
    desk: Browser, services: Services
) -> None:
    start(desk, "tsurusaki")
    asker = counter_of(services).askers[-1]
    rights, offices = frozenset({"calls.read"}), frozenset({"tsurusaki"})
    assert (asker.name, asker.rights, asker.offices) == ("display", rights, offices)


def test_the_member_of_staff_is_signed_out_and_the_cookie_opens_nothing_else(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    start(desk)
    assert set(desk.client.cookies) == {"display", "browser"}
    assert sql(store_of_accounts, "SELECT count(*) FROM staff_session") == ["0"]
    for path in ("/", "/bookings", "/displays", "/notes", "/counts"):
        assert "サインイン" in desk.open(path).heading
    assert desk.open("/display").heading == "本庁舎1階市民課"


def test_the_screen_outlives_the_idle_sign_out_and_ends_after_eighteen_hours(
    desk: Browser, store_of_accounts: Database
) -> None:
    start(desk)
    sql(store_of_accounts, "DELETE FROM staff_session")
    assert desk.open("/display").heading == "本庁舎1階市民課"
    (left,) = sql(store_of_accounts, "SELECT expires_at - opened_at FROM display")
    assert left == "18:00:00"
    sql(store_of_accounts, "UPDATE display SET expires_at = now() - interval '1 second'")
    assert desk.open("/display").heading == "待合の表示は終わりました"
    assert desk.status == 403
    assert desk.client.get("/display/calls").status_code == 403


def test_staff_see_the_open_screens_and_end_one(desk: Browser, store_of_accounts: Database) -> None:
    start(desk)
    screen = dict(desk.client.cookies)
    desk.sign_in()
    page = desk.open("/displays")
    assert "いま出している表示（1）" in page.text
    display_id = sql(store_of_accounts, "SELECT display_id FROM display")[0]
    desk.send(f"/displays/{display_id}/close", {})
    assert "表示を終了しました" in desk.page.text
    assert "いま出している表示はありません" in desk.page.text
    desk.client.cookies.clear()
    desk.client.cookies.update(screen)
    assert desk.open("/display").heading == "待合の表示は終わりました"
    assert log_lines(store_of_accounts)[-1] == "tanaka|display.close|display|honcho|done"


def test_only_digests_are_kept_and_the_token_is_in_no_address(
    desk: Browser, store_of_accounts: Database
) -> None:
    token = prepare(desk)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert sql(store_of_accounts, "SELECT entry_digest FROM display") == [digest(token)]
    desk.send("/display", {"token": token})
    cookie = desk.client.cookies["display"]
    rows = sql(store_of_accounts, "SELECT * FROM display")
    assert digest(cookie) in rows[0]
    assert not any(secret in row for row in rows for secret in (token, cookie))


def test_a_token_serves_once_for_whoever_opened_it_and_not_for_long(
    desk: Browser, store_of_accounts: Database
) -> None:
    token = prepare(desk)
    add_staff(store_of_accounts, "suzuki")
    desk.sign_in("suzuki")
    desk.open("/displays")
    desk.send("/display", {"token": token})
    assert desk.status == 409
    desk.sign_in()
    old = prepare(desk)
    sql(store_of_accounts, "UPDATE display SET opened_at = now() - interval '11 minutes'")
    desk.send("/display", {"token": old})
    assert (desk.status, "もう一度、表示を始めてください" in desk.page.text) == (409, True)
    token = prepare(desk)
    desk.send("/display", {"token": token})
    desk.sign_in()
    desk.open("/displays")
    desk.send("/display", {"token": token})
    assert desk.status == 409
    for wrong in ("", "x" * 43):
        desk.open("/displays")
        desk.send("/display", {"token": wrong})
        assert desk.status == 409


def test_the_same_form_sent_twice_opens_one_display(
    desk: Browser, store_of_accounts: Database
) -> None:
    page = desk.open("/displays")
    form = {"office": "honcho", "csrf": page.field("csrf"), "key": page.field("key")}
    tokens = {desk.send("/displays", form).field("token") for _ in range(2)}
    assert len(tokens) == 2
    assert sql(store_of_accounts, "SELECT count(*) FROM display") == ["1"]


def test_an_office_must_be_chosen_and_be_ones_own(
    browser: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", rights=["calls.read"], offices=["tsurusaki"])
    browser.sign_in("branch")
    for office in ("", "honcho", "nowhere"):
        browser.open("/displays")
        page = browser.send("/displays", {"office": office})
        assert (browser.status, "表示する場所を選んでください" in page.text) == (422, True)
    assert sql(store_of_accounts, "SELECT count(*) FROM display") == ["0"]


def test_other_offices_screens_are_neither_seen_nor_ended(
    desk: Browser, store_of_accounts: Database
) -> None:
    start(desk)
    add_staff(store_of_accounts, "branch", rights=["calls.read"], offices=["tsurusaki"])
    desk.sign_in("branch")
    assert "いま出している表示はありません" in desk.open("/displays").text
    display_id = sql(store_of_accounts, "SELECT display_id FROM display")[0]
    desk.send(f"/displays/{display_id}/close", {})
    assert sql(store_of_accounts, "SELECT count(*) FROM display") == ["1"]
    assert log_lines(store_of_accounts)[-1] == "branch|display.close|display||gone"


def test_opening_a_screen_needs_its_right(browser: Browser, store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read", "bookings.tick"])
    browser.sign_in("reader")
    browser.open("/displays")
    assert browser.status == 403


def test_a_screen_asks_for_what_is_new_only(desk: Browser, services: Services) -> None:
    """Also where so many are called that the answer is packed."""
    for number in range(20, 26):
        call(services, number, number)
    call(services, 12, 3)
    start(desk)
    first = desk.client.get("/display/calls")
    assert first.status_code == 200
    assert 'data-say="受付番号12番の方、3番窓口へお越しください。"' in first.text
    again = {"if-none-match": first.headers["etag"]}
    assert desk.client.get("/display/calls", headers=again).status_code == 304
    call(services, 12, 3, calls=2)
    assert desk.client.get("/display/calls", headers=again).status_code == 200


def test_while_booking_is_away_a_screen_says_so_and_keeps_what_it_has(
    desk: Browser, services: Services
) -> None:
    start(desk)
    counter_of(services).away = True
    assert desk.client.get("/display/calls").status_code == 503
    page = desk.open("/display")
    assert desk.status == 200
    assert page.one("p", id="cut").get("hidden") is None


def test_without_a_script_the_page_comes_again_by_itself(desk: Browser) -> None:
    start(desk)
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in desk.html
    assert desk.client.get("/display").headers["refresh"] == "600"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_colours_are_those_that_were_chosen(desk: Browser, theme: str) -> None:
    start(desk, theme=theme)
    assert desk.page.root.get("class") == theme


async def test_screens_whose_time_is_over_are_forgotten(store_of_accounts: Database) -> None:
    for ends, cookie in (("-1", "'a'"), ("1", "'b'"), ("1", "NULL")):
        sql(
            store_of_accounts,
            "INSERT INTO display (display_id, office_id, theme, opened_by, opened_at, expires_at,"
            " cookie_digest) VALUES (gen_random_uuid(), 'honcho', 'dark', 'tanaka',"
            f" now() - interval '1 hour', now() + interval '{ends} hour', {cookie})",
        )
    async with opener_of(store_of_accounts) as opener:
        await forget_what_is_over(opener)
    assert sql(store_of_accounts, "SELECT cookie_digest FROM display") == ["b"]
