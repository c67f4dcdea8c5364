"""The state of the service's parts, asked for at most every two seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import BaseModel

FRESH_S = 2.0
PartStatus = Literal["ok", "down", "disabled"]


class Readiness(BaseModel):
    """The state of each part the service needs."""

    status: Literal["ok", "down"]
    database: PartStatus
    storage: PartStatus
    broker: PartStatus
    workers: PartStatus


class ReadinessCache:
    """One answer for all who ask at the same time; anybody may, and each probe costs threads."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._known: Readiness | None = None
        self._asked_at = 0.0

    async def get(self, probe: Callable[[], Awaitable[Readiness]]) -> Readiness:
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._known is None or now - self._asked_at > FRESH_S:
                self._known = await probe()
                self._asked_at = asyncio.get_running_loop().time()
            return self._known
