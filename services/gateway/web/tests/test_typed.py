"""What people type, in every form that they type it."""

import re
from datetime import date

import pytest

from services.gateway.web.typed import (
    PHONE_ABROAD,
    PHONE_AREA,
    PHONE_HELP,
    PHONE_NOBODYS,
    Mistyped,
    TypedDate,
    harmless,
    read_birth,
    read_booking_number,
    read_card_number,
    read_person_name,
    read_phone,
)

TODAY = date(2026, 12, 1)
CARD = re.compile("[0-9A-Z]{3}[0-9]{6}")


@pytest.mark.parametrize(
    "typed",
    [
        "ABC-123456",
        "abc123456",
        "ＡＢＣ－１２３４５６",
        "ABC−123456",
        "ABC‐123456",
        "ABCー123456",
        "ABCｰ123456",
        " ABC - 123 456 ",
        "ABC\u3000123456",
        "\ufeffABC\u200b123456\n",
    ],
)
def test_a_card_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_card_number(typed, CARD, "sentence") == "ABC123456"


@pytest.mark.parametrize("typed", ["", "AB-123456", "ABC-12345", "ABC-1234567", "あいう123456"])
def test_what_is_no_card_number_gets_the_sentence(typed: str) -> None:
    with pytest.raises(Mistyped, match="sentence"):
        read_card_number(typed, CARD, "sentence")


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        (TypedDate("ce", "1960", "4", "1"), date(1960, 4, 1)),
        (TypedDate("ce", "１９６０", "０４", "０１"), date(1960, 4, 1)),
        (TypedDate("ce", "1960年", "4月", "1日"), date(1960, 4, 1)),
        (TypedDate("showa", "35", "4", "1"), date(1960, 4, 1)),
        (TypedDate("showa", "1960", "4", "1"), date(1960, 4, 1)),
        (TypedDate("ce", "昭和35", "4", "1"), date(1960, 4, 1)),
        (TypedDate("ce", "S35", "4", "1"), date(1960, 4, 1)),
        (TypedDate("ce", "昭和35年4月1日", "", ""), date(1960, 4, 1)),
        (TypedDate("ce", "Ｓ３５．４．１", "", ""), date(1960, 4, 1)),
        (TypedDate("showa", "35.4.1", "", ""), date(1960, 4, 1)),
        (TypedDate("ce", "1960/4/1", "", ""), date(1960, 4, 1)),
        (TypedDate("ce", "1960-04-01", "", ""), date(1960, 4, 1)),
        (TypedDate("ce", "1960−4−1", "", ""), date(1960, 4, 1)),
        (TypedDate("ce", "19600401", "", ""), date(1960, 4, 1)),
        (TypedDate("reiwa", "元", "5", "1"), date(2019, 5, 1)),
        (TypedDate("ce", "令和元年5月1日", "", ""), date(2019, 5, 1)),
        (TypedDate("heisei", "31", "4", "30"), date(2019, 4, 30)),
        (TypedDate("taisho", "15", "12", "24"), date(1926, 12, 24)),
        (TypedDate("showa", "64", "1", "7"), date(1989, 1, 7)),
        (TypedDate("ce", "2000", "2", "29"), date(2000, 2, 29)),
        (TypedDate("ce", "平成元年1月8日", "", ""), date(1989, 1, 8)),
        (TypedDate("ce", "3350401", "", ""), date(1960, 4, 1)),
        (TypedDate("showa", "350401", "", ""), date(1960, 4, 1)),
    ],
)
def test_a_date_of_birth_is_read_however_it_is_typed(typed: TypedDate, born: date) -> None:
    assert read_birth(typed, TODAY) == born


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (TypedDate(), "生年月日を入力してください"),
        (TypedDate("ce", "60", "4", "1"), "4桁"),
        (TypedDate("ce", "1960", "", "1"), "月と日"),
        (TypedDate("ce", "1960", "13", "1"), "カレンダーにない"),
        (TypedDate("ce", "2001", "2", "29"), "カレンダーにない"),
        (TypedDate("ce", "2027", "1", "1"), "年をお確かめ"),
        (TypedDate("ce", "1850", "1", "1"), "年をお確かめ"),
        (TypedDate("ce", "0000", "1", "1"), "カレンダーにない"),
        (TypedDate("heisei", "32", "1", "1"), "この年はありません"),
        (TypedDate("showa", "0", "1", "1"), "この年はありません"),
        (TypedDate("ce", "平成1年1月1日", "", ""), "この日付はありません"),
        (TypedDate("heisei", "1", "1", "7"), "この日付はありません"),
        (TypedDate("ce", "昭和64年3月1日", "", ""), "この日付はありません"),
        (TypedDate("showa", "64", "1", "8"), "この日付はありません"),
        (TypedDate("reiwa", "元", "4", "30"), "この日付はありません"),
        (TypedDate("ce", "3640301", "", ""), "この日付はありません"),
        (TypedDate("kyowa", "40", "1", "1"), "暦を選んで"),
        (TypedDate("ce", "abc", "4", "1"), "数字で"),
        (TypedDate("ce", "1960", "4" * 400, "1"), "月と日"),
    ],
)
def test_what_is_no_date_of_birth_is_explained(typed: TypedDate, sentence: str) -> None:
    with pytest.raises(Mistyped, match=sentence):
        read_birth(typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("おおいた　はなこ", "オオイタ ハナコ"), ("Nguyen Van A", "NGUYEN VAN A")],
)
def test_a_name_is_read_in_kana_and_in_latin_letters(typed: str, name: str) -> None:
    assert read_person_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "氏名を入力して"), (" ", "氏名を入力して"), ("大分花子", "ローマ字"), ("X1", "ローマ字")],
)
def test_what_is_no_name_is_explained(typed: str, sentence: str) -> None:
    with pytest.raises(Mistyped, match=sentence):
        read_person_name(typed)


