"""`python -m dev.dashboards`: write deploy/prometheus/dashboards and the console page anew."""

from collections.abc import Iterator
from pathlib import Path

from dev.account import ROOT

from .console import as_page
from .grafana import as_json
from .panels import BOARDS

HERE = ROOT / "deploy" / "prometheus"


def files() -> Iterator[tuple[Path, str]]:
    """Each file that is made, and what is in it."""
    for board in BOARDS:
        yield HERE / "dashboards" / f"{board.name}.json", as_json(board)
    yield HERE / "consoles" / "oita.html", as_page()


def main() -> None:
    for path, text in files():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
