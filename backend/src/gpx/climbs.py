"""Climbs of the smoothed profile."""

import numpy as np

from src.gpx.elevation import Profile, turning_points
from src.gpx.gradients import window_gradient
from src.gpx.model import Climb, FloatArray

TOP_CLIMBS = 3

_DROP_M = 20.0
_DROP_SHARE = 0.15
_LEAST_LENGTH_M = 500.0
_LEAST_GAIN_M = 20.0
_LEAST_GRADIENT = 2.5

_CATEGORIES = ((80_000, "HC"), (64_000, "1"), (32_000, "2"), (16_000, "3"), (8_000, "4"))


def climbs(profile: Profile) -> tuple[Climb, ...]:
    """Every climb, the hardest first."""
    slope = window_gradient(profile)
    found: list[tuple[float, Climb]] = []
    starts = np.flatnonzero(np.diff(profile.segment, prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(profile)], strict=True):
        height = profile.elevation_m[start:end]
        turns = turning_points(height, _DROP_M)
        for foot, top in zip(turns[:-1].tolist(), turns[1:].tolist(), strict=True):
            climb = _climb(profile, start + foot, start + top, slope)
            if climb:
                found.append((climb.elevation_gain_m * climb.avg_gradient, climb))
    found.sort(key=lambda item: -item[0])
    return tuple(climb for _, climb in found)


def _climb(profile: Profile, foot: int, top: int, slope: FloatArray) -> Climb | None:
    length = float(profile.distance_m[top] - profile.distance_m[foot])
    gain = float(profile.elevation_m[top] - profile.elevation_m[foot])
    if length < _LEAST_LENGTH_M or gain < _LEAST_GAIN_M:
        return None
    gradient = 100 * gain / length
    if gradient < _LEAST_GRADIENT:
        return None
    return Climb(
        start_km=float(profile.distance_m[foot]) / 1000,
        end_km=float(profile.distance_m[top]) / 1000,
        distance_km=length / 1000,
        elevation_gain_m=gain,
        avg_gradient=gradient,
        max_gradient=float(slope[foot : top + 1].max()),
        category=category(length, gradient),
        description=f"{length / 1000:.1f} km @ {gradient:.1f} %",
    )


def category(length_m: float, gradient: float) -> str | None:
    """4, 3, 2, 1 or HC by length in metres x gradient in percent, None below."""
    return next((name for score, name in _CATEGORIES if length_m * gradient >= score), None)
