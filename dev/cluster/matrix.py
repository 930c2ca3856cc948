"""Who reaches whom in the running cluster: each kind of pod knocks at each port of each other."""

import asyncio
from collections.abc import Iterable

from . import kubectl
from .arrows import PORTS, Arrow, arrows

_KNOCK = "(timeout 4 bash -c '</dev/tcp/{address}/{port}' 2>/dev/null && echo {name} {port}) &"
SILENT = {"prometheus"}
"""Its image has no shell that could knock."""
CONTAINERS = {name: name for name in ("postgres", "rabbitmq", "journal")}


def _targets(source: str) -> Iterable[tuple[str, str, int]]:
    """(name, address, port) of another pod of each kind."""
    own = kubectl.name_of(kubectl.pods(source)[0])
    for name, ports in PORTS.items():
        others = [pod for pod in kubectl.pods(name) if kubectl.name_of(pod) != own]
        for port in ports if others else ():
            yield name, others[0]["status"]["podIP"], port


async def reached_from(source: str) -> set[Arrow]:
    pod = kubectl.name_of(kubectl.pods(source)[0])
    lines = [_KNOCK.format(name=n, address=a, port=p) for n, a, p in _targets(source)]
    script = "\n".join([*lines, "wait"])
    text = await kubectl.aside("exec", pod, "--container", CONTAINERS.get(source, "process"), "--",
                               "bash", "-c", script)  # fmt: skip
    return {(source, line.split()[0], int(line.split()[1])) for line in text.splitlines()}


async def reached() -> set[Arrow]:
    """Every way that is open. Ports on which nothing listens yet count as closed."""
    found = await asyncio.gather(*map(reached_from, PORTS.keys() - SILENT))
    return set().union(*found)


def differences(found: set[Arrow]) -> list[str]:
    """A sentence for each way that should not be open, or should."""
    drawn = {arrow for arrow in arrows() if arrow[0] not in SILENT}
    open_ = [f"{a} reaches {b} at {port}" for a, b, port in sorted(found - drawn)]
    closed = [f"{a} cannot reach {b} at {port}" for a, b, port in sorted(drawn - found)]
    return [*open_, *closed]
