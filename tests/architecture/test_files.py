"""The size and the manners of Python files."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .house import files, name_of

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
PYTHON = files(".py")
_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of each function."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_guards_see_the_house() -> None:
    names = {name_of(path) for path in PYTHON}
    assert {"conftest.py", "libs/common/bus.py", "services/booking/domain/times.py"} <= names


def test_no_file_is_past_400_lines() -> None:
    lengths = {name_of(path): path.read_text().count("\n") for path in PYTHON}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_function_is_past_50_lines() -> None:
    long = {
        f"{name_of(path)}: {name}": lines
        for path in PYTHON
        if "migrations" not in path.parts
        for name, lines in functions(path)
        if lines > LONGEST_FUNCTION
    }
    assert not long


def test_every_module_opens_with_a_line_that_says_what_it_is_for() -> None:
    """An empty file, there only to make a package, has nothing to say."""
    silent = [
        name_of(path)
        for path in PYTHON
        if tree(path).body and not (ast.get_docstring(tree(path)) or "").split("\n")[0].strip()
    ]
    assert not silent


def test_nothing_is_left_for_later() -> None:
    written = files(".py", ".md", ".html", ".css", ".js", ".sql", ".yml", ".yaml", ".toml")
    assert not [name_of(path) for path in written if _LATER.search(path.read_text())]


@pytest.mark.parametrize("folder", ["libs", "services"])
def test_only_the_start_of_a_process_reads_the_environment(folder: str) -> None:
    """Everything else gets its settings handed over, so that the list of settings is complete."""
    reading = {
        name_of(path)
        for path in PYTHON
        if name_of(path).startswith(f"{folder}/") and "tests" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert reading <= {"libs/common/process.py"}
