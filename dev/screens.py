"""`make screens`: pictures of every page of both doors, for docs/screens."""

import asyncio
import base64
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import groupby
from pathlib import Path

from playwright.async_api import CDPSession, Page, async_playwright

from services.gateway.lgwan.tests.support import add_staff
from tests.browser.registry import STATES, State
from tests.browser.scene import Scene
from tests.browser.served import Town, serving
from tests.browser.staff import DeskState
from tests.browser.staff_door import staff_door
from tests.browser.staff_states import STATES as STAFF_STATES

from .account import ROOT
from .machine import FLAGS, chromium, want_browser
from .postgres import Postgres
from .process import free_port
from .testing import TEST_SETTINGS, Database, Databases, run_home

FOLDER = ROOT / "docs" / "screens"
STAFF_FOLDER = FOLDER / "staff"
WIDTHS = {"phone": 390, "desk": 1280}
ON_A_DESK = {state.template: state.id for state in reversed(STATES)}
"""The states that are taken on a desk too: the first of each page."""
QUALITY = 25
TALLEST = 1600
"""Pixels of a page of staff; what comes below, in long lists, tells nothing new."""
HEAD = """# The citizens' pages

Every page in every state that the tests know ([registry](../../tests/browser/registry.py)) on a
phone (390 pixels), the first of each page also on a desk (1280 pixels). Made by `make screens`; the
data are the tests' own. The pages of staff: [staff](staff/README.md).
"""
STAFF_HEAD = """# The pages of staff

Every page in every state that the tests know ([registry](../../../tests/browser/staff_states.py))
on a desk (1280 pixels). Made by `make screens`; the data are the tests' own. What they are for
stands in the [manual](../../manual/hajimeni.md).
"""


@asynccontextmanager
async def camera() -> AsyncIterator[tuple[Page, CDPSession]]:
    """A window of Chromium, and the way to its developers' tools."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split())
        context = await browser.new_context(locale="ja-JP", reduced_motion="reduce")
        page = await context.new_page()
        yield page, await context.new_cdp_session(page)
        await browser.close()


async def take_citizens() -> None:
    port = free_port()
    town = Town(port)
    async with serving(town, port), camera() as (page, developer):
        for state in STATES:
            await page.context.clear_cookies()
            await town.renew()
            await state.reach(Scene(page, town))
            for name, width in widths_of(state).items():
                picture = await photograph(page, developer, width)
                (FOLDER / file_of(state, name)).write_bytes(picture)
            print(".", end="", flush=True)


async def take_staff(accounts: Database) -> None:
    async with staff_door() as door, camera() as (page, developer):
        for state in STAFF_STATES:
            await page.set_viewport_size({"width": WIDTHS["desk"], "height": 800})
            async with door.desk(page, accounts) as desk:
                await state.reach(desk)
                picture = await photograph(page, developer, WIDTHS["desk"], TALLEST)
            (STAFF_FOLDER / staff_file_of(state)).write_bytes(picture)
            print(".", end="", flush=True)


async def photograph(
    page: Page, developer: CDPSession, width: int, tallest: int = sys.maxsize
) -> bytes:
    """A picture of the whole page at this width, or of its upper part."""
    await page.set_viewport_size({"width": width, "height": 800})
    height = await page.evaluate("() => document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, tallest), "scale": 1}
    picture = await developer.send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": QUALITY, "captureBeyondViewport": True, "clip": clip},
    )
    return base64.b64decode(picture["data"])


def widths_of(state: State) -> dict[str, int]:
    on_desk = ON_A_DESK[state.template] == state.id
    return {name: width for name, width in WIDTHS.items() if name == "phone" or on_desk}


def file_of(state: State, width: str) -> str:
    return f"{state.id}.{width}.webp"


def staff_file_of(state: DeskState) -> str:
    return f"{state.id}.webp"


def index() -> str:
    """The page that shows all pictures of the citizens' door, by template."""
    parts = [HEAD]
    by_template = sorted(STATES, key=lambda state: state.template)
    for template, states in groupby(by_template, lambda state: state.template):
        parts.append(f"\n## {template.removesuffix('.html')}\n")
        for state in states:
            pictures = " ".join(
                f'<img src="{file_of(state, name)}" alt="{state.id}, {name}" width="{width // 2}">'
                for name, width in widths_of(state).items()
            )
            parts.append(f"\n{state.name}: `{state.path or 'any address'}`\n\n{pictures}\n")
    return "".join(parts)


def staff_index() -> str:
    """The page that shows all pictures of the staff door, by template."""
    parts = [STAFF_HEAD]
    by_template = sorted(STAFF_STATES, key=lambda state: state.template)
    for template, states in groupby(by_template, lambda state: state.template):
        parts.append(f"\n## {template.removesuffix('.html')}\n")
        for state in states:
            picture = f'<img src="{staff_file_of(state)}" alt="{state.id}" width="640">'
            parts.append(f"\n{state.name}:\n\n{picture}\n")
    return "".join(parts)


def citizens() -> None:
    _empty(FOLDER)
    asyncio.run(take_citizens())
    (FOLDER / "README.md").write_text(index())


def staff() -> None:
    """The staff door keeps its accounts in a database, here one of this run alone."""
    _empty(STAFF_FOLDER)
    with run_home() as home:
        server = Postgres(home / "postgres", free_port(), secrets.token_hex(8), TEST_SETTINGS)
        try:
            server.start()
            with (
                closing(Databases(server)) as databases,
                databases.fresh("gateway", add_staff) as accounts,
            ):
                asyncio.run(take_staff(accounts))
        finally:
            server.destroy()
    (STAFF_FOLDER / "README.md").write_text(staff_index())


def _empty(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()


DOORS = {"citizens": citizens, "staff": staff}


def main() -> None:
    """Both doors, or those that are named."""
    want_browser()
    if chromium() is None:
        sys.exit(1)
    for door in sys.argv[1:] or DOORS:
        DOORS[door]()
    size = sum(picture.stat().st_size for picture in FOLDER.rglob("*.webp"))
    print(f"\n{size / 1e6:.1f} MB in {FOLDER.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
