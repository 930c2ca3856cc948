"""Until when one may change and cancel, said wherever a booking is shown; and whom its mails are
from, before an address is typed."""

import pytest

from libs.contracts.booking import ProcedurePublished
from services.gateway.internet.tests.citizen import (
    Citizen,
    birth,
    choose_time,
    identify,
    reach_check,
)
from services.gateway.internet.tests.city import procedure
from services.gateway.internet.tests.world import World

UNTIL_BEFORE = "日時の変更は2026年12月1日（火）まで、取り消しは予約の時刻まで"
UNTIL_START = "日時の変更と取り消しは、予約の時刻まで"


@pytest.mark.parametrize(("days", "words"), [(1, UNTIL_BEFORE), (0, UNTIL_START)])
def test_the_last_page_and_the_booking_say_until_when_to_change(
    citizen: Citizen, world: World, days: int, words: str
) -> None:
    changed = procedure(version=2, changes_days_before=days)
    world.catalog.procedure_published(ProcedurePublished(procedure=changed))
    reach_check(citizen).send("confirm")
    assert citizen.sees("来られなくなったら")
    assert citizen.sees(words)
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    assert citizen.sees(words)


def test_a_booking_that_cannot_be_changed_any_more_names_no_deadline(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen).send("confirm")
    world.booking.put(world.booking.bookings["8K2M47QX3P"][1], can_change=False)
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    assert not citizen.sees("このサイトでできます")


def test_who_is_about_to_type_an_address_knows_what_to_let_in(citizen: Citizen) -> None:
    choose_time(identify(citizen))
    told = "yoyaku@example.jp から届きます。受信できるよう設定してください。"
    assert citizen.page.text.index(told) < citizen.page.text.index("次へ進む")
    hint = citizen.page.one("input", name="email").get("aria-describedby", "")
    assert told in "".join(citizen.page.one("p", id=hint).itertext())
    citizen.send("you").send("confirm")
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"}).follow("contact")
    assert citizen.sees(told)
