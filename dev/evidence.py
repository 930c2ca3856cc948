"""What long runs have shown: `docs/evidence/<name>.json`, and which of it is older than the code.

A test of `make soak` ends with `evidence("never-twice", proves=[…], rounds=100)`. Commit, date and
figures are written; nothing of the machine is.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .account import ROOT

DIRECTORY = ROOT / "docs" / "evidence"
Figure = int | float | str


@dataclass(frozen=True)
class Evidence:
    """What the fixture `evidence` gives a test. Without `directory`, in an ordinary run, nothing is
    written."""

    test: str
    directory: Path | None
    root: Path = ROOT

    def __call__(self, name: str, proves: Sequence[str], **figures: Figure) -> None:
        """Call it last: what is written was seen. `proves` are files and directories from the
        root of the repository; all tests of one `name` say the same."""
        missing = [path for path in proves if not (self.root / path).exists()]
        assert not missing, f"no such path: {missing}"
        assert not any(isinstance(f, str) and "/" in f for f in figures.values()), "a path"
        if self.directory is None:
            return
        path = self.directory / f"{name}.json"
        known: dict[str, Any] = json.loads(path.read_text())["results"] if path.exists() else {}
        known[self.test] = {
            "commit": git(self.root, "rev-parse", "HEAD"),
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "figures": figures,
        }
        document = {"proves": sorted(proves), "results": dict(sorted(known.items()))}
        self.directory.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def stale(directory: Path = DIRECTORY, root: Path = ROOT) -> Iterator[str]:
    """A sentence for each result that is older than the code it is about."""
    for path in sorted(directory.glob("*.json")):
        document = json.loads(path.read_text())
        for test, result in document["results"].items():
            changes = _changes(root, result, document["proves"])
            if changes:
                yield f"{path.stem}: {test} is of {result['date']}, {changes} commits ago"


def _changes(root: Path, result: dict[str, Any], proves: Sequence[str]) -> int:
    """Commits to these paths since the result; by its day where the history lacks its commit."""
    commit = result["commit"]
    if git(root, "merge-base", "--is-ancestor", commit, "HEAD") is None:
        since = [f"--since={result['date']}T23:59:59Z", "HEAD"]
    else:
        since = [f"{commit}..HEAD"]
    return len((git(root, "log", "--format=%h", *since, "--", *proves) or "").split())


def git(root: Path, *arguments: str) -> str | None:
    """What git says; None where it refuses or is not there."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
