"""A link on a postcard or an overview begins a booking with what it names."""

import pytest

from services.gateway.internet.tests.citizen import Citizen, birth
from services.gateway.internet.tests.world import World


def test_procedure_office_and_day_of_a_link_are_kept_until_the_times_of_that_day(
    citizen: Citizen, world: World
) -> None:
    citizen.open("/book?procedure=pin&office=tsurusaki&day=2026-12-03")
    assert citizen.path.endswith("/visitor")
    assert citizen.sees("鶴崎支所")
    citizen.send("visitor", {"visitor": "self"})
    assert citizen.path.endswith("/day/2026-12-03")
    citizen.send("../time", {"start": "2026-12-03T09:15"})
    citizen.send("you", birth() | {"kana": "オオイタ"}).send("confirm")
    assert world.booking.booked[-1].office_id == "tsurusaki"


def test_the_day_of_a_link_is_dropped_with_its_office(citizen: Citizen) -> None:
    """The card lies elsewhere."""
    citizen.open("/book?procedure=issuance&office=tsurusaki&day=2026-12-03")
    citizen.send("card", birth() | {"card": "ABC-123456"})
    citizen.send("visitor", {"visitor": "self"})
    assert "/month/issuance/honcho" in citizen.path


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("procedure=pin", "office"),
        ("procedure=pin&office=nowhere&day=2026-12-03", "office"),
        ("procedure=pin&office=honcho&day=2026-99-99", "visitor"),
        ("procedure=nothing&office=honcho", "/book"),
        ("office=honcho", "/book"),
    ],
)
def test_what_a_link_names_wrongly_is_asked(citizen: Citizen, query: str, page: str) -> None:
    citizen.open(f"/book?{query}")
    assert citizen.status == 200
    assert citizen.path.endswith(page)


def test_every_free_day_before_identification_goes_on_with_what_was_looked_at(
    citizen: Citizen,
) -> None:
    begin = "/book?procedure=pin&office=honcho&day=2026-12-03"
    for overview in ("/availability/pin", "/availability/pin/honcho/2026-12"):
        citizen.open(overview).follow(begin)
        assert citizen.path.endswith("/visitor")
