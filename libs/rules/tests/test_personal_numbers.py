"""Individual numbers are found however they are written, and nothing else is taken for one."""

import pytest

from libs.common.errors import Malformed
from libs.rules.personal_numbers import (
    has_certain_number,
    has_individual_number,
    is_individual_number,
    redacted,
    refuse_individual_numbers,
)

DISGUISES = (
    "123456789018",
    "１２３４５６７８９０１８",
    "1234 5678 9018",
    "1234-5678-9018",
    "１２３４－５６７８－９０１８",
    "1234−5678−9018",
    "1234ー5678ー9018",
    "1234一5678一9018",
    "番号は123456789018です",
    "番号は1234・5678・9018です",
    "1234\u200b56789018",
    "(1234)(5678)(9018)",
    "1234*5678*9018",
    "1234:5678;9018",
    "1234@5678#9018",
    "1234_5678_9018",
    "1234の5678の9018",
    "12/34/56/78/90/18",
    "番号 3) 12-34-56-78-90-18",
    "1 2 3 4 5 6 7 8 9 0 1 8",
    "123-456-789-018",
    "1234567\n89018",
    "1234\r\n5678\r\n9018",
    "+123456789018",
    "1+23456789018",
    "819012345678",
    "+811234567890",
    "一二三四五六七八九〇一八",
    "一二三四　五六七八　九〇一八",
    "壱弐参四五六七八九零壱八",
    "⑫③④⑤⑥⑦⑧⑨⓪①⑧",
    "①②③④⑤⑥⑦⑧⑨⓪①⑧",
    "1\u20e32\u20e33\u20e34\u20e35\u20e36\u20e37\u20e38\u20e39\u20e30\u20e31\u20e38\u20e3",
    "١٢٣٤٥٦٧٨٩٠١٨",
    "OTA-000123 123456789018",
    "0975341111 1234 5678 9018",
    "2026-12-01 1234 5678 9018",
    "0123-4567-8901",
    "0901-2345-6789",
    "1123456789018",
    "1234567890123",
    "123456789012",
)
OTHERS = (
    "",
    "停電のため",
    "ABC-123456",
    "8K2M47QX3P",
    "8K2M4-7QX3P",
    "097-534-6111",
    "090-1234-5678",
    "090-1234-5678 080-1111-2222",
    "097-534-6111、097-534-6112",
    "090-1234-5678 10:30",
    "〒870-8504 097-534-6111",
    "電話 097-534-6111\n10時から",
    "0975346111 12時",
    "097(534)6111\n12",
    "+81 90 1234 5678",
    "+819012345678",
    "+81 (0)97-534-6111",
    "1960-04-01",
    "2026/12/01から",
    "2026-12-01 10:30",
    "2026-12-01T09:00:00+09:00",
    "12/10、12/11、12/12",
    "12/10 9:00、12/11 10:00",
    "9:00〜12:00、13:00〜17:00",
    "大分市荷揚町2-31",
    "○○○○-○○○○-○○○○",
    "一つ、二つ、三つ、四つ、五つ、六つ、七つ、八つ、九つ",
    "12345678901234567890123",
    "2023, 2024, 2025, 2026",
)


@pytest.mark.parametrize("text", DISGUISES)
def test_twelve_digits_are_found_in_every_disguise(text: str) -> None:
    assert has_individual_number(text)
    assert has_individual_number(f"備考：{text}。")


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_stay(text: str) -> None:
    assert not has_individual_number(text)
    assert redacted(text) == text
    refuse_individual_numbers({"reason": text})


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("123456789018", True),
        ("123456789012", False),
        ("1234-5678-9012", True),
        ("123-456-789-018", True),
        ("一二三四五六七八九〇一八", True),
        ("備考 1234.5678.9018 至急", True),
        ("1123456789018", True),
        ("12345678901234567890123", False),
        ("097-534-6111", False),
    ],
)
def test_a_number_is_certain_by_its_check_digit_or_its_groups(text: str, is_certain: bool) -> None:
    assert has_certain_number(text) == is_certain


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("名簿.csv", "名簿.csv"),
        ("名簿_123456789018.csv", "名簿_（12桁の数字）.csv"),
        ("１２３４－５６７８－９０１８", "（12桁の数字）"),
        ("一行目\n1234\n5678\n9018\n五行目", "一行目\n（12桁の数字）\n五行目"),
        ("甲 123456789018 乙 ⑫③④⑤⑥⑦⑧⑨⓪①⑧", "甲 （12桁の数字） 乙 （12桁の数字）"),
        ("2026-12-01.csv", "2026-12-01.csv"),
    ],
)
def test_words_stand_for_the_digits_and_the_rest_stays_as_it_was_typed(
    typed: str, shown: str
) -> None:
    assert redacted(typed) == shown


def test_the_refusal_names_the_fields_and_never_the_digits() -> None:
    with pytest.raises(Malformed) as refused:
        refuse_individual_numbers({"name": DISGUISES[2], "kana": "よみ", "notes.0": DISGUISES[1]})
    assert refused.value.facts == {"fields": ["name", "notes.0"]}
    assert "individual number" in refused.value.detail
    assert not any(sign.isdigit() for sign in refused.value.detail)


def test_many_numbers_are_looked_through_quickly() -> None:
    assert not has_individual_number("1," * 20_000)
    assert has_individual_number("1," * 20_000 + "\n1234 5678 9018")


def with_check_digit(first_eleven: str) -> str:
    """The formula of the ordinance, written out the long way."""
    total = 0
    for n, digit in enumerate(reversed(first_eleven), start=1):
        total += int(digit) * (n + 1 if n <= 6 else n - 5)
    check = 11 - total % 11
    return first_eleven + str(0 if total % 11 <= 1 else check)


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
