"""The pages of 文面: the table, one text in every state, test mails."""

from libs.contracts.notify import MailText, TextPlace, TrialReply
from services.gateway.lgwan.tests.fake_texts import SUPPLIED
from services.gateway.lgwan.tests.schedule_scene import furnish

from .staff import Desk, DeskState, opens

SHARED = TextPlace(kind="confirmed", language="ja")
OWN = MailText(subject="【大分市】ご予約を承りました", body=SUPPLIED.body)
SERIES = {"office_id": "honcho", "series_id": "honcho-sat"}
PAGE = "/texts/confirmed/ja"
SAVE, TRIAL = "button[formaction='/texts/save']", "button[formaction='/texts/trial']"


def give(desk: Desk) -> None:
    """Texts of the city's own at every level, and in two languages."""
    for more in (
        {},
        {"language": "en"},
        {"procedure_id": "pin"},
        {"office_id": "honcho", "kind": "reminder"},
        {"procedure_id": "pin", "office_id": "honcho"},
    ):
        desk.texts.write(SHARED.model_copy(update=more), OWN)


async def table(desk: Desk) -> None:
    give(desk)
    await opens("/texts")(desk)


async def table_of_an_office(desk: Desk) -> None:
    give(desk)
    await opens("/texts?office=honcho")(desk)


async def table_of_a_series(desk: Desk) -> None:
    furnish(desk.booking, desk.schedules)
    give(desk)
    desk.texts.write(SHARED.model_copy(update=SERIES), OWN)
    await opens("/texts?office=honcho&series=honcho-sat")(desk)


async def of_a_series(desk: Desk) -> None:
    furnish(desk.booking, desk.schedules)
    desk.texts.write(SHARED.model_copy(update=SERIES), OWN)
    await opens(PAGE + "?procedure=issuance&office=honcho&series=honcho-sat")(desk)


async def own(desk: Desk) -> None:
    give(desk)
    desk.texts.write(SHARED, None)
    desk.texts.write(SHARED, OWN, "tanaka")
    await opens(PAGE)(desk)


async def saved(desk: Desk) -> None:
    await opens(PAGE + "?procedure=pin&office=honcho")(desk)
    await desk.page.fill("#subject", OWN.subject)
    await desk.press(SAVE)


async def stopped(desk: Desk) -> None:
    await own(desk)
    await desk.press("form.stop button")


async def previewed(desk: Desk) -> None:
    await opens(PAGE)(desk)
    await desk.page.fill("#subject", "【大分市】見本の件名")
    await desk.press("button:text('見本を表示する')")


async def refused(desk: Desk) -> None:
    await opens(PAGE)(desk)
    await desk.page.fill("#subject", "暗証番号のご予約")
    await desk.page.fill("#body", "{{name}}様\n{{number}} {{when}} {{office}}")
    await desk.press(SAVE)


async def individual_number(desk: Desk) -> None:
    await opens(PAGE)(desk)
    await desk.page.fill("#body", SUPPLIED.body + "\n123456789018")
    await desk.press(SAVE)


async def changed_elsewhere(desk: Desk) -> None:
    await opens(PAGE)(desk)
    desk.texts.write(SHARED, OWN)
    await desk.page.fill("#subject", "【大分市】こちらの件名")
    await desk.press(SAVE)


async def tried(desk: Desk) -> None:
    await opens(PAGE)(desk)
    await desk.page.fill("#to", "kakari@city.example.jp")
    await desk.press(TRIAL)


async def tried_in_vain(desk: Desk) -> None:
    desk.texts.answer = TrialReply(result="refused", reply="550 5.1.1")
    await tried(desk)


async def tried_nowhere(desk: Desk) -> None:
    await opens(PAGE)(desk)
    await desk.page.fill("#to", "kakari")
    await desk.press(TRIAL)


async def not_ones_own(desk: Desk) -> None:
    desk.texts.read_only = True
    give(desk)
    await opens(PAGE)(desk)


STATES = (
    DeskState("texts.html", "as it is", "すべての手続き（共通）", opens("/texts")),
    DeskState("texts.html", "own", "日本語・英語", table),
    DeskState("texts.html", "of an office", "場所の文面", table_of_an_office),
    DeskState("texts.html", "of a series", "枠の文面", table_of_a_series),
    DeskState("text.html", "of a series", "枠「土曜窓口」", of_a_series),
    DeskState("text.html", "supplied", "標準の文面です", opens(PAGE)),
    DeskState("text.html", "own", "変更の記録", own),
    DeskState("text.html", "saved", "保存しました", saved),
    DeskState("text.html", "stopped", "市の文面をやめました", stopped),
    DeskState("text.html", "previewed", "【大分市】見本の件名", previewed),
    DeskState("text.html", "refused", "という差し込みはありません", refused),
    DeskState(
        "text.html", "individual number", "マイナンバーはメールに書けません", individual_number
    ),
    DeskState("text.html", "conflict", "先に変更しました", changed_elsewhere),
    DeskState("text.html", "tried", "試験メールを送りました", tried),
    DeskState("text.html", "tried in vain", "550 5.1.1", tried_in_vain),
    DeskState("text.html", "mistyped address", "「@」がありません", tried_nowhere),
    DeskState("text.html", "of all offices", "だけが変えられます", not_ones_own),
)
