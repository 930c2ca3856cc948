"""What happens to the cluster while citizens book. Each event ends when all is well again."""

import asyncio
import json
import os
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

from dev.errors import CannotStart
from dev.manifests import Manifest
from dev.manifests import kubectl as program

from . import kubectl
from .trial import Trial, release_script

BACK = 300.0
"""Seconds until everything is well again."""
Event = Callable[[], Awaitable[None]]


async def release(overlay: Path) -> None:
    """deploy/k8s/release, with kubectl of this environment."""
    path = f"{Path(program()).parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        release_script(), overlay, env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    _, errors = await process.communicate()
    if process.returncode:
        raise CannotStart(f"the release failed: {errors.decode()[-800:]}")


async def well(seconds: float = BACK) -> None:
    await kubectl.until("everything is well again", kubectl.all_well, seconds)


def node_of(pod: Manifest) -> str:
    return str(pod["spec"]["nodeName"])


async def kill_each_kind() -> None:
    """One pod of each process and edge by force, all at once."""
    kinds = ("booking", "eligibility", "notify", "reporting", "internet", "lgwan", "edge-internet", "edge-lgwan")  # fmt: skip # noqa: E501
    names = [kubectl.name_of(kubectl.pods(kind)[0]) for kind in kinds]
    await kubectl.aside("delete", "pod", "--force", "--grace-period=0", *names)
    await well()


async def kill_broker() -> None:
    await kubectl.aside("delete", "pod", "--force", "--grace-period=0", "rabbitmq-1")
    await well()


async def kill_leader() -> None:
    name = kubectl.name_of(kubectl.leader())
    await kubectl.aside("delete", "pod", "--force", "--grace-period=0", name)
    await well()


async def drain_a_node(node: str) -> None:
    """As for maintenance, and back."""
    try:
        await kubectl.aside("drain", node, "--ignore-daemonsets", "--delete-emptydir-data",
                            "--timeout=240s", "--force")  # fmt: skip
    finally:
        await kubectl.aside("uncordon", node)
    await well()


def second_eviction_is_refused() -> bool:
    """Of two pods of the edge both are asked to go, as two drains at once would."""
    first, second = (kubectl.name_of(pod) for pod in kubectl.pods("edge-lgwan")[:2])
    _evict(first)
    try:
        _evict(second)
    except CannotStart as refused:
        return "disruption budget" in str(refused)
    return False


def _evict(pod: str) -> None:
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": kubectl.NAMESPACE},
    }
    path = f"/api/v1/namespaces/{kubectl.NAMESPACE}/pods/{pod}/eviction"
    kubectl.run("create", "--raw", path, "--filename", "-", stdin=json.dumps(body))


async def evict_twice() -> None:
    if not await asyncio.to_thread(second_eviction_is_refused):
        raise CannotStart("a second eviction was not refused")
    await well()


async def command(words: str, node: str) -> None:
    """An operator's command for a node, such as the one that ends its power."""
    number = "".join(filter(str.isdigit, node))
    done = await asyncio.to_thread(
        subprocess.run, words.format(node=node, number=number),
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotStart(f"{words.split()[0]} failed: {done.stderr[-300:]}")


def control_node() -> str:
    """The node that must stay: K8S_STAYS, or none."""
    return os.environ.get("K8S_STAYS", "")


async def hand_over() -> None:
    """The leader's pod is ended until the leader is on a node that may lose its power."""
    for _ in range(5):
        await kubectl.aside("delete", "pod", kubectl.name_of(kubectl.leader()))
        await well()
        if node_of(kubectl.leader()) != control_node():
            return
    raise CannotStart(f"the leader does not leave {control_node()}")


def leaders_node() -> str:
    node = node_of(kubectl.leader())
    if node == control_node():
        raise CannotStart("the leader is on the node that must stay")
    return node


async def nothing() -> None:
    """What the figures are like while nothing happens."""
    await asyncio.sleep(20)


async def power_fails() -> None:
    """The leader's node is gone without a goodbye, for longer than it takes to replace its pods."""
    node = leaders_node()
    await command(os.environ["K8S_POWER_OFF"], node)
    try:
        await asyncio.sleep(float(os.environ.get("K8S_DARK_SECONDS", "75")))
    finally:
        await command(os.environ["K8S_POWER_ON"], node)
    await well()


async def network_is_cut() -> None:
    """The leader's node hears nobody for a while, and comes back as it was."""
    node = leaders_node()
    await command(os.environ["K8S_CUT"], node)
    try:
        await asyncio.sleep(45)
    finally:
        await command(os.environ["K8S_MEND"], node)
    await well()


def another_release(trial: Trial, tag: str) -> Event:
    async def event() -> None:
        await release(trial.overlay(tag))
        await well()

    return event
