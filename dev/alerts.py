"""The alerts of deploy/prometheus, tried by Prometheus' own tools: each fires and is silent as its
tests say, and Alertmanager sends it where it belongs."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from tempfile import NamedTemporaryFile

import yaml

from .account import ROOT
from .dashboards.panels import BOARDS

HERE = ROOT / "deploy" / "prometheus"
CLUSTER = ROOT / "deploy" / "k8s" / "components" / "monitoring"
ROUTES = {
    "alive": ["alertname=DeadMansSwitch", "severity=none"],
    "call": ["alertname=DoorFailsFast", "severity=page"],
    "ticket": ["alertname=DoorFailsSlowly", "severity=ticket"],
}
"""By receiver: an alert that it gets."""


def alerts() -> Iterator[str]:
    """Everything that promtool or amtool has against rules, tests or configurations."""
    if missing := [tool for tool in ("promtool", "amtool") if not shutil.which(tool)]:
        print(f"alerts were not tried: {' and '.join(missing)} are missing", file=sys.stderr)
        return
    router = HERE / "alertmanager.yml"
    yield from _queries()
    yield from complaints("promtool", "test", "rules", "alerts.test.yml")
    for folder in (HERE, CLUSTER):
        file = str(folder / "prometheus.yml")
        yield from complaints("promtool", "check", "config", "--syntax-only", file)
    yield from complaints("amtool", "check-config", str(router))
    for receiver, labels in ROUTES.items():
        config = f"--config.file={router}"
        verify = f"--verify.receivers={receiver}"
        yield from complaints("amtool", "config", "routes", "test", config, verify, *labels)


def _queries() -> Iterator[str]:
    """The panels' queries, read as rules."""
    rules = [
        {"record": f"panel:{board.name}:{n}", "expr": panel.query}
        for board in BOARDS
        for n, panel in enumerate(board.panels)
    ]
    with NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}, file)
        file.flush()
        yield from complaints("promtool", "check", "rules", "--lint=none", file.name)


def complaints(*command: str) -> Iterator[str]:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
