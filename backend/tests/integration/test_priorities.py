"""What somebody waits for goes before what is done in bulk, and the bulk is done all the same."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from src.celery_app import celery_app
from src.config import Settings
from src.errors import ErrorCode
from src.http.deps import Services
from src.models import GpxFile
from src.services.housekeeping.maintenance import Job
from src.services.processing.queues import QUEUES
from src.services.processing.reprocessing import Reprocessing
from src.services.uploads.leases import LeaseLostError
from src.states import Mode, Priority, ProcessingStatus, Stage
from src.tasks.gpx_tasks import count_waiting_uploads, publish_as
from src.tasks.maintenance_tasks import run_maintenance
from tests.support.analyses import until_begun
from tests.support.cyclist import Cyclist, error_of
from tests.support.desk import Desk
from tests.support.faulty_analysis import GO_ON
from tests.support.servers import OwnRedis, own_redis
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, is_worked_on, ride
from tests.support.workers import worker

CODE = ErrorCode.INTERNAL_ERROR
postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnRedis]:
    with own_redis(tmp_path / "broker") as server:
        yield server


@pytest.fixture
def settings(settings: Settings, broker: OwnRedis, request: pytest.FixtureRequest) -> Settings:
    changes = {**NO_RECOVERY, "gpx_async_threshold_mb": 0, **getattr(request, "param", {})}
    return brisk(settings, broker.url, **changes)


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


@pytest.fixture
def reprocessing(desk: Desk, settings: Settings) -> Reprocessing:
    return Reprocessing(desk.services.db, settings, publish_as(Priority.BULK))


async def failed(desk: Desk, gpx: bytes) -> UUID:
    """An upload that failed for a reason that is mended by now."""
    gpx_file_id = await desk.put(gpx)
    async with desk.services.db.write() as session:
        await session.execute(
            update(GpxFile)
            .where(GpxFile.gpx_file_id == gpx_file_id)
            .values(
                processing_status=ProcessingStatus.FAILED,
                stage=Stage.DONE,
                error_code=CODE,
                processed_at=desk.clock.now,
                holder=None,
            )
        )
    desk.clock.move(seconds=1)
    return gpx_file_id


def waiting(broker: OwnRedis, queue: str) -> int:
    with broker.client() as client:
        return int(client.llen(queue))


async def in_order_of_their_end(uploads: Uploads) -> list[UUID]:
    rows = [row for row in await uploads.rows() if row.processed_at is not None]
    return [row.gpx_file_id for row in sorted(rows, key=lambda row: str(row.processed_at))]


@postgres_only
async def test_an_interactive_upload_is_worked_on_before_twenty_in_bulk_by_a_worker_of_one_child(
    desk: Desk,
    uploads: Uploads,
    reprocessing: Reprocessing,
    broker: OwnRedis,
    settings: Settings,
    tmp_path: Path,
) -> None:
    first = await failed(desk, ride("wait 30"))
    others = [await failed(desk, ride(seed=seed)) for seed in range(20)]
    assert await reprocessing.begin_all(CODE) == 21
    assert (waiting(broker, "bulk"), waiting(broker, "celery")) == (21, 0)
    with worker(settings, tmp_path, concurrency=1):
        await uploads.until(first, is_worked_on)
        await until_begun(settings.storage_path)
        interactive = [await uploads.send(ride(seed=seed)) for seed in (30, 31)]
        assert (waiting(broker, "bulk"), waiting(broker, "celery")) == (20, 2)
        (settings.storage_path / GO_ON).touch()
        await uploads.until_ended()
    assert await in_order_of_their_end(uploads) == [first, *interactive, *others]
    rows = await uploads.rows()
    assert {row.processing_status for row in rows} == {ProcessingStatus.COMPLETED}
    priorities = {row.gpx_file_id: row.priority for row in rows}
    assert {priorities[one] for one in interactive} == {Priority.INTERACTIVE}
    assert {priorities[one] for one in (first, *others)} == {Priority.BULK}


@sqlite_only
@pytest.mark.parametrize(
    "settings",
    [{"gpx_recovery_interval_seconds": 0.2, "gpx_redispatch_seconds": 60}],
    indirect=True,
)
async def test_retries_and_messages_of_killed_children_stay_in_their_queue(
    desk: Desk,
    uploads: Uploads,
    reprocessing: Reprocessing,
    broker: OwnRedis,
    settings: Settings,
    tmp_path: Path,
) -> None:
    retried, killed = await failed(desk, ride("trouble 1")), await failed(desk, ride("kill child"))
    assert await reprocessing.begin_all(CODE) == 2
    in_json = settings.model_copy(update={"log_format": "json"})
    with worker(in_json, tmp_path, concurrency=1) as it:
        await uploads.until(retried, lambda row: row.attempt == 2)
        await uploads.until(killed, lambda row: row.deliveries > 1)
        await it.until_logged("task_started", times=4)
        seen = {
            json.loads(line)["queue"] for line in it.log.splitlines() if '"task_started"' in line
        }
    assert seen == {QUEUES[Priority.BULK]}
    assert waiting(broker, "celery") == 0


@postgres_only
async def test_a_nightly_job_is_done_after_what_somebody_waits_for_and_before_the_bulk(
    desk: Desk,
    uploads: Uploads,
    reprocessing: Reprocessing,
    broker: OwnRedis,
    settings: Settings,
    tmp_path: Path,
) -> None:
    for seed in range(3):
        await failed(desk, ride(seed=seed))
    assert await reprocessing.begin_all(CODE) == 3
    nightly = celery_app.conf.beat_schedule[Job.RUNS]
    run_maintenance.apply_async(nightly["args"], **nightly["options"])
    await uploads.send(ride(seed=30))
    waits = {queue: waiting(broker, queue) for queue in ("celery", "housekeeping", "bulk")}
    assert waits == {"celery": 1, "housekeeping": 1, "bulk": 3}
    assert count_waiting_uploads(celery_app) == {Priority.INTERACTIVE: 1, Priority.BULK: 3}
    in_json = settings.model_copy(update={"log_format": "json"})
    with worker(in_json, tmp_path, concurrency=1) as it:
        await uploads.until_ended()
        begun = [json.loads(line) for line in it.log.splitlines() if '"task_started"' in line]
    assert [line["queue"] for line in begun] == ["celery", "housekeeping", "bulk", "bulk", "bulk"]


@sqlite_only
@pytest.mark.parametrize(
    "settings",
    [
        {
            "gpx_recovery_interval_seconds": 0.2,
            "gpx_redispatch_seconds": 60,
            "gpx_retry_base_seconds": 4,
        }
    ],
    indirect=True,
)
async def test_a_retry_in_bulk_waits_behind_what_somebody_waits_for(
    desk: Desk,
    uploads: Uploads,
    reprocessing: Reprocessing,
    broker: OwnRedis,
    settings: Settings,
    tmp_path: Path,
) -> None:
    retried = await failed(desk, ride("trouble 1"))
    assert await reprocessing.begin(retried)
    with worker(settings, tmp_path, concurrency=1):
        await uploads.until(retried, lambda row: row.attempt == 2)
        first = await uploads.send(ride("wait 60"))
        await uploads.until(first, is_worked_on)
        assert (await uploads.row(retried)).stage is Stage.RETRYING
        others = [await uploads.send(ride(seed=seed)) for seed in (30, 31)]
        async with asyncio.timeout(20):
            while not waiting(broker, "bulk"):
                await asyncio.sleep(0.05)
        (settings.storage_path / GO_ON).touch()
        await uploads.until_ended()
    assert await in_order_of_their_end(uploads) == [first, *others, retried]


@sqlite_only
async def test_an_upload_that_waits_in_bulk_is_hurried_by_its_cyclist(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing, broker: OwnRedis
) -> None:
    one = await failed(desk, ride())
    assert await reprocessing.begin(one)
    for version in (3, 3):
        answer = await desk.owner.request("POST", f"/gpx/{one}/reprocess")
        assert answer.status_code == 202
        row = await uploads.row(one)
        assert (row.priority, row.upload_version) == (Priority.INTERACTIVE, version)
    assert waiting(broker, "celery") == 1, "once is enough"
    await desk.pipeline.process(one)
    await desk.assert_completed_once(one, ride())


@sqlite_only
async def test_what_is_worked_on_in_bulk_is_not_begun_again(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing
) -> None:
    one = await failed(desk, ride())
    assert await reprocessing.begin(one)
    assert await desk.pipeline.leases.claim(one) is not None
    assert (await desk.owner.request("POST", f"/gpx/{one}/reprocess")).status_code == 202
    row = await uploads.row(one)
    assert (row.priority, row.upload_version) == (Priority.BULK, 2)


async def test_a_failed_file_may_be_replaced_while_it_waits_in_bulk(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing
) -> None:
    one = await failed(desk, ride())
    assert await reprocessing.begin(one)
    lease = await desk.pipeline.leases.claim(one)
    assert lease is not None
    old = (await uploads.row(one)).storage_key
    assert await uploads.send(ride(seed=2), str((await uploads.row(one)).trip_id)) == one
    row = await uploads.row(one)
    assert (row.priority, row.upload_version) == (Priority.INTERACTIVE, 3)
    assert row.storage_key != old
    with pytest.raises(LeaseLostError):
        await desk.pipeline.leases.advance(lease, 50)


async def test_a_track_that_is_made_anew_in_bulk_is_not_replaced(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing
) -> None:
    one = await desk.put(ride())
    await desk.pipeline.process(one)
    assert await reprocessing.begin(one)
    trip_id = str((await uploads.row(one)).trip_id)
    answer = await desk.owner.upload(trip_id, ride(seed=2))
    assert error_of(answer, 400)["code"] == ErrorCode.TRIP_ALREADY_HAS_GPX


@sqlite_only
async def test_bulk_work_goes_to_workers_whatever_its_size_and_without_the_file(
    desk: Desk, uploads: Uploads, settings: Settings, broker: OwnRedis
) -> None:
    threshold = settings.model_copy(update={"gpx_async_threshold_mb": 5})
    one = await failed(desk, ride())
    reprocessing = Reprocessing(desk.services.db, threshold, publish_as(Priority.BULK))
    assert await reprocessing.begin(one)
    row = await uploads.row(one)
    assert (row.mode, row.priority, row.upload_version) == (Mode.CELERY, Priority.BULK, 2)
    with broker.client() as client:
        (message,) = client.lrange("bulk", 0, -1)
    assert json.loads(json.loads(message)["body"])[0][2] is None
    assert count_waiting_uploads(celery_app) == {Priority.INTERACTIVE: 0, Priority.BULK: 1}


@sqlite_only
@pytest.mark.parametrize(
    "settings",
    [{"gpx_recovery_interval_seconds": 0.2, "gpx_redispatch_seconds": 0.2}],
    indirect=True,
)
async def test_lost_messages_are_sent_again_to_the_queue_of_their_priority(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing, broker: OwnRedis
) -> None:
    await reprocessing.begin(await failed(desk, ride()))
    await uploads.send(ride(seed=2))
    with broker.client() as client:
        client.delete("bulk", "celery")
    async with asyncio.timeout(10):
        while not (waiting(broker, "bulk") and waiting(broker, "celery")):
            await asyncio.sleep(0.05)


@sqlite_only
@pytest.mark.parametrize(
    "settings",
    [
        {
            "celery_enabled": False,
            "gpx_recovery_interval_seconds": 0.2,
            "gpx_redispatch_seconds": 0.2,
        }
    ],
    indirect=True,
)
async def test_without_celery_an_api_process_does_the_bulk_work(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing
) -> None:
    one = await failed(desk, ride())
    assert await reprocessing.begin(one)
    row = await uploads.row(one)
    assert (row.mode, row.holder) == (Mode.BACKGROUND, None)
    await uploads.until_ended()
    assert (await uploads.row(one)).processing_status is ProcessingStatus.COMPLETED


@sqlite_only
async def test_a_broker_that_is_away_leaves_the_bulk_work_to_the_recovery(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing, broker: OwnRedis
) -> None:
    for seed in range(3):
        await failed(desk, ride(seed=seed))
    broker.kill()
    async with asyncio.timeout(5):
        assert await reprocessing.begin_all(CODE) == 3
    assert {(row.mode, row.stage) for row in await uploads.rows()} == {(Mode.CELERY, Stage.QUEUED)}
    assert len(await desk.pipeline.leases.take_due()) == 0, "not due before its time"


@sqlite_only
async def test_only_what_failed_with_the_code_is_begun_again_and_no_more_than_wanted(
    desk: Desk, uploads: Uploads, reprocessing: Reprocessing
) -> None:
    oldest, newer, newest = [await failed(desk, ride(seed=seed)) for seed in range(3)]
    assert await reprocessing.begin_all(ErrorCode.FILE_CORRUPTED) == 0
    assert await reprocessing.count(CODE) == 3
    assert await reprocessing.count(CODE, limit=2) == 2
    assert await reprocessing.begin_all(CODE, limit=2) == 2
    statuses = [(await uploads.row(one)).processing_status for one in (oldest, newer, newest)]
    assert statuses == ["processing", "processing", "failed"]
    assert not await reprocessing.begin(oldest), "it is under way"
    assert not await reprocessing.begin(newest, ErrorCode.FILE_CORRUPTED)
    assert not await reprocessing.begin(UUID(int=1))
