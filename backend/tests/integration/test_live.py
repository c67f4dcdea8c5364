"""Whoever watches an upload hears what happens to it, from whichever process, until its end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from src.config import Settings
from src.database import Database
from src.http import sockets
from tests.support.cyclist import Cyclist, data_of
from tests.support.databases import SqliteTemplate
from tests.support.rides import build_gpx
from tests.support.servers import OwnRedis, own_redis
from tests.support.service import ApiProcess, api_process, settings_of
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, is_worked_on, ride
from tests.support.watching import HELLO, Watcher, watching
from tests.support.workers import worker

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STAGES = ["queued", "validating", "parsing", "analysing", "simplifying", "saving", "finishing"]
LARGE = build_gpx(size_mb=3)
numbers = count()


@pytest.fixture(scope="module")
def api(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiProcess]:
    """One process without Redis, for all who only watch."""
    folder = tmp_path_factory.mktemp("watched")
    settings = settings_of(sqlite_template.copy(folder), {"storage_path": folder / "storage"})
    with api_process(settings, folder) as process:
        yield process


@pytest.fixture
async def ana(api: ApiProcess) -> AsyncIterator[Cyclist]:
    async with api.client() as client:
        yield await Cyclist.join(client, f"ana_{next(numbers)}")


def auth(cyclist: Cyclist) -> dict[str, str]:
    return {"type": "auth", "token": cyclist.tokens["access_token"]}


def ensure_told_in_order(told: list[dict[str, Any]], gpx_file_id: object) -> None:
    assert {event["gpx_file_id"] for event in told} == {str(gpx_file_id)}
    progress = [event["progress"] for event in told]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert told[-1]["type"] == "upload.completed"
    assert {event["type"] for event in told[:-1]} <= {"upload.progress"}
    places = [STAGES.index(event["stage"]) for event in told[:-1]]
    assert places == sorted(places)


async def test_an_upload_is_watched_from_its_receipt_to_its_end(
    api: ApiProcess, ana: Cyclist
) -> None:
    trip_id = await ana.new_trip()
    upload = data_of(await ana.upload(trip_id, LARGE), 202)
    async with watching(api.address, upload["gpx_file_id"], auth(ana)) as watcher:
        assert await watcher.until_closed() == 1000
    ensure_told_in_order(watcher.told, upload["gpx_file_id"])
    assert len({event["stage"] for event in watcher.told}) >= 3
    assert watcher.told[-1] | {"message": None} == {
        "type": "upload.completed",
        "gpx_file_id": upload["gpx_file_id"],
        "progress": 100,
        "stage": "done",
        "message": None,
        "attempt": 1,
        "error_code": None,
    }


async def test_whoever_comes_late_gets_the_end_at_once(api: ApiProcess, ana: Cyclist) -> None:
    upload = await ana.uploaded(ride())
    for language, text in (("es", "Ruta lista"), ("en-GB", "The ride is ready")):
        headers = {"Accept-Language": language}
        async with watching(api.address, upload["gpx_file_id"], auth(ana), headers) as watcher:
            assert await watcher.until_closed() == 1000
        assert [event["message"] for event in watcher.told] == [text]
    first = {**auth(ana), "language": "en"}
    async with watching(api.address, upload["gpx_file_id"], first) as watcher:
        assert (await watcher.next())["message"] == "The ride is ready"


async def test_a_file_that_fails_says_why(api: ApiProcess, ana: Cyclist) -> None:
    bad = b"<gpx><trk></trk></gpx>" + b" " * (1 << 20)
    upload = data_of(await ana.upload(await ana.new_trip(), bad), 202)
    async with watching(api.address, upload["gpx_file_id"], auth(ana)) as watcher:
        assert await watcher.until_closed() == 1000
    last = watcher.told[-1]
    assert (last["type"], last["error_code"]) == ("upload.failed", "NO_USABLE_POINTS")
    assert "dos puntos" in last["message"]


async def test_a_socket_shows_what_the_status_shows_and_to_nobody_else(
    api: ApiProcess, ana: Cyclist
) -> None:
    berta = await Cyclist.join(ana.client, f"berta_{next(numbers)}")
    upload = await ana.uploaded(ride())
    one = upload["gpx_file_id"]
    expected = [
        (one, auth(ana), 1000),
        (one, auth(berta), 4403),
        (one, HELLO, 4403),
        (one, {"type": "auth", "token": "no"}, 4401),
        (upload["trip_id"], auth(ana), 4404),
        ("no-id", auth(ana), 4404),
        (one, "no JSON", 4400),
        (one, {"type": "shout"}, 4400),
        (one, {"type": "auth"}, 4400),
        (one, {"type": "auth", "token": "x" * 9_000}, 4400),
    ]
    for gpx_file_id, first, code in expected:
        async with watching(api.address, gpx_file_id, first) as watcher:
            assert await watcher.until_closed() == code, first
        assert bool(watcher.told) == (code == 1000)
    await ana.publish(upload["trip_id"])
    async with watching(api.address, one) as watcher:
        assert await watcher.until_closed() == 1000


async def test_a_page_of_another_site_opens_no_socket(api: ApiProcess, ana: Cyclist) -> None:
    upload = await ana.uploaded(ride())
    own = api.address
    allowed = "http://localhost:5173"
    for origin in (own, allowed):
        headers = {"Origin": origin}
        async with watching(api.address, upload["gpx_file_id"], auth(ana), headers) as watcher:
            assert await watcher.until_closed() == 1000
    for origin in ("https://evil.example", "null", "http://[", own.replace("http", "https") + "0"):
        with pytest.raises(InvalidStatus) as refused:
            async with watching(api.address, upload["gpx_file_id"], None, {"Origin": origin}):
                pass
        assert refused.value.response.status_code == 403


async def test_what_is_too_large_or_silent_is_not_listened_to(
    api: ApiProcess, ana: Cyclist
) -> None:
    upload = await ana.uploaded(ride())
    async with watching(api.address, upload["gpx_file_id"], None) as watcher:
        assert await watcher.until_closed() == sockets.Close.SILENT
    async with watching(api.address, upload["gpx_file_id"], "x" * (1 << 20)) as watcher:
        assert await watcher.until_closed() in {1009, sockets.Close.BAD_MESSAGE}


@pytest.fixture
def brisk_settings(settings: Settings, redis_url: str) -> Settings:
    """Everything waits for a worker."""
    return brisk(settings, redis_url, **NO_RECOVERY)


@on_sqlite
async def test_nobody_opens_more_sockets_than_are_good_for_all(
    brisk_settings: Settings, tmp_path: Path
) -> None:
    few = {"live_max_sockets_per_user": 2, "live_max_sockets_per_address": 4}
    settings = brisk_settings.model_copy(update=few)
    async with started(settings, tmp_path) as (api, ana, uploads), AsyncExitStack() as watchers:
        berta = await Cyclist.join(ana.client, "berta")
        waiting = await uploads.send(ride())

        async def open_one(first: object) -> Watcher:
            return await watchers.enter_async_context(watching(api.address, waiting, first))

        for _ in range(2):
            assert (await (await open_one(auth(ana))).next())["stage"] == "queued"
        assert await (await open_one(auth(ana))).until_closed() == sockets.Close.TOO_MANY
        assert await (await open_one(auth(berta))).until_closed() == sockets.Close.FORBIDDEN
        silent = [await open_one(None) for _ in range(2)]
        assert await (await open_one(auth(berta))).until_closed() == sockets.Close.TOO_MANY
        for watcher in silent:
            await watcher.socket.close()
        assert await (await open_one(HELLO)).until_closed() == sockets.Close.FORBIDDEN


@on_sqlite
async def test_what_is_deleted_is_watched_no_more(brisk_settings: Settings, tmp_path: Path) -> None:
    async with started(brisk_settings, tmp_path) as (api, ana, uploads):
        waiting = await uploads.send(ride())
        row = await uploads.row(waiting)
        async with watching(api.address, waiting, auth(ana)) as watcher:
            assert (await watcher.next())["stage"] == "queued"
            await ana.request("DELETE", f"/trips/{row.trip_id}/gpx")
            assert await watcher.until_closed() == 4404


@on_sqlite
async def test_a_closed_socket_leaves_nothing_behind(
    brisk_settings: Settings, tmp_path: Path
) -> None:
    async with started(brisk_settings, tmp_path) as (api, ana, uploads):
        waiting = await uploads.send(ride())
        for _ in range(3):
            async with watching(api.address, waiting, auth(ana)) as watcher:
                await watcher.next()
                await until_shown(api, sockets=1)
            async with watching(api.address, waiting, auth(ana)) as watcher:
                await watcher.next()
                watcher.socket.transport.abort()
            await until_shown(api, sockets=0)


async def until_shown(api: ApiProcess, *, sockets: int) -> None:
    line = f"contravento_live_sockets {float(sockets)}"
    async with asyncio.timeout(10), api.client() as client:
        while line not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def started(
    settings: Settings, folder: Path
) -> AsyncIterator[tuple[ApiProcess, Cyclist, Uploads]]:
    """An API process, a cyclist, and what she uploads."""
    db = Database(settings.database_url, settings.db_pool_size)
    try:
        with api_process(settings, folder) as api:
            async with api.client() as client:
                ana = await Cyclist.join(client, "ana")
                yield api, ana, Uploads(ana, db)
    finally:
        await db.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestSeveralProcesses:
    """PostgreSQL, Redis, a worker, and two API processes."""

    @pytest.fixture
    def broker(self, tmp_path: Path) -> Iterator[OwnRedis]:
        with own_redis(tmp_path / "broker") as broker:
            yield broker

    async def test_what_a_worker_does_is_heard_from_every_api_process(
        self, settings: Settings, broker: OwnRedis, tmp_path: Path
    ) -> None:
        settings = brisk(settings, broker.url)
        with api_process(settings, tmp_path) as other, worker(settings, tmp_path):
            async with started(settings, tmp_path) as (api, ana, uploads):
                gpx_file_id = await uploads.send(build_gpx(size_mb=8))
                async with (
                    watching(api.address, gpx_file_id, auth(ana)) as here,
                    watching(other.address, gpx_file_id, auth(ana)) as there,
                ):
                    for watcher in (here, there):
                        assert await watcher.until_closed() == 1000
                        ensure_told_in_order(watcher.told, gpx_file_id)
                        assert len(watcher.told) >= 4, watcher.told

    async def test_without_redis_the_rows_tell_what_another_process_does(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        with api_process(settings, tmp_path) as other:
            async with started(settings, tmp_path) as (_, ana, uploads):
                gpx_file_id = await uploads.send(build_gpx(size_mb=3))
                async with watching(other.address, gpx_file_id, auth(ana)) as watcher:
                    assert await watcher.until_closed() == 1000
                ensure_told_in_order(watcher.told, gpx_file_id)

    async def test_a_redis_that_goes_and_comes_back_hides_no_end(
        self, settings: Settings, broker: OwnRedis, tmp_path: Path
    ) -> None:
        settings = brisk(settings, broker.url)
        with worker(settings, tmp_path):
            async with started(settings, tmp_path) as (api, ana, uploads):
                slow = await uploads.send(ride("sleep 3"))
                async with watching(api.address, slow, auth(ana)) as watcher:
                    await uploads.until(slow, is_worked_on)
                    broker.kill()
                    await asyncio.sleep(0.5)
                    broker.start()
                    assert await watcher.until_closed() == 1000
                ensure_told_in_order(watcher.told, slow)
                later = await uploads.send(ride(seed=2))
                async with watching(api.address, later, auth(ana)) as watcher:
                    assert await watcher.until_closed() == 1000

    async def test_an_attempt_that_is_begun_again_does_not_go_back(
        self, settings: Settings, broker: OwnRedis, tmp_path: Path
    ) -> None:
        settings = brisk(settings, broker.url)
        with worker(settings, tmp_path):
            async with started(settings, tmp_path) as (api, ana, uploads):
                troubled = await uploads.send(ride("trouble 1"))
                async with watching(api.address, troubled, auth(ana)) as watcher:
                    assert await watcher.until_closed() == 1000
                by_attempt = [(event["attempt"], event["progress"]) for event in watcher.told]
                assert by_attempt == sorted(by_attempt)
                assert watcher.told[-1]["attempt"] == 2
