"""Uploads on the workers: from arguments to the pipeline, and from its result to Celery's words."""

from functools import partial
from typing import Any
from uuid import UUID

from celery import Celery, shared_task

from src.broker.publisher import count_waiting_messages
from src.errors import ErrorCode
from src.observability.logs import get_logger
from src.services.gpx_service import ProcessingResult
from src.services.processing.dispatch import Publish
from src.services.processing.queues import QUEUES
from src.services.processing.task_payload import decode_payload
from src.services.processing.worker_runtime import current_runtime
from src.services.uploads.failures import (
    DATABASE_FAILURES,
    PassingTroubleError,
    ProcessingFailedError,
    error_code_of,
)
from src.states import Outcome, Priority
from src.tasks.database_task import DatabaseTask

log = get_logger(__name__)


# Celery's own delay is for what a killed child had in its hands; our retries bring their own.
@shared_task(bind=True, base=DatabaseTask, max_retries=None, default_retry_delay=0)
async def process_gpx_file_async(
    self: DatabaseTask,
    gpx_file_id: str,
    trip_id: str,
    file_content_b64: str | None,
    filename: str,
) -> dict[str, Any]:
    """Turn an upload into its track.

    `file_content_b64` is the file, compressed or not, in base64; None means that it is to be read
    from storage, as it is for retries. Returns `success`, `gpx_file_id` and the headline numbers.

    After a passing trouble the upload's row says when it is tried again; where the database was
    away with the row, it is when the lease has expired. What was in the queue of bulk work returns
    then, and the recovery sends it when its time has come: a message with a time would wait in this
    worker, and go before all queues.

    Raises:
        celery.exceptions.Retry: a passing trouble of what somebody waits for.
        ProcessingFailedError: the upload has failed, with its cause.
    """
    runtime = current_runtime()
    content = (
        decode_payload(file_content_b64, runtime.settings.gpx_max_upload_bytes)
        if file_content_b64 is not None
        else None
    )
    again = partial(self.retry, args=(gpx_file_id, trip_id, None, filename), kwargs={})
    try:
        result = await runtime.pipeline.process(
            UUID(gpx_file_id), content, at_once=bool(self.request.called_directly)
        )
    except DATABASE_FAILURES as error:
        code = error_code_of(error)
        if code is not ErrorCode.DATABASE_UNAVAILABLE:
            raise
        # Nothing could be written about the attempt, and nothing about the upload has failed.
        log.warning("database_away", gpx_file_id=gpx_file_id, reason=type(error).__name__)
        result = ProcessingResult(
            Outcome.RETRY,
            UUID(gpx_file_id),
            error_code=code,
            error=error,
            retry_in_s=runtime.settings.gpx_lease_seconds,
        )
    if result.outcome is Outcome.RETRY and not _is_bulk(self):
        raise again(countdown=result.retry_in_s, exc=_trouble(result))
    if result.outcome is Outcome.FAILED:
        raise ProcessingFailedError(result.error_code) from result.error
    return _summary(result)


def _is_bulk(task: DatabaseTask) -> bool:
    delivery = task.request.delivery_info or {}
    return delivery.get("routing_key") == QUEUES[Priority.BULK]


def publish_as(priority: Priority) -> Publish:
    """What sends an upload to the queue of its priority."""

    def publish(*arguments: str | None) -> Any:
        return process_gpx_file_async.apply_async(arguments, queue=QUEUES[priority])

    return publish


def count_waiting_uploads(app: Celery) -> dict[Priority, int]:
    """How many messages of each priority wait; raises what publishing would raise."""
    counted = count_waiting_messages(app, QUEUES.values())
    return {priority: counted[queue] for priority, queue in QUEUES.items()}


def _trouble(result: ProcessingResult) -> PassingTroubleError:
    trouble = PassingTroubleError(result.error_code or ErrorCode.INTERNAL_ERROR)
    trouble.__cause__ = result.error
    return trouble


def _summary(result: ProcessingResult) -> dict[str, Any]:
    analysis = result.analysis
    return {
        "success": result.outcome is Outcome.COMPLETED,
        "gpx_file_id": str(result.gpx_file_id),
        "outcome": result.outcome.value,
        "distance_km": analysis.distance_km if analysis else None,
        "total_points": analysis.total_points if analysis else None,
        "simplified_points": analysis.simplified_points if analysis else None,
    }
