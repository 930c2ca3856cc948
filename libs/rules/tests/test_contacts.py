"""Addresses and phone numbers are compared however they are written."""

import pytest

from libs.rules.contacts import fold_email, fold_phone


@pytest.mark.parametrize(
    "typed", ["Hanako@Example.JP", " hanako@example.jp ", "ｈａｎａｋｏ＠example.jp"]
)
def test_an_address_is_the_same_in_capitals_and_full_width(typed: str) -> None:
    assert fold_email(typed) == "hanako@example.jp"


def test_what_follows_a_plus_and_dots_are_part_of_an_address() -> None:
    assert len(set(map(fold_email, ("a.b@example.jp", "ab@example.jp", "a.b+c@example.jp")))) == 3


@pytest.mark.parametrize(
    "typed", ["090-1234-5678", "０９０（１２３４）５６７８", "+81 90-1234-5678", "+81(0)9012345678"]
)
def test_a_phone_number_is_the_same_with_and_without_signs(typed: str) -> None:
    assert fold_phone(typed) == "09012345678"


def test_another_number_stays_another_number() -> None:
    assert fold_phone("0975346111") != fold_phone("0975346112")
