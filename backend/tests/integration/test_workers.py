"""Uploads through a real broker and real workers."""

from pathlib import Path
from typing import Any

import pytest

from src.config import Settings
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx
from tests.support.workers import worker

MEBIBYTE = 1024 * 1024
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
