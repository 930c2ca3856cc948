"""The manifests of deploy/k8s run the same processes as the compose file, and run them safely."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from dev.check import refused
from dev.connections import Running, needed, with_database
from dev.docs import settings_of
from dev.environment import MIGRATORS, PROGRAMS
from dev.images import COMPONENT, FILE, component
from dev.keys import new_keys
from dev.kubernetes_secrets import secrets
from dev.manifests import OVERLAYS, SECRETS, Manifest, of_kind, overlay, pod, variables
from libs.common.process import GRACE_SECONDS
from libs.common.settings import FROM_FILE, describe, secrets_of

from .house import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SERVERS = {
    *("postgres", "rabbitmq", "mailpit", "prometheus"),
    *("journal-1", "journal-2", "backup", "drill", "restore"),
}
"""What is not ours; whether and how many of them there are is an overlay's matter."""
TRIAL = {"mailpit"}
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")
EDGES = ("edge-internet", "edge-lgwan")
by_overlay = pytest.mark.parametrize("name", OVERLAYS)
by_program = pytest.mark.parametrize("program", PROGRAMS)


def given(workload: Manifest) -> set[str]:
    """The settings that a workload gets, from files as well."""
    return {name.removesuffix(FROM_FILE) for name in variables(workload)}


def files_of(workload: Manifest) -> set[str]:
    """The files of its Secret that a workload's settings name."""
    values = (str(each.get("value", "")) for each in variables(workload).values())
    return {value.removeprefix(SECRETS) for value in values if value.startswith(SECRETS)}


def containers(workload: Manifest) -> Iterator[Manifest]:
    yield from pod(workload)["containers"]
    yield from pod(workload).get("initContainers", [])


def test_a_word_that_kubernetes_does_not_know_is_refused() -> None:
    """`make check` looks at every resource of every overlay."""
    service = of_kind(overlay("one"), "Service")["booking"]
    assert list(refused(service)) == []
    wrong = {**service, "spec": {**service["spec"], "prots": []}}
    (sentence,) = refused(wrong)
    assert sentence.startswith("Service booking: spec: ")
    assert "prots" in sentence


@by_overlay
def test_compose_and_kubernetes_name_the_same_processes_and_jobs(name: str) -> None:
    ours = of_kind(overlay(name), "Deployment", "Job").keys() - SERVERS - TRIAL
    assert ours - {"provision"} == COMPOSE.keys() - SERVERS


@by_program
def test_kubernetes_gives_each_program_its_settings_and_no_others(program: str) -> None:
    workload = of_kind(overlay("city"), "Deployment")[program]
    rows = describe(settings_of(program))
    required = {row[0] for row in rows if row[1] == "required"}
    assert required - {"PORT", "OPS_PORT"} <= given(workload) <= {row[0] for row in rows}
    assert given(workload) - {"DRAIN_SECONDS"} == set(COMPOSE[program]["environment"])
    assert pod(workload)["containers"][0]["image"].startswith(f"oita-{program}")


@pytest.mark.parametrize("job", ["topology", "seed-booking", "seed-staff", *EDGES])
def test_kubernetes_gives_jobs_and_edges_what_compose_gives_them(job: str) -> None:
    workload = of_kind(overlay("city"), "Deployment", "Job")[job]
    known = set(COMPOSE[job]["environment"])
    beside = {"WAIT_SECONDS", "NAMESPACE", "HEALTH", "STAFF_ID", "LOG_LEVEL"}
    assert given(workload) - beside == known - beside


def test_every_schema_is_migrated_by_its_owner() -> None:
    jobs = of_kind(overlay("city"), "Job")
    assert {name for name in jobs if name.startswith("migrate-")} == {
        f"migrate-{service}" for service in MIGRATORS
    }


@by_overlay
def test_no_secret_is_in_a_processs_environment(name: str) -> None:
    kinds = (*map(settings_of, PROGRAMS),)
    hidden = set().union(*map(secrets_of, kinds)) | {"MIGRATE_DATABASE_URL", "STAFF_PASSWORD"}
    for workload in of_kind(overlay(name), *WORKLOADS).values():
        assert not hidden & variables(workload).keys()
        for each in variables(workload).values():
            assert "secretKeyRef" not in each.get("valueFrom", {})


