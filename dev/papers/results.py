"""What the last run of `make test` said of each test: its JUnit files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from dev.errors import CannotStart

PASSED, FAILED, SKIPPED = "合格", "不合格", "見送り"


@dataclass
class Results:
    """`outcomes` by test (`file::function`): how many of its cases ended how. `revisions` are the
    states of the code that were tested, `problems` the cases that did not pass, and why."""

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    revisions: set[str] = field(default_factory=set)
    began: list[datetime] = field(default_factory=list)
    seconds: float = 0.0
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def total(self) -> Counter[str]:
        """Cases by outcome."""
        return sum(self.outcomes.values(), Counter[str]())


def read(paths: Iterable[Path]) -> Results:
    """Raises CannotStart where no run left its results."""
    found = Results()
    for path in paths:
        for suite in parse(path).getroot().iter("testsuite"):
            _take(found, suite)
    if not found.outcomes:
        raise CannotStart("There are no results of tests: run `make test` first.")
    return found


def _take(found: Results, suite: Element) -> None:
    found.revisions.add(suite.attrib["name"])
    found.began.append(datetime.fromisoformat(suite.attrib["timestamp"]))
    found.seconds += float(suite.attrib["time"])
    for case in suite.iter("testcase"):
        name = _test(case)
        outcome, why = _outcome(case)
        found.outcomes.setdefault(name, Counter())[outcome] += 1
        if outcome != PASSED:
            found.problems.append((f"{name}{_parameters(case)}", outcome, why))


def _test(case: Element) -> str:
    file = case.attrib["classname"].replace(".", "/") + ".py"
    return f"{file}::{case.attrib['name'].partition('[')[0]}"


def _parameters(case: Element) -> str:
    _, bracket, rest = case.attrib["name"].partition("[")
    return bracket + rest


def _outcome(case: Element) -> tuple[str, str]:
    for child in case:
        if child.tag in ("failure", "error"):
            return FAILED, child.attrib.get("message", "").partition("\n")[0]
        if child.tag == "skipped":
            return SKIPPED, child.attrib.get("message", "").partition("\n")[0]
    return PASSED, ""
