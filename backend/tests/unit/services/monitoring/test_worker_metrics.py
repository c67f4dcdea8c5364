"""How children tell their parent what they measured."""

import time

from prometheus_client.core import GaugeMetricFamily

from src.config import Settings
from src.observability.metrics import Measurement
from src.services.monitoring.worker_metrics import Channel, WorkerGauges

MEASUREMENT = Measurement("seconds", ("celery", "parsing"), 0.125)


def test_what_is_sent_arrives_as_it_was() -> None:
    channel = Channel()
    channel.send(MEASUREMENT)
    channel.send(Measurement("attempts", ("celery", "completed"), 1))
    assert channel.receive() == MEASUREMENT
    assert channel.receive().labels == ("celery", "completed")
    channel.close()


def test_a_child_never_waits_for_a_parent_that_does_not_listen() -> None:
    channel = Channel()
    for _ in range(2000):
        channel.send(MEASUREMENT)
    assert channel.receive() == MEASUREMENT
    channel.stop_receiving()
    channel.send(MEASUREMENT)
    channel.close()


def test_the_last_sign_of_life_grows_old_until_the_next() -> None:
    gauges = WorkerGauges(Settings(_env_file=None), count_running=lambda: 3)
    assert shown(gauges)["contravento_worker_tasks_running"] == 3
    time.sleep(0.5)
    assert shown(gauges)["contravento_worker_heartbeat_age_seconds"] >= 0.5
    gauges.note_heartbeat()
    assert shown(gauges)["contravento_worker_heartbeat_age_seconds"] < 0.5


def shown(gauges: WorkerGauges) -> dict[str, float]:
    families: list[GaugeMetricFamily] = list(gauges.collect())
    return {family.name: family.samples[0].value for family in families}
