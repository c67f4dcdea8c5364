"""The Celery application: its settings, each with its reason, and its signals.

The worker starts in `backend/` with `celery -A src.celery_app worker`. The queue carries hints:
what must be done is known to the database (`services/uploads/leases.py`), so no setting here has to
promise that a message is never lost.
"""

import os
import ssl
from typing import Any

# Read by Celery's worker at import: SIGTERM begins the soft shutdown, not an endless warm one.
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

import structlog
from celery import Celery, signals
from celery.schedules import crontab
from celery.worker.state import active_requests
from kombu import Exchange, Queue
from kombu.transport import TRANSPORT_ALIASES

from src.broker.redis_address import is_sentinel
from src.broker.results import RedisResults, SentinelResults
from src.broker.transport import RedisTransport, SentinelTransport
from src.config import Settings, get_settings
from src.observability.error_reports import flush_error_reports, start_error_reports
from src.observability.logs import configure_logging, get_logger
from src.services.housekeeping.maintenance import Job
from src.services.monitoring.worker_metrics import WorkerMetrics
from src.services.processing.queues import HOUSEKEEPING, IN_ORDER, QUEUES
from src.services.processing.worker_runtime import start_runtime, stop_runtime
from src.services.uploads.failures import ProcessingFailedError
from src.states import Priority
from src.tasks import gpx_tasks  # noqa: F401 - registers its task
from src.tasks.maintenance_tasks import run_maintenance

log = get_logger(__name__)
VISIBILITY_TIMEOUT_S = 900
SOFT_TIME_LIMIT_S = 270
HARD_TIME_LIMIT_S = 300
# Hour and minute in UTC, apart from each other and from midnight, when everybody's jobs run.
NIGHTLY_JOBS = {
    Job.FAILED_UPLOADS: (2, 10),
    Job.EXPIRED_TOKENS: (2, 25),
    Job.IDEMPOTENCY_KEYS: (2, 40),
    Job.RUNS: (2, 55),
    Job.ORPHANED_FILES: (3, 10),
    Job.COLUMNS: (3, 25),
    Job.VERIFY_ORIGINALS: (3, 40),
    Job.HEALTH_REPORT: (4, 0),
}
# A job that no worker took in this time is left to the next night.
NIGHTLY_EXPIRES_S = 3 * 3600


def celery_config(settings: Settings) -> dict[str, Any]:
    return {
        "broker_url": settings.broker_url,
        # Results are never awaited; the plain backend would subscribe to each at publishing.
        "result_backend": f"{_results(settings)}+{settings.result_backend_url}",
        # Anything but JSON could run code on arrival.
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        # A worker without `-Q` takes from all of them, in the order of "priority" below.
        "task_queues": [
            Queue(name, Exchange(name), routing_key=name, durable=True) for name in IN_ORDER
        ],
        "task_default_queue": QUEUES[Priority.INTERACTIVE],
        # A message is done when the task is, not when it was received.
        "task_acks_late": True,
        # A killed child hands its message back; the row counts how often it was taken up.
        "task_reject_on_worker_lost": True,
        "task_retry_on_worker_lost": True,
        # The pipeline's own limit comes first; these end what cannot be cancelled.
        "task_time_limit": HARD_TIME_LIMIT_S,
        "task_soft_time_limit": SOFT_TIME_LIMIT_S,
        # Messages are large: a worker holds the one that it works on and no other.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        # Memory that files once took is given back.
        "worker_max_tasks_per_child": 100,
        "worker_max_memory_per_child": 600_000,
        # SIGTERM lets running tasks finish for this long, then hands their messages back.
        "worker_soft_shutdown_timeout": 45.0,
        # With results on the same Redis, cancelling on connection loss loses the task.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        **_tls(settings),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            # Longer than any task or retry delay, or running tasks would be delivered again.
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            # The first queue that has a message is taken from, each time that a child is free; not
            # one in turn after the other.
            "queue_order_strategy": "priority",
            # JSON needs no base64 around it, which would make each message a third larger.
            "body_encoding": "utf-8",
            # Look for messages to restore every 10 s instead of every 100 s.
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            # A half-open connection blocks the worker this long for each command in turn: with two
            # children's results and acknowledgements, 121 s were measured with 30, 41 s with 10.
            "socket_timeout": 5,
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
            "health_check_interval": 10,
            **_sentinels(settings, settings.broker_url),
        },
        "result_backend_transport_options": _sentinels(settings, settings.result_backend_url),
        "redis_socket_timeout": 5,
        "redis_socket_connect_timeout": 3,
        "redis_socket_keepalive": True,
        "redis_backend_health_check_interval": 10,
        # Results serve Flower and operators for an hour.
        "result_expires": 3600,
        # The payload must not be kept a second time with the result.
        "result_extended": False,
        # Flower sees every task, also those that still wait.
        "worker_send_task_events": True,
        "task_send_sent_event": True,
        "task_track_started": True,
        "enable_utc": True,
        "timezone": "UTC",
        # Logs are ours: see `src/observability/logs.py`.
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }


