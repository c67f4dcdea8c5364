"""A Redis that dies, forgets, hangs up or falls silent while workers work."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from src.config import Settings
from src.http.deps import Services
from src.services.uploads.leases import EMPTY_QUEUES, DueUpload, InQueues, Leases
from src.states import Mode
from tests.support.cyclist import Cyclist
from tests.support.servers import OwnRedis, own_redis
from tests.support.tcp_proxy import tcp_proxy
from tests.support.uploads import Uploads, brisk, is_worked_on, ride
from tests.support.workers import worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
# The shortest that Celery's own blocking read of the queue, one second, lets pass.
QUICK_SOCKETS = {"socket_timeout": 3, "socket_connect_timeout": 1, "health_check_interval": 2}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis with an append-only file, as it is deployed."""
    with own_redis(tmp_path / "broker", appendonly="yes", appendfsync="everysec") as server:
        yield server


@pytest.fixture
def settings(settings: Settings, broker: OwnRedis, request: pytest.FixtureRequest) -> Settings:
    return brisk(settings, broker.url, **getattr(request, "param", {}))


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


async def test_a_redis_killed_and_started_again_loses_no_upload(
    uploads: Uploads, settings: Settings, broker: OwnRedis, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        await uploads.send_many(8, "sleep 0.5")
        await uploads.until_some_ended(2)
        broker.kill()
        broker.start()
        await uploads.until_ended()
        again = await uploads.send(ride())
        await uploads.until_ended()
    await uploads.assert_completed_once()
    assert (await uploads.row(again)).mode is Mode.CELERY


async def test_a_busy_worker_survives_a_redis_that_is_away_for_a_while(
    uploads: Uploads, settings: Settings, broker: OwnRedis, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as it:
        busy = [await uploads.send(ride("sleep 2", seed)) for seed in (1, 2)]
        for gpx_file_id in busy:
            await uploads.until(gpx_file_id, is_worked_on)
        broker.kill()
        await asyncio.sleep(1)
        assert it.process.poll() is None, it.log
        broker.start()
        await uploads.until_ended()
        await it.until_logged("upload_completed", times=2)
        async with asyncio.timeout(30):
            while (await uploads.row(await uploads.send(ride()))).mode is not Mode.CELERY:
                await asyncio.sleep(0.5)
        await uploads.until_ended()
        await it.until_logged("upload_completed", times=3)
    await uploads.assert_completed_once()


async def test_uploads_queued_in_a_redis_that_is_emptied_are_sent_again(
    uploads: Uploads, settings: Settings, broker: OwnRedis, tmp_path: Path
) -> None:
    await uploads.send_many(5)
    with broker.client() as client:
        assert client.llen("celery") == 5
        client.flushall()
    with worker(settings, tmp_path):
        assert await uploads.until_ended() < 30
    await uploads.assert_completed_once()
    assert {row.mode for row in await uploads.rows()} == {Mode.CELERY}


HASTY = {
    "gpx_lease_seconds": 0.4,
    "gpx_heartbeat_seconds": 0.1,
    "gpx_recovery_interval_seconds": 0.1,
    "gpx_redispatch_seconds": 1.5,
}


class CountedPasses:
    """How often the recovery has looked for uploads, and knew how many messages wait."""

    def __init__(self, leases: Leases, patch: pytest.MonkeyPatch) -> None:
        self._count = 0
        self._take_due = leases.take_due
        patch.setattr(leases, "take_due", self._count_and_take)

    async def _count_and_take(
        self, in_queues: InQueues | None = EMPTY_QUEUES
    ) -> Sequence[DueUpload]:
        due = await self._take_due(in_queues)
        self._count += in_queues is not None
        return due

    async def wait_for(self, more: int) -> None:
        wanted = self._count + more
        async with asyncio.timeout(30):
            while self._count < wanted:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("settings", [HASTY], indirect=True)
async def test_messages_do_not_multiply_while_no_worker_comes(
    uploads: Uploads,
    services: Services,
    broker: OwnRedis,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes = CountedPasses(services.gpx.leases, monkeypatch)
    await uploads.send_many(5)
    with broker.client() as client:
        # Those that were on their way while it counted may have cost one too many each.
        sent = client.llen("celery")
        assert 5 <= sent < 10
        for expected in (sent, 5):
            async with asyncio.timeout(30):
                while client.llen("celery") < expected:
                    await asyncio.sleep(0.05)
            # Long enough ago to be sent again, if it were not for their messages.
            await asyncio.sleep(2 * settings.gpx_redispatch_seconds)
            await passes.wait_for(4)
            assert client.llen("celery") == expected
            client.flushall()


async def test_a_queue_emptied_under_a_busy_worker_is_filled_again(
    uploads: Uploads, settings: Settings, broker: OwnRedis, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=1) as it:
        busy = await uploads.send(ride("sleep 5"))
        await uploads.until(busy, is_worked_on)
        waiting = await uploads.send_many(4)
        with broker.client() as client:
            assert client.llen("celery") == 4
            client.flushall()
        await uploads.until_ended(within_s=settings.gpx_lease_seconds + 15)
        await it.until_logged("upload_completed", times=5)
    await uploads.assert_completed_once()
    assert {(await uploads.row(one)).mode for one in waiting} == {Mode.CELERY}


async def test_connections_cut_in_mid_task_do_no_work_twice(
    uploads: Uploads, settings: Settings, broker: OwnRedis, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as it:
        gpx_file_id = await uploads.send(ride("sleep 3"))
        await uploads.until(gpx_file_id, is_worked_on)
        with broker.client() as client:
            assert client.execute_command("CLIENT", "KILL", "TYPE", "normal") > 1
        await uploads.send_many(3)
        await uploads.until_ended()
        await it.until_logged("upload_completed", times=4)
    await uploads.assert_completed_once()
    assert (await uploads.row(gpx_file_id)).deliveries == 1


async def test_a_worker_gets_over_connections_that_fell_silent(
    uploads: Uploads, settings: Settings, broker: OwnRedis, tmp_path: Path
) -> None:
    with tcp_proxy(broker.port) as proxy:
        through_proxy = settings.model_copy(
            update={"redis_url": f"redis://127.0.0.1:{proxy.port}/0"}
        )
        conf = {
            "broker_transport_options": QUICK_SOCKETS,
            "redis_socket_timeout": 3,
            "redis_backend_health_check_interval": 2,
        }
        with worker(through_proxy, tmp_path, conf=conf) as it:
            busy = [await uploads.send(ride("sleep 2", seed)) for seed in (11, 12)]
            for gpx_file_id in busy:
                await uploads.until(gpx_file_id, is_worked_on)
            assert proxy.connections > 0
            proxy.silence()
            await uploads.send_many(4, "sleep 0.1")
            recovered_s = await uploads.until_ended()
            assert recovered_s < 40
            await it.until_logged("upload_completed", times=6)
    await uploads.assert_completed_once()
