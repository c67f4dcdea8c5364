"""The recovery loop: takes up uploads that nobody works on though somebody should."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from src.observability.logs import get_logger
from src.services.uploads.leases import DueUpload, Leases

log = get_logger(__name__)


Dispatch = Callable[[DueUpload], Awaitable[object]]
QueueLength = Callable[[], Awaitable[int | None]]
# A broker that does not answer twice in a row is down, and all that it held is processed elsewhere.
_PATIENT_PASSES = 1


async def recover(leases: Leases, dispatch: Dispatch, in_queue: int | None = 0) -> int:
    """Dispatch every upload that is due; returns how many. `in_queue`: see `Leases.take_due`."""
    due = await leases.take_due(in_queue)
    for upload in due:
        log.warning("upload_recovered", gpx_file_id=str(upload.gpx_file_id), mode=upload.mode)
        try:
            await dispatch(upload)
        except Exception:
            log.exception("recovery_failed", gpx_file_id=str(upload.gpx_file_id))
    return len(due)


async def recover_until(
    stopping: asyncio.Event,
    leases: Leases,
    dispatch: Dispatch,
    queue_length: QueueLength,
    interval_s: float,
) -> None:
    """Recover at once and then every `interval_s` seconds, whatever happens meanwhile.

    `queue_length` tells how many messages wait in the broker, None while it does not answer.
    """
    unanswered = 0
    while not stopping.is_set():
        try:
            in_queue = await queue_length()
            unanswered = unanswered + 1 if in_queue is None else 0
            if unanswered > _PATIENT_PASSES:
                in_queue = 0
            await recover(leases, dispatch, in_queue)
        except Exception:
            log.exception("recovery_failed")
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)
