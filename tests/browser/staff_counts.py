"""集計, in every state of its pages."""

from datetime import date

from services.gateway.lgwan.tests.fakes import a_cell

from .staff import Desk, DeskState, opens

BACKWARDS = "/counts?unit=range&day=2026-12-02&until=2026-12-01"
YEAR = "/counts?unit=year&by=booked"


async def counted_without_offices(desk: Desk) -> None:
    desk.reporting.offices_known = False
    await desk.sign_in("/counts")


async def nothing_counted(desk: Desk) -> None:
    desk.reporting.cells = []
    await opens("/counts")(desk)


async def month_to_confirm(desk: Desk) -> None:
    await desk.sign_in("/counts?unit=month&day=2026-11-01")


async def month_confirmed(desk: Desk) -> None:
    desk.reporting.closed = {date(2026, 11, 1): tuple(desk.reporting.cells)}
    desk.reporting.cells[2] = a_cell("tsurusaki", "issuance", 12, 5, 1, 5, 0, 0, 1)
    await month_to_confirm(desk)


STATES = (
    DeskState("counts.html", "as it is", "合計", opens("/counts")),
    DeskState("counts.html", "no offices", "この集計は、そろっていません", counted_without_offices),
    DeskState("counts.html", "empty", "この日の予約はありません", nothing_counted),
    DeskState("counts.html", "fiscal year", "4月1日から3月31日まで", opens(YEAR)),
    DeskState("counts.html", "wrong days", "始まりの日より前です", opens(BACKWARDS)),
    DeskState("counts.html", "to confirm", "この月の集計を確定する", month_to_confirm),
    DeskState("counts.html", "confirmed", "確定したあとの訂正", month_confirmed),
    DeskState("counts_sheet.html", "as it is", "集計表", opens("/counts/sheet?unit=month")),
)
