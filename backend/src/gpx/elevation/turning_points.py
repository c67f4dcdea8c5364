"""Summits and valleys of a profile, by hysteresis: which of its turns count.

    a summit at i counts where  elevation[i] - elevation[j] >= turn_m  at some j after it,
    before the elevations reach above that of i again; a valley likewise, upside down

What it cannot do: a rise in steps that each fall back by less than `turn_m` is one rise.

Most turns are ripples, far below what counts. They are taken out together beforehand, so that the
walk from turn to turn, which is Python and keeps all other threads waiting, goes past few.
"""

from collections.abc import Sequence

import numpy as np

from src.gpx.model import BoolArray, FloatArray, IntArray

# Of decimetres, ten are now and then a hair less than a metre, as the height above the sea has it.
_TIE_M = 1e-6
# Each leaves about a third of the ripples.
_RIPPLE_ROUNDS = 4


def turning_points(elevation: FloatArray, turn_m: float) -> IntArray:
    """Positions of the summits and valleys, and of both ends, shape (m,), increasing.

    A summit counts when the elevations fall by at least `turn_m` metres from it, a valley when
    they rise by as much.
    """
    (turns,) = turning_points_of(elevation, [(0, len(elevation))], turn_m)
    return np.array(turns)


def turning_points_of(
    elevation: FloatArray, parts: Sequence[tuple[int, int]], turn_m: float
) -> list[list[int]]:
    """The same for each part of a profile, from its first position to before its end."""
    turn_m -= _TIE_M
    ends = np.array([(start, end - 1) for start, end in parts], dtype=np.int64)
    is_end = np.zeros(len(elevation), dtype=np.bool_)
    is_end[ends] = True
    positions = without_ripples(elevation, is_end, turn_m)
    heights, walk = elevation[positions].tolist(), positions.tolist()
    return [
        _hysteresis(walk[first : last + 1], heights[first : last + 1], turn_m)
        for first, last in np.searchsorted(positions, ends).tolist()
    ]


def without_ripples(elevation: FloatArray, is_end: BoolArray, turn_m: float) -> IntArray:
    """Positions of all turns and ends but most of those that are far below what counts."""
    rise = np.diff(elevation)
    up, down = rise > 0, rise < 0
    turns = is_end.copy()
    if (up | down).all():
        turns[1:-1] |= up[1:] != up[:-1]
    else:
        # Level road is no turn; behind the first of a part it may be the end of one.
        legs = np.flatnonzero(up | down | is_end[:-1])
        up, down = up[legs], down[legs]
        turns[legs[1:][(up[1:] != up[:-1]) | (down[1:] != down[:-1])]] = True
    positions = np.flatnonzero(turns)
    for _ in range(_RIPPLE_ROUNDS):
        positions = positions[~_ripples(elevation[positions], is_end[positions], turn_m)]
    return positions


def _ripples(height: FloatArray, is_end: BoolArray, turn_m: float) -> BoolArray:
    """Which turns belong to a pair that lies between its neighbours and less than a turn apart.

    Without both, hysteresis finds the same turns: who would turn at the first of a pair has
    turned before it, and who would turn at the second does so after it.
    """
    ripples = np.zeros(len(height), dtype=np.bool_)
    rise = np.diff(height)
    step = np.abs(rise)
    before, within, after = step[:-2], step[1:-1], step[2:]
    pairs = (within < turn_m) & (within < before) & (within <= after)
    pairs &= (rise[:-2] * rise[1:-1] < 0) & (rise[1:-1] * rise[2:] < 0)
    pairs &= ~(is_end[1:-2] | is_end[2:-1])
    ripples[1:-2] = pairs
    ripples[2:-1] |= pairs
    return ripples


def _hysteresis(positions: list[int], heights: list[float], turn_m: float) -> list[int]:
    """The turns that count, both ends, and the last extreme, however little it was left."""
    turns = [positions[0]]
    best, top, direction = positions[0], heights[0], 1
    for position, height in zip(positions, heights, strict=True):
        beyond = direction * (height - top)
        if beyond >= 0:
            best, top = position, height
        elif beyond <= -turn_m:
            turns.append(best)
            best, top, direction = position, height, -direction
    return sorted({*turns, best, positions[-1]})
