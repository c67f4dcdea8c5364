"""Climbs, found on the smoothed profile by how far the road drops and how far it lies flat.

    ascent: rises with drops between them below _DROP_M, or up to _DROP_SHARE of the smaller rise
    climb:  (foot, top) = argmax of above_flat[top] - above_flat[foot] in an ascent, and again in
            what is left before and behind it
    above_flat[i] = elevation[i] - _FLAT_PERCENT / 100 * distance[i]

All such pairs together are the maximal scoring subsequences of W. L. Ruzzo & M. Tompa, "A linear
time algorithm for finding all maximal scoring subsequences" (1999).

What it cannot do: tell a climb that the rider stopped recording on from two; no climb reaches
across a gap.
"""

from itertools import pairwise

import numpy as np

from src.gpx.elevation.profile import Profile
from src.gpx.elevation.turning_points import turning_points_of, without_ripples
from src.gpx.model import Climb, FloatArray

TOP_CLIMBS = 3

# A drop ends a climb, unless both sides of it are much higher and it is soon over.
_DROP_M = 15.0
_DROP_SHARE = 0.15
_DROP_LENGTH_M = 1500.0

# What is flatter than this belongs to a climb only where steeper road on both sides outweighs it.
_FLAT_PERCENT = 2.0

# Those of Garmin's ClimbPro; the categories are those of Strava.
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


def find_climbs(profile: Profile, *, most: int | None = None) -> tuple[Climb, ...]:
    """The climbs of a profile, the hardest first; none reaches across a gap between segments.

    All of them, or the `most` hardest.

    Difficulty is length in metres x average gradient in percent, as Strava and Garmin publish it
    for their climbs: category 4 from 8000, 3 from 16 000, 2 from 32 000, 1 from 64 000 and HC
    from 80 000. Like Garmin's ClimbPro this counts climbs of at least 500 m, 3 % and a difficulty
    of 3500; those below 8000 have no category.
    """
    known = [(start, end) for start, end in profile.segments.bounds() if profile.known[start]]
    ascents = [
        ascent
        for turns in turning_points_of(profile.elevation_m, known, _DROP_M)
        for ascent in _ascents(turns, profile.elevation_m[turns].tolist(), profile.cell_m)
    ]
    foot, top = np.array(_steep_parts(profile, ascents), dtype=np.int64).reshape(-1, 2).T
    hardest = np.lexsort((foot, profile.elevation_m[foot] - profile.elevation_m[top]))[:most]
    found = zip(foot[hardest].tolist(), top[hardest].tolist(), strict=True)
    slope = profile.leg_gradient
    return tuple(_climb(profile, start, end, slope) for start, end in found)


def category(length_m: float, gradient: float) -> str | None:
    """4, 3, 2, 1 or HC for a length in metres and an average gradient in percent."""
    return next((name for least, name in _CATEGORIES if length_m * gradient >= least), None)


def _ascents(turns: list[int], heights: list[float], cell_m: float) -> list[tuple[int, int]]:
    """Feet and tops of all that may hold a climb: what goes up without a drop that ends it."""
    ascents: list[tuple[int, int]] = []
    for foot, top in pairwise(range(len(turns))):
        if heights[top] <= heights[foot]:
            continue
        ascents.append((foot, top))
        while len(ascents) > 1:
            (start, before), (after, end) = ascents[-2:]
            smaller = min(heights[before] - heights[start], heights[end] - heights[after])
            is_deep = heights[before] - heights[after] > _DROP_SHARE * smaller
            if is_deep or (turns[after] - turns[before]) * cell_m > _DROP_LENGTH_M:
                break
            ascents[-2:] = [(start, end)]
    return [
        (turns[foot], turns[top])
        for foot, top in ascents
        if heights[top] - heights[foot] >= _LEAST_GAIN_M
    ]


def _steep_parts(profile: Profile, ascents: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of ascents with the largest rise above the flat, each a climb of its own.

    The largest part of an ascent comes first, then the largest before and behind it, and so on
    for as long as what is found is a climb.
    """
    ends = np.array(ascents, dtype=np.int64).reshape(-1, 2)
    is_end = np.zeros(len(profile), dtype=np.bool_)
    is_end[ends] = True
    flat_m = _FLAT_PERCENT / 100 * profile.cell_m * np.arange(len(profile))
    above_flat_m = profile.elevation_m - flat_m
    turns = without_ripples(above_flat_m, is_end, _LEAST_ABOVE_FLAT_M)
    positions, rise = turns.tolist(), above_flat_m[turns].tolist()
    height = profile.elevation_m[turns].tolist()
    parts = []
    for low, high in np.searchsorted(turns, ends).tolist():
        rises = [(low + foot, low + top) for foot, top in maximal_rises(rise[low : high + 1])]
        amounts = [rise[top] - rise[foot] for foot, top in rises]
        before, behind, largest = largest_first(amounts)
        open_ends = [largest]
        while open_ends:
            number = open_ends.pop()
            if number < 0 or amounts[number] < _LEAST_ABOVE_FLAT_M:
                continue
            foot, top = rises[number]
            length_m = (positions[top] - positions[foot]) * profile.cell_m
            if _counts(length_m, height[top] - height[foot]):
                parts.append((positions[foot], positions[top]))
                open_ends += [before[number], behind[number]]
    return parts


def maximal_rises(heights: list[float]) -> list[tuple[int, int]]:
    """Foot and top of the largest rise, of the largest before and behind it, and so on, in order.

    All maximal scoring subsequences (Ruzzo & Tompa, 1999), in time that grows with the length. Of
    equal feet and tops the first ones count.
    """
    rises: list[tuple[int, int]] = []
    # The nearest rise before each whose foot is no higher, -1 for none.
    lower: list[int] = []
    for start in range(len(heights) - 1):
        foot, top = start, start + 1
        if heights[top] < heights[foot]:
            continue
        while True:
            nearest = len(rises) - 1
            while nearest >= 0 and heights[rises[nearest][0]] > heights[foot]:
                nearest = lower[nearest]
            if nearest < 0 or heights[rises[nearest][1]] >= heights[top]:
                break
            foot = rises[nearest][0]
            del rises[nearest:], lower[nearest:]
        rises.append((foot, top))
        lower.append(nearest)
    return [(foot, top) for foot, top in rises if heights[top] > heights[foot]]


def largest_first(amounts: list[float]) -> tuple[list[int], list[int], int]:
    """Cartesian tree (Vuillemin, 1980) of amounts: each is larger than all below it.

    Which is the largest before and behind each, as far as the next larger one, and which is the
    largest of all; -1 for none. Of equal amounts the first counts as larger.
    """
    before, behind = [-1] * len(amounts), [-1] * len(amounts)
    falling: list[int] = []
    for number, amount in enumerate(amounts):
        while falling and amounts[falling[-1]] < amount:
            before[number] = falling.pop()
        if falling:
            behind[falling[-1]] = number
        falling.append(number)
    return before, behind, falling[0] if falling else -1


def _counts(length_m: float, gain_m: float) -> bool:
    return length_m >= _LEAST_LENGTH_M and 100 * gain_m >= max(
        _LEAST_SCORE, _LEAST_GRADIENT * length_m
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
