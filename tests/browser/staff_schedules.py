"""The pages for times of offices: the week, forms, the plan, what was applied, whom to call."""

from datetime import timedelta
from uuid import UUID

from libs.contracts.booking import Closure, Fault, NationalStop, PersonToCall
from services.gateway.lgwan.tests.fakes import today_at
from services.gateway.lgwan.tests.schedule_scene import at, book, busy, furnish, monday
from services.gateway.web.link import Refused

from .staff import Desk, DeskState, Reach, opens

CHECK = "form.sheet .sheet-end button.button"
APPLY = "form.confirm .button"
NEXT = "/schedules?office=honcho&week="


async def office(desk: Desk) -> None:
    furnish(desk.booking, desk.schedules)
    await desk.sign_in()


def week() -> str:
    return NEXT + monday().isoformat()


async def next_week(desk: Desk) -> None:
    """With a holiday, a special day, a full and an overfull hour."""
    furnish(desk.booking, desk.schedules)
    busy(desk.booking, monday(), 30)
    tuesday = monday() + timedelta(days=1)
    book(desk.booking, [at(tuesday, 9)] * 10 + [at(tuesday, 10)] * 11 + [at(tuesday, 14)] * 4)
    await desk.sign_in()
    await apply_day(desk, "windows", 3, {"#windows": "1-4"})
    await apply_day(desk, "until", 4, {"#closes": "15:00"})
    await desk.open(week())


async def apply_day(desk: Desk, kind: str, weekday: int, more: dict[str, str]) -> None:
    await plan_day(desk, kind, weekday, more)
    await desk.press(APPLY)


async def plan_day(desk: Desk, kind: str, weekday: int, more: dict[str, str]) -> None:
    await fill_day(desk, kind, weekday, more)
    await desk.press(CHECK)


async def fill_day(desk: Desk, kind: str, weekday: int, more: dict[str, str]) -> None:
    day = monday() + timedelta(days=weekday)
    await desk.open(f"/schedules/day?office=honcho&day={day}&kind={kind}")
    for field, value in more.items():
        await desk.page.fill(field, value)
    await desk.page.select_option("#reason", "台風・大雨などの災害")


async def chosen_by_keys(desk: Desk) -> None:
    await office(desk)
    await desk.open(week())
    await desk.page.focus("td[tabindex='0']")
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        await desk.page.keyboard.press(key)


async def while_collecting(desk: Desk) -> None:
    await plan(desk)
    await desk.page.click("main summary")
    await desk.press("text=枠の表から選ぶ")


def furnished(path: str) -> Reach:
    async def reach(desk: Desk) -> None:
        await office(desk)
        await desk.open(path)

    return reach


async def series_mistyped(desk: Desk) -> None:
    await furnished("/schedules/series?office=honcho")(desk)
    await desk.page.fill("#windows", "8-1")
    await desk.page.fill("#closes", "08:00")
    await desk.press(CHECK)


async def series_refused(desk: Desk) -> None:
    await furnished("/schedules/series?office=honcho&preset=evening")(desk)
    await fill_series(desk, "1-4")
    await desk.page.fill("#closes", "20:30")
    await desk.press(CHECK)


async def fill_series(desk: Desk, windows: str) -> None:
    await desk.page.fill("#windows", windows)
    await desk.page.check("#procedure-1")


async def series_counted(desk: Desk) -> None:
    await furnished("/schedules/series?office=honcho")(desk)
    await fill_series(desk, "1-8")
    await desk.page.wait_for_function("() => /1日/.test(document.querySelector('output').value)")


async def plan(desk: Desk) -> None:
    """A new series at all offices."""
    await furnished("/schedules/series?office=honcho&preset=evening")(desk)
    await fill_series(desk, "1-2")
    await desk.page.fill("#name", "夜間の交付")
    for n in range(2, 10):
        await desk.page.check(f"#office-{n}")
    await desk.press(CHECK)


async def plan_with_affected(desk: Desk) -> None:
    furnish(desk.booking, desk.schedules)
    busy(desk.booking, monday() + timedelta(days=1))
    await desk.sign_in()
    await plan_day(desk, "closed", 1, {})


async def plan_with_excess(desk: Desk) -> None:
    furnish(desk.booking, desk.schedules)
    tuesday = monday() + timedelta(days=1)
    book(desk.booking, [at(tuesday, 9)] * 6)
    await desk.sign_in()
    await plan_day(desk, "windows", 1, {"#windows": "1-4"})


