"""Uploads that a test sends and then follows in the database, whatever dies meanwhile."""

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from src.config import MEBIBYTE, Settings
from src.database import Database
from src.gpx import analyse
from src.models import GpxFile, ProcessingRun, RouteStatistics, TrackPoint
from src.services.uploads import runs
from src.states import ProcessingStatus
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx

_POLL_S = 0.05
# Has no point, and is too large to be read before the answer.
BAD_LATER = b"<gpx><trk></trk></gpx>" + b" " * MEBIBYTE


def brisk(settings: Settings, redis_url: str, **changes: Any) -> Settings:
    """Everything goes to Celery, and what takes minutes in earnest takes seconds."""
    quick: dict[str, Any] = {
        "celery_enabled": True,
        "redis_url": redis_url,
        "gpx_async_threshold_mb": 0,
        "gpx_lease_seconds": 4,
        "gpx_heartbeat_seconds": 1,
        "gpx_recovery_interval_seconds": 1,
        "gpx_redispatch_seconds": 3,
        "gpx_retry_base_seconds": 0.5,
    }
    return settings.model_copy(update={**quick, **changes})


NO_RECOVERY = {"gpx_recovery_interval_seconds": 100_000}


@lru_cache(maxsize=64)
def ride(order: str = "nothing", seed: int = 1) -> bytes:
    """A small ride that tells a faulty worker what to do."""
    return build_gpx(points=300, name=order, seed=seed)


@lru_cache(maxsize=64)
def _expected_counts(gpx: bytes) -> tuple[int, int]:
    analysis = analyse(gpx)
    return analysis.total_points, analysis.simplified_points


class Uploads:
    """The uploads of one cyclist."""

    def __init__(self, cyclist: Cyclist, db: Database) -> None:
        self._cyclist = cyclist
        self._db = db
        self._files: dict[UUID, bytes] = {}

    async def send(self, gpx: bytes, trip_id: str | None = None) -> UUID:
        trip_id = trip_id or await self._cyclist.new_trip()
        accepted = data_of(await self._cyclist.upload(trip_id, gpx), 202)
        gpx_file_id = UUID(accepted["gpx_file_id"])
        self._files[gpx_file_id] = gpx
        return gpx_file_id

    async def send_many(self, count: int, order: str = "nothing") -> list[UUID]:
        return [await self.send(ride(order, seed)) for seed in range(count)]

    async def row(self, gpx_file_id: UUID) -> GpxFile:
        async with self._db.read() as session:
            return await session.get_one(GpxFile, gpx_file_id)

    async def runs(self, gpx_file_id: UUID) -> list[ProcessingRun]:
        """Its attempts, the first one first."""
        async with self._db.read() as session:
            return [*await runs.newest(session, gpx_file_id, 100)][::-1]

    async def rows(self) -> list[GpxFile]:
        async with self._db.read() as session:
            found = await session.scalars(select(GpxFile).order_by(GpxFile.uploaded_at))
            return list(found)

    async def until(
        self, gpx_file_id: UUID, is_reached: Callable[[GpxFile], bool], within_s: float = 20
    ) -> GpxFile:
        """The upload's row as soon as it is as wanted."""
        deadline = time.monotonic() + within_s
        while not is_reached(row := await self.row(gpx_file_id)):
            assert time.monotonic() < deadline, _described(row)
            await asyncio.sleep(_POLL_S)
        return row

    async def until_ended(self, within_s: float = 60) -> float:
        """Wait until every upload has ended; the seconds that it took."""
        started = time.monotonic()
        while open_ones := [row for row in await self.rows() if not has_ended(row)]:
            passed_s = time.monotonic() - started
            assert passed_s < within_s, [_described(row) for row in open_ones]
            await asyncio.sleep(_POLL_S)
        return time.monotonic() - started

    async def until_some_ended(self, count: int) -> None:
        await self.until_some(has_ended, count)

    async def until_some(
        self, is_reached: Callable[[GpxFile], bool], count: int = 1, within_s: float = 30
    ) -> None:
        deadline = time.monotonic() + within_s
        while sum(map(is_reached, rows := await self.rows())) < count:
            assert time.monotonic() < deadline, [_described(row) for row in rows]
            await asyncio.sleep(_POLL_S)

    async def assert_completed_once(self) -> None:
        """Every upload is completed, with the points of its newest file exactly once."""
        rows = await self.rows()
        assert {row.gpx_file_id for row in rows} == self._files.keys()
        for row in rows:
            total, simplified = _expected_counts(self._files[row.gpx_file_id])
            assert row.processing_status is ProcessingStatus.COMPLETED, _described(row)
            assert (row.total_points, row.simplified_points) == (total, simplified)
            assert (row.holder, row.lease_expires_at, row.error_code) == (None, None, None)
            assert await self.count(TrackPoint, row.gpx_file_id) == simplified
            assert await self.count(RouteStatistics, row.gpx_file_id) == 1

    async def assert_failed(self, gpx_file_id: UUID, code: str) -> None:
        row = await self.row(gpx_file_id)
        assert row.processing_status is ProcessingStatus.FAILED, _described(row)
        assert row.error_code == code
        assert await self.count(TrackPoint, gpx_file_id) == 0

    async def status(self, gpx_file_id: UUID) -> dict[str, Any]:
        """What the cyclist is told."""
        response = await self._cyclist.request("GET", f"/gpx/{gpx_file_id}/status")
        status: dict[str, Any] = data_of(response, 200)
        return status

    async def count(self, table: Any, gpx_file_id: UUID) -> int:
        query = select(func.count()).select_from(table).where(table.gpx_file_id == gpx_file_id)
        async with self._db.read() as session:
            return await session.scalar(query) or 0


def has_ended(row: GpxFile) -> bool:
    return row.processing_status is not ProcessingStatus.PROCESSING


def is_worked_on(row: GpxFile) -> bool:
    return row.holder is not None and row.lease_expires_at is not None


def _described(row: GpxFile) -> str:
    fields = ("processing_status", "stage", "mode", "attempt", "error_code", "deliveries", "holder")
    values = ", ".join(f"{name}={getattr(row, name)}" for name in fields)
    return f"{row.gpx_file_id}: {values}"
