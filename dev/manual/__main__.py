"""`make manual`: writes var/manual/manual.pdf."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from dev.account import ROOT
from dev.errors import CannotStart
from dev.machine import want_browser
from libs.contracts.times import JST

from .book import bind, page
from .chapters import chapters
from .printing import need_fonts, pages_of, print_pdf

TARGET = ROOT / "var" / "manual" / "manual.pdf"


def write(target: Path) -> int:
    """The manual as a PDF; on which page its last section begins.

    Printed twice: where the headings have come to stand is known only after the first time.
    """
    book, today = bind(chapters()), datetime.now(JST).date()
    target.parent.mkdir(parents=True, exist_ok=True)
    html = target.with_suffix(".html")
    html.write_text(page(book, today, {}))
    numbers = pages_of(asyncio.run(print_pdf(html)))
    html.write_text(page(book, today, numbers))
    target.write_bytes(asyncio.run(print_pdf(html)))
    return max(numbers.values())


def main() -> None:
    want_browser()
    try:
        need_fonts()
        last = write(TARGET)
    except CannotStart as problem:
        sys.exit(str(problem))
    size = TARGET.stat().st_size / 1e6
    print(f"{len(chapters())} chapters, the last from page {last}, {size:.1f} MB: {TARGET}")


if __name__ == "__main__":
    main()
