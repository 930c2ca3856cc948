"""The two documents of the contract say every line, and nothing better than what was tested."""

from pathlib import Path

import pytest

from dev.errors import CannotStart
from dev.manual.book import bind, page, tree, words
from dev.papers.__main__ import chapters
from dev.papers.documents import definition, report
from dev.papers.requirements import Requirement, requirements, sections
from dev.papers.results import read

from .test_manual import DAY

SUITE = """\
<testsuites><testsuite name="1a2b3c" timestamp="2026-12-01T01:00:00+00:00" time="90.5" tests="4">
<testcase classname="services.x.tests.test_x" name="test_full[8-a.b::c]" time="1"/>
<testcase classname="services.x.tests.test_x" name="test_full[9]" time="1">
  <failure message="assert 1 | 0&#10;more">trace</failure></testcase>
<testcase classname="services.x.tests.test_x" name="test_late" time="1">
  <skipped message="no engine here" type="pytest.skip">x</skipped></testcase>
<testcase classname="services.x.tests.test_x" name="test_down" time="1">
  <error message="it broke">trace</error></testcase>
</testsuite></testsuites>
"""
X = "services/x/tests/test_x.py"


def requirement(*tests: str, gap: str = "", operator: bool = False) -> Requirement:
    return Requirement("P-ケ", "8枠", ("libs",), tests, operator, gap)


def test_every_line_of_the_list_has_japanese_words_and_a_section() -> None:
    found = requirements()
    assert {one.id[0] for one in found} == set(sections())
    assert all(one.asked for one in found)


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (requirement("a::b"), "システム"),
        (requirement("a::b", operator=True), "システム、運用者"),
        (requirement(operator=True), "運用者"),
        (requirement("a::b", gap="more"), "一部未対応"),
        (requirement(gap="all"), "未対応"),
    ],
)
def test_what_is_missing_is_said(one: Requirement, state: str) -> None:
    assert one.state == state


def test_a_report_counts_each_case_and_names_what_did_not_pass(tmp_path: Path) -> None:
    (tmp_path / "parts.xml").write_text(SUITE)
    results = read([tmp_path / "parts.xml"])
    asked = [requirement(f"{X}::test_full", f"{X}::test_late", f"{X}::test_never_ran")]
    text = "\n".join(report(asked, results))
    assert "| P-ケ | 8枠 | システム | 3 | 合格 1件、不合格 1件、見送り 1件、未実施 1件 |" in text
    assert f"| `{X}::test_full[9]` | 不合格 | assert 1 ／ 0 |" in text
    assert f"| `{X}::test_down` | 不合格 | it broke |" in text
    assert "no engine here" in text
    assert "| 始めた日時 | 2026-12-01 10:00 |" in text
    assert "1a2b3c" in text
    assert "| 不合格 | 2件 |" in text


def test_without_a_run_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="make test"):
        read(sorted(tmp_path.glob("*.xml")))


def test_both_documents_are_sound_pages_with_every_line(tmp_path: Path) -> None:
    (tmp_path / "parts.xml").write_text(SUITE)
    asked = requirements()
    for texts in (definition(asked), report(asked, read([tmp_path / "parts.xml"]))):
        root = tree(page(bind(chapters(texts)), DAY, {}, "要件定義書"))
        cells = {words(cell) for cell in root.iter("td")}
        assert {one.id for one in asked} <= cells
        assert "要件定義書" in words(root)
