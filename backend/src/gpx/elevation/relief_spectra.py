"""Kinds of road, by the power that their relief has in each octave of length.

Relief grows with the length up to that of its hills by some power of it, and beyond grows slower
or falls. Recorded roads of Norway and Sweden gained 4 to 5 times from octave to octave over the
whole range; engineered ones, smooth below some length, gain more: 16 times is what a long wave
leaves in the octaves below its own. More is the reach of the foot or the top of a pass: kilometres
before and behind it the road is straight, but the longest octaves still see the bend.
"""

import math

import numpy as np

from src.gpx.model import FloatArray

# Growth from octave to octave below the one of the hills, as a power of two.
_GROWTHS = (2.0, 8 / 3, 10 / 3, 4.0)
_NEAR_A_BEND = (8.0,)

# Hills of all lengths go on growing beyond; those of one length are gone. Such may lie between two
# octaves, but for the shortest, which look like noise that a receiver smooths over seconds.
_BEYOND_HILLS, _BEYOND_WAVES = 1.5, -4.0
_FAMILIES = (
    (_GROWTHS, (3, 4, 5, 6, 7), _BEYOND_HILLS),
    (_GROWTHS, (3, 4, 4.5, 5, 5.5, 6, 6.5), _BEYOND_WAVES),
    (_NEAR_A_BEND, (6, 7), _BEYOND_HILLS),
)

_LEAST_AT_HILLS_M2 = 0.01
_STEP = 6.0


def kinds_of_road(octaves: int, most_m2: float) -> FloatArray:
    """Mean squares in m2 of kinds of relief, shape (kinds, octaves); the first kind is flat.

    There must be at least 4 octaves. Each shape comes in amounts that grow by a factor of six,
    from a decimetre to beyond `most_m2` in the octave of its hills.
    """
    octave = np.arange(octaves)
    shapes = [
        2.0 ** (growth * np.minimum(octave - hills, 0) + beyond * np.maximum(octave - hills, 0))
        for growths, lengths, beyond in _FAMILIES
        for growth in growths
        for hills in lengths
        # In the last octave it does not matter what lies beyond.
        if hills < octaves - (beyond < 0)
    ]
    span = max(1.0, most_m2 / _LEAST_AT_HILLS_M2)
    steps = 1 + math.ceil(math.log(span, _STEP))
    amounts = _LEAST_AT_HILLS_M2 * _STEP ** np.arange(steps)
    hilly = np.multiply.outer(amounts, np.array(shapes)).reshape(-1, octaves)
    return np.concatenate([np.zeros((1, octaves)), hilly])
