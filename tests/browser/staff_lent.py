"""応援: what somebody sees who helps at another office until a day."""

from uuid import uuid4

from services.gateway.lgwan.tests.support import add_staff, sql

from .staff import Desk, DeskState


async def lent(desk: Desk) -> None:
    staff_id = f"s{uuid4().hex[:8]}"
    add_staff(desk.accounts, staff_id, offices=("honcho",))
    loan = f"('{staff_id}', 'tsurusaki', current_date + 7)"
    sql(desk.accounts, f"INSERT INTO staff_loan (staff_id, office_id, until_day) VALUES {loan}")
    await desk.sign_in(staff_id=staff_id)


STATES = (DeskState("today.html", "lent", "鶴崎支所", lent),)
