"""The recovery loop: takes up uploads that nobody works on though somebody should."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from uuid import UUID

from src.observability import metrics
from src.observability.logs import get_logger
from src.services.uploads.leases import EMPTY_QUEUES, DueUpload, InQueues, Leases

log = get_logger(__name__)


Dispatch = Callable[[DueUpload], Awaitable[object]]
CountWaiting = Callable[[], Awaitable[InQueues | None]]
# A broker that has not answered for longer is down, and all that it held is processed elsewhere:
# longer than the breaker stays open, so that it was really asked twice.
BROKER_PATIENCE_S = 12.0


async def recover(
    leases: Leases, dispatch: Dispatch, in_queues: InQueues | None = EMPTY_QUEUES
) -> int:
    """Dispatch every upload that is due; returns how many. `in_queues`: see `Leases.take_due`."""
    due = await leases.take_due(in_queues)
    for upload in due:
        told = {"gpx_file_id": str(upload.gpx_file_id), "mode": upload.mode}
        if upload.cause is None:
            log.info("retry_due", **told)
        else:
            log.warning("upload_recovered", **told, cause=upload.cause)
            metrics.count_rescue(upload.cause)
        try:
            await dispatch(upload)
        except Exception:
            log.exception("recovery_failed", gpx_file_id=str(upload.gpx_file_id))
    return len(due)


async def recover_until(
    stopping: asyncio.Event,
    leases: Leases,
    dispatch: Dispatch,
    count_waiting: CountWaiting,
    interval_s: float,
    *,
    held_here: Callable[[], Collection[UUID]] = tuple,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Recover at once and then every `interval_s` seconds, whatever happens meanwhile.

    `count_waiting` tells how many messages wait in the broker, None while it does not answer;
    `held_here` which uploads wait in this process.
    """
    answered_at = clock()
    while not stopping.is_set():
        try:
            await leases.keep_waiting(held_here())
            in_queues = await count_waiting()
            if in_queues is not None:
                answered_at = clock()
            elif clock() - answered_at > BROKER_PATIENCE_S:
                in_queues = EMPTY_QUEUES
            await recover(leases, dispatch, in_queues)
        except Exception:
            log.exception("recovery_failed")
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)
