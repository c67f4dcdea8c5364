"""Alarms, dashboard and documents speak of metrics that there are, and of each other."""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import yaml

from src.config import PROJECT_ROOT
from tests.support import monitoring

OPERATIONS = (PROJECT_ROOT / "docs" / "operations.md").read_text()
ALARMS = {rule["alert"] for rule in monitoring.rules()}
SECTION = OPERATIONS.partition("### First steps for each alarm")[2].partition("\n## ")[0]


def test_every_metric_of_an_alarm_is_in_the_code() -> None:
    for rule in monitoring.rules():
        assert monitoring.unknown_in(rule["expr"]) == [], rule["alert"]


def test_metrics_labels_and_values_that_are_not_in_the_code_are_noticed() -> None:
    expression = (
        'sum(contravento_lost_total) / contravento_backlog_uploads{colour="red", mode="celery"}'
        ' + contravento_upload_attempts_total{outcome=~"failed|retried"}'
    )
    assert monitoring.unknown_in(expression) == [
        "contravento_lost_total",
        "contravento_backlog_uploads{colour}",
        "outcome=retried",
    ]


def test_every_metric_of_the_dashboard_is_in_the_code() -> None:
    for panel in monitoring.dashboard()["panels"]:
        for target in panel.get("targets", ()):
            assert monitoring.unknown_in(target["expr"]) == [], panel["title"]


def test_every_metric_is_in_the_table() -> None:
    missing = [name for name in monitoring.documented_metrics() if f"`{name}`" not in OPERATIONS]
    assert missing == []


def test_every_metric_in_the_documents_is_in_the_code() -> None:
    named = set(re.findall(r"`(contravento_\w+)`", OPERATIONS))
    assert named - monitoring.documented_metrics() == set()


def test_every_alarm_has_its_first_steps_where_its_link_leads() -> None:
    headings = re.findall(r"^#### (\w+)$", SECTION, re.MULTILINE)
    assert sorted(headings) == sorted(ALARMS)
    for rule in monitoring.rules():
        link = f"docs/operations.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook_url"] == link
        steps = SECTION.partition(f"#### {rule['alert']}\n")[2].partition("####")[0]
        assert len(re.findall(r"^\d\. ", steps, re.MULTILINE)) >= 2, rule["alert"]


def test_every_alarm_is_tried_both_ways() -> None:
    tried = set(monitoring.rule_tests())
    assert {name for name, _ in tried} == ALARMS
    assert {name for name, fires in tried if fires} == ALARMS
    assert {name for name, fires in tried if not fires} == ALARMS


def test_the_alarms_ask_for_the_jobs_that_are_scraped() -> None:
    scraped = {
        job["job_name"]: job
        for job in yaml.safe_load(monitoring.text_of("prometheus.yml"))["scrape_configs"]
    }
    asked = set(re.findall(r'job="([\w-]+)"', monitoring.text_of("alerts.yml")))
    assert asked == {"contravento-api", "contravento-worker"}
    assert asked < scraped.keys()


def test_prometheus_looks_where_the_metrics_are_served() -> None:
    served = {"contravento-api": ("backend", 8000), "contravento-worker": ("celery_worker", 9808)}
    jobs = yaml.safe_load(monitoring.text_of("prometheus.yml"))["scrape_configs"]
    found = {
        job["job_name"]: (*place["names"], place["port"])
        for job in jobs
        for place in job.get("dns_sd_configs", ())
    }
    assert found == served
    for file in ("docker-compose.local.yml", "docker-compose.prod.yml"):
        services = yaml.safe_load((PROJECT_ROOT / file).read_text())["services"]
        assert services["celery_worker"]["environment"]["WORKER_METRICS_PORT"] == 9808
        assert "8000" in services["backend"]["healthcheck"]["test"]
    manifests = (PROJECT_ROOT / "deploy/kubernetes/base/worker.yaml").read_text()
    worker, *_ = yaml.safe_load_all(manifests)
    (container,) = worker["spec"]["template"]["spec"]["containers"]
    assert {"name": "WORKER_METRICS_PORT", "value": "9808"} in container["env"]
    assert container["ports"] == [{"name": "metrics", "containerPort": 9808}]


def test_cloudwatch_has_the_same_alarms() -> None:
    alarms = monitoring.cloud_alarms()
    assert alarms.keys() == ALARMS
    for name, alarm in alarms.items():
        assert alarm["AlarmDescription"].endswith(f"docs/operations.md#{name.lower()}")


def test_the_agent_sends_what_cloudwatch_watches() -> None:
    processor = monitoring.agent()
    namespace = monitoring.cloud_template()["Parameters"]["MetricNamespace"]["Default"]
    assert processor["metric_namespace"] == namespace
    sent = {
        (name, frozenset(labels))
        for declaration in processor["metric_declaration"]
        for pattern in declaration["metric_selectors"]
        for labels in declaration["dimensions"]
        for name in monitoring.known_metrics()
        if re.fullmatch(pattern, name)
    }
    watched = {
        (metric["MetricName"], frozenset(part["Name"] for part in metric["Dimensions"]))
        for alarm in monitoring.cloud_alarms().values()
        for metric in monitoring.watched_metrics(alarm)
    }
    assert watched == sent
    for alarm in monitoring.cloud_alarms().values():
        for metric in monitoring.watched_metrics(alarm):
            for part in metric["Dimensions"]:
                assert monitoring.unknown_values(part["Name"], [part["Value"]]) == []
    for name, labels in sent:
        assert labels <= monitoring.known_metrics()[name] | {"job"}
    assert {name for name, _ in sent} == processor["metric_unit"].keys()


def test_the_template_is_well_formed() -> None:
    lint = Path(sys.executable).with_name("cfn-lint")
    template = monitoring.FOLDER / "cloudwatch.yml"
    command: list[str | Path] = [lint, "--include-checks", "I", "--", template]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_dashboard_can_be_imported_anywhere() -> None:
    board = monitoring.dashboard()
    (variable,) = board["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == (
        "datasource",
        "datasource",
        "prometheus",
    )
    assert board["schemaVersion"] >= 39
    assert board["id"] is None
    for panel in board["panels"]:
        if panel["type"] == "row":
            continue
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert sources == [{"type": "prometheus", "uid": "${datasource}"}] * len(sources)
        assert panel["description"].endswith(".")
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_no_panel_covers_another() -> None:
    panels = monitoring.dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in combinations(panels, 2):
        assert not overlap(one["gridPos"], other["gridPos"]), (one["title"], other["title"])
    assert all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in panels)


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )
