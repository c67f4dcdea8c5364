"""What a worker serves on its own port: its children's work, and its own state."""

from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from src.config import Settings
from src.http.deps import Services
from src.services.monitoring.memory import memory_limit_bytes
from tests.support.cyclist import Cyclist
from tests.support.faulty_analysis import GO_ON
from tests.support.scrape import Scrape
from tests.support.servers import free_port, kill_group
from tests.support.uploads import BAD_LATER, Uploads, brisk, ride
from tests.support.workers import Worker, worker

HEARTBEAT = "contravento_worker_heartbeat_age_seconds"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def settings(settings: Settings, redis_url: str) -> Settings:
    return brisk(settings, redis_url, worker_metrics_port=free_port())


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


async def scraped(settings: Settings, is_reached: Callable[[Scrape], bool]) -> Scrape:
    """What the worker serves, as soon as it is as wanted."""
    address = f"http://127.0.0.1:{settings.worker_metrics_port}"
    async with httpx.AsyncClient(base_url=address, trust_env=False) as prometheus:
        return await Scrape.once(prometheus, is_reached)


def attempts(scrape: Scrape, outcome: str) -> float:
    return scrape.value("contravento_upload_attempts_total", mode="celery", outcome=outcome)


async def test_the_work_of_all_children_is_counted_also_of_those_that_have_ended(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, conf={"worker_max_tasks_per_child": 1}) as it:
        first = {child.pid for child in it.children()}
        await uploads.send_many(5)
        await uploads.send(ride("trouble 1", seed=9))
        await uploads.send(BAD_LATER)
        await uploads.until_ended()
        scrape = await scraped(settings, lambda scrape: attempts(scrape, "completed") == 6)
        assert first.isdisjoint({child.pid for child in it.children()})
    assert attempts(scrape, "failed") == 1
    assert attempts(scrape, "retry") == 1
    errors = "contravento_upload_errors_total"
    assert scrape.value(errors, mode="celery", error_code="NO_USABLE_POINTS") == 1
    assert scrape.value(errors, mode="celery", error_code="STORAGE_UNAVAILABLE") == 1
    durations = "contravento_processing_seconds"
    assert scrape.value(f"{durations}_count", mode="celery", stage="parsing") == 8
    assert scrape.value(f"{durations}_count", mode="celery", stage="saving") == 6
    assert scrape.value(f"{durations}_sum", mode="celery", stage="parsing") > 0
    assert "measurement_lost" not in it.log


async def test_a_worker_shows_its_tasks_memory_and_sign_of_life(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as it:
        await uploads.send_many(2, "wait 60")
        running = "contravento_worker_tasks_running"
        scrape = await scraped(settings, lambda scrape: scrape.value(running) == 2)
        assert_memory_is_that_of(it, scrape)
        (settings.storage_path / GO_ON).touch()
        idle = await scraped(settings, lambda scrape: scrape.value(running) == 0)
        await assert_heart_beats(settings)
    assert idle.value("contravento_worker_processes") == 2
    limit = idle.value("contravento_worker_memory_limit_bytes")
    assert limit == memory_limit_bytes()
    assert idle.value("contravento_build_info", component="worker", release="0.1.0") == 1
    await uploads.assert_completed_once()


async def assert_heart_beats(settings: Settings) -> None:
    """The age of the last heartbeat falls back each time that another one is sent."""
    ages_s: list[float] = []

    def has_fallen(scrape: Scrape) -> bool:
        ages_s.append(scrape.value(HEARTBEAT))
        return len(ages_s) > 1 and ages_s[-1] < ages_s[-2]

    await scraped(settings, has_fallen)


def assert_memory_is_that_of(it: Worker, scrape: Scrape) -> None:
    parent = psutil.Process(it.process.pid)
    resident = [part.memory_info().rss for part in (parent, *it.children())]
    shown = scrape.value("contravento_worker_memory_bytes")
    assert max(resident) < shown < 0.9 * sum(resident), "what a fork shares is counted once"


async def test_a_worker_without_the_port_works_and_the_next_one_gets_it(
    uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as first:
        with worker(settings, tmp_path) as second:
            kill_group(first.process)
            await uploads.send(ride())
            await uploads.until_ended()
        assert "worker_metrics_not_served" in second.log
        with worker(settings, tmp_path) as third:
            await scraped(settings, lambda scrape: scrape.has("contravento_worker_processes"))
    assert "worker_metrics_not_served" not in third.log
    await uploads.assert_completed_once()
