"""Errors that nobody foresaw, sent to Sentry where a `SENTRY_DSN` is set.

Whatever is logged as an error is reported, by one step of the log's own chain, so that a place that
logs an error needs no second line. A report carries the names of event and exception, the stack and
the ids that find the log lines, and nothing else: the words of an exception may quote a cyclist's
data, and stay in the log.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import event_from_exception

from src.config import Settings
from src.errors import CATALOGUE, AppError

Component = Literal["api", "worker"]

_OURS = "src"
# The failures of tasks, which `celery_app` logs itself, and the reporter's own troubles.
_NOT_REPORTED = ("celery.app.trace", "sentry_sdk")
_TAGS = (
    "request_id",
    "task_id",
    "gpx_file_id",
    "trip_id",
    "error_code",
    "retry_count",
    "component",
)
_SENT = frozenset(
    {
        "contexts",
        "environment",
        "event_id",
        "exception",
        "level",
        "logentry",
        "logger",
        "platform",
        "release",
        "sdk",
        "server_name",
        "tags",
        "timestamp",
    }
)
_FLUSH_TIMEOUT_S = 2.0


def start_error_reports(settings: Settings, component: Component) -> None:
    """Report this process's errors from now on, if there is somebody to report them to."""
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        release=f"contravento-gpx@{settings.app_release}",
        environment=settings.app_env.value,
        # What frameworks would add is requests, queries and local variables.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            AtexitIntegration(callback=lambda _pending, _timeout: None),
            DedupeIntegration(),
            ExcepthookIntegration(),
        ],
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=_without_data,
    )
    sentry_sdk.get_global_scope().set_tag("component", component)


def flush_error_reports() -> None:
    """Send what is still on its way, before a process ends that runs no exit handlers."""
    sentry_sdk.flush(timeout=_FLUSH_TIMEOUT_S)


def report(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Report a log event that is an error of ours; a processor of structlog."""
    if not sentry_sdk.is_initialized() or not _is_worth_reporting(event):
        return event
    exc_info = _exc_info_of(event.get("exc_info"))
    if exc_info is None:
        details: Event = {}
        hint: Hint = {}
    else:
        client_options = sentry_sdk.get_client().options
        details, hint = event_from_exception(exc_info, client_options=client_options)
    details["level"] = "fatal" if event["level"] == "critical" else "error"
    details["logger"] = event["logger"]
    details["logentry"] = {"message": _static_message(event)}
    tags = {name: str(event[name]) for name in _TAGS if event.get(name) is not None}
    details["tags"] = tags
    sentry_sdk.capture_event(details, hint)
    return event


def _is_worth_reporting(event: MutableMapping[str, Any]) -> bool:
    if logging.getLevelNamesMapping()[event["level"].upper()] < logging.ERROR:
        return False
    if event["logger"].startswith(_NOT_REPORTED):
        return False
    exc_info = _exc_info_of(event.get("exc_info"))
    error = exc_info[1] if exc_info else None
    code = error.code if isinstance(error, AppError) else event.get("error_code")
    return code is None or not CATALOGUE[code].is_clients


def _exc_info_of(given: Any) -> Any:
    """The triple of what `exc_info` may be: True, an exception or the triple itself."""
    if isinstance(given, BaseException):
        return (type(given), given, given.__traceback__)
    triple = given if isinstance(given, tuple) else sys.exc_info() if given else (None, None, None)
    return triple if triple[0] is not None else None


def _static_message(event: MutableMapping[str, Any]) -> str:
    """The event's name; of a library's line, the text before values were put into it."""
    record = event.get("_record")
    return str(record.msg) if record is not None else str(event["event"])


def _without_data(event: Event, _hint: Hint) -> Event:
    """Only what is known to be harmless leaves the house."""
    kept: Any = {name: value for name, value in event.items() if name in _SENT}
    kept["tags"] = {
        name: value for name, value in dict(kept.get("tags") or {}).items() if name in _TAGS
    }
    for error in (kept.get("exception") or {}).get("values", ()):
        if not str(error.get("module")).startswith(_OURS):
            error["value"] = ""
        for frame in (error.get("stacktrace") or {}).get("frames", ()):
            frame.pop("vars", None)
    harmless: Event = kept
    return harmless
