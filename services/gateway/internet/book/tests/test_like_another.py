"""「別の方のご予約ですか」: the question after the last button, and both answers."""

from services.gateway.internet.tests.citizen import Citizen, birth
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused

from .test_other_procedures import reach_you

QUESTION = "別の方のご予約ですか"


def asked(citizen: Citizen, world: World) -> Citizen:
    reach_you(citizen).send("you", birth() | {"kana": "NGUYEN VAN A", "email": "an@example.jp"})
    world.booking.refusals["book"] = Refused(409, "like-another", {"person": 0})
    return citizen.send("confirm")


def test_somebody_else_is_booked_with_the_time_that_is_held(citizen: Citizen, world: World) -> None:
    asked(citizen, world)
    assert citizen.status == 409
    assert citizen.page.heading == QUESTION
    assert not world.booking.booked
    world.booking.refusals.clear()
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    (booked,) = world.booking.booked
    assert (booked.kana, booked.another_person) == ("NGUYEN VAN A", True)


def test_the_same_person_is_led_to_the_booking_that_there_is(
    citizen: Citizen, world: World
) -> None:
    asked(citizen, world)
    (link,) = [a for a in citizen.page.all("a", href="/find") if "同じ人です" in (a.text or "")]
    citizen.open(link.get("href", ""))
    assert citizen.status == 200
    assert not world.booking.booked


def test_it_says_nothing_of_the_other_booking_and_asks_nobody_unasked(
    citizen: Citizen, world: World
) -> None:
    asked(citizen, world)
    page = citizen.path
    assert "鶴崎支所" not in citizen.page.text
    world.booking.refusals.clear()
    citizen.open(page.replace("alike", "check")).send("confirm")
    (booked,) = world.booking.booked
    assert not booked.another_person
    citizen.open(page)
    assert citizen.path.endswith("/done")
