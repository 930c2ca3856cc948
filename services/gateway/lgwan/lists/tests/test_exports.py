"""Files of a list: what is in them, who gets them, and what is said when they cannot be made."""

import csv
import errno
import io
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode
from uuid import uuid4
from xml.etree.ElementTree import Element

import asyncpg
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dev.testing import Database
from libs.contracts.booking import EXPORT_MOST, StaffBooking, StaffBookingExport
from services.gateway.lgwan.door.context import CatalogIndex, Services
from services.gateway.lgwan.door.csv_rows import encode, plain_cell
from services.gateway.lgwan.lists.lines import COLUMNS, line_of
from services.gateway.lgwan.lists.runner import reason_of
from services.gateway.lgwan.lists.sheets import CsvSheet, ExcelSheet, Heading
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, fake_services, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at, sql
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.testing import words

HEADING = Heading("2026年12月1日（火） 9時41分現在", "2件　場所：本庁舎")
HEADINGS = [column.heading for column in COLUMNS]
NOBODY = CatalogIndex({}, {})
PLACE = f"_2026-12-01T10:30:00+09:00_{uuid4()}"
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def order(desk: Browser, kind: str = "xlsx", query: str = "sort=starts_at") -> None:
    desk.open("/bookings?sort=starts_at")
    desk.send("/exports", {"kind": kind, "query": query})


def files_of(desk: Browser) -> list[Element]:
    """What fetches a file, the newest first."""
    return [f for f in desk.page.all("form") if f.get("action", "").endswith("/file")]


def fetch(desk: Browser) -> bytes:
    """The content of the newest file, as soon as it is made."""
    end = monotonic() + 30
    while not (forms := files_of(desk)) and monotonic() < end:
        desk.open("/exports")
    form = forms[0]
    hidden = {name: desk.page.field(name) for name in ("csrf", "key")}
    answer = desk.client.post(form.get("action", ""), data=hidden)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="bookings-')
    assert answer.headers["content-disposition"].endswith((".xlsx", ".csv"))
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def the_file(desk: Browser, services: Services, kind: str = "xlsx") -> bytes:
    order(desk, kind)
    return fetch(desk)


def sheet_of(content: bytes) -> Worksheet:
    sheet = load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def excel(bookings: Iterable[StaffBooking], catalog: CatalogIndex, folder: Path) -> Worksheet:
    file = io.BytesIO()
    sheet = ExcelSheet(file, HEADING, folder)
    sheet.add(line_of(booking, catalog) for booking in bookings)
    sheet.close()
    return sheet_of(file.getvalue())


def parts(sizes: Iterable[int], total: int | None = None) -> list[StaffBookingExport | Exception]:
    """Parts of these sizes, as booking answers them one after the other."""
    count = list(sizes)
    return [
        StaffBookingExport(
            bookings=tuple(a_booking(number=f"{place:05}{n:05}") for n in range(size)),
            next_after=f"_after_{place}" if place < len(count) - 1 else None,
            at=today_at(9, 41),
            total=None if place else (total or sum(count)),
        )
        for place, size in enumerate(count)
    ]


def test_the_workbook_has_a_stamp_a_heading_that_stays_filters_and_widths(
    desk: Browser, services: Services
) -> None:
    sheet = sheet_of(the_file(desk, services))
    assert sheet.title == sheet["A1"].value == "予約受付一覧表"
    stamp = str(sheet["A2"].value)
    assert stamp.startswith(f"{today_at(0).year}年")
    assert " 9時41分現在" in stamp
    assert "1件" in stamp
    assert "並び順：来庁日時の昇順" in stamp
    assert [cell.value for cell in sheet[3]] == HEADINGS
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:P4"
    # Columns alike are read as one, under the first letter of them.
    for letter, column in zip("ABCDEFGHIJKLM", COLUMNS, strict=False):
        assert abs(sheet.column_dimensions[letter].width - column.width) < 1
    today, entered = today_at(0), today_at(9) - timedelta(days=12)
    assert [cell.value or "" for cell in sheet[4]] == [
        datetime.combine(today.date(), time()),
        time(10, 30),
        "本庁舎1階市民課",
        "8K2M4-7QX3P",
        "カードの交付",
        "本人",
        "ネット",
        "予約済",
        entered.replace(tzinfo=None),
        "あり",
        *[""] * 6,
    ]


def test_the_workbook_is_laid_out_for_paper(desk: Browser, services: Services) -> None:
    sheet = sheet_of(the_file(desk, services))
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center.text == "&P ／ &N ページ"


@pytest.mark.parametrize("name", EVIL)
def test_no_text_of_a_workbook_is_anything_but_text(tmp_path: Path, name: str) -> None:
    office = a_booking(office_id=name)
    sheet = excel([office], NOBODY, tmp_path)
    cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row]
    texts = [cell for cell in cells if not isinstance(cell.value, int | date | time)]
    assert {cell.data_type for cell in texts if cell.value is not None} <= {"s", "inlineStr"}
    assert {cell.number_format for cell in texts} == {"@"}
    assert sheet["C4"].value == name.replace("\r", "_x000D_")


