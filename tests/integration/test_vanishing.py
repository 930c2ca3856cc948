"""The machine of the database loses its power: no connection is closed, nothing answers."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from dev.account import ROOT
from dev.evidence import Evidence

from .vanishing import AWAY_SECONDS

MOST = AWAY_SECONDS + 5
"""Until writes go on. Nobody can write while the machine is away."""
PROVES = ["libs/common", "services/booking", "services/gateway"]
TOOLS = ("unshare", "ip", "iptables")
NAMESPACE = 'ip link set lo up && exec "$0" -m tests.integration.vanishing "$1"'


@pytest.mark.soak
@pytest.mark.timeout(600)
async def test_both_doors_go_on_within_seconds_of_a_new_database_machine(
    test_home: Path, evidence: Evidence
) -> None:
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        pytest.skip(f"without {', '.join(missing)} no network namespace can be cut off")
    if os.geteuid() != 0:
        pytest.skip("only root may make a network namespace")
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--net", "sh", "-c", NAMESPACE, sys.executable, str(test_home / "vanishing")),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    figures = json.loads(output.splitlines()[-1])
    print(figures)
    assert figures["longest_without_a_booking"] <= MOST
    assert figures["longest_without_staff"] <= MOST
    evidence("vanishing", PROVES, **figures)
