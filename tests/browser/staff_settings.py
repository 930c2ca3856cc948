"""The pages of settings: lists, forms, what cannot be, what surprises, two versions, the log."""

from datetime import date

from libs.contracts.booking import Catalog, LaterAddress, SettingProblem
from services.gateway.lgwan.tests.fake_offers import WARNED

from .staff import Desk, DeskState, opens

PIN = "/settings/procedures/pin"
HONCHO = "/settings/offices/honcho"
SAVE = "form.setting .button >> nth=0"
MOVE = LaterAddress(
    from_day=date(2027, 4, 1), address="大分市新町1番1号", texts={"en": "1-1 Shinmachi"}
)


async def whole_city(desk: Desk) -> None:
    first, *others = desk.offers.offices.values()
    offices = (first.model_copy(update={"later": (MOVE,)}), *others)
    desk.booking.city = Catalog(offices=offices, procedures=tuple(desk.offers.procedures.values()))
    await opens("/settings")(desk)


async def saved(desk: Desk) -> None:
    await opens(PIN)(desk)
    await desk.page.fill("#minutes", "20")
    await desk.press(SAVE)


async def refused(desk: Desk) -> None:
    desk.offers.problems = (
        SettingProblem(field="closes_days_before", code="closes-before-it-opens",
                       facts={"opens": 45}),
        SettingProblem(field="outcomes", code="missing"),
        SettingProblem(field="come.self", code="nobody-comes"),
        SettingProblem(field="hidden", code="has-bookings", facts={"count": 3}),
        SettingProblem(field="documents", code="too-long", facts={"most": 200}),
        SettingProblem(field="texts.en.name", code="too-long", facts={"most": 320}),
    )  # fmt: skip
    await opens(PIN)(desk)
    await desk.press(SAVE)


async def surprising(desk: Desk) -> None:
    desk.offers.warnings = (WARNED, SettingProblem(field="minutes", code="no-times"))
    await opens(PIN)(desk)
    await desk.press(SAVE)


async def other_lengths(desk: Desk) -> None:
    """What another length does to the free starts, before it is saved."""
    facts = {"office": "大南支所", "day": "4月1日", "old": 15, "new": 20}
    facts |= {"before": 640, "after": 480}
    free = SettingProblem(field="lengths", code="free-starts", facts=facts)
    desk.offers.warnings = (free,)
    await opens(PIN)(desk)
    await desk.page.fill("#lengths", "2027年4月1日から20分　大南支所")
    await desk.press(SAVE)


async def with_log(desk: Desk) -> None:
    desk.offers.told = (SettingProblem(field="minutes", code="no-times"),)
    desk.offers.by_another("pin", minutes=20, hidden=True, documents=("カード", "委任状"))
    desk.offers.by_another("pin", plain="暗証番号を忘れた")
    await opens(PIN)(desk)


async def by_the_button(desk: Desk) -> None:
    """Without the script."""
    await opens(PIN)(desk)
    await desk.page.fill("#plain", "暗証番号を忘れた方")
    await desk.press("button[formaction]")


async def moving(desk: Desk) -> None:
    desk.offers.office_by_another("honcho", later=(MOVE,))
    await opens(HONCHO)(desk)


async def no_day(desk: Desk) -> None:
    await opens(HONCHO)(desk)
    await desk.page.locator("details.section >> nth=0").locator("summary").click()
    await desk.page.fill("[id='later.1.address']", "大分市新町1番1号")
    await desk.press(SAVE)


async def two_versions(desk: Desk) -> None:
    await opens(PIN)(desk)
    desk.offers.by_another("pin", minutes=20, documents=("マイナンバーカード", "印かん"))
    await desk.page.fill("#plain", "暗証番号がわからない")
    await desk.press(SAVE)


STATES = (
    DeskState("settings.html", "as it is", "2027年4月1日（木）から", whole_city),
    DeskState("setting.html", "procedure", "暗証番号再設定・変更の設定", opens(PIN)),
    DeskState("setting.html", "new procedure", "手続きを追加する",
              opens("/settings/procedures/new")),
    DeskState("setting.html", "saved", "保存しました", saved),
    DeskState("setting.html", "refused", "だれも予約できません", refused),
    DeskState("setting.html", "surprising", "まだ保存していません", surprising),
    DeskState("setting.html", "other lengths", "640から480になります", other_lengths),
    DeskState("setting.html", "with a log", "変更の記録", with_log),
    DeskState("setting.html", "preview", "暗証番号を忘れた方", by_the_button),
    DeskState("setting.html", "office", "本庁舎1階市民課の設定", opens(HONCHO)),
    DeskState("setting.html", "office that moves", "2027年4月1日（木）から", moving),
    DeskState("setting.html", "office without a day", "新しい住所になる日を入力", no_day),
    DeskState("setting.html", "new office", "場所を追加する", opens("/settings/offices/new")),
    DeskState("setting_conflict.html", "as it is", "先に変更されていました", two_versions),
)  # fmt: skip
