"""How much work waits: the one count that operators, metrics and scaling go by.

It is counted in the database, not in the broker: a queue's length misses what workers already hold,
and what the recovery has yet to send again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.models import GpxFile
from src.states import Mode, Priority, ProcessingStatus


@dataclass(frozen=True, slots=True)
class Backlog:
    """Uploads of one mode: `waiting` for somebody, `running`, or `retrying` at a later time.

    Those that nobody waits for are counted apart while they wait, in `waiting_bulk`.
    `oldest_waiting_s` is how many seconds the first of `waiting` has waited; 0 without any.
    """

    waiting: int = 0
    waiting_bulk: int = 0
    running: int = 0
    retrying: int = 0
    oldest_waiting_s: float = 0.0

    @property
    def due(self) -> int:
        """The uploads that need a worker now."""
        return self.waiting + self.waiting_bulk + self.running


async def measure_backlog(session: AsyncSession, now: datetime) -> dict[Mode, Backlog]:
    """The backlog of every mode, at one moment."""
    is_running = GpxFile.lease_expires_at.is_not(None)
    is_later = ~is_running & (GpxFile.next_attempt_at > now)
    ready_at = case(
        (GpxFile.next_attempt_at > GpxFile.queued_at, GpxFile.next_attempt_at),
        else_=GpxFile.queued_at,
    )
    is_bulk = GpxFile.priority == Priority.BULK
    waits_since = case((is_running | is_later | is_bulk, None), else_=ready_at)
    rows = await session.execute(
        select(
            GpxFile.mode,
            func.count(),
            func.sum(case((is_running, 1), else_=0)),
            func.sum(case((is_later, 1), else_=0)),
            func.sum(case((is_running | is_later, 0), (is_bulk, 1), else_=0)),
            func.min(waits_since, type_=GpxFile.queued_at.type),
        )
        .where(GpxFile.processing_status == ProcessingStatus.PROCESSING)
        .group_by(GpxFile.mode)
    )
    measured = {mode: Backlog() for mode in Mode}
    for mode, all_of_them, running, later, waiting_bulk, oldest in rows:
        waited_s = (now - oldest).total_seconds() if oldest is not None else 0.0
        measured[mode] = Backlog(
            waiting=all_of_them - running - later - waiting_bulk,
            waiting_bulk=waiting_bulk,
            running=running,
            retrying=later,
            oldest_waiting_s=max(0.0, waited_s),
        )
    return measured
