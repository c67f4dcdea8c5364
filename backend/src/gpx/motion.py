"""Time in motion and speeds.

A rider is stopped while he stays within a few metres over a sliding window: single legs say
nothing, because the receiver's noise moves a resting recorder too.
"""

from dataclasses import dataclass

import numpy as np

from src.gpx.geodesy import local_metres
from src.gpx.model import BoolArray, FloatArray, Track

_STOPPED_M_S = 1 / 3.6
_STOP_WINDOW_S = 10.0
_PEAK_WINDOW_S = 4.0
_FASTEST_M_S = 150 / 3.6
_HARDEST_M_S2 = 10.0
_USABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Motion:
    """Seconds since 1970-01-01 UTC, minutes, and kilometres per hour."""

    start_s: float
    end_s: float
    total_minutes: float
    moving_minutes: float
    average_kmh: float | None
    maximum_kmh: float | None


def motion(track: Track, distance_m: FloatArray) -> Motion | None:
    """How the track was ridden, or None where too few of its points carry a time."""
    timed = np.isfinite(track.time_s)
    if timed.sum() < max(2, _USABLE_SHARE * len(track)):
        return None
    moving_s = ridden_m = 0.0
    peaks = []
    for number in np.unique(track.segment[timed]).tolist():
        inside = slice(*np.searchsorted(track.segment, [number, number + 1]).tolist())
        keep = timed[inside]
        time = track.time_s[inside][keep]
        along = distance_m[inside][keep]
        if len(time) < 2:
            continue
        x, y = local_metres(track.latitude[inside][keep], track.longitude[inside][keep])
        still = _stopped_legs(time, x, y)
        elapsed = np.diff(time)
        moving_s += float(elapsed[~still].sum())
        ridden_m += float(along[-1] - along[0])
        peaks.append(_peak_speed(time, along))
    times = track.time_s[timed]
    peak = max((peak for peak in peaks if peak is not None), default=None)
    return Motion(
        start_s=float(times[0]),
        end_s=float(times[-1]),
        total_minutes=float(times[-1] - times[0]) / 60,
        moving_minutes=moving_s / 60,
        average_kmh=3.6 * ridden_m / moving_s if moving_s > 0 else None,
        maximum_kmh=None if peak is None else 3.6 * peak,
    )


def _stopped_legs(time_s: FloatArray, x: FloatArray, y: FloatArray) -> BoolArray:
    last = len(time_s) - 1
    start = np.arange(last)
    end = np.minimum(np.searchsorted(time_s, time_s[:-1] + _STOP_WINDOW_S), last)
    end = np.maximum(end, start + 1)
    middle = (start + end + 1) // 2
    elapsed = time_s[end] - time_s[start]
    allowed = _STOPPED_M_S * np.maximum(elapsed, _STOP_WINDOW_S)
    still = np.hypot(x[end] - x[start], y[end] - y[start]) < allowed
    still &= np.hypot(x[middle] - x[start], y[middle] - y[start]) < allowed
    full = (elapsed >= _STOP_WINDOW_S) | (start == 0)
    still &= full
    depth = np.bincount(start[still], minlength=last + 1)
    depth -= np.bincount(end[still], minlength=last + 1)
    stopped: BoolArray = np.cumsum(depth)[:-1] > 0
    return stopped


def _peak_speed(time_s: FloatArray, along_m: FloatArray) -> float | None:
    elapsed, way = np.diff(time_s), np.diff(along_m)
    usable = elapsed > 0
    speed = np.divide(way, elapsed, out=np.full(len(way), np.inf), where=usable)
    bad = speed > _FASTEST_M_S
    gap = 0.5 * (elapsed[1:] + elapsed[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        jump = np.abs(np.diff(speed)) / gap > _HARDEST_M_S2
    bad[1:] |= jump
    bad[:-1] |= jump
    faults = np.concatenate([[0], np.cumsum(bad)])
    last = len(time_s) - 1
    end = np.minimum(np.searchsorted(time_s, time_s[:-1] + _PEAK_WINDOW_S), last)
    span = time_s[end] - time_s[:-1]
    clean = (faults[end] == faults[:-1]) & (span >= min(_PEAK_WINDOW_S, time_s[-1] - time_s[0]))
    clean &= span > 0
    if not clean.any():
        return None
    return float(((along_m[end] - along_m[:-1])[clean] / span[clean]).max())
