"""A registered upload becomes a track: the one pipeline, whoever runs it."""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.database import Database, utc_now
from src.errors import CATALOGUE, AppError, ErrorCode
from src.gpx import Analysis, GpxError
from src.models import HEADLINE_NUMBERS, GpxFile, RouteStatistics
from src.observability import metrics
from src.observability.logs import get_logger
from src.services.analysis.errors import (
    AnalysisBusyError,
    AnalysisDiedError,
    AnalysisMemoryError,
    AnalysisTimeoutError,
    DifferentFileError,
)
from src.services.analysis.executor import AnalysisExecutor
from src.services.analysis.messages import Analysed, Refused
from src.services.live.progress import Progress
from src.services.live.state import UploadState
from src.services.storage import IncomingFile, Storage, columns_key
from src.services.tracks.columns import KeptColumns
from src.services.tracks.devices import device_totals_of
from src.services.tracks.patience import PATIENCE_S, RETRY_AFTER_S, service_busy
from src.services.tracks.points import replace_points
from src.services.tracks.previews import preview_of, start_of
from src.services.uploads.failures import error_code_of, refusal_kept, refusal_of
from src.services.uploads.leases import Lease, LeaseLostError, Leases, Watch
from src.services.uploads.read_ahead import ReadAhead
from src.services.uploads.runs import Replacement
from src.states import STARTS_AT, Outcome, ShownStage, Stage

log = get_logger(__name__)
RETRY_JITTER = 0.1
MAX_NAME_LENGTH = 255
# More than anybody looks at; the original has them all.
MOST_WAYPOINTS = 500


@dataclass(frozen=True, slots=True)
class ProcessingResult:
    """How one delivery of an upload ended; `retry_in_s` is set for `RETRY`."""

    outcome: Outcome
    gpx_file_id: UUID
    analysis: Analysis | None = None
    error_code: ErrorCode | None = None
    error: Exception | None = None
    retry_in_s: float | None = None


