"""Elevations that are not the road's, told by what is too steep around them.

    step:   |rise| > _STEP_M + _STEP_SLOPE * way    from one value to the next
    wrong:  a run of stretches between steps, left out of the best chain (`chains`), short, and
            _AWAY_TIMES_DIRECT * |behind - before| < min(rise there, rise back); or between
            `walls` there and back that are near each other, lead on, and leave a road in between
    leap:   |rise| > _LEAP_M + _STEP_SLOPE * way    from one value to the next, or a wall upwards
            of |rise| > _LEAP_M_S * elapsed, in no more than _LEAP_MOST_S, beside which the road
            does not rise

No road climbs like that, so the values on one side of a step are wrong; those of the chain that
keeps the most are the road's. A long part that another chain would be is a recorder that found its
altitude again: it stays, and the profile leaves its step out, which is a leap. Between walls lies
the ground below a bridge or above a tunnel; but skiers and their lifts come back to where they
began, and the walls of ropeways go on.

What it cannot do: a wrong value within `_STEP_M` of the road's is believed, and so is a false slope
that is no steeper than roads are, or at an end of the ride.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from src.gpx.cleaning.chains import best_chains, left_out
from src.gpx.cleaning.walls import BESIDE_S, Walls, find_walls, sudden_legs
from src.gpx.earth.geodesy import cumulative_distance_m, distances_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, Track, covered

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

# Bridges and tunnels that end where the model of the terrain is right again.
_EXCURSION_MOST_M, _EXCURSION_MOST_S = 1000.0, 900.0
_WAY_PER_DIRECT, _TURN_M, _ROAD_SLOPE = 2.0, 100.0, 0.2

_LEAP_M = 30.0
# Upwards, faster than chairlifts, and not for longer; these rise beside a wall as well.
_LEAP_M_S, _LEAP_MOST_S, _GOES_ON_M_S = 3.0, 60.0, 0.8


def false_elevations(track: Track) -> tuple[BoolArray, BoolArray]:
    """Which points carry an elevation that the road does not have; which others follow a leap."""
    wrong, leapt = (np.zeros(len(track), dtype=np.bool_) for _ in range(2))
    road = _Road(track, np.flatnonzero(np.isfinite(track.elevation)))
    for find in (_between_steps, _between_walls) if len(road) >= _FEWEST_VALUES else ():
        found = find(road)
        if len(found):
            wrong[found] = True
            road = _Road(track, road.known[~wrong[road.known]])
    leapt[road.known[1:][road.leaps()]] = True
    return wrong, leapt


def leaps(
    elevation: FloatArray, segments: Segments, along_m: FloatArray, time_s: FloatArray
) -> BoolArray:
    """The legs on which the recorder found its altitude again, shape (n - 1,).

    Parallel arrays of n known elevations in metres, the distance along the track, and the seconds
    at which they were recorded, NaN where unknown. Legs between two segments are none.
    """
    rise, way_m = np.diff(elevation), np.diff(along_m)
    sudden = sudden_legs(rise, segments, time_s, way_m.__getitem__)
    walls = find_walls(elevation, segments, along_m, time_s, sudden)
    return _leaps(rise, way_m, segments, walls)


class _Road:
    """The known elevations of a track, shape (n,), and the ways between them."""

    def __init__(self, track: Track, known: IntArray) -> None:
        self._track, self.known = track, known
        self.height = track.elevation[known]
        self.rise = np.diff(self.height)
        # Nobody knows how the road goes on behind a gap.
        self.segments = Segments(track.segment[known])

    def __len__(self) -> int:
        return len(self.known)

    def direct_m(self, start: IntArray, end: IntArray) -> FloatArray:
        latitude, longitude = self._track.latitude, self._track.longitude
        start, end = self.known[start], self.known[end]
        return distances_m(latitude[start], longitude[start], latitude[end], longitude[end])

    def allowed_m(self, start: IntArray, end: IntArray) -> FloatArray:
        return _STEP_M + _STEP_SLOPE * self.direct_m(start, end)

    @cached_property
    def along_m(self) -> FloatArray:
        track = self._track
        return cumulative_distance_m(track.latitude, track.longitude, track.segments)[self.known]

    @cached_property
    def time_s(self) -> FloatArray:
        return self._track.time_s[self.known]

    def leaps(self) -> BoolArray:
        """As the function of this name."""
        if not (np.abs(self.rise) > _LEAP_M).any() and not len(self.sudden_legs):
            return np.zeros(len(self.rise), dtype=np.bool_)
        return _leaps(self.rise, np.diff(self.along_m), self.segments, self.walls)

    @cached_property
    def walls(self) -> Walls:
        if not len(self.sudden_legs):
            return Walls.none()
        return find_walls(self.height, self.segments, self.along_m, self.time_s, self.sudden_legs)

    @cached_property
    def sudden_legs(self) -> IntArray:
        def way_m(legs: IntArray) -> FloatArray:
            return self.direct_m(legs, legs + 1)

        return sudden_legs(self.rise, self.segments, self.time_s, way_m)

    def left_out(self, first: IntArray, last: IntArray) -> "_LeftOut":
        """What the best chain leaves out of the stretches between borders, each of which leads
        from one of `first` to that of `last`."""
        starts = np.concatenate([[0], last])
        ends = np.append(first + 1, len(self))
        changes = np.concatenate([[0.0, 0.0], self.rise != 0])
        changes[starts + 1] = 0.0
        changes = np.cumsum(changes)
        weights = changes[ends] - changes[starts] + _CONSTANT_WEIGHT * (ends - starts)
        height = self.height

        def reachable(earlier: IntArray, later: IntArray) -> BoolArray:
            end, start = ends[earlier] - 1, starts[later]
            fits: BoolArray = np.abs(height[start] - height[end]) <= self.allowed_m(end, start)
            return fits

        end_m, start_m = height[ends - 1].tolist(), height[starts].tolist()

        def reaches(earlier: int, later: int) -> bool:
            return bool(abs(start_m[later] - end_m[earlier]) <= _STEP_M)

        group = np.zeros(len(starts), dtype=np.int64)
        kept = best_chains(weights, group, reachable, reaches)
        run, end = left_out(kept, group)
        up_to = np.concatenate([[0.0], np.cumsum(weights)])
        before = np.where(run > 0, ends[run - 1] - 1, -1)
        behind = np.where(end < len(starts), starts[end.clip(max=len(starts) - 1)], -1)
        return _LeftOut(
            before=before,
            behind=behind,
            there_m=np.where(before < 0, np.nan, height[starts[run]] - height[before]),
            back_m=np.where(behind < 0, np.nan, height[behind] - height[ends[end - 1] - 1]),
            direct_m=np.where((before < 0) | (behind < 0), np.nan, height[behind] - height[before]),
            part=(up_to[end] - up_to[run]) / float(weights[kept].sum()),
        )


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Runs of stretches, by the known elevations before and behind each; -1 at an end.

    What the elevations rise there, back, and from before to behind, in metres, NaN at an end; and
    how much each carries, as a part of what is kept.
    """

    before: IntArray
    behind: IntArray
    there_m: FloatArray
    back_m: FloatArray
    direct_m: FloatArray
    part: FloatArray

    def comes_back(self) -> BoolArray:
        least_m = np.fmin(np.abs(self.there_m), np.abs(self.back_m))
        back: BoolArray = _AWAY_TIMES_DIRECT * np.abs(self.direct_m) < least_m
        return back

    def values(self, which: BoolArray, count: int) -> IntArray:
        """Which of so many known elevations lie inside some of the runs."""
        before, behind = self.before[which], self.behind[which]
        return np.flatnonzero(covered(before + 1, np.where(behind < 0, count, behind), count))


