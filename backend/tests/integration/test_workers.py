"""Uploads through a real broker and real workers."""

import time
from pathlib import Path
from typing import Any

import pytest

from src.config import Settings
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx
from tests.support.servers import own_redis
from tests.support.workers import worker

MEBIBYTE = 1024 * 1024
HEARTBEAT_S = 2
RIDE = build_gpx(size_mb=4.9)


def padded(size_bytes: int) -> bytes:
    """The ride with white space at its end, up to this size."""
    return RIDE + b"\n" * (size_bytes - len(RIDE))


@pytest.fixture
def settings(settings: Settings, redis_url: str) -> Settings:
    return settings.model_copy(update={"celery_enabled": True, "redis_url": redis_url})


async def mode_of(cyclist: Cyclist, upload: dict[str, Any]) -> str:
    response = await cyclist.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    mode: str = data_of(response, 200)["mode"]
    return mode


async def test_what_is_larger_than_the_threshold_goes_through_a_worker(
    ana: Cyclist, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        for size, mode in ((5 * MEBIBYTE, "background"), (5 * MEBIBYTE + 1, "celery")):
            response = await ana.upload(await ana.new_trip(), padded(size), Prefer="wait=10")
            assert await mode_of(ana, data_of(response, 201)) == mode


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_shows_with_a_file_that_it_reaches_the_broker(
    settings: Settings, tmp_path: Path
) -> None:
    alive = tmp_path / "alive"
    with own_redis(tmp_path / "redis") as broker:
        update = {"redis_url": broker.url, "worker_alive_file": alive}
        with worker(settings.model_copy(update=update), tmp_path):
            first = touched_after(0, alive)
            assert touched_after(first, alive) - first < 2 * HEARTBEAT_S
            broker.kill()
            time.sleep(HEARTBEAT_S / 2)
            last = alive.stat().st_mtime
            time.sleep(2 * HEARTBEAT_S)
            assert alive.stat().st_mtime == last


def touched_after(moment: float, file: Path) -> float:
    """When the file was touched for the first time after that moment; waits for it."""
    deadline = time.monotonic() + 10
    while not file.exists() or file.stat().st_mtime <= moment:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return file.stat().st_mtime
