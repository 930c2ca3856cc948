"""Firefox and WebKit show every page in every state as Chromium does: nothing too wide, nothing cut
off, with and without scripts. `make engines` leaves a picture of each in var/engines."""

import pytest

from dev.account import ROOT
from tests.browser.registry import STATES as CITIZENS
from tests.browser.registry import State
from tests.browser.scene import Scene
from tests.browser.staff import Desk, DeskState
from tests.browser.staff_states import STATES as STAFF

from .conftest import AnyPage
from .drivers import Engine
from .measures import complaints

WIDTHS = ((390, 844), (1280, 800))
PICTURES = ROOT / "var" / "engines"
in_one_loop = pytest.mark.asyncio(loop_scope="session")


def named(state: State | DeskState) -> str:
    return state.id


async def look(page: AnyPage, engine: Engine, scripts: bool, name: str) -> None:
    """Measure the page at each width and keep a picture."""
    found: list[str] = []
    (PICTURES / name).mkdir(parents=True, exist_ok=True)
    for width, height in WIDTHS:
        await page.set_viewport_size({"width": width, "height": height})
        found += [f"at {width} px: {one}" for one in await complaints(page)]
        kind = f"{width}{'' if scripts else '-plain'}-{engine.name}"
        await page.screenshot(path=PICTURES / name / f"{kind}.png")
    await page.set_viewport_size({"width": 1280, "height": 1024})
    assert not found, "\n".join(found)


@pytest.mark.soak
@in_one_loop
@pytest.mark.parametrize("state", CITIZENS, ids=named)
async def test_a_citizens_page_is_whole(
    state: State, scene: Scene, engine: Engine, scripts: bool
) -> None:
    await state.reach(scene)
    assert state.says in await scene.page.inner_text("main")
    await look(scene.page, engine, scripts, f"citizens-{state.id}")


@pytest.mark.soak
@in_one_loop
@pytest.mark.parametrize("state", STAFF, ids=named)
async def test_a_staff_page_is_whole(
    state: DeskState, desk: Desk, engine: Engine, scripts: bool
) -> None:
    await state.reach(desk)
    assert state.says in await desk.page.inner_text("main")
    await look(desk.page, engine, scripts, f"staff-{state.id}")
