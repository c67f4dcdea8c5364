"""The CloudFormation template, made into a stack by a local stand-in."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.parsers import ResponseParserError

from tests.support import monitoring
from tests.support.cloud import Cloud, cloud

Alarm = dict[str, Any]

# What each alarm goes by: comparison, threshold, and for how many seconds.
PROMISED = {
    "WorkerDown": ("LessThanThreshold", 3, 180),
    "WorkerSilent": ("GreaterThanThreshold", 60, 120),
    "QueueTooLong": ("GreaterThanThreshold", 100, 600),
    "UploadsWaitTooLong": ("GreaterThanThreshold", 300, 300),
    "UploadsFail": ("GreaterThanThreshold", 10, 900),
    "OriginalsDamaged": ("GreaterThanThreshold", 0, 300),
    "NightlyJobNotDone": ("GreaterThanThreshold", 180_000, 300),
    "WorkerMemoryHigh": ("GreaterThanThreshold", 80, 300),
    "DatabaseConnectionsHigh": ("GreaterThanThreshold", 80, 300),
    "DatabaseUnreachable": ("LessThanThreshold", 1, 120),
    "BrokerUnreachable": ("GreaterThanThreshold", 0, 600),
    "ApiDown": ("LessThanThreshold", 1, 120),
}


@pytest.fixture(scope="module")
def somewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


def make_stack(somewhere: Cloud, name: str, **parameters: str) -> dict[str, str]:
    """A stack of the template; its outputs."""
    formation = somewhere.client("cloudformation")
    formation.create_stack(
        StackName=name,
        TemplateBody=monitoring.text_of("cloudwatch.yml"),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in {"ServiceName": name, **parameters}.items()
        ],
    )
    (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def alarms_of(somewhere: Cloud, name: str) -> dict[str, Alarm]:
    found = somewhere.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{name}-")
    return {alarm["AlarmName"].removeprefix(f"{name}-"): alarm for alarm in found["MetricAlarms"]}


def period_s(alarm: Alarm) -> int:
    periods = {
        query["MetricStat"]["Period"] for query in alarm["Metrics"] if "MetricStat" in query
    } or {alarm["Period"]}
    (period,) = periods
    return int(period)


def test_the_stack_has_every_alarm_with_its_threshold_and_time(somewhere: Cloud) -> None:
    outputs = make_stack(
        somewhere,
        "staging",
        MetricNamespace="Staging",
        AlarmEmail="on-call@example.com",
        MinimumWorkers="3",
    )
    alarms = alarms_of(somewhere, "staging")
    found = {
        name: (
            alarm["ComparisonOperator"],
            alarm["Threshold"],
            alarm["EvaluationPeriods"] * period_s(alarm),
        )
        for name, alarm in alarms.items()
    }
    assert found == PROMISED
    for alarm in alarms.values():
        assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
        assert alarm["AlarmActions"] == alarm["OKActions"] == [outputs["TopicArn"]]
        assert {m["Namespace"] for m in monitoring.watched_metrics(alarm)} == {"Staging"}
    sent_to = somewhere.client("sns").list_subscriptions()["Subscriptions"]
    assert [(s["TopicArn"], s["Protocol"], s["Endpoint"]) for s in sent_to] == [
        (outputs["TopicArn"], "email", "on-call@example.com")
    ]


def test_a_topic_that_there_is_already_takes_the_alarms(somewhere: Cloud) -> None:
    topic = somewhere.client("sns").create_topic(Name="pager")["TopicArn"]
    outputs = make_stack(somewhere, "production", AlarmTopicArn=topic)
    assert outputs["TopicArn"] == topic
    alarms = alarms_of(somewhere, "production")
    assert {action for alarm in alarms.values() for action in alarm["AlarmActions"]} == {topic}
    assert alarms["WorkerDown"]["Threshold"] == 2
    silent_is_bad = {name for name, it in alarms.items() if it["TreatMissingData"] == "breaching"}
    assert silent_is_bad == {"WorkerDown", "ApiDown"}


def test_an_alarm_that_cloudwatch_does_not_understand_makes_no_stack(somewhere: Cloud) -> None:
    formation = somewhere.client("cloudformation")
    template = monitoring.text_of("cloudwatch.yml").replace("Statistic: Maximum", "Stat: Maximum")
    # The stand-in answers what it did not expect with a plain 500, which its client cannot read.
    with pytest.raises(ResponseParserError):
        formation.create_stack(StackName="broken", TemplateBody=template)
