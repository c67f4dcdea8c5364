"""A cyclist who keeps uploading while the stack is shaken, as a patient client does."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import httpx

from tests.support.cyclist import Cyclist, data_of

T = TypeVar("T")
PATIENCE_S = 60
PAUSE_S = 0.25


@dataclass(slots=True)
class Load:
    """What was accepted, and how long the answers took."""

    cyclist: Cyclist
    accepted: list[str] = field(default_factory=list)
    answer_s: list[float] = field(default_factory=list)
    repeated: int = 0
    _keys: "count[int]" = field(default_factory=count)

    async def upload(self, gpx: bytes) -> str:
        """Upload into a new trip; returns the upload's id once it is accepted.

        While the API is away the same request is sent again under the same key, for a minute.
        """
        trip_id = await self._patiently(self.cyclist.new_trip)
        key = f"ride-{next(self._keys)}"
        started = time.monotonic()
        response = await self._patiently(
            lambda: self.cyclist.upload(trip_id, gpx, **{"Idempotency-Key": key})
        )
        self.answer_s.append(time.monotonic() - started)
        upload_id: str = data_of(response, 202)["gpx_file_id"]
        self.accepted.append(upload_id)
        return upload_id

    async def status(self, upload_id: str) -> dict[str, Any]:
        response = await self._patiently(
            lambda: self.cyclist.request("GET", f"/gpx/{upload_id}/status")
        )
        status: dict[str, Any] = data_of(response, 200)
        return status

    @asynccontextmanager
    async def running(self, rides: Sequence[bytes], every_s: float) -> AsyncIterator[None]:
        """Upload the rides in turn while the block runs; what fails there fails here."""
        stopping = asyncio.Event()

        async def keep_uploading() -> None:
            for number in count():
                if stopping.is_set():
                    return
                await self.upload(rides[number % len(rides)])
                await asyncio.sleep(every_s)

        async with asyncio.TaskGroup() as group:
            group.create_task(keep_uploading())
            try:
                yield
            finally:
                stopping.set()

    async def _patiently(self, request: Callable[[], Awaitable[T]]) -> T:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await request()
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                self.repeated += 1
                await asyncio.sleep(PAUSE_S)
