"""A class name means one thing in libs and services."""

import ast
from collections import defaultdict
from pathlib import Path

from .house import ROOT, name_of

ROLES = frozenset({"DoorContext", "Settings", "State", "Store"})
"""What each service or door has one of, under the same name."""
NOT_OURS = frozenset({"tests", "migrations"})


def classes() -> dict[str, set[str]]:
    """Where each class that others may use is defined, without tests and migrations."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (*(ROOT / "libs").rglob("*.py"), *(ROOT / "services").rglob("*.py")):
        if NOT_OURS.isdisjoint(path.parts) and path.name != "conftest.py":
            for node in public_classes(path):
                found[node.name].add(name_of(path))
    return found


def public_classes(path: Path) -> list[ast.ClassDef]:
    body = ast.parse(path.read_bytes()).body
    nodes = [node for node in body if isinstance(node, ast.ClassDef)]
    return [node for node in nodes if not node.name.startswith("_")]


def is_row(node: ast.ClassDef) -> bool:
    return any(keyword.arg == "table" for keyword in node.keywords)


def test_a_class_name_means_one_thing() -> None:
    found = classes()
    assert not {n: places for n, places in found.items() if len(places) > 1 and n not in ROLES}


def test_what_is_called_by_its_role_is_in_several_places() -> None:
    found = classes()
    assert all(len(found[role]) > 1 for role in ROLES)


def test_the_row_of_a_table_says_so() -> None:
    rows = [
        node.name
        for path in (ROOT / "services").rglob("*.py")
        for node in public_classes(path)
        if is_row(node)
    ]
    assert len(rows) > 70
    assert [name for name in rows if not name.endswith("Row")] == []
