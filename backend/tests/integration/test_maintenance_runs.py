"""Who starts the nightly jobs: a person, the scheduler, or an API that has none beside it."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from src.config import Settings
from src.maintenance import main
from src.models import GpxFile
from src.services.housekeeping import maintenance as jobs
from src.services.housekeeping.maintenance import Job
from tests.support.desk import Desk
from tests.support.workers import BACKEND, beat, environment, worker


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def fail_long_ago(desk: Desk) -> None:
    gpx_file_id = await desk.fail()
    async with desk.services.db.write() as session:
        await session.execute(
            update(GpxFile)
            .where(GpxFile.gpx_file_id == gpx_file_id)
            .values(processed_at=desk.clock.now - timedelta(days=31))
        )


async def uploads_left(desk: Desk) -> int:
    async with desk.services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(GpxFile)) or 0


async def until_no_upload_is_left(desk: Desk) -> None:
    async with asyncio.timeout(20):
        while await uploads_left(desk):
            await asyncio.sleep(0.05)


async def by_hand(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "src.maintenance", *arguments],
        cwd=BACKEND,
        env={**os.environ, **environment(settings)},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_without_a_name_the_jobs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [*Job, "all", "failed-uploads", "verify-originals", "reprocess", "reprocess"]


def test_a_name_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["everything"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "orphaned-files" in said
    assert "Job." not in said


async def test_all_jobs_by_hand_tell_what_they_did(desk: Desk, settings: Settings) -> None:
    await fail_long_ago(desk)
    rehearsed = await by_hand(settings, "all", "--dry-run", "--json")
    assert rehearsed.returncode == 0, rehearsed.stderr
    reports = json.loads(rehearsed.stdout)
    assert list(reports) == list(Job)
    assert reports[Job.FAILED_UPLOADS]["removed"]["uploads"] == 1
    assert reports[Job.HEALTH_REPORT]["status"] == "ok"
    assert "maintenance_done" in rehearsed.stderr
    assert await uploads_left(desk) == 1

    done = await by_hand(settings, "all")
    assert done.returncode == 0, done.stderr
    first, *others = done.stdout.splitlines()
    assert first.startswith("failed-uploads: removed 1 uploads, ")
    assert "expired-tokens: removed 0 tokens" in others
    assert "health-report: ok" in others
    assert await uploads_left(desk) == 0


async def test_a_job_that_cannot_be_done_ends_with_one(settings: Settings, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{tmp_path}/new.db"})
    done = await by_hand(empty, Job.EXPIRED_TOKENS)
    assert done.returncode == 1
    assert done.stdout.startswith("expired-tokens: failed: OperationalError")
    assert "Traceback" in done.stderr


@pytest.fixture
def short_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FIRST_RUN_AFTER_S", 0.1)
    monkeypatch.setattr(jobs, "DAY_S", 0.1)


async def test_an_api_without_celery_does_the_jobs_itself_every_day(
    short_days: None, desk: Desk
) -> None:
    for _ in range(2):
        await fail_long_ago(desk)
        await until_no_upload_is_left(desk)


async def test_the_scheduler_wakes_a_worker_for_the_job(
    desk: Desk, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    with_celery = settings.model_copy(update={"celery_enabled": True, "redis_url": redis_url})
    await fail_long_ago(desk)
    with worker(with_celery, tmp_path) as it, beat(with_celery, tmp_path, every_s=1):
        await until_no_upload_is_left(desk)
        await it.until_logged("health_report")
