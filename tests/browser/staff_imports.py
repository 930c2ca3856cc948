"""取込: a file on its way into the list, step by step, and what stops it."""

from urllib.parse import urlsplit
from uuid import UUID

from playwright.async_api import FilePayload

from libs.contracts.eligibility import DraftCounts, DraftProfile, RejectedRow
from services.gateway.lgwan.tests.fakes.eligibility import CHANGES
from services.gateway.web.link import Refused

from .staff import Desk, DeskState, opens

CSV = "製造管理番号,生年月日,交付場所\r\nABC-123456,昭和25年1月2日,本庁舎\r\n".encode("cp932")
TELL_IMPORT = "form.upload button"
REJECTED = RejectedRow(line=12, column="生年月日", reason="日付として読めません。")
FILE = FilePayload(name="対象者.csv", mimeType="text/csv", buffer=CSV)
TRY_OUT = "form[action$='/stage'] button"
APPLY = "form[action$='/apply'] button"


async def uploaded(desk: Desk) -> None:
    await desk.sign_in("/imports")
    await desk.page.set_input_files("#file", FILE)
    await desk.press(TELL_IMPORT)


async def tried_out(desk: Desk) -> None:
    await uploaded(desk)
    await desk.press(TRY_OUT)


async def imported(desk: Desk) -> None:
    await tried_out(desk)
    await desk.press(APPLY)


async def imported_with_errors(desk: Desk) -> None:
    desk.eligibility.errors = (REJECTED, replace_line(REJECTED, 40))
    await imported(desk)


async def columns_mistyped(desk: Desk) -> None:
    await uploaded(desk)
    await desk.page.fill("#words", "01 どこか")
    await desk.press(TRY_OUT)


async def columns_without_key(desk: Desk) -> None:
    await uploaded(desk)
    await desk.page.context.clear_cookies(name="import-key")
    await desk.open(urlsplit(desk.page.url).path)


async def columns_with_profiles(desk: Desk) -> None:
    profile = DraftProfile(profile_id=UUID(int=7), name="カード到着一覧（毎週）", fits=True)
    desk.eligibility.profiles = (profile,)
    await uploaded(desk)


async def changes_tried_out(desk: Desk) -> None:
    desk.eligibility.changes = CHANGES
    desk.eligibility.errors = (REJECTED,)
    await tried_out(desk)


async def changes_unconfirmed(desk: Desk) -> None:
    await changes_tried_out(desk)
    await desk.press(APPLY)


async def stale_dry_run(desk: Desk) -> None:
    await tried_out(desk)
    desk.eligibility.set_draft(stale=True)
    await desk.open(urlsplit(desk.page.url).path)


async def nothing_to_apply(desk: Desk) -> None:
    await tried_out(desk)
    counts = DraftCounts(rows=3, added=0, changed=0, unchanged=3, rejected=0)
    desk.eligibility.set_draft(counts=counts)
    await desk.open(urlsplit(desk.page.url).path)


async def being_compared(desk: Desk) -> None:
    desk.eligibility.slow = True
    await tried_out(desk)


async def being_applied(desk: Desk) -> None:
    await tried_out(desk)
    desk.eligibility.slow = True
    await desk.press(APPLY)


async def broken_off(desk: Desk) -> None:
    await tried_out(desk)
    desk.eligibility.set_draft(state="stopped")
    await desk.open(urlsplit(desk.page.url).path)


async def refused_file(desk: Desk) -> None:
    desk.eligibility.problem = "12桁のマイナンバーと思われる番号が、12行目などにあります。"
    await tried_out(desk)


async def import_on_its_way(desk: Desk) -> None:
    await uploaded(desk)
    await desk.open("/imports")


async def import_undone(desk: Desk) -> None:
    await imported(desk)
    await desk.press("main button.button-danger")


async def import_not_undone(desk: Desk) -> None:
    await imported(desk)
    detail = "この取り込みのあとに2人が予約しているため、元に戻せません。"
    desk.eligibility.step_refusal = Refused(409, "cannot-undo", {"detail": detail})
    await desk.press("main button.button-danger")


def replace_line(row: RejectedRow, line: int) -> RejectedRow:
    return row.model_copy(update={"line": line})


async def imports_so_far(desk: Desk) -> None:
    await imported(desk)
    await desk.open("/imports")


async def no_offices(desk: Desk) -> None:
    desk.eligibility.offices_known = False
    await desk.sign_in("/imports")


async def no_file(desk: Desk) -> None:
    await desk.sign_in("/imports")
    await desk.press(TELL_IMPORT)


STATES = (
    DeskState("imports.html", "empty", "まだ取り込んでいません", opens("/imports")),
    DeskState("imports.html", "so far", "対象者.csv", imports_so_far),
    DeskState("imports.html", "no offices", "いまは取り込めません", no_offices),
    DeskState("imports.html", "no file", "ファイルを選んでください", no_file),
    DeskState("imports.html", "on its way", "途中の取込", import_on_its_way),
    DeskState("import_columns.html", "as it is", "（読み捨て）", uploaded),
    DeskState("import_columns.html", "mistyped", "読み替えの1行目", columns_mistyped),
    DeskState("import_columns.html", "without the key", "表示できません", columns_without_key),
    DeskState("import_columns.html", "saved ones", "いつもの対応", columns_with_profiles),
    DeskState("import_progress.html", "comparing", "試し取込をしています", being_compared),
    DeskState("import_progress.html", "applying", "前のままです", being_applied),
    DeskState("import_dry_run.html", "as it is", "試しただけです", tried_out),
    DeskState("import_dry_run.html", "changes", "場所が変わります", changes_tried_out),
    DeskState("import_dry_run.html", "not confirmed", "1件あります", changes_unconfirmed),
    DeskState("import_dry_run.html", "stale", "一覧が変わりました", stale_dry_run),
    DeskState("import_dry_run.html", "nothing new", "変わる行がありません", nothing_to_apply),
    DeskState("import_stopped.html", "broken off", "途中で止まりました", broken_off),
    DeskState("import_stopped.html", "refused", "マイナンバー", refused_file),
    DeskState("import.html", "as it is", "誤りのある行はありません", imported),
    DeskState("import.html", "undone", "元に戻しました", import_undone),
    DeskState("import.html", "not undone", "元に戻せません", import_not_undone),
    DeskState("import.html", "with errors", "日付として読めません", imported_with_errors),
)
