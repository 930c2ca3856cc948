"""Firefox and WebKit behind the part of Playwright's page that the steps of tests/browser use.

The same steps then lead every engine into every state of every page. Playwright's own builds of
these two are in no package registry; WebDriver drives those of the operating system.
"""

import asyncio
import re
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.print_page_options import PrintOptions
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

PATIENCE = 10.0
"""Seconds until a step on a page has failed."""

_POLL = 0.05
_NTH = re.compile(r"(.+?) >> nth=(-?\d+)")
_TEXT = re.compile(r"(.*):text(-is)?\('(.+)'\)")
_KEYS = {
    "Enter": Keys.ENTER,
    "Tab": Keys.TAB,
    "Space": Keys.SPACE,
    "Escape": Keys.ESCAPE,
    "ArrowDown": Keys.ARROW_DOWN,
    "ArrowUp": Keys.ARROW_UP,
    "ArrowLeft": Keys.ARROW_LEFT,
    "ArrowRight": Keys.ARROW_RIGHT,
}
_SET = """arguments[0].value = arguments[1];
for (const kind of ["input", "change"])
  arguments[0].dispatchEvent(new Event(kind, {bubbles: true}));"""
Found = TypeVar("Found")

_A4 = PrintOptions()
_A4.set_page_size(PrintOptions.A4)


class NotThere(AssertionError):
    """What a step looks for is not on the page."""


