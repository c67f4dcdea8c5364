"""How often one client may call what is costly or guessable."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from src.config import Settings
from src.errors import AppError, ErrorCode
from src.services.accounts.redis_rate_limit import CountsUnavailableError, RedisRateLimit


class RateLimiter:
    """Counts over moving windows, in the Redis that every API process shares where there is one.

    Without it, or while it does not answer, each process counts in its own memory: a client may
    then call more often, and no request waits or fails for it.
    """

    def __init__(self, settings: Settings) -> None:
        self._enabled = settings.rate_limit_enabled
        self._auth = parse(settings.rate_limit_auth)
        self._upload = parse(settings.rate_limit_upload)
        self._preview = parse(settings.rate_limit_preview)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        is_shared = settings.rate_limit_enabled and settings.uses_celery
        self._shared = RedisRateLimit(settings) if is_shared else None

    async def hit_auth(self, client: str) -> None:
        """Raise `RATE_LIMITED` when this address tries too often to sign in or up."""
        await self._hit(self._auth, "auth", client)

    async def hit_upload(self, user_id: str) -> None:
        """Raise `RATE_LIMITED` when this cyclist uploads too often."""
        await self._hit(self._upload, "upload", user_id)

    async def hit_preview(self, client: str) -> None:
        """Raise `RATE_LIMITED` when this address has too many pictures drawn."""
        await self._hit(self._preview, "preview", client)

    async def close(self) -> None:
        if self._shared is not None:
            await self._shared.close()

    async def _hit(self, limit: RateLimitItem, *who: str) -> None:
        if not self._enabled:
            return
        free_at = await self._count(limit, *who)
        if free_at is not None:
            seconds = max(1, math.ceil(free_at - time.time()))
            raise AppError(ErrorCode.RATE_LIMITED, retry_after_s=seconds, seconds=seconds)

    async def _count(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count a call; when the next one is free, in seconds since 1970, if this one is not."""
        if self._shared is not None:
            try:
                return await self._shared.count(limit, *who)
            except CountsUnavailableError:
                pass
        if self._own.hit(limit, *who):
            return None
        return self._own.get_window_stats(limit, *who).reset_time
