"""Elevations that are not the road's, told by what is too steep around them.

    step:   |rise| > _STEP_M + _STEP_SLOPE * way    from one value to the next
    wall:   all cells steeper than _STEEP, together than _WALL_SLOPE, |rise| > _STEP_M and
            |rise| > _WALL_M_S * elapsed, in no more than _WALL_MOST_M and _WALL_MOST_S
    wrong:  a run of stretches between steps, left out of the best chain (`chains`), short, and
            _AWAY_TIMES_DIRECT * |behind - before| < min(rise there, rise back);
            between walls alike, where rise there and back are opposite and near each other
    leap:   |rise| > _LEAP_M + _STEP_SLOPE * way    from one value to the next, or a wall upwards
            of |rise| > _LEAP_M_S * elapsed that neither goes on nor has begun before

No road climbs like that, so the values on one side of a step are wrong; those of the chain that
keeps the most are the road's. Models of the terrain do not know bridges and tunnels, and altimeters
jump over some seconds: what is ridden up and down again on walls, faster than anybody climbs, and
leads on, is not the road. Hikers on walls are slow, and ropeways and runs of skis are longer, or
come back to where they began. A long part that another chain would be is a recorder that found its
altitude again: it stays, and the profile leaves its step out, which is a leap.

What it cannot do: a wrong value within `_STEP_M` of the road's is believed, and a false slope that
is no steeper than roads are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from src.gpx.cleaning.chains import best_chains, left_out
from src.gpx.cleaning.clock import timed_points
from src.gpx.earth.geodesy import cumulative_distance_m, distances_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, Track

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

# The steepest roads have 37 %; whoever climbs 1800 m in an hour has the record.
_STEEP, _WALL_SLOPE = 0.3, 0.45
_STEEP_M_S, _WALL_M_S = 0.5, 1.0
_WALL_MOST_M, _WALL_MOST_S = 300.0, 60.0
# Bridges and tunnels that end where the model of the terrain is right again.
_EXCURSION_MOST_M, _EXCURSION_MOST_S = 1000.0, 900.0
_WAY_PER_DIRECT, _TURN_M, _ROAD_SLOPE = 2.0, 100.0, 0.1
_STEEP_PER_WALL = 2.0

# Cells are so long, and at a halt so much of one goes by in a second, of the time that riders halt
# as they please no more than so much.
_CELL_M, _CELL_M_S, _HALT_S = 10.0, 1.5, 20.0
_CELLS_PER_VALUE = 2
_WALL_REACH_M = _WALL_MOST_M + _CELL_M_S * _WALL_MOST_S

_LEAP_M = 30.0
# Upwards, faster than chairlifts; those of a wall rise on its side as well, for so many seconds.
_LEAP_M_S, _GOES_ON_M_S, _BESIDE_S = 3.0, 0.5, 30.0


def false_elevations(track: Track) -> tuple[BoolArray, BoolArray]:
    """Which points carry an elevation that the road does not have; which others follow a leap."""
    wrong, leapt = (np.zeros(len(track), dtype=np.bool_) for _ in range(2))
    road = _Road(track, np.flatnonzero(np.isfinite(track.elevation)))
    for find in (_between_steps, _between_walls):
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
    sudden = _sudden_legs(rise, segments, time_s, way_m.__getitem__)
    walls = _walls(elevation, segments, along_m, time_s, sudden)
    return _leaps(rise, way_m, segments, walls)


@dataclass(frozen=True, slots=True)
class _Walls:
    """From which known elevation to which each leads: `last` is behind `first`, and no wall
    begins before the last one ended. `beside_m` is what the road rises at most just before it or
    just behind it. Without times `elapsed_s` is 0.
    """

    first: IntArray
    last: IntArray
    rise_m: FloatArray
    elapsed_s: FloatArray
    beside_m: FloatArray

    @classmethod
    def none(cls) -> Self:
        return cls(*np.zeros((2, 0), dtype=np.int64), *np.zeros((3, 0)))

    def at(self, which: BoolArray) -> "_Walls":
        return _Walls(*(getattr(self, name)[which] for name in self.__slots__))


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
    def walls(self) -> "_Walls":
        if not len(self.sudden_legs):
            return _Walls.none()
        return _walls(self.height, self.segments, self.along_m, self.time_s, self.sudden_legs)

    @cached_property
    def sudden_legs(self) -> IntArray:
        def way_m(legs: IntArray) -> FloatArray:
            return self.direct_m(legs, legs + 1)

        return _sudden_legs(self.rise, self.segments, self.time_s, way_m)

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
        depth = np.bincount(before + 1, minlength=count + 1)
        depth -= np.bincount(np.where(behind < 0, count, behind), minlength=count + 1)
        return np.flatnonzero(np.cumsum(depth)[:-1] > 0)


def _between_steps(road: _Road) -> IntArray:
    """The points whose elevation lies between steps, and is not the road's."""
    if len(road) < _FEWEST_VALUES:
        return road.known[:0]
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


def _leaps(rise: FloatArray, way_m: FloatArray, segments: Segments, walls: _Walls) -> BoolArray:
    found = np.abs(rise) > _LEAP_M + _STEP_SLOPE * way_m
    found &= ~segments.gaps
    leapt = (walls.elapsed_s > 0) & (walls.rise_m > _LEAP_M_S * walls.elapsed_s)
    leapt &= walls.beside_m < _GOES_ON_M_S * _BESIDE_S
    if leapt.any():
        depth = np.bincount(walls.first[leapt], minlength=len(rise) + 1)
        depth -= np.bincount(walls.last[leapt], minlength=len(rise) + 1)
        found |= np.cumsum(depth)[:-1] > 0
    return found


