"""`make screens`: pictures of every page of the citizens' door, for docs/screens."""

import asyncio
import base64
import sys
from itertools import groupby
from pathlib import Path

from playwright.async_api import CDPSession, Page, async_playwright

from tests.browser.registry import STATES, State
from tests.browser.scene import Scene
from tests.browser.served import Town, serving

from .account import ROOT
from .machine import FLAGS, chromium, want_browser
from .process import free_port

FOLDER = ROOT / "docs" / "screens"
WIDTHS = {"phone": 390, "desk": 1280}
ON_A_DESK = {state.template: state.id for state in reversed(STATES)}
"""The states that are taken on a desk too: the first of each page."""
QUALITY = 25
HEAD = """# The citizens' pages

Every page in every state that the tests know ([registry](../../tests/browser/registry.py)) on a
phone (390 pixels), the first of each page also on a desk (1280 pixels). Made by `make screens`; the
data are the tests' own.
"""


async def take_all() -> None:
    port = free_port()
    town = Town(port)
    async with serving(town, port), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split())
        page = await browser.new_page(locale="ja-JP", reduced_motion="reduce")
        developer = await page.context.new_cdp_session(page)
        for state in STATES:
            await take(state, town, page, developer)
            print(".", end="", flush=True)
        await browser.close()
    print()


async def take(state: State, town: Town, page: Page, developer: CDPSession) -> None:
    """Both pictures of a state, each of the whole page."""
    await page.context.clear_cookies()
    await town.renew()
    await state.reach(Scene(page, town))
    for name, width in widths_of(state).items():
        await page.set_viewport_size({"width": width, "height": 800})
        height = await page.evaluate("() => document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        picture = await developer.send(
            "Page.captureScreenshot",
            {
                "format": "webp",
                "quality": QUALITY,
                "captureBeyondViewport": True,
                "clip": clip,
            },
        )
        (FOLDER / file_of(state, name)).write_bytes(base64.b64decode(picture["data"]))


def widths_of(state: State) -> dict[str, int]:
    on_desk = ON_A_DESK[state.template] == state.id
    return {name: width for name, width in WIDTHS.items() if name == "phone" or on_desk}


def file_of(state: State, width: str) -> str:
    return f"{state.id}.{width}.webp"


def index() -> str:
    """The page that shows all pictures, by template."""
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


def main() -> None:
    want_browser()
    if chromium() is None:
        sys.exit(1)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    asyncio.run(take_all())
    (FOLDER / "README.md").write_text(index())
    size = sum(picture.stat().st_size for picture in FOLDER.glob("*.webp"))
    print(f"{len(STATES)} states, {size / 1e6:.1f} MB in {FOLDER.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
