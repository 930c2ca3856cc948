"""Rows to persons: columns, offices, faults, numbers that come twice."""

import re
from dataclasses import replace
from datetime import date

import pytest

from services.eligibility.domain.columns import Columns, named_columns
from services.eligibility.domain.file_names import shown_name
from services.eligibility.domain.ledger import Known, WantedPerson, changed_fields, effect_of
from services.eligibility.domain.offices import OfficeFinder
from services.eligibility.domain.problems import CarriesNumbers
from services.eligibility.domain.records import FileLine
from services.eligibility.domain.rows import PersonEntry, RowFault, RowReader
from services.eligibility.settings import CARD_NUMBER
from services.eligibility.tests.support import INDIVIDUAL_NUMBER, OFFICES

READER = RowReader(
    Columns(0, 1, 2), re.compile(CARD_NUMBER), OfficeFinder(OFFICES), date(2026, 12, 1)
)
BORN = date(1950, 1, 2)


def read(*cells: str) -> PersonEntry | list[RowFault]:
    return READER.read(FileLine(2, list(cells)))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["製造管理番号", "生年月日", "受取場所"], {0: "number", 1: "born", 2: "office"}),
        (["所属", "氏名", "予約ＩＤ", " 生年月日 "], {2: "number", 3: "born", 0: "office"}),
        (["予約id", "生年月日（和暦）", "交付 場所"], {0: "number", 1: "born", 2: "office"}),
        (
            ["予約ID", "製造管理番号", "生年月日", "窓口", "Web不可"],
            {1: "number", 2: "born", 3: "office", 4: "shielded"},
        ),
        (["番号", "日付"], {}),
    ],
)
def test_columns_are_found_by_any_of_their_names(
    header: list[str], columns: dict[int, str]
) -> None:
    assert named_columns(header) == columns


@pytest.mark.parametrize(
    ("text", "office_id"),
    [
        ("tsurusaki", "tsurusaki"),
        ("鶴崎支所", "tsurusaki"),
        ("鶴崎", "tsurusaki"),
        ("本庁舎１階市民課", "honcho"),
        ("本庁舎 1階 市民課", "honcho"),
        ("本庁", "honcho"),
        ("坂ノ市", "sakanoichi"),
        ("佐賀関支", "saganoseki"),
        ("大", None),
        ("支所", None),
        ("別府市役所", None),
    ],
)
def test_an_office_is_its_id_its_name_or_the_beginning_of_it(
    text: str, office_id: str | None
) -> None:
    assert OfficeFinder(OFFICES).find(text) == office_id


def test_an_office_that_is_written_with_two_signs_is_one() -> None:
    assert OfficeFinder({"wasada": "植田支所"}).find("稙田支所") == "wasada"
    assert OfficeFinder({"wasada": "稙田支所"}).find("植田") == "wasada"


def test_a_beginning_that_two_offices_share_means_neither() -> None:
    offices = OfficeFinder({"east": "大分東支所", "west": "大分西支所", "main": "大分"})
    assert offices.find("大分") == "main"
    assert offices.find("大分東") == "east"
    assert OfficeFinder({"east": "大分東支所", "west": "大分西支所"}).find("大分") is None


def test_a_good_row_becomes_an_entry() -> None:
    assert read("ota-000123", "S25.1.2", "鶴崎", "メモ") == PersonEntry(
        2, "OTA000123", BORN, "tsurusaki"
    )


def test_a_row_says_everything_that_is_wrong_with_it() -> None:
    assert read("OTA-12", "1950-13-01", "別府") == [
        RowFault(2, "製造管理番号", "番号の形が違います。"),
        RowFault(2, "生年月日", "暦にない日付です。"),
        RowFault(2, "交付場所", "登録されていない場所です。"),
    ]


def test_empty_cells_are_called_empty() -> None:
    faults = read(" ", "", "　")
    assert isinstance(faults, list)
    assert [fault.reason for fault in faults] == ["空欄です。"] * 3


def test_short_rows_and_broken_quotes_are_faults_of_the_row() -> None:
    assert read("OTA-000123") == [RowFault(2, "行全体", "列の数が足りません。")]
    broken = READER.read(FileLine(7, None))
    assert isinstance(broken, list)
    assert (broken[0].line, broken[0].column) == (7, "行全体")


def fresh() -> RowReader:
    columns = Columns(0, 1, 2)
    return RowReader(columns, re.compile(CARD_NUMBER), OfficeFinder(OFFICES), date(2026, 12, 1))


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_an_individual_number_in_any_column_refuses_the_file_without_repeating_it(
    place: int,
) -> None:
    cells = ["OTA-000123", "1950-01-02", "鶴崎", "メモ"]
    reader = fresh()
    for line in range(2, 500):
        reader.read(FileLine(line, cells))
    reader.read(
        FileLine(500, [INDIVIDUAL_NUMBER if n == place else cell for n, cell in enumerate(cells)])
    )
    with pytest.raises(CarriesNumbers, match="マイナンバー") as refused:
        reader.twelve_digits.refuse(final=True)
    assert "500行目" in refused.value.detail
    assert not re.search("[0-9]{4}", refused.value.detail)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_twelve_digits_of_another_kind_in_our_columns_are_a_fault_of_the_row(place: int) -> None:
    cells = ["OTA-000123", "1950-01-02", "鶴崎"]
    cells[place] = "123456789012"
    faults = fresh().read(FileLine(2, cells))
    assert isinstance(faults, list)
    assert [fault.column for fault in faults] == [["製造管理番号", "生年月日", "交付場所"][place]]


