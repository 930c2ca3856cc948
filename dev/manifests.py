"""The manifests of deploy/k8s as Kubernetes gets them, rendered by kubectl of the environment."""

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from libs.common.settings import FROM_FILE

from .account import ROOT

HERE = ROOT / "deploy" / "k8s"
OVERLAYS = sorted(path.name for path in (HERE / "overlays").iterdir())
SECRETS = "/secrets/"
Manifest = dict[str, Any]


def kubectl() -> str:
    return str(Path(sys.executable).with_name("kubectl"))


def render(folder: Path) -> str:
    """What `kubectl kustomize` makes of a folder. Raises CalledProcessError."""
    return subprocess.run(
        [kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=True
    ).stdout


@functools.cache
def overlay(name: str) -> tuple[Manifest, ...]:
    """Every resource of an overlay. Nobody changes what is kept here."""
    return tuple(yaml.safe_load_all(render(HERE / "overlays" / name)))


def of_kind(manifests: tuple[Manifest, ...], *kinds: str) -> dict[str, Manifest]:
    """Resources by name."""
    return {m["metadata"]["name"]: m for m in manifests if m["kind"] in kinds}


def pod(manifest: Manifest) -> Manifest:
    """The specification of a workload's pods."""
    spec: Manifest = manifest["spec"].get("jobTemplate", manifest)["spec"]["template"]["spec"]
    return spec


def variables(manifest: Manifest) -> dict[str, Manifest]:
    """The environment of a workload's first container, by name."""
    return {each["name"]: each for each in pod(manifest)["containers"][0].get("env", [])}


def mounted(program: str) -> list[str]:
    """The settings that a process reads from files of its Secret."""
    workload = of_kind(overlay("one"), "Deployment", "Job")[program]
    return [
        name.removesuffix(FROM_FILE)
        for name, each in variables(workload).items()
        if str(each.get("value", "")).startswith(SECRETS)
    ]
