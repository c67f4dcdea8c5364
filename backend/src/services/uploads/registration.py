"""The beginning and the end of an upload's row: registered, begun again, deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.database import utc_now
from src.errors import AppError, ErrorCode
from src.models import HEADLINE_NUMBERS, GpxFile, RouteStatistics, User
from src.services.storage import StoredFile
from src.services.trips.access import get_owned_trip
from src.services.uploads.lease_holder import this_process
from src.states import Mode, Priority, ProcessingStatus, Stage, sources_of

ChooseMode = Callable[[int, str], Mode]


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
    if existing is None:
        return None
    if lock:
        # A worker may be about to complete it.
        await session.refresh(existing, with_for_update=True)
    if not await _may_be_replaced(session, existing):
        raise AppError(ErrorCode.TRIP_ALREADY_HAS_GPX)
    return existing


async def _may_be_replaced(session: AsyncSession, upload: GpxFile) -> bool:
    """Whether it has failed; also where an operator has begun it again, until it has a track.

    Nobody with a better file need wait for the end of what is done in bulk.
    """
    if upload.processing_status is ProcessingStatus.FAILED:
        return True
    if not _is_done_in_bulk(upload):
        return False
    has_track = select(RouteStatistics.gpx_file_id).where(
        RouteStatistics.gpx_file_id == upload.gpx_file_id
    )
    return await session.scalar(has_track) is None


def _is_done_in_bulk(upload: GpxFile) -> bool:
    is_processing = upload.processing_status is ProcessingStatus.PROCESSING
    return is_processing and upload.priority is Priority.BULK


async def register(
    session: AsyncSession,
    *,
    trip_id: UUID,
    user: User,
    file_name: str,
    stored: StoredFile,
    mode: Mode,
    mapping: dict[str, Any] | None = None,
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
    upload.mapping = mapping
    upload.storage_key = stored.key
    upload.uploaded_at = now
    upload.verified_at = None
    upload.verify_tried_at = None
    upload.original_fault = None
    _restart(upload, mode, now)
    await session.flush()
    return Registration(upload, replaced_key)


async def reprocess(
    session: AsyncSession, gpx_file_id: UUID, user: User, choose_mode: ChooseMode
) -> tuple[GpxFile, bool]:
    """Begin the processing of an upload again, unless it is under way; and whether it was begun.

    What waits in bulk is begun: now somebody waits for it.

    Raises:
        AppError: it is not there, not the user's, or a ride whose original is known to be damaged
            or missing.
    """
    upload = await _locked(session, gpx_file_id)
    await get_owned_trip(session, upload.trip_id, user)
    return upload, _begin_again(upload, choose_mode, Priority.INTERACTIVE)


async def reprocess_in_bulk(
    session: AsyncSession,
    gpx_file_id: UUID,
    choose_mode: ChooseMode,
    error_code: ErrorCode | None = None,
) -> tuple[GpxFile, bool]:
    """The same for an operator, whosever upload it is; with an `error_code` only if it has that."""
    upload = await _locked(session, gpx_file_id)
    if error_code is not None and upload.error_code != error_code:
        return upload, False
    return upload, _begin_again(upload, choose_mode, Priority.BULK)


async def _locked(session: AsyncSession, gpx_file_id: UUID) -> GpxFile:
    upload = await session.get(GpxFile, gpx_file_id, with_for_update=True)
    if upload is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return upload


def _begin_again(upload: GpxFile, choose_mode: ChooseMode, priority: Priority) -> bool:
    is_completed = upload.processing_status is ProcessingStatus.COMPLETED
    if is_completed and upload.original_fault is not None:
        # It could only fail, and take away the track that there is.
        raise AppError(ErrorCode.FILE_CORRUPTED)
    is_ended = upload.processing_status in sources_of(ProcessingStatus.PROCESSING)
    is_hurried = (
        priority is Priority.INTERACTIVE
        and _is_done_in_bulk(upload)
        and upload.lease_expires_at is None
    )
    if not (is_ended or is_hurried):
        return False
    upload.upload_version += 1
    _restart(upload, choose_mode(upload.file_size, upload.sha256), utc_now(), priority)
    return True


def _restart(
    upload: GpxFile, mode: Mode, now: datetime, priority: Priority = Priority.INTERACTIVE
) -> None:
    """Put an upload at the beginning of its processing."""
    for number in HEADLINE_NUMBERS:
        setattr(upload, number, None)
    upload.processed_at = None
    upload.processing_status = ProcessingStatus.PROCESSING
    upload.stage = Stage.QUEUED
    upload.progress = 0
    upload.mode = mode
    upload.priority = priority
    upload.attempt = 1
    upload.next_attempt_at = None
    upload.error_code = None
    upload.refusal = None
    upload.deliveries = 0
    # What is begun in bulk is begun by a command, and left to any process of the API.
    is_kept_here = mode is Mode.BACKGROUND and priority is Priority.INTERACTIVE
    upload.holder = this_process() if is_kept_here else None
    upload.lease_expires_at = None
    upload.queued_at = now
    upload.dispatched_at = now


async def delete_upload_of_trip(session: AsyncSession, trip_id: UUID, user: User) -> list[str]:
    """Delete the upload with its points, also while it is processed; return its files' keys."""
    await get_owned_trip(session, trip_id, user, lock=True)
    upload: GpxFile | None = await session.scalar(
        delete(GpxFile).where(GpxFile.trip_id == trip_id).returning(GpxFile)
    )
    if upload is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return upload.stored_keys
