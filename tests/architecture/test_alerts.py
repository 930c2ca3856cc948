"""An alert can be understood, has a way on, is tried both ways, and looks at figures that exist."""

import re
from typing import Any

import pytest
import yaml

from dev.alerts import HERE

from .house import ROOT
from .series import RULES, series_of, unknown

ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
TRIALS: list[dict[str, Any]] = yaml.safe_load((HERE / "alerts.test.yml").read_text())["tests"]
RUNBOOK = (ROOT / "docs" / "runbooks" / "keihou-no-tejun.md").read_text()
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
    asked = {name for rule in RULES for name in series_of(rule["expr"])}
    assert {"oita_http_request_duration_seconds_count", "oita_offline_lists_missing"} <= asked
    assert not unknown(*(rule["expr"] for rule in RULES))
