"""The documents say what the code does: generated pages, the list of requirements, links."""

import ast
import fnmatch
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from dev.docs import pages
from libs.contracts import schemas
from libs.contracts.subscriptions import DURABLE, LIVE, OWNERS
from services.gateway.lgwan.door.staff import RIGHTS

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


@pytest.mark.parametrize("name", pages())
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


ARCHITECTURE, GLOSSARY = ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md"
_TAKEN_IN = {
    **DURABLE,
    "gateway, internet door": LIVE["internet"],
    "gateway, LGWAN door": LIVE["lgwan"],
}


def table_row(page: Path, section: str, first: str) -> list[str]:
    """The cells of the row of a section that begins like this."""
    text = page.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    [row] = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in row.strip("| ").split(" | ")]


def named(text: str) -> set[str]:
    """The facts that `booking.*`, `notify.failed` and the like stand for, without versions."""
    facts = {fact.name.rpartition(".")[0] for _, fact in schemas.facts()}
    found = {name: set(fnmatch.filter(facts, name)) for name in re.findall(r"`([^`]+)`", text)}
    assert all(found.values()), found
    return set().union(*found.values())


@pytest.mark.parametrize("service", _TAKEN_IN)
def test_the_architecture_says_what_a_service_takes_in(service: str) -> None:
    *_, taken_in = table_row(ARCHITECTURE, "Services", service)
    said: set[str] = set()
    for part in taken_in.split("; "):
        these, _, others = part.partition(" but for ")
        said |= named(these) - named(others)
    assert said == {fact.rpartition(".")[0] for fact in _TAKEN_IN[service]}


@pytest.mark.parametrize("service", _TAKEN_IN)
def test_the_architecture_says_what_a_service_owns(service: str) -> None:
    _, _, says, _ = table_row(ARCHITECTURE, "Services", service)
    owned = {word.partition(".")[0] for word in re.findall(r"`([^`]+)`", says)}
    assert owned == set(OWNERS.get(service, ()))
    assert owned or says == "nothing"


def test_the_glossary_has_all_rights() -> None:
    *_, rights = table_row(GLOSSARY, "Staff", "権限")
    assert re.findall(r"`([^`]+)`", rights) == list(RIGHTS)


def test_the_glossary_has_each_term_once() -> None:
    terms = Counter(
        re.sub(r"（.*?）", "", term).strip()
        for left in re.findall(r"^\| ([^|]+) \|", GLOSSARY.read_text(), re.MULTILINE)
        if left not in ("–", "日本語", "word")
        for term in re.split(r"、| / ", left.partition(":")[0])
    )
    assert terms
    assert not [term for term, times in terms.items() if times > 1]


def test_the_glossary_explains_each_class_once() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", GLOSSARY.read_text(), re.MULTILINE)
    classes = Counter(name for code in rows for name in re.findall(r"`([A-Z]\w+)`", code))
    assert not [name for name, times in classes.items() if times > 1]


def test_what_operations_says_to_write_into_the_env_file_reaches_the_citizens_door() -> None:
    said = re.search(r"takes (`.*?) from `\.env`", (ROOT / "docs" / "operations.md").read_text())
    named = set(re.findall(r"`([A-Z_]+)`", said[1])) if said else set()
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert "NOTICE_IN" in named
    assert named <= set(services["internet"]["environment"])
