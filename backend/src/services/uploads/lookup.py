"""Uploads as they are found: by whom they may be read, and whether they are there at all."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from src.database import Database
from src.errors import AppError, ErrorCode
from src.models import GpxFile, RouteStatistics, User
from src.services.trips.access import ensure_owned, ensure_readable, get_trip
from src.states import ProcessingStatus

_POLL_S = 0.5


async def get_upload(session: AsyncSession, gpx_file_id: UUID, viewer: User | None) -> GpxFile:
    """An upload that `viewer` may read, with its trip loaded; 404 or 403 as for the trip."""
    upload = await _get_with_trip(session, gpx_file_id)
    ensure_readable(upload.trip, viewer)
    return upload


async def get_owned_upload(session: AsyncSession, gpx_file_id: UUID, user: User) -> GpxFile:
    """An upload of `user`, with its trip loaded; 404 or 403 as for the trip."""
    upload = await _get_with_trip(session, gpx_file_id)
    ensure_owned(upload.trip, user)
    return upload


async def _get_with_trip(session: AsyncSession, gpx_file_id: UUID) -> GpxFile:
    upload: GpxFile | None = await session.scalar(
        select(GpxFile)
        .join(GpxFile.trip)
        .options(contains_eager(GpxFile.trip))
        .where(GpxFile.gpx_file_id == gpx_file_id)
    )
    if upload is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return upload


def ensure_completed(upload: GpxFile) -> None:
    if upload.processing_status is not ProcessingStatus.COMPLETED:
        raise AppError(ErrorCode.NOT_PROCESSED)


async def get_upload_of_trip(session: AsyncSession, trip_id: UUID, viewer: User | None) -> GpxFile:
    """The upload of a trip that `viewer` may read; 404 where it has none."""
    trip = await get_trip(session, trip_id, viewer)
    if trip.gpx_file is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return trip.gpx_file


async def find_committed(db: Database, trip_id: UUID, storage_key: str) -> GpxFile | None:
    """The trip's upload, with its trip, if it is the one with this file.

    Raises what the database raises when it cannot tell; then the file must stay.
    """
    async with db.read() as session:
        upload: GpxFile | None = await session.scalar(
            select(GpxFile)
            .join(GpxFile.trip)
            .options(contains_eager(GpxFile.trip))
            .where(GpxFile.trip_id == trip_id, GpxFile.storage_key == storage_key)
        )
    return upload


async def find_same(db: Database, gpx_file_id: UUID, uploaded_at: datetime) -> GpxFile | None:
    """The upload that was made at this time; None where it was deleted or replaced since."""
    async with db.read() as session:
        upload = await session.get(GpxFile, gpx_file_id)
    return upload if upload is not None and upload.uploaded_at == uploaded_at else None


async def get_statistics(session: AsyncSession, gpx_file_id: UUID) -> RouteStatistics | None:
    return await session.scalar(
        select(RouteStatistics).where(RouteStatistics.gpx_file_id == gpx_file_id)
    )


async def wait_for_end(
    db: Database,
    upload: GpxFile,
    timeout_s: float,
    running_task: Callable[[UUID], asyncio.Task[None] | None],
) -> GpxFile:
    """The upload as it stands once its processing has ended, or when the time is up.

    `running_task` gives this process's own work on an upload, which tells of its end by itself; for
    what others do the database is asked.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while upload.processing_status is ProcessingStatus.PROCESSING:
        remaining_s = deadline - loop.time()
        if remaining_s <= 0:
            break
        work = running_task(upload.gpx_file_id)
        if work is not None and not work.done():
            await asyncio.wait({work}, timeout=remaining_s)
        else:
            await asyncio.sleep(min(_POLL_S, remaining_s))
        async with db.read() as session:
            found = await session.get(GpxFile, upload.gpx_file_id)
        if found is None:
            break
        upload = found
    return upload
