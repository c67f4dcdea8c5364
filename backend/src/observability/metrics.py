"""What the service measures: every metric with its name, and the functions that count.

Names, labels and meanings stand here and nowhere else; `docs/operations.md` has the table, and
tests hold rules, dashboard and table to this module. Labels only take values from short lists that
the code knows, so the number of series is bounded. A process serves what it has counted itself;
a worker's children have a parent that counts for them (`services/monitoring/worker_metrics.py`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from src.errors import ErrorCode
from src.states import Mode, Outcome, RescueCause, Stage

PUBLICATION_RESULTS = ("published", "failed", "avoided")
COLUMN_SOURCES = ("kept", "made")
MAKING_RESULTS = ("made", "failed")
BACKLOG_STATES = ("waiting", "waiting_bulk", "running", "retrying")
OTHER_CODE = "other"
TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"

# The time at which each series began would double the number of series, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

REQUESTS = Counter(
    "contravento_http_requests_total",
    "Requests that the API has answered.",
    ("method", "route", "status"),
)
REQUEST_SECONDS = Histogram(
    "contravento_http_request_seconds",
    "Time from a request's arrival to the end of its answer.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
UPLOADS_RECEIVED = Counter(
    "contravento_uploads_received_total",
    "Uploads that were accepted, or begun again, by the way they were first sent.",
    ("mode",),
)
UPLOAD_ATTEMPTS = Counter(
    "contravento_upload_attempts_total",
    "Attempts at processing an upload that have ended.",
    ("mode", "outcome"),
)
UPLOAD_ERRORS = Counter(
    "contravento_upload_errors_total",
    "Attempts that ended with an error, whether they are tried again or not.",
    ("mode", "error_code"),
)
PROCESSING_SECONDS = Histogram(
    "contravento_processing_seconds",
    "Time that a stage of an attempt took, also of one that failed.",
    ("mode", "stage"),
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 260),
)
PUBLICATIONS = Counter(
    "contravento_publications_total",
    "Uploads for the broker: published, failed, or avoided because it failed just now.",
    ("result",),
)
RESCUES = Counter(
    "contravento_rescues_total",
    "Uploads that were sent on their way again, or taken from whoever had them, by cause.",
    ("cause",),
)
COLUMN_READS = Counter(
    "contravento_column_reads_total",
    "Reads of a ride's columns: as they are kept, or made first because none could be read.",
    ("source",),
)
COLUMN_MAKINGS = Counter(
    "contravento_column_makings_total",
    "Columns that were to be made from their original: made, or not, whatever was wrong.",
    ("result",),
)
DOWNLOADED_BYTES = Counter(
    "contravento_downloaded_bytes_total",
    "Bytes of routes that were sent as files.",
    ("format",),
)
LIVE_SOCKETS = Gauge(
    "contravento_live_sockets",
    "WebSockets for progress that this process keeps open.",
)
# What the pipeline measures, which may run in another process than the one that is asked.
_PIPELINE: dict[str, Counter | Histogram] = {
    "attempts": UPLOAD_ATTEMPTS,
    "errors": UPLOAD_ERRORS,
    "seconds": PROCESSING_SECONDS,
    "rescues": RESCUES,
    "column_reads": COLUMN_READS,
    "column_makings": COLUMN_MAKINGS,
}


class GaugeSpec(NamedTuple):
    """A gauge's meaning and its labels."""

    meaning: str
    labels: tuple[str, ...] = ()


# Read when somebody asks, from where the truth is.
GAUGES: dict[str, GaugeSpec] = {
    "contravento_build_info": GaugeSpec(
        "1; the labels tell what runs.",
        ("component", "release"),
    ),
    "contravento_backlog_uploads": GaugeSpec(
        "Uploads that wait, wait in bulk, run, or wait for their next attempt.",
        ("mode", "state"),
    ),
    "contravento_backlog_oldest_waiting_seconds": GaugeSpec(
        "How long the first waiting upload has waited that somebody waits for.",
        ("mode",),
    ),
    "contravento_failed_uploads": GaugeSpec(
        "Uploads that have failed for good and are still kept.",
        ("error_code",),
    ),
    "contravento_damaged_originals": GaugeSpec(
        "Uploads whose stored original is damaged or missing.",
    ),
    # Not `job`, which Prometheus gives to all that it scrapes.
    "contravento_nightly_job_age_seconds": GaugeSpec(
        "Time since a nightly job was last done to its end.",
        ("nightly_job",),
    ),
    "contravento_broker_avoided": GaugeSpec(
        "1 while uploads do not even try to reach the broker.",
    ),
    "contravento_database_up": GaugeSpec(
        "Whether the database answered when the metrics were asked for.",
    ),
    "contravento_database_pool_connections": GaugeSpec(
        "Connections that this process may open.",
    ),
    "contravento_database_pool_in_use": GaugeSpec(
        "Connections of this process that somebody holds.",
    ),
    "contravento_database_connections": GaugeSpec(
        "Connections to the database server, whoever has them.",
    ),
    "contravento_database_connections_limit": GaugeSpec(
        "Connections that the database server accepts.",
    ),
    "contravento_worker_tasks_running": GaugeSpec(
        "Tasks that this worker works on.",
    ),
    "contravento_worker_processes": GaugeSpec(
        "Child processes of this worker.",
    ),
    "contravento_worker_memory_bytes": GaugeSpec(
        "Memory of this worker and its children, shared pages once.",
    ),
    "contravento_worker_memory_limit_bytes": GaugeSpec(
        "Memory that this worker may use.",
    ),
    "contravento_worker_heartbeat_age_seconds": GaugeSpec(
        "Time since this worker's last sign of life.",
    ),
}


