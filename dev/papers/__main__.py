"""`make papers`: 要件定義書 and 動作試験報告書 as PDF in var/papers."""

import sys

from dev.account import ROOT
from dev.errors import CannotStart
from dev.machine import want_browser
from dev.manual.chapters import Chapter
from dev.manual.writing import write

from .documents import definition, report
from .requirements import requirements
from .results import read

FOLDER = ROOT / "var" / "papers"
RESULTS = ROOT / "var" / "results"


def chapters(texts: list[str]) -> list[Chapter]:
    """Pages of a document that are in no file of their own."""
    return [Chapter(FOLDER / f"{number}.md", text) for number, text in enumerate(texts, 1)]


def main() -> None:
    want_browser()
    asked = requirements()
    try:
        write(chapters(definition(asked)), FOLDER / "youken-teigisho.pdf", "要件定義書")
        tested = report(asked, read(sorted(RESULTS.glob("*.xml"))))
        write(chapters(tested), FOLDER / "dousa-shiken-houkokusho.pdf", "動作試験報告書")
    except CannotStart as problem:
        sys.exit(str(problem))
    for path in sorted(FOLDER.glob("*.pdf")):
        print(path)


if __name__ == "__main__":
    main()
