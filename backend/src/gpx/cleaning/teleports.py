"""Places at which the rider cannot have been, told by what keeps the most of the ride.

    jump:   way > max(_SHORTEST_JUMP_M, FASTEST_M_S * elapsed, _TIMES_USUAL * usual leg)
    stray:  a run of stretches left out of the best chain (`chains`), where
            _AWAY_TIMES_DIRECT * |behind - before| < min(way there, way back)

A leg is a jump when nothing on wheels covers it in its time, and when it is no leg of a vehicle
that is fast for a while: those follow each other in one direction. Jumps cut a segment into
stretches; of these the chain that keeps the most of the way without an impossible leg was ridden.
What lies between its parts is stray where going there and back explains the jumps: receivers
start at zeros or at the last place of yesterday, and lose themselves on the way. Where it does
not, the places are sound and the times are not, and nothing is dropped. A part too long to have
been dreamt up is kept behind a border, across which nothing is counted.

What it cannot do: a false place that the line comes to slowly is believed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from src.gpx.cleaning.chains import best_chains, left_out
from src.gpx.earth.geodesy import MOST_METRES_PER_DEGREE, distances_m, hypotenuse, leg_components_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Track, covered

# Beyond this it is not the rider who moves, but the position that errs.
FASTEST_M_S = 150 / 3.6
# What carries recorders: aircraft too, but nothing faster.
_FASTEST_VEHICLE_M_S = 300.0

SHORTEST_JUMP_M = 50.0
_TIMES_USUAL = 5.0
_USUAL_PART = 0.1
_AWAY_TIMES_DIRECT = 2.0
# With more jumps than this no leg stands out: a sparse plan, or places by chance.
_MOST_JUMPS = 0.7
_FEWEST_POINTS = 5
# A part of the way that is shorter, by its points that move, can be false.
_FALSE_PART = 0.15
_STRAY_END_M = 200.0
_CARRIED_M = 10_000.0
_LONGEST_TUNNEL_S = 120.0
# Without times a jump stands out by its length only, so it takes more points to tell.
_UNTIMED_SHORTEST_JUMP_M = 1_000.0
_UNTIMED_STRAY_END_M = 10_000.0
_UNTIMED_TIMES_USUAL = 100.0
_UNTIMED_FEWEST_POINTS = 10
# Of a point that repeats the place before it: a false fix often stands still.
_STANDING_WEIGHT = 0.01
_EARTH_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Strays:
    """What is wrong with the places: masks of points, shape (n,).

    `stray` points were never visited; behind a border, which stands before each point of
    `borders`, the ride goes on elsewhere. `leaps` are the points at the end of legs that remain
    though they are impossible.
    """

    stray: BoolArray
    borders: BoolArray
    leaps: BoolArray


def find_strays(track: Track) -> Strays:
    """The points of a track that are not the rider's."""
    stray, borders, leaps = (np.zeros(len(track), dtype=np.bool_) for _ in range(3))
    line = _Line(track)
    jumps = line.jumps()
    if len(jumps):
        leaps[jumps + 1] = True
        if len(jumps) <= _MOST_JUMPS * len(track) and len(track) >= line.fewest_points:
            line.cut(jumps, stray, borders)
            leaps &= ~borders
            leaps &= ~stray
            # Where strays went, the way goes on from before them.
            leaps[1:] &= ~stray[:-1]
    return Strays(stray, borders, leaps)


