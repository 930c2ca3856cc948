"""The import contracts hold, and each of them would see the import it is there against."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .house import ROOT

# A contract, and the import somewhere that it has to refuse.
WRONG = {
    "services stand on rules, rules on contracts, contracts on common": (
        "libs/common/bus.py",
        "import libs.contracts.booking",
    ),
    "services do not import each other": (
        "services/reporting/domain.py",
        "import services.booking.domain",
    ),
    "the doors do not import each other, and what they share knows neither": (
        "services/gateway/web/hosts.py",
        "import services.gateway.internet.offer.cells",
    ),
    "layers of booking": ("services/booking/domain/times.py", "import services.booking.store"),
    "layers of eligibility": (
        "services/eligibility/vault.py",
        "import services.eligibility.actions.checks",
    ),
    "layers of notify": ("services/notify/smtp.py", "import services.notify.sender"),
    "layers of reporting": ("services/reporting/tables.py", "import services.reporting.actions"),
    "rooms of the citizens' door": (
        "services/gateway/internet/book/routes/about.py",
        "import services.gateway.internet.calendar.days",
    ),
    "rooms of the staff door": (
        "services/gateway/lgwan/counts/cuts.py",
        "import services.gateway.lgwan.notes.notes",
    ),
    "a domain knows no framework, no database and no broker": (
        "services/eligibility/domain/records.py",
        "import starlette",
    ),
    "what comes in by HTTP or as a fact goes through actions or store to the database": (
        "services/notify/handlers.py",
        "import asyncpg",
    ),
    "the citizens' door has no database": (
        "services/gateway/internet/door/sessions.py",
        "import libs.common.database",
    ),
    "what runs in production knows no development tool and no test": (
        "libs/common/logs.py",
        "import dev.keys",
    ),
}


def lint(folder: Path) -> dict[str, str]:
    """KEPT or BROKEN for each contract."""
    run = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", run, "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"COLUMNS": "200", "PYTHONPATH": str(folder)},
        check=False,
    )
    found = dict(re.findall(r"^(.+?) ?(KEPT|BROKEN)(?: \(.*\))?$", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    return found


def test_every_import_contract_is_kept() -> None:
    assert lint(ROOT) == dict.fromkeys(WRONG, "KEPT")


def test_every_import_contract_sees_what_it_is_against(tmp_path: Path) -> None:
    leave_out = shutil.ignore_patterns("__pycache__", "templates", "static")
    for folder in ("backup", "libs", "services", "dev"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, statement in WRONG.values():
        path = tmp_path / file
        path.write_text(f"{path.read_text()}\n{statement}\n")
    assert lint(tmp_path) == dict.fromkeys(WRONG, "BROKEN")
