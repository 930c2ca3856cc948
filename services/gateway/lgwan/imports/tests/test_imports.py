"""Importing a file through the form, and what is said when it cannot be."""

import csv
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dev.testing import Database
from libs.contracts.eligibility import RejectedRow
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.uploads import FILE_LIMIT
from services.gateway.lgwan.tests.fakes import FakeEligibility
from services.gateway.lgwan.tests.support import Browser, log_lines
from services.gateway.web.link import Refused
from services.gateway.web.testing import Page

CSV = "製造管理番号,生年月日,交付場所\r\nABC-123456,昭和25年1月2日,本庁舎\r\n".encode("cp932")


def eligibility_of(services: Services) -> FakeEligibility:
    assert isinstance(services.eligibility, FakeEligibility)
    return services.eligibility


def upload(desk: Browser, content: bytes, name: str = "対象者.csv") -> Page:
    desk.open("/imports")
    return desk.send("/imports", {}, files={"file": (name, content, "text/csv")})


def test_a_cp932_file_arrives_as_it_is_and_its_result_has_an_address(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = upload(desk, CSV)
    assert page.heading == "取込の結果"
    assert "取り込みました。誤りのある行はありません。" in page.text
    name, content, key = eligibility_of(services).files[0]
    assert (name, content) == ("対象者.csv", CSV)
    assert len(key) >= 16
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.import|import||done"
    assert "対象者.csv" in desk.open("/imports").text


def test_one_form_is_one_import_until_another_file_is_chosen_in_it(
    desk: Browser, services: Services
) -> None:
    page = desk.open("/imports")
    for content in (CSV, CSV, CSV + b"ABC-123457"):
        desk.page = page
        desk.send("/imports", {}, files={"file": ("対象者.csv", content, "text/csv")})
    first, again, other = [key for _, _, key in eligibility_of(services).files]
    assert first == again != other


def test_rejected_rows_are_listed_with_line_column_and_reason_and_as_csv(
    desk: Browser, services: Services
) -> None:
    eligibility_of(services).errors = (
        RejectedRow(line=12, column="生年月日", reason="日付として読めません。"),
        RejectedRow(line=40, column="=cmd()", reason="12桁のマイナンバーは取り込めません。"),
    )
    page = upload(desk, CSV)
    assert "12 生年月日 日付として読めません。" in page.text
    link = next(a.get("href", "") for a in page.all("a") if "errors.csv" in a.get("href", ""))
    answer = desk.client.get(link)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["行", "列", "理由"]
    assert rows[2] == ["40", "'=cmd()", "12桁のマイナンバーは取り込めません。"]


def test_more_errors_than_a_page_holds_are_all_in_the_csv(
    desk: Browser, services: Services
) -> None:
    eligibility_of(services).errors = tuple(
        RejectedRow(line=line, column="生年月日", reason="日付として読めません。")
        for line in range(2, 5002)
    )
    page = upload(desk, CSV)
    assert "ほかに4800行あります" in page.text
    link = next(a.get("href", "") for a in page.all("a") if "errors.csv" in a.get("href", ""))
    assert len(desk.client.get(link).text.splitlines()) == 5001


def test_what_eligibility_refuses_is_said_beside_the_field(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    sentence = "生年月日の列が見つかりません。"
    eligibility_of(services).refusal = Refused(422, "missing-column", {"detail": sentence})
    page = upload(desk, b"a,b\r\n")
    assert desk.status == 422
    assert page.heading == "対象者の取込"
    assert "".join(page.one("p", id="file-error").itertext()) == f"エラー：{sentence}"
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.import|import||missing-column"


def test_without_offices_the_page_offers_no_import_and_says_what_to_do(
    desk: Browser, services: Services
) -> None:
    eligibility_of(services).offices_known = False
    page = desk.open("/imports")
    assert "場所の一覧が、予約のシステムから届いていません" in page.text
    assert "システム担当へ" in page.text
    assert not [found for found in page.all("input") if found.get("type") == "file"]


def test_an_import_that_is_refused_for_want_of_offices_says_the_same(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    """The page was opened before; it is not the file that is wrong."""
    desk.open("/imports")
    eligibility_of(services).offices_known = False
    eligibility_of(services).refusal = Refused(409, "offices-unknown", {"detail": "…"})
    page = desk.send("/imports", {}, files={"file": ("a.csv", CSV, "text/csv")})
    assert desk.status == 409
    assert "ファイルはそのままでかまいません" in page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.import|import||offices-unknown"


@pytest.mark.parametrize("content", [b"", None])
def test_a_form_without_a_file_asks_for_one(desk: Browser, content: bytes | None) -> None:
    desk.open("/imports")
    files = {"file": ("", content, "text/csv")} if content is not None else {"other": ("", b"")}
    page = desk.send("/imports", {}, files=files)
    assert desk.status == 422
    assert "取り込むCSVファイルを選んでください" in page.text


def test_a_file_of_twenty_megabytes_is_taken_and_one_more_is_not(
    desk: Browser, services: Services
) -> None:
    upload(desk, b"x" * FILE_LIMIT)
    assert len(eligibility_of(services).files[0][1]) == FILE_LIMIT
    page = upload(desk, b"x" * (FILE_LIMIT + 64 * 1024))
    assert desk.status == 413
    assert page.heading == "ファイルが大きすぎます"
    assert len(eligibility_of(services).files) == 1


def test_a_file_that_does_not_say_its_size_is_cut_off_while_it_is_read(
    desk: Browser, services: Services
) -> None:
    token = desk.open("/imports").field("csrf")
    head = (
        f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n--b\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    ).encode()
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield head
        for _ in range(21):
            sent += 1
            yield b"x" * 1024 * 1024

    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = desk.client.post("/imports", content=body(), headers=kind)
    assert answer.status_code == 413
    assert sent == 21
    assert not eligibility_of(services).files


def test_a_full_disk_says_what_to_do_and_imports_nothing(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    desk.open("/imports")
    with no_room_on_disk():
        page = desk.send("/imports", {}, files={"file": ("a.csv", b"x" * 2_000_000, "text/csv")})
    assert desk.status == 507
    assert page.heading == "ファイルを受け取れませんでした"
    assert "保存場所がいっぱい" in page.text
    assert not eligibility_of(services).files
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.import|||disk-full"


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=b", "text/csv"]
)
def test_a_body_that_is_no_form_is_refused(desk: Browser, kind: str) -> None:
    desk.open("/imports")
    answer = desk.client.post(
        "/imports", content=b"--x\r\nnonsense", headers={"content-type": kind}
    )
    assert answer.status_code in (400, 403)


def test_a_file_from_another_site_is_refused(desk: Browser, services: Services) -> None:
    desk.open("/imports")
    files = {"file": ("a.csv", CSV, "text/csv")}
    desk.send("/imports", {}, files=files, headers={"sec-fetch-site": "cross-site"})
    assert desk.status == 403
    assert not eligibility_of(services).files


@contextmanager
def no_room_on_disk() -> Iterator[None]:
    """No file of this process may grow: writing one fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
