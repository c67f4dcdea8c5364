"""Uploads that an operator has made anew, behind all that cyclists wait for."""

import time
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from src.config import Settings
from src.database import Database
from src.errors import AppError, ErrorCode
from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.processing.dispatch import BREAKER_OPEN_S, BROKER_FAILURES, Publish, mode_for
from src.services.uploads import registration
from src.states import Mode, Priority, ProcessingStatus
from src.threads import Threads

log = get_logger(__name__)


class Reprocessing:
    """Begins uploads again, and sends them with `publish` where Celery is to work on them.

    What is not sent, because Celery is not used or the broker does not answer, the recovery of an
    API process finds. Messages carry no file: thousands of them must fit into the broker.
    """

    def __init__(self, db: Database, settings: Settings, publish: Publish) -> None:
        self._db = db
        self._choose_mode = partial(mode_for, settings, priority=Priority.BULK)
        self._publish = publish
        self._avoids_broker_until = 0.0
        self._threads = Threads("publishing", 1)

    async def begin(self, gpx_file_id: UUID, error_code: ErrorCode | None = None) -> bool:
        """Begin a failed or completed upload again; whether it was begun.

        It is not where it is being processed, or gone, or has another error than `error_code`; nor
        a ride whose original is known to be damaged or missing.
        """
        try:
            async with self._db.write() as session:
                upload, is_begun = await registration.reprocess_in_bulk(
                    session, gpx_file_id, self._choose_mode, error_code
                )
        except AppError:
            return False
        if is_begun:
            log.info("upload_begun_again", gpx_file_id=str(gpx_file_id), mode=upload.mode)
            if upload.mode is Mode.CELERY:
                await self._send(upload)
        return is_begun

    async def begin_all(self, error_code: ErrorCode, limit: int | None = None) -> int:
        """Begin those that failed with a code, the oldest first; how many were begun."""
        begun = 0
        for gpx_file_id in await self._with_code(error_code, limit):
            begun += await self.begin(gpx_file_id, error_code)
        return begun

    async def count(self, error_code: ErrorCode, limit: int | None = None) -> int:
        """How many `begin_all` would begin."""
        async with self._db.read() as session:
            query = select(func.count()).select_from(GpxFile).where(_failed_with(error_code))
            found = await session.scalar(query) or 0
        return found if limit is None else min(found, limit)

    async def _with_code(self, error_code: ErrorCode, limit: int | None) -> Sequence[UUID]:
        oldest_first = (GpxFile.processed_at, GpxFile.gpx_file_id)
        query = select(GpxFile.gpx_file_id).where(_failed_with(error_code)).order_by(*oldest_first)
        async with self._db.read() as session:
            return (await session.scalars(query.limit(limit))).all()

    async def _send(self, upload: GpxFile) -> None:
        if time.monotonic() < self._avoids_broker_until:
            return
        arguments = (str(upload.gpx_file_id), str(upload.trip_id), None, upload.file_name)
        try:
            await self._threads.run(self._publish, *arguments)
        except BROKER_FAILURES as error:
            self._avoids_broker_until = time.monotonic() + BREAKER_OPEN_S
            log.warning("broker_failed", reason=type(error).__name__)


def _failed_with(error_code: ErrorCode) -> ColumnElement[bool]:
    return and_(
        GpxFile.processing_status == ProcessingStatus.FAILED, GpxFile.error_code == error_code
    )
