"""The chapters of the manual: Markdown files, put in the order of the staff door's menu."""

import re
from dataclasses import dataclass
from pathlib import Path

from dev.account import ROOT
from services.gateway.lgwan.door.pages import MENU

FOLDER = ROOT / "docs" / "manual"
FIRST = "hajimeni.md"
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_OPENED_FROM = re.compile(r"メニューの(?:「そのほか」の)?「(.+?)」")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Chapter:
    """One file of docs/manual; its text begins with its title as a heading."""

    path: Path
    text: str

    @property
    def title(self) -> str:
        """Raises ValueError for a file without a heading."""
        found = _TITLE.search(self.text)
        if not found:
            raise ValueError(f"{self.path.name} has no heading")
        return found[1].strip()

    @property
    def opened_from(self) -> frozenset[str]:
        """The items of the menu that it says it explains: 「上のメニューの「予約一覧」から」."""
        return frozenset(_OPENED_FROM.findall(self.text))

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The picture files it names, whether they exist or not."""
        return tuple((self.path.parent / name).resolve() for name in _PICTURE.findall(self.text))


def chapters() -> list[Chapter]:
    """All of them: the introduction, then as the menu stands, then what no menu opens."""
    found = [Chapter(path, path.read_text()) for path in sorted(FOLDER.glob("*.md"))]
    return sorted(found, key=_place)


def _place(chapter: Chapter) -> tuple[int, str]:
    if chapter.path.name == FIRST:
        return (-1, "")
    items = [number for number, item in enumerate(MENU) if item.text in chapter.opened_from]
    return (min(items, default=len(MENU)), chapter.path.name)
