"""操作ログ: what stands in it, who may read it, and how it is looked for."""

import base64
from pathlib import Path

import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import READS_LOG, RIGHTS
from services.gateway.lgwan.lists.tests.test_list import the_one
from services.gateway.lgwan.tests.command import command
from services.gateway.lgwan.tests.support import ORIGIN, Browser, add_staff, sql


def views(database: Database) -> list[str]:
    return sql(
        database,
        "SELECT actor, what, office_id, result, detail FROM operation WHERE what LIKE '%.view' "
        "AND what <> 'log.view' ORDER BY operation_id",
    )


def post(browser: Browser, path: str, **fields: str) -> str:
    token = browser.open("/log").field("csrf")
    answer = browser.client.post(
        path, data={"csrf": token, "key": "a" * 32, **fields}, headers={"origin": ORIGIN}
    )
    browser.status = answer.status_code
    return answer.text


def test_looking_at_a_booking_is_one_line_in_a_quarter_of_an_hour(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    path = f"/bookings/{the_one(services).booking_id}"
    for _ in range(3):
        desk.open(path)
        desk.open(f"{path}/contact")
    assert views(store_of_accounts) == ["tanaka|booking.view|honcho|done|"]
    sql(store_of_accounts, "UPDATE operation SET at = at - interval '15 minutes'")
    desk.open(path)
    assert len(views(store_of_accounts)) == 2


def test_a_list_is_one_line_with_its_count(desk: Browser, store_of_accounts: Database) -> None:
    desk.open("/bookings")
    desk.open("/people-to-call")
    assert [line.split("|")[1] for line in views(store_of_accounts)] == [
        "bookings.view",
        "people.view",
    ]
    assert views(store_of_accounts)[0].endswith("|rows:1")


def test_what_was_refused_stands_in_the_log_and_foreign_and_absent_answer_alike(
    desk: Browser, store_of_accounts: Database, services: Services
) -> None:
    add_staff(store_of_accounts, "abe", ("bookings.read",), ("dainan",))
    desk.sign_in("abe")
    foreign, absent = the_one(services).booking_id, "00000000-0000-4000-8000-000000000000"
    texts = [desk.open(f"/bookings/{one}").text for one in (foreign, absent)]
    assert (texts[0], desk.status) == (texts[1], 404)
    desk.open("/settings")
    assert views(store_of_accounts) == [
        "abe|booking.view||not-found|/bookings/{booking_id:uuid}",
        "abe|booking.view||not-found|/bookings/{booking_id:uuid}",
        "abe|page.view||not-allowed|/settings",
    ]


def test_a_page_that_cannot_be_noted_is_not_shown(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    sql(store_of_accounts, "REVOKE INSERT ON operation FROM gateway")
    page = desk.client.get(f"/bookings/{the_one(services).booking_id}")
    assert page.status_code == 500
    assert "8K2M4" not in page.text


def test_who_looked_from_where_is_found_by_member_of_staff_object_and_time(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    booking_id = the_one(services).booking_id
    desk.open(f"/bookings/{booking_id}")
    page = desk.open(f"/log?object={booking_id}&staff=Tanaka&since=2020-01-01")
    assert ["予約：見る" in page.text, "予約：取消" in page.text] == [True, False]
    assert "この条件の操作はありません" in desk.open("/log?staff=nobody").text
    assert "この条件の操作はありません" in desk.open("/log?until=2020-01-01").text
    assert sql(store_of_accounts, "SELECT count(*) FROM operation WHERE what = 'log.view'") == ["1"]


def test_the_page_says_whether_the_chain_is_whole(
    desk: Browser, store_of_accounts: Database
) -> None:
    desk.open("/bookings")
    assert "連鎖は正常です" in post(desk, "/log/check")
    sql(store_of_accounts, "UPDATE operation SET actor = 'abe' WHERE what = 'sign-in'")
    assert "内容が書き換えられています" in post(desk, "/log/check")
    results = "SELECT result FROM operation WHERE what = 'log.verify' ORDER BY operation_id"
    assert sql(store_of_accounts, results) == ["done", "faults"]


def test_a_csv_needs_a_reason_which_stands_in_the_log(
    desk: Browser, store_of_accounts: Database
) -> None:
    assert "保存する理由を" in post(desk, "/log/export")
    assert desk.status == 422
    assert "サインイン" in post(desk, "/log/export", reason="月次の点検")
    (detail,) = sql(
        store_of_accounts,
        "SELECT detail FROM operation WHERE what = 'log.export' AND result = 'done'",
    )
    assert detail.endswith("reason:月次の点検")


def test_nobody_reads_the_log_without_the_right(desk: Browser, store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "chief", sorted(set(RIGHTS) - {READS_LOG}))
    desk.sign_in("chief")
    desk.open("/log")
    assert desk.status == 403


def test_the_command_checks_the_log_with_heads_that_were_kept_elsewhere(
    desk: Browser, store_of_accounts: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "heads.txt"
    post(desk, "/log/check")
    kept.write_text(post(desk, "/log/heads"))
    monkeypatch.setenv("LOG_KEY", base64.b64encode(bytes(32)).decode())
    whole = command(store_of_accounts, "verify-log", "--heads", str(kept))
    assert whole.startswith("The operation log is whole")
    sql(store_of_accounts, "DELETE FROM operation_head")
    cut = "DELETE FROM operation_link WHERE number = (SELECT max(number) FROM operation_link)"
    sql(store_of_accounts, cut)
    assert "cut" in command(store_of_accounts, "verify-log", "--heads", str(kept))
    kept.write_text(kept.read_text().replace(" ", " 9", 1))
    forged = command(store_of_accounts, "verify-log", "--heads", str(kept))
    assert "was not signed with this key" in forged


def test_the_command_erases_the_lines_of_a_member_of_staff(
    desk: Browser, store_of_accounts: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_staff(store_of_accounts, "abe")
    desk.sign_in("abe")
    post(desk, "/log/check")
    monkeypatch.setenv("LOG_KEY", base64.b64encode(bytes(32)).decode())
    assert "lines of abe were erased" in command(store_of_accounts, "erase-log-of", "--id", "Abe")
    assert "連鎖は正常です" in post(desk, "/log/check")
