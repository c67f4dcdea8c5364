"""Uploads under fire: workers are killed at random moments, and nothing may be lost or doubled.

`python bench/soak.py [--uploads 200] [--workers 2] [--seed 1]` starts PostgreSQL, Redis, the API
and the workers, and uploads rides that all go through Celery. Every second or two it kills with -9
a worker with its children, or one child; a killed worker is started again. It ends when every
upload is in a terminal state, counts what is in the database, and writes its section of
docs/benchmarks.md.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402
import psutil  # noqa: E402
from pydantic import SecretStr  # noqa: E402
from sqlalchemy import Row, func, select  # noqa: E402

from bench.report import machine, progress, publish  # noqa: E402
from src.config import AppEnv, Settings  # noqa: E402
from src.database import Database  # noqa: E402
from src.models import GpxFile, RouteStatistics, TrackPoint  # noqa: E402
from tests.support import servers  # noqa: E402
from tests.support.cyclist import Cyclist, data_of  # noqa: E402
from tests.support.databases import PostgresTemplate  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.workers import BACKEND, Worker, environment, worker  # noqa: E402

UVICORN = ROOT / ".venv" / "bin" / "uvicorn"
PATIENCE_S = 300


@dataclass(slots=True)
class Soak:
    """The running parts, and what happened to them."""

    settings: Settings
    folder: Path
    address: str
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    sent: list[str] = field(default_factory=list)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--uploads", type=int, default=200)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        soak = start(stack, folder, options.seed)
        started = time.monotonic()
        asyncio.run(run(soak, options.uploads, options.workers))
        text, is_clean = verdict(soak, time.monotonic() - started, options)
    publish("soak", text)
    sys.exit(0 if is_clean else 1)


def start(stack: ExitStack, folder: Path, seed: int) -> Soak:
    for name in ("postgres", "redis"):
        (folder / name).mkdir()
    database = PostgresTemplate(stack.enter_context(servers.postgres(folder / "postgres")))
    settings = Settings(
        app_env=AppEnv.TESTING,
        secret_key=SecretStr("a-secret-for-the-soak-of-at-least-32-characters"),
        database_url=database.copy(),
        redis_url=stack.enter_context(servers.redis(folder / "redis")),
        storage_path=folder / "storage",
        rate_limit_enabled=False,
        celery_enabled=True,
        gpx_async_threshold_mb=0,
        gpx_lease_seconds=10,
        gpx_heartbeat_seconds=3,
        gpx_recovery_interval_seconds=3,
        # Bad luck may hit one upload often; here that must not count as its fault.
        gpx_max_deliveries=50,
    )
    port, log = servers.free_port(), folder / "api.log"
    command: list[str | Path] = [UVICORN, "src.main:app", "--port", str(port)]
    api = stack.enter_context(
        servers.running(command, log=log, cwd=BACKEND, env=environment(settings))
    )
    servers.wait_for_port(port, api, log)
    progress("PostgreSQL, Redis and the API are running")
    return Soak(settings, folder, f"http://127.0.0.1:{port}", random.Random(seed))


async def run(soak: Soak, uploads: int, workers: int) -> None:
    supervisors = [asyncio.create_task(supervise(soak)) for _ in range(workers)]
    try:
        await upload_all(soak, uploads)
        await wait_for_the_end(soak, uploads)
    finally:
        for supervisor in supervisors:
            supervisor.cancel()
        await asyncio.gather(*supervisors, return_exceptions=True)


async def supervise(soak: Soak) -> None:
    """Keep a worker running, and kill it now and then while uploads come in."""
    while True:
        with worker(soak.settings, soak.folder, wait=False) as running:
            while running.process.poll() is None:
                await asyncio.sleep(soak.chance.uniform(1, 4))
                if soak.chance.random() < 0.5:
                    kill_worker(soak, running)
                else:
                    kill_child(soak, running)


def kill_worker(soak: Soak, running: Worker) -> None:
    servers.kill_group(running.process)
    soak.kills["worker"] += 1


def kill_child(soak: Soak, running: Worker) -> None:
    with suppress(psutil.Error, IndexError):
        soak.chance.choice(running.children()).send_signal(signal.SIGKILL)
        soak.kills["child"] += 1


async def upload_all(soak: Soak, uploads: int) -> None:
    rides = [build_gpx(size_mb=soak.chance.uniform(0.3, 3), seed=n) for n in range(8)]
    async with httpx.AsyncClient(base_url=soak.address, timeout=60, trust_env=False) as client:
        ana = await Cyclist.join(client, "ana")
        for number in range(uploads):
            ride = soak.chance.choice(rides)
            upload = data_of(await ana.upload(await ana.new_trip(), ride), 202)
            soak.sent.append(upload["gpx_file_id"])
            await asyncio.sleep(soak.chance.uniform(0, 0.4))
            if number % 20 == 0:
                progress(f"{number} of {uploads} uploads, {dict(soak.kills)} kills")


async def wait_for_the_end(soak: Soak, uploads: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        counts = await statuses(soak)
        progress(f"{dict(counts)} of {uploads}")
        if counts["processing"] == 0:
            return
        await asyncio.sleep(2)


async def statuses(soak: Soak) -> Counter[str]:
    rows = await rows_of(soak, select(GpxFile.processing_status))
    return Counter(row[0] for row in rows)


async def rows_of(soak: Soak, query: Any) -> list[Row[Any]]:
    database = Database(soak.settings.database_url, pool_size=1)
    async with database.read() as session:
        rows = list((await session.execute(query)).all())
    await database.dispose()
    return rows


def verdict(soak: Soak, seconds: float, options: argparse.Namespace) -> tuple[str, bool]:
    """The section of the report, and whether nothing was lost or doubled."""
    points = select(func.count()).where(TrackPoint.gpx_file_id == GpxFile.gpx_file_id)
    statistics = select(func.count()).where(RouteStatistics.gpx_file_id == GpxFile.gpx_file_id)
    rows = asyncio.run(
        rows_of(
            soak,
            select(
                GpxFile.gpx_file_id,
                GpxFile.processing_status,
                GpxFile.simplified_points,
                GpxFile.deliveries,
                GpxFile.mode,
                points.scalar_subquery().label("points"),
                statistics.scalar_subquery().label("statistics"),
            ),
        )
    )
    found = {str(row.gpx_file_id) for row in rows if row.processing_status == "completed"}
    lost = set(soak.sent) - found
    doubled = [r for r in rows if r.points != (r.simplified_points or 0) or r.statistics > 1]
    again = sum(row.deliveries > 1 for row in rows)
    modes = Counter(row.mode.value for row in rows)
    command = (
        f"python bench/soak.py --uploads {options.uploads} --workers {options.workers} "
        f"--seed {options.seed}"
    )
    text = f"""## Uploads while workers are killed

`{command}`, {machine()}.

| what | number |
|---|---|
| uploads, all through Celery | {len(soak.sent)} |
| workers killed with -9 | {soak.kills["worker"]} |
| single children killed with -9 | {soak.kills["child"]} |
| uploads that were taken up more than once | {again} |
| finished by a worker / by the API | {modes["celery"]} / {modes["background"]} |
| seconds from the first upload to the last result | {seconds:.0f} |
| **lost** | **{len(lost)}** |
| **doubled or incomplete** | **{len(doubled)}** |
"""
    return text, not lost and not doubled


if __name__ == "__main__":
    main()
