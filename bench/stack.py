"""The local stack, brought up and shaken: `python bench/stack.py` (Docker is needed).

Uploads rides of 4 MB and 6 MB and looks for the second one, and only that, in Flower; kills a
worker's container in mid-task; and while more rides come in it goes from two workers to three and
to one, restarts Redis and rolls the backend. In the end every upload must be completed with its
points exactly once. The log is quoted in docs/operations.md.

The stack runs under a project name of its own with fresh volumes, which are removed; ports 8000
and 5555 must be free.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402

from bench.containers import Stack  # noqa: E402
from bench.load import Load  # noqa: E402
from src.services.processing.task_payload import encode_payload  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402

API = "http://127.0.0.1:8000"
FLOWER = "http://127.0.0.1:5555"
FLOWER_LOGIN = ("admin", "admin123")
SHOWN_WITHIN_S = 5
# A lease of 60 s, a search every 20 s, and the work itself.
COMPLETED_WITHIN_S = 150
EVERY_S = 0.5
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


async def main() -> None:
    small, large = build_gpx(size_mb=4), build_gpx(size_mb=6)
    rides = [build_gpx(size_mb=6, seed=seed) for seed in (1, 2, 3)]
    big = build_gpx(size_mb=45)
    say("bringing the stack up with two workers, from nothing")
    settings = {"CELERY_WORKERS": "2", "IMAGE_TAG": "local", "RATE_LIMIT_ENABLED": "false"}
    async with Stack("docker-compose.local.yml", settings) as stack:
        for service in ("backend", "flower", "celery_beat"):
            await stack.wait_until_healthy(service)
        await stack.wait_until_healthy("celery_worker", 2)
        say("every service is healthy")
        async with (
            httpx.AsyncClient(base_url=API, timeout=60, trust_env=False) as client,
            httpx.AsyncClient(base_url=FLOWER, auth=FLOWER_LOGIN, trust_env=False) as browser,
        ):
            load = Load(await Cyclist.join(client, "ana"))
            await look_for_the_large_one(load, browser, small, large)
            await kill_in_mid_task(stack, load, browser, big)
            async with load.running(rides, EVERY_S):
                await shake(stack)
            await wait_until_completed(load, load.accepted)
        await count_points(stack, load)


async def look_for_the_large_one(
    load: Load, browser: httpx.AsyncClient, small: bytes, large: bytes
) -> None:
    """Flower must show the larger upload in time, with its id, without its content."""
    in_api, in_celery = await load.upload(small), await load.upload(large)
    accepted = time.monotonic()
    say(f"4 MB accepted as {in_api}")
    say(f"6 MB accepted as {in_celery}")
    while not (shown := await tasks_of(browser, in_celery)):
        if time.monotonic() - accepted > SHOWN_WITHIN_S:
            raise TimeoutError("Flower does not show the upload of 6 MB")
        await asyncio.sleep(0.05)
    say(f"Flower shows the 6 MB {time.monotonic() - accepted:.2f} s later, {shown[0]['state']}")
    await wait_until_completed(load, [in_api, in_celery])
    everything = json.dumps((await browser.get("/api/tasks")).json())
    if await tasks_of(browser, in_api):
        raise AssertionError("Flower shows the upload of 4 MB, which was the API's to process")
    if encode_payload(large)[2000:2060] in everything:
        raise AssertionError("Flower shows the content of a file")
    say(f"both completed; Flower knows one task, in {len(everything)} bytes, and not the 4 MB")


async def kill_in_mid_task(
    stack: Stack, load: Load, browser: httpx.AsyncClient, ride: bytes
) -> None:
    """Kill the container of a worker that certainly works on an upload."""
    for _ in range(10):
        upload_id = await load.upload(ride)
        container = await worker_of(browser, upload_id)
        if (stage := await freeze_at_work(stack, load, container, upload_id)) is not None:
            break
    else:
        raise TimeoutError("every upload was completed before its worker could be stopped")
    await stack.docker("kill", container)
    killed = time.monotonic()
    say(f"killed the container {container} while it was {stage} {upload_id} (45 MB)")
    await wait_until_completed(load, [upload_id])
    say(f"another worker completed it {time.monotonic() - killed:.1f} s after the kill")


async def freeze_at_work(stack: Stack, load: Load, container: str, upload_id: str) -> str | None:
    """Freeze the worker while it holds the upload; its stage then, or None: it was too quick."""
    while True:
        # Nothing moves while we look what it does.
        await stack.docker("pause", container)
        status = await load.status(upload_id)
        if status["processing_status"] == "processing" and status["stage"] != "queued":
            return str(status["stage"])
        await stack.docker("unpause", container)
        if status["processing_status"] != "processing":
            return None


async def worker_of(browser: httpx.AsyncClient, upload_id: str) -> str:
    """The container that works on the upload, as soon as one does."""
    async with asyncio.timeout(30):
        while True:
            for task in await tasks_of(browser, upload_id):
                if task.get("worker") and task["state"] in {"STARTED", "SUCCESS"}:
                    return str(task["worker"]).partition("@")[2]
            await asyncio.sleep(0.01)


async def tasks_of(browser: httpx.AsyncClient, upload_id: str) -> list[dict[str, Any]]:
    tasks = (await browser.get("/api/tasks")).raise_for_status().json().values()
    return [task for task in tasks if upload_id in (task["args"] or "")]


async def shake(stack: Stack) -> None:
    """Everything that an operator does to a running stack, one after the other."""
    say(f"a ride of 6 MB comes in every {EVERY_S} s from now on")
    for workers in (2, 3, 1):
        options = ("--no-deps", "--no-recreate", "--scale", f"celery_worker={workers}")
        await stack.compose("up", "-d", *options, "celery_worker")
        await stack.wait_until_healthy("celery_worker", workers)
        say(f"workers: {workers}")
    await stack.compose("restart", "redis")
    await stack.wait_until_healthy("redis")
    say("Redis restarted")
    await asyncio.sleep(5)
    await stack.compose("restart", "backend")
    await stack.wait_until_healthy("backend")
    say("backend rolled")
    await asyncio.sleep(5)


async def wait_until_completed(load: Load, upload_ids: list[str]) -> None:
    deadline = time.monotonic() + COMPLETED_WITHIN_S
    for upload_id in upload_ids:
        while (status := await load.status(upload_id))["processing_status"] == "processing":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{upload_id} is not completed: {status}")
            await asyncio.sleep(0.2)
        if status["processing_status"] != "completed":
            raise AssertionError(f"{upload_id} ended as {status}")


async def count_points(stack: Stack, load: Load) -> None:
    """Every accepted upload is completed, and its points are there, each once."""
    rows = await stack.query(
        "SELECT f.gpx_file_id, f.processing_status, f.mode, f.deliveries, f.simplified_points,"
        " count(p.sequence), count(DISTINCT p.sequence)"
        " FROM gpx_files f LEFT JOIN track_points p USING (gpx_file_id)"
        " GROUP BY f.gpx_file_id"
    )
    lost = set(load.accepted) - {row[0] for row in rows if row[1] == "completed"}
    wrong = [row for row in rows if not row[4] == row[5] == row[6]]
    modes = Counter(row[2] for row in rows)
    again = sum(int(row[3]) > 1 for row in rows)
    if not again:
        raise AssertionError("the killed worker had not begun")
    if lost or wrong or len(rows) != len(load.accepted):
        raise AssertionError(f"lost: {lost}, wrong points: {wrong}, rows: {len(rows)}")
    say(
        f"{len(rows)} uploads, all completed: {modes['celery']} by workers, "
        f"{modes['background']} by the API, {again} taken up more than once"
    )
    say(f"points stored: {sum(int(row[5]) for row in rows)}, each exactly once")
    say(
        f"seconds until an upload was accepted: median {median(load.answer_s):.2f}, worst "
        f"{max(load.answer_s):.2f}; requests sent again while the API was away: {load.repeated}"
    )


if __name__ == "__main__":
    asyncio.run(main())
    say("nothing was lost and nothing doubled; the stack is gone again")
