"""What a form held when the session had ended by itself is there again after signing in."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.notify import MailText, TextPlace
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.unsaved import KEPT_MOST
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fake_texts import FakeTexts
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.schedule_scene import furnish, monday
from services.gateway.lgwan.tests.support import PASSWORD, Browser, add_staff, log_lines, sql

TUESDAY = monday() + timedelta(days=1)
TEXT = "/texts/confirmed/ja?procedure=pin"
COLLECTED = "まだ反映していない変更が1件、残っています"
HALF = "まだ保存していないものが残っています"
TYPED = "【大分市】書きかけ"


def idle(database: Database, minutes: int = 61) -> None:
    """So long ago was the last request of every session."""
    seen = f"now() - interval '{minutes} minutes'"
    sql(database, f"UPDATE staff_session SET last_seen_at = {seen}")


@pytest.fixture
def schedules(services: Services) -> FakeSchedules:
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.schedules, FakeSchedules)
    furnish(services.booking, services.schedules)
    return services.schedules


@pytest.fixture
def clerk(desk: Browser) -> Filling:
    return Filling(desk)


def collect(clerk: Filling) -> None:
    clerk.open(f"/schedules/day?office=honcho&day={TUESDAY}&kind=closed")
    clerk.press("反映する前に確かめる", {"reason": "庁舎の都合"})


def sign_in_again(clerk: Filling, staff_id: str = "tanaka") -> None:
    """On the form that is shown; it leads to where one was."""
    clerk.press("サインイン", {"id": staff_id, "password": PASSWORD})


def kept(database: Database) -> list[str]:
    return sql(database, "SELECT owner || '|' || subject FROM unsaved ORDER BY kept_at, subject")


def test_collected_changes_are_taken_up_again_after_the_sign_out(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    collect(clerk)
    idle(store_of_accounts)
    page = clerk.press("この内容で反映する")
    assert page.heading == "サインイン"
    assert "入力したものは残してあります" in page.text
    assert not schedules.applied
    assert log_lines(store_of_accounts)[-1] == "tanaka|unsaved.keep|unsaved||done"
    sign_in_again(clerk)
    assert COLLECTED in clerk.page.text
    clerk.press("続きから始める")
    assert "：休み（庁舎の都合）" in clerk.page.text
    assert kept(store_of_accounts) == []
    clerk.press("この内容で反映する")
    assert schedules.setups["honcho"].special[TUESDAY].kind == "closed"
    assert COLLECTED not in clerk.open("/schedules").text


def test_what_is_not_wanted_any_more_is_given_up(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    collect(clerk)
    idle(store_of_accounts)
    clerk.press("この内容で反映する")
    sign_in_again(clerk)
    clerk.press("使わない")
    assert COLLECTED not in clerk.page.text
    assert kept(store_of_accounts) == []
    assert not schedules.applied


@pytest.mark.parametrize("path", ["/schedules/kept", "/schedules/kept/forget"])
def test_pressing_twice_does_nothing_more(
    clerk: Filling, schedules: FakeSchedules, path: str
) -> None:
    clerk.open("/schedules/day?office=honcho")
    assert clerk.browser.send(path, {}).heading.startswith("枠")


def type_half(clerk: Filling, database: Database, **typed: str) -> None:
    clerk.open(TEXT)
    body = clerk.page.one("textarea", name="body").text or ""
    idle(database)
    clerk.press("見本を表示する", {"subject": TYPED, "body": body.strip() + "\n続き", **typed})


def test_a_half_written_text_is_there_again_after_the_sign_out(
    clerk: Filling, services: Services, store_of_accounts: Database
) -> None:
    assert isinstance(services.texts, FakeTexts)
    type_half(clerk, store_of_accounts, to="sato@example.jp")
    assert sql(store_of_accounts, "SELECT content LIKE '%sato%' FROM unsaved") == ["f"]
    sign_in_again(clerk)
    assert HALF in clerk.page.text
    assert HALF not in clerk.open("/texts/confirmed/ja").text
    clerk.open(TEXT)
    clerk.press("続きから始める")
    assert clerk.page.field("subject") == TYPED
    assert (clerk.page.one("textarea", name="body").text or "").endswith("\n続き")
    assert kept(store_of_accounts) == []
    assert HALF not in clerk.page.text


def test_a_text_that_was_changed_meanwhile_is_shown_beside_what_was_typed(
    clerk: Filling, services: Services, store_of_accounts: Database
) -> None:
    assert isinstance(services.texts, FakeTexts)
    type_half(clerk, store_of_accounts)
    sign_in_again(clerk)
    place = TextPlace(kind="confirmed", language="ja", procedure_id="pin")
    services.texts.write(place, MailText(subject="ほかの人", body="{{number}}"))
    clerk.open(TEXT)
    clerk.press("続きから始める")
    assert "ほかの職員が、先に変更しました" in clerk.page.text
    assert clerk.page.field("subject") == TYPED


def test_twelve_digits_are_not_kept_either(clerk: Filling, store_of_accounts: Database) -> None:
    type_half(clerk, store_of_accounts, subject="番号 1234-5678-9018")
    assert len(kept(store_of_accounts)) == 1
    assert sql(store_of_accounts, "SELECT content LIKE '%9018%' FROM unsaved") == ["f"]


def test_another_account_neither_sees_nor_loses_what_was_kept(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "kudo")
    collect(clerk)
    idle(store_of_accounts)
    clerk.press("この内容で反映する")
    sign_in_again(clerk, "kudo")
    assert COLLECTED not in clerk.page.text
    clerk.browser.send("/schedules/kept/forget", {})
    assert kept(store_of_accounts) == ["tanaka|schedules"]


@pytest.mark.parametrize("how", ["signed out", "foreign token", "too long ago", "no right"])
def test_nothing_is_kept_for_who_cannot_be_the_account(
    clerk: Filling, schedules: FakeSchedules, store_of_accounts: Database, how: str
) -> None:
    collect(clerk)
    idle(store_of_accounts, 12 * 60 + 1 if how == "too long ago" else 61)
    if how == "signed out":
        sql(store_of_accounts, "DELETE FROM staff_session")
    if how == "no right":
        sql(store_of_accounts, "UPDATE staff SET rights = '{bookings.read}'")
    clerk.press("この内容で反映する", {"csrf": "x"} if how == "foreign token" else {})
    assert "いまの操作は行われていません" in clerk.page.text
    assert "残してあります" not in clerk.page.text
    assert kept(store_of_accounts) == []


def test_the_oldest_gives_way_and_after_a_week_nothing_is_left(
    clerk: Filling, store_of_accounts: Database
) -> None:
    for number in range(KEPT_MOST + 1):
        kept_at = f"now() - interval '{KEPT_MOST - number} minutes'"
        row = f"('tanaka', 'text/{number}', '', {kept_at})"
        sql(store_of_accounts, f"INSERT INTO unsaved VALUES {row}")
    type_half(clerk, store_of_accounts)
    found = kept(store_of_accounts)
    assert (len(found), found[0]) == (KEPT_MOST, "tanaka|text/2")
    sign_in_again(clerk)
    sql(store_of_accounts, "UPDATE unsaved SET kept_at = kept_at - interval '7 days'")
    assert HALF not in clerk.open(TEXT).text
