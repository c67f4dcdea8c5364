"""Points at which the rider cannot have been: the line jumps away and comes back.

    jump:   way > max(_SHORTEST_JUMP_M, FASTEST_M_S * elapsed)
    island: _AWAY_TIMES_DIRECT * |behind - before| < min(way there, way back)

A leg is a jump when nothing on wheels covers it in its time. One jump alone proves little (a
tunnel, a ferry, a pause), and a vehicle that is always fast is no error; but a few points
between a jump away and a jump back, much farther away than the points before and after them are
from each other, were never visited, and neither were the first or last few points of a segment
that a single jump cuts off.

What it cannot do: a false place that the line stays at for most of a segment is believed.
"""

import numpy as np

from src.gpx.earth.geodesy import MOST_METRES_PER_DEGREE, distances_m, leg_lengths_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, Track

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


def teleports(track: Track) -> BoolArray:
    """Which points were never visited, shape (n,)."""
    line = _Line(track)
    jumps = line.jumps()
    if len(jumps) > max(_FEW_JUMPS, _MOST_JUMPS * len(track)):
        return np.zeros(len(track), dtype=np.bool_)
    return line.islands(jumps) | line.stray_ends(jumps)


class _Line:
    """The way of the rider, and how much of it can be believed."""

    def __init__(self, track: Track) -> None:
        self._track, self._segments = track, track.segments
        known = np.isfinite(track.time_s)
        self._timed = np.count_nonzero(known) >= 2
        if self._timed:
            positions = np.arange(len(track))
            self._time_s = np.interp(positions, positions[known], track.time_s[known])

    def jumps(self) -> IntArray:
        """The points after which the line jumps."""
        east = np.abs(np.diff(self._track.longitude))
        reach = np.abs(np.diff(self._track.latitude)) + np.minimum(east, 360 - east)
        reach[self._segments.gaps] = 0.0
        reach *= MOST_METRES_PER_DEGREE
        legs = np.flatnonzero(reach > _SHORTEST_JUMP_M)
        limit_m = self._limit_m(legs)
        far = reach[legs] > limit_m
        legs, limit_m = legs[far], limit_m[far]
        jumps: IntArray = legs[self._way_m(legs, legs + 1) > limit_m]
        return jumps

    def islands(self, jumps: IntArray) -> BoolArray:
        """The points between a jump and the one that undoes it."""
        stray = np.zeros(len(self._track), dtype=np.bool_)
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
        segment = self._segments.of_points(jumps)
        inside: BoolArray = exists & (segment[:, None] == segment[following])
        inside &= 2 * (back - before) < self._segments.lengths[segment][:, None]
        leap_m = self._way_m(jumps, jumps + 1)
        away_m = np.minimum(leap_m[:, None], leap_m[following])
        inside &= _AWAY_TIMES_DIRECT * self._way_m(before, back + 1) < away_m
        return inside

    def stray_ends(self, jumps: IntArray) -> BoolArray:
        """The few points that the only jump of a segment cuts off at its start or end."""
        stray = np.zeros(len(self._track), dtype=np.bool_)
        if not self._timed:
            return stray
        of_jumps = Segments(self._segments.of_points(jumps))
        alone = of_jumps.starts[of_jumps.lengths == 1]
        alone = alone[self._way_m(jumps[alone], jumps[alone] + 1) > _STRAY_M]
        behind, segment = jumps[alone] + 1, of_jumps.number[alone]
        first, end = self._segments.starts[segment], self._segments.ends[segment]
        few = np.minimum(_STRAY_POINTS, _STRAY_PART * (end - first))
        at_start = behind - first <= few
        at_end = ~at_start & (end - behind <= few)
        for point in range(_STRAY_POINTS):
            stray[np.minimum(first + point, behind - 1)[at_start]] = True
            stray[np.minimum(behind + point, end - 1)[at_end]] = True
        return stray

    def _way_m(self, start: IntArray, end: IntArray) -> FloatArray:
        """Distances between points, in the shape of both together."""
        start, end = np.broadcast_arrays(start, end)
        latitude, longitude = self._track.latitude, self._track.longitude
        way_m = distances_m(
            *(column[at.ravel()] for at in (start, end) for column in (latitude, longitude))
        )
        return way_m.reshape(start.shape)

    def _limit_m(self, start: IntArray) -> FloatArray:
        """How far the rider may have come from each start to the next point."""
        if self._timed:
            elapsed = np.maximum(self._time_s[start + 1] - self._time_s[start], 1.0)
            return np.maximum(_SHORTEST_JUMP_M, FASTEST_M_S * elapsed)
        if len(self._track) < _UNTIMED_FEWEST_POINTS:
            return np.full(len(start), np.inf)
        usual_m = np.quantile(leg_lengths_m(self._track.latitude, self._track.longitude), 0.25)
        limit_m = max(_UNTIMED_SHORTEST_JUMP_M, _UNTIMED_TIMES_USUAL * float(usual_m))
        return np.full(len(start), limit_m)
