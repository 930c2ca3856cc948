"""A workstation for a clerk with a queue: how much is in view at once on the screens they have."""

import gzip
from datetime import timedelta

import pytest
from playwright.async_api import Response, ViewportSize

from services.gateway.lgwan.tests.fakes import today_at

from .staff import Desk
from .staff_phone import BOOK, held
from .staff_today import busy_day, put

pytestmark = pytest.mark.asyncio(loop_scope="session")
DAY = 40
LARGEST = 60_000
_IN_VIEW = """() => [...document.querySelectorAll("main .list tbody tr")].filter(row => {
  const box = row.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= window.innerHeight;
}).length"""
_REACHED = """button => {
  const box = button.getBoundingClientRect();
  const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  return box.top >= 0 && box.bottom <= window.innerHeight && button.contains(hit);
}"""


# What is smaller than 24 px needs as much room around its middle, as in WCAG 2.5.8.
_CROWDED = """() => {
  const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.closest(".skip");
  const inText = e => e.matches("a") && [...e.parentNode.childNodes].some(
    node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const boxes = [...document.querySelectorAll(controls)].filter(shown).map(
    e => ({e, box: e.getBoundingClientRect()}));
  const middle = box => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const reaches = ([x, y], box) => Math.hypot(
    Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)) < 12;
  const crowded = ({e, box}) => Math.min(box.width, box.height) < 23.5 && !inText(e)
    && boxes.some(other => other.e !== e && reaches(middle(box), other.box));
  return boxes.filter(crowded).map(({e}) => e.outerHTML.slice(0, 120));
}"""
_STATES = """() => [...document.querySelectorAll("#list .state")].map(
  state => [getComputedStyle(state, "::before").content[1], state.textContent.split(" ")[0]])"""


def fill_day(desk: Desk) -> None:
    desk.booking.kept.clear()
    for place in range(DAY):
        starts_at = today_at(9) + timedelta(minutes=15 * (place // 3))
        put(desk, starts_at=starts_at, number=f"8K2M47QX{place:02}")


@pytest.mark.parametrize(
    ("path", "width", "height", "rows"),
    [
        ("/", 1280, 800, 16),
        ("/", 1920, 1080, 22),
        ("/bookings", 1280, 800, 15),
        ("/bookings", 1920, 1080, 22),
    ],
)
async def test_a_screen_shows_the_rows_of_a_morning(
    desk: Desk, path: str, width: int, height: int, rows: int
) -> None:
    fill_day(desk)
    await desk.page.set_viewport_size({"width": width, "height": height})
    await desk.sign_in(path)
    assert await desk.page.evaluate(_IN_VIEW) >= rows


async def test_each_state_is_told_apart_without_colour(desk: Desk) -> None:
    """By a sign and a word of its own: in grey, on paper, in forced colours."""
    await busy_day(desk)
    told = {tuple(state) for state in await desk.page.evaluate(_STATES)}
    assert {sign for sign, _ in told} == set("○●▶✓△✕―")
    assert len({word for _, word in told}) == len(told)


@pytest.mark.parametrize("path", ["/", "/bookings", "/phone", "/preparations", "/people-to-call"])
async def test_targets_are_large_or_stand_apart(desk: Desk, path: str) -> None:
    fill_day(desk)
    await desk.page.set_viewport_size({"width": 1280, "height": 800})
    await desk.sign_in(path)
    assert not await desk.page.evaluate(_CROWDED)


@pytest.mark.parametrize("path", ["/", "/bookings", "/phone"])
async def test_a_page_with_all_that_it_needs_is_light(desk: Desk, path: str) -> None:
    """As it is sent, with its sheets and scripts, at a first visit of the day."""
    fill_day(desk)
    await desk.sign_in("/counts")
    seen: list[Response] = []
    desk.page.on("response", lambda answer: seen.append(answer))
    await desk.open(path)
    parts = ("document", "stylesheet", "script", "image")
    bodies = [await one.body() for one in seen if one.request.resource_type in parts]
    assert len(bodies) > 1
    assert sum(len(gzip.compress(body)) for body in bodies) <= LARGEST


async def test_a_call_is_booked_without_scrolling_to_the_button(desk: Desk) -> None:
    """In what a browser's own bars leave of a small screen, before a time is held and after."""
    small: ViewportSize = {"width": 1280, "height": 660}
    await desk.page.set_viewport_size(small)
    await desk.sign_in("/phone")
    assert await desk.page.locator(BOOK).evaluate(_REACHED)
    await held(desk)
    await desk.page.set_viewport_size(small)
    await desk.page.focus("#kana")
    assert await desk.page.locator(BOOK).evaluate(_REACHED)
    assert await desk.page.locator("#kana").evaluate(_REACHED)
