"""Numbers are read as people type them, and told from each other."""

import re

import pytest

from libs.rules.numbers import booking_number, card_number

CARD = re.compile("[0-9A-Z]{3}[0-9]{6}")


@pytest.mark.parametrize(
    "typed",
    [
        "8K2M4-7QX3P",
        "8k2m47qx3p",
        "８Ｋ２Ｍ４－７ＱＸ３Ｐ",
        "予約番号：8K2M4-7QX3P",
        " 8K2M4 7QX3P ",
    ],
)
def test_a_booking_number_is_read_however_it_is_typed(typed: str) -> None:
    assert booking_number(typed) == "8K2M47QX3P"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("ABC-123456", "ABC123456"),
        ("abc123456", "ABC123456"),
        ("ABCー123456", "ABC123456"),
        ("製造管理番号：ABC-123456", "ABC123456"),
        ("ABC-12O456", "ABC120456"),
        ("ABC-I2345l", "ABC123451"),
        ("OTA-000123", "OTA000123"),
        ("OIL-OIL123", "OIL011123"),
    ],
)
def test_a_card_number_is_read_with_letters_for_digits_where_digits_stand(
    typed: str, number: str
) -> None:
    assert card_number(typed, CARD) == number


@pytest.mark.parametrize("typed", ["", "AB-123456", "ABC-12345", "ABC-1234567", "あいう123456"])
def test_what_is_no_card_number_is_none(typed: str) -> None:
    assert card_number(typed, CARD) is None


def test_the_two_are_never_taken_for_each_other() -> None:
    assert booking_number("ABC-123456") is None
    assert card_number("8K2M4-7QX3P", CARD) is None
    assert booking_number("OIL00-00000") == "0110000000"
