"""Climbs of the smoothed profile."""

from itertools import pairwise

import numpy as np

from src.gpx.elevation import Profile, turning_points
from src.gpx.gradients import leg_gradients
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
    slope = leg_gradients(profile)
    found: list[tuple[float, Climb]] = []
    for start, end in _segments(profile):
        turns = start + turning_points(profile.elevation_m[start:end], _DROP_M)
        for foot, top in pairwise(turns.tolist()):
            climb = _climb(profile, foot, top, slope)
            if climb:
                found.append((climb.elevation_gain_m * climb.avg_gradient, climb))
    found.sort(key=lambda item: -item[0])
    return tuple(climb for _, climb in found)


def _segments(profile: Profile) -> list[tuple[int, int]]:
    """Where each segment with elevations starts and ends among the cells."""
    borders = np.flatnonzero(np.diff(profile.segment)) + 1
    ends = [0, *borders.tolist(), len(profile)]
    return [(start, end) for start, end in pairwise(ends) if profile.known[start]]


def _climb(profile: Profile, foot: int, top: int, slope: FloatArray) -> Climb | None:
    length = (top - foot) * profile.cell_m
    gain = float(profile.elevation_m[top] - profile.elevation_m[foot])
    if length < _LEAST_LENGTH_M or gain < _LEAST_GAIN_M:
        return None
    gradient = 100 * gain / length
    if gradient < _LEAST_GRADIENT:
        return None
    return Climb(
        start_km=foot * profile.cell_m / 1000,
        end_km=top * profile.cell_m / 1000,
        distance_km=length / 1000,
        elevation_gain_m=gain,
        avg_gradient=gradient,
        max_gradient=float(slope[foot:top].max()),
        category=category(length, gradient),
        description=f"{length / 1000:.1f} km @ {gradient:.1f} %",
    )


def category(length_m: float, gradient: float) -> str | None:
    """4, 3, 2, 1 or HC by length in metres x gradient in percent, None below."""
    return next((name for score, name in _CATEGORIES if length_m * gradient >= score), None)
