"""Card numbers in one form; individual numbers recognised wherever they stand."""

import pytest

from services.eligibility.domain.numbers import (
    card_number,
    holds_individual_number,
    is_individual_number,
    looks_individual,
)


def with_check_digit(first_eleven: str) -> str:
    """The formula of the ordinance, written out the long way."""
    total = 0
    for n, digit in enumerate(reversed(first_eleven), start=1):
        total += int(digit) * (n + 1 if n <= 6 else n - 5)
    check = 11 - total % 11
    return first_eleven + str(0 if total % 11 <= 1 else check)


@pytest.mark.parametrize(
    "typed",
    [
        "OTA-000123",
        "ota000123",
        "ＯＴＡ－０００１２３",
        " OTA 000123 ",
        "OTA−000123",
        "OTAー000123",
        "OTA‐000123",
        "OTA–000123",
        "OTA—000123",
        "OTA-000-123",
    ],
)
def test_every_way_to_type_a_card_number_means_the_same(typed: str) -> None:
    assert card_number(typed) == "OTA000123"


@pytest.mark.parametrize("first", ["12345678901", "00000000000", "98765432109", "10000000006"])
def test_the_check_digit_of_the_ordinance_is_recognised(first: str) -> None:
    good = with_check_digit(first)
    assert is_individual_number(good)
    for digit in "0123456789":
        assert is_individual_number(first + digit) == (digit == good[-1])


def test_a_remainder_of_one_gives_the_check_digit_zero() -> None:
    found = {r: f"{n:011}" for n in range(200) for r in [_remainder(f"{n:011}")]}
    assert with_check_digit(found[1])[-1] == "0"
    assert is_individual_number(found[1] + "0")
    assert is_individual_number(found[0] + "0")
    assert not is_individual_number(found[2] + "0")


def _remainder(first_eleven: str) -> int:
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    return sum(int(d) * w for d, w in zip(first_eleven, weights, strict=True)) % 11


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "1234−5678−9018",
        "番号は123456789018です",
        "OTA-000123 123456789018",
        "123-456-789-018",
        "0975341111 1234 5678 9018",
    ],
)
def test_an_individual_number_is_found_anywhere(text: str) -> None:
    assert holds_individual_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789012",
        "OTA-000123",
        "1123456789018",
        "大分市荷揚町2-31",
        "12345678901234567890123",
        "097-534-6111",
    ],
)
def test_other_digits_are_left_alone(text: str) -> None:
    assert not holds_individual_number(text)


@pytest.mark.parametrize("typed", ["123456789012", "1234-5678-9012", "１２３４ ５６７８ ９０１２"])
def test_twelve_typed_digits_are_refused_whatever_the_check_digit(typed: str) -> None:
    assert looks_individual(typed)
    assert not looks_individual(typed[:-1])
