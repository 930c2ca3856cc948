"""The last signs of card numbers: asked for once for each card, and again for what no list had."""

from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import CARD_NUMBERS, CardPass
from services.gateway.lgwan.tests.fakes import FakeEligibility
from services.gateway.lgwan.today.endings import Endings
from services.gateway.web.link import Actor

CLERK = Actor("sato", frozenset({CARD_NUMBERS}), frozenset({"*"}))
ONE, TWO = uuid4(), uuid4()


def cards(**numbers: str) -> CardPass:
    ids = {"one": ONE, "two": TWO}
    keys: dict[UUID, str] = {ids[name]: f"key of {number}" for name, number in numbers.items()}
    return CardPass(keys=keys, ticket="today")


async def test_a_card_that_is_known_is_not_asked_for_again() -> None:
    eligibility = FakeEligibility()
    endings = Endings(eligibility)
    for _ in range(3):
        assert await endings.of(CLERK, cards(one="QZX700001")) == ({ONE: "0001"}, True)
    assert len(eligibility.opened) == 1
    both = cards(one="QZX700001", two="QZX700002")
    assert await endings.of(CLERK, both) == ({ONE: "0001", TWO: "0002"}, True)
    assert len(eligibility.opened) == 2


@pytest.mark.parametrize(("seconds", "asked"), [(600.0, 1), (-1.0, 2)])
async def test_a_card_that_no_list_has_is_asked_for_after_a_while(
    seconds: float, asked: int
) -> None:
    """The next import may bring it."""
    eligibility = FakeEligibility()
    endings = Endings(eligibility, seconds)
    for _ in range(2):
        assert await endings.of(CLERK, cards(one="")) == ({}, True)
    assert len(eligibility.opened) == asked


async def test_while_eligibility_is_away_nothing_is_kept_and_it_is_left_alone_for_a_while() -> None:
    eligibility = FakeEligibility()
    endings = Endings(eligibility)
    eligibility.away = True
    assert await endings.of(CLERK, cards(one="QZX700001")) == ({}, False)
    eligibility.away = False
    assert await endings.of(CLERK, cards(one="QZX700001")) == ({}, False)
    assert eligibility.opened == []
