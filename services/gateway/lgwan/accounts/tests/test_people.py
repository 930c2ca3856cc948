"""利用者・権限: accounts are made, changed, suspended and ended, and who may do that."""

from collections.abc import Iterator

import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import MANAGES, RIGHTS, ROLES
from services.gateway.lgwan.tests.support import (
    PASSWORD,
    Browser,
    add_staff,
    log_lines,
    sitting_at,
    sql,
)

NEW = {"id": "abe", "name": "阿部", "role": "counter", "offices": "tsurusaki"}
OWN = "Wagahai wa neko de aru"


def first_password(browser: Browser) -> str:
    return str(browser.page.one("dd", **{"class": "code first-password"}).text)


def make(browser: Browser, **more: str) -> str:
    """A new account; its first password."""
    browser.open("/people/new")
    browser.send("/people", {**NEW, **more})
    assert browser.status == 200, browser.page.text
    return first_password(browser)


def act(browser: Browser, path: str, staff_id: str = "abe", **fields: str) -> None:
    browser.open(f"/people/id/{staff_id}")
    browser.send(f"/people/id/{staff_id}{path}", {"version": version(browser), **fields})


def version(browser: Browser) -> str:
    return str(browser.page.all("input", name="version")[0].get("value"))


@pytest.fixture
def other(store_of_accounts: Database, services: Services) -> Iterator[Browser]:
    """Another browser before the same database: another process, for all that it knows."""
    with sitting_at(store_of_accounts.url, services) as browser:
        yield browser


def test_a_new_account_comes_in_with_its_sheet_and_chooses_a_password_first(
    desk: Browser, other: Browser, store_of_accounts: Database
) -> None:
    password = make(desk)
    assert other.sign_in("abe", password).heading == "パスワードの変更"
    assert other.open("/bookings").heading == "パスワードの変更"
    fields = {"old": password, "new": OWN, "again": OWN}
    assert "パスワードを変更しました" in other.send("/password", fields).text
    assert other.open("/").heading.startswith("今日の予約")
    (rights,) = sql(store_of_accounts, "SELECT rights FROM staff WHERE staff_id = 'abe'")
    assert set(rights.strip("{}").split(",")) == ROLES["counter"].rights
    assert log_lines(store_of_accounts)[1:] == [
        "tanaka|staff.add|staff||done",
        "abe|sign-in|session||done",
        "abe|password.change|staff||done",
    ]


def test_a_first_password_is_good_for_two_weeks_and_in_no_row(
    desk: Browser, other: Browser, store_of_accounts: Database
) -> None:
    password = make(desk)
    everything = sql(store_of_accounts, "SELECT * FROM staff")
    everything += sql(store_of_accounts, "SELECT * FROM operation")
    assert not any(password in row for row in everything)
    sql(store_of_accounts, "UPDATE staff SET initial_until = now() WHERE staff_id = 'abe'")
    other.sign_in("abe", password)
    assert other.status == 422


