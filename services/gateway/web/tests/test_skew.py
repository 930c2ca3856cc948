"""A door that has another time than booking notices, and says so until it has not."""

import logging
from email.utils import formatdate

import pytest

from libs.common.metrics import CLOCK_OFFSET
from services.gateway.web.skew import EVERY_SECONDS, Skew

NOON = 1_800_000_000.0


class Door:
    """`ahead` of booking by so many seconds; an answer takes `trip`."""

    def __init__(self) -> None:
        self.ticks = 0.0
        self.ahead = 0.0
        self.skew = Skew(lambda: NOON + self.ticks + self.ahead, lambda: self.ticks)

    def ask(self, trip: float = 0.01, late: float = 0.0) -> bool:
        """Whether the clock is known to be off after this answer. The header is up to one second
        older than the answer (`late`)."""
        self.ticks += EVERY_SECONDS
        begun = self.ticks
        self.ticks += trip
        self.skew.note(formatdate(NOON + self.ticks - late, usegmt=True), begun)
        return self.skew.off


@pytest.mark.parametrize("ahead", [90.0, 8.0, -8.0, -90.0, -86400.0])
async def test_a_clock_that_differs_is_noticed_and_told_once(
    ahead: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    door = Door()
    assert await door.skew.ready()
    door.ahead = ahead
    assert door.ask()
    assert door.ask()
    assert not await door.skew.ready()
    assert CLOCK_OFFSET._value.get() == pytest.approx(ahead, abs=1.6)
    door.ahead = 0.0
    assert not door.ask()
    assert await door.skew.ready()
    assert [record.message for record in caplog.records] == [
        "this door's clock differs from booking's",
        "this door's clock agrees with booking's again",
    ]


@pytest.mark.parametrize("late", [0.0, 1.0, 1.9])
@pytest.mark.parametrize("ahead", [4.5, 0.0, -3.0])
def test_what_ntp_leaves_and_a_header_of_whole_seconds_are_no_alarm(
    ahead: float, late: float
) -> None:
    door = Door()
    door.ahead = ahead
    assert not door.ask(late=late)


def test_a_slow_answer_is_no_other_time() -> None:
    door = Door()
    door.ahead = -4.0
    assert not door.ask(trip=30.0)
    door.ahead = 90.0
    assert door.ask(trip=30.0)


@pytest.mark.parametrize("date", [None, "", "yesterday", "Tue, 99 Foo"])
def test_an_answer_without_a_date_says_nothing(date: str | None) -> None:
    door = Door()
    door.skew.note(date, 0.0)
    assert not door.skew.off
