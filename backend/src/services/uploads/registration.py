"""Uploads as the API sees them: register, look up, cancel."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from src.database import Database, utc_now
from src.errors import AppError, ErrorCode
from src.models import GpxFile, RouteStatistics, User
from src.services.storage import StoredFile
from src.services.trips.trips import ensure_readable, get_owned_trip, get_trip
from src.services.uploads.holder import this_process
from src.states import Mode, ProcessingStatus, Stage, sources_of

_POLL_S = 0.05


ChooseMode = Callable[[int, str], Mode]
HEADLINE_NUMBERS = (
    "distance_km",
    "elevation_gain",
    "elevation_loss",
    "max_elevation",
    "min_elevation",
    "has_elevation",
    "has_timestamps",
    "total_points",
    "simplified_points",
    "warnings",
)


@dataclass(frozen=True, slots=True)
class Registration:
    """An upload's row, and the key of the failed upload's file that it replaces, if any."""

    upload: GpxFile
    replaced_key: str | None


async def ensure_uploadable(
    session: AsyncSession, trip_id: UUID, user: User, *, lock: bool = False
) -> GpxFile | None:
    """Raise unless `user` may upload to the trip now; return the failed upload to replace.

    With `lock`, the trip's row stays locked until the transaction ends, so that of two uploads at
    once one is refused.
    """
    trip = await get_owned_trip(session, trip_id, user, lock=lock)
    existing = trip.gpx_file
    if existing and existing.processing_status is not ProcessingStatus.FAILED:
        raise AppError(ErrorCode.TRIP_ALREADY_HAS_GPX)
    return existing


async def register(
    session: AsyncSession,
    *,
    trip_id: UUID,
    user: User,
    file_name: str,
    stored: StoredFile,
    mode: Mode,
) -> Registration:
    """Insert the upload's row, or renew the row of a failed one under the same id."""
    upload = await ensure_uploadable(session, trip_id, user, lock=True)
    replaced_key = None
    if upload is None:
        upload = GpxFile(trip_id=trip_id, upload_version=1)
        session.add(upload)
    else:
        replaced_key = upload.storage_key
        upload.upload_version += 1
    now = utc_now()
    upload.file_name = file_name
    upload.file_size = stored.size
    upload.sha256 = stored.sha256
    upload.storage_key = stored.key
    upload.uploaded_at = now
    _restart(upload, mode, now)
    await session.flush()
    return Registration(upload, replaced_key)


async def reprocess(
    session: AsyncSession, gpx_file_id: UUID, user: User, choose_mode: ChooseMode
) -> tuple[GpxFile, bool]:
    """Begin the processing of an upload again, unless it is under way; and whether it was begun."""
    upload = await session.get(GpxFile, gpx_file_id, with_for_update=True)
    if upload is None:
        raise AppError(ErrorCode.NOT_FOUND)
    await get_owned_trip(session, upload.trip_id, user)
    if upload.processing_status not in sources_of(ProcessingStatus.PROCESSING):
        return upload, False
    upload.upload_version += 1
    _restart(upload, choose_mode(upload.file_size, upload.sha256), utc_now())
    return upload, True


def _restart(upload: GpxFile, mode: Mode, now: datetime) -> None:
    """Put an upload at the beginning of its processing."""
    for number in HEADLINE_NUMBERS:
        setattr(upload, number, None)
    upload.processed_at = None
    upload.processing_status = ProcessingStatus.PROCESSING
    upload.stage = Stage.QUEUED
    upload.mode = mode
    upload.attempt = 1
    upload.next_attempt_at = None
    upload.error_code = None
    upload.deliveries = 0
    upload.holder = this_process() if mode is Mode.BACKGROUND else None
    upload.lease_expires_at = None
    upload.queued_at = now
    upload.dispatched_at = now


async def get_upload(session: AsyncSession, gpx_file_id: UUID, viewer: User | None) -> GpxFile:
    """An upload that `viewer` may read, with its trip loaded; 404 or 403 as for the trip."""
    upload = await session.scalar(
        select(GpxFile)
        .join(GpxFile.trip)
        .options(contains_eager(GpxFile.trip))
        .where(GpxFile.gpx_file_id == gpx_file_id)
    )
    if upload is None:
        raise AppError(ErrorCode.NOT_FOUND)
    ensure_readable(upload.trip, viewer)
    return upload


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


async def delete_upload_of_trip(session: AsyncSession, trip_id: UUID, user: User) -> str:
    """Delete the upload with its points, also while it is processed; return its file's key."""
    await get_owned_trip(session, trip_id, user, lock=True)
    key: str | None = await session.scalar(
        delete(GpxFile).where(GpxFile.trip_id == trip_id).returning(GpxFile.storage_key)
    )
    if key is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return key


async def get_statistics(session: AsyncSession, gpx_file_id: UUID) -> RouteStatistics | None:
    return await session.scalar(
        select(RouteStatistics).where(RouteStatistics.gpx_file_id == gpx_file_id)
    )


async def wait_for_end(db: Database, upload: GpxFile, timeout_s: float) -> GpxFile:
    """The upload as it stands once its processing has ended, or when the time is up."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while (
        upload.processing_status is ProcessingStatus.PROCESSING
        and asyncio.get_running_loop().time() < deadline
    ):
        await asyncio.sleep(_POLL_S)
        async with db.read() as session:
            found = await session.get(GpxFile, upload.gpx_file_id)
        if found is None:
            break
        upload = found
    return upload
