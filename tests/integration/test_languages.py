"""A language chosen on the site is the language of everything that follows, mails included."""

import time
from datetime import date

from dev.walk import Citizen

from .crowd import AnyStack
from .ledger import mail_to
from .people import new_person
from .test_journeys import book_pin_visit


async def test_a_booking_made_in_vietnamese_is_confirmed_by_a_vietnamese_mail(
    citizen: Citizen, stack: AnyStack, quiet_day: date
) -> None:
    person, before = new_person(), time.time_ns()
    await citizen.open("/language")
    await citizen.send("/language", {"lang": "vi"})
    number = await book_pin_visit(citizen, person, "honcho", quiet_day)
    assert citizen.page.heading == "Đã đặt lịch hẹn xong"
    _, mail = await mail_to(stack, person.email, "Đã nhận lịch hẹn của bạn", before)
    body = mail.get_content()
    for said in (number, "Đặt lại hoặc đổi mã PIN", "Tòa nhà chính", "1 loại giấy tờ tùy thân"):
        assert said in body