class GPXService:
    """Turns uploads into tracks."""

    def __init__(
        self,
        db: Database,
        storage: Storage,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        *,
        tell: Callable[[UploadState], None] = lambda _: None,
    ) -> None:
        """`tell` hears at once of everything that happens to an upload, and must not wait."""
        self._db = db
        self._tell = tell
        self._storage = storage
        self._settings = settings
        self.analyses = AnalysisExecutor(settings)
        self.read_ahead = ReadAhead()
        self.leases = Leases(db, settings, clock)
        self.columns = KeptColumns(db, storage, self._analyse_again)

    async def stop(self) -> None:
        """End the making of columns, with its process, and have no other process in its place."""
        await self.analyses.stop()
        await self.columns.stop()

    async def parse_gpx_file(self, source: bytes | Path, **options: Any) -> Analysis:
        """Analyse a file in a process that can be ended; see `AnalysisExecutor.analyse`."""
        size_bytes = len(source) if isinstance(source, bytes) else _size_bytes(source)
        return await self.analyses.analyse(source, size_bytes=size_bytes, **options)

    async def look_now(
        self, incoming: IncomingFile, *, field: str, mapping: Mapping[str, str] | None
    ) -> Analysed:
        """What a file says, for somebody who waits, and what a table looks like.

        Raises:
            AppError: of `field`, why the file cannot be analysed, or not now.
        """
        path = await incoming.path()
        with _refusals(field):
            looked = await self.analyses.look(
                path, size_bytes=incoming.size, patience_s=PATIENCE_S, mapping=mapping
            )
        if isinstance(looked, Refused):
            raise refusal_of(
                looked.error, field=field, code=ErrorCode.INVALID_GPX_FILE, table=looked.table
            ) from looked.error
        return looked

    async def analyse_now(
        self,
        incoming: IncomingFile,
        *,
        field: str,
        columns_to: Path | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> Analysis:
        """Analyse for somebody who waits, and who may go away meanwhile.

        Raises:
            AppError: of `field`, why the file cannot be analysed, or not now.
        """
        with _refusals(field):
            try:
                return await self.parse_gpx_file(
                    await incoming.path(),
                    patience_s=PATIENCE_S,
                    columns_to=columns_to,
                    mapping=mapping,
                )
            except GpxError as error:
                raise refusal_of(error, field=field, code=ErrorCode.INVALID_GPX_FILE) from error

    async def _analyse_again(self, upload: GpxFile, columns_to: Path) -> None:
        """The columns of a completed upload, for somebody who waits.

        Raises:
            AppError: why the original cannot be analysed, or not now.
            StorageUnavailableError: the original cannot be read.
        """
        async with self._storage.local_copy(upload.storage_key) as path:
            with _refusals():
                try:
                    await self.parse_gpx_file(
                        path,
                        sha256=upload.sha256,
                        patience_s=PATIENCE_S,
                        columns_to=columns_to,
                        mapping=upload.mapping,
                    )
                except DifferentFileError as error:
                    raise AppError(ErrorCode.FILE_CORRUPTED) from error
                except GpxError as error:
                    # An earlier engine could read what this one cannot.
                    raise AppError(ErrorCode.NOT_PROCESSED) from error

    async def process(
        self, gpx_file_id: UUID, content: bytes | None = None, *, at_once: bool = False
    ) -> ProcessingResult:
        """Take the lease, analyse, store the track and set `completed`.

        `content` is what a message carried; it is used where it is the uploaded file. `at_once`
        does not wait for the time of the next attempt.

        Safe to call at any time, any number of times, from any process: without the lease it
        does nothing. Raises only what prevents it from recording a failure; then the lease
        expires and the recovery takes the upload up again.
        """
        lease = await self.leases.claim(gpx_file_id, at_once=at_once)
        if lease is None:
            return ProcessingResult(Outcome.NOTHING_TO_DO, gpx_file_id)
        with structlog.contextvars.bound_contextvars(
            gpx_file_id=str(gpx_file_id), trip_id=str(lease.trip_id)
        ):
            progress = Progress(lease, self.leases, self._tell)
            result = await self._attempt(lease, content, progress)
        progress.end(result.outcome, result.error_code)
        metrics.count_attempt(lease.mode, result.outcome, result.error_code)
        return result

    async def _attempt(
        self, lease: Lease, content: bytes | None, progress: Progress
    ) -> ProcessingResult:
        try:
            async with self.leases.kept_alive(lease) as watch:
                return await self._work_in_time(lease, content, watch, progress)
        except LeaseLostError:
            log.warning("lease_lost", fence=lease.fence)
            return ProcessingResult(Outcome.NOTHING_TO_DO, lease.gpx_file_id)
        except asyncio.CancelledError:
            await asyncio.shield(self.leases.release(lease))
            raise
        except Exception as error:  # noqa: BLE001 - whatever happened must reach the upload's row
            return await self._record_failure(lease, error)

    async def _work_in_time(
        self, lease: Lease, content: bytes | None, watch: Watch, progress: Progress
    ) -> ProcessingResult:
        limit = asyncio.timeout(self._settings.gpx_processing_timeout_seconds)
        try:
            async with limit:
                return await self._work(lease, content, watch, progress)
        except TimeoutError as error:
            if limit.expired():
                raise AppError(ErrorCode.PROCESSING_TIMEOUT) from error
            raise

    async def _work(
        self, lease: Lease, content: bytes | None, watch: Watch, progress: Progress
    ) -> ProcessingResult:
        started = asyncio.get_running_loop().time()
        async with self._storage.scratch() as columns:
            with lease.stages.timed(Stage.PARSING):
                async with watch.while_held():
                    analysis = await self._analysed(lease, content, columns, progress)
            await progress.reach(ShownStage.SAVING)
            with lease.stages.timed(Stage.SAVING):
                kept = await self.keep_columns(columns, _columns_key(lease))
                async with self._db.write() as session:
                    await self.store(session, lease, analysis, kept, progress)
        if lease.columns_key is not None:
            await self._storage.delete(lease.columns_key)
        log.info(
            "upload_completed",
            distance_km=round(analysis.distance_km, 3),
            total_points=analysis.total_points,
            simplified_points=analysis.simplified_points,
            processing_time_ms=round(1000 * (asyncio.get_running_loop().time() - started)),
            retry_count=lease.attempt - 1,
        )
        return ProcessingResult(Outcome.COMPLETED, lease.gpx_file_id, analysis=analysis)

    async def _analysed(
        self, lease: Lease, content: bytes | None, columns: Path, progress: Progress
    ) -> Analysis:
        """The analysis of the original: of what a message carried, if it is that, or as stored."""
        if (known := await self.read_ahead.take(lease.sha256, columns, lease.mapping)) is not None:
            return known

        analyse = partial(
            self.parse_gpx_file,
            sha256=lease.sha256,
            report=progress.take_step,
            columns_to=columns,
            mapping=lease.mapping,
        )
        if content is not None:
            with suppress(DifferentFileError):
                return await analyse(content)
        async with self._storage.local_copy(lease.storage_key) as path:
            try:
                return await analyse(path)
            except DifferentFileError as error:
                raise AppError(ErrorCode.FILE_CORRUPTED) from error

    async def keep_columns(self, columns: Path, key: str) -> str | None:
        """Store the columns under a key of one lease alone; nobody reads them before it is told.

        None where there are none: whoever needs them first has them made.
        """
        if not columns.exists():  # noqa: ASYNC240 - a look at a local folder
            return None
        await self._storage.keep(columns, key)
        return key

    async def store(
        self,
        session: AsyncSession,
        lease: Lease,
        analysis: Analysis,
        columns: str | None,
        progress: Progress | None = None,
    ) -> None:
        """Put the results in place, `completed` last, all within the session's transaction.

        `columns` is the key under which the ride's columns lie, None where there are none yet.
        """
        await self.leases.lock(session, lease)
        replaced = await replace_points(session, lease.gpx_file_id, analysis.simplified)
        if progress is not None:
            progress.tell(STARTS_AT[ShownStage.FINISHING])
        await _replace_statistics(session, lease.gpx_file_id, analysis)
        await self.leases.complete(
            session,
            lease,
            _replacement(replaced, analysis),
            **_headline(analysis),
            columns_key=columns,
        )

    async def _record_failure(self, lease: Lease, error: Exception) -> ProcessingResult:
        code = error_code_of(error)
        may_retry = CATALOGUE[code].retryable or (
            self._settings.gpx_retry_invalid_files and code in _INVALID_FILE
        )
        try:
            if may_retry and lease.attempt < self._settings.gpx_max_attempts:
                delay_s = retry_delay_s(lease.attempt, self._settings.gpx_retry_base_seconds)
                await self.leases.retry_later(lease, code, delay_s)
                log.warning(
                    "upload_retries", error_code=code, attempt=lease.attempt, exc_info=error
                )
                return ProcessingResult(
                    Outcome.RETRY,
                    lease.gpx_file_id,
                    error_code=code,
                    error=error,
                    retry_in_s=delay_s,
                )
            await self.leases.fail(lease, code, refusal_kept(error))
        except LeaseLostError:
            return ProcessingResult(Outcome.NOTHING_TO_DO, lease.gpx_file_id)
        _log_failure(lease, code, error)
        return ProcessingResult(Outcome.FAILED, lease.gpx_file_id, error_code=code, error=error)


def _log_failure(lease: Lease, code: ErrorCode, error: Exception) -> None:
    """A file that is to be refused is no error of ours, and where it was noticed helps nobody."""
    if CATALOGUE[code].is_clients:
        log.info("upload_failed", error_code=code, attempt=lease.attempt, reason=str(error))
    else:
        log.error("upload_failed", error_code=code, attempt=lease.attempt, exc_info=error)


@contextmanager
def _refusals(field: str | None = None) -> Iterator[None]:
    """What keeps a file from being analysed, as its reader is told."""
    try:
        yield
    except AnalysisBusyError as error:
        raise service_busy() from error
    except AnalysisDiedError as error:
        raise AppError(ErrorCode.OUT_OF_MEMORY, retry_after_s=RETRY_AFTER_S) from error
    except AnalysisTimeoutError as error:
        raise AppError(ErrorCode.PROCESSING_TIMEOUT, field=field) from error
    except AnalysisMemoryError as error:
        raise AppError(ErrorCode.ANALYSIS_TOO_LARGE, field=field) from error


def retry_delay_s(attempt: int, base_s: float) -> float:
    """Seconds to wait after failed attempt 1, 2, 3: base, 2 x base, 4 x base, each +-10 %."""
    jitter = random.uniform(1 - RETRY_JITTER, 1 + RETRY_JITTER)  # noqa: S311 - spreads load, hides nothing
    return float(base_s * 2 ** (attempt - 1) * jitter)


_INVALID_FILE = frozenset(
    {
        ErrorCode.INVALID_GPX_FORMAT,
        ErrorCode.DTD_REFUSED,
        ErrorCode.NO_USABLE_POINTS,
        ErrorCode.TOO_MANY_POINTS,
    }
)


def _columns_key(lease: Lease) -> str:
    return columns_key(lease.storage_key, lease.upload_version, lease.fence)


def _size_bytes(path: Path) -> int:
    """0 where the file is not there, which whoever reads it will tell."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _replacement(points_before: int, analysis: Analysis) -> Replacement:
    return Replacement(
        points_before,
        analysis.simplified_points,
        _moment(analysis.start_time_s),
        _moment(analysis.end_time_s),
    )


def _moment(time_s: float | None) -> datetime | None:
    return None if time_s is None else datetime.fromtimestamp(time_s, UTC)


def _headline(analysis: Analysis) -> dict[str, Any]:
    start_time, start_local = start_of(analysis)
    told = {
        "warnings": [asdict(warning) for warning in analysis.warnings],
        "sensors": {name: dict(values) for name, values in analysis.statistics.sensors.items()},
        "start_time": start_time,
        "start_local": start_local,
        "preview": preview_of(analysis.simplified),
        "device_totals": device_totals_of(analysis),
    }
    measured = HEADLINE_NUMBERS - told.keys()
    return {name: getattr(analysis, name) for name in measured} | told


async def _replace_statistics(session: AsyncSession, gpx_file_id: UUID, analysis: Analysis) -> None:
    await session.execute(delete(RouteStatistics).where(RouteStatistics.gpx_file_id == gpx_file_id))
    statistics = analysis.statistics
    distribution = statistics.gradient_distribution
    session.add(
        RouteStatistics(
            gpx_file_id=gpx_file_id,
            avg_speed_kmh=statistics.avg_speed_kmh,
            max_speed_kmh=statistics.max_speed_kmh,
            total_time_minutes=statistics.total_time_minutes,
            moving_time_minutes=statistics.moving_time_minutes,
            avg_gradient=statistics.avg_gradient,
            max_gradient=statistics.max_gradient,
            gradient_distribution=distribution
            and {name: asdict(part) for name, part in distribution.items()},
            top_climbs=[asdict(climb) for climb in statistics.top_climbs],
            track_name=analysis.name and analysis.name[:MAX_NAME_LENGTH],
            waypoints=[asdict(waypoint) for waypoint in analysis.waypoints[:MOST_WAYPOINTS]],
        )
    )
