"""Elevations that are not the road's: zeros, thousands, spikes, told by the steps around them.

    step:   |rise| > _STEP_M + _STEP_SLOPE * way
    wrong:  a run of stretches between steps, left out of the best chain (`chains`), short, and
            _AWAY_TIMES_DIRECT * |behind - before| < min(step there, step back)

No road climbs like that, so the values on one side of a step are wrong; those of the chain that
keeps the most are the road's. A long part that another chain would be is a recorder that found
its altitude again: it stays, and the profile leaves its step out.

What it cannot do: a wrong value within `_STEP_M` of the road's is believed.
"""

import numpy as np

from src.gpx.cleaning.chains import best_chains, left_out
from src.gpx.earth.geodesy import distances_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Track

_STEP_M = 15.0
_STEP_SLOPE = 1.0
_AWAY_TIMES_DIRECT = 2.0
# With more steps than this nothing tells the road's elevations from the others.
_MOST_STEPS = 0.7
_FEWEST_VALUES = 5
# Parts that are longer, by the values that change, are of the road: between others, at an end.
_FALSE_PART, _FALSE_END = 0.15, 0.02
# Of a value that repeats the one before: what is not known is often written as one number.
_CONSTANT_WEIGHT = 0.01


def false_elevations(track: Track) -> BoolArray:
    """Which points carry an elevation that the road does not have."""
    wrong = np.zeros(len(track), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(track.elevation))
    height = track.elevation[known]
    rise = np.diff(height)
    # Nobody knows how the road goes on behind a gap.
    steps = np.flatnonzero((np.abs(rise) > _STEP_M) & (np.diff(track.segment[known]) == 0))
    if not len(steps) or len(known) < _FEWEST_VALUES:
        return wrong

    def allowed_m(start: IntArray, end: IntArray) -> FloatArray:
        latitude, longitude = track.latitude, track.longitude
        start, end = known[start], known[end]
        way_m = distances_m(latitude[start], longitude[start], latitude[end], longitude[end])
        return _STEP_M + _STEP_SLOPE * way_m

    steps = steps[np.abs(rise[steps]) > allowed_m(steps, steps + 1)]
    if not len(steps) or len(steps) > _MOST_STEPS * len(known):
        return wrong
    starts = np.concatenate([[0], steps + 1])
    ends = np.append(steps + 1, len(known))
    changes = np.concatenate([[0.0, 0.0], rise != 0])
    changes[starts + 1] = 0.0
    changes = np.cumsum(changes)
    weights = changes[ends] - changes[starts] + _CONSTANT_WEIGHT * (ends - starts)

    def reachable(earlier: IntArray, later: IntArray) -> BoolArray:
        end, start = ends[earlier] - 1, starts[later]
        fits: BoolArray = np.abs(height[start] - height[end]) <= allowed_m(end, start)
        return fits

    end_m, start_m = height[ends - 1].tolist(), height[starts].tolist()

    def reaches(earlier: int, later: int) -> bool:
        return bool(abs(start_m[later] - end_m[earlier]) <= _STEP_M)

    group = np.zeros(len(starts), dtype=np.int64)
    kept = best_chains(weights, group, reachable, reaches)
    first, end = left_out(kept, group)
    most = float(weights[kept].sum())
    up_to = np.concatenate([[0.0], np.cumsum(weights)])
    before_m = np.where(first > 0, height[ends[first - 1] - 1], np.nan)
    behind_m = np.where(end < len(starts), height[starts[end.clip(max=len(starts) - 1)]], np.nan)
    there_m = np.abs(height[starts[first]] - before_m)
    back_m = np.abs(behind_m - height[ends[end - 1] - 1])
    direct_m = np.abs(behind_m - before_m)
    part = (up_to[end] - up_to[first]) / most
    explained = _AWAY_TIMES_DIRECT * direct_m < np.fmin(there_m, back_m)
    explained &= part <= _FALSE_PART
    explained |= np.isnan(direct_m) & (part <= _FALSE_END)
    depth = np.bincount(starts[first[explained]], minlength=len(known) + 1)
    depth -= np.bincount(ends[end[explained] - 1], minlength=len(known) + 1)
    wrong[known[np.cumsum(depth)[:-1] > 0]] = True
    return wrong
