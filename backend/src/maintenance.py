"""`python -m src.maintenance NAME`: the nightly jobs by hand, and what failed for good."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from src.celery_app import celery_app
from src.config import Settings, get_settings
from src.database import Database
from src.errors import ErrorCode
from src.observability.logs import configure_logging
from src.services.gpx_service import GPXService
from src.services.housekeeping.maintenance import FailedReport, Job, Report, SweepReport
from src.services.housekeeping.wrecks import Wrecks, failed_uploads, faulty_originals
from src.services.monitoring.health_report import HealthReport
from src.services.processing.reprocessing import Reprocessing
from src.services.storage import storage_of
from src.states import Priority
from src.tasks.gpx_tasks import publish_as
from src.tasks.maintenance_tasks import maintenance_of

ALL = "all"
REPROCESS = "reprocess"
LISTED = 50
_WHAT = {
    Job.FAILED_UPLOADS: "delete failed uploads older than GPX_FAILED_RETENTION_DAYS",
    Job.EXPIRED_TOKENS: "delete refresh tokens that have expired",
    Job.IDEMPOTENCY_KEYS: "delete idempotency keys older than a day",
    Job.RUNS: "delete the trail of attempts older than GPX_RUN_RETENTION_DAYS",
    Job.ORPHANED_FILES: "delete stored files older than a day that no upload names",
    Job.COLUMNS: "make the columns of completed uploads that have none",
    Job.VERIFY_ORIGINALS: "compare GPX_VERIFY_NIGHTLY_MB of the originals with their SHA-256",
    Job.HEALTH_REPORT: "tell how database, storage, broker, workers, backlog and disk are",
}
_BESIDE = {
    ALL: "all of these in turn",
    f"{Job.FAILED_UPLOADS} --list": "list uploads that failed for good, the newest first",
    f"{Job.VERIFY_ORIGINALS} --list": "list uploads whose original is damaged or missing",
    f"{REPROCESS} ID": "make an upload anew from its original",
    f"{REPROCESS} --error-code CODE": "the same for all that failed with this code",
}
_NOT_BEGUN = "not begun: it is under way, there is none, or its original is damaged or missing"
_VERBS = {
    Job.COLUMNS: ("made", "make"),
    Job.VERIFY_ORIGINALS: ("read", "read"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say, for programs and for people; `is_ok` decides how it ends."""

    content: dict[str, Any]
    text: str
    is_ok: bool = True


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 where something could not be done or the service is not well."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.name is None:
        sys.stdout.write(_list_of_jobs())
        return 0
    if fault := _fault_of(options):
        parser.error(fault)
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format, sys.stderr)
    answer = asyncio.run(_with_database(settings, _command_of(options), options))
    as_json = json.dumps(answer.content, ensure_ascii=False, indent=2, default=str) + "\n"
    sys.stdout.write(as_json if options.json else answer.text)
    return 0 if answer.is_ok else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m src.maintenance",
        description="Do a nightly job by hand, or see to what failed for good.",
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        type=lambda name: name.replace("_", "-"),
        choices=[*(job.value for job in Job), ALL, REPROCESS],
        help="with - or _; without it, all are listed",
    )
    parser.add_argument(
        "upload", metavar="ID", nargs="?", type=_upload_id, help=f"the upload to {REPROCESS}"
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument(
        "--force",
        action="store_true",
        help="delete orphaned files though they are most of all files",
    )
    parser.add_argument("--list", action="store_true", help="list what the job looks at")
    parser.add_argument(
        "--error-code",
        metavar="CODE",
        type=_error_code,
        help="only uploads that failed with this code",
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_positive,
        help=f"list so many ({LISTED}), or {REPROCESS} no more",
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 on")
    return number


def _error_code(text: str) -> ErrorCode:
    try:
        return ErrorCode(text.upper())
    except ValueError:
        raise argparse.ArgumentTypeError(f"there is no code '{text}'") from None


def _upload_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no id of an upload") from None


def _fault_of(options: argparse.Namespace) -> str | None:
    """What does not go together, if anything."""
    lists_failed = options.list and options.name == Job.FAILED_UPLOADS
    reprocesses = options.name == REPROCESS
    if reprocesses and (options.upload is None) == (options.error_code is None):
        return f"{REPROCESS} takes an ID or an --error-code"
    if options.upload is not None and options.dry_run:
        return f"{REPROCESS} of one upload has no --dry-run"
    if options.upload is not None and not reprocesses:
        return f"only {REPROCESS} takes an ID"
    if options.list and options.name not in {Job.FAILED_UPLOADS, Job.VERIFY_ORIGINALS}:
        return f"{options.name} has no --list"
    if options.error_code is not None and not (lists_failed or reprocesses):
        return f"--error-code goes with {REPROCESS} and with {Job.FAILED_UPLOADS} --list"
    if options.limit is not None and not (options.list or options.error_code):
        return "--limit goes with --list and with --error-code"
    return None


Command = Callable[[Database, Settings, argparse.Namespace], Awaitable[Answer]]


def _command_of(options: argparse.Namespace) -> Command:
    if options.name == REPROCESS:
        return _reprocess
    return _list if options.list else _run


async def _with_database(
    settings: Settings, command: Command, options: argparse.Namespace
) -> Answer:
    db = Database(settings.database_url, settings.db_pool_size)
    try:
        return await command(db, settings, options)
    finally:
        await db.dispose()


async def _run(db: Database, settings: Settings, options: argparse.Namespace) -> Answer:
    storage = storage_of(settings)
    pipeline = GPXService(db, storage, settings)
    maintenance = maintenance_of(db, storage, pipeline.columns, settings, celery_app)
    jobs: Sequence[Job] = list(Job) if options.name == ALL else [Job(options.name)]
    try:
        reports = await maintenance.run_all(
            jobs, dry_run=options.dry_run, even_if_most=options.force
        )
    finally:
        await pipeline.stop()
    return Answer(
        {job: report.as_dict() for job, report in reports.items()},
        "".join(f"{job}: {_sentence(job, report)}\n" for job, report in reports.items()),
        all(report.is_ok for report in reports.values()),
    )


async def _list(db: Database, _: Settings, options: argparse.Namespace) -> Answer:
    limit = options.limit or LISTED
    async with db.read() as session:
        if options.name == Job.FAILED_UPLOADS:
            wrecks = await failed_uploads(session, limit, options.error_code)
        else:
            wrecks = await faulty_originals(session, limit)
    return Answer(wrecks.as_dict(), _table(wrecks))


def _table(wrecks: Wrecks) -> str:
    lines = [f"{count} {reason}" for reason, count in wrecks.counts.items()] or ["none"]
    lines += [
        f"{wreck.at:%Y-%m-%dT%H:%M:%SZ}  {wreck.gpx_file_id}  {wreck.reason}  {wreck.username}  "
        # A name that a client chose must not speak to the terminal.
        + "".join(sign if sign.isprintable() else "?" for sign in wreck.file_name)
        for wreck in wrecks.newest
    ]
    return "\n".join(lines) + "\n"


async def _reprocess(db: Database, settings: Settings, options: argparse.Namespace) -> Answer:
    reprocessing = Reprocessing(db, settings, publish_as(Priority.BULK))
    code, limit = options.error_code, options.limit
    if code is None:
        is_begun = await reprocessing.begin(options.upload)
        said = "begun again" if is_begun else _NOT_BEGUN
        return Answer({"begun": int(is_begun)}, f"{options.upload}: {said}\n", is_begun)
    if options.dry_run:
        count = await reprocessing.count(code, limit)
        return Answer({"would_begin": count}, f"{code}: would begin {count} again\n")
    begun = await reprocessing.begin_all(code, limit)
    return Answer({"begun": begun}, f"{code}: begun {begun} again\n")


def _list_of_jobs() -> str:
    lines = [f"{name:<30}{what}" for name, what in (*_WHAT.items(), *_BESIDE.items())]
    return "\n".join(lines) + "\n"


def _sentence(job: Job, report: Report) -> str:
    match report:
        case SweepReport():
            done, infinitive = _VERBS.get(job, ("removed", "remove"))
            verb = f"would {infinitive}" if report.dry_run else done
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
        f"{mode}: {backlog.waiting} waiting ({backlog.waiting_bulk} in bulk beside them), "
        f"{backlog.running} running, {backlog.retrying} retrying, "
        f"the oldest has waited {backlog.oldest_waiting_s:.0f} s"
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
