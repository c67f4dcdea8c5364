"""API and workers that share nothing but a bucket, and a bucket that goes away."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from src.config import Settings
from src.database import Database
from src.http.deps import Services
from src.models import GpxFile
from src.services.processing.dispatch import READ_TIMEOUT_S
from src.services.storage import storage_of
from src.states import Mode
from tests.support.buckets import OWNER, READER, OwnS3
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.service import api_process
from tests.support.stored import everything_in, keys_of
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, ride
from tests.support.workers import worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
LARGE_RIDE = build_gpx(size_mb=6)


@pytest.fixture
def storage_settings(
    request: pytest.FixtureRequest, unsteady_s3: OwnS3, disk_settings: dict[str, Any]
) -> dict[str, Any]:
    return disk_settings | unsteady_s3.settings(getattr(request, "param", OWNER))


@pytest.fixture
def settings(settings: Settings, redis_url: str) -> Settings:
    # Without the recovery it is the worker's own retries that are seen.
    return brisk(settings, redis_url, gpx_retry_base_seconds=1, gpx_max_retries=5, **NO_RECOVERY)


@pytest.fixture
def of_worker(settings: Settings, tmp_path: Path) -> Settings:
    """The settings on another machine, whose disk is its own."""
    return settings.model_copy(update={"storage_path": tmp_path / "other-machine"})


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


async def count_uploads(services: Services) -> int:
    async with services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(GpxFile)) or 0


async def test_an_api_and_a_worker_on_two_machines_need_only_the_bucket(
    settings: Settings, of_worker: Settings, tmp_path: Path
) -> None:
    retried_ride = ride("trouble 1")
    with api_process(settings, tmp_path) as api, worker(of_worker, tmp_path) as started:
        async with api.client() as client:
            cyclist = await Cyclist.join(client, "carla")
            db = Database(settings.database_url, settings.db_pool_size)
            uploads = Uploads(cyclist, db)
            with_content = await uploads.send(LARGE_RIDE)
            # Its first analysis fails, and the retry reads the file by reference.
            by_reference = await uploads.send(retried_ride)
            await uploads.until_ended()
            await uploads.assert_completed_once()
            rows = {row.gpx_file_id: row for row in await uploads.rows()}
            await db.dispose()
            for gpx_file_id, gpx in ((with_content, LARGE_RIDE), (by_reference, retried_ride)):
                response = await cyclist.request("GET", f"/gpx/{gpx_file_id}/download")
                assert response.content == gpx
        await started.until_logged("upload_completed")
    assert {row.mode for row in rows.values()} == {Mode.CELERY}
    assert (rows[with_content].attempt, rows[by_reference].attempt) == (1, 2)
    for machine in (settings, of_worker):
        assert list(machine.storage_path.rglob("*.gpx")) == []
    # Two originals, and the columns of each.
    assert len(await keys_of(storage_of(settings))) == 4


async def test_a_bucket_that_dies_during_an_upload_is_told_and_leaves_nothing(
    ana: Cyclist, client: httpx.AsyncClient, services: Services, unsteady_s3: OwnS3
) -> None:
    trip_id = await ana.new_trip()
    # Frozen, it has the upload wait in the middle of its first request.
    unsteady_s3.freeze()
    uploading = asyncio.create_task(ana.upload(trip_id, LARGE_RIDE))
    await asyncio.sleep(1)
    assert not uploading.done()
    killed_at = time.monotonic()
    unsteady_s3.kill()
    try:
        refused = error_of(await uploading, 503)
        assert time.monotonic() - killed_at < 5
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["storage"]) == (503, "down")
    finally:
        unsteady_s3.start()
    assert refused["code"] == "STORAGE_UNAVAILABLE"
    assert "almacenamiento" in refused["message"]
    assert await count_uploads(services) == 0
    assert await everything_in(services.storage) == []
    data_of(await ana.upload(trip_id, LARGE_RIDE), 202)


async def test_a_bucket_that_is_away_during_the_processing_is_waited_for(
    uploads: Uploads,
    ana: Cyclist,
    of_worker: Settings,
    unsteady_s3: OwnS3,
    tmp_path: Path,
) -> None:
    with worker(of_worker, tmp_path):
        gpx_file_id = await uploads.send(LARGE_RIDE)
        await uploads.until_ended()
        unsteady_s3.kill()
        try:
            data_of(await ana.request("POST", f"/gpx/{gpx_file_id}/reprocess"), 202)
            await uploads.until(gpx_file_id, lambda row: row.attempt >= 2)
            status = await uploads.status(gpx_file_id)
            assert (status["processing_status"], status["stage"]) == ("processing", "retrying")
        finally:
            unsteady_s3.start()
        await uploads.until_ended()
    await uploads.assert_completed_once()


async def test_a_message_does_not_wait_for_a_silent_bucket(
    uploads: Uploads, services: Services, unsteady_s3: OwnS3
) -> None:
    gpx_file_id = await uploads.send(ride())
    messages: list[tuple[Any, ...]] = []
    upload = await uploads.row(gpx_file_id)
    unsteady_s3.freeze()
    started = time.monotonic()
    try:
        await services.dispatcher.dispatch(
            upload,
            publish=lambda *message: messages.append(message),
            later=lambda *_: None,
            at_once=False,
        )
    finally:
        unsteady_s3.thaw()
    assert time.monotonic() - started < READ_TIMEOUT_S + 2
    assert messages == [(str(gpx_file_id), str(upload.trip_id), None, "ride.gpx")]


@pytest.mark.parametrize("storage_settings", [READER], indirect=True)
async def test_an_account_that_may_not_write_is_no_defect_of_the_upload(
    ana: Cyclist, services: Services
) -> None:
    refused = await ana.upload(await ana.new_trip(), ride())
    assert error_of(refused, 503)["code"] == "STORAGE_UNAVAILABLE"
    assert await count_uploads(services) == 0
    assert await everything_in(services.storage) == []
