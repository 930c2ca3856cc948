"""The pages of 来庁日の案内: the list, one written, looked at, kept, changed meanwhile."""

from datetime import date, datetime, timedelta
from uuid import UUID

from libs.contracts.booking import GuidanceCheck, GuidanceProblem, GuidanceVersion, Overlap
from libs.contracts.notify import MailedOtherwise, MailedVisit
from libs.contracts.times import JST
from services.gateway.lgwan.tests.fake_offers import CHANGED_AT

from .staff import Desk, DeskState, opens

DAYS = (date(2026, 12, 5), date(2026, 12, 6))
PREVIEW, SAVE = "button:text('見本を表示する')", "button[formaction='/guidances/save']"
PAGE = f"/guidances/{UUID(int=1)}"


def keep(desk: Desk, *, ended: bool = False) -> None:
    state = GuidanceVersion(
        office_ids=("honcho", "akeno"), from_day=DAYS[0], until_day=DAYS[1], version=1,
        weekdays=(5, 6), holidays=True, ended=ended, by="suzuki", at=CHANGED_AT,
        texts={"ja": "休日のため、東口からお入りください。", "en": "Please use the east entrance."},
    )  # fmt: skip
    desk.offers.guided[UUID(int=1)] = [state]
    overlap = Overlap(
        office_id="honcho",
        days=DAYS[:1],
        texts={"ja": "期日前投票のため、正面玄関は混み合います。"},
    )
    desk.offers.guidance_check = GuidanceCheck(days=DAYS, overlaps=(overlap,), standing=12)


async def listed(desk: Desk) -> None:
    keep(desk)
    await opens("/guidances")(desk)


async def past(desk: Desk) -> None:
    keep(desk, ended=True)
    await opens("/guidances?past=1")(desk)


async def kept(desk: Desk) -> None:
    keep(desk)
    at = datetime(2026, 12, 5, 10, tzinfo=JST)
    visits = tuple(
        MailedVisit(
            booking_id=UUID(int=n), number=f"8K2M47QX3{n}", office_id="honcho",
            starts_at=at + timedelta(hours=n), mailed_at=at - timedelta(days=9), reminded=n == 1,
        )
        for n in (1, 2)
    )  # fmt: skip
    desk.texts.otherwise = MailedOtherwise(visits=visits, total=2)
    await opens(PAGE)(desk)


async def looked_at(desk: Desk) -> None:
    keep(desk)
    await opens(PAGE)(desk)
    await desk.press(PREVIEW)


async def refused(desk: Desk) -> None:
    keep(desk)
    problems = (
        GuidanceProblem(field="office_ids", reason="no-office"),
        GuidanceProblem(field="until_day", reason="period"),
        GuidanceProblem(field="weekdays", reason="no-day"),
        GuidanceProblem(field="texts.ja", reason="no-text"),
    )
    desk.offers.guidance_check = GuidanceCheck(problems=problems)
    await opens("/guidances/new")(desk)
    await desk.press(PREVIEW)


async def changed_meanwhile(desk: Desk) -> None:
    keep(desk)
    await opens(PAGE)(desk)
    states = desk.offers.guided[UUID(int=1)]
    states.insert(0, states[0].model_copy(update={"version": 2}))
    await desk.press(SAVE)


STATES = (
    DeskState("guidances.html", "empty", "これからの案内はありません", opens("/guidances")),
    DeskState("guidances.html", "as it is", "東口からお入りください", listed),
    DeskState("guidances.html", "past", "終了", past),
    DeskState("guidance.html", "new", "来庁日の案内を書く", opens("/guidances/new")),
    DeskState("guidance.html", "as it is", "電話で伝えてください", kept),
    DeskState("guidance.html", "previewed", "どちらも、次の順で並びます", looked_at),
    DeskState("guidance.html", "refused", "入力内容をお確かめ", refused),
    DeskState("guidance.html", "changed meanwhile", "先に変更していました", changed_meanwhile),
)
