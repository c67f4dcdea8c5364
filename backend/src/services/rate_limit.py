"""How often one client may call what is costly or guessable."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from src.config import Settings
from src.errors import AppError, ErrorCode


class RateLimiter:
    """Counts in this process's memory, over moving windows."""

    def __init__(self, settings: Settings) -> None:
        self._enabled = settings.rate_limit_enabled
        self._auth = parse(settings.rate_limit_auth)
        self._upload = parse(settings.rate_limit_upload)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit_auth(self, client: str) -> None:
        """Raise `RATE_LIMITED` when this address tries too often to sign in or up."""
        self._hit(self._auth, "auth", client)

    def hit_upload(self, user_id: str) -> None:
        self._hit(self._upload, "upload", user_id)

    def _hit(self, limit: RateLimitItem, *who: str) -> None:
        if not self._enabled or self._limiter.hit(limit, *who):
            return
        wait_s = self._limiter.get_window_stats(limit, *who).reset_time - time.time()
        seconds = max(1, math.ceil(wait_s))
        raise AppError(ErrorCode.RATE_LIMITED, retry_after_s=seconds, seconds=seconds)
