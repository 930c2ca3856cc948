"""kubectl as a program drives it: apply, look, run inside a pod, wait."""

import asyncio
import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

from dev.errors import CannotStart
from dev.manifests import Manifest, kubectl

NAMESPACE = "oita"


def run(*arguments: str, check: bool = True, stdin: str | None = None) -> str:
    """What kubectl prints. Raises CannotStart with its last words unless `check` is off."""
    done = subprocess.run(
        [kubectl(), "--namespace", NAMESPACE, *arguments],
        input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if check and done.returncode:
        raise CannotStart(f"kubectl {' '.join(arguments[:3])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


async def aside(*arguments: str, check: bool = True) -> str:
    """The same, while others go on."""
    return await asyncio.to_thread(run, *arguments, check=check)


def get(kind: str, *more: str) -> list[Manifest]:
    found: dict[str, Any] = json.loads(run("get", kind, *more, "--output", "json"))
    return list(found["items"]) if "items" in found else [found]


def nodes() -> dict[str, str]:
    """The address of each node, by its name."""
    return {
        node["metadata"]["name"]: next(
            a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP"
        )
        for node in get("nodes")
    }


def ready(manifest: Manifest) -> bool:
    conditions = manifest["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def pods(name: str) -> list[Manifest]:
    """The running pods of one kind, those that are ready first."""
    found = get("pods", "--selector", f"app.kubernetes.io/name={name}")
    living = [p for p in found if "deletionTimestamp" not in p["metadata"]]
    return sorted((p for p in living if p["status"]["phase"] == "Running"), key=ready, reverse=True)


def name_of(pod: Manifest) -> str:
    return str(pod["metadata"]["name"])


def leader() -> Manifest:
    """The pod whose address Patroni wrote into the Service."""
    (endpoints,) = get("endpoints", "postgres")
    address = endpoints["subsets"][0]["addresses"][0]["ip"]
    return next(pod for pod in pods("postgres") if pod["status"]["podIP"] == address)


def sql(statement: str) -> list[list[str]]:
    """Rows of the primary, as text."""
    psql = ("psql", "-h", "/tmp", "-U", "postgres", "-d", "oita", "-AtF", "\t", "-c")
    text = run("exec", name_of(leader()), "--container", "postgres", "--", *psql, statement)
    return [line.split("\t") for line in text.splitlines()]


def all_well() -> bool:
    """Every workload has as many ready pods as it wants, of its newest release."""
    for one in (*get("deployments"), *get("statefulsets")):
        status, wanted = one["status"], one["spec"]["replicas"]
        if status.get("readyReplicas", 0) < wanted or status.get("updatedReplicas", 0) < wanted:
            return False
        if status.get("replicas", 0) > wanted:
            return False
    return True


async def until(what: str, seen: Callable[[], bool], seconds: float) -> float:
    """Look until it is so; how long it took. Raises CannotStart after `seconds`."""
    begin = time.monotonic()
    while True:
        try:
            if await asyncio.to_thread(seen):
                return time.monotonic() - begin
        except (CannotStart, KeyError, IndexError, StopIteration):
            pass
        if time.monotonic() - begin > seconds:
            raise CannotStart(f"within {seconds:.0f} s not seen: {what}")
        await asyncio.sleep(1)
