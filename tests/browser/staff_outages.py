"""全国システム障害, in every state of its page, and what other pages say meanwhile."""

from libs.contracts.booking import OfficeOutage
from services.gateway.lgwan.tests.fakes import a_booking, today_at
from services.gateway.web.times import now

from .staff import Desk, DeskState, opens

CHECK, START = "#form .sheet-end button", "form.confirm button"
END = ".outage button"


async def hall(desk: Desk) -> None:
    """Forty who wait, and one who comes later."""
    for n in range(40):
        one = a_booking(status="arrived", number=f"8K2M47{n:04}", starts_at=today_at(9))
        desk.booking.kept[one.booking_id] = one
    later = a_booking(number="8K2M479999", starts_at=today_at(16))
    desk.booking.kept[later.booking_id] = later
    await desk.sign_in("/outages")


async def preview(desk: Desk) -> None:
    await hall(desk)
    await desk.press(CHECK)


async def nothing_chosen(desk: Desk) -> None:
    await hall(desk)
    for box in await desk.page.query_selector_all("input[name=office]"):
        await box.uncheck()
    await desk.press(CHECK)


async def started(desk: Desk) -> None:
    await preview(desk)
    known = ("issuance", "pin", "certificate")
    outage = OfficeOutage(procedure_ids=known, since=now(), last_day=now().date())
    desk.booking.outages["honcho"] = (outage,)
    await desk.press(START)


async def already_running(desk: Desk) -> None:
    await started(desk)
    await desk.press(CHECK)


async def ended(desk: Desk) -> None:
    await started(desk)
    desk.booking.outages.clear()
    await desk.press(END)


STATES = (
    DeskState("outages.html", "as it is", "障害の対応を始める", opens("/outages")),
    DeskState("outages.html", "nothing chosen", "1つ以上選んでください", nothing_chosen),
    DeskState("outages.html", "preview", "お待ちの", preview),
    DeskState("outages.html", "started", "障害の対応中", started),
    DeskState("outages.html", "already running", "もう止めています", already_running),
    DeskState("outages.html", "ended", "障害を終えました", ended),
)
