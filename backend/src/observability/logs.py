"""Structured logs: one JSON object a line, with the ids of the request and of the upload."""

import logging
import sys
from typing import Literal, TextIO

import structlog
from asgi_correlation_id import correlation_id
from structlog.types import EventDict, Processor, WrappedLogger

from src.observability.error_reports import report


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if (request_id := correlation_id.get()) is not None:
        event.setdefault("request_id", request_id)
    return event


def current_ids() -> tuple[str | None, str | None]:
    """The ids of the request and of the task that the logs of this work carry, None without one."""
    bound = structlog.contextvars.get_contextvars()
    return bound.get("request_id") or correlation_id.get(), bound.get("task_id")


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    _add_request_id,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    report,
)


def configure_logging(
    level: str, log_format: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Send our events and those of every library through one handler to `stream`.

    It is the standard output where none is given.
    """
    stream = stream or sys.stdout
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            # The richer format prints every local variable, so whole tracks and secrets.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    traceback: tuple[Processor, ...] = (
        (structlog.processors.format_exc_info,) if log_format == "json" else ()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *traceback,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = name != "uvicorn.access"
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
