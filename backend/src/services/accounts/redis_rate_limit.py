"""Counts of calls in Redis, asked quickly or not at all."""

import asyncio

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from src.broker.redis_address import is_sentinel, parse_sentinel
from src.config import Settings
from src.observability.logs import get_logger

log = get_logger(__name__)
ANSWER_TIMEOUT_S = 0.2
BREAKER_OPEN_S = 8
_KEY_PREFIX = "contravento-limits"
_SENTINEL_OPTIONS = {"socket_timeout": 0.1, "socket_connect_timeout": 0.1}


class CountsUnavailableError(Exception):
    """Redis does not answer, or did not a moment ago."""


class RedisRateLimit:
    """Moving windows in the broker's Redis; connects when it first counts."""

    def __init__(self, settings: Settings) -> None:
        self._sentinels = _sentinels_of(settings)
        self._client = _client_of(settings, self._sentinels)
        storage = RedisStorage(
            "redis://",
            implementation="redispy",
            key_prefix=_KEY_PREFIX,
            connection_pool=self._client.connection_pool,  # type: ignore[arg-type]
        )
        self._limiter = MovingWindowRateLimiter(storage)
        self._breakers = AsyncCircuitBreakerFactory(default_threshold=1, default_ttl=BREAKER_OPEN_S)

    async def count(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count a call; when the next one is free, in seconds since 1970, if this one is not.

        Raises `CountsUnavailableError` at once, or after a fifth of a second.
        """
        try:
            async with (
                await self._breakers.get_breaker("counts"),
                asyncio.timeout(ANSWER_TIMEOUT_S),
            ):
                if await self._limiter.hit(limit, *who):
                    return None
                return (await self._limiter.get_window_stats(limit, *who)).reset_time
        except OpenedState as error:
            raise CountsUnavailableError from error
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("shared_counts_unavailable", reason=type(error).__name__)
            raise CountsUnavailableError from error

    async def close(self) -> None:
        await self._client.aclose()
        if self._sentinels is not None:
            await self._sentinels.aclose()


def _sentinels_of(settings: Settings) -> Sentinel | None:
    if not is_sentinel(settings.broker_url):
        return None
    password = settings.redis_sentinel_password.get_secret_value() or None
    return Sentinel(  # type: ignore[no-untyped-call]
        parse_sentinel(settings.broker_url).nodes,
        sentinel_kwargs={"password": password, **_SENTINEL_OPTIONS},
    )


def _client_of(settings: Settings, sentinels: Sentinel | None) -> Redis:
    # The time-out above ends what takes too long; to try again would only use it up.
    once = Retry(NoBackoff(), 0)
    if sentinels is None:
        return Redis.from_url(settings.broker_url, retry=once)
    master = parse_sentinel(settings.broker_url)
    client: Redis = sentinels.master_for(
        settings.redis_sentinel_master,
        username=master.username,
        password=master.password,
        db=master.database,
        retry=once,
    )
    return client