def _nightly() -> dict[str, dict[str, Any]]:
    return {
        job.value: {
            "task": run_maintenance.name,
            "schedule": crontab(hour=str(hour), minute=str(minute)),
            "args": (job.value,),
            "options": {"expires": NIGHTLY_EXPIRES_S, "queue": HOUSEKEEPING},
        }
        for job, (hour, minute) in NIGHTLY_JOBS.items()
    }


def _results(settings: Settings) -> str:
    is_sentinels = is_sentinel(settings.result_backend_url)
    return _name_of(SentinelResults if is_sentinels else RedisResults)


def _name_of(kind: type) -> str:
    """How Celery's addresses name a class."""
    return f"{kind.__module__}:{kind.__qualname__}"


def _sentinels(settings: Settings, url: str) -> dict[str, Any]:
    """How Sentinels are asked, where the address is theirs; one that hangs costs half a second."""
    if not is_sentinel(url):
        return {}
    return {
        "master_name": settings.redis_sentinel_master,
        "sentinel_kwargs": {
            "password": settings.redis_sentinel_password.get_secret_value() or None,
            "socket_timeout": 0.3,
            "socket_connect_timeout": 0.2,
        },
    }


def _tls(settings: Settings) -> dict[str, Any]:
    """`rediss://` alone would encrypt without asking who is at the other end."""
    checked = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    return {
        name: checked
        for name, url in (
            ("broker_use_ssl", settings.broker_url),
            ("redis_backend_use_ssl", settings.result_backend_url),
        )
        if url.startswith("rediss://")
    }


for scheme, transport in (
    ("redis", RedisTransport),
    ("rediss", RedisTransport),
    ("sentinel", SentinelTransport),
):
    TRANSPORT_ALIASES[scheme] = _name_of(transport)
celery_app = Celery("contravento")
# In every thread, those too that publish, the tasks belong to this application.
celery_app.set_default()
celery_app.conf.update(celery_config(get_settings()))
celery_app.conf.beat_schedule = _nightly()
app = celery_app


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)


@signals.heartbeat_sent.connect
def _show_that_it_lives(**_: Any) -> None:
    if (file := get_settings().worker_alive_file) is not None:
        file.touch()


@signals.worker_init.connect
def _start_worker(**_: Any) -> None:
    settings = get_settings()
    start_error_reports(settings, component="worker")
    if settings.worker_metrics_port:
        _start_metrics(WorkerMetrics(settings, count_running=lambda: len(active_requests)))


def _start_metrics(metrics: WorkerMetrics) -> None:
    """Serve metrics from the worker's parent process, and let its children know of it."""
    metrics.serve()

    def note_heartbeat(**_: Any) -> None:
        metrics.gauges.note_heartbeat()

    def enter_child(**_: Any) -> None:
        metrics.enter_child()

    signals.heartbeat_sent.connect(note_heartbeat, weak=False)
    signals.worker_process_init.connect(enter_child, weak=False)


@signals.worker_process_init.connect
def _start_worker_process(**_: Any) -> None:
    settings = get_settings()
    # A client that was begun before the fork would share its connection with the parent.
    start_error_reports(settings, component="worker")
    start_runtime(settings)


@signals.worker_process_shutdown.connect
def _stop_worker_process(**_: Any) -> None:
    stop_runtime()
    flush_error_reports()


@signals.task_prerun.connect
def _bind_task(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        task_id=task_id,
        request_id=getattr(task.request, "request_id", None),
        retry_count=task.request.retries,
    )
    queue = (task.request.delivery_info or {}).get("routing_key")
    log.info("task_started", task=task.name, queue=queue)


@signals.task_postrun.connect
def _unbind_task(task: Any, state: str | None = None, **_: Any) -> None:
    log.info("task_ended", task=task.name, state=state)
    structlog.contextvars.clear_contextvars()


@signals.task_retry.connect
def _log_retry(request: Any, reason: Any, **_: Any) -> None:
    log.warning("task_retries", task=request.task, reason=str(reason))


@signals.task_failure.connect
def _log_failure(sender: Any, exception: BaseException, **_: Any) -> None:
    if isinstance(exception, ProcessingFailedError):
        # The pipeline has told what went wrong with the upload.
        log.warning("task_failed", task=sender.name, reason=type(exception).__name__)
    else:
        log.error("task_failed", task=sender.name, exc_info=exception)
