"""Points at which the rider cannot have been: the line jumps away and comes back.

A leg is a jump when nothing on wheels covers it in its time. One jump alone proves nothing (a
tunnel, a ferry, a pause), and a vehicle that is always fast is no error; but a few points
between a jump away and a jump back, much farther away than the points before and after them are
from each other, were never visited.
"""

import numpy as np

from src.gpx.geodesy import geodesic_m
from src.gpx.model import BoolArray, FloatArray, IntArray

_FASTEST_MS = 150 / 3.6
_SHORTEST_JUMP_M = 50.0
_METRES_PER_DEGREE = 111_700.0
_JUMPS_AHEAD = 8
_AWAY_TIMES_DIRECT = 2.0
# With more jumps than this it is an aircraft or a sparse plan, and no leg stands out.
_MOST_JUMPS = 0.05
_FEW_JUMPS = 16
# Without times a jump stands out by its length only, so it takes more points to tell.
_UNTIMED_SHORTEST_JUMP_M = 10_000.0
_UNTIMED_TIMES_USUAL = 100.0
_UNTIMED_FEWEST_POINTS = 10


def teleports(
    latitude: FloatArray, longitude: FloatArray, time_s: FloatArray, segment: IntArray
) -> BoolArray:
    """Which points lie between a jump away and the jump back; degrees, seconds, shape (n,)."""
    stray = np.zeros(len(latitude), dtype=np.bool_)
    line = _Line(latitude, longitude, time_s, segment)
    jumps = line.jumps()
    if len(jumps) < 2 or len(jumps) > max(_FEW_JUMPS, _MOST_JUMPS * len(latitude)):
        return stray
    returned = line.returned(jumps)
    position = 0
    while position < len(jumps):
        back = np.flatnonzero(returned[position])
        if len(back):
            island = slice(jumps[position] + 1, jumps[position + back[0] + 1] + 1)
            stray[island] = True
            position += int(back[0]) + 1
        position += 1
    return stray


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
        long = (reach * _METRES_PER_DEGREE > _SHORTEST_JUMP_M) & (np.diff(self._segment) == 0)
        legs = np.flatnonzero(long)
        return legs[self.way_m(legs, legs + 1) > self._limit_m(legs, legs + 1)]

    def returned(self, jumps: IntArray) -> BoolArray:
        """Whether each jump is undone by the next, the one after it, and so on.

        Shape (number of jumps, how many of those that follow are looked at).
        """
        ahead = np.arange(len(jumps))[:, None] + np.arange(1, 1 + _JUMPS_AHEAD)
        exists = ahead < len(jumps)
        back = jumps[np.minimum(ahead, len(jumps) - 1)]
        before = np.broadcast_to(jumps[:, None], back.shape)
        same_segment = self._segment[before] == self._segment[back]
        minority = 2 * (back - before) < np.bincount(self._segment)[self._segment[before]]
        away_m = np.minimum(self.way_m(before, before + 1), self.way_m(back, back + 1))
        direct_m = self.way_m(before, back + 1)
        close = _AWAY_TIMES_DIRECT * direct_m < away_m
        return np.asarray(exists & same_segment & minority & close)

    def way_m(self, start: IntArray, end: IntArray) -> FloatArray:
        """The shortest way from each start to each end."""
        latitude, longitude = self._latitude, self._longitude
        return geodesic_m(latitude[start], longitude[start], latitude[end], longitude[end])

    def _limit_m(self, start: IntArray, end: IntArray) -> FloatArray:
        if self._timed:
            elapsed = np.maximum(self._time_s[end] - self._time_s[start], 1.0)
            return np.maximum(_SHORTEST_JUMP_M, _FASTEST_MS * elapsed)
        if len(self._latitude) < _UNTIMED_FEWEST_POINTS:
            return np.full(len(start), np.inf)
        return np.full(len(start), self._untimed_limit_m())

    def _untimed_limit_m(self) -> float:
        latitude, longitude = self._latitude, self._longitude
        legs = geodesic_m(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])
        usual_m = float(np.quantile(legs, 0.25))
        return max(_UNTIMED_SHORTEST_JUMP_M, _UNTIMED_TIMES_USUAL * usual_m)
