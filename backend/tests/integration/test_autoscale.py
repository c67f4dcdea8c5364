"""`python -m src.autoscale`, as a script calls it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from src.config import Settings
from src.database import utc_now
from src.models import GpxFile
from src.services.backlog.measurement import measure_backlog
from src.states import Mode, ProcessingStatus
from tests.support.desk import Desk
from tests.support.manifests import the
from tests.support.workers import BACKEND, environment


def autoscale(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "src.autoscale", *arguments],
        cwd=BACKEND,
        env={"PATH": "/usr/bin:/bin", **environment(settings), "CELERY_ENABLED": "true"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


async def put_for_workers(desk: Desk, count: int) -> None:
    for _ in range(count):
        await desk.put()
    async with desk.services.db.write() as session:
        await session.execute(update(GpxFile).values(mode=Mode.CELERY))


async def test_only_the_number_is_printed(desk: Desk, settings: Settings) -> None:
    await put_for_workers(desk, 9)
    told = autoscale(settings, "--current", "2")
    assert (told.returncode, told.stdout, told.stderr) == (0, "3\n", "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_json_tells_what_the_number_follows_from(desk: Desk, settings: Settings) -> None:
    await put_for_workers(desk, 3)
    # What the API itself works on needs no worker.
    await desk.put()
    told = autoscale(settings, "--current=1", "--min=1", "--max=2", "--per-worker=1", "--json")
    facts = json.loads(told.stdout)
    assert facts.pop("oldest_waiting_s") >= 0
    assert facts == {
        "desired": 2,
        "current": 1,
        "waiting": 3,
        "waiting_bulk": 0,
        "running": 0,
        "retrying": 0,
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "arguments", [[], ["--current", "two"], ["--current", "2", "--min", "5", "--max", "4"]]
)
def test_a_wrong_call_ends_with_2_and_the_usage(settings: Settings, arguments: list[str]) -> None:
    told = autoscale(settings, *arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("usage: python -m src.autoscale")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_database_there_is_no_number(settings: Settings, tmp_path: Path) -> None:
    nowhere = f"postgresql://postgres@/postgres?host={tmp_path}"
    told = autoscale(settings.model_copy(update={"database_url": nowhere}), "--current", "2")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("the backlog cannot be counted")
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_keda_counts_the_uploads_that_the_service_counts(desk: Desk) -> None:
    now = utc_now()
    later, earlier = now + timedelta(hours=1), now - timedelta(hours=1)
    celery, processing = Mode.CELERY, ProcessingStatus.PROCESSING
    states: list[dict[str, Any]] = [
        {"mode": celery},
        {"mode": celery, "lease_expires_at": later},
        {"mode": celery, "lease_expires_at": earlier},
        {"mode": celery, "next_attempt_at": earlier},
        {"mode": celery, "next_attempt_at": later},
        {"mode": celery, "next_attempt_at": later, "lease_expires_at": later},
        {"mode": celery, "processing_status": ProcessingStatus.COMPLETED},
        {"mode": celery, "processing_status": ProcessingStatus.FAILED},
        {"mode": Mode.BACKGROUND},
        {"mode": Mode.BACKGROUND, "lease_expires_at": later},
    ]
    for values in states:
        gpx_file_id = await desk.put()
        async with desk.services.db.write() as session:
            await session.execute(
                update(GpxFile)
                .where(GpxFile.gpx_file_id == gpx_file_id)
                .values({"processing_status": processing, **values})
            )
    (trigger,) = the("ScaledObject", "worker")["spec"]["triggers"]
    async with desk.services.db.read() as session:
        counted = await session.scalar(text(trigger["metadata"]["query"]))
        backlog = (await measure_backlog(session, utc_now()))[celery]
    assert counted == backlog.due == 5
