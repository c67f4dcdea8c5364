"""How long somebody who waits for an answer waits for a turn, and what is said if none comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.errors import AppError, ErrorCode

PATIENCE_S = 20.0
RETRY_AFTER_S = 5.0


def service_busy() -> AppError:
    """What is said when no turn came."""
    return AppError(ErrorCode.SERVICE_BUSY, retry_after_s=RETRY_AFTER_S)


@asynccontextmanager
async def turn_in_time(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    """One of the turns while the block runs.

    Raises:
        AppError: `SERVICE_BUSY`, none came within `PATIENCE_S`.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            await turns.acquire()
    except TimeoutError as error:
        raise service_busy() from error
    try:
        yield
    finally:
        turns.release()
