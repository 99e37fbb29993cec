"""The page of metrics, the dashboard and the alert rules speak of metrics that are."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry
from tools.marked import read_generated
from tools.write_reference import METRICS_PAGE, render_metrics

from waypost.runtime.metrics import Metrics

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = yaml.safe_load((ROOT / "deploy/prometheus/waypost.rules.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((ROOT / "deploy/grafana/waypost.json").read_text(encoding="utf-8"))
DECLARED = {one.name: one for one in Metrics(CollectorRegistry()).declared()}
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
EXPRESSIONS = [
    *(rule["expr"] for rule in ALERTS),
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
]


def series(expression):
    """The declared metric of each series that an expression names, and the labels it asks for."""
    for name, selector in re.findall(r"\b(waypost_\w+)(?:\{([^}]*)\})?", expression):
        bare = re.sub(r"_(bucket|sum|count)$", "", name)
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        yield name, bare, labels - {"job", "instance", "process"}


def test_the_page_holds_every_metric():
    page = METRICS_PAGE.read_text(encoding="utf-8")

    assert read_generated(page) == render_metrics(), "run: python -m tools.write_reference"


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_names_metrics_and_labels_that_are(expression):
    for name, bare, labels in series(expression):
        assert bare in DECLARED, name
        assert (bare != name) == (DECLARED[bare].kind == "histogram"), name
        assert labels <= {DECLARED[bare].label} - {""}, name


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_an_expression_groups_by_is_a_label(expression):
    known = {one.label for one in DECLARED.values()} | {"le", "process"}
    for group in re.findall(r"\bby \(([^)]*)\)", expression):
        assert {label.strip() for label in group.split(",")} <= known


def test_every_metric_is_on_the_dashboard():
    shown = {
        bare
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
        for _, bare, _ in series(target["expr"])
    }

    assert shown == set(DECLARED)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_is_wrong_and_what_to_do(rule):
    assert rule["labels"]["severity"] in ("info", "warning", "critical")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith(".")
