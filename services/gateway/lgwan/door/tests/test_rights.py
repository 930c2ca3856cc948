"""Named sets of rights, the right for all offices, and help at another office until a day."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import EVERYWHERE
from services.gateway.lgwan.accounts.tests.test_accounts import add_staff as add_by_command
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import RIGHTS, ROLES
from services.gateway.lgwan.lists.tests.test_list import buttons, the_one
from services.gateway.lgwan.tests.command import command
from services.gateway.lgwan.tests.fakes import a_booking, fake_services
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at, sql
from services.gateway.web.testing import Page
from services.gateway.web.times import now


def lend(database: Database, *arguments: str) -> str:
    """What `lend-staff` says about 'tanaka' and the office 'honcho', errors included."""
    return command(database, "lend-staff", "--office", "honcho", *arguments)


def shown(page: Page) -> int:
    return len(page.all("button", name="tick"))


@pytest.fixture
def at_onan(store_of_accounts: Database) -> Database:
    """The account works at the branch 大南; the one booking is at the main office."""
    sql(store_of_accounts, "UPDATE staff SET offices = '{dainan}'")
    return store_of_accounts


def test_each_named_set_is_part_of_the_next_one() -> None:
    viewer, counter, manager, administrator = (
        ROLES[name].rights for name in ("viewer", "counter", "manager", "administrator")
    )
    assert viewer < counter < manager < administrator == set(RIGHTS)
    assert EVERYWHERE not in manager


def test_an_account_gets_the_rights_of_its_role_and_more_beside_them(
    store_of_accounts: Database,
) -> None:
    base = ("--id", "abe", "--name", "阿部", "--reset", "--offices", "honcho,dainan")
    for arguments, rights in (
        (("--role", "viewer"), ROLES["viewer"].rights),
        (("--role", "counter", "--rights", EVERYWHERE), ROLES["counter"].rights | {EVERYWHERE}),
        (("--role", "administrator"), set(RIGHTS)),
        ((), set(RIGHTS)),
    ):
        add_by_command(store_of_accounts, *base, *arguments, password="correct horse battery")
        (kept,) = sql(
            store_of_accounts,
            "SELECT array_to_string(rights, ','), array_to_string(offices, ',') FROM staff "
            "WHERE staff_id = 'abe'",
        )
        assert set(kept.partition("|")[0].split(",")) == rights
        assert kept.partition("|")[2] == "dainan,honcho"


def test_an_account_of_a_role_does_not_get_all_offices_because_nobody_said_which(
    store_of_accounts: Database,
) -> None:
    base = ("--id", "abe", "--name", "阿部")
    for more in (("--role", "counter"), ("--reset",)):
        assert "--offices: say which" in add_by_command(store_of_accounts, *base, *more)
    assert sql(store_of_accounts, "SELECT count(*) FROM staff") == ["1"]


def test_a_role_that_does_not_exist_is_refused(store_of_accounts: Database) -> None:
    said = add_by_command(store_of_accounts, "--id", "abe", "--name", "x", "--role", "chief")
    assert "invalid choice" in said
    assert sql(store_of_accounts, "SELECT count(*) FROM staff") == ["1"]


def test_the_phone_desk_sees_other_offices_but_ticks_nobody_there(
    store_of_accounts: Database, services: Services
) -> None:
    rights = ("bookings.read", "bookings.tick", "bookings.cancel", EVERYWHERE)
    add_staff(store_of_accounts, "abe", rights, ("dainan",))
    booking = the_one(services)
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("abe")
        assert "8K2M4-7QX3P" not in browser.open("/").text
        page = browser.open("/?office=honcho")
        assert "8K2M4-7QX3P" in page.text and not buttons(page)
        assert "本庁舎1階市民課" in page.text
        browser.open(f"/bookings/{booking.booking_id}")
        assert (browser.status, buttons(browser.page)) == (200, [])
        browser.open(f"/bookings/{booking.booking_id}/cancel")
        browser.send(
            f"/bookings/{booking.booking_id}/cancel", {"version": "1", "reason": "request"}
        )
        browser.open("/")
        value = f"arrive.{booking.booking_id}.2."
        browser.open(f"/bookings?office={booking.office_id}")
        browser.send("/bookings/tick", {"tick": value, "back": "/"})
        assert browser.status == 404
    assert log_lines(store_of_accounts)[1:] == [
        "abe|booking.cancel|booking|honcho|done",
        "abe|booking.arrive|booking||not-found",
    ]


def test_help_at_another_office_begins_at_once_is_shown_and_ends(
    desk: Browser, at_onan: Database
) -> None:
    assert not shown(desk.open("/"))
    until = now().date() + timedelta(days=30)
    said = lend(at_onan, "--id", "Tanaka", "--until", until.isoformat())
    assert said == f"tanaka helps at honcho until {until}.\n"
    page = desk.open("/")
    assert shown(page)
    assert f"応援：本庁舎1階市民課（{until.month}月{until.day}日まで）" in page.text
    desk.press("受付")
    assert lend(at_onan, "--id", "tanaka", "--end") == "tanaka no longer helps at honcho.\n"
    assert not shown(desk.open("/"))
    assert lend(at_onan, "--id", "tanaka", "--end") == "tanaka did not help at honcho.\n"
    assert log_lines(at_onan)[1:] == [
        "command-line|staff.lend|staff|honcho|done",
        "tanaka|booking.arrive|booking|honcho|done",
        "command-line|staff.lend-end|staff|honcho|done",
    ]


def test_help_lasts_to_the_end_of_its_last_day_and_then_ends_by_itself(
    desk: Browser, at_onan: Database
) -> None:
    today = "(now() AT TIME ZONE 'Asia/Tokyo')::date"
    sql(at_onan, f"INSERT INTO staff_loan VALUES ('tanaka', 'honcho', {today})")
    assert "応援：" in desk.open("/").text
    sql(at_onan, f"UPDATE staff_loan SET until_day = {today} - 1")
    page = desk.open("/")
    assert not shown(page) and "応援：" not in page.text


def test_what_is_wrong_with_a_loan_is_said_in_a_sentence(at_onan: Database) -> None:
    assert "this day is over" in lend(at_onan, "--id", "tanaka", "--until", "2020-01-01")
    assert "there is no account abe" in lend(at_onan, "--id", "abe", "--until", "2099-01-01")
    assert "there is no account abe" in lend(at_onan, "--id", "abe", "--end")
    assert "is required" in lend(at_onan, "--id", "tanaka")
    assert sql(at_onan, "SELECT count(*) FROM staff_loan") == ["0"]


def test_an_account_that_is_made_anew_helps_nowhere(at_onan: Database) -> None:
    lend(at_onan, "--id", "tanaka", "--until", "2099-01-01")
    arguments = ("--id", "tanaka", "--name", "田中", "--reset", "--offices", "dainan")
    add_by_command(at_onan, *arguments, password="correct horse battery")
    with sitting_at(at_onan.url, fake_services([a_booking()])) as browser:
        browser.sign_in()
        assert not shown(browser.page)
