"""Analyses that a worker has to end: the worker's child goes on working."""

from pathlib import Path

import psutil
import pytest

from src.config import Settings
from src.http.deps import Services
from tests.support.cyclist import Cyclist
from tests.support.uploads import Uploads, brisk, has_ended, ride
from tests.support.workers import worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def settings(settings: Settings, redis_url: str) -> Settings:
    return brisk(settings, redis_url, gpx_analysis_timeout_seconds=4.0, gpx_analysis_memory_mb=64)


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


@pytest.mark.parametrize(
    ("order", "code"),
    [("spin 60", "PROCESSING_TIMEOUT"), ("eat 300", "ANALYSIS_TOO_LARGE")],
)
async def test_a_child_whose_analysis_was_ended_goes_on_working(
    uploads: Uploads, settings: Settings, tmp_path: Path, order: str, code: str
) -> None:
    with worker(settings, tmp_path, concurrency=1) as it:
        children = [child.pid for child in it.children()]
        hostile = await uploads.send(ride(order))
        await uploads.until(hostile, has_ended, within_s=40)
        await uploads.assert_failed(hostile, code)
        harmless = await uploads.send(ride())
        row = await uploads.until(harmless, has_ended, within_s=40)
        assert row.error_code is None
        assert [child.pid for child in it.children()] == children


async def test_an_analysis_process_that_dies_in_a_worker_costs_one_attempt(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=1) as it:
        children = [child.pid for child in it.children()]
        await uploads.send(ride("die 1"))
        await uploads.until_ended()
        assert [child.pid for child in it.children()] == children
    await uploads.assert_completed_once()


async def test_no_analysis_process_outlives_its_worker(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=1) as it:
        await uploads.send(ride())
        await uploads.until_ended()
        family = psutil.Process(it.process.pid).children(recursive=True)
        assert len(family) == 2
        psutil.Process(it.process.pid).terminate()
        _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
