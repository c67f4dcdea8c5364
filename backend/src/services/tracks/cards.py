"""The pictures of rides that messengers show beside a link."""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from src.errors import AppError, ErrorCode
from src.gpx.model import Climb
from src.gpx.presentation.drawing import CARD_WIDTH, MOST_POINTS, Sketch, card
from src.gpx.presentation.readable import headline
from src.models import GpxFile, RouteStatistics, Trip
from src.services.tracks import raster
from src.services.tracks.points import read_points

BRAND = "ContraVento"
# Of some 60 kB each.
_MOST_KEPT = 100
_MOST_AT_ONCE = 2
# Who comes when so many wait would wait for seconds.
_MOST_WAITING = 40
_DRAWN_WITHIN_S = 20.0
_RETRY_AFTER_S = 5.0


class CardNotDrawnError(Exception):
    """The program that makes a picture of a drawing failed, or took too long."""


class RideCards:
    """Draws cards, few at a time, and keeps those drawn last.

    A card is known by a text that changes with everything that is drawn.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)

    def find(self, key: str) -> bytes | None:
        if (png := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return png

    async def draw(self, key: str, read: Callable[[], Awaitable[Sketch]]) -> bytes:
        """The card as PNG, drawn once for all who ask meanwhile; `read` says what is drawn.

        Raises:
            AppError: `SERVICE_BUSY` when too many wait; and what `read` raises.
        """
        task = self._drawing.get(key)
        if task is None:
            if len(self._drawing) >= _MOST_WAITING:
                raise AppError(ErrorCode.SERVICE_BUSY, retry_after_s=_RETRY_AFTER_S)
            task = self._drawing[key] = asyncio.create_task(self._draw(read))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    async def _draw(self, read: Callable[[], Awaitable[Sketch]]) -> bytes:
        async with self._places:
            sketch = await read()
            return await _rastered(await asyncio.to_thread(card, sketch, BRAND))

    def _keep(self, key: str, done: asyncio.Task[bytes]) -> None:
        del self._drawing[key]
        # Asked for its error here, because perhaps nobody waits for it any more.
        if done.cancelled() or done.exception() is not None:
            return
        self._kept[key] = done.result()
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)


async def sketch_of(
    session: AsyncSession, trip: Trip, upload: GpxFile, statistics: RouteStatistics | None
) -> Sketch:
    """A completed ride as it is drawn; `NOT_FOUND` where it was deleted just now."""
    points = await read_points(session, upload.gpx_file_id, max_points=MOST_POINTS)
    return Sketch(
        title=trip.title,
        facts=headline_of(upload, statistics),
        climbs=[Climb(**climb) for climb in statistics.top_climbs] if statistics else [],
        segment=np.array(points.segment, np.int64),
        latitude=np.array(points.latitude, np.float64),
        longitude=np.array(points.longitude, np.float64),
        elevation=np.array(points.elevation, np.float64),
        distance_km=np.array(points.distance_km, np.float64),
    )


def headline_of(upload: GpxFile, statistics: RouteStatistics | None) -> list[str]:
    """The numbers of a completed ride that are told first, as Spanish writes them."""
    return headline(
        upload.distance_km or 0.0,
        upload.elevation_gain,
        upload.elevation_loss,
        statistics.moving_time_minutes if statistics else None,
        statistics.avg_speed_kmh if statistics else None,
        decimal_sign=",",
    )


async def _rastered(svg: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(Path(raster.__file__)),
        str(CARD_WIDTH),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # No secret of the service goes where somebody else's text is drawn.
        env={},
    )
    try:
        async with asyncio.timeout(_DRAWN_WITHIN_S):
            png, trouble = await process.communicate(svg.encode())
    except TimeoutError as error:
        raise CardNotDrawnError(f"not drawn within {_DRAWN_WITHIN_S:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise CardNotDrawnError(trouble.decode(errors="replace")[-500:])
    return png
