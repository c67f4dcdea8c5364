"""A database that breaks off, restarts or is SQLite."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import redis
from sqlalchemy.engine import make_url

from src.config import Settings, with_password
from src.http.deps import Services
from src.states import Mode
from tests.support.cyclist import Cyclist, error_of
from tests.support.databases import PostgresTemplate
from tests.support.servers import OwnPostgres, kill_group, own_postgres
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, is_worked_on, ride
from tests.support.workers import worker

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def settings(settings: Settings, redis_url: str, request: pytest.FixtureRequest) -> Settings:
    return brisk(settings, redis_url, **getattr(request, "param", {}))


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


class Saboteur:
    """Sees how the service stores points, and stands in its way."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def hold_up_the_points_of(self, gpx_file_id: UUID) -> None:
        """Write one of the points first and do not commit: the COPY waits in its midst."""
        await self._connection.execute("SET session_replication_role = replica")
        await self._connection.execute("BEGIN")
        await self._connection.execute(
            "INSERT INTO track_points (gpx_file_id, sequence, segment, latitude, longitude,"
            " distance_km, tolerance_m) VALUES ($1, 5, 0, 0, 0, 0, 0)",
            gpx_file_id,
        )

    async def wait_for_the_copy(self) -> int:
        """The process of the server that runs the COPY."""
        deadline = time.monotonic() + 20
        while True:
            await self._connection.execute("SELECT pg_stat_clear_snapshot()")
            process: int | None = await self._connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND query LIKE 'COPY%' AND datname = current_database()"
            )
            if process is not None:
                return process
            assert time.monotonic() < deadline, "nobody stores points"
            await asyncio.sleep(0.05)

    async def break_off(self, process: int) -> None:
        await self._connection.execute("SELECT pg_terminate_backend($1)", process)
        await self._connection.execute("ROLLBACK")


@asynccontextmanager
async def saboteur(database_url: str) -> AsyncIterator[Saboteur]:
    address = make_url(database_url).set(drivername="postgresql")
    connection = await asyncpg.connect(with_password(address))
    try:
        yield Saboteur(connection)
    finally:
        connection.terminate()


@on_postgresql
@pytest.mark.parametrize("settings", [NO_RECOVERY], indirect=True)
async def test_a_connection_lost_while_points_are_stored_is_a_retry(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    # The worker comes when everything is in place, however long that takes.
    async with saboteur(settings.database_url) as enemy:
        gpx_file_id = await uploads.send(ride())
        await enemy.hold_up_the_points_of(gpx_file_id)
        with worker(settings, tmp_path):
            await enemy.break_off(await enemy.wait_for_the_copy())
            row = await uploads.until(gpx_file_id, lambda row: row.attempt == 2)
            assert row.error_code == "DATABASE_UNAVAILABLE"
            await uploads.until_ended()
    await uploads.assert_completed_once()
    assert (await uploads.row(gpx_file_id)).deliveries == 2


@pytest.fixture
def own_server() -> Iterator[OwnPostgres]:
    with (
        tempfile.TemporaryDirectory(prefix="postgres-") as folder,
        own_postgres(Path(folder)) as server,
    ):
        yield server


class TestOwnServer:
    """A PostgreSQL that these tests may stop."""

    @pytest.fixture
    def database_url(self, own_server: OwnPostgres) -> str:
        return PostgresTemplate(own_server.url).copy()

    @pytest.mark.slow
    async def test_a_database_restarted_during_the_insert_loses_and_doubles_nothing(
        self, uploads: Uploads, settings: Settings, own_server: OwnPostgres, tmp_path: Path
    ) -> None:
        async with saboteur(settings.database_url) as enemy:
            gpx_file_id = await uploads.send(ride())
            await enemy.hold_up_the_points_of(gpx_file_id)
            others = await uploads.send_many(5, "sleep 0.5")
            with worker(settings, tmp_path):
                await enemy.wait_for_the_copy()
                await asyncio.to_thread(own_server.stop)
                await asyncio.to_thread(own_server.start)
                await uploads.until_ended()
        await uploads.assert_completed_once()
        assert len(others) == 5

    @pytest.mark.slow
    async def test_a_database_that_is_away_for_a_while_is_waited_for(
        self,
        ana: Cyclist,
        uploads: Uploads,
        settings: Settings,
        own_server: OwnPostgres,
        tmp_path: Path,
    ) -> None:
        with worker(settings, tmp_path) as it:
            await uploads.send_many(6, "sleep 0.5")
            await uploads.until_some_ended(1)
            await asyncio.to_thread(own_server.stop)
            # Longer than two rounds of the recovery and of the heartbeat.
            await asyncio.sleep(2.5)
            away = await ana.request("GET", "/auth/me")
            assert error_of(away, 503)["code"] == "DATABASE_UNAVAILABLE"
            await asyncio.to_thread(own_server.start)
            await uploads.until_ended()
            assert it.process.poll() is None
        await uploads.assert_completed_once()

    @pytest.mark.slow
    @pytest.mark.parametrize("settings", [NO_RECOVERY], indirect=True)
    async def test_an_outage_that_ends_well_is_no_failure_of_a_task(
        self,
        uploads: Uploads,
        settings: Settings,
        own_server: OwnPostgres,
        redis_url: str,
        tmp_path: Path,
    ) -> None:
        with worker(settings, tmp_path, concurrency=1) as it:
            worked_on = await uploads.send(ride("sleep 1"))
            await uploads.until(worked_on, is_worked_on)
            waiting = await uploads.send(ride())
            await asyncio.to_thread(own_server.stop)
            # The first is interrupted in its midst, the second cannot even begin.
            for gpx_file_id in (worked_on, waiting):
                await it.until_logged("database_away", about=str(gpx_file_id))
            await asyncio.to_thread(own_server.start)
            await uploads.until_ended()
            assert {row.deliveries for row in await uploads.rows()} == {1, 2}
            # An upload has ended before its task's state is written.
            async with asyncio.timeout(20):
                while "STARTED" in (states := states_of_tasks(redis_url)):
                    await asyncio.sleep(0.05)
        assert "task_failed" not in it.log
        assert states <= {"SUCCESS", "RETRY"}
        await uploads.assert_completed_once()


def states_of_tasks(redis_url: str) -> set[str]:
    with redis.Redis.from_url(redis_url) as client:
        results = [client.get(key) for key in client.keys("celery-task-meta-*")]
    assert results
    return {json.loads(result)["status"] for result in results}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_on_sqlite_a_killed_worker_loses_none_of_ten_queued_uploads(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=1) as first:
        await uploads.send_many(10, "sleep 0.3")
        await uploads.until_some_ended(2)
        await uploads.until_some(is_worked_on)
        kill_group(first.process)
    assert any(is_worked_on(row) for row in await uploads.rows())
    started = time.monotonic()
    with worker(settings, tmp_path, concurrency=1):
        await uploads.until_ended()
        assert time.monotonic() - started < 30
    await uploads.assert_completed_once()
    assert {row.mode for row in await uploads.rows()} == {Mode.CELERY}
