"""Climbs, found on the smoothed profile by how far the road drops and how far it lies flat."""

from itertools import pairwise

import numpy as np

from src.gpx.elevation.profile import Profile
from src.gpx.elevation.turning_points import turning_points_of
from src.gpx.model import Climb, FloatArray
from src.gpx.statistics.gradients import leg_gradients

TOP_CLIMBS = 3

# A drop ends a climb, unless both sides of it are much higher and it is soon over.
_DROP_M = 15.0
_DROP_SHARE = 0.15
_DROP_LENGTH_M = 1500.0

# What is flatter than this belongs to a climb only where steeper road on both sides outweighs it.
_FLAT_PERCENT = 2.0

_LEAST_LENGTH_M = 500.0
_LEAST_GRADIENT = 3.0
_LEAST_SCORE = 3500.0
_LEAST_GAIN_M = _LEAST_SCORE / 100
# A bound, to be quick about what is none, and so a little lower than it might be.
_LEAST_ABOVE_FLAT_M = 0.99 * _LEAST_GAIN_M * (1 - _FLAT_PERCENT / _LEAST_GRADIENT)
_CATEGORIES = (
    (80_000.0, "HC"),
    (64_000.0, "1"),
    (32_000.0, "2"),
    (16_000.0, "3"),
    (8_000.0, "4"),
)


def find_climbs(profile: Profile) -> tuple[Climb, ...]:
    """Every climb of a profile, the hardest first; none reaches across a gap between segments.

    Difficulty is length in metres x average gradient in percent, as Strava and Garmin publish it
    for their climbs: category 4 from 8000, 3 from 16 000, 2 from 32 000, 1 from 64 000 and HC
    from 80 000. Like Garmin's ClimbPro this counts climbs of at least 500 m, 3 % and a difficulty
    of 3500; those below 8000 have no category.
    """
    slope = leg_gradients(profile)
    legs = np.arange(len(profile))
    above_flat_m = profile.elevation_m - _FLAT_PERCENT / 100 * profile.cell_m * legs
    found = [
        _climb(profile, foot, top, slope)
        for turns in turning_points_of(profile.elevation_m, _segments(profile), _DROP_M)
        for low, high in _ascents(profile, turns)
        for foot, top in _steep_parts(profile, above_flat_m, low, high)
    ]
    return tuple(sorted(found, key=lambda climb: (-climb.elevation_gain_m, climb.start_km)))


def category(length_m: float, gradient: float) -> str | None:
    """4, 3, 2, 1 or HC for a length in metres and an average gradient in percent."""
    return next((name for least, name in _CATEGORIES if length_m * gradient >= least), None)


def _segments(profile: Profile) -> list[tuple[int, int]]:
    """Where each segment with elevations starts and ends among the cells."""
    borders = np.flatnonzero(np.diff(profile.segment)) + 1
    ends = [0, *borders.tolist(), len(profile)]
    return [(start, end) for start, end in pairwise(ends) if profile.known[start]]


def _ascents(profile: Profile, turns: list[int]) -> list[tuple[int, int]]:
    """Feet and tops of all that may hold a climb: what goes up without a drop that ends it."""
    height = profile.elevation_m
    ascents: list[tuple[int, int]] = []
    for foot, top in pairwise(turns):
        if height[top] <= height[foot]:
            continue
        ascents.append((foot, top))
        while len(ascents) > 1 and _belong_together(profile, *ascents[-2:]):
            ascents[-2:] = [(ascents[-2][0], top)]
    return [(foot, top) for foot, top in ascents if height[top] - height[foot] >= _LEAST_GAIN_M]


def _belong_together(profile: Profile, before: tuple[int, int], after: tuple[int, int]) -> bool:
    height = profile.elevation_m
    drop = height[before[1]] - height[after[0]]
    smaller = min(height[before[1]] - height[before[0]], height[after[1]] - height[after[0]])
    length_m = (after[0] - before[1]) * profile.cell_m
    return bool(drop <= _DROP_SHARE * smaller and length_m <= _DROP_LENGTH_M)


def _steep_parts(
    profile: Profile, above_flat_m: FloatArray, low: int, high: int
) -> list[tuple[int, int]]:
    """The parts of an ascent with the largest rise above the flat, each a climb of its own."""
    parts = []
    open_ends = [(low, high)]
    while open_ends:
        low, high = open_ends.pop()
        rise = above_flat_m[low : high + 1]
        climbed_m = rise - np.minimum.accumulate(rise)
        if climbed_m.max() < _LEAST_ABOVE_FLAT_M:
            continue
        top = int(np.argmax(climbed_m))
        foot = int(np.argmin(rise[: top + 1]))
        if _counts(profile, low + foot, low + top):
            parts.append((low + foot, low + top))
            open_ends += [(low, low + foot), (low + top, high)]
    return parts


def _counts(profile: Profile, foot: int, top: int) -> bool:
    length_m = (top - foot) * profile.cell_m
    gain_m = profile.elevation_m[top] - profile.elevation_m[foot]
    return bool(
        length_m >= _LEAST_LENGTH_M
        and 100 * gain_m >= max(_LEAST_SCORE, _LEAST_GRADIENT * length_m)
    )


def _climb(profile: Profile, foot: int, top: int, slope: FloatArray) -> Climb:
    length_m = (top - foot) * profile.cell_m
    gain_m = float(profile.elevation_m[top] - profile.elevation_m[foot])
    gradient = 100 * gain_m / length_m
    return Climb(
        start_km=foot * profile.cell_m / 1000,
        end_km=top * profile.cell_m / 1000,
        distance_km=length_m / 1000,
        elevation_gain_m=gain_m,
        avg_gradient=gradient,
        # Single slopes are smoothed more than the whole rise.
        max_gradient=max(gradient, float(slope[foot:top].max())),
        category=category(length_m, gradient),
        description=f"{length_m / 1000:.1f} km @ {gradient:.1f} %",
    )
