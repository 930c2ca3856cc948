"""Every page in every state: sound HTML, axe-core, reflow, targets and text at three widths."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Response, ViewportSize
from starlette.routing import Match

from dev.evidence import Evidence
from services.gateway.internet.app import HERE
from services.gateway.internet.routes import ROUTES
from services.gateway.web.catalogs import VOICES
from services.gateway.web.language import Voice
from services.gateway.web.pages import SHARED
from services.gateway.web.testing import Page

from .measures import (
    axe_violations,
    forms_before_the_heading,
    layout_complaints,
    sideways_with_large_text,
)
from .registry import FILES, NOT_PAGES, STATES, State
from .sample import in_sample, some_or_whole
from .scene import Scene
from .served import Town

in_one_loop = pytest.mark.asyncio(loop_scope="session")
# 320 × 256 is what 400 % make of a screen of 1280 × 1024.
SIZES = ((1280, 1024), (768, 1024), (320, 256))
SMALL: ViewportSize = {"width": 320, "height": 640}
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDTHS = "buttons => buttons.map(one => one.getBoundingClientRect().width)"
BIRTH_PARTS = ("#born", "#born-month", "#born-day")
FIRST_STATES = list({state.template: state for state in reversed(STATES)}.values())
_EXTENDS = re.compile(r'{% extends "(.+?)" %}')


def of_page(state: State) -> tuple[str, str]:
    """A template may serve several routes."""
    return state.path, state.template


class Wire:
    """An answer as it came over the wire."""

    def __init__(self, text: str, headers: dict[str, str]) -> None:
        self.text, self.headers = text, headers


async def wire(answer: Response | None) -> Wire:
    assert answer is not None
    return Wire(await answer.text(), answer.headers)


def page_templates() -> set[str]:
    """Templates that are pages: they extend a frame, and nothing extends them."""
    frames = {found[1]: path.name for path in templates() if (found := extends(path))}
    return {path.name for path in templates() if extends(path)} - set(frames)


def templates() -> list[Path]:
    return [*HERE.glob("*/templates/*.html"), *SHARED.glob("*.html")]


def extends(path: Path) -> Any:
    return _EXTENDS.search(path.read_text())


def route_of(path: str, method: str) -> str:
    """The route that answers a path; empty if there is none."""
    scope = {"type": "http", "path": path, "method": method, "headers": [], "root_path": ""}
    for wanted in (Match.FULL, Match.PARTIAL):
        for route in ROUTES:
            if route.matches(scope)[0] == wanted:
                return route.path
    return ""


def test_every_page_is_in_the_registry() -> None:
    gets = {route.path for route in ROUTES if "GET" in (route.methods or ())}
    pages = {path for path in gets - set(NOT_PAGES) if not path.endswith(FILES)}
    assert not pages - {state.path for state in STATES}
    assert {state.template for state in STATES} == page_templates()


def test_every_state_has_a_name_of_its_own() -> None:
    assert len({state.id for state in STATES}) == len(STATES)


def test_every_page_is_in_the_sample() -> None:
    assert {state.template for state in in_sample(STATES, of_page)} == page_templates()


@in_one_loop
@some_or_whole(STATES, of_page)
async def test_a_page_is_sound_accessible_and_fits(
    state: State, scene: Scene, town: Town, whole: bool, evidence: Evidence
) -> None:
    """axe-core at one of the widths, the whole at each. The first state of a page is shown in two
    of the languages as well: the way to a page costs more than all looks at it."""
    await state.reach(scene)
    assert state.says in await scene.page.inner_text("main")
    assert town.pages.rendered[-1] == state.template
    assert scene.answer is not None
    assert route_of(scene.path, scene.answer.request.method) == state.path
    page = Page(await wire(scene.answer))
    assert not forms_before_the_heading(page.root)
    turn = STATES.index(state) % len(SIZES)
    for number, (width, height) in enumerate(SIZES):
        await scene.page.set_viewport_size({"width": width, "height": height})
        complaints = await layout_complaints(scene.page)
        complaints += await axe_violations(scene.page) if whole or number == turn else []
        assert not complaints, f"at {width} px:\n" + "\n".join(complaints)
    if not whole and state in FIRST_STATES:
        await fits_a_small_screen_in(two_voices(state), scene)
    evidence("pages", ["services/gateway"], widths=len(SIZES))


@pytest.mark.soak
@in_one_loop
@pytest.mark.parametrize("state", FIRST_STATES, ids=lambda state: f"whole-{state.id}")
async def test_a_page_fits_a_small_screen_in_every_language(
    state: State, scene: Scene, evidence: Evidence
) -> None:
    await state.reach(scene)
    await fits_a_small_screen_in(VOICES, scene)
    evidence("languages", ["services/gateway/web", "services/gateway/internet"], of=len(VOICES))


def two_voices(state: State) -> tuple[Voice, Voice]:
    """Those whose turn it is on this page."""
    turn = FIRST_STATES.index(state) % len(VOICES)
    return VOICES[turn], VOICES[turn - 3]


async def fits_a_small_screen_in(voices: Sequence[Voice], scene: Scene) -> None:
    """The page before the scene, fetched anew in each of these languages."""
    assert scene.answer is not None
    if scene.answer.request.method != "GET":
        await scene.open(scene.path)
    for voice in voices:
        cookie = {"name": "lang", "value": voice.code, "url": scene.origin}
        await scene.page.context.add_cookies([cookie])  # type: ignore[list-item]
        page = Page(await wire(await scene.page.reload()))
        assert page.root.get("lang") == voice.tag
        await scene.page.set_viewport_size(SMALL)
        complaints = await layout_complaints(scene.page)
        await scene.page.set_viewport_size(PHONE)
        complaints += await sideways_with_large_text(scene.page)
        assert not complaints, f"{voice.name}:\n" + "\n".join(complaints)


@in_one_loop
async def test_year_month_and_day_of_birth_share_a_row_from_320_px_on(scene: Scene) -> None:
    await scene.begin()
    for width in (320, 390, 768, 1280):
        await scene.page.set_viewport_size({"width": width, "height": 640})
        boxes = [await scene.page.locator(part).bounding_box() for part in BIRTH_PARTS]
        assert all(boxes)
        assert len({round(box["y"]) for box in boxes if box}) == 1, f"at {width} px"
        assert max(box["width"] for box in boxes if box) < 120, f"at {width} px"


@in_one_loop
async def test_the_week_is_as_wide_as_its_window_or_seven_buttons_in_every_engine(
    scene: Scene,
) -> None:
    """Under a fixed layout Firefox makes millions of pixels of any width that is not a length."""
    await scene.to_month()
    await scene.tap("a[href*='week']")
    grid = scene.page.locator(".grid-week")
    rule = "e => ['tableLayout', 'minWidth', 'maxWidth'].map(name => getComputedStyle(e)[name])"
    layout, least, most = await grid.evaluate(rule)
    assert (layout, most) == ("fixed", "none")
    assert least.endswith("px")
    assert float(least.removesuffix("px")) < 480
    for width in (320, 390, 1280):
        await scene.page.set_viewport_size({"width": width, "height": 640})
        box = await grid.bounding_box()
        assert box
        assert box["width"] <= max(width, 480)
        cells = await scene.page.locator(".cell").evaluate_all(WIDTHS)
        assert min(cells) >= 44
