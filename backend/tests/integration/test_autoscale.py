"""`python -m src.autoscale`, as a script calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from src.config import Settings
from src.models import GpxFile
from src.states import Mode
from tests.support.desk import Desk
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
    assert facts == {"desired": 2, "current": 1, "waiting": 3, "running": 0, "retrying": 0}


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
