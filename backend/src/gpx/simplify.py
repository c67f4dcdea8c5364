"""Which points a line can do without: Douglas-Peucker in plan and in height.

    deviation = max(|plan offset|, |height offset| / HEIGHT_RATIO)   of a point from its chord
    survives_m = min(deviation of the farthest point, survives_m of the split above it)

D. H. Douglas & T. K. Peucker, "Algorithms for the reduction of the number of points required to
represent a digitized line or its caricature" (1973). A chord may replace the points between its
ends when none of them is farther from it than the tolerance, in plan and, at `HEIGHT_RATIO` of the
tolerance, in height. Height is compared both where the chord passes the point on the map and where
it stands after the same distance in the profile, so that neither drawing loses a hill.

The recursion is worked off level by level, all intervals of a level in one stroke, all segments
together. A spiral or a zigzag, where each split takes off only a few points, would need as many
levels as it has points: below a certain depth intervals are therefore halved besides. That keeps
some points more and every promise.

What it cannot do: a simplified line may cross itself where the whole line does not.
"""

import numpy as np

from src.gpx.earth.geodesy import hypotenuse
from src.gpx.earth.projection import local_plane
from src.gpx.model import FloatArray, IntArray, Track

# The usual tolerance of ten metres is three in height, about what altitudes are wrong by.
HEIGHT_RATIO = 0.3
# Recorded rides of 100,000 points need 31 levels at most.
_DEPTH_BEFORE_HALVING = 48
# So few that what is worked out on the way stays in the processor's cache.
_POINTS_AT_A_TIME = 1 << 15
# A chord over more points is worth the calls for it alone.
_MOST_TOGETHER = 1 << 12
# Less than the square of any length: it stands for that of a chord without one.
_TINY = 1e-200


def simplify(track: Track, *, tolerance_m: float = 10.0) -> tuple[IntArray, FloatArray]:
    """The points that survive at `tolerance_m`, and how long each of them does.

    Returns the indices of the m surviving points, increasing, and for each the coarsest
    tolerance in metres at which it still survives, infinite at the ends of a segment. For every
    t >= `tolerance_m`, the points with a tolerance above t are within t of the whole line in
    plan, and within `HEIGHT_RATIO * t` in height.
    """
    line = _Line(track)
    survives_m = np.zeros(len(track))
    first, last = track.segments.starts, track.segments.ends - 1
    survives_m[first] = survives_m[last] = np.inf
    cap_m = np.full(len(first), np.inf)
    depth = 0
    while len(first):
        wide = last - first > 1
        first, last, cap_m = first[wide], last[wide], cap_m[wide]
        if not len(first):
            break
        deviation_m, farthest = line.farthest(first, last)
        split = deviation_m > tolerance_m
        first, last, farthest = first[split], last[split], farthest[split]
        # A child never outlives its parent: that is what nests the levels of detail.
        cap_m = np.minimum(deviation_m[split], cap_m[split])
        survives_m[farthest] = cap_m
        cuts = [first, farthest, last]
        if depth >= _DEPTH_BEFORE_HALVING:
            halfway = (first + last) // 2
            survives_m[halfway] = cap_m
            cuts = [first, np.minimum(farthest, halfway), np.maximum(farthest, halfway), last]
        ends = np.stack(cuts, axis=1)
        first, last = ends[:, :-1].ravel(), ends[:, 1:].ravel()
        cap_m = np.repeat(cap_m, len(cuts) - 1)
        depth += 1
    index = np.flatnonzero(survives_m)
    return index, survives_m[index]


class _Line:
    """The track as metres: x, y on a plane, z in units of horizontal tolerance, s along it."""

    def __init__(self, track: Track) -> None:
        self._xyzs = np.zeros((4, len(track)))
        x, y, z, s = self._xyzs
        x[:], y[:] = local_plane(track.latitude, track.longitude, track.segments)
        np.divide(_filled(track.elevation), HEIGHT_RATIO, out=z)
        np.cumsum(hypotenuse(np.diff(x), np.diff(y)), out=s[1:])

    def farthest(self, first: IntArray, last: IntArray) -> tuple[FloatArray, IntArray]:
        """The largest deviation from each chord (first, last), and the point that has it."""
        counts = last - first - 1
        ends = np.cumsum(counts)
        alone = np.flatnonzero(counts > _MOST_TOGETHER)
        portions = np.searchsorted(ends, np.arange(0, ends[-1], _POINTS_AT_A_TIME))
        cuts = np.unique(np.concatenate([portions, alone, alone + 1]))
        cuts = cuts[(cuts > 0) & (cuts < len(first))]
        parts = map(self._farthest, np.split(first, cuts), np.split(last, cuts))
        deviation_m, farthest = zip(*parts, strict=True)
        return np.concatenate(deviation_m), np.concatenate(farthest)

    def _farthest(self, first: IntArray, last: IntArray) -> tuple[FloatArray, IntArray]:
        chords = self._chords(first, last)
        if len(first) == 1:
            return self._farthest_of_one(int(first[0]), int(last[0]), chords)
        counts = last - first - 1
        offsets = np.cumsum(counts) - counts
        inner = np.repeat(first + 1 - offsets, counts)
        inner += np.arange(len(inner))
        points = self._xyzs.take(inner, axis=1)
        squared = _squared_deviation(points, np.repeat(chords, counts, axis=1))
        largest = np.maximum.reduceat(squared, offsets)
        hits = np.flatnonzero(squared == np.repeat(largest, counts))
        return np.sqrt(largest), inner[hits[np.searchsorted(hits, offsets)]]

    def _farthest_of_one(
        self, first: int, last: int, chord: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """The same for one chord: its points lie side by side."""
        largest, farthest = -1.0, first
        for start in range(first + 1, last, _POINTS_AT_A_TIME):
            points = self._xyzs[:, start : min(start + _POINTS_AT_A_TIME, last)]
            squared = _squared_deviation(points.copy(), chord)
            found = int(squared.argmax())
            if squared[found] > largest:
                largest, farthest = float(squared[found]), start + found
        return np.sqrt([largest]), np.array([farthest])

    def _chords(self, first: IntArray, last: IntArray) -> FloatArray:
        """What `_squared_deviation` needs of each of k chords, shape (10, k)."""
        start = self._xyzs.take(first, axis=1)
        way = self._xyzs.take(last, axis=1)
        way -= start
        # Of a chord without length in plan, or in the profile, there is only one place.
        squared_length = np.maximum(way[0] * way[0] + way[1] * way[1], _TINY)
        slope = way[2] / np.maximum(way[3], _TINY)
        return np.concatenate([start, way[:3], way[:2] / squared_length, slope[None]])


def _squared_deviation(points: FloatArray, chords: FloatArray) -> FloatArray:
    """Of n points, shape (4, n), each from its chord, or all from one; `points` are used up."""
    start, way, share, slope = chords[:4], chords[4:7], chords[7:9], chords[9]
    points -= start
    x, y, z, s = points
    along = share[0] * x
    along += share[1] * y
    np.clip(along, 0, 1, out=along)
    s *= slope
    np.subtract(z, s, out=s)
    points[:3] -= way * along
    points *= points
    x += y
    np.maximum(z, s, out=z)
    squared: FloatArray = np.maximum(x, z, out=x)
    return squared


def _filled(elevation: FloatArray) -> FloatArray:
    known = np.flatnonzero(np.isfinite(elevation))
    if not len(known):
        return np.zeros(len(elevation))
    if len(known) == len(elevation):
        return elevation
    return np.interp(np.arange(len(elevation)), known, elevation[known])