class Measurement(NamedTuple):
    """One step of a counter of the pipeline, or one value for its histogram."""

    metric: str
    labels: tuple[str, ...]
    amount: float


def apply(measurement: Measurement) -> None:
    """Add a measurement to this process's metrics."""
    metric = _PIPELINE[measurement.metric].labels(*measurement.labels)
    if isinstance(metric, Histogram):
        metric.observe(measurement.amount)
    else:
        metric.inc(measurement.amount)


_note: Callable[[Measurement], None] = apply


def send_measurements_to(destination: Callable[[Measurement], None]) -> None:
    """What the pipeline measures in this process goes to `destination`, not to its own metrics."""
    global _note  # noqa: PLW0603 - one for each process, as its metrics are
    _note = destination


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    REQUESTS.labels(method, route, f"{status // 100}xx").inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)


def count_received(mode: Mode) -> None:
    UPLOADS_RECEIVED.labels(mode).inc()


def count_attempt(mode: Mode, outcome: Outcome, error_code: ErrorCode | None = None) -> None:
    _note(Measurement("attempts", (mode, outcome), 1))
    if error_code is not None:
        _note(Measurement("errors", (mode, error_code), 1))


def count_rescue(cause: RescueCause) -> None:
    _note(Measurement("rescues", (cause,), 1))


def count_column_read(source: str) -> None:
    """`source` is one of `COLUMN_SOURCES`."""
    _note(Measurement("column_reads", (source,), 1))


def count_column_making(result: str) -> None:
    """`result` is one of `MAKING_RESULTS`."""
    _note(Measurement("column_makings", (result,), 1))


def count_downloaded(file_format: str, size_bytes: int) -> None:
    DOWNLOADED_BYTES.labels(file_format).inc(size_bytes)


class StageTimes:
    """How long the stages of one attempt take, for the metrics and for the attempt's own trail.

    The metrics have the two parts of the pipeline, and so has the trail, unless the finer stages
    are told that people are shown.
    """

    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        self._entered: list[tuple[str, float]] = []
        self._is_fine = False

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Measure how long the block takes, however it ends."""
        began = time.perf_counter()
        if not self._is_fine:
            self._entered.append((stage, began))
        try:
            yield
        finally:
            passed_s = time.perf_counter() - began
            _note(Measurement("seconds", (self._mode, stage), passed_s))

    def enter(self, stage: str) -> None:
        """A finer stage begins, and with it ends the one before."""
        self._is_fine = True
        self._entered.append((stage, time.perf_counter()))

    def seconds(self) -> dict[str, float]:
        """By stage; the last one lasts until now."""
        took_s: dict[str, float] = {}
        for (stage, began), (_, ended) in pairwise([*self._entered, ("", time.perf_counter())]):
            took_s[stage] = took_s.get(stage, 0.0) + ended - began
        return {stage: round(took, 3) for stage, took in took_s.items()}


def count_publication(result: str) -> None:
    PUBLICATIONS.labels(result).inc()


def gauge(name: str) -> GaugeMetricFamily:
    """A gauge of `GAUGES` to fill with `add_metric`, for one answer."""
    return GaugeMetricFamily(name, GAUGES[name].meaning, labels=GAUGES[name].labels)


def single(name: str, value: float) -> GaugeMetricFamily:
    """A gauge of `GAUGES` that has no labels."""
    return GaugeMetricFamily(name, GAUGES[name].meaning, value=value)


def exposition(collector: Collector) -> bytes:
    """All that was counted, and the collector's gauges, as Prometheus reads them."""
    gauges = CollectorRegistry(auto_describe=False)
    gauges.register(collector)
    return generate_latest(REGISTRY) + generate_latest(gauges)


def _begin_at_zero() -> None:
    """A series that first appears with its first event has no increase for that event."""
    for mode in Mode:
        UPLOADS_RECEIVED.labels(mode)
        for outcome in Outcome:
            UPLOAD_ATTEMPTS.labels(mode, outcome)
        for stage in (Stage.PARSING, Stage.SAVING):
            PROCESSING_SECONDS.labels(mode, stage)
    for cause in RescueCause:
        RESCUES.labels(cause)
    for result in PUBLICATION_RESULTS:
        PUBLICATIONS.labels(result)
    for source in COLUMN_SOURCES:
        COLUMN_READS.labels(source)
    for result in MAKING_RESULTS:
        COLUMN_MAKINGS.labels(result)


_begin_at_zero()
