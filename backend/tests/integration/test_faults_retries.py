"""Troubles that pass, and those that do not, through a real worker."""

from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from src.config import Settings
from src.database import utc_now
from src.http.deps import Services
from src.models import GpxFile
from src.states import ProcessingStatus
from tests.support.cyclist import Cyclist
from tests.support.uploads import BAD_LATER, NO_RECOVERY, Uploads, brisk, ride
from tests.support.workers import worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def settings(settings: Settings, redis_url: str, request: pytest.FixtureRequest) -> Settings:
    # Without the recovery it is the worker's own retries that are seen.
    return brisk(settings, redis_url, **{**NO_RECOVERY, **getattr(request, "param", {})})


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


async def test_a_cyclist_sees_that_a_troubled_upload_is_tried_again(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        gpx_file_id = await uploads.send(ride("trouble 1"))
        await uploads.until(gpx_file_id, lambda row: row.attempt == 2)
        status = await uploads.status(gpx_file_id)
        assert (status["processing_status"], status["stage"]) == ("processing", "retrying")
        assert (status["attempt"], status["max_attempts"]) == (2, 4)
        wait = datetime.fromisoformat(status["next_attempt_at"]) - utc_now()
        assert timedelta(0) < wait <= timedelta(seconds=0.55)
        await uploads.until_ended()
    await uploads.assert_completed_once()
    assert (await uploads.status(gpx_file_id))["next_attempt_at"] is None


def is_at_attempt(attempt: int, row: GpxFile) -> bool:
    return row.attempt == attempt and row.next_attempt_at is not None


@pytest.mark.parametrize(
    ("order", "code", "message"),
    [
        ("trouble 4", "STORAGE_UNAVAILABLE", "almacen"),
        ("memory 4", "OUT_OF_MEMORY", "memoria"),
    ],
)
async def test_the_fourth_trouble_fails_the_upload_and_says_why_in_spanish(
    order: str, code: str, message: str, uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        gpx_file_id = await uploads.send(ride(order))
        planned = [
            await uploads.until(gpx_file_id, partial(is_at_attempt, attempt))
            for attempt in (2, 3, 4)
        ]
        await uploads.until_ended()
    delays_s = [
        (row.next_attempt_at - row.dispatched_at).total_seconds()
        for row in planned
        if row.next_attempt_at is not None
    ]
    assert delays_s == pytest.approx([0.5, 1, 2], rel=0.101)
    assert all(later.dispatched_at > former.dispatched_at for former, later in pairwise(planned))
    await uploads.assert_failed(gpx_file_id, code)
    status = await uploads.status(gpx_file_id)
    assert status["error_code"] == code
    assert message in status["error_message"]


async def test_the_third_attempt_may_succeed(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        gpx_file_id = await uploads.send(ride("memory 2"))
        await uploads.until_ended()
    await uploads.assert_completed_once()
    row = await uploads.row(gpx_file_id)
    assert (row.attempt, row.deliveries) == (3, 3)


async def test_a_bad_file_fails_at_once(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        gpx_file_id = await uploads.send(BAD_LATER)
        await uploads.until_ended()
    await uploads.assert_failed(gpx_file_id, "NO_USABLE_POINTS")
    assert (await uploads.row(gpx_file_id)).attempt == 1


@pytest.mark.parametrize(
    "settings",
    [{"gpx_retry_invalid_files": True, "gpx_retry_base_seconds": 0.2}],
    indirect=True,
)
async def test_a_bad_file_is_tried_again_where_the_setting_says_so(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        gpx_file_id = await uploads.send(BAD_LATER)
        await uploads.until_ended()
    await uploads.assert_failed(gpx_file_id, "NO_USABLE_POINTS")
    row = await uploads.row(gpx_file_id)
    assert (row.attempt, row.processing_status) == (4, ProcessingStatus.FAILED)


@pytest.mark.parametrize(
    "settings",
    [{"gpx_recovery_interval_seconds": 0.2, "gpx_redispatch_seconds": 0.1}],
    indirect=True,
)
async def test_a_second_message_does_not_use_up_attempts(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    # While the only child is busy, the recovery sends again what Celery holds for its time.
    with worker(settings, tmp_path, concurrency=1):
        gpx_file_id = await uploads.send(ride("memory 4"))
        await uploads.until(gpx_file_id, partial(is_at_attempt, 2))
        await uploads.send(ride("sleep 2"))
        planned = [
            await uploads.until(gpx_file_id, partial(is_at_attempt, attempt)) for attempt in (3, 4)
        ]
        await uploads.until_ended()
    await uploads.assert_failed(gpx_file_id, "OUT_OF_MEMORY")
    ended = await uploads.row(gpx_file_id)
    assert ended.deliveries == 4
    assert ended.processed_at is not None
    third, fourth = (row.next_attempt_at for row in planned)
    assert third is not None
    assert fourth is not None
    assert planned[1].dispatched_at >= third
    assert ended.processed_at >= fourth