class _Line:
    """The way of the rider, and how much of it can be believed."""

    def __init__(self, track: Track) -> None:
        self._track, self._segments = track, track.segments
        self._known = np.isfinite(track.time_s)
        self._timed = np.count_nonzero(self._known) >= 2
        self.fewest_points = _FEWEST_POINTS if self._timed else _UNTIMED_FEWEST_POINTS
        self._stray_end_m = _STRAY_END_M if self._timed else _UNTIMED_STRAY_END_M
        self._usual_m: float | None = None

    @cached_property
    def _time_s(self) -> FloatArray:
        """Times of all points; few lines have a leg for which they are asked."""
        positions = np.arange(len(self._track))
        known = self._known
        return np.interp(positions, positions[known], self._track.time_s[known])

    @cached_property
    def _fix_s(self) -> FloatArray:
        """When each place was last found."""
        track = self._track
        new_place = np.ones(len(track), dtype=np.bool_)
        new_place[1:] = np.diff(track.latitude) != 0
        new_place[1:] |= np.diff(track.longitude) != 0
        new_place |= np.concatenate([[True], track.segments.gaps])
        last = np.maximum.accumulate(np.where(new_place, np.arange(len(track)), 0))
        return np.maximum(self._time_s[last], self._time_s - _LONGEST_TUNNEL_S)

    def jumps(self) -> IntArray:
        """The points after which the line jumps."""
        east = np.abs(np.diff(self._track.longitude))
        reach = np.abs(np.diff(self._track.latitude)) + np.minimum(east, 360 - east)
        reach[self._segments.gaps] = 0.0
        reach *= MOST_METRES_PER_DEGREE
        legs = np.flatnonzero(reach > SHORTEST_JUMP_M)
        if not len(legs):
            return legs
        if self._timed:
            legs = legs[reach[legs] > self._ridden_m(legs, legs + 1)]
        if len(legs):
            least_m, speed = self._limit()
            way_m = self._way_m(legs, legs + 1)
            times_s = self._times(legs + 1)
            elapsed = np.maximum(times_s - self._times(legs), 1.0)
            far = way_m > np.maximum(least_m, speed * elapsed)
            legs, way_m, times_s = legs[far], way_m[far], times_s[far]
            # Without a fix, as in a tunnel, recorders repeat the last place, which is as old as
            # that; but from a false place the line leaps again.
            goes_on = np.diff(legs, append=-1) != 1
            waited = np.maximum(times_s - self._fixes(legs), 1.0)
            legs = legs[~goes_on | (way_m > np.maximum(least_m, speed * waited))]
        return legs[~self._is_fast_vehicle(legs)] if self._timed and len(legs) else legs

    def cut(self, jumps: IntArray, stray: BoolArray, borders: BoolArray) -> None:
        """Mark what the best chains of stretches leave out, and where they are broken."""
        starts = np.union1d(self._segments.starts, jumps + 1)
        ends = np.append(starts[1:], len(self._track))
        weights = self._weights(starts, ends)
        segment = self._segments.of_points(starts)
        kept = best_chains(weights, segment, *self._reach(starts, ends))
        chain_weights = np.bincount(segment, weights * kept)
        first, end = left_out(kept, segment)
        explained = self._are_explained(segment, starts, ends, first, end)
        first, end = first[explained], end[explained]
        up_to = np.concatenate([[0.0], np.cumsum(weights)])
        small = up_to[end] - up_to[first] <= _FALSE_PART * chain_weights[segment[first]]
        stray |= covered(starts[first[small]], ends[end[small] - 1], len(stray))
        if self._timed:
            # Without times a long leg may have been ridden, or drawn; a short one was ridden while
            # the recorder slept.
            behind = (end[~small] + 1).clip(max=len(starts))
            at = starts[covered(first[~small], behind, len(starts))]
            at = at[at > 0]
            borders[at[self._way_m(at - 1, at) > _CARRIED_M]] = True
            borders[self._segments.starts] = False

    def _weights(self, starts: IntArray, ends: IntArray) -> FloatArray:
        """How much each stretch carries: the points that moved, and a little for the others."""
        moved = np.zeros(len(self._track) + 1)
        moved[2:] = np.diff(self._track.latitude) != 0
        moved[2:] += np.diff(self._track.longitude) != 0
        np.minimum(moved, 1.0, out=moved)
        moved[starts + 1] = 0.0
        np.cumsum(moved, out=moved)
        return moved[ends] - moved[starts] + _STANDING_WEIGHT * (ends - starts)

    def _are_explained(
        self, segment: IntArray, starts: IntArray, ends: IntArray, first: IntArray, end: IntArray
    ) -> BoolArray:
        """Whether the jumps around runs are there only because the line goes there and back."""
        count = len(starts)
        has_before = (first > 0) & (segment[first - 1] == segment[first])
        has_after = end < count
        has_after &= segment[end.clip(max=count - 1)] == segment[first]
        before, behind = ends[first - 1] - 1, starts[end.clip(max=count - 1)]
        there_m = np.where(has_before, self._way_m(before, starts[first]), np.inf)
        back_m = np.where(has_after, self._way_m(ends[end - 1] - 1, behind), np.inf)
        leap_m = np.minimum(there_m, back_m)
        direct_m = self._way_m(before, behind)
        between: BoolArray = _AWAY_TIMES_DIRECT * direct_m < leap_m
        return np.where(has_before & has_after, between, leap_m > self._stray_end_m)

    def _reach(
        self, starts: IntArray, ends: IntArray
    ) -> tuple[Callable[[IntArray, IntArray], BoolArray], Callable[[int, int], bool]]:
        """Whether the rider can have come from one stretch to another: for many, and for one."""
        start, end = self._on_sphere(starts), self._on_sphere(ends - 1)
        start_s, end_s = self._times(starts), self._fixes(ends - 1)
        usual_m, speed = self._limit()

        def reachable(earlier: IntArray, later: IntArray) -> BoolArray:
            apart = end[:, earlier] - start[:, later]
            limit_m = np.maximum(usual_m, speed * (start_s[later] - end_s[earlier]))
            near: BoolArray = (apart * apart).sum(axis=0) <= limit_m * limit_m
            return near

        ends_of, starts_of = (np.vstack(of).T.tolist() for of in ((end, end_s), (start, start_s)))

        def reaches(earlier: int, later: int) -> bool:
            x, y, z, t = ends_of[earlier]
            a, b, c, u = starts_of[later]
            limit_m = max(usual_m, speed * (u - t))
            return bool((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2 <= limit_m * limit_m)

        return reachable, reaches

    def _on_sphere(self, points: IntArray) -> FloatArray:
        """Places as x, y and z in metres, shape (3, k): quick to measure chords between."""
        latitude = np.radians(self._track.latitude[points])
        longitude = np.radians(self._track.longitude[points])
        across = np.cos(latitude)
        return _EARTH_M * np.stack(
            [across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)]
        )

    def _is_fast_vehicle(self, legs: IntArray) -> BoolArray:
        """Whether a leg beside each is about as fast, and leads the same way."""
        latitude, longitude = self._track.latitude, self._track.longitude
        last = len(latitude) - 2

        def velocity(leg: IntArray) -> tuple[FloatArray, FloatArray]:
            leg = leg.clip(0, last)
            turn = (longitude[leg + 1] - longitude[leg] + 180) % 360 - 180
            east = turn * np.cos(np.radians(0.5 * (latitude[leg + 1] + latitude[leg])))
            north = latitude[leg + 1] - latitude[leg]
            elapsed = np.maximum(self._time_s[leg + 1] - self._time_s[leg], 1.0)
            per_degree = MOST_METRES_PER_DEGREE / elapsed
            return east * per_degree, north * per_degree

        east, north = velocity(legs)
        speed = np.hypot(east, north)
        alike = np.zeros(len(legs), dtype=np.bool_)
        for beside in (legs - 1, legs + 1):
            inside = (beside >= 0) & (beside <= last)
            inside &= ~self._segments.gaps[beside.clip(0, last)]
            other_east, other_north = velocity(beside)
            other = np.hypot(other_east, other_north)
            together = east * other_east + north * other_north > 0.5 * speed * other
            alike |= inside & together & (other > 0.5 * speed)
        return alike & (speed < _FASTEST_VEHICLE_M_S)

    def _way_m(self, start: IntArray, end: IntArray) -> FloatArray:
        latitude, longitude = self._track.latitude, self._track.longitude
        return distances_m(latitude[start], longitude[start], latitude[end], longitude[end])

    def _ridden_m(self, start: IntArray, end: IntArray) -> FloatArray:
        elapsed = np.maximum(self._time_s[end] - self._time_s[start], 1.0)
        return np.maximum(SHORTEST_JUMP_M, FASTEST_M_S * elapsed)

    def _times(self, points: IntArray) -> FloatArray:
        return self._time_s[points] if self._timed else np.zeros(len(points))

    def _fixes(self, points: IntArray) -> FloatArray:
        return self._fix_s[points] if self._timed else np.zeros(len(points))

    def _limit(self) -> tuple[float, float]:
        """How many metres are no jump in whatever time, and how many more each second allows."""
        if self._usual_m is None:
            legs_m = hypotenuse(*leg_components_m(self._track.latitude, self._track.longitude))
            moving = legs_m[(legs_m > 0) & ~self._segments.gaps]
            # Who stands still has no usual leg.
            is_usual = len(moving) > _USUAL_PART * len(legs_m)
            self._usual_m = float(np.quantile(moving, 0.25)) if is_usual else 0.0
        if self._timed:
            return max(SHORTEST_JUMP_M, _TIMES_USUAL * self._usual_m), FASTEST_M_S
        return max(_UNTIMED_SHORTEST_JUMP_M, _UNTIMED_TIMES_USUAL * self._usual_m), 0.0
