"""Smoothing that follows the road: long where it lies flat, hardly any where it climbs.

    smoothed = RECONSTRUCT(gain[stretch, octave] * details[octave], rest)

Each stretch of each octave keeps the share of its amplitude that noise does not explain: stretch by
stretch the filter of N. Wiener, "Extrapolation, interpolation, and smoothing of stationary time
series" (1949). So flat road is smoothed over kilometres, hills keep their summits, and a clean
recording hardly changes.

What it cannot do: noise that is as high as the hills in the same octave stays in, and some of these
hills go with it; and the rest, what is longer than all octaves, keeps its noise.
"""

import math
from dataclasses import dataclass

import numpy as np

from src.gpx.elevation.evidence import NoiseBounds
from src.gpx.elevation.noise import correlated_spectra, white_spectrum
from src.gpx.elevation.relief import LEAST_OCTAVES, first_octave, separate
from src.gpx.elevation.separation import decompose, reconstruct, scaled, stretch_powers
from src.gpx.model import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Values without their noise, twice: as lively as the road, and as close to it as can be.

    The sum of all rises is that of `elevation_m`, a single slope that of `posterior_mean_m`.
    `left_m2`, shape (stretches, octaves), is the variance of the noise that is left in the former,
    and that of the error of the latter; `deviation_m` the root of its sum over the octaves, in the
    mean of the stretches.
    """

    elevation_m: FloatArray
    posterior_mean_m: FloatArray
    left_m2: FloatArray

    @property
    def deviation_m(self) -> float:
        return math.sqrt(self.left_m2.mean(axis=0).sum())


def smoothed(
    elevation: FloatArray,
    points_per_cell: IntArray,
    cell_m: float,
    spacing_m: float,
    speed_m_s: FloatArray,
    white_m2: float,
    bounds: NoiseBounds,
) -> Smoothed:
    """A profile given every `cell_m` metres, without its noise.

    `points_per_cell` holds how many recorded values lie in each of the cells that have any,
    `spacing_m` how far apart these are, `speed_m_s` how fast each of some equally long stretches
    was ridden; `white_m2` is the variance of white noise in a recorded value. Profiles of too few
    octaves are taken as they are.
    """
    details, rest = decompose(elevation)
    if len(details) < first_octave(spacing_m / cell_m) + LEAST_OCTAVES:
        return Smoothed(elevation, elevation, np.zeros((len(speed_m_s), 1)))
    octaves = len(details)
    white = white_m2 * white_spectrum(cell_m, spacing_m, points_per_cell)[:octaves]
    separation = separate(
        stretch_powers(details, len(speed_m_s)),
        white,
        correlated_spectra(speed_m_s, cell_m, spacing_m)[..., :octaves],
        len(elevation) / len(speed_m_s),
        spacing_m / cell_m,
        bounds,
    )
    return Smoothed(
        elevation_m=reconstruct(scaled(details, separation.relief_gain), rest),
        posterior_mean_m=reconstruct(scaled(details, separation.posterior_mean_gain), rest),
        left_m2=separation.noise_m2 * separation.posterior_mean_gain,
    )
