"""What comes out of the printer: the list alone, with the word that it is thrown away today."""

import re
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from .staff import Desk, opens
from .staff_counter import cards
from .staff_schedules import on_paper
from .staff_today import busy_day

pytestmark = pytest.mark.asyncio(loop_scope="session")
SEEN = """() => [...document.querySelectorAll("button, .bar, .foot, .back")]
  .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"""
PRINTED = "() => { window.printed = 0; window.print = () => { window.printed += 1; }; }"


async def test_the_cards_to_lay_out_say_when_to_throw_them_away_and_who_printed_them(
    desk: Desk,
) -> None:
    """On each page of the paper, with its number: it is made the day before."""
    await cards(desk)
    day = date.fromisoformat(await desk.page.input_value("#day"))
    await desk.page.emulate_media(media="print")
    try:
        discard = await desk.page.locator(".discard").inner_text()
        assert discard == f"{day.month}月{day.day}日の業務終了後に廃棄"
        printed = await desk.page.locator(".printed").inner_text()
        assert re.fullmatch(r"印刷：田中　\d+年\d+月\d+日（.） \d+時\d+分現在", printed)
        paper = await desk.page.pdf(prefer_css_page_size=True)
        assert paper.startswith(b"%PDF")
    finally:
        await desk.page.emulate_media(media="screen")


async def test_nine_offices_by_all_procedures_are_one_sheet_of_a4(desk: Desk) -> None:
    await opens("/counts/sheet?unit=year")(desk)
    await desk.page.emulate_media(media="print")
    try:
        paper = await desk.page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type /Page\b", paper)) == 1
        [box] = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper))
        assert [round(float(side)) for side in box] == [842, 595]
        assert await desk.page.evaluate(SEEN) == []
    finally:
        await desk.page.emulate_media(media="screen")


@pytest.mark.parametrize("reach", [on_paper, busy_day, cards], ids=lambda reach: reach.__name__)
async def test_a_list_is_printed_by_its_button_without_anything_to_press(
    desk: Desk, reach: Callable[[Desk], Awaitable[None]]
) -> None:
    await reach(desk)
    await desk.page.evaluate(PRINTED)
    await desk.page.click("button.print")
    assert await desk.page.evaluate("window.printed") == 1
    discard = desk.page.locator(".discard")
    assert not await discard.is_visible()
    await desk.page.emulate_media(media="print")
    try:
        assert (await discard.inner_text()).endswith("廃棄")
        assert await discard.is_visible()
        assert await desk.page.evaluate(SEEN) == []
        assert await desk.page.locator("tbody tr").first.is_visible()
    finally:
        await desk.page.emulate_media(media="screen")
