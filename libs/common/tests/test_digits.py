"""Twelve digits are seen however they are written, and refused without being said again."""

import pytest

from libs.common.digits import has_individual_number, refuse_individual_numbers
from libs.common.errors import Malformed

DISGUISES = (
    "123456789018",
    "１２３４－５６７８－９０１８",
    "1234 5678 9018",
    "番号は1234・5678・9018です",
)
PLAIN = ("", "停電のため", "097-534-6111", "+81 90 1234 5678", "2026/12/01から", "1234567890123")


@pytest.mark.parametrize("text", DISGUISES)
def test_twelve_digits_are_seen_in_every_disguise(text: str) -> None:
    assert has_individual_number(text)


@pytest.mark.parametrize("text", PLAIN)
def test_other_numbers_stay(text: str) -> None:
    assert not has_individual_number(text)
    refuse_individual_numbers({"reason": text})


def test_the_refusal_names_the_fields_and_never_the_digits() -> None:
    with pytest.raises(Malformed) as refused:
        refuse_individual_numbers({"name": DISGUISES[2], "kana": "よみ", "notes.0": DISGUISES[1]})
    assert refused.value.facts == {"fields": ["name", "notes.0"]}
    assert "individual number" in refused.value.detail
    assert not any(sign.isdigit() for sign in refused.value.detail)
