"""The regular jobs: done at night by themselves, and by hand with the same functions."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from logging import INFO, WARNING
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from src.config import Settings
from src.database import Database, utc_now
from src.observability.logs import get_logger
from src.services.housekeeping.missing_columns import make_missing_columns
from src.services.housekeeping.originals import verify_originals
from src.services.housekeeping.orphans import sweep_orphaned_files
from src.services.housekeeping.sweeps import (
    Sweeper,
    sweep_expired_tokens,
    sweep_failed_uploads,
    sweep_idempotency_keys,
    sweep_runs,
)
from src.services.monitoring.health_report import HealthReport, Probe, measure_health
from src.services.monitoring.nightly_runs import note_completed
from src.services.storage import Storage
from src.services.tracks.columns import KeptColumns

log = get_logger(__name__)
DAY_S: float = 24 * 3600
FIRST_RUN_AFTER_S: float = 60


class Job(StrEnum):
    FAILED_UPLOADS = "failed-uploads"
    EXPIRED_TOKENS = "expired-tokens"
    IDEMPOTENCY_KEYS = "idempotency-keys"
    RUNS = "runs"
    ORPHANED_FILES = "orphaned-files"
    COLUMNS = "columns"
    VERIFY_ORIGINALS = "verify-originals"
    HEALTH_REPORT = "health-report"


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep removed, made or read, or would; the next run goes on with what is left."""

    removed: dict[str, int]
    dry_run: bool
    is_finished: bool

    @property
    def is_ok(self) -> bool:
        return True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FailedReport:
    """A job that could not be done; `reason` is for operators."""

    reason: str

    @property
    def is_ok(self) -> bool:
        return False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Report = SweepReport | HealthReport | FailedReport
_SWEEPS: dict[Job, Callable[[Sweeper], AsyncGenerator[Counter[str]]]] = {
    Job.FAILED_UPLOADS: sweep_failed_uploads,
    Job.EXPIRED_TOKENS: sweep_expired_tokens,
    Job.IDEMPOTENCY_KEYS: sweep_idempotency_keys,
    Job.RUNS: sweep_runs,
    Job.ORPHANED_FILES: sweep_orphaned_files,
    Job.COLUMNS: make_missing_columns,
    Job.VERIFY_ORIGINALS: verify_originals,
}


class Maintenance:
    """Runs jobs; `probe` asks the service's parts how they are."""

    def __init__(
        self,
        db: Database,
        storage: Storage,
        columns: KeptColumns,
        settings: Settings,
        probe: Probe,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._db = db
        self._storage = storage
        self._columns = columns
        self._settings = settings
        self._probe = probe
        self._clock = clock

    async def run(
        self,
        job: Job,
        *,
        dry_run: bool = False,
        even_if_most: bool = False,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> Report:
        """Do a job and log what it did; between two of its batches it asks whether it `may_go_on`.

        `even_if_most` lets orphaned files be deleted though they are most of all files.

        Raises what database and storage raise.
        """
        log.info("maintenance_started", job=job, dry_run=dry_run)
        report = await self._done(job, dry_run, even_if_most, may_go_on)
        if not dry_run and report.is_finished:
            await self._note_completed(job)
        return report

    async def _done(
        self, job: Job, dry_run: bool, even_if_most: bool, may_go_on: Callable[[], bool]
    ) -> SweepReport | HealthReport:
        if job is Job.HEALTH_REPORT:
            health = await measure_health(
                self._db, self._settings.storage_path, self._probe, self._clock()
            )
            log.log(INFO if health.is_ok else WARNING, "health_report", **health.as_dict())
            return health
        sweeper = Sweeper(
            self._db,
            self._storage,
            self._columns,
            self._settings,
            self._clock(),
            dry_run,
            even_if_most,
        )
        report = await _run_sweep(_SWEEPS[job](sweeper), may_go_on, dry_run=dry_run)
        log.info("maintenance_done", job=job, **report.as_dict())
        return report

    async def _note_completed(self, job: Job) -> None:
        try:
            async with self._db.write() as session:
                await note_completed(session, job, self._clock())
        except SQLAlchemyError as error:
            # The health report tells of a database that is away, and is done then, too.
            log.warning("maintenance_not_noted", job=job, reason=type(error).__name__)

    async def run_all(self, jobs: Sequence[Job] = tuple(Job), **options: Any) -> dict[Job, Report]:
        """Every job in turn, whatever becomes of the others."""
        reports: dict[Job, Report] = {}
        for job in jobs:
            try:
                reports[job] = await self.run(job, **options)
            except Exception as error:
                log.exception("maintenance_failed", job=job)
                reason = f"{type(error).__name__}: {error}".partition("\n")[0]
                reports[job] = FailedReport(reason)
        return reports


async def maintain_daily(stopping: asyncio.Event, maintenance: Maintenance) -> None:
    """Every job once a day, for a service that has no scheduler beside it.

    The first time is soon after the start: a laptop's service seldom runs for a whole day.
    """
    wait_s = FIRST_RUN_AFTER_S
    while not await _is_set_within(stopping, wait_s):
        await maintenance.run_all(may_go_on=lambda: not stopping.is_set())
        wait_s = DAY_S


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


async def _run_sweep(
    sweep: AsyncGenerator[Counter[str]], may_go_on: Callable[[], bool], *, dry_run: bool
) -> SweepReport:
    removed: Counter[str] = Counter()
    async with aclosing(sweep):
        async for batch in sweep:
            removed.update(batch)
            if not may_go_on():
                return SweepReport(dict(removed), dry_run, is_finished=False)
    return SweepReport(dict(removed), dry_run, is_finished=True)
