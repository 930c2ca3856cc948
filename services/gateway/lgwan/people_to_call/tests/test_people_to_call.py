"""電話する方: who is on the list, what is noted, and who may see and do it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dev.testing import Database
from libs.contracts.booking import PersonToCall
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.times import now


@pytest.fixture
def schedules(services: Services) -> FakeSchedules:
    client = services.schedules
    assert isinstance(client, FakeSchedules)
    add(client)
    return client


def add(schedules: FakeSchedules, number: int = 1, **given: Any) -> None:
    at = now()
    defaults: dict[str, Any] = {
        "booking_id": UUID(int=number), "number": f"8K2M47QX{number:02}", "office_id": "honcho",
        "procedure_id": "issuance", "starts_at": at + timedelta(days=1), "reasons": ("mail",),
        "since": at, "until": at + timedelta(days=1), "language": "ja", "phone": "09012345678",
        "kana": "オオイタ ハナコ", "called": None, "called_at": None, "called_by": None,
    }  # fmt: skip
    person = PersonToCall.model_validate({**defaults, **given})
    schedules.people[person.booking_id] = person


def test_the_list_says_why_until_when_and_at_which_number(
    desk: Browser, schedules: FakeSchedules
) -> None:
    add(schedules, 2, reasons=("displaced", "mail"), language="vi", phone=None)
    add(schedules, 3, reasons=("outage",), until=None)
    text = desk.open("/people-to-call").text
    for said in (
        "3件", "8K2M4-7QX01", "メール不達", "09012345678", "オオイタ ハナコ", "電話番号なし",
        "窓口の都合で日時の変更が必要", "ベトナム語", "システム障害で手続きできなかった",
        "なるべく早く",
    ):  # fmt: skip
        assert said in text


@pytest.mark.parametrize(("button", "result"), [("済", "done"), ("不在", "absent")])
def test_a_call_is_noted_once_and_logged_without_a_name(
    desk: Browser,
    schedules: FakeSchedules,
    store_of_accounts: Database,
    button: str,
    result: str,
) -> None:
    clerk = Filling(desk)
    clerk.open("/people-to-call?office=honcho")
    page = clerk.press(button)
    assert f"{button}と記録しました" in page.text
    assert ("8K2M4-7QX01" in page.text) == (result == "absent")
    assert schedules.calls[-1][0] == f"person.{result}"
    assert log_lines(store_of_accounts)[-1] == "tanaka|people.call|booking|honcho|done"
    assert "8K2M4-7QX01" in desk.open("/people-to-call?all=1").text


def test_who_needs_no_call_any_more_is_said_to_be_so(
    desk: Browser, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    clerk = Filling(desk)
    clerk.open("/people-to-call")
    schedules.people.clear()
    page = clerk.press("済")
    assert desk.status == 409
    assert "もう必要なくなりました" in page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|people.call|booking||gone"


def test_people_of_other_offices_and_buttons_without_the_right_are_not_there(
    desk: Browser, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    desk.sign_in("branch")
    assert "電話する方はいません" in desk.open("/people-to-call").text


@pytest.mark.parametrize("press", ["", "done", "done.x", f"later.{UUID(int=1)}"])
def test_what_is_no_button_is_refused(desk: Browser, schedules: FakeSchedules, press: str) -> None:
    desk.open("/people-to-call")
    desk.send("/people-to-call", {"press": press})
    assert desk.status == 400
    assert schedules.calls == []
