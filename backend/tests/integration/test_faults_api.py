"""API processes whose broker is ill, whose siblings die, and whose settings change."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from src.config import Settings
from src.database import Database, utc_now
from src.models import GpxFile
from src.services.processing.dispatch import BREAKER_OPEN_S, PUBLISH_TIMEOUT_S
from src.states import Mode
from tests.support.cyclist import Cyclist
from tests.support.rides import build_gpx
from tests.support.servers import deaf_port, kill_group, own_redis
from tests.support.service import ApiProcess, api_process
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, ride
from tests.support.workers import worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    db = Database(settings.database_url, settings.db_pool_size)
    yield db
    await db.dispose()


@dataclass
class Broker:
    """A Redis, and what makes it ill and well."""

    url: str
    sicken: Callable[[], object] = lambda: None
    heal: Callable[[], object] = lambda: None


@contextmanager
def refusing(folder: Path) -> Iterator[Broker]:
    with own_redis(folder) as server:
        yield Broker(server.url, server.kill, server.start)


@contextmanager
def frozen(folder: Path) -> Iterator[Broker]:
    with own_redis(folder) as server:
        yield Broker(server.url, server.freeze, server.thaw)


@contextmanager
def full(folder: Path) -> Iterator[Broker]:
    with own_redis(folder, maxmemory_policy="noeviction") as server, server.client() as client:
        yield Broker(
            server.url,
            lambda: client.config_set("maxmemory", 1),
            lambda: client.config_set("maxmemory", 0),
        )


@contextmanager
def deaf(folder: Path) -> Iterator[Broker]:
    with deaf_port() as port:
        yield Broker(f"redis://127.0.0.1:{port}/0")


@contextmanager
def locked(folder: Path) -> Iterator[Broker]:
    with own_redis(folder, requirepass="right") as server:
        yield Broker(server.url_with("wrong"))


Ailment = Callable[[Path], AbstractContextManager[Broker]]


def starved_s(pid: int) -> float:
    """For how long in all the threads of a process have waited for a processor."""
    waited_ns = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            waited_ns += int((thread / "schedstat").read_text().split()[1])
    return waited_ns / 1e9


@dataclass
class Pulse:
    """How long `/health` took, asked again and again, but for waiting for a processor."""

    api: ApiProcess
    seconds: list[float] = field(default_factory=list)

    async def feel(self, client: httpx.AsyncClient) -> None:
        while True:
            started = self._clock()
            assert (await client.get("/health")).status_code == 200
            self.seconds.append(max(0.0, self._clock() - started))
            await asyncio.sleep(0.01)

    def _clock(self) -> float:
        """Stands still while the machine has no time for the server, or for us."""
        return time.monotonic() - starved_s(self.api.process.pid) - starved_s(os.getpid())


@asynccontextmanager
async def pulse_of(api: ApiProcess) -> AsyncIterator[Pulse]:
    pulse = Pulse(api)
    async with httpx.AsyncClient(base_url=api.address, timeout=30, trust_env=False) as client:
        watch = asyncio.create_task(pulse.feel(client))
        try:
            yield pulse
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)


async def timed_upload(uploads: Uploads, cyclist: Cyclist, seed: int) -> tuple[UUID, float]:
    trip_id, gpx = await cyclist.new_trip(), ride(seed=seed)
    started = time.monotonic()
    gpx_file_id = await uploads.send(gpx, trip_id)
    return gpx_file_id, time.monotonic() - started


@pytest.mark.parametrize("ailment", [refusing, frozen, full, deaf, locked])
async def test_uploads_are_taken_within_a_second_whatever_ails_the_broker(
    ailment: Ailment, settings: Settings, db: Database, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        broker = parts.enter_context(ailment(tmp_path / "broker"))
        settings = brisk(settings, broker.url, **NO_RECOVERY)
        api = parts.enter_context(api_process(settings, tmp_path))
        async with api.client() as client, pulse_of(api) as pulse:
            ana = await Cyclist.join(client, "ana")
            uploads = Uploads(ana, db)
            broker.sicken()
            pulse.seconds.clear()
            _, first_s = await timed_upload(uploads, ana, 1)
            next_s = [(await timed_upload(uploads, ana, seed))[1] for seed in range(2, 7)]
            await uploads.until_ended(within_s=10)
            beats = list(pulse.seconds)
            await uploads.assert_completed_once()
            assert {row.mode for row in await uploads.rows()} == {Mode.BACKGROUND}
    # The others say how fast this machine takes an upload just now; the rest is the broker's doing.
    assert first_s - median(next_s) < 0.9
    assert api.log.count("broker_failed") == 1, "one paid again for what another had found out"
    assert len(beats) > 10
    assert median(beats) < 0.1
    assert max(beats) < PUBLISH_TIMEOUT_S / 2, "the loop waited for the broker"


async def test_many_uploads_at_once_do_not_queue_up_for_a_frozen_broker(
    settings: Settings, db: Database, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        broker = parts.enter_context(frozen(tmp_path / "broker"))
        api = parts.enter_context(api_process(brisk(settings, broker.url, **NO_RECOVERY), tmp_path))
        async with api.client() as client, pulse_of(api) as pulse:
            ana = await Cyclist.join(client, "ana")
            uploads = Uploads(ana, db)
            trips = [await ana.new_trip() for _ in range(12)]
            broker.sicken()
            pulse.seconds.clear()
            started = time.monotonic()
            await asyncio.gather(*(uploads.send(ride(), trip_id) for trip_id in trips))
            all_s = time.monotonic() - started
            await uploads.until_ended(within_s=10)
            await uploads.assert_completed_once()
    assert all_s < 3
    assert max(pulse.seconds) < 0.8


@pytest.mark.slow
@pytest.mark.parametrize("ailment", [refusing, frozen, full])
async def test_uploads_go_back_to_celery_when_the_broker_is_well_again(
    ailment: Ailment, settings: Settings, db: Database, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        broker = parts.enter_context(ailment(tmp_path / "broker"))
        settings = brisk(settings, broker.url, **NO_RECOVERY)
        api = parts.enter_context(api_process(settings, tmp_path))
        async with api.client() as client:
            ana = await Cyclist.join(client, "ana")
            uploads = Uploads(ana, db)
            before = await uploads.send(ride(seed=1))
            broker.sicken()
            during = await uploads.send(ride(seed=2))
            broker.heal()
            healed = time.monotonic()
            after = await uploads.send(ride(seed=3))
            while (await uploads.row(after)).mode is not Mode.CELERY:
                assert time.monotonic() - healed < BREAKER_OPEN_S + 5
                await asyncio.sleep(0.5)
                after = await uploads.send(ride(seed=3))
            with worker(settings, tmp_path):
                if ailment is refusing:
                    # Without persistence the queue is gone, and only the recovery knows.
                    parts.enter_context(api_process(brisk(settings, broker.url), tmp_path))
                await uploads.until_ended()
            await uploads.assert_completed_once()
            modes = [(await uploads.row(which)).mode for which in (before, during, after)]
            assert modes == [Mode.CELERY, Mode.BACKGROUND, Mode.CELERY]


async def test_uploads_queued_when_celery_is_switched_off_are_completed_without_it(
    settings: Settings, redis_url: str, db: Database, tmp_path: Path
) -> None:
    settings = brisk(settings, redis_url)
    with api_process(settings, tmp_path) as api:
        async with api.client() as client:
            ana = await Cyclist.join(client, "ana")
            uploads = Uploads(ana, db)
            await uploads.send_many(3)
    assert {row.mode for row in await uploads.rows()} == {Mode.CELERY}
    with api_process(settings.model_copy(update={"celery_enabled": False}), tmp_path):
        await uploads.until_ended(within_s=settings.gpx_lease_seconds + 20)
    await uploads.assert_completed_once()
    assert {row.mode for row in await uploads.rows()} == {Mode.BACKGROUND}


async def make_stale(db: Database) -> None:
    """As if all that waits had been waiting for a day."""
    async with db.write() as session:
        await session.execute(update(GpxFile).values(dispatched_at=utc_now() - timedelta(days=1)))


async def test_several_api_processes_recover_each_upload_once(
    settings: Settings, redis_url: str, db: Database, tmp_path: Path
) -> None:
    settings = brisk(settings, redis_url, gpx_redispatch_seconds=60)
    with api_process(settings.model_copy(update=NO_RECOVERY), tmp_path) as api:
        async with api.client() as client:
            ana = await Cyclist.join(client, "ana")
            uploads = Uploads(ana, db)
            await uploads.send_many(30)
    eager = settings.model_copy(
        update={"celery_enabled": False, "gpx_recovery_interval_seconds": 0.05}
    )
    with ExitStack() as processes:
        apis = [processes.enter_context(api_process(eager, tmp_path)) for _ in range(3)]
        await make_stale(db)
        await uploads.until_ended()
        recovered = [it.log.count("upload_recovered") for it in apis]
    await uploads.assert_completed_once()
    assert sum(recovered) == 30
    assert {row.deliveries for row in await uploads.rows()} == {1}


async def test_what_a_killed_api_process_had_begun_is_finished_by_another(
    settings: Settings, db: Database, tmp_path: Path
) -> None:
    settings = brisk(settings, "redis://127.0.0.1:1/0", celery_enabled=False)
    rides = [build_gpx(size_mb=3, seed=seed) for seed in range(4)]
    with api_process(settings, tmp_path) as first, api_process(settings, tmp_path):
        async with first.client() as client:
            ana = await Cyclist.join(client, "ana")
            uploads = Uploads(ana, db)
            for gpx in rides:
                await uploads.send(gpx)
            kill_group(first.process)
        left = [row for row in await uploads.rows() if row.holder is not None]
        assert left, "the kill came too late to matter"
        await uploads.until_ended(within_s=30)
    await uploads.assert_completed_once()
