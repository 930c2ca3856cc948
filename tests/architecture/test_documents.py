"""The documents say what the code does: generated pages, the list of requirements, links."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from dev.docs import pages

from .house import ROOT, files, name_of

REQUIREMENTS = ROOT / "docs" / "requirements.md"
KANA = "アイウエオカキクケコサシスセソタチツテ"
# Section, and how many of its items the city numbered.
SECTIONS = {"B": 14, "D": 5, "P": 19, "A": 8, "M": 6, "S": 6, "W": 4}
_ROW = re.compile(r"^\| ([A-Z]-\S+) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
ROWS: list[tuple[str, str, str, str]] = _ROW.findall(REQUIREMENTS.read_text())


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_bytes())
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("name", ["settings.md", "events.md"])
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == pages()[name], "run `make docs`"


def test_every_requirement_of_the_city_is_in_the_list_once() -> None:
    wanted = {f"{section}-{kana}" for section, n in SECTIONS.items() for kana in KANA[:n]}
    listed = Counter(row[0] for row in ROWS)
    assert set(listed) == wanted
    assert not [name for name, times in listed.items() if times > 1]


@pytest.mark.parametrize(("name", "what", "where", "test"), ROWS, ids=[row[0] for row in ROWS])
def test_a_requirement_names_code_and_tests_that_exist_or_says_what_is_missing(
    name: str, what: str, where: str, test: str
) -> None:
    assert what
    places, tests = re.findall(r"`([^`]+)`", where), re.findall(r"`([^`]+)`", test)
    for place in places:
        assert (ROOT / place).exists(), f"{name}: {place}"
    for named in tests:
        file, _, function = named.partition("::")
        assert function in functions_in(ROOT / file), f"{name}: {named}"
    assert tests or "not yet" in where + test or "operator" in where, name


def test_every_link_between_documents_leads_somewhere() -> None:
    dead = [
        f"{name_of(page)}: {target}"
        for page in files(".md")
        for target in _LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not dead
