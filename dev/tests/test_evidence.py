"""Evidence is written when a long run ends well, and is named when the code went on since."""

import json
import subprocess
from pathlib import Path

import pytest

from dev.account import ROOT
from dev.evidence import DIRECTORY, Evidence, stale


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("a/x.py", "b/y.py"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("1\n")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.jp"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")


def test_what_was_seen_is_kept_test_by_test(root: Path) -> None:
    where = root / "docs" / "evidence"
    Evidence("test_one", where, root)("storm", ["a"], rounds=100, seconds=2.5)
    Evidence("test_two", where, root)("storm", ["a"], lost=0)
    document = json.loads((where / "storm.json").read_text())
    assert document["proves"] == ["a"]
    assert {t: r["figures"] for t, r in document["results"].items()} == {
        "test_one": {"rounds": 100, "seconds": 2.5},
        "test_two": {"lost": 0},
    }
    assert len(document["results"]["test_one"]["commit"]) == 40


def test_an_ordinary_run_writes_nothing_but_checks_the_paths(root: Path) -> None:
    Evidence("test_one", None, root)("storm", ["a"], rounds=1)
    assert not (root / "docs").exists()
    with pytest.raises(AssertionError, match="no such path"):
        Evidence("test_one", None, root)("storm", ["gone"], rounds=1)


def test_it_is_stale_once_its_code_changed_and_not_before(root: Path) -> None:
    where = root / "docs" / "evidence"
    Evidence("test_one", where, root)("storm", ["a"], rounds=1)
    (root / "b" / "y.py").write_text("2\n")
    commit(root)
    assert list(stale(where, root)) == []
    (root / "a" / "x.py").write_text("2\n")
    commit(root)
    (sentence,) = stale(where, root)
    assert sentence.startswith("storm: test_one is of ")
    assert sentence.endswith(", 1 commits ago")


def test_a_commit_of_another_history_counts_by_its_day(root: Path) -> None:
    where = root / "docs" / "evidence"
    where.mkdir(parents=True)
    result = {"commit": "f" * 40, "date": "2020-01-01", "figures": {}}
    document = {"proves": ["a"], "results": {"test_one": result}}
    (where / "storm.json").write_text(json.dumps(document))
    assert len(list(stale(where, root))) == 1
    result["date"] = "2037-01-01"
    (where / "storm.json").write_text(json.dumps(document))
    assert list(stale(where, root)) == []


def test_the_kept_evidence_can_be_read_and_names_no_machine() -> None:
    for path in DIRECTORY.glob("*.json"):
        document = json.loads(path.read_text())
        assert set(document) == {"proves", "results"}
        assert all((ROOT / proved).exists() for proved in document["proves"]), path.name
        for result in document["results"].values():
            assert set(result) == {"commit", "date", "figures"}
            assert not any(isinstance(f, str) and "/" in f for f in result["figures"].values())