def test_every_file_that_a_workload_reads_is_in_its_own_secret() -> None:
    """And no two processes share one."""
    made = secrets(new_keys(), "smtp://mail")
    seen: dict[str, str] = {}
    for name, workload in of_kind(overlay("city"), *WORKLOADS).items():
        for volume in pod(workload)["volumes"]:
            if "secret" in volume:
                secret = volume["secret"]["secretName"]
                assert seen.setdefault(secret, name) == name
        wanted = files_of(workload)
        assert wanted == (made[name].keys() if wanted else set())
    assert made.keys() | set(EDGES) == seen.keys()


@by_overlay
def test_every_pod_is_an_ordinary_user_that_can_change_nothing(name: str) -> None:
    """What the cluster's `restricted` asks for, and a file system that is read only besides."""
    for workload in of_kind(overlay(name), *WORKLOADS).values():
        context = pod(workload)["securityContext"]
        assert context["runAsNonRoot"]
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod(workload)["enableServiceLinks"]
        for container in containers(workload):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"requests", "limits"} <= container["resources"].keys()


@by_overlay
def test_only_what_asks_the_cluster_has_a_token(name: str) -> None:
    asking = {"postgres", "rabbitmq"}
    for workload, manifest in of_kind(overlay(name), *WORKLOADS).items():
        token = pod(manifest).get("automountServiceAccountToken", True)
        assert token == (workload in asking), workload


@by_overlay
def test_a_process_is_ready_before_another_ends_and_ends_before_it_is_killed(name: str) -> None:
    deployments = of_kind(overlay(name), "Deployment")
    for program in (*PROGRAMS, *EDGES):
        workload = deployments[program]
        assert workload["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        assert "readinessProbe" in pod(workload)["containers"][0]
        grace = pod(workload)["terminationGracePeriodSeconds"]
        if program in PROGRAMS:
            drain = float(variables(workload)["DRAIN_SECONDS"]["value"])
            assert drain > 0
            assert grace >= drain + GRACE_SECONDS + 15
        else:
            before = pod(workload)["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
            assert 0 < before < grace


@by_overlay
def test_everything_that_serves_has_a_disruption_budget(name: str) -> None:
    serving = of_kind(overlay(name), "Deployment", "StatefulSet").keys() - {"prometheus", *TRIAL}
    assert serving == of_kind(overlay(name), "PodDisruptionBudget").keys()


def test_the_database_has_room_for_a_release_at_full_scale() -> None:
    manifests = overlay("city")
    deployments = of_kind(manifests, "Deployment")
    most = {
        scaler["spec"]["scaleTargetRef"]["name"]: scaler["spec"]["maxReplicas"]
        for scaler in of_kind(manifests, "HorizontalPodAutoscaler").values()
    }
    running = {
        program: Running(most.get(program) or deployments[program]["spec"]["replicas"])
        for program in with_database()
    }
    text = of_kind(manifests, "ConfigMap")
    patroni = next(m["data"]["patroni.yml"] for n, m in text.items() if n.startswith("patroni"))
    parameters = yaml.safe_load(patroni)["bootstrap"]["dcs"]["postgresql"]["parameters"]
    assert needed(running) <= parameters["max_connections"]


@by_overlay
def test_what_is_the_citys_own_is_what_compose_lets_be_set(name: str) -> None:
    maps = of_kind(overlay(name), "ConfigMap")
    city = next(m["data"] for n, m in maps.items() if n.startswith("city-"))
    text = (ROOT / "deploy/compose/env.example").read_text()
    example = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))
    on_one_engine = {
        *("INTERNET_BIND", "LGWAN_PORT", "MAIL_PORT", "PROMETHEUS_PORT", "SECRETS"),
        *("ARCHIVE", "JOURNAL_1", "JOURNAL_2"),
    }
    assert city.keys() == example - on_one_engine


def test_images_that_are_not_ours_are_those_of_a_release() -> None:
    assert COMPONENT.read_text() == component(FILE.read_text())