def test_the_sheet_is_shown_once(desk: Browser) -> None:
    make(desk)
    desk.open("/people/new")
    page = desk.send("/people", NEW)
    assert (desk.status, "この職員IDは使われています" in page.text) == (409, True)
    assert not desk.open("/people/id/abe").all("dd", **{"class": "code first-password"})


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("id", "阿部", "職員IDは、半角の"),
        ("name", "", "名前を40文字"),
        ("role", "chief", "組を選んで"),
        ("offices", "moon", "担当する場所を1つ以上"),
        ("last_day", "2020-03-31", "今日か、これからの日付"),
        ("last_day", "soon", "今日か、これからの日付"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_and_nothing_is_made(
    desk: Browser, store_of_accounts: Database, field: str, value: str, says: str
) -> None:
    desk.open("/people/new")
    page = desk.send("/people", {**NEW, field: value})
    assert (desk.status, says in page.text) == (422, True)
    assert sql(store_of_accounts, "SELECT count(*) FROM staff") == ["1"]


@pytest.mark.parametrize(("step", "word"), [("suspend", "停止中"), ("end", "終了")])
def test_who_is_suspended_or_ended_is_signed_out_everywhere_at_once(
    desk: Browser, other: Browser, store_of_accounts: Database, step: str, word: str
) -> None:
    password = make(desk)
    other.sign_in("abe", password)
    act(desk, "/state", do=step, sure="1")
    assert word in desk.page.text
    assert other.open("/").heading == "サインイン"
    other.sign_in("abe", password)
    assert other.status == 422
    assert sql(store_of_accounts, "SELECT count(*) FROM staff_session WHERE staff_id = 'abe'") == [
        "0"
    ]
    assert f"tanaka|staff.{step}|staff||done" in log_lines(store_of_accounts)


def test_who_was_suspended_comes_back_and_who_was_ended_does_not(desk: Browser) -> None:
    make(desk)
    act(desk, "/state", do="suspend")
    act(desk, "/state", do="resume")
    assert "停止をやめました" in desk.page.text
    desk.open("/people/id/abe")
    shown = version(desk)
    desk.send("/people/id/abe/state", {"version": shown, "do": "end"})
    assert (desk.status, "確認の欄に印を" in desk.page.text) == (422, True)
    desk.send("/people/id/abe/state", {"version": shown, "do": "end", "sure": "1"})
    again = {"key": "a" * 32, "version": str(int(shown) + 1), "do": "resume"}
    again["csrf"] = desk.page.field("csrf")
    desk.send("/people/id/abe/state", again)
    assert (desk.status, "この利用者は終了しています" in desk.page.text) == (409, True)


def test_a_last_day_ends_sign_in_and_sessions_by_itself(
    desk: Browser, other: Browser, store_of_accounts: Database
) -> None:
    password = make(desk, last_day="2099-03-31")
    other.sign_in("abe", password)
    today = "(now() AT TIME ZONE 'Asia/Tokyo')::date"
    sql(store_of_accounts, f"UPDATE staff SET last_day = {today} WHERE staff_id = 'abe'")
    assert other.open("/").heading == "パスワードの変更"
    sql(store_of_accounts, f"UPDATE staff SET last_day = {today} - 1 WHERE staff_id = 'abe'")
    assert other.open("/").heading == "サインイン"
    other.sign_in("abe", password)
    assert other.status == 422
    assert "期限が過ぎました" in desk.open("/people/id/abe").text


def test_rights_are_added_and_taken_one_by_one_and_shown_as_such(
    desk: Browser, store_of_accounts: Database
) -> None:
    make(desk)
    desk.open("/people/id/abe")
    rights = sorted(ROLES["counter"].rights - {"bookings.cancel"} | {"bookings.overbook"})
    fields = {"version": version(desk), "rights": rights}
    desk.send("/people/id/abe/rights", fields)  # type: ignore[arg-type]
    (detail,) = sql(store_of_accounts, "SELECT detail FROM operation WHERE what = 'staff.rights'")
    assert detail == "+bookings.overbook -bookings.cancel"
    row = next(r for r in desk.open("/people").all("tr") if "abe" in "".join(r.itertext()))
    assert ["個別に追加" in "".join(row.itertext()), "個別に外した" in "".join(row.itertext())] == [
        True,
        True,
    ]


def test_the_last_administrator_stays_whatever_is_tried(
    desk: Browser, store_of_accounts: Database
) -> None:
    before = sql(store_of_accounts, "SELECT rights, offices, active, last_day FROM staff")
    less = sorted(set(RIGHTS) - {MANAGES})
    tries: list[tuple[str, dict[str, object]]] = [
        ("/state", {"do": "suspend"}),
        ("/state", {"do": "end", "sure": "1"}),
        ("/rights", {"rights": less}),
        ("", {"name": "田中", "role": "viewer", "offices": "*"}),
        ("", {"name": "田中", "role": "administrator", "offices": "honcho"}),
        ("", {"name": "田中", "role": "administrator", "offices": "*", "last_day": "2099-01-01"}),
    ]
    for path, fields in tries:
        act(desk, path, "tanaka", **fields)  # type: ignore[arg-type]
        assert desk.status == 409
        assert "利用者・権限を扱える人がいなくなります" in desk.page.text
    assert sql(store_of_accounts, "SELECT rights, offices, active, last_day FROM staff") == before
    assert log_lines(store_of_accounts)[-1] == "tanaka|staff.change|staff||last-administrator"


def test_a_second_administrator_is_told_and_changes_nothing(
    desk: Browser, other: Browser, store_of_accounts: Database
) -> None:
    make(desk)
    add_staff(store_of_accounts, "kudo", RIGHTS)
    other.sign_in("kudo")
    other.open("/people/id/abe")
    stale = version(other)
    act(desk, "/state", do="suspend")
    other.send("/people/id/abe/state", {"version": stale, "do": "end", "sure": "1"})
    assert (other.status, "ほかの管理者が先に" in other.page.text) == (409, True)
    assert sql(store_of_accounts, "SELECT ended FROM staff WHERE staff_id = 'abe'") == ["f"]


def test_help_at_another_office_is_given_and_ended(
    desk: Browser, store_of_accounts: Database
) -> None:
    make(desk)
    act(desk, "/help", office="honcho", until="2099-12-31")
    assert "応援を登録しました" in desk.page.text
    assert sql(store_of_accounts, "SELECT office_id, until_day FROM staff_loan") == [
        "honcho|2099-12-31"
    ]
    act(desk, "/help/end", office="honcho")
    assert sql(store_of_accounts, "SELECT count(*) FROM staff_loan") == ["0"]
    act(desk, "/help", office="honcho", until="2020-12-31")
    assert desk.status == 422


def test_the_csv_says_who_has_which_right_and_that_it_was_saved_is_in_the_log(
    desk: Browser, store_of_accounts: Database
) -> None:
    make(desk, name="=cmd")
    token = desk.open("/people").field("csrf")
    file = desk.client.post("/people/rights.csv", data={"csrf": token, "key": "a" * 32})
    head, *rows = file.text.splitlines()
    assert head.startswith("\ufeff職員ID,名前,状態,組,担当する場所")
    assert rows[0].startswith("abe,'=cmd,有効,窓口,鶴崎支所,,,まだありません,○,○")
    assert log_lines(store_of_accounts)[-1] == "tanaka|staff.export|staff||done"


def test_an_administrator_of_one_office_meets_foreign_accounts_as_absent_ones(
    store_of_accounts: Database, other: Browser
) -> None:
    add_staff(store_of_accounts, "branch", RIGHTS, ("tsurusaki",))
    add_staff(store_of_accounts, "foreign", ("bookings.read",), ("honcho",))
    other.sign_in("branch")
    assert "foreign" not in other.open("/people").text
    fields = {"version": "1", "do": "end", "sure": "1", "name": "x", "role": "viewer"}
    for path in ("", "/rights", "/state", "/password", "/help", "/help/end"):
        answers = set()
        for staff_id in ("foreign", "nobody"):
            other.open("/people")
            other.send(f"/people/id/{staff_id}{path}", {"key": "a" * 32, **fields})
            answers.add((other.status, other.page.text))
        assert len(answers) == 1
        assert answers.pop()[0] == 404
    assert {other.open(f"/people/id/{one}").text for one in ("foreign", "nobody")} == {
        other.page.text
    }
    assert other.status == 404
    assert other.open("/roles").heading == "この操作をする権限がありません"


def test_nobody_opens_the_pages_without_the_right(
    store_of_accounts: Database, other: Browser
) -> None:
    add_staff(store_of_accounts, "chief", sorted(set(RIGHTS) - {MANAGES}))
    other.sign_in("chief")
    assert "利用者・権限" not in other.page.text
    for path in ("/people", "/people/new", "/people/id/tanaka", "/roles", "/roles/new"):
        other.open(path)
        assert other.status == 403


def test_ones_own_password_needs_the_old_one_and_ends_the_other_sessions(
    desk: Browser, other: Browser, store_of_accounts: Database
) -> None:
    other.sign_in()
    for fields, says in (
        ({"old": "", "new": OWN, "again": OWN}, "いまのパスワードを入力"),
        ({"old": "wrong", "new": OWN, "again": OWN}, "正しくありません"),
        ({"old": PASSWORD, "new": "tanaka" * 3, "again": OWN}, "推測されやすい"),
        ({"old": PASSWORD, "new": OWN, "again": "another"}, "2回とも同じ"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "違うものを"),
    ):
        desk.open("/password")
        assert says in desk.send("/password", fields).text
        assert desk.status == 422
    assert other.open("/").heading.startswith("今日の予約")
    desk.open("/password")
    desk.send("/password", {"old": PASSWORD, "new": OWN, "again": OWN})
    assert desk.open("/").heading.startswith("今日の予約")
    assert other.open("/").heading == "サインイン"
    other.sign_in()
    assert other.status == 422
    assert other.sign_in("tanaka", OWN).heading.startswith("今日の予約")


def test_an_old_password_is_replaced_only_where_the_city_asks_for_it(
    store_of_accounts: Database, services: Services
) -> None:
    sql(store_of_accounts, "UPDATE staff SET password_at = now() - interval '400 days'")
    for days, heading in ((0, "今日の予約"), (365, "パスワードの変更")):
        with sitting_at(store_of_accounts.url, services, password_days=days) as browser:
            assert browser.sign_in().heading.startswith(heading)
