"""A pass: a solved puzzle or a signed minute, good for what it was issued for and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dev.puzzle import solve
from libs.common.passes import Passes, Price
from libs.common.waits import LIFE_SECONDS, WAIT_SECONDS

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PASSES = Passes(b"k" * 32, bits=1)
PRICE = Price("number", "somebody")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def wait(price: Price = PRICE) -> str:
    token: str = PASSES.offer(price, NOW)["wait"]
    return token


def test_a_wait_buys_nothing_before_its_minute_is_over() -> None:
    token = wait()
    for early in (0, 1, WAIT_SECONDS - 0.01):
        assert PASSES.paid(PRICE, token, after(early)) is None
    assert PASSES.paid(PRICE, token, after(WAIT_SECONDS))


def test_a_wait_ends_a_quarter_of_an_hour_after_its_minute() -> None:
    token, end = wait(), WAIT_SECONDS + LIFE_SECONDS
    assert PASSES.paid(PRICE, token, after(end - 1))
    assert PASSES.paid(PRICE, token, after(end)) is None


def test_a_wait_shown_too_early_goes_on_and_does_not_begin_again() -> None:
    offered = PASSES.offer(PRICE, NOW)
    again = PASSES.offer(PRICE, after(20), offered["wait"])
    assert (offered["seconds"], again["seconds"]) == (WAIT_SECONDS, WAIT_SECONDS - 20)
    assert again["wait"] == offered["wait"]


def test_a_wait_that_is_over_or_of_another_is_answered_with_a_new_one() -> None:
    ripe = PASSES.offer(PRICE, after(WAIT_SECONDS), wait())
    other = PASSES.offer(replace(PRICE, holder="other"), NOW, wait())
    for offered in (ripe, other):
        assert offered["wait"] != wait()
        assert offered["seconds"] == WAIT_SECONDS


@pytest.mark.parametrize("other", [replace(PRICE, subject="other"), replace(PRICE, holder="other")])
def test_a_wait_is_good_for_its_subject_and_its_holder(other: Price) -> None:
    assert PASSES.paid(other, wait(), after(WAIT_SECONDS)) is None


def test_who_comes_back_without_a_holder_shows_the_wait_of_any() -> None:
    back = replace(PRICE, holder="")
    assert PASSES.paid(back, wait(), after(WAIT_SECONDS))
    assert PASSES.paid(back, wait(), NOW) is None


def test_the_name_of_a_wait_is_its_own() -> None:
    names = {PASSES.paid(PRICE, wait(), after(WAIT_SECONDS)) for _ in range(3)}
    assert len(names) == 3


def test_nobody_makes_a_wait_without_the_key_or_moves_its_minute() -> None:
    mine = Passes(b"x" * 32).offer(PRICE, NOW)["wait"]
    word, ripe, holder, *rest = wait().split(".")
    moved = ".".join([word, str(int(ripe) - WAIT_SECONDS), holder, *rest])
    others = wait(replace(PRICE, holder="other")).split(".")
    taken = ".".join([*others[:2], holder, *others[3:]])
    for forged in (mine, moved, taken, "", "wait", f"{wait()}0"):
        assert PASSES.paid(PRICE, forged, after(WAIT_SECONDS)) is None


def test_a_solved_puzzle_pays_at_once_whoever_solved_it() -> None:
    work = solve(PASSES.offer(PRICE, NOW)["challenge"])
    assert PASSES.paid(PRICE, work, NOW) == PASSES.paid(replace(PRICE, holder="other"), work, NOW)
    assert PASSES.paid(PRICE, work, NOW)
    assert PASSES.paid(replace(PRICE, level=1), work, NOW) is None
    assert PASSES.paid(replace(PRICE, subject="other"), work, NOW) is None


def test_both_fit_where_a_request_carries_them() -> None:
    offered = PASSES.offer(PRICE, NOW)
    assert len(offered["wait"]) <= 110
    assert len(offered["challenge"]) <= 100
