"""`make manual`: writes var/manual/manual.pdf."""

import sys

from dev.account import ROOT
from dev.errors import CannotStart
from dev.machine import want_browser

from .chapters import chapters
from .writing import write

TARGET = ROOT / "var" / "manual" / "manual.pdf"


def main() -> None:
    want_browser()
    try:
        last = write(chapters(), TARGET)
    except CannotStart as problem:
        sys.exit(str(problem))
    size = TARGET.stat().st_size / 1e6
    print(f"{len(chapters())} chapters, the last from page {last}, {size:.1f} MB: {TARGET}")


if __name__ == "__main__":
    main()
