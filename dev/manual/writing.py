"""Chapters as a PDF with a cover and a table of contents."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from libs.contracts.times import JST

from .book import MANUAL, bind, page
from .chapters import Chapter
from .printing import need_fonts, pages_of, print_pdf


def write(parts: Sequence[Chapter], target: Path, kind: str = MANUAL) -> int:
    """Write the PDF; on which page its last section begins. Raises CannotStart where the machine
    has no Japanese font or no Chromium.

    Printed twice: where the headings have come to stand is known only after the first time.
    """
    need_fonts()
    book, today = bind(parts), datetime.now(JST).date()
    target.parent.mkdir(parents=True, exist_ok=True)
    html = target.with_suffix(".html")
    html.write_text(page(book, today, {}, kind))
    numbers = pages_of(asyncio.run(print_pdf(html)))
    html.write_text(page(book, today, numbers, kind))
    target.write_bytes(asyncio.run(print_pdf(html)))
    return max(numbers.values())
