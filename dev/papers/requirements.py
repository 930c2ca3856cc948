"""The rows of docs/requirements.md, with what the city asked for in Japanese."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from dev.account import ROOT

TABLE = ROOT / "docs" / "requirements.md"
JAPANESE = Path(__file__).parent / "requirements.toml"
_ROW = re.compile(r"^\| ([A-Z]-\S+) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Requirement:
    """One line of the specification. `places` are files or folders of the code, `tests` are named
    `file::function`; `gap` says in English what is not there yet."""

    id: str
    asked: str
    places: tuple[str, ...]
    tests: tuple[str, ...]
    by_operator: bool
    gap: str

    @property
    def state(self) -> str:
        """Who meets it, as the document says it."""
        if self.gap and not self.tests:
            return "未対応"
        if self.gap:
            return "一部未対応"
        if self.by_operator and not self.tests:
            return "運用者"
        return "システム、運用者" if self.by_operator else "システム"


def sections() -> dict[str, str]:
    """The letter of each section and its name, in the order of the specification."""
    found: dict[str, str] = tomllib.loads(JAPANESE.read_text())["sections"]
    return found


def requirements() -> list[Requirement]:
    """All of them, in the order of the table. Raises KeyError for one without Japanese words."""
    asked = tomllib.loads(JAPANESE.read_text())["lines"]
    rows = _ROW.findall(TABLE.read_text())
    return [_requirement(name, asked[name], where, test) for name, _, where, test in rows]


def _requirement(name: str, asked: str, where: str, test: str) -> Requirement:
    there, _, gap = where.partition("not yet")
    return Requirement(
        id=name,
        asked=asked,
        places=tuple(_NAMED.findall(there)),
        tests=tuple(_NAMED.findall(test)),
        by_operator="operator" in where,
        gap=gap.strip(" :;") or ("not yet" if "not yet" in where else ""),
    )
