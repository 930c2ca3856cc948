"""From the entrance to the number: few taps, only keys, no scripts, under the policy."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, ConsoleMessage, PdfMargins

from libs.contracts.booking import ProcedurePublished
from services.gateway.internet.tests.city import procedure

from . import own, steps
from .conftest import DESK
from .registry import STATES, State
from .scene import SUBMIT, Scene
from .served import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARGINS: PdfMargins = {"top": "12mm", "right": "12mm", "bottom": "12mm", "left": "12mm"}
PAPER = "本人確認書類（運転免許証など、顔写真つきのもの1点。お持ちでない方は、年金手帳など2点）"
TAPS, FIELDS, TAPS_TO_CANCEL, TABS = 8, 6, 4, 60
MISTYPED = [state for state in STATES if state.name.endswith(("mistyped", "nothing told"))]


async def book(scene: Scene) -> None:
    """A card pickup, as somebody does it who begins at the entrance."""
    await scene.open("/")
    await scene.tap("main a[href$='procedure=issuance']")
    await scene.identify("ａｂｃ１２３４５６")
    await scene.come()
    await scene.choose_day()
    await scene.choose_time()
    await scene.tell()
    await scene.confirm()


async def test_a_card_pickup_takes_eight_taps_and_six_fields_without_scripts(bare: Scene) -> None:
    await book(bare)
    assert await bare.heading() == "予約が完了しました"
    assert bare.taps <= TAPS
    assert bare.fields <= FIELDS


async def test_a_booking_that_was_found_is_cancelled_in_four_taps(bare: Scene) -> None:
    await bare.to_booking()
    before = bare.taps
    await bare.tap("main a[href=cancel]")
    await bare.tap("form[action=cancel] button")
    assert await bare.heading() == "予約を取り消しました"
    assert bare.taps - before <= TAPS_TO_CANCEL


class Keys:
    """Nothing but a keyboard. `tabs` counts the presses of the Tab key."""

    def __init__(self, scene: Scene) -> None:
        self.page = scene.page
        self.tabs = 0

    async def to(self, selector: str) -> None:
        """Past the head of the page by its first link, then on to the control."""
        await self._tab()
        await self.page.keyboard.press("Enter")
        await self.on_to(selector)

    async def on_to(self, selector: str) -> None:
        for _ in range(TABS):
            await self._tab()
            if await self.page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    async def press(self, selector: str) -> None:
        await self.to(selector)
        await self.enter()

    async def enter(self) -> None:
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def type(self, fields: dict[str, str]) -> None:
        for selector, text in fields.items():
            await self.on_to(selector)
            await self.page.keyboard.type(text)

    async def _tab(self) -> None:
        self.tabs += 1
        await self.page.keyboard.press("Tab")


async def test_a_card_pickup_is_booked_by_keyboard_in_sixty_tab_presses(scene: Scene) -> None:
    await scene.open("/")
    keys = Keys(scene)
    await keys.press("a[href$='procedure=issuance']")
    await keys.to("#card")
    await keys.page.keyboard.type("abc123456")
    await keys.type({"#born": "1960", "#born-month": "4", "#born-day": "1"})
    await keys.on_to(SUBMIT)
    await keys.enter()
    await keys.press("button[value=self]")
    await keys.press("a[href^='../../day/']")
    await keys.press("button.time")
    await keys.to("#email")
    await keys.page.keyboard.type("hanako@example.jp")
    await keys.on_to(SUBMIT)
    await keys.enter()
    await keys.press("form[action=confirm] button")
    assert await scene.heading() == "予約が完了しました"
    assert scene.world.booking.booked[0].email == "hanako@example.jp"
    assert keys.tabs <= TABS


@pytest.mark.parametrize("state", MISTYPED, ids=lambda state: state.id)
async def test_what_is_mistyped_is_said_first_and_each_sentence_leads_to_its_field(
    state: State, scene: Scene
) -> None:
    await state.reach(scene)
    assert (await scene.page.title()).startswith("エラー：")
    assert await scene.page.locator(".summary-errors:focus").count() == 1
    links = scene.page.locator(".summary-errors a")
    assert await links.count() > 0
    for index in range(await links.count()):
        await links.nth(index).click()
        field = scene.page.locator(":is(input, select, textarea):focus")
        assert await field.get_attribute("aria-invalid") == "true"


async def test_the_policy_of_the_pages_stops_nothing_that_they_need(
    browser: Browser, town: Town
) -> None:
    """With scripts and with the policy in force; a refusal would be in the browser's console."""
    await town.renew()
    context = await browser.new_context(viewport=DESK, locale="ja-JP")
    scene, said = Scene(await context.new_page(), town), list[str]()

    def listen(message: ConsoleMessage) -> None:
        if re.search("policy|blocked|violat", message.text, re.IGNORECASE):
            said.append(message.text)

    scene.page.on("console", listen)
    await book(scene)
    await own.change_week(scene)
    await steps.card_locked(scene)
    async with scene.page.expect_navigation():
        await scene.page.click(SUBMIT)
    assert scene.world.eligibility.checks[-1].work
    assert not said
    await context.close()


@pytest.mark.parametrize("reach", [Scene.to_done, Scene.to_booking])
async def test_what_one_takes_along_prints_on_one_sheet(
    scene: Scene, reach: Callable[[Scene], Awaitable[None]]
) -> None:
    much = procedure(
        version=2,
        documents=tuple(f"{n}. {PAPER}" for n in range(5)),
        notes=(PAPER, "時間に余裕をもってお越しください。"),
    )
    scene.world.catalog.procedure_published(ProcedurePublished(procedure=much))
    await reach(scene)
    sheets = await scene.page.pdf(format="A4", margin=MARGINS)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1
