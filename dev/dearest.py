"""At the end of a long run: which files of tests took most of it, so that none grows unseen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

MANY, SHOWN = 40, 10


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    stats = terminalreporter.stats.values()
    reports = [r for found in stats for r in found if isinstance(r, pytest.TestReport)]
    if len({file_of(report) for report in reports}) >= MANY:
        terminalreporter.write_sep("=", f"the {SHOWN} dearest files")
        for line in dearest(reports):
            terminalreporter.write_line(line)


def dearest(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """A line about each, the dearest first. Setup, call and teardown count; a share says more than
    seconds where other work slows the machine down."""
    seconds: dict[str, float] = defaultdict(float)
    for report in reports:
        seconds[file_of(report)] += report.duration
    total = sum(seconds.values()) or 1.0
    for file, spent in sorted(seconds.items(), key=lambda item: -item[1])[:SHOWN]:
        yield f"{spent:6.1f} s {spent / total:6.1%}  {file}"


def file_of(report: pytest.TestReport) -> str:
    return report.nodeid.partition("::")[0]