def test_days_times_and_numbers_are_cells_of_their_type(tmp_path: Path) -> None:
    sheet = excel([a_booking()], NOBODY, tmp_path)
    day, at, entered = sheet["A4"], sheet["B4"], sheet["I4"]
    assert all(cell.data_type == "d" for cell in (day, at, entered))
    assert (day.number_format, at.number_format) == ('yyyy/mm/dd"（"[$-411]aaa"）"', "hh:mm")


@pytest.mark.parametrize("name", EVIL)
def test_no_cell_of_a_csv_begins_a_formula(name: str) -> None:
    file = io.BytesIO()
    sheet = CsvSheet(file, "utf-8")
    sheet.add([line_of(a_booking(office_id=name), NOBODY)])
    sheet.close()
    text = file.getvalue().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[1][2] == f"'{name}"
    assert plain_cell("8K2M4-7QX3P") == "8K2M4-7QX3P"


def test_csv_comes_as_excel_reads_it(desk: Browser, services: Services) -> None:
    content = the_file(desk, services, "csv-utf8")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == HEADINGS
    assert rows[1][:2] == [f"{today_at(0):%Y/%m/%d}", "10:30"]
    assert rows[1][2:6] == ["本庁舎1階市民課", "8K2M4-7QX3P", "カードの交付", "本人"]
    assert content.count(b"\r\n") == len(rows) == 2
    assert the_file(desk, services, "csv-cp932").decode("cp932") == content.decode("utf-8-sig")


def test_what_cp932_does_not_have_is_replaced_and_the_page_says_so(
    desk: Browser, services: Services
) -> None:
    booking_of(services).kept.clear()
    booking_of(services).parts = [
        StaffBookingExport(
            bookings=(a_booking(office_id="𠮷野出張所"),),
            next_after=None,
            at=today_at(9),
            total=1,
        )
    ]
    order(desk, "csv-cp932")
    assert "Shift_JISにない文字を1か所「〓」に置き換えました" in desk.page.text
    assert ",〓野出張所," in fetch(desk).decode("cp932")


def test_signs_that_only_look_different_are_no_loss_in_cp932() -> None:
    assert encode("10〜12時 −1 髙﨑①", "cp932") == ("10～12時 －1 髙﨑①".encode("cp932"), 0)
    assert encode("a\U0001f600b", "cp932") == ("a〓b".encode("cp932"), 1)


def test_the_file_is_exactly_the_list_that_was_shown(desk: Browser, services: Services) -> None:
    query = "office=honcho&status=confirmed&from=2026-01-01&sort=-booked_at"
    desk.open(f"/bookings?{query}&{urlencode({'after': PLACE})}")
    kept = next(f for f in desk.page.all("form") if f.get("action") == "/exports")
    fields = {e.get("name", ""): e.get("value", "") for e in kept.iter("input")}
    desk.send("/exports", {"kind": "xlsx", "query": fields["query"]})
    assert booking_of(services).queries[-1] == {
        "office": "honcho",
        "status": "confirmed",
        "from": "2026-01-01",
        "sort": "-booked_at",
        "limit": "500",
    }
    stamp = str(sheet_of(fetch(desk))["A2"].value)
    assert "場所：本庁舎1階市民課　状態：予約済　来庁日：2026年1月1日（木）から" in stamp
    assert stamp.endswith("並び順：申込日時の降順")


def test_a_long_list_is_read_part_by_part_and_each_booking_is_in_it_once(
    desk: Browser, services: Services
) -> None:
    booking_of(services).parts = parts([500, 500, 30])
    order(desk)
    assert "1,030" in desk.page.text
    sheet = sheet_of(fetch(desk))
    numbers = [sheet.cell(row, 4).value for row in range(4, sheet.max_row + 1)]
    assert len(set(numbers)) == len(numbers) == 1030
    assert sheet.auto_filter.ref == "A3:P1033"
    assert len(booking_of(services).queries) == 2  # the page's own, and one for the file


@pytest.mark.parametrize("before", [0, 1])
def test_a_service_that_goes_away_for_a_moment_is_waited_for_and_asked_for_all_of_it(
    desk: Browser, services: Services, before: int
) -> None:
    booking_of(services).parts = [*parts([7, 7])[:before], Unreachable("x"), *parts([3, 2])]
    order(desk)
    assert sheet_of(fetch(desk)).max_row == 3 + 5


@pytest.mark.parametrize(
    ("trouble", "said", "reason"),
    [
        (parts([1], EXPORT_MOST + 1)[0], "20万件を超えるため", "too-many"),
        (Refused(403, "not-allowed", {}), "ファイルに保存する権限がありません", "not-allowed"),
        (OSError(errno.ENOSPC, "x"), "サーバーの保存場所がいっぱいです", "disk-full"),
        (ValueError("x"), "作成できませんでした。", "failed"),
    ],
)
def test_a_file_that_cannot_be_made_says_why(
    desk: Browser,
    services: Services,
    store_of_accounts: Database,
    trouble: StaffBookingExport | Exception,
    said: str,
    reason: str,
) -> None:
    booking_of(services).parts = [trouble]
    order(desk)
    assert said in words(desk.page.one("p", **{"class": "error"}))
    made = f"tanaka|booking.export.made|export||{reason}"
    assert made in log_lines(store_of_accounts)


