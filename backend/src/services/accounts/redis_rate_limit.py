"""Counts of calls in Redis, asked quickly or not at all."""

import asyncio

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from redis.exceptions import RedisError

from src.broker.async_redis import AsyncRedis
from src.config import Settings
from src.observability.logs import get_logger

log = get_logger(__name__)
ANSWER_TIMEOUT_S = 0.2
BREAKER_OPEN_S = 8
_KEY_PREFIX = "contravento-limits"


class CountsUnavailableError(Exception):
    """Redis does not answer, or did not a moment ago."""


class RedisRateLimit:
    """Moving windows in the broker's Redis; connects when it first counts."""

    def __init__(self, settings: Settings) -> None:
        self._redis = AsyncRedis.of(settings)
        storage = RedisStorage(
            "redis://",
            implementation="redispy",
            key_prefix=_KEY_PREFIX,
            connection_pool=self._redis.client.connection_pool,  # type: ignore[arg-type]
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
        await self._redis.close()
