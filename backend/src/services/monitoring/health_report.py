"""How the service does, for the log of every night and for whoever asks."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.database import Database
from src.models import GpxFile
from src.services.backlog.measurement import Backlog, measure_backlog
from src.states import Mode, ProcessingStatus

PartStatus = Literal["ok", "down", "disabled"]
_PERIOD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PartStates:
    """The state of each part; `workers` None where nobody could be asked."""

    database: PartStatus
    storage: PartStatus
    broker: PartStatus
    workers: int | None

    @property
    def workers_status(self) -> PartStatus:
        if self.broker == "disabled":
            return "disabled"
        return "ok" if self.workers else "down"


Probe = Callable[[], Awaitable[PartStates]]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """`completed` and `failures` are of the last 24 hours, failures counted by error code.

    What only the database knows is None while it is down.
    """

    parts: PartStates
    disk_free_bytes: int
    disk_free_percent: float
    backlog: dict[Mode, Backlog] | None = None
    completed: int | None = None
    failures: dict[str, int] | None = None

    @property
    def is_finished(self) -> bool:
        return True

    @property
    def is_ok(self) -> bool:
        parts = self.parts
        return "down" not in {
            parts.database,
            parts.storage,
            parts.broker,
            parts.workers_status,
        }

    def as_dict(self) -> dict[str, Any]:
        return {"status": "ok" if self.is_ok else "down", **asdict(self)}


async def measure_health(db: Database, disk: Path, probe: Probe, now: datetime) -> HealthReport:
    """`disk` is a folder on the disk whose free space matters."""
    parts = await probe()
    usage = await asyncio.to_thread(shutil.disk_usage, disk)
    free_percent = round(100 * usage.free / usage.total, 1)
    if parts.database != "ok":
        return HealthReport(parts, usage.free, free_percent)
    async with db.read() as session:
        backlog = await measure_backlog(session, now)
        completed, failures = await _ended_since(session, now - _PERIOD)
    return HealthReport(parts, usage.free, free_percent, backlog, completed, failures)


async def _ended_since(session: AsyncSession, since: datetime) -> tuple[int, dict[str, int]]:
    """How many uploads were completed, and how many failed by error code."""
    rows = await session.execute(
        select(GpxFile.processing_status, GpxFile.error_code, func.count())
        .where(
            GpxFile.processing_status.in_((ProcessingStatus.COMPLETED, ProcessingStatus.FAILED)),
            GpxFile.processed_at >= since,
        )
        .group_by(GpxFile.processing_status, GpxFile.error_code)
    )
    completed, failures = 0, {}
    for status, error_code, count in rows:
        if status is ProcessingStatus.COMPLETED:
            completed += count
        else:
            failures[error_code or "unknown"] = count
    return completed, failures