@pytest.mark.parametrize(
    "remark",
    ["備考 1234.5678.9018 至急", "一二三四五六七八九〇一八", "1123456789018", "1234\n5678\n9018"],
)
def test_a_remark_with_an_individual_number_is_found_however_it_is_written(remark: str) -> None:
    reader = fresh()
    reader.read(FileLine(2, ["OTA-000123", "1950-01-02", "鶴崎", remark]))
    with pytest.raises(CarriesNumbers, match="「4列目」"):
        reader.twelve_digits.refuse(final=True)


def test_a_column_of_another_offices_numbers_is_none_of_ours() -> None:
    """One in eleven of them has the check digit of an individual number by chance."""
    reader = fresh()
    for n in range(500):
        cells = [f"OTA-{n:06}", "1950-01-02", "鶴崎", f"{100_000_000_000 + n * 7919}"]
        assert isinstance(reader.read(FileLine(n + 2, cells)), PersonEntry)
        reader.twelve_digits.refuse(final=False)
    reader.twelve_digits.refuse(final=True)


def test_another_number_of_twelve_digits_in_a_remark_is_none_of_ours() -> None:
    assert isinstance(
        read("OTA-000123", "1950-01-02", "鶴崎", "宛名番号 123456789012"), PersonEntry
    )


def test_a_pattern_that_takes_any_digits_still_refuses_an_individual_number() -> None:
    loose = RowReader(
        Columns(0, 1, 2), re.compile("[0-9]+"), OfficeFinder(OFFICES), date(2026, 12, 1)
    )
    assert isinstance(loose.read(FileLine(2, [INDIVIDUAL_NUMBER, "1950-01-02", "鶴崎"])), list)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["1.23E+08", "1950-01-02", "鶴崎"], "指数表示"),
        (["123456", "1950-01-02", "鶴崎"], "先頭の0"),
        (["#N/A", "1950-01-02", "鶴崎"], "計算の誤り"),
        (["OTA-000123", "18264", "鶴崎"], "シリアル値"),
        (["OTA-000123", "1.95E+07", "鶴崎"], "指数表示"),
        (["OTA-000123", "1950-00-00", "鶴崎"], "不明な部分"),
        (["OTA-000123", "1950-01-02 10:30", "鶴崎"], "読み取れません"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_named(cells: list[str], reason: str) -> None:
    faults = read(*cells)
    assert isinstance(faults, list)
    assert reason in faults[0].reason
    assert len(faults) == 1


@pytest.mark.parametrize(
    "cells",
    [
        ['="OTA000123"', '="1950-01-02"', '="鶴崎"'],
        ["'OTA-000123", "'19500102", "'鶴崎"],
        ["OTA-000123", "1950/1/2 0:00:00", "鶴崎"],
        ["OTA-000123", "1950-01-02T00:00:00", "鶴崎支所"],
        ["ＯＴＡー０００１２３", "昭和２５年１月２日", "tsurusaki"],
        [" ota 000123 ", "S25/01/02", " 鶴 崎 "],
        ["OTA-000123", "3250102", "鶴崎"],
    ],
)
def test_what_a_spreadsheet_needs_to_leave_a_text_alone_is_read(cells: list[str]) -> None:
    assert read(*cells) == PersonEntry(2, "OTA000123", BORN, "tsurusaki")


def test_an_office_may_have_the_words_of_the_file_or_be_that_of_the_whole_file() -> None:
    worded = replace(READER, columns=Columns(0, 1, 2, words={"07": "saganoseki"}))
    assert worded.read(FileLine(2, ["OTA-000123", "1950-01-02", "０７"])) == PersonEntry(
        2, "OTA000123", BORN, "saganoseki"
    )
    whole = replace(READER, columns=Columns(0, 1, office_id="akeno"))
    assert whole.read(FileLine(2, ["OTA-000123", "1950-01-02"])) == PersonEntry(
        2, "OTA000123", BORN, "akeno"
    )


@pytest.mark.parametrize(
    ("known", "effect"),
    [
        (None, "added"),
        (Known(BORN, "honcho"), "unchanged"),
        (Known(date(1950, 1, 3), "honcho"), "changed"),
        (Known(BORN, "dainan"), "moved"),
        (Known(date(1950, 1, 3), "dainan"), "moved"),
    ],
)
def test_what_a_row_does_depends_on_what_is_known(known: Known | None, effect: str) -> None:
    assert effect_of(WantedPerson(BORN, "honcho"), known) == effect


def test_a_file_without_the_flag_changes_nothing_of_it() -> None:
    known = Known(BORN, "honcho", shielded=True)
    assert changed_fields(WantedPerson(BORN, "honcho"), known) == []
    assert changed_fields(WantedPerson(BORN, "honcho", shielded=False), known) == ["shielded"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("名簿.csv", "名簿.csv"),
        (r"C:\Users\x\名簿.csv", "名簿.csv"),
        ("../../etc/list.csv", "list.csv"),
        ("a\nb.csv", "ab.csv"),
        ("", "(名前なし)"),
        (f"{INDIVIDUAL_NUMBER}.csv", "（12桁の数字）.csv"),
        ("名簿 1234.5678.9012.csv", "名簿 （12桁の数字）.csv"),
        ("一二三四五六七八九〇一八.csv", "（12桁の数字）.csv"),
    ],
)
def test_the_name_of_a_file_is_shown_without_path_or_person(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
