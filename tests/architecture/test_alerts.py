"""An alert can be understood, has a way on, is tried both ways, and looks at figures that exist."""

import importlib
import re
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from dev.alerts import HERE
from dev.environment import PROGRAMS

from .house import ROOT, app_of

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((HERE / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
TRIALS: list[dict[str, Any]] = yaml.safe_load((HERE / "alerts.test.yml").read_text())["tests"]
RUNBOOK = (ROOT / "docs" / "runbooks" / "keihou-no-tejun.md").read_text()
FROM_OTHERS = {
    *("up", "rabbitmq_queue_messages", "rabbitmq_alarms_free_disk_space_watermark"),
    "patroni_sync_standby",
}
"""Figures of Prometheus itself, RabbitMQ and Patroni."""
by_alert = pytest.mark.parametrize("alert", ALERTS)


def expected(alert: str) -> list[list[Any]]:
    """What its trials expect."""
    tries = [each for trial in TRIALS for each in trial["alert_rule_test"]]
    return [each["exp_alerts"] for each in tries if each["alertname"] == alert]


@by_alert
def test_an_alert_is_japanese_has_a_runbook_and_says_how_urgent_it_is(alert: str) -> None:
    assert re.search("[ぁ-ん].*。$", ALERTS[alert]["annotations"]["summary"])
    assert f"\n## {alert}\n" in RUNBOOK
    assert ALERTS[alert]["labels"]["severity"] in ("page", "ticket", "none")


@by_alert
def test_an_alert_is_tried_firing_and_silent(alert: str) -> None:
    assert any(expected(alert))
    assert not all(expected(alert)) or ALERTS[alert]["labels"]["severity"] == "none"


def test_the_runbook_knows_no_alert_that_there_is_not() -> None:
    assert set(re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE)) == set(ALERTS)


def test_every_figure_of_an_alert_is_exported_by_a_process() -> None:
    for program in PROGRAMS:
        app_of(program)
        importlib.import_module(f"{PROGRAMS[program].module}.app")
    importlib.import_module("backup.metrics")
    exported = {name for family in REGISTRY.collect() for name in names(family.name, family.type)}
    asked = {name for rule in RULES for name in figures(rule["expr"])}
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    assert {"http_request_seconds_count", "offline_lists_missing"} <= asked
    assert not asked - recorded - exported - FROM_OTHERS


def names(family: str, kind: str) -> set[str]:
    ends = {"counter": ["_total"], "histogram": ["_count", "_sum", "_bucket"]}
    return {family + end for end in ends.get(kind, [""])}


def figures(expression: str) -> set[str]:
    """The names of series in an expression: words of several parts, outside of `{}` and `by ()`."""
    bare = re.sub(r"\{[^}]*\}|\b(?:by|on) \([^)]*\)", "", expression)
    words = re.findall(r"[a-z][a-z0-9_:]*(?!\w)(?! *\()", bare)
    return {word for word in words if "_" in word or word == "up"}
