"""From each fault to work that goes on: the seconds that it takes with the settings as they come.

`python bench/faults.py [NAME...]` starts, for each fault, PostgreSQL, Redis, the API and workers
anew, lets the fault happen while uploads run and wait, and waits until each is completed with its
points exactly once. Without names it tries all and writes its section of docs/benchmarks.md.

A file's analysis lasts long at first and no time when it is begun again, so what is measured is the
time until somebody began. Where another machine is meant, the row names one: this host cannot know
whether a process of it lives.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import psutil  # noqa: E402
from pydantic import SecretStr  # noqa: E402
from sqlalchemy import update  # noqa: E402

from bench.report import machine, progress, publish  # noqa: E402
from src.config import AppEnv, Settings  # noqa: E402
from src.database import Database  # noqa: E402
from src.models import GpxFile  # noqa: E402
from src.states import RescueCause  # noqa: E402
from tests.support import servers  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.databases import PostgresTemplate  # noqa: E402
from tests.support.faulty_analysis import files_seen  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.scrape import Scrape  # noqa: E402
from tests.support.servers import OwnPostgres, OwnRedis, kill_group  # noqa: E402
from tests.support.service import ApiProcess, api_process  # noqa: E402
from tests.support.tcp_proxy import tcp_proxy  # noqa: E402
from tests.support.upload_rows import FAR_AWAY  # noqa: E402
from tests.support.uploads import Uploads, is_worked_on, ride  # noqa: E402
from tests.support.workers import Worker, take_and_die, worker  # noqa: E402

BOUND_S = 30
LONG = "once 120"


@dataclass(slots=True)
class Stage:
    """The running parts; a fault starts the workers that it needs."""

    settings: Settings
    folder: Path
    database: OwnPostgres
    redis: OwnRedis
    api: ApiProcess
    uploads: Uploads
    db: Database
    parts: AsyncExitStack
    sent: list[UUID] = field(default_factory=list)

    def worker(self, settings: Settings | None = None, concurrency: int = 1) -> Worker:
        running = worker(settings or self.settings, self.folder, concurrency=concurrency)
        return self.parts.enter_context(running)

    async def send(self, order: str = "nothing") -> UUID:
        self.sent.append(await self.uploads.send(ride(order, seed=len(self.sent))))
        return self.sent[-1]

    async def send_and_begin(self, order: str = LONG) -> GpxFile:
        """Send what lasts long, but only once it has begun to."""
        storage = self.settings.storage_path
        begun = files_seen(storage)
        return await self.uploads.until(
            await self.send(order), lambda row: is_worked_on(row) and files_seen(storage) > begun
        )

    async def move_far_away(self) -> None:
        """As if whoever has an upload were on another machine."""
        async with self.db.write() as session:
            await session.execute(
                update(GpxFile).where(GpxFile.holder.is_not(None)).values(holder=FAR_AWAY)
            )


Fault = Callable[[Stage], Awaitable[None]]
FAULTS: dict[str, tuple[str, Fault]] = {}


def fault(title: str) -> Callable[[Fault], Fault]:
    def note(cause: Fault) -> Fault:
        FAULTS[cause.__name__] = (title, cause)
        return cause

    return note


def child_of(row: GpxFile) -> psutil.Process:
    assert row.holder is not None
    return psutil.Process(int(row.holder.rsplit(":", 2)[1]))


@fault("a worker's child is killed in its midst")
async def child_killed(stage: Stage) -> None:
    stage.worker()
    child_of(await stage.send_and_begin()).kill()


@fault("a whole worker of another host is killed in its midst")
async def worker_killed(stage: Stage) -> None:
    dying = stage.worker()
    await stage.send_and_begin()
    stage.worker()
    await stage.move_far_away()
    kill_group(dying.process)


@fault("a worker of another host stands still")
async def worker_frozen(stage: Stage) -> None:
    frozen = stage.worker()
    row = await stage.send_and_begin()
    stage.worker()
    await stage.move_far_away()
    for process in (*frozen.children(), psutil.Process(frozen.process.pid)):
        process.send_signal(signal.SIGSTOP)
    assert row.fence == 1


@fault("a worker takes a message and is killed before it begins")
async def taken_not_begun(stage: Stage) -> None:
    await stage.send()
    await asyncio.to_thread(take_and_die, stage.settings)
    stage.worker()


@fault("a message is lost on its way")
async def message_lost(stage: Stage) -> None:
    await stage.send()
    with stage.redis.client() as client:
        assert client.rpop("celery") is not None
    stage.worker()


@fault("Redis forgets everything, with one upload running and five waiting")
async def redis_emptied(stage: Stage) -> None:
    stage.worker(concurrency=2)
    await stage.send_and_begin()
    await stage.send_and_begin()
    for _ in range(5):
        await stage.send("nothing")
    with stage.redis.client() as client:
        client.flushall()
    await free_the_children(stage)


@fault("Redis is killed and comes back after 2 s, with uploads running and waiting")
async def redis_restarted(stage: Stage) -> None:
    stage.worker(concurrency=2)
    await stage.send_and_begin()
    await stage.send_and_begin()
    for _ in range(5):
        await stage.send("nothing")
    stage.redis.kill()
    await asyncio.sleep(2)
    stage.redis.start()
    await free_the_children(stage)


async def free_the_children(stage: Stage) -> None:
    """End the long analyses, so that what waits can be begun."""
    for row in await stage.uploads.rows():
        if is_worked_on(row):
            child_of(row).kill()


@fault("Redis is killed and stays away, with uploads in its queue")
async def redis_gone(stage: Stage) -> None:
    for _ in range(5):
        await stage.send()
    stage.redis.kill()


@fault("the worker's connections to Redis fall silent")
async def connections_silent(stage: Stage) -> None:
    proxy = stage.parts.enter_context(tcp_proxy(stage.redis.port))
    url = f"redis://127.0.0.1:{proxy.port}/0"
    through = stage.settings.model_copy(update={"redis_url": url})
    running = stage.worker(through, concurrency=2)
    await stage.send()
    await stage.uploads.until_ended()
    assert running.process.poll() is None
    proxy.silence()
    for _ in range(4):
        await stage.send()


@fault("PostgreSQL is killed and comes back after 5 s, with uploads running and waiting")
async def database_restarted(stage: Stage) -> None:
    stage.worker(concurrency=1)
    await stage.send_and_begin("once 3")
    for _ in range(3):
        await stage.send()
    await asyncio.to_thread(stage.database.stop)
    await asyncio.sleep(5)
    await asyncio.to_thread(stage.database.start)


@fault("an API process of another host is killed with uploads in its memory")
async def api_killed(stage: Stage) -> None:
    alone = stage.settings.model_copy(update={"celery_enabled": False})
    dying = stage.parts.enter_context(api_process(alone, stage.folder))
    async with dying.client() as client:
        berta = await Cyclist.join(client, "berta")
        uploads = Uploads(berta, stage.db)
        rides = [build_gpx(size_mb=12, seed=seed) for seed in range(8)]
        trips = [await berta.new_trip() for _ in rides]
        await asyncio.gather(*map(uploads.send, rides, trips))
        psutil.Process(dying.process.pid).suspend()
        await stage.move_far_away()
        kill_group(dying.process)
    assert any(not row.processed_at for row in await uploads.rows()), "the kill came too late"
    stage.uploads = uploads


@asynccontextmanager
async def running_stage(folder: Path) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as parts:
        (folder / "postgres").mkdir()
        database = parts.enter_context(servers.own_postgres(folder / "postgres"))
        redis = parts.enter_context(
            servers.own_redis(folder / "redis", appendonly="yes", appendfsync="everysec")
        )
        settings = Settings(
            _env_file=None,
            app_env=AppEnv.TESTING,
            secret_key=SecretStr("a-secret-for-the-faults-of-at-least-32-characters"),
            database_url=await asyncio.to_thread(migrated, database),
            redis_url=redis.url,
            storage_path=folder / "storage",
            rate_limit_enabled=False,
            celery_enabled=True,
            gpx_async_threshold_mb=0,
        )
        api = parts.enter_context(api_process(settings, folder))
        client = await parts.enter_async_context(api.client())
        ana = await Cyclist.join(client, "ana")
        db = Database(settings.database_url, pool_size=2)
        parts.push_async_callback(db.dispose)
        yield Stage(settings, folder, database, redis, api, Uploads(ana, db), db, parts)


def migrated(server: OwnPostgres) -> str:
    return PostgresTemplate(server.url).copy()


async def measure(name: str) -> tuple[float, dict[str, int]]:
    """Seconds from the fault until every upload was completed; the rescues by cause."""
    _, cause = FAULTS[name]
    with tempfile.TemporaryDirectory() as folder:
        async with running_stage(Path(folder)) as stage:
            await cause(stage)
            started = time.monotonic()
            await stage.uploads.until_ended(within_s=150)
            passed_s = time.monotonic() - started
            await stage.uploads.assert_completed_once()
            async with stage.api.client() as client:
                scrape = await Scrape.of(client)
            rescues = {
                cause.value: int(scrape.value("contravento_rescues_total", cause=cause.value))
                for cause in RescueCause
            }
    return passed_s, {cause: count for cause, count in rescues.items() if count}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*", choices=[[], *FAULTS], metavar="NAME")
    names: list[str] = arguments.parse_args().names or list(FAULTS)
    rows: list[tuple[str, float, dict[str, int]]] = []
    for name in names:
        seconds, rescues = asyncio.run(measure(name))
        progress(f"{name}: {seconds:.1f} s {rescues}")
        rows.append((FAULTS[name][0], seconds, rescues))
    if names == list(FAULTS):
        publish("faults", report(rows))
    sys.exit(0 if all(seconds < BOUND_S for _, seconds, _ in rows) else 1)


def report(rows: list[tuple[str, float, dict[str, int]]]) -> str:
    lines = "\n".join(
        f"| {title} | {seconds:.1f} | {described(rescues)} |" for title, seconds, rescues in rows
    )
    return f"""## From a fault to work that goes on

`python bench/faults.py`, {machine()}.
The settings are the defaults. Seconds from the fault, or from the return of what had been killed,
until every upload was completed, with its points exactly once. The rescues are those of the API's
`contravento_rescues_total`.

| what dies | seconds | rescues |
|---|---:|---|
{lines}
"""


def described(rescues: dict[str, Any]) -> str:
    return ", ".join(f"{cause} {count}" for cause, count in rescues.items()) or "-"


if __name__ == "__main__":
    main()
