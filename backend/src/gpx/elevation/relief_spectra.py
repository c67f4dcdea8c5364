"""Relief spectra: the power of relief in each octave of length, of every kind that roads have.

    spectrum[o] = amount * 2**(growth * (o - hills))   for octaves o up to that of the hills
    spectrum[o] = amount * 2**(beyond * (o - hills))   beyond it

These are the components of the mixture that `relief` fits; an octave's growth is an exponent of
two. Recorded roads of Norway and Sweden gain 4 to 5 times from octave to octave over the whole
range (2 to 2.3); engineered ones, smooth below some length, gain more: 16 times (4) is what a long
wave leaves in the octaves below its own. More is the reach of the foot or the top of a pass:
kilometres before and behind it the road is straight, but the longest octaves still see the bend.

What it cannot do: relief that grows by less than 2.4 times an octave is none of these kinds. Where
nothing shows the noise, much of it is taken for noise.
"""

import math

import numpy as np

from src.gpx.model import FloatArray

# Evenly apart: hills between two of them would be explained by some noise. The first is a trail's.
_GROWTH_EXPONENTS = (1.25, 2.0, 8 / 3, 10 / 3, 4.0)
_NEAR_A_BEND = (8.0,)

# Hills of all lengths go on growing beyond; those of one length are gone. Such may lie between two
# octaves, but for the shortest, which look like noise that a receiver smooths over seconds.
_BEYOND_HILLS, _BEYOND_WAVES = 1.5, -4.0
_FAMILIES = (
    (_GROWTH_EXPONENTS, (4, 5, 6, 7, 8), _BEYOND_HILLS),
    (_GROWTH_EXPONENTS, (4, 5, 5.5, 6, 6.5, 7, 7.5), _BEYOND_WAVES),
    (_NEAR_A_BEND, (7, 8), _BEYOND_HILLS),
)

# A decimetre, which no recorder resolves; finer steps than by six told no more.
_LEAST_AT_HILLS_M2 = 0.01
_STEP = 6.0


def relief_spectra(octaves: int, most_m2: float) -> FloatArray:
    """Mean squares in m2 of relief, shape (components, octaves); the first component is flat.

    There must be at least 4 octaves. Each spectrum comes in amounts that grow by a factor of six,
    from a decimetre to beyond `most_m2` in the octave of its hills.
    """
    octave = np.arange(octaves)
    unit = [
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
    hilly = np.multiply.outer(amounts, np.array(unit)).reshape(-1, octaves)
    return np.concatenate([np.zeros((1, octaves)), hilly])
