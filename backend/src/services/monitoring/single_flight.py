"""One answer for all who ask at about the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
FRESH_S = 2.0


class SingleFlight(Generic[T]):
    """What is costly to find out, found out at most every `fresh_s` seconds whoever asks."""

    def __init__(self, fresh_s: float = FRESH_S) -> None:
        self._fresh_s = fresh_s
        self._lock = asyncio.Lock()
        self._known: tuple[float, T] | None = None

    async def get(self, probe: Callable[[], Awaitable[T]]) -> T:
        """The answer of a probe that is fresh enough; what `probe` raises is not kept."""
        clock = asyncio.get_running_loop().time
        async with self._lock:
            if self._known is None or clock() - self._known[0] > self._fresh_s:
                answer = await probe()
                self._known = (clock(), answer)
            return self._known[1]
