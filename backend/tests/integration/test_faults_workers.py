"""Workers that are killed, stopped, frozen and poisoned."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest
import redis
from sqlalchemy import update

from src.config import Settings
from src.errors import CATALOGUE, ErrorCode
from src.http.deps import Services
from src.models import GpxFile
from src.states import Outcome, ProcessingStatus, Stage
from src.tasks.gpx_tasks import process_gpx_file_async
from tests.support.cyclist import Cyclist
from tests.support.servers import kill_group
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, is_worked_on, ride
from tests.support.workers import Worker, take_and_die, worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def settings(settings: Settings, redis_url: str, request: pytest.FixtureRequest) -> Settings:
    """Brisk settings, with the changes that a test names in its parameter."""
    return brisk(settings, redis_url, **getattr(request, "param", {}))


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


without_recovery = pytest.mark.parametrize("settings", [NO_RECOVERY], indirect=True)


def pid_of_holder(row: GpxFile) -> int:
    assert row.holder is not None
    return int(row.holder.rsplit(":", 2)[1])


@without_recovery
async def test_the_work_of_a_killed_child_goes_on_within_ten_seconds(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as it:
        gpx_file_id = await uploads.send(ride("sleep 1"))
        row = await uploads.until(gpx_file_id, is_worked_on)
        assert pid_of_holder(row) in {child.pid for child in it.children()}
        psutil.Process(pid_of_holder(row)).kill()
        await uploads.until(gpx_file_id, lambda row: row.deliveries == 2, within_s=10)
        await uploads.until_ended()
    await uploads.assert_completed_once()
    dead, next_one = await uploads.runs(gpx_file_id)
    assert (dead.outcome, dead.worker) == (Outcome.LOST, row.holder)
    assert (next_one.outcome, next_one.attempt) == (Outcome.COMPLETED, 1)
    assert dead.finished_at == next_one.started_at
    assert next_one.worker != dead.worker
    assert next_one.task_id == dead.task_id


async def test_a_killed_worker_loses_none_of_ten_queued_uploads(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as first:
        await uploads.send_many(10, "sleep 0.6")
        await uploads.until_some_ended(2)
        await uploads.until_some(is_worked_on, 2)
        kill_group(first.process)
    assert any(is_worked_on(row) for row in await uploads.rows())
    started = time.monotonic()
    with worker(settings, tmp_path):
        await uploads.until_ended()
        assert time.monotonic() - started < 30
    await uploads.assert_completed_once()


@without_recovery
async def test_the_visibility_timeout_alone_redelivers_what_a_killed_worker_held(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    transport = {"visibility_timeout": 6, "unacked_restore_interval": 1}
    conf = {"broker_transport_options": transport}
    with worker(settings, tmp_path, conf=conf) as first:
        # No third: a message that is taken and not yet noted as such is lost with the worker.
        await uploads.send_many(2, "sleep 3")
        await uploads.until_some(is_worked_on, 2)
        kill_group(first.process)
    with worker(settings, tmp_path, conf=conf):
        await uploads.until_ended()
    await uploads.assert_completed_once()


async def test_a_message_lost_between_the_queue_and_the_worker_is_sent_again(
    uploads: Uploads, settings: Settings, tmp_path: Path, redis_url: str
) -> None:
    await uploads.send_many(2)
    with redis.Redis.from_url(redis_url) as client:
        assert client.rpop("celery") is not None
    with worker(settings, tmp_path):
        await uploads.until_ended(within_s=settings.gpx_lease_seconds + 20)
    await uploads.assert_completed_once()


AS_THEY_COME = {
    name: Settings.model_fields[name].default
    for name in (
        "gpx_lease_seconds",
        "gpx_heartbeat_seconds",
        "gpx_recovery_interval_seconds",
        "gpx_redispatch_seconds",
    )
}


@pytest.mark.slow
@pytest.mark.parametrize("settings", [AS_THEY_COME], indirect=True)
async def test_a_message_taken_by_a_worker_that_dies_is_begun_within_half_a_minute(
    uploads: Uploads, settings: Settings, tmp_path: Path, redis_url: str
) -> None:
    await uploads.send(ride())
    await asyncio.to_thread(take_and_die, settings)
    with redis.Redis.from_url(redis_url) as client:
        assert (client.llen("celery"), client.hlen("unacked")) == (0, 1)
    with worker(settings, tmp_path):
        assert await uploads.until_ended() < 30
    await uploads.assert_completed_once()


async def test_a_file_that_kills_its_child_each_time_is_given_up(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        poison = await uploads.send(ride("kill child"))
        await uploads.until_ended()
        await uploads.assert_failed(poison, "PROCESSING_ABANDONED")
        assert (await uploads.row(poison)).deliveries == settings.gpx_max_deliveries
        outcomes = [run.outcome for run in await uploads.runs(poison)]
        lost = [Outcome.LOST] * (settings.gpx_max_deliveries - 1)
        assert outcomes == [*lost, Outcome.ABANDONED]
        status = await uploads.status(poison)
        assert status["error_message"] == CATALOGUE[ErrorCode.PROCESSING_ABANDONED].es


@contextmanager
def supervised(settings: Settings, folder: Path) -> Iterator[None]:
    """A worker that is started again each time that it dies."""
    ended = Event()

    def keep_running() -> None:
        while not ended.is_set():
            with worker(settings, folder, concurrency=1, wait=False) as it:
                while not ended.is_set() and it.process.poll() is None:
                    ended.wait(0.05)

    supervisor = Thread(target=keep_running)
    supervisor.start()
    try:
        yield
    finally:
        ended.set()
        supervisor.join()


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"gpx_max_deliveries": 3}], indirect=True)
async def test_a_file_that_kills_its_worker_each_time_is_given_up_and_holds_up_nobody(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    poison = await uploads.send(ride("kill worker"))
    harmless = await uploads.send(ride())
    with supervised(settings, tmp_path):
        await uploads.until_ended()
    await uploads.assert_failed(poison, "PROCESSING_ABANDONED")
    assert (await uploads.row(poison)).deliveries == settings.gpx_max_deliveries
    assert (await uploads.row(harmless)).processing_status is ProcessingStatus.COMPLETED


def terminate(it: Worker) -> float:
    """SIGTERM as a container's runtime sends it; the seconds until the worker was gone."""
    started = time.monotonic()
    it.process.terminate()
    it.process.wait(timeout=75)
    return time.monotonic() - started


