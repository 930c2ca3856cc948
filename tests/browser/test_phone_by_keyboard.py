"""A booking by phone without a mouse, and without leaving the field one types in."""

import pytest
from playwright.async_api import expect

from libs.contracts.booking import CounterBooking
from services.gateway.lgwan.tests.fakes import BORN
from services.gateway.web.times import local

from .staff import Desk
from .staff_phone import TIME

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEYS = 40
IDLE = "form[data-live]:not([aria-busy])"
KANA, BORN_TYPED, PHONE = "オオイタハナコ", "S35.4.1", "0975346111"


class Keys:
    """Nothing but a keyboard; `count` has the presses."""

    def __init__(self, desk: Desk) -> None:
        self.page = desk.page
        self.count = 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
            await self.page.keyboard.press(key)

    async def to(self, selector: str) -> None:
        """On with the Tab key until it is there."""
        for _ in range(KEYS):
            await self.press("Tab")
            if await self.page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    async def send(self, key: str) -> None:
        """Press what is sent in the background, and wait until its answer is on the page."""
        async with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            await self.press(key)
        await self.page.wait_for_selector(IDLE)

    async def type(self, text: str) -> None:
        self.count += len(text)
        await self.page.keyboard.type(text)

    async def is_at(self, selector: str) -> None:
        await expect(self.page.locator(selector)).to_be_focused()

    async def leave(self, key: str) -> None:
        async with self.page.expect_navigation():
            await self.press(key)


async def pin_at(desk: Desk) -> Keys:
    """What for and where, with the keyboard at the first time."""
    await desk.sign_in("/phone")
    keys = Keys(desk)
    await keys.is_at("#procedure-1")
    await keys.send("2")
    await keys.is_at("[value=pin]")
    await keys.press("Tab")
    await keys.is_at("#office")
    await keys.send("ArrowDown")
    await keys.press("Tab")
    await keys.is_at(f"{TIME} >> nth=0")
    return keys


async def test_a_call_is_booked_in_forty_keys(desk: Desk) -> None:
    keys = await pin_at(desk)
    await keys.press("ArrowDown", "ArrowRight")
    await keys.is_at(f"{TIME}:has-text('10:30')")
    await keys.send("Enter")
    assert "までお取りしています" in await keys.page.inner_text("#held")
    await keys.is_at("#kana")
    await keys.type(KANA)
    await keys.press("Tab")
    await keys.type(BORN_TYPED)
    await keys.send("Tab")
    await expect(keys.page.locator("#born-said")).to_contain_text("昭和35年4月1日")
    await keys.is_at("#visitor")
    await keys.press("Tab")
    await keys.is_at("#phone")
    await keys.type(PHONE)
    await keys.leave("Control+Enter")
    assert "予約しました" in await keys.page.inner_text("h1")
    assert keys.count <= KEYS
    (_, booked) = desk.phone.wishes
    assert isinstance(booked, CounterBooking)
    assert (booked.kana, booked.born, booked.phone) == (KANA, BORN, PHONE)
    assert local(booked.starts_at).strftime("%H:%M") == "10:30"
    await keys.is_at("main a[href='/phone']")
    await keys.leave("Enter")
    await keys.is_at("#procedure-1")


async def test_a_time_is_reached_by_its_digits_and_another_day_by_a_key(desk: Desk) -> None:
    keys = await pin_at(desk)
    for typed, at in (("1", "10:00"), ("4", "14:00"), ("3", "14:30"), ("9", "09:00")):
        await keys.press(typed)
        await keys.is_at(f"[id='t{at}']")
    day = keys.page.locator("[name=to_day][aria-current]")
    first = await day.get_attribute("value")
    await keys.send("PageDown")
    assert await day.get_attribute("value") != first
    await keys.is_at("[id='t09:00']")
    await keys.send("PageUp")
    assert await day.get_attribute("value") == first
    await keys.press("ArrowLeft")
    await keys.is_at("[name=to_day][aria-current]")
    await keys.press("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp")
    await keys.is_at("[id='t10:00']")


async def test_keys_of_fields_stay_the_fields_own(desk: Desk) -> None:
    """Digits, letters and signs go where they are typed; one stop of the Tab key leaves a group."""
    await desk.sign_in("/phone")
    keys = Keys(desk)
    await keys.page.focus("#phone")
    await keys.type("12?/uw")
    assert await keys.page.input_value("#phone") == "12?/uw"
    assert not await keys.page.locator("[name=procedure]:checked").count()
    assert not await keys.page.locator("#keys[open]").count()
    await keys.page.focus("#procedure-1")
    await keys.press("ArrowDown")
    await keys.is_at("#procedure-2")
    await keys.press("Tab")
    await keys.is_at("#office")
    await keys.press("Shift+Tab")
    await keys.is_at("#procedure-1")


async def test_one_person_more_is_added_by_keyboard(desk: Desk) -> None:
    keys = await pin_at(desk)
    await keys.leave("Alt+p")
    await expect(keys.page.locator("#p2-title")).to_be_visible()
    await keys.is_at("#p2-procedure-1")


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
