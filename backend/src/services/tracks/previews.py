"""What lists show of a ride: a line of few points and its bounds, and when and where it began."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import tzfpy

from src.gpx import Analysis
from src.gpx.model import FloatArray, SimplifiedTrack

MOST_POINTS = 120
_STEPS_PER_DEGREE = 100_000


def preview_of(track: SimplifiedTrack) -> dict[str, Any]:
    """A polyline for a thumbnail, and `[west, south, east, north]` in degrees.

    The points that survive simplification longest, `MOST_POINTS` at most; the first and the last
    of the ride are always among them. A ride across the antimeridian has a west that is greater
    than its east (RFC 7946).
    """
    longest = np.argsort(-track.tolerance_m, kind="stable")[: MOST_POINTS - 2]
    shown = np.unique(np.concatenate([[0], longest, [len(track) - 1]]))
    return {
        "polyline": polyline(track.latitude[shown], track.longitude[shown]),
        "bounds": _bounds(track.latitude, track.longitude),
    }


def polyline(latitude: FloatArray, longitude: FloatArray) -> str:
    """Google's Encoded Polyline Algorithm Format with five decimals."""
    steps = np.rint(np.stack([latitude, longitude], axis=1) * _STEPS_PER_DEGREE).astype(np.int64)
    changes = np.diff(steps, axis=0, prepend=[[0, 0]]).ravel()
    return "".join(map(_encoded, changes.tolist()))


def start_of(analysis: Analysis) -> tuple[datetime | None, str | None]:
    """When a ride began, in UTC, and as a wall clock there would have shown it (ISO 8601).

    The offset is that of the file's own times, or else that of the place's time zone. There is no
    wall clock where it would leave the calendar, as on the first day of year 1 west of Greenwich.
    """
    if analysis.start_time_s is None:
        return None, None
    start = datetime.fromtimestamp(analysis.start_time_s, UTC)
    local = _local(analysis, start)
    return start, None if local is None else local.isoformat(timespec="seconds")


def days_of(analysis: Analysis) -> tuple[date | None, date | None]:
    """The days of the first and the last point by a wall clock there; None without times."""

    def day(time_s: float | None) -> date | None:
        if time_s is None:
            return None
        moment = datetime.fromtimestamp(time_s, UTC)
        return (_local(analysis, moment) or moment).date()

    return day(analysis.start_time_s), day(analysis.end_time_s)


def _local(analysis: Analysis, moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(_zone_of(analysis))
    except OverflowError:
        return None


def _zone_of(analysis: Analysis) -> timezone | ZoneInfo:
    if analysis.utc_offset_s is not None:
        return timezone(timedelta(seconds=analysis.utc_offset_s))
    track = analysis.simplified
    name = tzfpy.get_tz(float(track.longitude[0]), float(track.latitude[0]))
    try:
        return ZoneInfo(name) if name else UTC
    except ZoneInfoNotFoundError:
        return UTC


def _encoded(change: int) -> str:
    bits = ~(change << 1) if change < 0 else change << 1
    text = ""
    while bits >= 0x20:
        text += chr((0x20 | (bits & 0x1F)) + 63)
        bits >>= 5
    return text + chr(bits + 63)


def _bounds(latitude: FloatArray, longitude: FloatArray) -> list[float]:
    west, east = float(longitude.min()), float(longitude.max())
    if east - west > 180:
        # The other way round the earth is the shorter one.
        west, east = float(longitude[longitude > 0].min()), float(longitude[longitude <= 0].max())
    south, north = float(latitude.min()), float(latitude.max())
    return [math.floor(west * 1e5) / 1e5, south, math.ceil(east * 1e5) / 1e5, north]
