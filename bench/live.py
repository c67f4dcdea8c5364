"""How soon those who watch hear of a stage: a thousand WebSockets on one API process.

`python bench/live.py` starts Redis and an API process, opens the sockets, and tells stages as a
worker does, over Redis. A time is from the telling to the client that has read it. Writes its
section of docs/benchmarks.md.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import machine, progress, publish  # noqa: E402
from src.broker.async_redis import AsyncRedis  # noqa: E402
from src.config import Settings  # noqa: E402
from src.database import Database  # noqa: E402
from src.services.live.channel import Channel  # noqa: E402
from src.services.live.state import UploadState  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.databases import SqliteTemplate  # noqa: E402
from tests.support.servers import own_redis  # noqa: E402
from tests.support.service import api_process  # noqa: E402
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, ride  # noqa: E402
from tests.support.watching import Watcher, watching  # noqa: E402

STAGES = 30
EVERY_S = 1.0
OPENED_AT_ONCE = 50


@dataclass
class Load:
    """Some uploads, and how many watch each of them."""

    uploads: int
    watchers: int


# How many uploads, and among how many the sockets are shared out.
LOADS = ((100, 100), (10, 10), (1, 1))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sockets", type=int, default=1000)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database_url = SqliteTemplate(folder).copy(folder)
        rows = asyncio.run(all_loads(folder, database_url, options.sockets))
    publish("live", report(rows))


async def all_loads(folder: Path, database_url: str, sockets: int) -> list[str]:
    rows = []
    async with service(folder, database_url, sockets) as (address, ana, uploads, channel):
        for uploads_at_once, share in LOADS:
            load = Load(uploads_at_once, max(1, sockets // share))
            progress(f"{load.uploads} uploads with {load.watchers} watchers each")
            rows.append(row_of(load, await measured(load, address, ana, uploads, channel)))
    return rows


@asynccontextmanager
async def service(
    folder: Path, database_url: str, sockets: int
) -> AsyncIterator[tuple[str, Cyclist, Uploads, Channel]]:
    """An API process whose uploads wait for a worker that never comes."""
    most = 2 * sockets
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        storage_path=folder / "storage",
        rate_limit_enabled=False,
        live_max_sockets=most,
        live_max_sockets_per_user=most,
        live_max_sockets_per_address=most,
    )
    (folder / "redis").mkdir()
    with own_redis(folder / "redis") as redis:
        settings = brisk(settings, redis.url, **NO_RECOVERY)
        db = Database(settings.database_url, settings.db_pool_size)
        channel = Channel(AsyncRedis(redis.url, "", None))
        with api_process(settings, folder) as api:
            async with api.client() as client:
                ana = await Cyclist.join(client, "ana")
                yield api.address, ana, Uploads(ana, db), channel
        await channel.close()
        await db.dispose()


async def measured(
    load: Load, address: str, ana: Cyclist, uploads: Uploads, channel: Channel
) -> list[float]:
    """The milliseconds from telling a stage to each watcher that heard of it."""
    states = {}
    for _ in range(load.uploads):
        row = await uploads.row(await uploads.send(ride()))
        states[row.gpx_file_id] = UploadState.of(row)
    told_at: dict[tuple[UUID, int], float] = {}
    heard_at: defaultdict[tuple[UUID, int], list[float]] = defaultdict(list)
    async with AsyncExitStack() as sockets:
        watchers = await opened(sockets, address, ana, list(states) * load.watchers)
        hearing = [asyncio.create_task(hear(watcher, heard_at)) for watcher in watchers]
        for percent in range(1, STAGES + 1):
            for gpx_file_id, state in states.items():
                told_at[gpx_file_id, percent] = time.perf_counter()
                channel.tell(replace(state, progress=percent))
                # As they come from many workers: spread over the time, not all in one moment.
                await asyncio.sleep(EVERY_S / load.uploads)
        await asyncio.sleep(1)
        for task in hearing:
            task.cancel()
        await asyncio.gather(*hearing, return_exceptions=True)
    return [
        1000 * (at - told_at[stage])
        for stage, times in heard_at.items()
        if stage in told_at
        for at in times
    ]


async def opened(
    sockets: AsyncExitStack, address: str, ana: Cyclist, watched: list[UUID]
) -> list[Watcher]:
    first = {"type": "auth", "token": ana.tokens["access_token"]}
    watchers: list[Watcher] = []
    for start in range(0, len(watched), OPENED_AT_ONCE):
        some = [
            sockets.enter_async_context(watching(address, one, first))
            for one in watched[start : start + OPENED_AT_ONCE]
        ]
        watchers += await asyncio.gather(*some)
    for watcher in watchers:
        await watcher.next()
    return watchers


async def hear(watcher: Watcher, heard_at: dict[tuple[UUID, int], list[float]]) -> None:
    while True:
        event = await watcher.next(within_s=3600)
        heard_at[UUID(event["gpx_file_id"]), event["progress"]].append(time.perf_counter())


def row_of(load: Load, waits_ms: list[float]) -> str:
    expected = load.uploads * load.watchers * STAGES
    middle, most, worst = np.percentile(waits_ms, [50, 95, 100])
    heard = 100 * len(waits_ms) / expected
    shown = f"{heard:.1f} | {middle:.0f} | {most:.0f} | {worst:.0f}"
    return f"| {load.uploads} | {load.watchers} | {shown} |"


def report(rows: list[str]) -> str:
    lines = "\n".join(rows)
    return f"""## Progress as it happens

`python bench/live.py`, {machine()}. One API process, Redis, and all clients on one machine; each
upload comes to a stage once a second. From the telling to each client that has read it:

| uploads | watchers each | stages heard, % | median, ms | 95 of 100, ms | worst, ms |
| ---: | ---: | ---: | ---: | ---: | ---: |
{lines}
"""


if __name__ == "__main__":
    main()