def _between_steps(road: _Road) -> IntArray:
    """The points whose elevation lies between steps, and is not the road's."""
    steps = np.flatnonzero((np.abs(road.rise) > _STEP_M) & ~road.segments.gaps)
    steps = steps[np.abs(road.rise[steps]) > road.allowed_m(steps, steps + 1)]
    if not len(steps) or len(steps) > _MOST_STEPS * len(road):
        return steps[:0]
    runs = road.left_out(steps, steps + 1)
    explained = runs.comes_back() & (runs.part <= _FALSE_PART)
    explained |= np.isnan(runs.direct_m) & (runs.part <= _FALSE_END)
    return road.known[runs.values(explained, len(road))]


def _between_walls(road: _Road) -> IntArray:
    """The points whose elevation lies between walls, or on them, and is not the road's."""
    walls = road.walls
    if len(walls.first) < 2:
        return road.known[:0]
    along_m, time_s, height = road.along_m, road.time_s, road.height

    def are_explained(
        before: IntArray, behind: IntArray, there_m: FloatArray, back_m: FloatArray
    ) -> BoolArray:
        way_m = along_m[behind] - along_m[before]
        rise_m = np.abs(height[behind] - height[before])
        most_m = np.minimum(np.abs(there_m), np.abs(back_m)) / _AWAY_TIMES_DIRECT
        explained = there_m * back_m < 0
        explained &= rise_m < np.maximum(most_m, _ROAD_SLOPE * way_m)
        explained &= way_m <= np.minimum(
            _EXCURSION_MOST_M, _TURN_M + _WAY_PER_DIRECT * road.direct_m(before, behind)
        )
        explained &= ~(time_s[behind] - time_s[before] > _EXCURSION_MOST_S)
        explained &= road.segments.number[behind] == road.segments.number[before]
        return explained

    # What rises and does not fall, or falls and does not rise, may be a ropeway.
    pairs = are_explained(walls.first[:-1], walls.last[1:], walls.rise_m[:-1], walls.rise_m[1:])
    if not pairs.any():
        return road.known[:0]
    in_pair = np.zeros(len(walls.first), dtype=np.bool_)
    in_pair[1:] |= pairs
    in_pair[:-1] |= pairs
    runs = road.left_out(walls.first[in_pair], walls.last[in_pair])
    explained = are_explained(runs.before, runs.behind, runs.there_m, runs.back_m)
    return road.known[runs.values(explained, len(road))]


def _leaps(rise: FloatArray, way_m: FloatArray, segments: Segments, walls: Walls) -> BoolArray:
    found = np.abs(rise) > _LEAP_M + _STEP_SLOPE * way_m
    found &= ~segments.gaps
    leapt = (walls.elapsed_s > 0) & (walls.elapsed_s <= _LEAP_MOST_S)
    leapt &= walls.rise_m > _LEAP_M_S * walls.elapsed_s
    leapt &= walls.beside_m < _GOES_ON_M_S * BESIDE_S
    return found | covered(walls.first[leapt], walls.last[leapt], len(rise))
