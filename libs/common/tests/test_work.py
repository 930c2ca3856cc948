"""The puzzle: solved once for its subject and its difficulty, within its life, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from dev.puzzle import solve
from libs.common.work import BITS, LIFE_SECONDS, PARTS, STEPS, Puzzles, fits, puzzle_bits

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
PUZZLES = Puzzles(bytes(32), bits=4)


def bits_of(challenge: str) -> int:
    return int(challenge.split(".")[1])


def test_a_solved_puzzle_gives_its_name_again_and_again() -> None:
    answers = [solve(PUZZLES.issue("ABC123456", 0, NOW)) for _ in range(2)]
    names = [PUZZLES.verify("ABC123456", 0, answer, NOW) for answer in answers]
    assert None not in names
    assert names[0] != names[1]
    assert PUZZLES.verify("ABC123456", 0, answers[0], NOW) == names[0]


def test_an_answer_is_good_to_the_end_of_its_life_and_no_longer() -> None:
    answer = solve(PUZZLES.issue("ABC123456", 0, NOW))
    end = NOW + timedelta(seconds=LIFE_SECONDS)
    assert PUZZLES.verify("ABC123456", 0, answer, end)
    assert PUZZLES.verify("ABC123456", 0, answer, end + timedelta(seconds=1)) is None


def test_an_answer_serves_nobody_else_and_under_no_other_key() -> None:
    answer = solve(PUZZLES.issue("ABC123456", 0, NOW))
    assert PUZZLES.verify("ABC123457", 0, answer, NOW) is None
    assert Puzzles(bytes([1]) * 32, bits=4).verify("ABC123456", 0, answer, NOW) is None


def test_each_wrong_try_doubles_the_work_until_it_stays_as_it_is() -> None:
    challenges = [PUZZLES.issue("ABC123456", tries, NOW) for tries in range(STEPS + 3)]
    assert [bits_of(c) for c in challenges] == [4, 5, 6, 7, 8, 8, 8]


def test_a_stock_of_easy_answers_is_worth_nothing_when_more_is_asked() -> None:
    easy, hard = (solve(PUZZLES.issue("ABC123456", tries, NOW)) for tries in (0, STEPS))
    assert PUZZLES.verify("ABC123456", 1, easy, NOW) is None
    assert PUZZLES.verify("ABC123456", 1000, hard, NOW)


@pytest.mark.parametrize("at", [0, 1, 2, 3, 4])
def test_no_term_of_a_challenge_can_be_altered(at: int) -> None:
    challenge = PUZZLES.issue("ABC123456", 0, NOW)
    terms = challenge.split(".")
    terms[at] = {0: "1", 1: "0", 2: "99999999999"}.get(at, "0" * 32)
    forged = solve(".".join(terms))
    assert PUZZLES.verify("ABC123456", 0, forged, NOW) is None


def test_every_part_has_to_be_solved() -> None:
    challenge = PUZZLES.issue("ABC123456", 0, NOW)
    solved = solve(challenge).partition("~")[2].split("-")
    seal = challenge.split(".")[-1]
    wrong = next(n for n in range(100) if not fits(seal, PARTS - 1, n, 4))
    for numbers in (solved[:-1], [*solved, "0"], [*solved[:-1], str(wrong)]):
        answer = f"{challenge}~{'-'.join(numbers)}"
        assert PUZZLES.verify("ABC123456", 0, answer, NOW) is None


@pytest.mark.parametrize("text", ["", "~", "1.2.3~4", "あ", "16.0.9999999999.x.y~0", "0" * 400])
def test_anything_else_is_no_answer(text: str) -> None:
    assert PUZZLES.verify("ABC123456", 0, text, NOW) is None


def test_the_longest_answer_fits_into_the_field_that_carries_it() -> None:
    challenge = Puzzles(bytes(32)).issue("ABC123456", 99, NOW)
    assert bits_of(challenge) == BITS + STEPS
    assert len(challenge) <= 100
    assert len(challenge) + PARTS * len("-123456789") <= 400


def test_the_difficulty_is_a_setting_with_bounds() -> None:
    assert puzzle_bits("12") == 12
    for text in ("0", "25", "x", ""):
        with pytest.raises(ValueError, match=r"number|literal"):
            puzzle_bits(text)
