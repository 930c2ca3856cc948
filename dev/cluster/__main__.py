"""`make k8s-smoke`: bring a cluster up from nothing, and while citizens book on through both edges
release, kill, drain, cut and darken. KUBECONFIG says which cluster; its namespace `oita` is
the trial's alone.

K8S_REGISTRY   before the names of our images, whose tags are `n` and `n1`
K8S_DNS        the network of a DNS that is no pod of kube-system
K8S_POWER_OFF, K8S_POWER_ON, K8S_CUT, K8S_MEND   commands for a {node} or its {number}
K8S_MINUTES    after so many minutes nothing new begins
K8S_STAYS      the node that runs the cluster's own control plane
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp

from dev.account import ROOT
from dev.errors import CannotStart
from dev.evidence import DIRECTORY, git
from dev.page import Lost

from . import events, kubectl, ledger, matrix
from .load import Balancer, Load, SteadyStaff, Watch
from .trial import CITIZENS, DESK, SETTINGS, Trial, people, persons_file

KEPT = ROOT / "var" / "k8s-smoke"
PROVES = ["deploy/k8s", "dev/cluster", "libs/common"]
NOBODY = {"failed_citizens": 0.0, "failed_calendars": 0.0, "failed_board": 0.0}
SOON = {"longest_without_a_booking_seconds": 30.0}
SETTLE = 8.0
Figures = dict[str, int | float | str]


class Smoke:
    """One run: what was asked of the cluster and what was seen."""

    def __init__(self, trial: Trial, load: Load) -> None:
        self.trial, self.load = trial, load
        self.results: dict[str, Figures] = {}
        self.problems: list[str] = []

    async def event(self, name: str, what: events.Event) -> Figures:
        """Let something happen while citizens book; its figures."""
        begin = time.monotonic()
        try:
            await what()
        except CannotStart as problem:
            self.problems.append(f"{name}: {problem}")
        await asyncio.sleep(SETTLE)
        seen = self.load.watch.between(begin, time.monotonic())
        figures: Figures = {"seconds": round(time.monotonic() - begin), **seen}
        self.results[name] = figures
        say(f"{name}: {figures}")
        return figures

    def expect(self, truth: bool, otherwise: str) -> None:
        if not truth:
            self.problems.append(otherwise)
            say(f"NOT SO: {otherwise}")

    async def happen(self) -> None:
        """Everything that happens while citizens book. What would begin too late is left out."""
        minutes = float(os.environ.get("K8S_MINUTES", "20"))
        deadline = time.monotonic() + 60 * minutes
        for name, what, expected in self._program():
            if time.monotonic() > deadline:
                self.problems.append(f"{name}: not tried, {minutes:.0f} minutes were over")
                continue
            figures = await self.event(name, what)
            for figure, most in expected.items():
                self.expect(float(figures[figure]) <= most, f"{name}: {figure} {figures[figure]}")

    def _program(self) -> Iterator[tuple[str, events.Event, dict[str, float]]]:
        """Name, event, and the most that a figure may be."""
        others = [name for name in kubectl.nodes() if name != events.control_node()]
        yield "release N to N+1", events.another_release(self.trial, "n1"), NOBODY
        if "K8S_POWER_OFF" in os.environ:
            yield "the database's leader ends in good order", events.hand_over, SOON
            yield "the leader's node without power", events.power_fails, SOON
        yield "release N+1 to N", events.another_release(self.trial, "n"), NOBODY
        yield "one pod of each process and edge by force", events.kill_each_kind, SOON
        yield "a broker by force", events.kill_broker, SOON
        yield "the database leader's pod by force", events.kill_leader, SOON
        yield "the second eviction is refused", events.evict_twice, SOON
        yield "a node drained", lambda: events.drain_a_node(others[-1]), SOON
        if "K8S_CUT" in os.environ:
            yield "the leader's node cut off and mended", events.network_is_cut, SOON

    async def settle(self) -> None:
        """Nothing lost, nothing twice, every copy as far."""
        watch: Watch = self.load.watch
        with suppress(CannotStart):
            took = await kubectl.until("all has arrived", lambda: ledger.behind() == 0, 180)
            self.results["facts, mails and counts arrived"] = {"seconds": round(took)}
        numbers = [number for _, number in watch.booked]
        lost, twice, late = ledger.missing(numbers), ledger.twice(), ledger.behind()
        self.results["in the end"] = {
            "acknowledged": len(numbers), "lost": len(lost), "windows_twice": twice,
            "on_their_way": late, "citizens_who_gave_up": watch.lost.total(),
        }  # fmt: skip
        self.expect(len(numbers) > 0, "nobody booked")
        self.expect(not lost, f"{len(lost)} acknowledged bookings are lost")
        self.expect(twice == 0, f"{twice} windows were given twice")
        self.expect(late == 0, f"{late} facts, mails or counts never arrived")
        say(f"in the end: {self.results['in the end']}; {dict(watch.troubles)}; {dict(watch.lost)}")

    async def policies(self) -> None:
        """The matrix, and that it would notice: once more without deny-all."""
        found = matrix.differences(await matrix.reached())
        self.expect(not found, "; ".join(found))
        await kubectl.aside("delete", "networkpolicy", "deny-all")
        await asyncio.sleep(10)
        without = matrix.differences(await matrix.reached())
        await kubectl.aside("apply", "--kustomize", str(self.trial.overlay("n")),
                            "--selector", "app.kubernetes.io/component notin (provision,prepare,seed)")  # fmt: skip # noqa: E501
        self.expect(len(without) > 0, "without deny-all the matrix is the same")
        self.results["pods and ports"] = {"wrong": len(found), "wrong_without_deny_all": len(without)}  # fmt: skip # noqa: E501
        say(f"pods and ports: {self.results['pods and ports']}")


async def begin(trial: Trial) -> None:
    """From an empty namespace to everything that is ready."""
    await kubectl.aside("delete", "namespace", kubectl.NAMESPACE, "--ignore-not-found")
    await kubectl.aside("create", "namespace", kubectl.NAMESPACE)
    await kubectl.aside("apply", "--filename", str(trial.prepare()))
    await events.release(trial.overlay("n"))
    await events.well()


async def import_people(load: Load, trial: Trial) -> None:
    async with load.session() as session:
        staff = load.visitor(SteadyStaff, session, load.desk)
        await staff.sign_in("kakari", trial.password)
        for _ in range(60):
            if await staff.may_import():
                break
            await asyncio.sleep(1)
        report = await staff.import_persons("persons.csv", persons_file())
    say(f"staff imported {report['追加']} persons")


async def run(trial: Trial) -> Smoke:
    started = time.monotonic()
    if "--again" not in sys.argv:
        await begin(trial)
    say(f"everything is up ({time.monotonic() - started:.0f} s)")
    balancer = Balancer(list(kubectl.nodes().values()), [CITIZENS, DESK])
    watching = asyncio.create_task(balancer.watch())
    load = Load(balancer, trial.trust(), SETTINGS["INTERNET_URL"], SETTINGS["LGWAN_URL"])
    smoke = Smoke(trial, load)
    smoke.results["everything is up"] = {"seconds": round(time.monotonic() - started)}
    try:
        if "--again" not in sys.argv:
            await import_people(load, trial)
        await asyncio.sleep(5)
        async with load.working(people(), trial.password):
            await smoke.event("nothing happens", events.nothing)
            await smoke.happen()
        await smoke.settle()
        await smoke.policies()
    finally:
        watching.cancel()
    return smoke


def write(smoke: Smoke) -> None:
    """docs/evidence/kubernetes.json"""
    commit, date = git(ROOT, "rev-parse", "HEAD"), f"{datetime.now(UTC):%Y-%m-%d}"
    results = {
        name: {"commit": commit, "date": date, "figures": figures}
        for name, figures in smoke.results.items()
    }
    document = {"proves": PROVES, "results": results}
    file = DIRECTORY / "kubernetes.json"
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def main() -> None:
    if not os.environ.get("KUBECONFIG"):
        sys.exit("Set KUBECONFIG: the cluster whose namespace `oita` may be deleted.")
    KEPT.mkdir(parents=True, exist_ok=True)
    try:
        smoke = asyncio.run(run(Trial.from_environment(KEPT)))
    except (CannotStart, Lost, aiohttp.ClientError) as problem:
        sys.exit(f"k8s-smoke failed: {problem}")
    write(smoke)
    if smoke.problems:
        sys.exit("k8s-smoke failed:\n" + "\n".join(smoke.problems))
    say("k8s-smoke passed.")


if __name__ == "__main__":
    main()
