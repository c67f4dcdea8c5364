"""The recovery loop: takes up uploads that nobody works on though somebody should."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from src.logs import get_logger
from src.services.leases import Leases

log = get_logger(__name__)


async def recover(leases: Leases, dispatch: Callable[[UUID], object]) -> int:
    """Dispatch every upload that is due; returns how many."""
    due = await leases.take_due()
    for gpx_file_id in due:
        log.warning("upload_recovered", gpx_file_id=str(gpx_file_id))
        dispatch(gpx_file_id)
    return len(due)


async def recover_forever(
    leases: Leases, dispatch: Callable[[UUID], object], interval_s: float
) -> None:
    """Recover at once and then every `interval_s` seconds, whatever happens to the database."""
    while True:
        try:
            await recover(leases, dispatch)
        except (DBAPIError, OSError):
            log.exception("recovery_failed")
        await asyncio.sleep(interval_s)
