"""Names are read as people type them, and folded so that one person has one name."""

import pytest

from libs.rules.names import NotAName, fold_name, is_name, read_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("オオイタ ハナコ", "オオイタ ハナコ"),
        ("おおいた　はなこ", "オオイタ ハナコ"),
        ("ｵｵｲﾀ ﾊﾅｺ", "オオイタ ハナコ"),
        ("ﾍﾞﾝｼﾞｬﾐﾝ", "ベンジャミン"),
        ("ジョ−ジ", "ジョージ"),
        ("カ゛ルシア＝マルケス", "ガルシア・マルケス"),
        (" ヴィクトリア・スミス ", "ヴィクトリア・スミス"),
        ("NGUYEN VAN A", "NGUYEN VAN A"),
        ("Nguyễn  Văn A", "NGUYỄN VĂN A"),
        ("ＳＭＩＴＨ　ＪＯＨＮ", "SMITH JOHN"),
        ("O’Brien, Mary-Jane", "O'BRIEN, MARY-JANE"),
        ("Li", "LI"),
    ],
)
def test_a_name_is_read_in_kana_or_in_latin_letters(typed: str, name: str) -> None:
    assert read_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "missing"),
        (" \u3000", "missing"),
        ("大分花子", "not-a-name"),
        ("オオイタ1", "not-a-name"),
        ("オオイタ HANAKO", "not-a-name"),
        ("NGUYEN 123", "not-a-name"),
        ("-", "not-a-name"),
        ("・", "not-a-name"),
        ("X", "not-a-name"),
        ("ア" * 101, "not-a-name"),
        ("A" * 101, "not-a-name"),
        ("김철수", "not-a-name"),
    ],
)
def test_what_is_no_such_name_is_refused(typed: str, fault: str) -> None:
    assert not is_name(typed)
    with pytest.raises(NotAName) as wrong:
        read_name(typed)
    assert wrong.value.fault == fault


SAME = [
    ("オオイタ タロウ", "おおいたたろう"),
    ("オオイタ タロウ", "ｵｵｲﾀ　ﾀﾛｳ"),
    ("ガパ", "ｶﾞﾊﾟ"),
    ("ジャン・ピエール", "ジャンピエール"),
    ("ジャン゠ピエール", "ジャン・ピエール"),
    ("ジャン＝ピエール", "ジャン ピエール"),
    ("ショウコ", "シヨウコ"),
    ("ハットリ", "ハツトリ"),
    ("フォン", "フオン"),
    ("ミヤガワ ヶイ", "ミヤガワ ケイ"),
    ("ヰノウエ", "イノウエ"),
    ("ヱミコ", "エミコ"),
    ("オオノ", "オーノ"),
    ("オオノ", "オウノ"),
    ("コウタ", "コータ"),
    ("ユウキ", "ユーキ"),
    ("ケイコ", "ケーコ"),
    ("リーナ", "リイナ"),
    ("NGUYEN VAN A", "Nguyễn Văn A"),
    ("SMITH JOHN", "ＳＭＩＴＨ ＪＯＨＮ"),
    ("O'BRIEN MARY-JANE", "OBRIEN, MARY JANE"),
    ("ĐỖ THỊ HOA", "DO THI HOA"),
]
OTHERS = [
    ("オノ", "オオノ"),
    ("ユキ", "ユウキ"),
    ("ショウコ", "ショコ"),
    ("ハシモト", "バシモト"),
    ("ミズ", "ミヅ"),
    ("カオル", "カヲル"),
    ("シゲル", "シケル"),
    ("ヒロシ", "ヒロコ"),
    ("ケ", "カ"),
    ("NGUYEN VAN A", "NGUYEN VAN AN"),
    ("VAN A NGUYEN", "NGUYEN VAN A"),
    ("グエン ヴァン ア", "NGUYEN VAN A"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_a_name_are_one_person(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_two_names_stay_two_people(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_the_first_version_of_the_rule_stays_as_it_was() -> None:
    assert fold_name("おおの ｼｮｳｺ", version=1) == "オオノショウコ"
    assert fold_name("オーノ", version=1) != fold_name("オオノ", version=1)
