"""The price of being wrong, and what it leaves of a sweep by many addresses."""

import logging
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from libs.common.metrics import WRONG_TRIES_HOUR
from libs.common.passes import Passes
from libs.common.tries import (
    FREE_TRIES,
    HOUR_FREE_TRIES,
    ORIGIN_FREE_TRIES,
    PATIENCE,
    Misses,
    Tolls,
    Try,
    TryLimits,
    gap_seconds,
    too_soon,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
RULE = TryLimits()
DAY = 86_400

# A sweep: one number after the other with a date of birth that somebody might have.
ADDRESSES = 1_000
NUMBERS = 10**6
"""What six digits behind a known prefix can be."""
CARDS = 5_000
"""Cards that wait for somebody, of these."""
BIRTHDAYS = 25_000
"""Days on which a person who collects a card is born, of the likelier part of a life."""
KNOWN_NUMBER = 1 / BIRTHDAYS
"""The chance of a try whose number is known to be a card's: the worst case."""
ANY_NUMBER = CARDS / NUMBERS / BIRTHDAYS


def free_tries(of_origin: bool, everybody: bool) -> int:
    """How many tries of one origin, each with a number of its own, cost nothing."""
    return next(
        n for n in count() if RULE.level(Misses(0, of_origin * n, everybody * n)) is not None
    )


def tries_in(seconds: float) -> int:
    """How many tries of one origin the service takes in that time, all of them paid for."""
    passed, tries = 0.0, 0
    while passed < seconds:
        passed += gap_seconds(tries)
        tries += 1
    return tries


def test_a_first_sweep_by_a_thousand_addresses_hits_five_times_at_most() -> None:
    """Even if each number were a card's, and nobody looked at all addresses together."""
    hits = ADDRESSES * free_tries(of_origin=True, everybody=False) * KNOWN_NUMBER
    assert hits <= 5


def test_a_later_sweep_hits_nobody_without_paying() -> None:
    """All addresses together have the free tries of an hour, in each hour of a day."""
    free = free_tries(of_origin=False, everybody=True)
    assert ADDRESSES * free_tries(of_origin=True, everybody=False) > 24 * free
    assert 24 * free * KNOWN_NUMBER < 0.5


def test_a_sweep_that_pays_for_each_try_is_too_slow_to_hit() -> None:
    """Whatever computes the puzzles: an origin's tries have to be apart from each other."""
    assert ADDRESSES * tries_in(DAY) * ANY_NUMBER < 0.5


def test_a_family_a_care_home_and_a_shared_address_notice_nothing() -> None:
    assert RULE.level(Misses(FREE_TRIES - 1, ORIGIN_FREE_TRIES - 1, HOUR_FREE_TRIES - 1)) is None
    assert gap_seconds(PATIENCE) == 0


@pytest.mark.parametrize(
    ("misses", "reason"),
    [
        (Misses(number=FREE_TRIES), "number"),
        (Misses(origin=ORIGIN_FREE_TRIES), "many"),
        (Misses(everybody=HOUR_FREE_TRIES), "many"),
        (Misses(FREE_TRIES, ORIGIN_FREE_TRIES, HOUR_FREE_TRIES), "number"),
    ],
)
def test_each_count_alone_brings_the_toll(misses: Misses, reason: str) -> None:
    tolls = Tolls(Passes(bytes(32), bits=1), RULE)
    one = Try("number", "origin", "", misses, NOW)
    asked = tolls.asked(one)
    assert (asked["reason"], tolls.paid(one)) == (reason, None)
    assert {"challenge", "wait", "seconds"} < set(asked)


def test_an_origin_pays_more_the_longer_it_goes_on_and_a_first_comer_the_least() -> None:
    levels = [RULE.level(Misses(origin=ORIGIN_FREE_TRIES + more)) for more in (0, 49, 50, 400)]
    assert levels == [0, 0, 1, 8]
    assert RULE.level(Misses(everybody=100 * HOUR_FREE_TRIES)) == 0


def test_the_gap_grows_to_a_minute_and_stays() -> None:
    gaps = [gap_seconds(tries) for tries in range(1000)]
    assert gaps == sorted(gaps)
    assert (gaps[PATIENCE + 1], gaps[-1]) == (0.1, 60.0)


@pytest.mark.parametrize(("next_in", "seconds"), [(2.5, 2.5), (None, 4.0), (-1, 4.0), (99, 4.0)])
def test_who_comes_too_soon_is_told_when(next_in: float | None, seconds: float) -> None:
    """While another try of the origin is looked at it is a whole gap."""
    next_at = None if next_in is None else NOW + timedelta(seconds=next_in)
    assert too_soon(4.0, next_at, NOW).facts == {"seconds": seconds, "gap": 4.0}


def test_the_log_says_once_that_everybody_pays_and_once_that_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tolls = Tolls(Passes(bytes(32)), RULE)
    with caplog.at_level(logging.WARNING):
        for everybody in (0, HOUR_FREE_TRIES - 1, HOUR_FREE_TRIES, HOUR_FREE_TRIES + 1, 3):
            tolls.watch(everybody)
    assert [record.message for record in caplog.records] == [
        "many wrong tries: every check costs a puzzle",
        "checks are free again",
    ]
    assert [sample.value for figure in WRONG_TRIES_HOUR.collect() for sample in figure.samples] == [
        3
    ]
