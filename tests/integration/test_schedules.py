"""A day is closed by the pages of staff: who had booked is asked, called, and has a new time."""

import time
from collections.abc import Awaitable, Callable
from datetime import date

from dev.walk import Citizen, Staff

from .crowd import AnyStack
from .ledger import eventually, mail_to
from .people import new_person
from .test_journeys import book_pin_visit

OFFICE = "akeno"


async def test_a_closed_day_loses_no_booking(
    stack: AnyStack,
    staff: Staff,
    new_citizen: Callable[[], Awaitable[Citizen]],
    quiet_day: date,
) -> None:
    citizen, person = await new_citizen(), new_person()
    number = await book_pin_visit(citizen, person, OFFICE, quiet_day)
    await staff.open(f"/schedules?office={OFFICE}&week={quiet_day}")
    assert staff.page.heading == "枠 明野支所"
    assert "1/8" in " ".join(cell.text for cell in staff.page.all("td"))

    await staff.open(f"/schedules/day?office={OFFICE}&day={quiet_day}&kind=closed")
    await staff.send("/schedules/day/plan", {"reason": "庁舎の都合"})
    assert staff.page.heading == "反映する前の確認"
    assert number in [cell.text for cell in staff.page.all("th")]
    before = time.time_ns()
    await staff.send("/schedules/apply")
    assert staff.path.startswith("/schedules/changes?done=")

    _, mail = await mail_to(stack, person.email, "日時の変更のお願い", before)
    assert number in mail.get_content()
    await staff.open(f"/displaced?office={OFFICE}")
    await staff.press("/displaced/call", "済")
    await staff.press("/displaced/answer", "提案の日時に変更")
    assert staff.status == 200
    await staff.open(f"/displaced?office={OFFICE}&state=accepted")
    assert any(number in cell.text for cell in staff.page.all("th"))
    assert await staff.day(quiet_day.isoformat()) == []

    async def closed() -> bool:
        await citizen.open(f"/availability/pin/{OFFICE}/{quiet_day:%Y-%m}")
        return quiet_day.isoformat() not in citizen.free_days()

    await eventually("citizens see the day as closed", closed)
