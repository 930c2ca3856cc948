"""Help at other offices (応援): who, where, until when; counted whenever a session is read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import text

from libs.common.database import SqlStore

from .staff import Loan, Staff

TODAY = "(now() AT TIME ZONE 'Asia/Tokyo')::date"
_LEND = text(f"""
    INSERT INTO staff_loan (staff_id, office_id, until_day)
    SELECT CAST(:staff AS text), CAST(:office AS text), CAST(:until AS date)
    WHERE CAST(:until AS date) >= {TODAY}
    ON CONFLICT (staff_id, office_id) DO UPDATE SET until_day = excluded.until_day
    RETURNING true
""")
_END = text("""
    DELETE FROM staff_loan WHERE staff_id = :staff AND office_id = :office RETURNING true
""")
_END_ALL = text("DELETE FROM staff_loan WHERE staff_id = :staff")


class LoanStore(SqlStore):
    """Who helps where."""

    async def lend(self, staff_id: str, loan: Loan) -> bool:
        """Until the end of that day, in place of what was agreed before; False for a past day."""
        values = {"staff": staff_id, "office": loan.office_id, "until": loan.until}
        return bool((await self.session.execute(_LEND, values)).scalar_one_or_none())

    async def end_loan(self, staff_id: str, office_id: str) -> bool:
        """Whether there was one."""
        values = {"staff": staff_id, "office": office_id}
        return bool((await self.session.execute(_END, values)).scalar_one_or_none())

    async def end_loans(self, staff_id: str) -> None:
        await self.session.execute(_END_ALL, {"staff": staff_id})


def with_loans(member: Staff, offices: Sequence[str], until: Sequence[date]) -> Staff:
    """The member with what they may do while they help."""
    loans = tuple(map(Loan, offices, until))
    return replace(member, offices=member.offices | frozenset(offices), loans=loans)
