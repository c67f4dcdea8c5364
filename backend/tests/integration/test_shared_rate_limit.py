"""Rate limits that all API processes count together, in a Redis that may fail them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from src.config import Settings
from src.errors import AppError, ErrorCode
from src.services.accounts import redis_rate_limit
from src.services.accounts.rate_limit import RateLimiter
from tests.support.cyclist import error_of
from tests.support.servers import OwnRedis, own_redis

LIMIT = 3


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    with own_redis(tmp_path / "redis", requirepass="a-password") as server:
        yield server


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def settings(settings: Settings, redis: OwnRedis) -> Settings:
    return settings.model_copy(
        update={
            "celery_enabled": True,
            "redis_url": redis.url,
            "rate_limit_enabled": True,
            "rate_limit_auth": f"{LIMIT}/minute",
        }
    )


@pytest.fixture
async def processes(settings: Settings) -> AsyncIterator[tuple[RateLimiter, RateLimiter]]:
    """The limiters of two API processes."""
    pair = RateLimiter(settings), RateLimiter(settings)
    yield pair
    for limiter in pair:
        await limiter.close()


async def allowed(limiter: RateLimiter, calls: int) -> int:
    count = 0
    for _ in range(calls):
        with suppress(AppError):
            await limiter.hit_auth("10.0.0.1")
            count += 1
    return count


async def test_two_processes_allow_no_more_than_one(
    processes: tuple[RateLimiter, RateLimiter],
) -> None:
    first, second = processes
    assert await allowed(first, 2) == 2
    assert await allowed(second, 2) == 1
    with pytest.raises(AppError) as refused:
        await first.hit_auth("10.0.0.1")
    assert refused.value.code is ErrorCode.RATE_LIMITED
    assert 0 < (refused.value.retry_after_s or 0) <= 60
    await first.hit_auth("10.0.0.2")


async def test_the_api_counts_in_redis(client: httpx.AsyncClient, redis: OwnRedis) -> None:
    login = {"login": "nobody", "password": "none"}
    for _ in range(LIMIT):
        error_of(await client.post("/auth/login", json=login), 401)
    refused = await client.post("/auth/login", json=login)
    assert error_of(refused, 429)["code"] == "RATE_LIMITED"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    with redis.client() as known:
        (key,) = known.keys("contravento-limits:*")
        assert 0 < known.ttl(key) <= 60


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_without_redis_each_process_counts_alone_and_nobody_waits(
    processes: tuple[RateLimiter, RateLimiter], redis: OwnRedis, fault: str
) -> None:
    assert await allowed(processes[0], LIMIT) == LIMIT
    getattr(redis, fault)()
    for limiter in processes:
        started = time.monotonic()
        assert await allowed(limiter, LIMIT + 2) == LIMIT
        # The first call finds out, and those after it do not ask.
        assert time.monotonic() - started < redis_rate_limit.ANSWER_TIMEOUT_S + 0.3


async def test_a_redis_that_is_back_counts_for_all_again(
    settings: Settings, redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_rate_limit, "BREAKER_OPEN_S", 0.3)
    first, second = RateLimiter(settings), RateLimiter(settings)
    redis.freeze()
    assert await allowed(first, 1) == 1
    redis.thaw()
    await asyncio.sleep(0.5)
    assert await allowed(first, LIMIT + 1) == LIMIT
    assert await allowed(second, 1) == 0
    for limiter in (first, second):
        await limiter.close()
