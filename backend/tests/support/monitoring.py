"""The files of `deploy/monitoring`, and what they speak of."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from cfnlint.decode import cfn_yaml
from prometheus_client import Counter, Gauge, Histogram

from src.config import PROJECT_ROOT
from src.observability import metrics
from src.services.housekeeping.maintenance import Job
from src.services.tracks.export import Format
from src.states import Mode, Outcome, RescueCause

FOLDER = PROJECT_ROOT / "deploy" / "monitoring"
_SELECTOR = re.compile(r"\b(contravento_\w+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
_VALUES: dict[str, tuple[str, ...]] = {
    "mode": tuple(Mode),
    "outcome": tuple(Outcome),
    "cause": tuple(RescueCause),
    "result": metrics.PUBLICATION_RESULTS,
    "state": metrics.BACKLOG_STATES,
    "source": metrics.COLUMN_SOURCES,
    "format": tuple(Format),
    "nightly_job": tuple(Job),
}
_SUFFIXES: dict[type, tuple[str, ...]] = {
    Counter: ("_total",),
    Gauge: ("",),
    Histogram: ("_bucket", "_sum", "_count"),
}
# What Prometheus itself adds to every series.
_ADDED = {"job", "instance", "le"}


def text_of(name: str) -> str:
    return (FOLDER / name).read_text()


def rules() -> list[dict[str, Any]]:
    """The alarms for Prometheus."""
    (group,) = yaml.safe_load(text_of("alerts.yml"))["groups"]
    alarms: list[dict[str, Any]] = group["rules"]
    return alarms


def rule_tests() -> Iterator[tuple[str, bool]]:
    """The alarms that promtool is to try, and whether they are to fire."""
    for test in yaml.safe_load(text_of("alerts_test.yml"))["tests"]:
        for case in test["alert_rule_test"]:
            yield case["alertname"], bool(case.get("exp_alerts"))


def cloud_alarms() -> dict[str, dict[str, Any]]:
    """The properties of the alarms for CloudWatch, by the names of the resources."""
    template = cfn_yaml.load(str(FOLDER / "cloudwatch.yml"))
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def watched_metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm for CloudWatch watches, each with namespace and dimensions."""
    queries = [query["MetricStat"] for query in alarm.get("Metrics", ()) if "MetricStat" in query]
    return [query["Metric"] for query in queries] or [alarm]


def cloud_template() -> dict[str, Any]:
    template: dict[str, Any] = cfn_yaml.load(str(FOLDER / "cloudwatch.yml"))
    return template


def agent() -> dict[str, Any]:
    """What the CloudWatch agent makes of Prometheus' metrics."""
    settings = json.loads(text_of("cloudwatch-agent.json"))
    processor: dict[str, Any] = settings["logs"]["metrics_collected"]["prometheus"]["emf_processor"]
    return processor


def dashboard() -> dict[str, Any]:
    board: dict[str, Any] = json.loads(text_of("grafana-dashboard.json"))
    return board


@cache
def known_metrics() -> dict[str, frozenset[str]]:
    """The labels of every series that the service can have, by its name."""
    known = {name: frozenset(spec.labels) for name, spec in metrics.GAUGES.items()}
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            (family,) = metric.describe()
            for suffix in _SUFFIXES[type(metric)]:
                known[family.name + suffix] = frozenset(metric._labelnames)
    return known


def documented_metrics() -> set[str]:
    """The names that the documents must have: histograms as a whole, not their parts."""
    return {
        re.sub(r"_(bucket|sum|count)$", "", name) if name not in metrics.GAUGES else name
        for name in known_metrics()
    }


def unknown_in(expression: str) -> list[str]:
    """The series, labels and values of an expression that the service does not have."""
    unknown = []
    for name, selector in _SELECTOR.findall(expression):
        labels = known_metrics().get(name)
        if labels is None:
            unknown.append(name)
            continue
        for label, values in _LABEL.findall(selector):
            if label not in labels | _ADDED:
                unknown.append(f"{name}{{{label}}}")
            unknown += unknown_values(label, values.split("|"))
    return unknown


def unknown_values(label: str, values: list[str]) -> list[str]:
    """The values that a label never has; those of labels without a fixed list are not judged."""
    return [f"{label}={value}" for value in values if value not in _VALUES.get(label, values)]
