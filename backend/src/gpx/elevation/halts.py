"""Where the rider stands still: there the altitude changes by noise and by weather alone.

    halt: a run of legs without moving, of _LEAST_S and more, on which he is never further from
          where it began than _MOST_M, nor than _SLOWEST_M_S times its duration, and behind which
          he is not faster than _LEAP_M_S at once
    change = noise + drift,  noise = change * min(1, (_SEEN * off / change)^2)

Without that, a receiver that wanders while its rider rests makes a wall of what it has wandered by,
and a barometer's drift of a long rest becomes climbing. A drift is there to stay: behind the halt
the altitude goes on where it was before. Noise is forgotten: it is led over from the level before
the halt to the one behind it, evenly within _FORGOTTEN_S of riding. Which of them a change is,
tell the altitudes of all halts, by how far they are `off` the straight line through each halt's
ends (root mean square).

Who climbs a wall moves slowly, too, but comes further. And a receiver that keeps its position until
it is sure of another (static navigation, or few decimals) looks like a halt, but leaps behind it.

What it cannot do: who climbs a tower within a few metres has climbed nothing there. Where positions
wander so much that the halts of a ride are some hundred metres of road, there are none: as level
road without any noise they would belie the noise of the rest.
"""

import numpy as np

from src.gpx.cleaning.walls import joined
from src.gpx.earth.geodesy import distances_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Track, covered

_LEAST_S = 60.0
# As far as positions are wrong by; and slower than anybody pushes his bicycle up a wall.
_MOST_M, _SLOWEST_M_S = 15.0, 0.05
# Faster than a rider is at once.
_LEAP_M_S = 10.0
# What all halts together are of the ride, and in metres.
_MOST_SHARE, _MOST_ROAD_M = 0.03, 500.0
# Of what altitudes are off a straight line, the most that noise changes by in a halt: its two ends
# differ by the square root of two deviations, seldom by more than three times that.
_SEEN = 4.0
# From 100 to 300 s all is the same; noise is forgotten within 20 to 60.
_FORGOTTEN_S = 200.0
_TINY_M2, _TINY_S = 1e-12, 1e-6


def standing_legs(track: Track, distance_m: FloatArray, moving: BoolArray) -> BoolArray:
    """On which legs between consecutive points the rider stands still, shape (n - 1,).

    `distance_m`, shape (n,), is the way up to each point, and `moving` tells of that to each.
    """
    standing = ~moving[1:] & ~track.segments.gaps & np.isfinite(np.diff(track.time_s))
    first, last = _runs(standing)
    elapsed_s = track.time_s[last] - track.time_s[first]
    halt = (elapsed_s >= _LEAST_S) & ~_leaps_behind(track, last)
    first, last, elapsed_s = first[halt], last[halt], elapsed_s[halt]
    if not len(first):
        return np.zeros(len(standing), dtype=np.bool_)
    points = np.flatnonzero(covered(first, last, len(standing))) + 1
    legs = last - first
    away_m = _distances_m(track, np.repeat(first, legs), points)
    most_m = np.maximum.reduceat(away_m, np.cumsum(legs) - legs)
    here = most_m <= np.minimum(_MOST_M, _SLOWEST_M_S * elapsed_s)
    first, last = first[here], last[here]
    road_m = float((distance_m[last] - distance_m[first]).sum())
    if road_m > min(_MOST_SHARE * float(distance_m[-1]), _MOST_ROAD_M):
        return np.zeros(len(standing), dtype=np.bool_)
    return covered(first, last, len(standing))


def without_halts(elevation: FloatArray, time_s: FloatArray, halts: BoolArray) -> FloatArray:
    """Elevations that do not change at halts, and of whose noise nothing stays behind one.

    n known elevations in metres, when they were recorded, in seconds or NaN, and the legs between
    them on which the rider stands still, shape (n - 1,).
    """
    first, last = _runs(halts)
    if not len(first):
        return elevation
    points, legs = np.flatnonzero(halts) + 1, last - first
    change_m = elevation[last] - elevation[first]
    # Of several values of one instant there may be no others.
    lasts_s = np.maximum(time_s[last] - time_s[first], _TINY_S)
    share = (time_s[points] - np.repeat(time_s[first], legs)) / np.repeat(lasts_s, legs)
    off_m = elevation[points] - np.repeat(elevation[first], legs)
    off_m -= share * np.repeat(change_m, legs)
    of_noise = _SEEN**2 * np.mean(off_m**2) / np.maximum(change_m**2, _TINY_M2)
    noise_m = change_m * of_noise.clip(max=1.0)

    elapsed_s = np.diff(time_s)
    riding_s = np.zeros(len(time_s))
    np.cumsum(np.where(halts | np.isnan(elapsed_s), 0.0, elapsed_s), out=riding_s[1:])
    halt_s = riding_s[first]
    borders_s = np.concatenate([halt_s - _FORGOTTEN_S, halt_s + _FORGOTTEN_S])
    in_order = np.argsort(borders_s, kind="stable")
    borders_s = borders_s[in_order]
    m_s = np.cumsum(np.concatenate([noise_m, -noise_m])[in_order]) / (2 * _FORGOTTEN_S)
    led_back_m = np.concatenate([[0.0], np.cumsum(m_s[:-1] * np.diff(borders_s))])
    settled: FloatArray = joined(elevation, halts) + np.interp(riding_s, borders_s, led_back_m)
    return settled


def _runs(legs: BoolArray) -> tuple[IntArray, IntArray]:
    """From which point to which each run of legs leads."""
    borders = np.diff(legs.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(borders > 0), np.flatnonzero(borders < 0)


def _leaps_behind(track: Track, point: IntArray) -> BoolArray:
    """Whether the leg from each point is faster than any start."""
    start = point.clip(max=len(track) - 2)
    way_m = _distances_m(track, start, start + 1)
    is_fast = way_m > _LEAP_M_S * (track.time_s[start + 1] - track.time_s[start])
    leaps: BoolArray = is_fast & (point == start) & ~track.segments.gaps[start]
    return leaps


def _distances_m(track: Track, start: IntArray, end: IntArray) -> FloatArray:
    latitude, longitude = track.latitude, track.longitude
    return distances_m(latitude[start], longitude[start], latitude[end], longitude[end])
