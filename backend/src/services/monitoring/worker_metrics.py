"""A worker's metrics, served by its parent process on a port of their own.

The pipeline runs in the children, of which each lives for a hundred tasks. They send what they
measure to the parent as datagrams through a socket that they inherit: nothing is left behind by
those that end, and no child shares a lock with the threads of its parent.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import REGISTRY, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from src.config import Settings
from src.observability.logs import get_logger
from src.observability.metrics import Measurement, apply, send_measurements_to, single
from src.services.monitoring.gauges import build_info
from src.services.monitoring.memory import (
    count_children,
    family_of,
    memory_bytes,
    memory_limit_bytes,
)

log = get_logger(__name__)
_LARGEST_DATAGRAM = 4096


class WorkerGauges(Collector):
    """The state of the worker whose parent this process is; `count_running` counts its tasks."""

    def __init__(self, settings: Settings, count_running: Callable[[], int]) -> None:
        self._settings = settings
        self._count_running = count_running
        self._alive_at = time.monotonic()

    def note_heartbeat(self) -> None:
        self._alive_at = time.monotonic()

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        heartbeat_age_s = time.monotonic() - self._alive_at
        yield build_info(self._settings, "worker")
        yield single("contravento_worker_tasks_running", self._count_running())
        yield single("contravento_worker_heartbeat_age_seconds", heartbeat_age_s)
        if family := family_of(os.getpid()):
            # Not the processes of their analyses, which come and go.
            yield single("contravento_worker_processes", count_children(os.getpid()))
            yield single("contravento_worker_memory_bytes", memory_bytes(family))
        yield single("contravento_worker_memory_limit_bytes", memory_limit_bytes())


class Channel:
    """From the children to their parent: datagrams arrive whole, or not at all."""

    def __init__(self) -> None:
        self._inbox, self._outbox = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._outbox.setblocking(False)

    def send(self, measurement: Measurement) -> None:
        """Send if there is room; work goes on where the parent is too busy, or gone."""
        try:
            self._outbox.send(json.dumps(measurement).encode())
        except OSError as error:
            log.warning("measurement_lost", metric=measurement.metric, reason=type(error).__name__)

    def receive(self) -> Measurement:
        """Wait for the next one."""
        metric, labels, amount = json.loads(self._inbox.recv(_LARGEST_DATAGRAM))
        return Measurement(metric, tuple(labels), amount)

    def stop_receiving(self) -> None:
        self._inbox.close()

    def close(self) -> None:
        self._inbox.close()
        self._outbox.close()


class WorkerMetrics:
    """Made in the parent, before the first child."""

    def __init__(self, settings: Settings, count_running: Callable[[], int]) -> None:
        self.gauges = WorkerGauges(settings, count_running)
        self._parent = os.getpid()
        self._port = settings.worker_metrics_port
        self._channel = Channel()
        self._listener: socket.socket | None = None

    def serve(self) -> None:
        """Answer `GET /metrics`; a worker whose port is taken works on without."""
        try:
            server, _ = start_http_server(self._port)
        except OSError:
            log.exception("worker_metrics_not_served", port=self._port)
            return
        self._listener = server.socket
        REGISTRY.register(self.gauges)
        threading.Thread(target=self._add_up, name="measurements", daemon=True).start()
        log.info("worker_metrics_served", port=self._port)

    def enter_child(self) -> None:
        """From now on this child sends to its parent; nothing happens in the parent itself."""
        if os.getpid() == self._parent or self._listener is None:
            return
        # A child that outlived its parent would keep the next worker from the port.
        self._listener.close()
        self._channel.stop_receiving()
        send_measurements_to(self._channel.send)

    def _add_up(self) -> None:
        while True:
            apply(self._channel.receive())
