"""How long ago each nightly job was last done, whichever process did it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.models import NightlyRun


async def note_completed(session: AsyncSession, job: str, at: datetime) -> None:
    await session.merge(NightlyRun(job=job, completed_at=at))


async def nightly_job_ages_s(session: AsyncSession, now: datetime) -> Mapping[str, float]:
    """Seconds since each job was last done to its end, or was first waited for."""
    rows = await session.execute(select(NightlyRun.job, NightlyRun.completed_at))
    return {job: max(0.0, (now - at).total_seconds()) for job, at in rows}