def _sudden_legs(
    rise: FloatArray,
    segments: Segments,
    time_s: FloatArray,
    way_m: Callable[[IntArray], FloatArray],
) -> IntArray:
    """The legs that are as steep and as fast as walls, each of which has one; most rides none."""
    legs = np.flatnonzero(~(np.abs(rise) <= _WALL_M_S * np.diff(time_s)))
    legs = legs[~segments.gaps[legs]]
    return legs[np.abs(rise[legs]) > _WALL_SLOPE * way_m(legs)]


def _walls(
    elevation: FloatArray,
    segments: Segments,
    along_m: FloatArray,
    time_s: FloatArray,
    sudden: IntArray,
) -> _Walls:
    """The walls among known elevations, sought around sudden legs."""
    if not len(sudden):
        return _Walls.none()
    # Cells are those of the way, and at halts of the time.
    timed = timed_points(time_s)
    place, clock_s = along_m, np.zeros(len(along_m))
    if timed is not None:
        index = np.arange(len(time_s))
        clock_s = time_s if timed.all() else np.interp(index, index[timed], time_s[timed])
        step_s = np.diff(clock_s, prepend=clock_s[0]).clip(0, _HALT_S)
        place = along_m + _CELL_M_S * np.cumsum(step_s)
    total_m = float(place[-1] - place[0])
    cells = min(int(total_m / _CELL_M), _CELLS_PER_VALUE * len(elevation))
    if not cells or total_m > cells * _WALL_MOST_M:
        return _Walls.none()
    cell_m = total_m / cells
    road_m = joined(elevation, segments.gaps)
    cell = _around((place[sudden] - place[0]) / cell_m, _WALL_REACH_M / cell_m, cells)
    borders = np.stack([cell, cell + 1]) * cell_m + place[0]
    height, way_m, at_s = (np.interp(borders, place, of) for of in (road_m, along_m, clock_s))
    rise_m = height[1] - height[0]
    steep = np.abs(rise_m) > _STEEP * (way_m[1] - way_m[0])
    steep &= np.abs(rise_m) > _STEEP_M_S * (at_s[1] - at_s[0])
    direction = np.sign(rise_m) * steep
    new = np.ones(len(cell), dtype=np.bool_)
    new[1:] = (np.diff(direction) != 0) | (np.diff(cell) != 1)
    start = np.flatnonzero(new)
    end = np.append(start[1:], len(cell)) - 1
    start, end = start[steep[start]], end[steep[start]]
    rise_m, elapsed_s = height[1, end] - height[0, start], at_s[1, end] - at_s[0, start]
    length_m = way_m[1, end] - way_m[0, start]
    walls = np.abs(rise_m) > np.maximum(_STEP_M, _WALL_SLOPE * length_m)
    walls &= (length_m <= _WALL_MOST_M) & (elapsed_s <= _WALL_MOST_S)
    walls &= np.abs(rise_m) > _WALL_M_S * elapsed_s
    start, end, rise_m, elapsed_s = (of[walls] for of in (start, end, rise_m, elapsed_s))
    # Without times a wall may have been climbed on foot, where more is steep than walls.
    on_foot = timed is None and np.count_nonzero(steep) > _STEEP_PER_WALL * (end - start + 1).sum()
    if not len(start) or on_foot:
        return _Walls.none()
    first_s, last_s = at_s[0, start], at_s[1, end]
    before_m = height[0, start] - np.interp(first_s - _BESIDE_S, clock_s, road_m)
    behind_m = np.interp(last_s + _BESIDE_S, clock_s, road_m) - height[1, end]
    # Of the legs that a wall's cells touch, from the first to the last that is as steep.
    legs = np.flatnonzero(np.abs(np.diff(elevation)) > _STEEP * np.diff(along_m))
    touched = np.searchsorted(place, borders[0, start], "right") - 1
    first = legs.take(np.searchsorted(legs, touched))
    last = legs.take(np.searchsorted(legs, np.searchsorted(place, borders[1, end])) - 1) + 1
    last[:-1] = np.minimum(last[:-1], first[1:])
    found = _Walls(first, last, rise_m, elapsed_s, np.maximum(before_m, behind_m))
    return found.at((last > first) & (segments.number[first] == segments.number[last]))


def _around(places: FloatArray, reach: float, cells: int) -> IntArray:
    """Which of so many cells lie within reach of any of some places, in cells all of them."""
    begin = np.floor(places - reach).clip(0, cells).astype(np.int64)
    end = np.ceil(places + reach).clip(0, cells).astype(np.int64)
    depth = np.bincount(begin, minlength=cells + 1) - np.bincount(end, minlength=cells + 1)
    return np.flatnonzero(np.cumsum(depth)[:-1] > 0)


def joined(elevation: FloatArray, broken: BoolArray) -> FloatArray:
    """Elevations that go on behind each broken leg where they were before it."""
    if not broken.any():
        return elevation
    joined = elevation.copy()
    joined[1:] -= np.cumsum(np.where(broken, np.diff(elevation), 0.0))
    return joined
