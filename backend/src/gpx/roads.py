"""Kinds of road, by the power that their relief has in each octave of length.

Relief grows with the length up to that of its hills by some power of it, and beyond grows slower
or falls. Recorded roads of Norway and Sweden gained 4 to 5 times from octave to octave over the
whole range; engineered ones, smooth below some length, gain more. The most is 16 times, which is
what a long wave leaves in the octaves below its own.
"""

import math

import numpy as np

from src.gpx.model import FloatArray

# Growth from octave to octave below the one of the hills, as a power of two.
_GROWTHS = (2.0, 2.7, 4.0)

# Hills of all lengths go on growing beyond; those of one length are gone. Such may lie between two
# octaves, but for the shortest, which look like noise that a receiver smooths over seconds.
_HILLY, _HILLY_BEYOND = (3, 4, 5, 6, 7), 1.5
_WAVY, _WAVY_BEYOND = (3, 4, 4.5, 5, 5.5, 6, 6.5), -4.0

_LEAST_AT_HILLS_M2 = 0.01
_STEP = 4.0


def kinds_of_road(octaves: int, most_m2: float) -> FloatArray:
    """Mean squares in m2 of kinds of relief, shape (kinds, octaves); the first kind is flat.

    There must be at least 4 octaves. Each shape comes in amounts that grow by a factor of four,
    from a decimetre to beyond `most_m2` in the octave of its hills.
    """
    octave = np.arange(octaves)
    shapes = [
        2.0 ** (growth * np.minimum(octave - hills, 0) + beyond * np.maximum(octave - hills, 0))
        for growth in _GROWTHS
        for all_hills, beyond in ((_HILLY, _HILLY_BEYOND), (_WAVY, _WAVY_BEYOND))
        for hills in all_hills
        # In the last octave it does not matter what lies beyond.
        if hills < octaves - (beyond < 0)
    ]
    span = max(1.0, most_m2 / _LEAST_AT_HILLS_M2)
    steps = 1 + math.ceil(math.log(span, _STEP))
    amounts = _LEAST_AT_HILLS_M2 * _STEP ** np.arange(steps)
    hilly = np.multiply.outer(amounts, np.array(shapes)).reshape(-1, octaves)
    return np.concatenate([np.zeros((1, octaves)), hilly])
