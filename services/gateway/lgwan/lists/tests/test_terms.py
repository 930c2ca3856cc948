"""One field for everything that people say of themselves: what is typed is told apart."""

from datetime import date
from typing import Any

import pytest

from libs.contracts.booking import StaffSearch
from services.gateway.lgwan.lists.terms import (
    HELP,
    NO_BIRTH,
    NO_TERM,
    Term,
    TwelveDigitTerm,
    read_term,
)
from services.gateway.web.typed import Mistyped

TODAY, BORN = date(2026, 12, 1), date(1960, 4, 1)
NAME = {"name": "オオイタ ハナコ", "born": BORN}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("オオイタ ハナコ 1960/4/1", NAME),
        ("おおいた　はなこ　昭和35年4月1日", NAME),
        ("ｵｵｲﾀ ﾊﾅｺ S35.4.1", NAME),
        ("オオイタ ハナコ 19600401", NAME),
        ("オオイタ ハナコ 1960 4 1", NAME),
        ("1960年4月1日生まれ　オオイタ ハナコ", NAME),
        ("オオイタ ハナコ１９６０／４／１", NAME),
        ("オーノ 1960-04-01", {"name": "オーノ", "born": BORN}),
        ("NGUYEN VAN S 1960/4/1", {"name": "NGUYEN VAN S", "born": BORN}),
        ("Nguyễn Văn A S35.4.1", {"name": "NGUYỄN VĂN A", "born": BORN}),
        ("090-1234-5678", {"phone": "09012345678"}),
        ("０９０（１２３４）５６７８", {"phone": "09012345678"}),
        ("+81 90 1234 5678", {"phone": "09012345678"}),
        (" Hanako＠example.jp ", {"email": "Hanako@example.jp"}),
        ("8k2m4-7qx3p", {"number": "8K2M47QX3P"}),
        ("予約番号：８K2M4‐7QX3P", {"number": "8K2M47QX3P"}),
        ("8123456789", {"number": "8123456789"}),
    ],
)
def test_what_is_typed_is_told_apart(typed: str, wanted: dict[str, Any]) -> None:
    assert read_term(typed, TODAY) == Term((StaffSearch(**wanted),))


@pytest.mark.parametrize("typed", ["ABC-123456", "abc123456", "ＡＢＣ　１２３４５６", "A1C-123456"])
def test_a_booking_id_is_asked_of_who_knows_cards(typed: str) -> None:
    assert read_term(typed, TODAY).card in ("ABC123456", "A1C123456")


def test_ten_digits_are_looked_for_as_a_phone_number_and_then_as_a_booking_number() -> None:
    kinds = [way.kind for way in read_term("0975346111", TODAY).ways]
    assert kinds == ["phone", "number"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", NO_TERM),
        (" \u3000", NO_TERM),
        ("オオイタ ハナコ", NO_BIRTH),
        ("Smith John", NO_BIRTH),
        ("大分花子 1960/4/1", HELP),
        ("1960/4/1", HELP),
        ("!", HELP),
    ],
)
def test_what_nobody_can_look_for_says_how_to_type_it(typed: str, sentence: str) -> None:
    with pytest.raises(Mistyped) as wrong:
        read_term(typed, TODAY)
    assert str(wrong.value) == sentence


@pytest.mark.parametrize(
    "typed", ["オオイタ 1960/2/31", "オオイタ 2030/1/1", "090-12", "a@b", "a@@example.jp"]
)
def test_what_cannot_be_says_what_is_wrong_with_it(typed: str) -> None:
    with pytest.raises(Mistyped) as wrong:
        read_term(typed, TODAY)
    assert str(wrong.value) not in (HELP, NO_BIRTH, NO_TERM)


@pytest.mark.parametrize(
    "typed", ["123456789018", "オオイタ 1234-5678-9018", "１２３４５６７８９０１８"]
)
def test_an_individual_number_is_none_of_them(typed: str) -> None:
    with pytest.raises(TwelveDigitTerm):
        read_term(typed, TODAY)
