"""`python -m src.maintenance NAME`: the nightly jobs, by hand."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from src.celery_app import celery_app
from src.config import get_settings
from src.database import Database
from src.observability.logs import configure_logging
from src.services.gpx_service import GPXService
from src.services.housekeeping.maintenance import FailedReport, Job, Report, SweepReport
from src.services.monitoring.health_report import HealthReport
from src.services.storage import storage_of
from src.tasks.maintenance_tasks import maintenance_of

ALL = "all"
_WHAT = {
    Job.FAILED_UPLOADS: "delete failed uploads older than GPX_FAILED_RETENTION_DAYS",
    Job.EXPIRED_TOKENS: "delete refresh tokens that have expired",
    Job.IDEMPOTENCY_KEYS: "delete idempotency keys older than a day",
    Job.RUNS: "delete the trail of attempts older than GPX_RUN_RETENTION_DAYS",
    Job.ORPHANED_FILES: "delete stored files older than a day that no upload names",
    Job.COLUMNS: "make the columns of completed uploads that have none",
    Job.HEALTH_REPORT: "tell how database, storage, broker, workers, backlog and disk are",
}

_INFINITIVE = {"made": "make", "removed": "remove"}


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 where a job could not be done or the service is not well."""
    parser = argparse.ArgumentParser(
        prog="python -m src.maintenance", description="Do a nightly job by hand."
    )
    parser.add_argument(
        "name", metavar="NAME", nargs="?", choices=[*Job, ALL], help="without it, all are listed"
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")
    parser.add_argument(
        "--force",
        action="store_true",
        help="delete orphaned files though they are most of all files",
    )
    options = parser.parse_args(arguments)
    if options.name is None:
        sys.stdout.write(_list_of_jobs())
        return 0
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format, sys.stderr)
    jobs = list(Job) if options.name == ALL else [Job(options.name)]
    reports = asyncio.run(_run(jobs, dry_run=options.dry_run, even_if_most=options.force))
    sys.stdout.write(_as_json(reports) if options.json else _readable(reports))
    return 0 if all(report.is_ok for report in reports.values()) else 1


async def _run(jobs: Sequence[Job], *, dry_run: bool, even_if_most: bool) -> dict[Job, Report]:
    settings = get_settings()
    db = Database(settings.database_url, settings.db_pool_size)
    try:
        storage = storage_of(settings)
        pipeline = GPXService(db, storage, settings)
        maintenance = maintenance_of(db, storage, pipeline.columns, settings, celery_app)
        return await maintenance.run_all(jobs, dry_run=dry_run, even_if_most=even_if_most)
    finally:
        await db.dispose()


def _list_of_jobs() -> str:
    lines = [f"{job:<18}{what}" for job, what in (*_WHAT.items(), (ALL, "all of these in turn"))]
    return "\n".join(lines) + "\n"


def _as_json(reports: dict[Job, Report]) -> str:
    content = {job: report.as_dict() for job, report in reports.items()}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _readable(reports: dict[Job, Report]) -> str:
    return "".join(f"{job}: {_sentence(job, report)}\n" for job, report in reports.items())


def _sentence(job: Job, report: Report) -> str:
    match report:
        case SweepReport():
            done = "made" if job is Job.COLUMNS else "removed"
            verb = f"would {_INFINITIVE[done]}" if report.dry_run else done
            what = ", ".join(f"{count} {name}" for name, count in report.removed.items())
            return f"{verb} {what}"
        case FailedReport():
            return f"failed: {report.reason}"
        case HealthReport():
            return _health(report)


def _health(report: HealthReport) -> str:
    parts = report.parts
    workers = parts.workers_status if parts.workers is None else parts.workers
    lines = [
        "ok" if report.is_ok else "not well",
        f"database {parts.database}, storage {parts.storage}",
        f"broker {parts.broker}, workers {workers}",
        f"disk: {report.disk_free_bytes / 1e9:.1f} GB free ({report.disk_free_percent} %)",
    ]
    lines += [
        f"{mode}: {backlog.waiting} waiting, {backlog.running} running, "
        f"{backlog.retrying} retrying, the oldest has waited {backlog.oldest_waiting_s:.0f} s"
        for mode, backlog in (report.backlog or {}).items()
    ]
    if report.failures is not None:
        counts = ", ".join(f"{count} {code}" for code, count in sorted(report.failures.items()))
        lines.append(
            f"last 24 hours: {report.completed} completed, "
            f"{sum(report.failures.values())} failed{f' ({counts})' if counts else ''}"
        )
    return "\n  ".join(lines)


if __name__ == "__main__":
    sys.exit(main())
