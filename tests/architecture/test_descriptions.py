"""What documents say of modules, of words and of the broker's grants is what the code has."""

import ast
import re

import pytest

from deploy.rabbitmq.definitions import OPERATOR, rights_in

from .house import ROOT, files

DOCS = ROOT / "docs"
ARCHITECTURE = (DOCS / "architecture.md").read_text()
LAYERS = ("actions", "store", "domain")
NUMBERED = "[0-9a-f]+"
"""How a pattern of the broker ends that stands for any number."""


def table(text: str, head: str) -> list[list[str]]:
    """The cells of the table whose head begins like this."""
    [found] = re.findall(rf"^\| {head}.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [line.strip("| ").split(" | ") for line in str(found).splitlines()]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("column", [1, 2, 3], ids=LAYERS)
def test_the_subjects_of_booking_name_each_module_of_a_layer(column: int) -> None:
    named = {name for row in table(ARCHITECTURE, "subject") for name in names(row[column])}
    folder = ROOT / "services" / "booking" / LAYERS[column - 1]
    assert named == {path.stem for path in folder.iterdir() if not path.name.startswith("__")}


def test_the_glossary_names_classes_that_there_are() -> None:
    named = set(re.findall(r"`([A-Z][a-z]\w*)(?:\.\w+)?`", (DOCS / "glossary.md").read_text()))
    ours = [path for path in files(".py") if {"libs", "services"} & set(path.parts)]
    known = {name for path in ours for name in defined_in(ast.parse(path.read_bytes()))}
    assert len(named) > 40
    assert named - known == set()


def defined_in(tree: ast.Module) -> set[str]:
    """Classes, and other names for types."""
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    targets = {t.id for node in assigned for t in node.targets if isinstance(t, ast.Name)}
    return targets | {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def test_operations_says_what_each_user_of_the_broker_may() -> None:
    users = table((DOCS / "operations.md").read_text(), r"user \| declares")
    said = {names(user)[0]: [set(names(cell)) for cell in cells] for user, *cells in users}
    granted = {str(row["user"]): row for row in permissions() if row["user"] != OPERATOR}
    processes = said.keys() - {"topology"}
    assert said.keys() == granted.keys()
    for user in processes:
        rights = [granted[user][kind] for kind in ("configure", "write", "read")]
        assert said[user] == [allowed(right) for right in rights], user


def test_operations_says_that_only_topology_declares() -> None:
    [row] = [row for row in permissions() if row["user"] == "topology"]
    assert (row["configure"], row["read"]) == (".*", ".*")
    queues = allowed(row["write"])
    assert {name.partition(".")[2] for name in queues} == {"inbox", "dead"}


def permissions() -> list[dict[str, str]]:
    given: list[dict[str, str]] = rights_in("oita")["permissions"]  # type: ignore[assignment]
    return given


def allowed(pattern: str) -> set[str]:
    """The names that a pattern of the broker stands for, with `*` for a number."""
    inner = pattern.removeprefix("^").removesuffix("$").strip("()")
    plain = (name.replace(NUMBERED, "*").replace("\\", "") for name in inner.split("|"))
    return {name for name in plain if name}
