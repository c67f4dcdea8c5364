"""Points at which the rider cannot have been: the line jumps away and comes back.

A leg is a jump when nothing on wheels covers it in its time. One jump alone proves little (a
tunnel, a ferry, a pause), and a vehicle that is always fast is no error; but a few points
between a jump away and a jump back, much farther away than the points before and after them are
from each other, were never visited, and neither were the first or last few points of a segment
that a single jump cuts off.
"""

import numpy as np

from src.gpx.model import BoolArray, FloatArray, IntArray

# Beyond this it is not the rider who moves, but the position that errs.
FASTEST_M_S = 150 / 3.6

_SHORTEST_JUMP_M = 50.0
_JUMPS_AHEAD = 8
_AWAY_TIMES_DIRECT = 2.0
# With more jumps than this it is an aircraft or a sparse plan, and no leg stands out.
_MOST_JUMPS = 0.05
_FEW_JUMPS = 16
# A receiver without a fix starts at the place where it was switched off.
_STRAY_POINTS = 3
_STRAY_PART = 0.1
_STRAY_M = 1000.0
# Without times a jump stands out by its length only, so it takes more points to tell.
_UNTIMED_SHORTEST_JUMP_M = 10_000.0
_UNTIMED_TIMES_USUAL = 100.0
_UNTIMED_FEWEST_POINTS = 10

_EARTH_RADIUS_M = 6_371_009.0
_METRES_PER_DEGREE = 111_700.0


def teleports(
    latitude: FloatArray, longitude: FloatArray, time_s: FloatArray, segment: IntArray
) -> BoolArray:
    """Which points were never visited; degrees, seconds (NaN where unknown), shape (n,)."""
    line = _Line(latitude, longitude, time_s, segment)
    jumps = line.jumps()
    if len(jumps) > max(_FEW_JUMPS, _MOST_JUMPS * len(latitude)):
        return np.zeros(len(latitude), dtype=np.bool_)
    return line.islands(jumps) | line.stray_ends(jumps)


class _Line:
    """The way of the rider, and how much of it can be believed."""

    def __init__(
        self,
        latitude: FloatArray,
        longitude: FloatArray,
        time_s: FloatArray,
        segment: IntArray,
    ) -> None:
        self._latitude, self._longitude, self._segment = latitude, longitude, segment
        known = np.isfinite(time_s)
        self._timed = np.count_nonzero(known) >= 2
        if self._timed:
            positions = np.arange(len(time_s))
            self._time_s = np.interp(positions, positions[known], time_s[known])

    def jumps(self) -> IntArray:
        """The points after which the line jumps."""
        east = np.abs(np.diff(self._longitude))
        reach = np.abs(np.diff(self._latitude)) + np.minimum(east, 360 - east)
        reach[np.diff(self._segment) != 0] = 0.0
        legs = np.flatnonzero(reach > _SHORTEST_JUMP_M / _METRES_PER_DEGREE)
        return legs[self._way_m(legs, legs + 1) > self._limit_m(legs)]

    def islands(self, jumps: IntArray) -> BoolArray:
        """The points between a jump and the one that undoes it."""
        stray = np.zeros(len(self._latitude), dtype=np.bool_)
        if len(jumps) < 2:
            return stray
        undone = self._undone(jumps)
        after = 0
        for position in np.flatnonzero(undone.any(axis=1)).tolist():
            if position >= after:
                back = position + 1 + int(np.argmax(undone[position]))
                stray[jumps[position] + 1 : jumps[back] + 1] = True
                after = back + 1
        return stray

    def _undone(self, jumps: IntArray) -> BoolArray:
        """Whether each jump is undone by the next, the one after it, and so on.

        Shape (number of jumps, how many of those that follow are looked at).
        """
        following = np.arange(len(jumps))[:, None] + np.arange(1, 1 + _JUMPS_AHEAD)
        exists = following < len(jumps)
        following = np.minimum(following, len(jumps) - 1)
        before, back = jumps[:, None], jumps[following]
        inside: BoolArray = exists & (self._segment[before] == self._segment[back])
        inside &= 2 * (back - before) < np.bincount(self._segment)[self._segment[before]]
        leap_m = self._way_m(jumps, jumps + 1)
        away_m = np.minimum(leap_m[:, None], leap_m[following])
        inside &= _AWAY_TIMES_DIRECT * self._way_m(before, back + 1) < away_m
        return inside

    def stray_ends(self, jumps: IntArray) -> BoolArray:
        """The few points that the only jump of a segment cuts off at its start or end."""
        stray = np.zeros(len(self._latitude), dtype=np.bool_)
        segments, counts = np.unique(self._segment[jumps], return_counts=True)
        alone = jumps[np.isin(self._segment[jumps], segments[counts == 1])]
        if not self._timed:
            return stray
        for jump in alone[self._way_m(alone, alone + 1) > _STRAY_M].tolist():
            first, end = np.searchsorted(self._segment, self._segment[jump] + np.array([0, 1]))
            few = min(_STRAY_POINTS, _STRAY_PART * (end - first))
            if jump + 1 - first <= few:
                stray[first : jump + 1] = True
            elif end - jump - 1 <= few:
                stray[jump + 1 : end] = True
        return stray

    def _way_m(self, start: IntArray, end: IntArray) -> FloatArray:
        """Great-circle distances between points (haversine; Sinnott, 1984)."""
        phi_1, phi_2 = np.radians(self._latitude[start]), np.radians(self._latitude[end])
        turn = np.radians(self._longitude[end] - self._longitude[start])
        north, east = np.sin((phi_2 - phi_1) / 2), np.sin(turn / 2)
        half_chord = np.sqrt(north * north + np.cos(phi_1) * np.cos(phi_2) * east * east)
        way_m: FloatArray = 2 * _EARTH_RADIUS_M * np.arcsin(np.minimum(half_chord, 1.0))
        return way_m

    def _limit_m(self, start: IntArray) -> FloatArray:
        """How far the rider may have come from each start to the next point."""
        if self._timed:
            elapsed = np.maximum(self._time_s[start + 1] - self._time_s[start], 1.0)
            return np.maximum(_SHORTEST_JUMP_M, FASTEST_M_S * elapsed)
        if len(self._latitude) < _UNTIMED_FEWEST_POINTS:
            return np.full(len(start), np.inf)
        every = np.arange(len(self._latitude) - 1)
        usual_m = np.quantile(self._way_m(every, every + 1), 0.25)
        limit_m = max(_UNTIMED_SHORTEST_JUMP_M, _UNTIMED_TIMES_USUAL * float(usual_m))
        return np.full(len(start), limit_m)