@pytest.mark.parametrize("typed", ["8K2M4-7QX3P", "8k2m47qx3p", "８Ｋ２Ｍ４－７ＱＸ３Ｐ"])
def test_a_booking_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_booking_number(typed) == "8K2M4-7QX3P"


def test_letters_that_look_like_digits_are_taken_for_those() -> None:
    assert read_booking_number("OIL00-00000") == "01100-00000"


@pytest.mark.parametrize("typed", ["", "8K2M4", "8K2M4-7QX3PX", "8K2M4-7QX3U"])
def test_what_is_no_booking_number_is_refused(typed: str) -> None:
    with pytest.raises(Mistyped):
        read_booking_number(typed)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("090-1234-5678", "09012345678"),
        ("０９０ー１２３４ー５６７８", "09012345678"),
        ("(097) 534-6111", "0975346111"),
        ("+81 90 1234 5678", "09012345678"),
        ("+81 (0)97-534-6111", "0975346111"),
        ("TEL:097-534-6111", "0975346111"),
        ("050-1234-5678", "05012345678"),
        ("\u3000", None),
    ],
)
def test_a_phone_number_is_read_as_its_digits(typed: str, digits: str | None) -> None:
    assert read_phone(typed) == digits


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1-800-555-1234", PHONE_HELP),
        ("090-1234-567", PHONE_HELP),
        ("097-534-61111", PHONE_HELP),
        ("ないです", PHONE_HELP),
        ("534-6111", PHONE_AREA),
        ("+1 415 555 0100", PHONE_ABROAD),
        ("0120-123-456", PHONE_NOBODYS),
        ("0800-123-4567", PHONE_NOBODYS),
    ],
)
def test_what_nobody_can_call_is_explained(typed: str, sentence: str) -> None:
    with pytest.raises(Mistyped) as wrong:
        read_phone(typed)
    assert str(wrong.value) == sentence


@pytest.mark.parametrize(
    "ours",
    [
        "0b0e8c1c-6a52-4d1d-9d0c-123456789018",
        "/bookings/0b0e8c1c-6a52-4d1d-9d0c-123456789018",
        "a123456789018bcdefabcdefabcdefab",
        "Kx-123456789018-" + "Z" * 27,
        "arrive.0b0e8c1c-6a52-4d1d-9d0c-123456789018.2.",
        "2026-12-01T09:00",
    ],
)
def test_ids_and_tokens_of_our_own_are_harmless(ours: str) -> None:
    assert harmless(ours) == ours


@pytest.mark.parametrize("typed", ["123456789018", "/find?m=123456789018", "1234 5678 9018 です"])
def test_twelve_digits_are_as_good_as_nothing(typed: str) -> None:
    assert harmless(typed) == ""