@without_recovery
async def test_sigterm_lets_a_running_task_finish(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, conf={"worker_soft_shutdown_timeout": 4.0}) as it:
        gpx_file_id = await uploads.send(ride("sleep 2"))
        await uploads.until(gpx_file_id, is_worked_on)
        await it.until_it_knows_of(1)
        assert await asyncio.to_thread(terminate, it) < 20
    await uploads.assert_completed_once()
    assert (await uploads.row(gpx_file_id)).deliveries == 1


@without_recovery
async def test_sigterm_hands_back_a_task_that_takes_too_long(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, conf={"worker_soft_shutdown_timeout": 1.0}) as first:
        long = await uploads.send(ride("once 40"))
        await uploads.until(long, is_worked_on)
        await first.until_it_knows_of(1)
        assert await asyncio.to_thread(terminate, first) < 20
    row = await uploads.row(long)
    assert (row.stage, row.deliveries, row.lease_expires_at) == (Stage.QUEUED, 0, None)
    with worker(settings, tmp_path):
        await uploads.until_ended(within_s=20)
    await uploads.assert_completed_once()
    outcomes = [run.outcome for run in await uploads.runs(long)]
    assert outcomes == [Outcome.HANDED_BACK, Outcome.COMPLETED]


@pytest.mark.slow
async def test_fifty_jobs_survive_workers_that_come_and_go(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    conf = {"worker_soft_shutdown_timeout": 2.0}
    with ExitStack() as workers:

        def start() -> Worker:
            return workers.enter_context(worker(settings, tmp_path, conf=conf))

        first, second = start(), start()
        await uploads.send_many(50, "sleep 0.2")
        await uploads.until_some_ended(15)
        assert await asyncio.to_thread(terminate, first) < 30
        await uploads.until_some_ended(25)
        others = start(), start()
        await uploads.until_ended()
        done = [it.log.count("upload_completed") for it in (first, second, *others)]
    await uploads.assert_completed_once()
    assert done[0] >= 4, f"two workers do not share: {done}"
    assert done[1] >= 4, f"two workers do not share: {done}"
    assert sum(done) <= 50


@contextmanager
def stopped(process: psutil.Process) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


async def test_a_child_stopped_past_its_lease_does_not_overwrite_a_newer_upload(
    uploads: Uploads, services: Services, settings: Settings, tmp_path: Path
) -> None:
    older, newer = ride("sleep 1", seed=1), ride("nothing", seed=2)
    with worker(settings, tmp_path, concurrency=2) as it:
        gpx_file_id = await uploads.send(older)
        row = await uploads.until(gpx_file_id, is_worked_on)
        child = psutil.Process(pid_of_holder(row))
        with stopped(child):
            await asyncio.sleep(settings.gpx_lease_seconds + 0.2)
            async with services.db.write() as session:
                await session.execute(
                    update(GpxFile).values(processing_status=ProcessingStatus.FAILED)
                )
            assert await uploads.send(newer, str(row.trip_id)) == gpx_file_id
            await uploads.until_ended()
            await uploads.assert_completed_once()
        await it.until_logged("lease_lost")
    await uploads.assert_completed_once()
    assert (await uploads.row(gpx_file_id)).upload_version == 2


async def test_a_child_stopped_past_its_lease_leaves_the_upload_to_another(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=2) as it:
        gpx_file_id = await uploads.send(ride("sleep 1"))
        child = psutil.Process(pid_of_holder(await uploads.until(gpx_file_id, is_worked_on)))
        with stopped(child):
            await uploads.until_ended()
        await it.until_logged("lease_lost")
    await uploads.assert_completed_once()
    assert (await uploads.row(gpx_file_id)).deliveries == 2


@pytest.mark.parametrize("settings", [{"gpx_processing_timeout_seconds": 4}], indirect=True)
async def test_an_analysis_that_hangs_is_failed_at_the_limit(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=1):
        hanging = await uploads.send(ride("sleep 60"))
        assert await uploads.until_ended() < 30
        await uploads.assert_failed(hanging, "PROCESSING_TIMEOUT")
        after = await uploads.send(ride())
        assert await uploads.until_ended() < 30
        assert (await uploads.row(after)).processing_status is ProcessingStatus.COMPLETED
    await uploads.assert_failed(hanging, "PROCESSING_TIMEOUT")


def shorten_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time limits of one and two seconds; they travel with the messages sent from now on."""
    # Celery remembers them with the task.
    for name, value in (("soft_time_limit", 1), ("time_limit", 2), ("_exec_options", None)):
        monkeypatch.setattr(process_gpx_file_async, name, value)


async def test_a_task_that_blocks_its_loop_is_failed_at_the_soft_limit(
    uploads: Uploads, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_limits(monkeypatch)
    with worker(settings, tmp_path):
        blocking = await uploads.send(ride("block 60"))
        assert await uploads.until_ended() < 10
    await uploads.assert_failed(blocking, "PROCESSING_TIMEOUT")


@pytest.mark.parametrize("settings", [{"gpx_max_deliveries": 2}], indirect=True)
async def test_a_task_that_hears_nothing_is_killed_at_the_hard_limit_and_given_up(
    uploads: Uploads, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with worker(settings, tmp_path) as it:
        harmless = await uploads.send(ride())
        shorten_limits(monkeypatch)
        hanging = await uploads.send(ride("hang 60"))
        await uploads.until_ended()
        assert it.log.count("Hard time limit (2s) exceeded") == settings.gpx_max_deliveries
    await uploads.assert_failed(hanging, "PROCESSING_ABANDONED")
    assert (await uploads.row(harmless)).processing_status is ProcessingStatus.COMPLETED
