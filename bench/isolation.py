"""Whether slow files hold up anybody else: five of the slowest at once, and what others feel of it.

`python bench/isolation.py` starts the API with its embedded database, sends it five of the slowest
hostile files of the largest size, and meanwhile signs in, asks for its health and sends small
rides, one after another. Then it does the same with nothing else to do, and writes its section of
docs/benchmarks.md.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402

from bench.report import machine, progress, publish  # noqa: E402
from src.config import Settings  # noqa: E402
from tests.support.cyclist import PASSWORD, Cyclist, data_of  # noqa: E402
from tests.support.databases import SqliteTemplate  # noqa: E402
from tests.support.hostile import HOSTILE  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.service import ApiProcess, api_process  # noqa: E402

SLOW = "names of one waypoint"
FILES = 5
MEBIBYTE = 1024 * 1024
Felt = dict[str, list[float]]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size-mb", type=float, default=49)
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            _env_file=None,
            database_url=SqliteTemplate(folder).copy(folder),
            storage_path=folder / "storage",
            rate_limit_enabled=False,
        )
        with api_process(settings, folder) as api:
            felt, beside = asyncio.run(compare(api, options.size_mb, options.rounds))
    publish("isolation", section(felt, beside, options.size_mb))


async def compare(api: ApiProcess, size_mb: float, rounds: int) -> tuple[Felt, Felt]:
    """What each call took while slow files were in work, and without them."""
    async with api.client() as client, api.client() as sender:
        ana = await Cyclist.join(client, "ana")
        await feel(ana, client, 3)
        progress(f"making {FILES} files of {size_mb} MiB: {SLOW}")
        slow = HOSTILE[SLOW](int(size_mb * MEBIBYTE))
        sent = Cyclist(sender, ana.username, ana.tokens)
        uploads = [
            data_of(await sent.upload(await ana.new_trip(), slow), 202)["gpx_file_id"]
            for _ in range(FILES)
        ]
        felt: Felt = {}
        while await in_work(ana, uploads) and len(felt.get("sign-in", ())) < rounds:
            for name, seconds in (await feel(ana, client, 1)).items():
                felt.setdefault(name, []).extend(seconds)
        progress("waiting for the slow files")
        while (left := await in_work(ana, uploads)) > 0:
            progress(f"{left} left")
            await asyncio.sleep(2)
        return felt, await feel(ana, client, rounds)


async def in_work(ana: Cyclist, uploads: list[str]) -> int:
    answers = [data_of(await ana.request("GET", f"/gpx/{it}/status"), 200) for it in uploads]
    return sum(answer["processing_status"] == "processing" for answer in answers)


async def feel(ana: Cyclist, client: httpx.AsyncClient, rounds: int) -> Felt:
    small = build_gpx(size_mb=0.5)

    async def upload() -> None:
        data_of(await ana.upload(await ana.new_trip(), small), 202)

    async def sign_in() -> None:
        login = {"login": ana.username, "password": PASSWORD}
        data_of(await client.post("/auth/login", json=login), 200)

    async def ready() -> None:
        (await client.get("/health/ready")).raise_for_status()

    calls: dict[str, Callable[[], Awaitable[None]]] = {
        "sign-in": sign_in,
        "`/health/ready`": ready,
        "a small upload, with its trip": upload,
    }
    return {name: [await timed(call) for _ in range(rounds)] for name, call in calls.items()}


async def timed(call: Callable[[], Awaitable[None]]) -> float:
    started = time.perf_counter()
    await call()
    return time.perf_counter() - started


def section(felt: Felt, beside: Felt, size_mb: float) -> str:
    rows = [
        f"| {name} | {ms(median(seconds))} | {ms(max(seconds))} | {ms(median(beside[name]))} |"
        for name, seconds in felt.items()
    ]
    return "\n".join(
        [
            "## What others feel of slow files",
            "",
            f"`python bench/isolation.py`, {machine()}.",
            f"{FILES} files of {size_mb:g} MiB are in work: {SLOW}, the slowest hostile ones.",
            "Milliseconds of each call meanwhile, and with nothing else to do.",
            "",
            "| call | median | longest | without them |",
            "|---|---:|---:|---:|",
            *rows,
        ]
    )


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


if __name__ == "__main__":
    main()
