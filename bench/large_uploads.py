"""Many of the largest files at once, into the API on one core: do they stay in Celery?

`python bench/large_uploads.py [--files 16] [--size-mb 50]` starts PostgreSQL, Redis, the API (held
to one core, as in production) and a worker, sends the files all at the same time, and waits until
all are processed. It counts which of them Celery got, how long the answers and the publishing took,
and the most memory that the API had, and writes its section of docs/benchmarks.md.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import psutil  # noqa: E402
from pydantic import SecretStr  # noqa: E402

from bench.report import machine, progress, publish  # noqa: E402
from src.config import AppEnv, Settings  # noqa: E402
from src.database import Database  # noqa: E402
from tests.support import servers  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.databases import PostgresTemplate  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.service import ApiProcess, api_process  # noqa: E402
from tests.support.uploads import Uploads  # noqa: E402
from tests.support.workers import worker  # noqa: E402

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """What one run of the files brought to light."""

    modes: Counter[str]
    answer_s: list[float]
    publish_ms: list[int]
    idle_bytes: int
    peak_bytes: int
    all_done_s: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=16)
    arguments.add_argument("--size-mb", type=float, default=50)
    options = arguments.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("postgres", "redis"):
            (folder / name).mkdir()
        database = PostgresTemplate(stack.enter_context(servers.postgres(folder / "postgres")))
        settings = Settings(
            app_env=AppEnv.TESTING,
            secret_key=SecretStr("a-secret-for-the-bench-of-at-least-32-characters"),
            database_url=database.copy(),
            redis_url=stack.enter_context(servers.redis(folder / "redis")),
            storage_path=folder / "storage",
            rate_limit_enabled=False,
            celery_enabled=True,
        )
        stack.enter_context(worker(settings, folder))
        api = stack.enter_context(api_process(settings, folder))
        psutil.Process(api.process.pid).cpu_affinity([0])
        found = asyncio.run(measure(api, settings, options))
    publish("large-uploads", report(found, options))
    sys.exit(0 if set(found.modes) == {"celery"} else 1)


async def measure(api: ApiProcess, settings: Settings, options: argparse.Namespace) -> Found:
    rides = [dense(options.size_mb, seed) for seed in range(4)]
    progress("the files are written")
    database = Database(settings.database_url, pool_size=1)
    async with api.client() as client:
        client.timeout = 300
        ana = await Cyclist.join(client, "ana")
        uploads = Uploads(ana, database)
        trips = [await ana.new_trip() for _ in range(options.files)]
        idle_bytes = peak_memory_bytes(api)
        started = time.monotonic()

        async def send(number: int) -> float:
            await uploads.send(rides[number % len(rides)], trips[number])
            return time.monotonic() - started

        answer_s = await asyncio.gather(*map(send, range(options.files)))
        progress(f"all accepted after {max(answer_s):.1f} s")
        await uploads.until_ended(within_s=600)
        all_done_s = time.monotonic() - started
        await uploads.assert_completed_once()
        modes = Counter(row.mode.value for row in await uploads.rows())
    await database.dispose()
    publish_ms = [event["publish_time_ms"] for event in events(api, "upload_published")]
    peak_bytes = peak_memory_bytes(api)
    return Found(modes, answer_s, publish_ms, idle_bytes, peak_bytes, all_done_s)


def dense(size_mb: float, seed: int) -> bytes:
    """A recording with sensors, as large as may be."""
    return build_gpx(size_mb=size_mb, seed=seed, sensors=True)


def events(api: ApiProcess, name: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in api.log.splitlines() if line.startswith("{"))
    return [event for event in lines if event.get("event") == name]


def peak_memory_bytes(api: ApiProcess) -> int:
    status = Path(f"/proc/{api.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def report(found: Found, options: argparse.Namespace) -> str:
    command = f"python bench/large_uploads.py --files {options.files} --size-mb {options.size_mb:g}"
    times = sorted(found.publish_ms) or [0]
    by = f"{found.modes['celery']} / {found.modes['background']}"
    return f"""## Large uploads at once

`{command}`, {machine()}.
The API has one core; the client, Redis, PostgreSQL and the worker share both. Seconds count from
the moment at which all files begin to be sent.

| what | number |
|---|---|
| files sent at once | {options.files} of {options.size_mb:g} MiB |
| **processed by a worker / by the API** | **{by}** |
| publishing a file's message, median / longest, ms | {median(times):.0f} / {times[-1]} |
| answers, first / last, s | {min(found.answer_s):.1f} / {max(found.answer_s):.1f} |
| the last one processed, s | {found.all_done_s:.1f} |
| memory of the API before, MiB | {found.idle_bytes / MEBIBYTE:.0f} |
| **most memory of the API, MiB** | **{found.peak_bytes / MEBIBYTE:.0f}** |
"""


if __name__ == "__main__":
    main()
