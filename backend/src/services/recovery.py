"""The recovery loop: takes up uploads that nobody works on though somebody should."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from src.logs import get_logger
from src.services.leases import DueUpload, Leases

log = get_logger(__name__)


Dispatch = Callable[[DueUpload], Awaitable[object]]


async def recover(leases: Leases, dispatch: Dispatch) -> int:
    """Dispatch every upload that is due; returns how many."""
    due = await leases.take_due()
    for upload in due:
        log.warning("upload_recovered", gpx_file_id=str(upload.gpx_file_id), mode=upload.mode)
        try:
            await dispatch(upload)
        except Exception:
            log.exception("recovery_failed", gpx_file_id=str(upload.gpx_file_id))
    return len(due)


async def recover_until(
    stopping: asyncio.Event, leases: Leases, dispatch: Dispatch, interval_s: float
) -> None:
    """Recover at once and then every `interval_s` seconds, whatever happens meanwhile."""
    while not stopping.is_set():
        try:
            await recover(leases, dispatch)
        except Exception:
            log.exception("recovery_failed")
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)
