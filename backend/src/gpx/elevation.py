"""The elevation profile along the road, and the climbing in it.

Noise must not become climbing, and how much noise there is differs from recorder to recorder:
it is estimated from the profile itself (`noise`). The profile is smoothed as far as that noise
outweighs the relief, stretch by stretch (`smoothing`): long where the road is flat, hardly where
it climbs, and a clean recording hardly anywhere. What noise is left is kept from counting by
hysteresis: a summit or valley counts once the road has left it by more than the noise can.
"""

import math
from dataclasses import dataclass

import numpy as np

from src.gpx.model import BoolArray, FloatArray, IntArray, Track
from src.gpx.noise import Noise, estimate_noise
from src.gpx.smoothing import octave_variances, smoothed

_CELL_M = 10.0
_LEGS_PER_POINT = 4

# In metres, and in standard deviations of the noise in its loudest octave.
_LEAST_TURN_M = 1.0
_TURN_PER_NOISE = 5.5

# A step in altitude that no road climbs is the recorder finding its altitude again.
_STEP_M = 30.0
_STEP_SLOPE = 1.0


@dataclass(frozen=True, slots=True)
class Profile:
    """The smoothed profile in cells of equal length along the distance.

    `elevation_m`, shape (k,), goes on in each segment where the one before ended: its
    differences are climbing, not its levels. Cell i lies `i * cell_m` along the track; `segment`
    is the segment it lies in, and `known` is False for cells of segments without elevations.
    `gain_m - loss_m` is the last elevation minus the first.
    """

    cell_m: float
    elevation_m: FloatArray
    segment: IntArray
    known: BoolArray
    noise: Noise
    gain_m: float
    loss_m: float

    def __len__(self) -> int:
        return len(self.elevation_m)

    @property
    def distance_m(self) -> FloatArray:
        return self.cell_m * np.arange(len(self), dtype=np.float64)


def build_profile(track: Track, distance_m: FloatArray) -> Profile | None:
    """The smoothed profile of a track, or None where it has no elevations."""
    known = np.flatnonzero(np.isfinite(track.elevation))
    if not len(known):
        return None
    along = distance_m if len(known) == len(track) else distance_m[known]
    climbed = _without_gaps(track.elevation[known], track.segment[known], along)
    total_m = float(distance_m[-1])
    legs = min(int(np.ceil(total_m / _CELL_M)), _LEGS_PER_POINT * len(track) + 1000)
    cell_m = total_m / legs if legs else _CELL_M
    raw = _cell_means(climbed, along, cell_m, legs + 1)
    spacing_m = total_m / len(known)
    noise = estimate_noise(raw, cell_m, spacing_m)

    octaves = octave_variances(noise.spectrum(cell_m, spacing_m))
    heights_m = smoothed(raw, octaves)
    # The finest octave is shorter than any hill.
    turn_m = max(_LEAST_TURN_M, _TURN_PER_NOISE * math.sqrt(octaves[1:].max()))
    change_m = np.diff(heights_m[turning_points(heights_m, turn_m)])
    segment = _cell_segments(track.segment, distance_m, cell_m, len(raw))
    has_elevation = np.zeros(int(track.segment[-1]) + 1, dtype=np.bool_)
    has_elevation[track.segment[known]] = True
    return Profile(
        cell_m=cell_m,
        elevation_m=heights_m,
        segment=segment,
        known=has_elevation[segment],
        noise=noise,
        gain_m=float(change_m.clip(min=0).sum()),
        loss_m=float((-change_m).clip(min=0).sum()),
    )


def elevation_range(track: Track) -> tuple[float | None, float | None]:
    """The lowest and the highest elevation as recorded, in metres; None where there is none."""
    known = track.elevation[np.isfinite(track.elevation)]
    return (float(known.min()), float(known.max())) if len(known) else (None, None)


def turning_points(elevation: FloatArray, turn_m: float) -> IntArray:
    """Positions of the summits and valleys, and of both ends, shape (m,), increasing.

    A summit counts when the elevations fall by at least `turn_m` metres from it, a valley when
    they rise by as much.
    """
    slope = np.sign(np.diff(elevation))
    last = len(elevation) - 1
    extrema = np.append(np.flatnonzero(slope[1:] != slope[:-1]) + 1, last)
    turns = [0]
    best, top, direction = 0, float(elevation[0]), 1
    for position, height in zip(extrema.tolist(), elevation[extrema].tolist(), strict=True):
        beyond = direction * (height - top)
        if beyond >= 0:
            best, top = position, height
        elif beyond <= -turn_m:
            turns.append(best)
            best, top, direction = position, height, -direction
    return np.unique([*turns, best, last])


def _without_gaps(elevation: FloatArray, segment: IntArray, along_m: FloatArray) -> FloatArray:
    """Elevations that go on after each gap, and each impossible step, where they were before."""
    rise = np.diff(elevation)
    broken = np.abs(rise) > _STEP_M + _STEP_SLOPE * np.diff(along_m)
    broken |= segment[1:] != segment[:-1]
    if not broken.any():
        return elevation
    lifts = np.where(broken, rise, 0.0)
    joined = elevation.copy()
    joined[1:] -= np.cumsum(lifts)
    return joined


def _cell_means(
    elevation: FloatArray, along_m: FloatArray, cell_m: float, cells: int
) -> FloatArray:
    """The mean elevation of the points in each cell, interpolated where a cell has none."""
    cell = (along_m / cell_m + 0.5).astype(np.int64)
    points = np.bincount(cell, minlength=cells)
    filled = np.flatnonzero(points)
    means = np.bincount(cell, weights=elevation, minlength=cells)[filled] / points[filled]
    return means if len(filled) == cells else np.interp(np.arange(cells), filled, means)


def _cell_segments(
    segment: IntArray, distance_m: FloatArray, cell_m: float, cells: int
) -> IntArray:
    first_points = np.flatnonzero(np.diff(segment)) + 1
    first_cells = np.ceil(distance_m[first_points] / cell_m).astype(np.int64)
    return np.cumsum(np.bincount(first_cells, minlength=cells + 1))[:cells]