async def plan_changed(desk: Desk) -> None:
    await plan_with_affected(desk)
    late = book(desk.booking, [at(monday() + timedelta(days=1), 16)])
    desk.schedules.moved = late
    del desk.booking.kept[late[0].booking_id]
    await desk.press(APPLY)


async def plan_refused(desk: Desk) -> None:
    """A day went by while the page was open."""
    await plan(desk)
    desk.schedules.faults = (Fault(step=0, field="valid_until", reason="past"),)
    await desk.press(APPLY)


async def applied(desk: Desk) -> None:
    await plan_with_affected(desk)
    await desk.press(APPLY)


async def asking_undo(desk: Desk) -> None:
    await applied(desk)
    await desk.press("a:text-is('取り消す')")


async def undone(desk: Desk) -> None:
    await asking_undo(desk)
    await desk.press("main .button-danger")


async def cannot_undo(desk: Desk) -> None:
    desk.schedules.cannot_undo = "booked"
    await asking_undo(desk)
    await desk.press("main .button-danger")


async def to_call(desk: Desk) -> None:
    await applied(desk)
    await desk.open("/displaced?office=honcho")


async def called(desk: Desk) -> None:
    await to_call(desk)
    await desk.press("button[value^='absent.'] >> nth=0")


async def on_paper(desk: Desk) -> None:
    await called(desk)
    await desk.press("text=印刷する")


def with_people(desk: Desk) -> None:
    """Whom to call, for each reason."""
    at = today_at(10)
    person = PersonToCall(
        booking_id=UUID(int=1), number="8K2M47QX3P", office_id="honcho", procedure_id="issuance",
        starts_at=at + timedelta(days=1), reasons=("reminder", "mail"), since=at,
        until=at + timedelta(days=1), language="vi", phone="09012345678", kana="オオイタ ハナコ",
        called="absent", called_at=at, called_by="tanaka",
    )  # fmt: skip
    bare = {"phone": None, "kana": None, "called": None, "called_at": None, "called_by": None}
    lost = {"booking_id": UUID(int=2), "reasons": ("displaced",), "language": "ja", **bare}
    out = {"booking_id": UUID(int=3), "reasons": ("outage",), "until": None, "language": "ja"}
    for more in ({}, lost, out):
        one = person.model_copy(update=more)
        desk.schedules.people[one.booking_id] = one


async def people(desk: Desk) -> None:
    with_people(desk)
    await desk.sign_in("/people-to-call")


async def person_called(desk: Desk) -> None:
    await people(desk)
    await desk.press("button[value^='absent.'] >> nth=1")


async def person_gone(desk: Desk) -> None:
    await people(desk)
    desk.schedules.people.clear()
    await desk.press("button[value^='done.'] >> nth=0")


async def moved(desk: Desk) -> None:
    await to_call(desk)
    await desk.press("button[value^='accept.'] >> nth=1")


async def proposal_gone(desk: Desk) -> None:
    await to_call(desk)
    desk.schedules.refusal = Refused(409, "hold-expired", {})
    await desk.press("button[value^='accept.'] >> nth=0")


async def day_mistyped(desk: Desk) -> None:
    await furnished("/schedules/day?office=honcho")(desk)
    await desk.page.check("#kind-hours")
    await desk.press(CHECK)


async def end_mistyped(desk: Desk) -> None:
    await furnished("/schedules/end?office=honcho&id=honcho-30")(desk)
    await desk.press(CHECK)


async def no_week(desk: Desk) -> None:
    await furnished("/schedules/week?office=honcho")(desk)
    await desk.press(CHECK)


async def no_office(desk: Desk) -> None:
    await furnished("/schedules/office?office=honcho")(desk)
    await desk.press(CHECK)


async def stops(desk: Desk) -> None:
    """With a day by the rule and one that was written down."""
    await office(desk)
    sunday = monday(3) - timedelta(days=1)
    rule = Closure(day=sunday, reason="全国システムの点検日", kind="stop")
    desk.booking.closures.append(rule)
    known = NationalStop(day=monday(2), kind="closed", reason="全国システムの臨時の停止")
    desk.schedules.stop(known)
    await desk.open("/schedules/stops")


