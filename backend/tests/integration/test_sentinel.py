"""Redis behind Sentinels: the master dies, the replica takes over, and no upload notices."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from limits import parse

from src.broker.redis_address import complete
from src.config import Settings
from src.http.deps import Services
from src.services.accounts.redis_rate_limit import RedisRateLimit
from src.services.processing import dispatch
from src.states import Mode
from tests.support.cyclist import Cyclist
from tests.support.sentinels import (
    FAILOVER_S,
    MASTER_NAME,
    SENTINEL_PASSWORD,
    WatchedRedis,
    watched_redis,
)
from tests.support.uploads import Uploads, brisk, is_worked_on, ride
from tests.support.workers import worker

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

ONCE_A_DAY = parse("1/day")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[WatchedRedis]:
    with watched_redis(tmp_path / "redis") as watched:
        yield watched


@pytest.fixture
def settings(settings: Settings, redis: WatchedRedis, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(dispatch, "BREAKER_OPEN_S", 1)
    sentinels = {
        "redis_sentinel_master": MASTER_NAME,
        "redis_sentinel_password": SENTINEL_PASSWORD,
    }
    return Settings.model_validate(brisk(settings, complete(redis.url)).model_dump() | sentinels)


async def test_a_failover_loses_no_upload_and_keeps_nobody_waiting(
    ana: Cyclist,
    services: Services,
    settings: Settings,
    redis: WatchedRedis,
    client: httpx.AsyncClient,
    tmp_path: Path,
) -> None:
    uploads = Uploads(ana, services.db)
    counts = RedisRateLimit(settings)
    assert await counts.count(ONCE_A_DAY, "ana") is None
    with worker(settings, tmp_path) as it:
        busy = await uploads.send(ride("sleep 1"))
        await uploads.until(busy, is_worked_on)
        assert (await client.get("/health/ready")).json()["broker"] == "ok"
        await uploads.send_many(3)
        redis.master.kill()
        for seed in range(10, 14):
            started = time.monotonic()
            await uploads.send(ride(seed=seed))
            # Before there is another master, however busy this machine is.
            assert time.monotonic() - started < FAILOVER_S
        await redis.until_replaced()
        await uploads.until_ended(within_s=30)
        async with asyncio.timeout(10):
            while (await uploads.row(after := await uploads.send(ride()))).mode is not Mode.CELERY:
                await asyncio.sleep(0.2)
        await uploads.until_ended()
        await it.until_logged("upload_completed", times=2)
        assert redis.count_results() > 0
    await uploads.assert_completed_once()
    assert await counts.count(ONCE_A_DAY, "ana") is not None, "the replica knows of the first call"
    await counts.close()
    assert (await uploads.row(busy)).mode is Mode.CELERY
    assert (await uploads.row(after)).mode is Mode.CELERY
