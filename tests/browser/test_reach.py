"""How little a booking takes on a phone: the button stands in the first screen, a family is checked
in a few of them, and the hold is extended on the page where one is."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import ViewportSize

from . import family
from .scene import BIRTH, SUBMIT, Scene
from .steps import EXTEND

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE: ViewportSize = {"width": 390, "height": 664}
TALLEST_FAMILY = 2400
FAMILY = ("オオイタ ジロウ", "オオイタ サブロウ", "オオイタ シロウ")


async def check_of_four(scene: Scene) -> None:
    await family.four(scene)
    await scene.tap("button[value=in_turn]")
    await scene.tap("a[href='day/2026-12-02']")
    await scene.choose_time()
    await scene.tell()
    for kana in FAMILY:
        await scene.fill({"#kana": kana, **BIRTH})
        await scene.tap(SUBMIT)


@pytest.mark.parametrize("reach", [Scene.to_check, check_of_four], ids=["one", "four"])
async def test_the_button_that_books_is_in_the_first_screen_of_a_phone(
    scene: Scene, reach: Callable[[Scene], Awaitable[None]]
) -> None:
    await reach(scene)
    await scene.page.set_viewport_size(PHONE)
    box = await scene.page.locator("form[action=confirm] button").bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"]
    height = await scene.page.evaluate("document.documentElement.scrollHeight")
    assert height <= TALLEST_FAMILY, height


@pytest.mark.parametrize("page", ["you", "visitor", "card"])
async def test_the_hold_is_extended_on_the_page_where_one_is(scene: Scene, page: str) -> None:
    await scene.to_check()
    await scene.open(scene.path.removesuffix("check") + page)
    assert await scene.sees("8時10分まで")
    await scene.tap(EXTEND)
    assert scene.path.endswith(f"/{page}")
    assert await scene.sees("8時15分まで")
