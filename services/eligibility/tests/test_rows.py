"""Rows to persons: columns, offices, faults, numbers that come twice."""

import re
from datetime import date

import pytest

from services.eligibility.domain.file_names import shown_name
from services.eligibility.domain.ledger import Known, Ledger, effect_of
from services.eligibility.domain.offices import Offices
from services.eligibility.domain.problems import MissingColumn, TooManyRows
from services.eligibility.domain.rows import Columns, Entry, Fault, RowReader, find_columns
from services.eligibility.domain.sheet import Line
from services.eligibility.settings import CARD_NUMBER
from services.eligibility.tests.support import INDIVIDUAL_NUMBER, OFFICES

READER = RowReader(Columns(0, 1, 2), re.compile(CARD_NUMBER), Offices(OFFICES), date(2026, 12, 1))
BORN = date(1950, 1, 2)


def read(*cells: str) -> Entry | list[Fault]:
    return READER.read(Line(2, list(cells)))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["製造管理番号", "生年月日", "受取場所"], Columns(0, 1, 2)),
        (["所属", "氏名", "予約ＩＤ", " 生年月日 "], Columns(2, 3, 0)),
        (["予約id", "生年月日（和暦）", "交付 場所"], Columns(0, 1, 2)),
        (["予約ID", "製造管理番号", "生年月日", "窓口"], Columns(1, 2, 3)),
    ],
)
def test_columns_are_found_by_any_of_their_names(header: list[str], columns: Columns) -> None:
    assert find_columns(header) == columns


def test_missing_columns_are_named_and_the_header_is_not_repeated() -> None:
    with pytest.raises(MissingColumn) as refused:
        find_columns(["OTA-000001", "1950-01-02", "受取場所"])
    assert "「製造管理番号」、「生年月日」の列が見つかりません" in refused.value.detail
    assert "OTA" not in refused.value.detail


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
    assert Offices(OFFICES).find(text) == office_id


def test_a_beginning_that_two_offices_share_means_neither() -> None:
    offices = Offices({"east": "大分東支所", "west": "大分西支所", "main": "大分"})
    assert offices.find("大分") == "main"
    assert offices.find("大分東") == "east"
    assert Offices({"east": "大分東支所", "west": "大分西支所"}).find("大分") is None


def test_a_good_row_becomes_an_entry() -> None:
    assert read("ota-000123", "S25.1.2", "鶴崎", "メモ") == Entry(2, "OTA000123", BORN, "tsurusaki")


def test_a_row_says_everything_that_is_wrong_with_it() -> None:
    assert read("OTA-12", "1950-13-01", "別府") == [
        Fault(2, "製造管理番号", "番号の形が違います。"),
        Fault(2, "生年月日", "暦にない日付です。"),
        Fault(2, "交付場所", "登録されていない場所です。"),
    ]


def test_empty_cells_are_called_empty() -> None:
    faults = read(" ", "", "　")
    assert isinstance(faults, list)
    assert [fault.reason for fault in faults] == ["空欄です。"] * 3


def test_short_rows_and_broken_quotes_are_faults_of_the_row() -> None:
    assert read("OTA-000123") == [Fault(2, "行全体", "列の数が足りません。")]
    broken = READER.read(Line(7, None))
    assert isinstance(broken, list)
    assert (broken[0].line, broken[0].column) == (7, "行全体")


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_row_with_an_individual_number_is_refused_without_repeating_it(place: int) -> None:
    cells = ["OTA-000123", "1950-01-02", "鶴崎", "メモ"]
    cells[place] = INDIVIDUAL_NUMBER
    faults = read(*cells)
    assert isinstance(faults, list)
    names = ["製造管理番号", "生年月日", "交付場所", "4列目"]
    assert [fault.column for fault in faults] == [names[place]]
    assert "マイナンバー" in faults[0].reason
    assert not re.search("[0-9]{4}", faults[0].reason)


@pytest.mark.parametrize(
    "remark",
    ["備考 1234.5678.9018 至急", "一二三四五六七八九〇一八", "1123456789018", "1234\n5678\n9018"],
)
def test_a_remark_with_an_individual_number_is_refused_however_it_is_written(remark: str) -> None:
    faults = read("OTA-000123", "1950-01-02", "鶴崎", remark)
    assert isinstance(faults, list)
    assert [fault.column for fault in faults] == ["4列目"]


def test_another_number_of_twelve_digits_in_a_remark_is_none_of_ours() -> None:
    assert isinstance(read("OTA-000123", "1950-01-02", "鶴崎", "宛名番号 123456789012"), Entry)


def test_a_pattern_that_takes_any_digits_still_refuses_an_individual_number() -> None:
    loose = RowReader(Columns(0, 1, 2), re.compile("[0-9]+"), Offices(OFFICES), date(2026, 12, 1))
    assert isinstance(loose.read(Line(2, [INDIVIDUAL_NUMBER, "1950-01-02", "鶴崎"])), list)


def entry(line: int, number: str = "OTA000001", office_id: str = "honcho") -> Entry:
    return Entry(line, number, BORN, office_id)


def test_a_number_that_comes_twice_counts_once_and_a_contradiction_is_a_fault() -> None:
    ledger = Ledger()
    fresh = ledger.sort([entry(2), entry(3), entry(4, office_id="dainan"), entry(5, "OTA000002")])
    assert [found.line for found in fresh] == [2, 5]
    assert (ledger.rows, ledger.rejected, ledger.effects["unchanged"]) == (4, 1, 1)
    assert ledger.faults == [Fault(4, "製造管理番号", "2行目と同じ番号で、内容が違います。")]


def test_a_row_with_two_faults_is_one_rejected_row() -> None:
    ledger = Ledger()
    assert (
        ledger.sort([[Fault(2, "生年月日", "空欄です。"), Fault(2, "交付場所", "空欄です。")]])
        == []
    )
    assert (ledger.rows, ledger.rejected, len(ledger.faults)) == (1, 1, 2)


def test_more_rows_than_allowed_refuse_the_file() -> None:
    with pytest.raises(TooManyRows, match="ファイルを分けてください"):
        Ledger(limit=2).sort([entry(2), entry(3), entry(4)])


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
    assert effect_of(entry(2), known) == effect


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
