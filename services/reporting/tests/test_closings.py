"""月次確定: what was confirmed stays, and what is put right later stands beside it."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotAllowed
from libs.contracts.reporting import Basis, ClosedMonth
from services.reporting import actions

from .conftest import Reporting
from .factories import at, step

NOVEMBER = date(2026, 11, 1)
IN_NOVEMBER: dict[str, Any] = {"starts_at": at(9).replace(month=11), "at": at(8).replace(month=11)}


def clerk(*offices: str) -> Caller:
    return Caller("lgwan", "yamada", frozenset({"counts.read", "counts.close"}), frozenset(offices))


async def closed(reporting: Reporting, basis: Basis = "visit", *offices: str) -> ClosedMonth:
    async with reporting.open_store() as store:
        return await actions.closed_month(store, clerk(*(offices or ("*",))), NOVEMBER, basis)


async def close(reporting: Reporting, month: date = NOVEMBER, *offices: str) -> None:
    async with reporting.open_store() as store:
        await actions.close_month(store, clerk(*(offices or ("*",))), month)


async def test_a_later_correction_changes_what_is_now_and_not_what_was_kept(
    reporting: Reporting,
) -> None:
    known = uuid4()
    await reporting.take(step("missed", 2, booking_id=known, **IN_NOVEMBER), step(**IN_NOVEMBER))
    assert (await closed(reporting)).closing is None
    await close(reporting)
    before = await closed(reporting)
    assert before.closing and before.closing.closed_by == "yamada"
    assert before.kept == before.now
    assert before.open_visits == 1
    await reporting.take(step("finished", 3, booking_id=known, outcome="done", **IN_NOVEMBER))
    after = await closed(reporting)
    assert after.kept == before.kept
    [[kept], [now]] = after.kept, after.now
    assert (kept.figures.missed, kept.figures.finished) == (1, 0)
    assert (now.figures.missed, now.figures.finished) == (0, 1)


async def test_who_confirms_a_month_again_changes_nothing(reporting: Reporting) -> None:
    await reporting.take(step(**IN_NOVEMBER))
    await close(reporting)
    first = await closed(reporting)
    await reporting.take(step(**IN_NOVEMBER))
    await close(reporting)
    again = await closed(reporting)
    assert (again.closing, again.kept) == (first.closing, first.kept)
    assert again.now[0].figures.bookings == 2


async def test_both_days_of_a_booking_are_kept(reporting: Reporting) -> None:
    """Booked in November for December: in one of the two by 申込日, in none by 来庁日."""
    await reporting.take(step(at=at(8).replace(month=11)))
    await close(reporting)
    assert (await closed(reporting, "visit")).kept == ()
    [group] = (await closed(reporting, "booked")).kept
    assert group.figures.bookings == 1


async def test_staff_of_an_office_see_their_own_part_and_confirm_nothing(
    reporting: Reporting,
) -> None:
    await reporting.take(step(**IN_NOVEMBER), step(office_id="akeno", **IN_NOVEMBER))
    with pytest.raises(NotAllowed):
        await close(reporting, NOVEMBER, "akeno")
    await close(reporting)
    own = await closed(reporting, "visit", "akeno")
    assert [group.office_id for group in own.kept] == ["akeno"]
    assert [group.office_id for group in own.now] == ["akeno"]


async def test_a_month_that_goes_on_cannot_be_confirmed(reporting: Reporting) -> None:
    with pytest.raises(actions.NotOver):
        await close(reporting, date(2199, 1, 1))
