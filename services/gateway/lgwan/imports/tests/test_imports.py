"""Importing a file through the form, and what is said when it cannot be."""

import csv
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dev.testing import Database
from libs.contracts.eligibility import DraftLayout, RejectedRow
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.uploads import FILE_LIMIT
from services.gateway.lgwan.tests.fakes import FakeEligibility
from services.gateway.lgwan.tests.fakes.eligibility import CHANGES
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


def path_of(desk: Browser) -> str:
    """Of the draft or the import, whichever step was the last."""
    path = desk.path.partition("?")[0]
    return path.removesuffix("/apply").removesuffix("/undo").removesuffix("/stage")


CHOSEN = {"column-0": "number", "column-1": "born", "column-3": "office"}


def try_out(desk: Browser, **fields: str) -> Page:
    """From the page of the columns on."""
    return desk.send(f"{path_of(desk)}/stage", {**CHOSEN, **fields})


def apply(desk: Browser, **fields: str) -> Page:
    """From the page of the dry run on."""
    run = desk.page.field("run")
    return desk.send(f"{path_of(desk)}/apply", {"run": run, **fields})


def test_a_file_goes_from_upload_over_columns_and_dry_run_into_the_list(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = upload(desk, CSV)
    assert page.heading == "どの列を取り込みますか"
    assert "（読み捨て）" in page.text
    name, content, key = eligibility_of(services).files[0]
    assert (name, content) == ("対象者.csv", CSV)
    assert len(key) >= 16
    page = try_out(desk)
    assert page.heading == "この内容で反映しますか"
    assert not eligibility_of(services).reports
    assert "まだ何も変わっていません" in page.text
    page = apply(desk)
    assert page.heading == "取込の結果"
    assert "反映しました。誤りのある行はありません。" in page.text
    logged = [line.split("|")[1] for line in log_lines(store_of_accounts)[-3:]]
    assert logged == ["persons.upload", "persons.stage", "persons.import"]
    assert "対象者.csv" in desk.open("/imports").text


def test_the_key_of_a_file_is_in_the_browser_alone(desk: Browser, services: Services) -> None:
    upload(desk, CSV)
    key = eligibility_of(services).files[0][2]
    assert key not in desk.html
    (cookie,) = [c for c in desk.client.cookies.jar if c.name == "import-key"]
    assert (cookie.value, cookie.path) == (key, path_of(desk))
    path = path_of(desk)
    desk.client.cookies.delete("import-key", path=path)
    page = desk.open(path)
    assert "ファイルの中身を表示できません" in page.text
    assert "ABC-123456" not in page.text


def test_one_form_is_one_draft_until_another_file_is_chosen_in_it(
    desk: Browser, services: Services
) -> None:
    page = desk.open("/imports")
    for content in (CSV, CSV, CSV + b"ABC-123457"):
        desk.page = page
        desk.send("/imports", {}, files={"file": ("対象者.csv", content, "text/csv")})
    first, again, other = [key for _, _, key in eligibility_of(services).files]
    assert first == again != other


def test_columns_words_and_a_name_are_handed_over_as_they_were_chosen(
    desk: Browser, services: Services
) -> None:
    upload(desk, CSV)
    try_out(desk, words="01 本庁舎\n02　鶴崎", save_as="毎週の一覧")
    (choice,) = eligibility_of(services).choices
    assert [(c.place, c.target) for c in choice.columns] == [
        (0, "number"),
        (1, "born"),
        (3, "office"),
    ]
    assert [(word.word, word.office_id) for word in choice.words] == [
        ("01", "honcho"),
        ("02", "tsurusaki"),
    ]
    assert choice.save_as == "毎週の一覧"


def test_what_is_mistyped_is_said_beside_it_and_stays(desk: Browser) -> None:
    upload(desk, CSV)
    page = try_out(desk, words="01 どこか", save_as="123456789018")
    assert desk.status == 422
    assert "読み替えの1行目がわかりません" in page.text
    assert "名前に12桁の数字は使えません" in page.text
    assert "01 どこか" in page.text


def test_a_missing_column_is_said_on_the_page_of_the_columns(
    desk: Browser, services: Services
) -> None:
    upload(desk, CSV)
    detail = "「生年月日」の列を選んでください。"
    eligibility_of(services).step_refusal = Refused(422, "missing-column", {"detail": detail})
    page = try_out(desk)
    assert desk.status == 422
    assert page.heading == "どの列を取り込みますか"
    assert detail in page.text


def test_changes_of_people_with_a_booking_have_to_be_confirmed(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    eligibility_of(services).changes = CHANGES
    upload(desk, CSV)
    page = try_out(desk)
    assert "…3456 交付場所：鶴崎支所 → 明野支所" in page.text
    assert "1967年生まれ → 月と日が変わる" in page.text
    page = apply(desk)
    assert desk.status == 409
    assert "予約のある方の変更が1件あります" in page.text
    assert log_lines(store_of_accounts)[-1].endswith("not-confirmed")
    assert apply(desk, confirmed="1").heading == "取込の結果"


def test_a_stale_dry_run_offers_nothing_but_to_compare_again(
    desk: Browser, services: Services
) -> None:
    upload(desk, CSV)
    try_out(desk)
    eligibility_of(services).set_draft(stale=True)
    page = desk.open(path_of(desk))
    assert "一覧が変わりました" in page.text
    assert not [form for form in page.all("form") if form.get("action", "").endswith("/apply")]
    page = desk.send(f"{path_of(desk)}/compare", {})
    assert [form for form in page.all("form") if form.get("action", "").endswith("/apply")]


def test_progress_comes_again_by_itself_without_scripts_and_keeps_nobody_signed_in(
    desk: Browser, services: Services
) -> None:
    eligibility_of(services).slow = True
    upload(desk, CSV)
    page = try_out(desk)
    assert page.heading == "試し取込をしています"
    assert "40%" in page.text
    answer = desk.client.get(path_of(desk))
    assert answer.headers["refresh"] == "2"
    eligibility_of(services).set_draft(state="staged")
    assert desk.open(path_of(desk)).heading == "この内容で反映しますか"


def test_work_that_broke_off_says_that_nothing_changed_and_goes_on_with_one_press(
    desk: Browser, services: Services
) -> None:
    upload(desk, CSV)
    try_out(desk)
    eligibility_of(services).set_draft(state="stopped")
    page = desk.open(path_of(desk))
    assert "一覧は何も変わっていません" in page.text
    assert desk.send(f"{path_of(desk)}/compare", {}).heading == "この内容で反映しますか"


def test_a_refused_file_says_why(desk: Browser, services: Services) -> None:
    eligibility_of(services).problem = "12桁のマイナンバーと思われる番号があります。"
    upload(desk, CSV)
    page = try_out(desk)
    assert page.heading == "取り込めませんでした"
    assert "12桁のマイナンバーと思われる番号があります。" in page.text


def test_a_draft_is_dropped_with_one_press(desk: Browser, services: Services) -> None:
    upload(desk, CSV)
    desk.send(f"{path_of(desk)}/drop", {})
    assert not eligibility_of(services).drafts
    assert "途中の取込" not in desk.page.text


def test_the_file_is_read_as_staff_say(desk: Browser, services: Services) -> None:
    upload(desk, CSV)
    fields = {"codec": "utf-8", "delimiter": "tab", "header": "２"}
    desk.send(f"{path_of(desk)}/layout", fields)
    (draft,) = eligibility_of(services).drafts.values()
    assert draft.layout == DraftLayout(codec="utf-8", delimiter="\t", header=2)


def test_the_newest_import_is_taken_back_with_one_press(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    upload(desk, CSV)
    try_out(desk)
    apply(desk)
    eligibility_of(services).step_refusal = Refused(409, "cannot-undo", {"detail": "2人が予約"})
    page = desk.send(f"{path_of(desk)}/undo", {})
    assert (desk.status, "2人が予約" in page.text) == (409, True)
    eligibility_of(services).step_refusal = None
    page = desk.send(f"{path_of(desk)}/undo", {})
    assert "元に戻しました" in page.text
    assert log_lines(store_of_accounts)[-1].startswith("tanaka|persons.undo|import|")


def test_rejected_rows_are_listed_with_line_column_and_reason_and_as_csv(
    desk: Browser, services: Services
) -> None:
    eligibility_of(services).errors = (
        RejectedRow(line=12, column="生年月日", reason="日付として読めません。"),
        RejectedRow(line=40, column="=cmd()", reason="12桁のマイナンバーは取り込めません。"),
    )
    upload(desk, CSV)
    page = try_out(desk)
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
    upload(desk, CSV)
    page = try_out(desk)
    assert "ほかにもあります" in page.text
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
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.upload|import||missing-column"


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
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.upload|import||offices-unknown"


@pytest.mark.parametrize("content", [b"", None])
def test_a_form_without_a_file_asks_for_one(desk: Browser, content: bytes | None) -> None:
    desk.open("/imports")
    files = {"file": ("", content, "text/csv")} if content is not None else {"other": ("", b"")}
    page = desk.send("/imports", {}, files=files)
    assert desk.status == 422
    assert "取り込むファイルを選んでください" in page.text


def test_a_file_of_64_megabytes_is_taken_and_one_more_is_not(
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
        for _ in range(65):
            sent += 1
            yield b"x" * 1024 * 1024

    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = desk.client.post("/imports", content=body(), headers=kind)
    assert answer.status_code == 413
    assert sent == 65
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
    assert log_lines(store_of_accounts)[-1] == "tanaka|persons.upload|||disk-full"


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
