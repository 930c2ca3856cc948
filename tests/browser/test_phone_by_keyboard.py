"""A booking by phone without a mouse, and without leaving the field one types in."""

import pytest

from services.gateway.lgwan.tests.fakes import BORN

from .staff import Desk
from .staff_phone import PERSON

pytestmark = pytest.mark.asyncio(loop_scope="session")
TABS = 60
IDLE = "form[data-live]:not([aria-busy])"


class Keys:
    """Nothing but a keyboard; `tabs` counts the presses of the Tab key."""

    def __init__(self, desk: Desk) -> None:
        self.page = desk.page
        self.tabs = 0

    async def to(self, selector: str) -> None:
        for _ in range(TABS):
            self.tabs += 1
            await self.page.keyboard.press("Tab")
            if await self.page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    async def press(self, key: str) -> None:
        """Send something in the background, and wait until its answer is on the page."""
        async with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            await self.page.keyboard.press(key)
        await self.page.wait_for_selector(IDLE)

    async def focused(self, selector: str) -> bool:
        return bool(await self.page.locator(f"{selector}:focus").count())


async def test_a_call_is_booked_by_keyboard_in_sixty_tab_presses(desk: Desk) -> None:
    await desk.sign_in("/phone")
    keys = Keys(desk)
    await keys.page.keyboard.press("Tab")
    await keys.page.keyboard.press("Enter")
    await keys.to("[value=pin]")
    await keys.press("Space")
    assert await keys.focused("[value=pin]")
    await keys.to("#office")
    await keys.press("ArrowDown")
    assert await keys.focused("#office")
    await keys.to("button[formaction$='/time']")
    await keys.press("Enter")
    assert "までお取りしています" in await keys.page.inner_text("#held")
    for selector, text in PERSON.items():
        await keys.to(selector)
        await keys.page.keyboard.type(text)
    await keys.to("button[formaction$='/book']")
    async with keys.page.expect_navigation():
        await keys.page.keyboard.press("Enter")
    assert "予約しました" in await keys.page.inner_text("h1")
    assert keys.tabs <= TABS
    (_, booked) = desk.phone.wishes
    assert (getattr(booked, "kana", ""), getattr(booked, "born", "")) == ("オオイタ ハナコ", BORN)


async def test_what_is_typed_while_an_answer_is_on_its_way_is_not_lost(desk: Desk) -> None:
    await desk.sign_in("/phone")
    page = desk.page
    await page.evaluate(
        """() => {
          const ask = window.fetch;
          window.fetch = async (...what) => {
            const answer = await ask(...what);
            await new Promise((go) => setTimeout(go, 400));
            return answer;
          };
        }"""
    )
    await page.check("[value=pin]")
    await page.select_option("#office", "tsurusaki")
    await page.fill("#kana", "オオイタ")
    await page.wait_for_selector(IDLE)
    assert await page.input_value("#office") == "tsurusaki"
    assert await page.is_checked("[value=pin]")
    assert await page.input_value("#kana") == "オオイタ"
    assert await page.locator("button[formaction$='/time']").count()


async def test_twelve_digits_leave_the_field_also_when_sent_in_the_background(desk: Desk) -> None:
    await desk.sign_in("/phone")
    page = desk.page
    await page.fill("#card", "1234-5678-9018")
    await page.fill("#kana", "オオイタ")
    await page.check("[value=pin]")
    await page.wait_for_selector("#who [aria-invalid]")
    assert await page.input_value("#card") == ""
    assert await page.input_value("#kana") == "オオイタ"


async def test_a_time_is_taken_by_plain_forms_as_well(desk: Desk) -> None:
    """Where the script cannot do it the browser sends the form."""
    await desk.sign_in("/phone")
    page = desk.page
    await page.check("[value=pin]")
    await page.wait_for_selector(IDLE)
    await page.select_option("#office", "honcho")
    await page.wait_for_selector("button[formaction$='/time']")
    await page.evaluate("() => { window.fetch = () => Promise.reject(new Error('cut off')); }")
    await page.fill("#kana", "オオイタ")
    await desk.press("button[formaction$='/time'] >> nth=0")
    assert "までお取りしています" in await page.inner_text("#held")
    assert await page.input_value("#kana") == "オオイタ"