class EnginePage:
    """One window. Calls of the driver run beside the event loop that serves the pages."""

    def __init__(self, driver: WebDriver, resize: Callable[[int, int], None]) -> None:
        self._driver = driver
        self._resize = resize
        self.context = _Context(self)
        self.keyboard = _Keyboard(self)

    async def ask(self, question: Callable[[WebDriver], Found]) -> Found:
        return await asyncio.to_thread(question, self._driver)

    @property
    def url(self) -> str:
        return str(self._driver.current_url)

    async def goto(self, address: str) -> None:
        await self.ask(lambda driver: driver.get(address))

    async def set_viewport_size(self, size: Mapping[str, int]) -> None:
        await self.ask(lambda _: self._resize(size["width"], size["height"]))

    @asynccontextmanager
    async def expect_navigation(self) -> AsyncIterator["_Nothing"]:
        """Until another page stands there, whole."""
        before = await self.ask(_page_id)
        yield _Nothing()
        await self._until(lambda driver: _page_id(driver) not in ("", before), "another page")

    @asynccontextmanager
    async def expect_response(self, _: object) -> AsyncIterator["_Nothing"]:
        """WebDriver sees no answers; who waits for one waits for the page afterwards."""
        yield _Nothing()

    async def evaluate(self, function: str, argument: object = None) -> Any:
        """What a function returns at once: a page without scripts settles no promise."""
        script = f"return ({function})(arguments[0])"
        return await self.ask(lambda driver: driver.execute_script(script, argument))

    async def wait_for_function(self, function: str) -> None:
        script = f"return ({function})()"
        await self._until(lambda driver: bool(driver.execute_script(script)), function)

    async def wait_for_selector(self, selector: str) -> None:
        await self._with(selector, lambda _: None)

    async def query_selector(self, selector: str) -> WebElement | None:
        found = await self.ask(lambda driver: _find_all(driver, selector))
        return found[0] if found else None

    async def eval_on_selector(self, selector: str, function: str) -> None:
        script = f"({function})(arguments[0])"
        await self._with(selector, lambda e: self._driver.execute_script(script, e))

    async def click(self, selector: str) -> None:
        await self._with(selector, self._press)

    async def check(self, selector: str) -> None:
        await self._with(selector, lambda e: None if e.is_selected() else self._press(e))

    async def fill(self, selector: str, text: str) -> None:
        await self._with(selector, lambda e: self._fill(e, text))

    async def select_option(self, selector: str, value: str) -> None:
        await self._with(selector, lambda e: _choose(Select(e), value))

    async def set_input_files(self, selector: str, file: Any) -> None:
        await self._with(selector, lambda e: e.send_keys(str(file)))

    async def focus(self, selector: str) -> None:
        await self.eval_on_selector(selector, "e => e.focus()")

    async def inner_text(self, selector: str) -> str:
        return await self._with(selector, lambda e: e.text)

    async def input_value(self, selector: str) -> str:
        return await self._with(selector, lambda e: e.get_attribute("value") or "")

    async def get_attribute(self, selector: str, name: str) -> str | None:
        return await self._with(selector, lambda e: e.get_dom_attribute(name))

    def locator(self, selector: str) -> "_Locator":
        return _Locator(self, selector)

    async def screenshot(self, path: Path) -> None:
        await self.ask(lambda driver: driver.save_screenshot(str(path)))

    async def paper(self) -> bytes:
        """The page as it comes out of a printer: A4, as a PDF."""
        return b64decode(await self.ask(lambda driver: driver.print_page(_A4)))

    def _press(self, element: WebElement) -> None:
        """As a hand does it: what is pressed is brought into the middle first."""
        scroll = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
        self._driver.execute_script(scroll, element)
        element.click()

    def _fill(self, element: WebElement, text: str) -> None:
        """Dates and times have controls of their own in each engine; they are set as a whole."""
        if element.get_dom_attribute("type") in ("date", "time", "month", "datetime-local"):
            self._driver.execute_script(_SET, element, text)
            return
        element.clear()
        element.send_keys(text)

    async def _with(self, selector: str, act: Callable[[WebElement], Found]) -> Found:
        """What `act` does with the first of what is found, as soon as it can be done."""
        until, why = time.monotonic() + PATIENCE, "nothing found"
        while time.monotonic() < until:
            try:
                found = await self.ask(lambda driver: _find_all(driver, selector))
                if found:
                    return await asyncio.to_thread(act, found[0])
            except StaleElementReferenceException as gone:
                why = str(gone.msg)
            except WebDriverException as refused:
                why = str(refused.msg)
            await asyncio.sleep(_POLL)
        raise NotThere(f"{selector} on {self.url}: {why}")

    async def _until(self, holds: Callable[[WebDriver], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if await self.ask(holds):
                return
            await asyncio.sleep(_POLL)
        raise NotThere(f"{what} after {self.url}")


class _Nothing:
    """The answer that a navigation led to: WebDriver does not show it."""

    def __await__(self) -> Iterator[None]:
        yield from ()

    @property
    def value(self) -> "_Nothing":
        return self


class _Locator:
    def __init__(self, page: EnginePage, selector: str) -> None:
        self._page = page
        self._selector = selector

    def locator(self, selector: str) -> "_Locator":
        base, nth = _split(self._selector)
        if nth == 0:
            return _Locator(self._page, f"{base} {selector} >> nth=0")
        return _Locator(self._page, f"{base}:nth-of-type({nth + 1}) {selector}")

    async def click(self) -> None:
        await self._page.click(self._selector)


class _Keyboard:
    def __init__(self, page: EnginePage) -> None:
        self._page = page

    async def press(self, key: str) -> None:
        await self.type(_KEYS.get(key, key))

    async def type(self, text: str) -> None:
        await self._page.ask(lambda driver: driver.switch_to.active_element.send_keys(text))


class _Context:
    """The cookies of the window."""

    def __init__(self, page: EnginePage) -> None:
        self._page = page

    async def clear_cookies(self, name: str | None = None) -> None:
        if name is None:
            await self._page.ask(lambda driver: driver.delete_all_cookies())
        else:
            await self._page.ask(lambda driver: driver.delete_cookie(name))

    async def cookies(self) -> list[dict[str, Any]]:
        """None, so that every state is signed in to by its form."""
        return []

    async def add_cookies(self, cookies: list[dict[str, Any]]) -> None:
        assert not cookies


def _page_id(driver: WebDriver) -> str:
    """Another for each page; empty while it is on its way."""
    script = "return document.readyState === 'complete' ? String(performance.timeOrigin) : ''"
    try:
        return str(driver.execute_script(script))
    except WebDriverException:
        return ""


def _choose(select: Select, wanted: str) -> None:
    """By its value or by what is read."""
    values = {option.get_dom_attribute("value") for option in select.options}
    (select.select_by_value if wanted in values else select.select_by_visible_text)(wanted)


def _split(selector: str) -> tuple[str, int]:
    found = _NTH.fullmatch(selector)
    return (found[1], int(found[2])) if found else (selector, 0)


def _find_all(driver: WebDriver, selector: str) -> list[WebElement]:
    """CSS, with the words of Playwright that our steps use: `>> nth=`, `text=`, `:text()`."""
    base, nth = _split(selector)
    if base.startswith("text="):
        found = _with_text(driver, "body *", base.removeprefix("text="))
    elif text := _TEXT.fullmatch(base):
        found = _with_text(driver, text[1], text[3], whole=bool(text[2]))
    else:
        found = driver.find_elements(By.CSS_SELECTOR, base)
    return found[nth:] if nth >= 0 else found[nth:][:1]


def _with_text(driver: WebDriver, css: str, text: str, *, whole: bool = False) -> list[WebElement]:
    """The innermost elements that show the text."""
    script = """const [css, text, whole] = arguments;
const has = e => whole ? e.textContent.trim() === text : e.textContent.includes(text);
const found = [...document.querySelectorAll(css)].filter(e => has(e) && e.checkVisibility());
return found.filter(e => !found.some(other => other !== e && e.contains(other)));"""
    found: list[WebElement] = driver.execute_script(script, css, text, whole)
    return found
