"""A short walk through both doors in each engine: a citizen's booking, the counter's day, paper."""

from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.browser.scene import Scene
from tests.browser.staff import Desk
from tests.browser.staff_counter import cards
from tests.browser.staff_phone import booked
from tests.browser.staff_schedules import on_paper
from tests.browser.staff_today import busy_day

from .conftest import AnyPage
from .drivers import FIREFOX, WEBKIT, Engine
from .measures import complaints
from .page import EnginePage

pytestmark = pytest.mark.asyncio(loop_scope="session")


def kind(value: Engine | bool) -> str:
    return value.name if isinstance(value, Engine) else "scripts" if value else "no-scripts"


async def whole(page: AnyPage) -> None:
    found = await complaints(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("engine", "scripts"), [(FIREFOX, True), (WEBKIT, False)], ids=kind)
async def test_a_citizen_books_changes_and_cancels(scene: Scene) -> None:
    await scene.page.set_viewport_size({"width": 390, "height": 844})
    await scene.to_month()
    await whole(scene.page)
    await scene.choose_day()
    await scene.choose_time()
    await scene.tell()
    await whole(scene.page)
    await scene.confirm()
    assert await scene.heading() == "予約が完了しました"
    await scene.to_change()
    await scene.tap("form button.button")
    await scene.to_booking()
    await scene.tap("main a[href=cancel]")
    await scene.tap("form[action=cancel] button")
    assert await scene.heading() == "予約を取り消しました"


@pytest.mark.parametrize(("engine", "scripts"), [(FIREFOX, True)], ids=kind)
@pytest.mark.parametrize("reach", [on_paper, busy_day, cards], ids=lambda reach: reach.__name__)
async def test_no_sheet_of_a_list_comes_out_blank(
    desk: Desk, reach: Callable[[Desk], Awaitable[None]]
) -> None:
    """WebKitGTK does not print through WebDriver."""
    await reach(desk)
    assert isinstance(desk.page, EnginePage)
    paper = PdfReader(BytesIO(await desk.page.paper()))
    blank = [n for n, page in enumerate(paper.pages, 1) if not page.extract_text().strip()]
    assert not blank, f"sheets {blank} of {len(paper.pages)} are blank"


@pytest.mark.parametrize(("engine", "scripts"), [(FIREFOX, True), (WEBKIT, True)], ids=kind)
async def test_staff_book_by_phone_and_receive_whom_they_booked(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": 1280, "height": 800})
    await booked(desk)
    await whole(desk.page)
    await busy_day(desk)
    await whole(desk.page)
