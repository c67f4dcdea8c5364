"""Kinds of road, by the power that their relief has in each octave of length.

Relief grows with the length up to that of its hills by some power of it, and beyond grows slower
or falls. Recorded roads of Norway and Sweden gained 4 to 5 times from octave to octave over the
whole range; engineered ones, smooth below some length, gain more. The most is 16 times, which is
what a long wave leaves in the octaves below its own.
"""

import numpy as np

from src.gpx.model import FloatArray

# Growth from octave to octave as a power of two: below the octave of the hills, and beyond.
_GROWTHS = (2.0, 2.7, 4.0)
_GROWTHS_BEYOND = (-3.0, 1.5)
_OCTAVES_OF_HILLS = (3, 4, 5, 6, 7)

_LEAST_M2 = 0.01
_STEP = 4.0


def kinds_of_road(octaves: int, most_m2: float) -> FloatArray:
    """Mean squares in m2 of kinds of relief, shape (kinds, octaves); the first kind is flat.

    There must be at least 4 octaves. Each shape comes in amounts that grow by a
    factor of four, up to `most_m2` in the octave of the hills.
    """
    octave = np.arange(octaves)
    shapes = [
        2.0 ** (growth * np.minimum(octave - hills, 0))
        * 2.0 ** (beyond * np.maximum(octave - hills, 0))
        for growth in _GROWTHS
        for hills in _OCTAVES_OF_HILLS
        if hills < octaves
        for beyond in (_GROWTHS_BEYOND if hills < octaves - 1 else _GROWTHS_BEYOND[-1:])
    ]
    steps = 1 + int(np.log(max(1.0, most_m2 / _LEAST_M2)) / np.log(_STEP))
    amounts = _LEAST_M2 * _STEP ** np.arange(steps + 1)
    hilly = np.multiply.outer(amounts, np.array(shapes)).reshape(-1, octaves)
    return np.concatenate([np.zeros((1, octaves)), hilly])