async def stops_mistyped(desk: Desk) -> None:
    await furnished("/schedules/stops")(desk)
    await desk.page.check("#kind-hours")
    await desk.press(CHECK)


STATES = (
    DeskState("schedules.html", "as it is", "枠の設定", next_week),
    DeskState("schedules.html", "chosen", "を選んでいます", chosen_by_keys),
    DeskState(
        "schedules.html",
        "empty",
        "開いている枠はありません",
        opens("/schedules?office=honcho&week=2030-01-07"),
    ),
    DeskState("schedules.html", "collecting", "まだ反映していない変更", while_collecting),
    DeskState(
        "schedule_series.html",
        "as it is",
        "枠を作る",
        furnished("/schedules/series?office=honcho"),
    ),
    DeskState(
        "schedule_series.html",
        "existing",
        "枠を直す",
        furnished("/schedules/series?office=honcho&id=honcho-30"),
    ),
    DeskState("schedule_series.html", "mistyped", "入力内容をお確かめ", series_mistyped),
    DeskState("schedule_series.html", "refused", "20:00までに終える", series_refused),
    DeskState("schedule_series.html", "counted", "1日", series_counted),
    DeskState(
        "schedule_day.html",
        "as it is",
        "もとから休みの日",
        furnished("/schedules/day?office=honcho"),
    ),
    DeskState(
        "schedule_day.html",
        "mistyped",
        "入力内容をお確かめ",
        day_mistyped,
    ),
    DeskState("schedule_stops.html", "as it is", "登録した予定", stops),
    DeskState("schedule_stops.html", "empty", "ありません", furnished("/schedules/stops")),
    DeskState("schedule_stops.html", "mistyped", "入力内容をお確かめ", stops_mistyped),
    DeskState(
        "schedule_end.html",
        "as it is",
        "を終える",
        furnished("/schedules/end?office=honcho&id=honcho-30"),
    ),
    DeskState("schedule_end.html", "mistyped", "入力内容をお確かめ", end_mistyped),
    DeskState(
        "schedule_week.html", "as it is", "写す先の週", furnished("/schedules/week?office=honcho")
    ),
    DeskState("schedule_week.html", "none chosen", "1つ以上選んで", no_week),
    DeskState(
        "schedule_office.html",
        "as it is",
        "写す先の場所",
        furnished("/schedules/office?office=honcho"),
    ),
    DeskState("schedule_office.html", "none chosen", "1つ以上選んで", no_office),
    DeskState("schedule_plan.html", "as it is", "影響する予約はありません", plan),
    DeskState("schedule_plan.html", "affected", "40人の予約に影響します", plan_with_affected),
    DeskState("schedule_plan.html", "excess", "お待たせすることが", plan_with_excess),
    DeskState("schedule_plan.html", "changed", "予約や枠が変わりました", plan_changed),
    DeskState("schedule_plan.html", "refused", "このままでは反映できません", plan_refused),
    DeskState("schedule_changes.html", "empty", "まだ変更は", furnished("/schedules/changes")),
    DeskState("schedule_changes.html", "applied", "40人への連絡が", applied),
    DeskState("schedule_changes.html", "undone", "前の枠に戻しました", undone),
    DeskState("schedule_undo.html", "as it is", "取り消しますか", asking_undo),
    DeskState("schedule_undo.html", "cannot", "取り消せませんでした", cannot_undo),
    DeskState("displaced.html", "empty", "この条件の予約は", furnished("/displaced")),
    DeskState("displaced.html", "as it is", "メール送信済", to_call),
    DeskState("displaced.html", "called", "不在と記録しました", called),
    DeskState("displaced.html", "moved", "提案の日時に変更", moved),
    DeskState("displaced_sheet.html", "as it is", "連絡の一覧", on_paper),
    DeskState("displaced_sheet.html", "empty", "この条件の予約は", furnished("/displaced/sheet")),
    DeskState("people_to_call.html", "empty", "電話する方はいません", furnished("/people-to-call")),
    DeskState("people_to_call.html", "as it is", "メール不達", people),
    DeskState("people_to_call.html", "called", "不在と記録しました", person_called),
    DeskState("people_to_call.html", "gone", "もう必要なくなりました", person_gone),
    DeskState("displaced.html", "gone", "もう確保されていません", proposal_gone),
)
