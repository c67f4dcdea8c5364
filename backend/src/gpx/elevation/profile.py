"""The elevation profile along the road, and the climbing in it.

    profile = smoothed(mean elevation in each cell of the road)        (`smoothing`)
    gain = sum of rises between turning points that differ by turn_m   (`turning_points`)
    turn_m = max(1 m + min(3 deviation_m, 1 m), 1.5 deviation_m)

Noise must not become climbing, and how much noise there is differs from recorder to recorder. The
profile is decomposed into octaves of length (`separation`); in each it is estimated how much is
noise (`noise`) and how much relief (`relief`), stretch by stretch, and the noise is taken out
(`smoothing`). What is left of it is kept from counting by hysteresis: a summit or valley counts
once the road has left it by more than the noise can.

What it cannot do: rises of less than a metre are not counted, and hills about as high as the noise
are counted by chance.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from src.gpx.cleaning.clock import timed_points
from src.gpx.cleaning.heights import leaps
from src.gpx.cleaning.walls import joined
from src.gpx.elevation.evidence import NoiseBounds, noise_bounds
from src.gpx.elevation.halts import standing_legs, without_halts
from src.gpx.elevation.leg_gradients import leg_gradients
from src.gpx.elevation.noise import white_variance
from src.gpx.elevation.smoothing import smoothed
from src.gpx.elevation.turning_points import turning_points
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, Track, pieces

# Cells are shorter than a second's ride, and 200 of them a stretch: a kilometre. Sparse recordings
# get longer ones: no more than so many a point, and 1000.
_CELL_M = 5.0
_LEGS_PER_POINT = 1.5
_STRETCH_CELLS = 200

# What a summit or a valley is left by to count: metres, and on top of them standard deviations of
# the noise left, up to so many metres; but so many standard deviations at least.
_LEAST_TURN_M = 1.0
_TURN_PER_QUIET_NOISE, _MOST_QUIET_M = 3.0, 1.0
_TURN_PER_NOISE = 1.5

# The variance of the gain: so many times that of the heights of its inner turns, and the squares of
# these shares of what smoothing took off (whether that was noise is told from little) and of the
# gain, and of these metres (`bench/relief.py`). So many deviations hold 90 of 100 truths there; of
# normal errors 1.645 would, but some rides are told from little.
_HEIGHTS_VARIANCES = 4.0
_PER_SMOOTHED, _PER_GAIN, _LEAST_DEVIATION_M = 0.08, 0.02, 2.0
_WITHIN = 2.0

# Where a recording has no times.
_USUAL_M_S = 7.5
# So many that a halt, which is in one or two of them, does not move their median.
_PACES_PER_STRETCH = 10
_SLOWEST_M_S, _FASTEST_M_S = 0.5, 50.0


@dataclass(frozen=True)
class Profile:
    """The smoothed profile in cells of equal length along the distance.

    `elevation_m`, shape (k,), goes on in each segment where the one before ended: its differences
    are climbing, not its levels. So does `posterior_mean_m`, which is closest to the road at each
    place, for gradients, and gains less in all. Cell i lies `i * cell_m` along the track;
    `segments` says in which it lies, and `known` is False for cells of segments without elevations.
    `left_m2`, shape (stretches, octaves), is the variance of the noise that is left in each octave.
    `gain_m - loss_m` is what the segments rise from their first recorded elevation to their last,
    but for steps that no road climbs and where nothing was ridden. The true gain is meant to lie
    between `gain_low_m` and `gain_high_m` in 90 of 100 rides; docs/accuracy.md shows how often it
    does. `turns` are the cells of the summits and valleys that count, and both ends. `lift_m`, of
    shape (points with an elevation,), is what is recorded above the level of the profile there.
    """

    cell_m: float
    elevation_m: FloatArray
    posterior_mean_m: FloatArray
    segments: Segments
    known: BoolArray
    gain_m: float
    loss_m: float
    gain_low_m: float
    gain_high_m: float
    turns: IntArray
    left_m2: FloatArray
    lift_m: FloatArray

    def __len__(self) -> int:
        return len(self.elevation_m)

    @cached_property
    def leg_gradient(self) -> FloatArray:
        """In percent, around each leg between cells, shape (k - 1,); see `leg_gradients`.

        NaN where there are no elevations.
        """
        slope = leg_gradients(self.posterior_mean_m, self.cell_m, self.left_m2)
        slope[~(self.known[1:] & self.known[:-1])] = np.nan
        slope.flags.writeable = False
        return slope


def build_profile(
    track: Track, distance_m: FloatArray, moving: BoolArray | None = None
) -> Profile | None:
    """The smoothed profile of a track, or None where it has no elevations.

    `moving`, shape (n,), tells where the rider moved on the way to each point; None where nobody
    knows. What an altitude changes by while he stands still is not climbed.
    """
    known = np.flatnonzero(np.isfinite(track.elevation))
    if not len(known):
        return None
    along = distance_m if len(known) == len(track) else distance_m[known]
    climbed = _without_gaps(track, known, along)
    total_m = float(distance_m[-1])
    legs = min(int(np.ceil(total_m / _CELL_M)), int(_LEGS_PER_POINT * len(known)) + 1000)
    cell_m = total_m / legs if legs else _CELL_M
    ridden = climbed
    if moving is not None:
        halts = _halts(track, known, distance_m, moving)
        ridden = without_halts(climbed, track.time_s[known], halts)
    raw, points = _cell_means(ridden, along, cell_m, legs + 1)
    white_m2 = white_variance(climbed, along)
    profile = smoothed(
        raw,
        points,
        cell_m,
        total_m / len(known),
        stretch_speeds(track, distance_m, max(1, len(raw) // _STRETCH_CELLS)),
        white_m2,
        _noise_bounds(track, known, climbed, along, white_m2),
    )
    heights_m = _between(profile.elevation_m, climbed[0], climbed[-1])
    turns = turning_points(heights_m, least_turn_m(profile.deviation_m))
    gain_m, loss_m = _climbing_m(heights_m, turns)
    raw_gain_m, _ = _climbing_m(raw, turning_points(raw, _LEAST_TURN_M))
    turn = _stretches(turns[1:-1], len(raw), len(profile.left_m2))
    deviation_m = gain_deviation_m(
        profile.left_m2.sum(axis=1)[turn], max(0.0, raw_gain_m - gain_m), gain_m
    )
    segment = _cell_segments(track.segments, distance_m, cell_m, len(raw))
    has_elevation = np.zeros(len(track.segments), dtype=np.bool_)
    has_elevation[track.segments.of_points(known)] = True
    return Profile(
        cell_m=cell_m,
        elevation_m=heights_m,
        posterior_mean_m=profile.posterior_mean_m,
        segments=Segments(segment),
        known=has_elevation[segment],
        gain_m=gain_m,
        loss_m=loss_m,
        gain_low_m=max(0.0, gain_m - _WITHIN * deviation_m),
        gain_high_m=gain_m + _WITHIN * deviation_m,
        turns=turns,
        left_m2=profile.left_m2,
        lift_m=track.elevation[known] - climbed,
    )


def cumulative_climbing_m(profile: Profile) -> tuple[FloatArray, FloatArray]:
    """Metres climbed and metres descended up to each cell, shape (k,) each, never decreasing.

    They end at `gain_m` and `loss_m`. Between two turning points only what is higher (or lower)
    than anything since the last of them counts, so that ripples add nothing.
    """
    height, turns = profile.elevation_m, profile.turns
    if len(height) < 2:
        return np.zeros(len(height)), np.zeros(len(height))
    cells = np.diff(turns)
    step_m = np.diff(height[turns])
    rises, high_m = step_m > 0, np.abs(step_m)
    progress = height[1:] - np.repeat(height[turns[:-1]], cells)
    progress *= np.repeat(np.where(rises, 1.0, -1.0), cells)
    progress.clip(min=0, out=progress)
    # Each leg lifted above all before it, the running maximum starts anew with each.
    lift_m = np.repeat((np.ptp(height) + 1.0) * np.arange(len(cells)), cells)
    progress += lift_m
    np.maximum.accumulate(progress, out=progress)
    progress -= lift_m
    np.minimum(progress, np.repeat(high_m, cells), out=progress)

    def added_up(counts: BoolArray) -> FloatArray:
        """On the legs that count, behind what those before have come to."""
        done = np.concatenate([[0.0], np.cumsum(high_m * counts)])
        so_far = np.zeros(len(height))
        np.multiply(progress, np.repeat(counts, cells), out=so_far[1:])
        so_far[1:] += np.repeat(done[:-1], cells)
        return so_far

    return added_up(rises), added_up(~rises)


@dataclass(frozen=True, slots=True)
class CellPlaces:
    """Where n points lie among the k cells of a profile: behind which, and how far, 0 to 1."""

    cell: IntArray
    share: FloatArray

    @classmethod
    def along(cls, profile: Profile, distance_m: FloatArray) -> Self:
        cells = distance_m / profile.cell_m
        # Beyond the last cell all is as there.
        cell = cells.astype(np.int64).clip(max=max(len(profile) - 2, 0))
        return cls(cell, (cells - cell).clip(max=1.0))

    def between(self, values: FloatArray) -> FloatArray:
        """Values of the cells, shape (k,), interpolated at the points, shape (n,)."""
        steps = np.diff(values, append=values[-1])
        at_points = np.empty(len(self.cell))
        for part in pieces(len(at_points)):
            cell = self.cell[part]
            np.multiply(steps.take(cell), self.share[part], out=at_points[part])
            at_points[part] += values.take(cell)
        return at_points


def smoothed_at_points(profile: Profile, track: Track, places: CellPlaces) -> FloatArray:
    """The smoothed elevation at each point in metres above the sea, shape (n,).

    NaN in segments without elevations. Never outside of what was recorded.
    """
    heights = places.between(profile.elevation_m)
    known = np.flatnonzero(np.isfinite(track.elevation))
    everywhere = len(known) == len(track)
    recorded = track.elevation if everywhere else track.elevation[known]
    low, high = float(recorded.min()), float(recorded.max())
    if everywhere:
        heights += profile.lift_m
        return heights.clip(low, high, out=heights)
    before = (np.cumsum(np.isfinite(track.elevation)) - 1).clip(min=0)
    heights += profile.lift_m[before]
    heights.clip(low, high, out=heights)
    heights[~np.isin(track.segment, track.segment[known])] = np.nan
    return heights


def least_turn_m(deviation_m: float) -> float:
    """What the heights leave a summit or a valley by that counts, where noise deviates so much."""
    quiet = _LEAST_TURN_M + min(_TURN_PER_QUIET_NOISE * deviation_m, _MOST_QUIET_M)
    return max(quiet, _TURN_PER_NOISE * deviation_m)


def gain_deviation_m(left_m2: FloatArray, smoothed_off_m: float, gain_m: float) -> float:
    """How far a gain in metres is usually off.

    `left_m2`, shape (inner turns,), is the variance of the noise that is left in the height of
    each; `smoothed_off_m` what smoothing took off the gain.
    """
    return math.sqrt(
        _HEIGHTS_VARIANCES * float(left_m2.sum())
        + (_PER_SMOOTHED * smoothed_off_m) ** 2
        + (_PER_GAIN * gain_m) ** 2
        + _LEAST_DEVIATION_M**2
    )


def stretch_speeds(track: Track, distance_m: FloatArray, stretches: int) -> FloatArray:
    """How fast each of some equally long stretches was ridden, in m/s, halts left out."""
    timed = timed_points(track.time_s)
    if timed is None or not distance_m[-1]:
        return np.full(stretches, _USUAL_M_S)
    borders_m = np.linspace(0.0, distance_m[-1], stretches * _PACES_PER_STRETCH + 1)
    elapsed = np.diff(np.interp(borders_m, distance_m[timed], track.time_s[timed]))
    # In the median halts do not count, nor what lies between two segments.
    usual_s = np.median(elapsed.reshape(stretches, -1), axis=1)
    fastest_s = borders_m[1] / _FASTEST_M_S
    speed: FloatArray = borders_m[1] / usual_s.clip(fastest_s, borders_m[1] / _SLOWEST_M_S)
    return speed


def elevation_range(track: Track) -> tuple[float | None, float | None]:
    """The lowest and the highest elevation as recorded, in metres; None where there is none."""
    known = track.elevation[np.isfinite(track.elevation)]
    return (float(known.min()), float(known.max())) if len(known) else (None, None)


def _climbing_m(height_m: FloatArray, turns: IntArray) -> tuple[float, float]:
    """The sums of what is climbed and of what is descended between turns."""
    change_m = np.diff(height_m[turns])
    return float(change_m.clip(min=0).sum()), float((-change_m).clip(min=0).sum())


def _stretches(cells: IntArray, count: int, stretches: int) -> IntArray:
    """In which of the equally long stretches of a profile of `count` cells each cell lies."""
    of_cells: IntArray = cells * stretches // max(count, 1)
    return of_cells


def _between(elevation: FloatArray, first: float, last: float) -> FloatArray:
    """Elevations tilted to the first and the last of what was recorded: that riders can check."""
    tilt = np.linspace(first - elevation[0], last - elevation[-1], len(elevation))
    return elevation + tilt


def _without_gaps(track: Track, known: IntArray, along_m: FloatArray) -> FloatArray:
    """The known elevations, going on after each gap and each leap where they were before."""
    elevation, segments = track.elevation[known], Segments(track.segment[known])
    found = leaps(elevation, segments, along_m, track.time_s[known])
    return joined(elevation, segments.gaps | found)


def _halts(track: Track, known: IntArray, distance_m: FloatArray, moving: BoolArray) -> BoolArray:
    """On which legs between known elevations the rider stands still all the way."""
    standing = np.concatenate([[0], np.cumsum(standing_legs(track, distance_m, moving))])
    halts: BoolArray = np.diff(standing[known]) == np.diff(known)
    return halts


def _cell_means(
    elevation: FloatArray, along_m: FloatArray, cell_m: float, cells: int
) -> tuple[FloatArray, IntArray]:
    """The mean elevation of the points in each cell, interpolated where a cell has none.

    Also how many points are in each of the cells that have any.
    """
    cell = (along_m / cell_m + 0.5).astype(np.int64)
    points = np.bincount(cell, minlength=cells)
    filled = np.flatnonzero(points)
    means = np.bincount(cell, weights=elevation, minlength=cells)[filled] / points[filled]
    if len(filled) < cells:
        means = np.interp(np.arange(cells), filled, means)
    return means, points[filled]


def _noise_bounds(
    track: Track, known: IntArray, elevation: FloatArray, along_m: FloatArray, white_m2: float
) -> NoiseBounds:
    """What the noise of the known elevations can be."""
    timed = timed_points(track.time_s)
    if timed is None:
        return noise_bounds(elevation, along_m, along_m / _USUAL_M_S, None, white_m2)
    told = timed[known]
    points = known if told.all() else known[told]
    places = track.latitude[points], track.longitude[points]
    return noise_bounds(elevation[told], along_m[told], track.time_s[points], places, white_m2)


def _cell_segments(
    segments: Segments, distance_m: FloatArray, cell_m: float, cells: int
) -> IntArray:
    """Which of the segments of the points each cell lies in."""
    first_cells = np.ceil(distance_m[segments.starts[1:]] / cell_m).astype(np.int64)
    return np.cumsum(np.bincount(first_cells, minlength=cells + 1))[:cells]
