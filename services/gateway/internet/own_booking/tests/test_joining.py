"""Adding people to a booking that stands."""

import pytest

from services.gateway.internet.tests.citizen import Citizen, birth, reach_check
from services.gateway.internet.tests.fakes import TOKEN
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused


def book(citizen: Citizen) -> Citizen:
    return reach_check(citizen).send("confirm")


def find(citizen: Citizen) -> Citizen:
    return citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})


def reach_new_check(citizen: Citizen) -> Citizen:
    """From one's own booking to the summary for the one who comes along."""
    citizen.send("add")
    assert citizen.sees("12月2日（水） 9:00のご予約に、いっしょに来る方を加えます。")
    citizen.send("procedure", {"procedure": "pin"})
    citizen.send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    citizen.send("../time", {"start": "2026-12-02T09:15"})
    return citizen.send("you", birth("1990") | {"kana": "オオイタ ジロウ"})


def test_a_person_is_added_later_and_the_first_booking_stays(
    citizen: Citizen, world: World
) -> None:
    reach_new_check(find(book(citizen))).send("confirm")
    assert citizen.sees("予約が完了しました")
    first, added = world.booking.booked
    assert first.joins is None
    assert added.joins is not None
    assert (added.joins.number, str(added.joins.born)) == ("8K2M47QX3P", "1960-04-01")
    assert added.office_id == first.office_id


def test_the_link_of_a_mail_is_a_proof_for_adding_too(citizen: Citizen, world: World) -> None:
    book(citizen).open(f"/open/{TOKEN}").send("/open")
    reach_new_check(citizen).send("confirm")
    joined = world.booking.booked[1].joins
    assert joined is not None
    assert (joined.token, joined.number) == (TOKEN, "")


def test_where_nobody_can_be_added_the_page_does_not_offer_it(
    citizen: Citizen, world: World
) -> None:
    find(book(citizen))
    form = {"csrf": citizen.page.field("csrf")}
    world.booking.put(world.booking.bookings["8K2M47QX3P"][1], can_add=False)
    citizen.open(citizen.path)
    assert not citizen.page.all("form", action="add")
    citizen.see(citizen.client.post(citizen.path.replace("show", "add"), data=form))
    assert citizen.path.endswith("/show")


@pytest.mark.parametrize("slug", ["party-full", "not-active", "not-found"])
def test_a_party_that_is_full_or_gone_lets_one_go_on_alone(
    citizen: Citizen, world: World, slug: str
) -> None:
    reach_new_check(find(book(citizen)))
    world.booking.refusals["book"] = Refused(409, slug, {})
    citizen.send("confirm")
    assert citizen.page.heading == "もとの予約に加えられませんでした"
    citizen.send("alone")
    assert citizen.path.endswith("/check")
    assert citizen.sees("オオイタ ジロウ")
    citizen.send("confirm")
    assert world.booking.booked[-1].joins is None
