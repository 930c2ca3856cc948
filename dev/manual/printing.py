"""HTML to PDF by Chromium, and on which page of the PDF each mark has come to stand."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import async_playwright

from dev.errors import CannotStart
from dev.machine import FLAGS, chromium

NO_BROWSER = "Chromium is missing. Install it (Debian: sudo apt-get install chromium)."
NO_FONT = (
    "No Japanese font is on this machine, so the manual would be empty boxes. "
    "Install one (Debian: sudo apt-get install fonts-noto-cjk)."
)
_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_KIDS = re.compile(rb"/Kids ?\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_DESTINATIONS = re.compile(rb"/Dests (\d+) 0 R")
_MARK = re.compile(rb"/([a-z0-9-]+) ?\[(\d+) 0 R")


def need_fonts() -> None:
    """Raises CannotStart where no font has Japanese letters, with what to install."""
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=ja", "family"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise CannotStart(NO_FONT) from None
    if not listed.stdout.strip():
        raise CannotStart(NO_FONT)


async def print_pdf(html: Path) -> bytes:
    """The page of a file as A4. Raises CannotStart where there is no Chromium."""
    found = chromium()
    if found is None:
        raise CannotStart(NO_BROWSER)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        page = await browser.new_page()
        await page.goto(html.as_uri())
        pdf = await page.pdf(prefer_css_page_size=True, outline=True, tagged=True)
        await browser.close()
    return pdf


def pages_of(pdf: bytes) -> dict[str, int]:
    """The page, from 1, of each mark that a link of the document leads to."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    order = {page: number for number, page in enumerate(_in_order(objects, _root(objects)), 1)}
    table = _DESTINATIONS.search(pdf)
    found = _MARK.findall(objects[int(table[1])]) if table else []
    return {mark.decode(): order[int(page)] for mark, page in found}


def _root(objects: dict[int, bytes]) -> int:
    """The node of the tree of pages that is nobody's child."""
    nodes = {number for number, body in objects.items() if b"/Type /Pages" in body}
    return next(number for number in nodes if b"/Parent" not in objects[number])


def _in_order(objects: dict[int, bytes], node: int) -> Iterator[int]:
    kids = _KIDS.search(objects[node]) if b"/Type /Pages" in objects[node] else None
    if kids is None:
        yield node
        return
    for kid in _REFERENCE.findall(kids[1]):
        yield from _in_order(objects, int(kid))
