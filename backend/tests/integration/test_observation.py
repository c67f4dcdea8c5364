"""What operators see of a task: which upload it is about, and never the file itself."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from src.celery_app import celery_app
from src.config import Settings
from src.services.processing.task_payload import encode_payload
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx
from tests.support.workers import Worker, flower, worker

RIDE = build_gpx(size_mb=6)
SLOW = RIDE.replace(b"<trkseg>", b"<name>sleep 3</name><trkseg>", 1)
BROKEN = build_gpx(size_mb=6)[:-2000]
PIECE_OF_PAYLOAD = encode_payload(SLOW)[2000:2060]
SHORT = 20_000
FLOWER_DELAY_S = 5
STATES_BEFORE_THE_END = {"PENDING", "RECEIVED", "STARTED"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def settings(settings: Settings, redis_url: str) -> Settings:
    return settings.model_copy(
        update={"celery_enabled": True, "redis_url": redis_url, "log_format": "json"}
    )


async def results_about(upload: dict[str, Any], settings: Settings, within_s: float = 5) -> bytes:
    """What stands in the result backend, as soon as the upload is named there."""
    deadline = time.monotonic() + within_s
    with redis.Redis.from_url(settings.redis_url) as client:
        while True:
            results = b"".join(client.get(key) or b"" for key in client.keys("celery-task-meta-*"))
            if upload["gpx_file_id"].encode() in results or time.monotonic() > deadline:
                return results
            await asyncio.sleep(0.05)


async def status_of(cyclist: Cyclist, upload: dict[str, Any]) -> str:
    response = await cyclist.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    status: str = data_of(response, 200)["processing_status"]
    return status


async def ended(cyclist: Cyclist, upload: dict[str, Any]) -> str:
    async with asyncio.timeout(20):
        while (status := await status_of(cyclist, upload)) == "processing":
            await asyncio.sleep(0.1)
    return status


def events(started: Worker) -> list[dict[str, Any]]:
    return [json.loads(line) for line in started.log.splitlines() if line.startswith("{")]


async def test_the_payload_is_in_no_log_no_inspection_and_no_result(
    ana: Cyclist, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as started:
        response = await ana.upload(await ana.new_trip(), SLOW)
        upload = data_of(response, 202)
        await asyncio.sleep(1)
        active = await asyncio.to_thread(celery_app.control.inspect(timeout=2).active)
        assert await ended(ana, upload) == "completed"
        # Celery writes down that a task ended a moment after the upload did.
        results = await results_about(upload, settings)

    reply = json.dumps(active)
    assert upload["gpx_file_id"] in reply
    assert len(reply) < SHORT
    assert len(started.log) < SHORT
    assert PIECE_OF_PAYLOAD not in reply + started.log
    assert upload["gpx_file_id"].encode() in results
    assert len(results) < SHORT


async def test_the_workers_log_carries_the_ids_of_the_request(
    ana: Cyclist, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as started:
        response = await ana.upload(await ana.new_trip(), RIDE)
        upload = data_of(response, 202)
        await ended(ana, upload)
        completed = next(e for e in events(started) if e["event"] == "upload_completed")
    assert completed["request_id"] == response.headers["X-Request-ID"]
    assert completed["gpx_file_id"] == upload["gpx_file_id"]
    assert completed["trip_id"] == upload["trip_id"]
    assert completed["retry_count"] == 0
    assert completed["distance_km"] > 1
    assert completed["processing_time_ms"] > 0
    task_ids = {event["task_id"] for event in events(started) if "task_id" in event}
    assert task_ids == {completed["task_id"]}


async def test_flower_shows_tasks_with_traceback_and_without_payload(
    ana: Cyclist, settings: Settings, tmp_path: Path
) -> None:
    credentials = ("operator", "a-password-for-this-test")
    with worker(settings, tmp_path), flower(settings, tmp_path, credentials) as address:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as browser:
            assert (await browser.get("/api/tasks")).status_code == 401
            good = data_of(await ana.upload(await ana.new_trip(), RIDE), 202)
            bad = data_of(await ana.upload(await ana.new_trip(), BROKEN), 202)
            assert await ended(ana, good) == "completed"
            assert await ended(ana, bad) == "failed"
            tasks = await shown_tasks(browser, credentials, count=2)
    by_upload = {
        upload["gpx_file_id"]: next(task for task in tasks if upload["gpx_file_id"] in task["args"])
        for upload in (good, bad)
    }
    assert by_upload[good["gpx_file_id"]]["state"] == "SUCCESS"
    failed = by_upload[bad["gpx_file_id"]]
    assert failed["state"] == "FAILURE"
    assert "INVALID_GPX_FORMAT" in failed["exception"]
    assert "NotXmlError" in failed["traceback"]
    assert len(json.dumps(tasks)) < SHORT


async def test_flower_shows_a_task_within_five_seconds_whatever_its_state(
    ana: Cyclist, settings: Settings, tmp_path: Path
) -> None:
    credentials = ("operator", "a-password-for-this-test")
    with (
        flower(settings, tmp_path, credentials) as address,
        worker(settings, tmp_path, concurrency=1),
    ):
        async with httpx.AsyncClient(base_url=address, trust_env=False) as browser:
            # While the only child works on one, the other one waits in the queue.
            first = data_of(await ana.upload(await ana.new_trip(), SLOW), 202)
            assert await seen_soon(browser, credentials, first) in STATES_BEFORE_THE_END
            second = data_of(await ana.upload(await ana.new_trip(), RIDE), 202)
            assert await seen_soon(browser, credentials, second) == "PENDING"
            assert await status_of(ana, first) == "processing"
            tasks = await shown_tasks(browser, credentials, count=2)
    assert {task["state"] for task in tasks} == {"SUCCESS"}


async def seen_soon(
    browser: httpx.AsyncClient, credentials: tuple[str, str], upload: dict[str, Any]
) -> str:
    """The state in which Flower shows the upload's task, five seconds after the answer at most."""
    async with asyncio.timeout(FLOWER_DELAY_S):
        while True:
            search = {"search": upload["gpx_file_id"]}
            answer = await browser.get("/api/tasks", params=search, auth=credentials)
            for task in answer.json().values():
                assert upload["gpx_file_id"] in task["args"]
                assert PIECE_OF_PAYLOAD not in answer.text
                state: str = task["state"]
                return state
            await asyncio.sleep(0.05)


async def shown_tasks(
    browser: httpx.AsyncClient, credentials: tuple[str, str], count: int
) -> list[dict[str, Any]]:
    """The tasks as soon as Flower shows this many that have ended."""
    async with asyncio.timeout(10):
        while True:
            answer = await browser.get("/api/tasks", auth=credentials)
            tasks = list(answer.json().values())
            done = [task for task in tasks if task["state"] in {"SUCCESS", "FAILURE"}]
            if len(done) >= count:
                return done
            await asyncio.sleep(0.2)


async def test_readiness_names_broker_and_workers(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    alone = await client.get("/health/ready")
    assert alone.status_code == 200
    assert alone.json() == {
        "status": "ok",
        "database": "ok",
        "storage": "ok",
        "broker": "ok",
        "workers": "down",
    }
    with worker(settings, tmp_path):
        async with asyncio.timeout(10):
            while (await client.get("/health/ready")).json()["workers"] != "ok":
                await asyncio.sleep(0.2)
