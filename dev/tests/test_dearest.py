"""The dearest files of a run are named, with all that their tests took."""

from typing import Literal

import pytest

from dev.dearest import SHOWN, dearest


def report(
    nodeid: str, duration: float, when: Literal["setup", "call", "teardown"] = "call"
) -> pytest.TestReport:
    location = ("", None, "")
    return pytest.TestReport(nodeid, location, {}, "passed", None, when, duration=duration)


def test_the_ten_files_that_took_longest_are_named_with_their_fixtures() -> None:
    small = [report(f"test_{n}.py::test", 0.1) for n in range(SHOWN)]
    lines = [*dearest([*small, report("a.py::test[x]", 2), report("a.py::test[y]", 1, "setup")])]
    assert lines[0] == "   3.0 s  75.0%  a.py"
    assert len(lines) == SHOWN


def test_a_run_without_tests_has_none() -> None:
    assert not [*dearest([])]