def test_a_full_disk_is_known_here_and_in_the_database_however_it_is_wrapped() -> None:
    wrapped = RuntimeError("x")
    wrapped.__cause__ = OSError(errno.ENOSPC, "no space")
    assert reason_of(wrapped) == reason_of(asyncpg.DiskFullError("x")) == "disk-full"
    assert reason_of(OSError(errno.EIO, "x")) == "failed"


def test_a_file_is_made_beside_the_page_and_shows_how_far_it_is(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    sql(
        store_of_accounts,
        "INSERT INTO export (export_id, owner, key, kind, query, done_rows, total) "
        "VALUES (gen_random_uuid(), 'tanaka', 'k', 'xlsx', 'sort=number', 12000, 100000)",
    )
    page = desk.open("/exports")
    progress = page.one("progress")
    assert (progress.get("value"), progress.get("max")) == ("12000", "100000")
    assert "12,000 / 100,000" in page.text
    assert "最新の状態を見る" in page.text
    order(desk)
    assert desk.status == 409
    assert "ほかのファイルを作成しています" in desk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.export|export||busy"
    sql(store_of_accounts, "UPDATE export SET seen_at = now() - interval '2 minutes'")
    assert "途中で止まりました" in desk.open("/exports").text
    order(desk)
    assert desk.status == 200
    assert "ダウンロード" in desk.page.text


def test_the_same_form_sent_twice_makes_one_file(
    desk: Browser, store_of_accounts: Database
) -> None:
    desk.open("/bookings?sort=number")
    fields = {name: desk.page.field(name) for name in ("csrf", "key")}
    for _ in range(2):
        desk.client.post("/exports", data={**fields, "kind": "xlsx", "query": ""})
    assert sql(store_of_accounts, "SELECT count(*) FROM export") == ["1"]


def test_only_the_owner_fetches_a_file_and_only_for_an_hour(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    the_file(desk, services)
    (export_id,) = sql(store_of_accounts, "SELECT export_id FROM export")
    path = f"/exports/{export_id}/file"
    add_staff(store_of_accounts, "suzuki")
    desk.client.cookies.clear()
    desk.sign_in("suzuki")
    assert "この1時間に保存したファイルはありません" in desk.open("/exports").text
    desk.open("/bookings?sort=number")
    assert "このファイルは、もうありません" in desk.send(path, {}).text
    assert desk.status == 404
    assert log_lines(store_of_accounts)[-1] == "suzuki|booking.export.fetch|export||gone"
    desk.client.cookies.clear()
    desk.sign_in()
    sql(store_of_accounts, "UPDATE export SET made_at = now() - interval '61 minutes'")
    desk.open("/bookings?sort=number")
    desk.send(path, {})
    assert desk.status == 404


def test_after_an_hour_the_bytes_are_gone_too(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    the_file(desk, services)
    sql(store_of_accounts, "UPDATE export SET made_at = now() - interval '61 minutes'")
    assert sql(store_of_accounts, "SELECT count(*) FROM export_part") == ["1"]
    with sitting_at(store_of_accounts.url, fake_services()) as anybody:
        anybody.open("/login")
        until = monotonic() + 10
        while sql(store_of_accounts, "SELECT count(*) FROM export, export_part") != ["0"]:
            assert monotonic() < until
            sleep(0.1)


def test_all_of_it_is_in_the_operation_log(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    order(desk, query="office=honcho&sort=number")
    fetch(desk)
    assert log_lines(store_of_accounts)[-3:] == [
        "tanaka|booking.export.made|export|honcho|done",
        "tanaka|booking.export|export|honcho|done",
        "tanaka|booking.export.fetch|export||done",
    ]


def test_without_the_right_nothing_is_taken_out(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    browser.sign_in("reader")
    page = browser.open("/bookings?sort=number")
    assert not [f for f in page.all("form") if f.get("action") == "/exports"]
    key = "k" * 24
    browser.send("/exports", {"kind": "xlsx", "query": "", "key": key})
    assert browser.status == 403
    browser.open("/bookings?sort=number")
    browser.send(f"/exports/{uuid4()}/file", {"key": key})
    assert browser.status == 403
    assert sql(store_of_accounts, "SELECT count(*) FROM export") == ["0"]


def test_a_file_of_another_office_cannot_be_asked_for(store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    with sitting_at(store_of_accounts.url, fake_services([a_booking()])) as browser:
        browser.sign_in("branch")
        browser.open("/bookings?sort=number")
        browser.send("/exports", {"kind": "xlsx", "query": "office=honcho", "key": "k" * 24})
        assert browser.status == 400
        browser.open("/exports")
        browser.open("/bookings?sort=number")
        browser.send("/exports", {"kind": "exe", "query": "", "key": "k" * 24})
        assert browser.status == 400
