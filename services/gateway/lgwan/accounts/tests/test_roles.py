"""組: what is changed in a role reaches everybody who has it, and nothing else of theirs."""

import pytest

from dev.testing import Database
from services.gateway.lgwan.accounts.account import Account, LastAdministrator, Registry
from services.gateway.lgwan.accounts.wording import RIGHT
from services.gateway.lgwan.door.staff import MANAGES, RIGHTS, ROLES
from services.gateway.lgwan.tests.support import Browser, log_lines, sql


def account(staff_id: str, role: str, *rights: str) -> Account:
    return Account(staff_id, "x", role, frozenset(rights), frozenset({"*"}))


def test_a_changed_role_leaves_what_was_added_and_taken_one_by_one() -> None:
    accounts = {
        "abe": account("abe", "counter", "a", "b", "own"),
        "goto": account("goto", "counter", "b"),
        "kudo": account("kudo", "other", "a"),
    }
    registry = Registry(accounts, {"counter": frozenset({"a", "b"})})
    registry.change_role("counter", frozenset({"b", "c"}))
    assert {k: one.rights for k, one in registry.changed.items()} == {
        "abe": {"b", "c", "own"},
        "goto": {"b", "c"},
    }


def test_a_role_cannot_take_the_last_administrator_away() -> None:
    registry = Registry({"a": account("a", "administrator", MANAGES)}, {})
    registry.roles["administrator"] = frozenset({MANAGES})
    registry.change_role("administrator", frozenset())
    with pytest.raises(LastAdministrator):
        registry.check()


def test_the_editor_changes_a_role_and_makes_a_new_one(
    desk: Browser, store_of_accounts: Database
) -> None:
    sql(
        store_of_accounts,
        "INSERT INTO staff (staff_id, name, password_hash, role, rights, "
        "offices, active) VALUES ('abe', '阿部', '', 'viewer', '{bookings.read,counts.read}', "
        "'{honcho}', true)",
    )
    desk.open("/roles/viewer")
    rights = [*ROLES["viewer"].rights, "calls.read"]
    fields = {"version": "0", "title": "照会", "rights": rights}
    assert "組を保存しました" in desk.send("/roles/viewer", fields).text  # type: ignore[arg-type]
    (has,) = sql(store_of_accounts, "SELECT rights FROM staff WHERE staff_id = 'abe'")
    assert "calls.read" in has
    desk.open("/roles/viewer")
    desk.send("/roles/viewer", fields)  # type: ignore[arg-type]
    assert (desk.status, "ほかの管理者が先に" in desk.page.text) == (409, True)
    desk.open("/roles/new")
    page = desk.send("/roles/new", {"version": "0", "title": "電話", "rights": "bookings.make"})
    assert "電話" in page.text
    desk.open("/roles/new")
    desk.send("/roles/new", {"version": "0", "title": " "})
    assert desk.status == 422
    assert log_lines(store_of_accounts)[1:] == [
        "tanaka|role.save|role||done",
        "tanaka|role.save|role||changed-meanwhile",
        "tanaka|role.save|role||done",
        "tanaka|role.save|role||not-saved",
    ]
    desk.open("/roles/nothing")
    assert desk.status == 404


def test_every_right_has_a_word_on_the_page() -> None:
    assert set(RIGHT) == set(RIGHTS)
