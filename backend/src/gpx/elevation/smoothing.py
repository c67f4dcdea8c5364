"""Smoothing that follows the road: long where it lies flat, hardly any where it climbs.

Each stretch of each octave keeps the share of its amplitude that noise does not explain. So flat
road is smoothed over kilometres, hills keep their summits, and a clean recording hardly changes.
"""

import math
from dataclasses import dataclass

from src.gpx.elevation.noise import wandering_shapes, white_shape
from src.gpx.elevation.relief import LEAST_OCTAVES, first_octave, part
from src.gpx.elevation.separation import put_together, scaled, stretch_powers, taken_apart
from src.gpx.model import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Values without their noise, twice: as lively as the road, and as close to it as can be.

    The sum of all rises is that of `elevation_m`, a single slope that of `likeliest_m`.
    `deviation_m` is the noise's as far as it is in the octaves.
    """

    elevation_m: FloatArray
    likeliest_m: FloatArray
    deviation_m: float


def smoothed(
    elevation: FloatArray,
    points_per_cell: IntArray,
    cell_m: float,
    spacing_m: float,
    speed_m_s: FloatArray,
    white_m2: float,
) -> Smoothed:
    """A profile given every `cell_m` metres, without its noise.

    `points_per_cell` holds how many recorded values lie in each of the cells that have any,
    `spacing_m` how far apart these are, `speed_m_s` how fast each of some equally long stretches
    was ridden; `white_m2` is the variance of white noise in a recorded value. Profiles of too few
    octaves are taken as they are.
    """
    details, rest = taken_apart(elevation)
    if len(details) < first_octave(spacing_m / cell_m) + LEAST_OCTAVES:
        return Smoothed(elevation, elevation, 0.0)
    octaves = len(details)
    white = white_m2 * white_shape(cell_m, spacing_m, points_per_cell)[:octaves]
    parting = part(
        stretch_powers(details, len(speed_m_s)),
        white,
        wandering_shapes(speed_m_s, cell_m, spacing_m)[..., :octaves],
        len(elevation) / len(speed_m_s),
        spacing_m / cell_m,
    )
    return Smoothed(
        elevation_m=put_together(scaled(details, parting.relief_share), rest),
        likeliest_m=put_together(scaled(details, parting.likeliest_share), rest),
        deviation_m=math.sqrt(parting.noise_m2.mean(axis=0).sum()),
    )
