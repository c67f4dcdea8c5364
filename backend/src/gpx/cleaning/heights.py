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

from dataclasses import dataclass

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

_LEAP_M = 30.0
# Upwards, faster than chairlifts; those of a wall rise on its side as well, for so many seconds.
_LEAP_M_S, _GOES_ON_M_S, _BESIDE_S = 3.0, 0.5, 30.0


def false_elevations(track: Track) -> BoolArray:
    """Which points carry an elevation that the road does not have."""
    wrong = np.zeros(len(track), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(track.elevation))
    if len(known) < _FEWEST_VALUES or np.ptp(track.elevation[known]) <= _STEP_M:
        return wrong
    wrong[_between_steps(_Road(track, known))] = True
    if wrong.any():
        known = known[~wrong[known]]
    wrong[_between_walls(_Road(track, known))] = True
    return wrong


def leapt_elevations(track: Track) -> BoolArray:
    """Which points lie behind a leap."""
    found = np.zeros(len(track), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(track.elevation))
    if len(known):
        road = _Road(track, known)
        found[known[1:]] = leaps(road.height, road.segments, road.along_m(), road.time_s())
    return found


def leaps(
    elevation: FloatArray, segments: Segments, along_m: FloatArray, time_s: FloatArray
) -> BoolArray:
    """The legs on which the recorder found its altitude again, shape (n - 1,).

    Parallel arrays of n known elevations in metres, the distance along the track, and the seconds
    at which they were recorded, NaN where unknown. Legs between two segments are none.
    """
    rise = np.diff(elevation)
    found = np.abs(rise) > _LEAP_M + _STEP_SLOPE * np.diff(along_m)
    found &= ~segments.gaps
    walls = _walls(elevation, segments, along_m, time_s)
    sudden = (walls.elapsed_s > 0) & (walls.rise_m > _LEAP_M_S * walls.elapsed_s)
    sudden &= walls.beside_m < _GOES_ON_M_S * _BESIDE_S
    walls = walls.at(sudden)
    if len(walls.first):
        depth = np.bincount(walls.first, minlength=len(elevation))
        depth -= np.bincount(walls.last, minlength=len(elevation))
        found |= np.cumsum(depth)[:-1] > 0
    return found


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

    def along_m(self) -> FloatArray:
        track = self._track
        return cumulative_distance_m(track.latitude, track.longitude, track.segments)[self.known]

    def time_s(self) -> FloatArray:
        return self._track.time_s[self.known]

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
    along_m, time_s, height = road.along_m(), road.time_s(), road.height
    walls = _walls(height, road.segments, along_m, time_s)

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


def _walls(
    elevation: FloatArray, segments: Segments, along_m: FloatArray, time_s: FloatArray
) -> _Walls:
    """The walls among known elevations, in cells of the way, and of the time at halts."""
    none = _Walls(*(np.zeros(0, dtype=np.int64) for _ in range(2)), *np.zeros((3, 0)))
    if not len(elevation) or np.ptp(elevation) <= _STEP_M:
        return none
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
        return none
    borders = np.linspace(place[0], place[-1], cells + 1)
    height = np.interp(borders, place, joined(elevation, segments.gaps))
    way_m, at_s = (np.interp(borders, place, column) for column in (along_m, clock_s))
    rise_m = np.diff(height)
    steep = np.abs(rise_m) > _STEEP * np.diff(way_m)
    steep &= np.abs(rise_m) > _STEEP_M_S * np.diff(at_s)
    turns = np.flatnonzero(np.diff(np.sign(rise_m) * steep, prepend=0.0, append=0.0))
    start, end = turns[:-1], turns[1:]
    start, end = start[steep[start]], end[steep[start]]
    rise_m, elapsed_s = height[end] - height[start], at_s[end] - at_s[start]
    walls = np.abs(rise_m) > np.maximum(_STEP_M, _WALL_SLOPE * (way_m[end] - way_m[start]))
    walls &= (way_m[end] - way_m[start] <= _WALL_MOST_M) & (elapsed_s <= _WALL_MOST_S)
    walls &= np.abs(rise_m) > _WALL_M_S * elapsed_s
    start, end, rise_m, elapsed_s = (of[walls] for of in (start, end, rise_m, elapsed_s))
    # Without times a wall may have been climbed on foot, where more is steep than walls.
    on_foot = timed is None and np.count_nonzero(steep) > _STEEP_PER_WALL * (end - start).sum()
    if not len(start) or on_foot:
        return none
    before_m = height[start] - np.interp(at_s[start] - _BESIDE_S, at_s, height)
    behind_m = np.interp(at_s[end] + _BESIDE_S, at_s, height) - height[end]
    # Of the legs that a wall's cells touch, from the first to the last that is as steep.
    legs = np.flatnonzero(np.abs(np.diff(elevation)) > _STEEP * np.diff(along_m))
    first = legs.take(np.searchsorted(legs, np.searchsorted(place, borders[start], "right") - 1))
    last = legs.take(np.searchsorted(legs, np.searchsorted(place, borders[end])) - 1) + 1
    last[:-1] = np.minimum(last[:-1], first[1:])
    found = _Walls(first, last, rise_m, elapsed_s, np.maximum(before_m, behind_m))
    return found.at((last > first) & (segments.number[first] == segments.number[last]))


def joined(elevation: FloatArray, broken: BoolArray) -> FloatArray:
    """Elevations that go on behind each broken leg where they were before it."""
    if not broken.any():
        return elevation
    joined = elevation.copy()
    joined[1:] -= np.cumsum(np.where(broken, np.diff(elevation), 0.0))
    return joined
