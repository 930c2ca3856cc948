"""Mails at an address where nobody opened one: what waits, and how it goes on."""

import pytest

from services.gateway.internet.own_booking.tests.test_own_booking import book, find
from services.gateway.internet.own_booking.tests.test_own_changes import reach_change
from services.gateway.internet.tests.citizen import Citizen, reach_check
from services.gateway.internet.tests.fakes import WAITING
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused

UNOPENED = Refused(409, "unopened-mails", {})
SAYS = "今日はこれ以上、メールが届く操作をお受けできません"


def test_the_last_page_says_that_the_mail_waits_and_shows_the_number(citizen: Citizen) -> None:
    reach_check(citizen, WAITING).send("confirm")
    assert citizen.sees("予約が完了しました")
    assert citizen.sees("確認メールは、まだお送りしていません")
    assert citizen.sees("予約番号を書き写すか")
    find(citizen)
    assert citizen.sees("確認メールは、まだお送りしていません")


def test_who_gets_a_mail_is_told_nothing_of_it(citizen: Citizen) -> None:
    reach_check(citizen, "hanako@example.jp").send("confirm")
    assert citizen.sees("確認メールをお送りします")
    assert not citizen.sees("まだお送りしていません")


def test_a_mail_that_is_asked_for_again_waits(citizen: Citizen, world: World) -> None:
    reach_check(citizen, "hanako@example.jp").send("confirm")
    find(citizen)
    world.booking.refusals["resend"] = UNOPENED
    citizen.send("resend")
    assert citizen.sees(SAYS)
    citizen.send("resend")
    assert not citizen.sees(SAYS)


@pytest.mark.parametrize("call", ["change", "contact"])
def test_so_does_a_change_and_the_booking_stays_as_it_is(
    citizen: Citizen, world: World, call: str
) -> None:
    if call == "change":
        reach_change(citizen)
    else:
        book(citizen)
        find(citizen).follow("contact")
    before = dict(world.booking.bookings)
    world.booking.refusals[call] = UNOPENED
    citizen.send(call)
    assert citizen.path.endswith("/show")
    assert citizen.sees(SAYS)
    assert world.booking.bookings == before
