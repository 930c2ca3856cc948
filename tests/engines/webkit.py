"""WebKit, the nearest relative of Safari in Debian, in a bare window on a screen in memory."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

PATIENCE = 10.0
SCREEN = "1920x1200x24"
WINDOW = Path(__file__).with_name("webkit_window.py")


@contextmanager
def webkit_window(
    folder: Path, *, scripts: bool
) -> Iterator[tuple[WebDriver, Callable[[int, int], None]]]:
    size = folder / "window-size"
    size.write_text("1280 800")
    with _screen() as display:
        os.environ.update(
            DISPLAY=display,
            WINDOW_SCRIPTS="1" if scripts else "0",
            WINDOW_DOWNLOADS=str(folder),
            WINDOW_SIZE=str(size),
            WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS="1",
            LIBGL_ALWAYS_SOFTWARE="1",
        )
        options = Options()
        options.binary_location = str(WINDOW)
        options.set_capability("browserName", "window")
        options.set_capability("browserVersion", "1.0")
        with warnings.catch_warnings():
            # Selenium starts its own connection to WebKitGTK in a way that it deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            driver = webdriver.WebKitGTK(options, Service(shutil.which("WebKitWebDriver")))

        def resize(width: int, height: int) -> None:
            """Until the page is of the size."""
            size.with_suffix(".new").write_text(f"{width} {height}")
            size.with_suffix(".new").replace(size)
            WebDriverWait(driver, PATIENCE, poll_frequency=0.02).until(
                lambda _: driver.execute_script("return innerWidth") == width
            )

        try:
            yield driver, resize
        finally:
            driver.quit()


@contextmanager
def _screen() -> Iterator[str]:
    """An X server with a window manager, without which no control shows its focus."""
    with tempfile.NamedTemporaryFile() as number:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=number,
        )
        assert server.stdout
        with server.stdout as told:
            display = f":{told.readline().decode().strip()}"
        manager = subprocess.Popen(
            ["matchbox-window-manager", "-use_titlebar", "no", "-use_desktop_mode", "decorated"],
            env={**os.environ, "DISPLAY": display},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield display
        finally:
            for process in (manager, server):
                process.terminate()
                process.wait(10)
