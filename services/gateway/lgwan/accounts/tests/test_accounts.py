"""The command that makes accounts, and the schema they are kept in."""

from collections.abc import Callable
from dataclasses import replace

from dev.testing import Database
from libs.common.migrate import drift, heads
from services.gateway.lgwan.__main__ import PACKAGE
from services.gateway.lgwan.tests.command import command, command_of_its_own
from services.gateway.lgwan.tests.fakes import fake_services
from services.gateway.lgwan.tests.support import Browser, log_lines, sitting_at, sql


def add_staff(database: Database, *arguments: str, password: str = "") -> str:
    """What `add-staff` says, errors included."""
    return command(database, "add-staff", *arguments, password=password)


def test_an_account_is_made_once_and_left_alone_afterwards(
    database: Callable[[str], Database],
) -> None:
    made = database("gateway")
    said = command_of_its_own(made, "add-staff", "--id", "Chief", "--name", "課長")
    password = said.rpartition("password: ")[2].strip()
    assert said.startswith("The account chief is ready.") and len(password) >= 12
    again = add_staff(made, "--id", "chief", "--name", "x", password="another password")
    assert again == "The account chief exists and was left as it is.\n"
    with sitting_at(made.url, fake_services()) as browser:
        assert browser.sign_in("chief", password).heading.startswith("今日の予約")
        assert "課長" in browser.page.text


def test_a_reset_changes_the_password_and_signs_the_account_out(
    desk: Browser, store_of_accounts: Database
) -> None:
    base = ("--id", "tanaka", "--name", "田中", "--reset", "--offices", "*")
    arguments = (*base, "--rights", "counts.read")
    said = add_staff(store_of_accounts, *arguments, password="a new long password")
    assert said == "The account tanaka is ready.\n"
    assert desk.open("/").heading == "サインイン"
    assert desk.sign_in("tanaka", "a new long password").heading.startswith("集計")
    assert "command-line|staff.reset|staff||done" in log_lines(store_of_accounts)


def test_what_is_wrong_with_an_account_is_said_in_a_sentence(
    database: Callable[[str], Database],
) -> None:
    made = database("gateway")
    base = ("--name", "x", "--id")
    assert "unknown: fly" in add_staff(made, *base, "a", "--rights", "fly")
    assert "1 to 64 of the letters" in add_staff(made, *base, "田中")
    assert "from 15 to 200" in add_staff(made, *base, "a", password="short")
    assert sql(made, "SELECT count(*) FROM staff") == ["0"]


def test_a_database_that_does_not_answer_is_said_in_a_sentence(
    database: Callable[[str], Database],
) -> None:
    made = database("gateway")
    away = replace(made, url="postgresql://gateway:hunter2@127.0.0.1:1/oita")
    said = add_staff(away, "--id", "a", "--name", "x", password="a long password")
    assert said.startswith("The database refused (ConnectionRefusedError).")
    assert said.count("\n") == 1


def test_passwords_are_kept_as_argon2id(database: Callable[[str], Database]) -> None:
    made = database("gateway")
    add_staff(made, "--id", "chief", "--name", "x", password="a long password")
    assert sql(made, "SELECT left(password_hash, 10) FROM staff") == ["$argon2id$"]


def test_the_migrated_schema_is_what_the_tables_say(
    database: Callable[[str], Database],
) -> None:
    assert drift(PACKAGE, database("gateway").owner_url) == []
    assert len(heads(PACKAGE)) == 1
