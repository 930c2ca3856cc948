"""Series of Prometheus: which our processes export, which an expression asks for."""

import importlib
import re
from functools import cache
from typing import Any

import yaml
from prometheus_client import REGISTRY

from dev.alerts import HERE
from dev.environment import PROGRAMS

from .house import app_of

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((HERE / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
FROM_OTHERS = {
    *("up", "rabbitmq_queue_messages", "rabbitmq_connections"),
    *("rabbitmq_alarms_free_disk_space_watermark", "patroni_sync_standby"),
}
"""Figures of Prometheus itself, RabbitMQ and Patroni."""
_OF_PYTHON = ("python_", "process_")


@cache
def families() -> dict[str, str]:
    """Our own, by name: what kind each is."""
    for program in PROGRAMS:
        app_of(program)
        importlib.import_module(f"{PROGRAMS[program].module}.app")
    importlib.import_module("backup.metrics")
    found = {family.name: family.type for family in REGISTRY.collect()}
    return {name: kind for name, kind in found.items() if not name.startswith(_OF_PYTHON)}


def labels() -> dict[str, tuple[str, ...]]:
    """The labels of our own figures, by name."""
    families()
    ours = REGISTRY._names_to_collectors.items()
    return {
        name: getattr(collector, "_labelnames", ())
        for name, collector in ours
        if name.startswith("oita_")
    }


def exported() -> set[str]:
    return {name for family, kind in families().items() for name in _names(family, kind)}


def _names(family: str, kind: str) -> set[str]:
    ends = {"counter": ["_total"], "histogram": ["_count", "_sum", "_bucket"]}
    return {family + end for end in ends.get(kind, [""])}


def unknown(*expressions: str) -> set[str]:
    """What expressions ask for and nobody has."""
    asked = {name for expression in expressions for name in series_of(expression)}
    return asked - RECORDED - exported() - FROM_OTHERS


def series_of(expression: str) -> set[str]:
    """The names of series in an expression: words of several parts, outside of `{}` and `by ()`."""
    bare = re.sub(r"\{[^}]*\}|\b(?:by|on) \([^)]*\)", "", expression)
    words = re.findall(r"[a-z][a-z0-9_:]*(?!\w)(?! *\()", bare)
    return {word for word in words if "_" in word or word == "up"}
