"""Time in motion and speeds.

    stopped = |p(t + w) - p(t)| < _STOPPED_M_S * w, and half way too    w = window of stops
    peak = max |p(t + w) - p(t)| / w    over windows w without a doubtful leg
    w = min(max(least, per_metre * noise_m), most)
        of peaks, per_metre is _PER_RELATIVE_NOISE_S / usual speed, and least is _SPARSE_PEAK_S
        where the recorder writes now and then

Single legs say little: the receiver's noise moves a resting recorder, and one bad position is a
sprint. So a rider is stopped while a window of some seconds keeps him within a few metres, and
the maximum speed is one held over a window. How long the windows must be follows from the noise
of the speeds themselves. The average is what was ridden over the time in motion: a leg farther
than a rest allows in which he did not move was no riding (a train at night), nor was a leg that
nothing on wheels covers in its time.

What it cannot do: whoever moves slower than 1 km/h stands still, and a sprint shorter than the
window is spread over it.
"""

import math
from dataclasses import dataclass

import numpy as np

from src.gpx.cleaning.clock import timed_points
from src.gpx.cleaning.teleports import FASTEST_M_S, SHORTEST_JUMP_M
from src.gpx.earth.geodesy import hypotenuse, unrolled_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, Track, covered

_STOPPED_M_S = 1 / 3.6
# About what dry asphalt gives tyres to brake with; no rider speeds up like that.
_HARDEST_M_S2 = 10.0

# The window of stops in seconds: at least, at most, and per metre of noise; `bench/accuracy.py`
# shows moving times and maxima on rides of other seeds than windows were chosen on.
_STOP_WINDOW_S = (10.0, 60.0, 15.0)

# That of peaks, at least and at most; and seconds for noise of as many metres as are ridden in one:
# an error of 1 %. A walker's noise is as large a part of his speed as a rider's is in a much
# shorter window.
_PEAK_S, _LONGEST_PEAK_S = 3.0, 20.0
_PER_RELATIVE_NOISE_S = 150.0

# Of recorders that write now and then, a leg's time may be a second wrong: so little of it that a
# speed held for so many is nearly right.
_EVERY_SECOND_S, _SPARSE_PEAK_S = 1.5, 5.0

# How fast a leg was of points without times nobody knows when it took longer; and a speed is that
# of whatever is near, up to twice as many seconds.
_UNTOLD_S = 12.0

# A leg without points: longer than tunnels take, longer than nearly all breaks of the recorder on
# a ride that goes on; and the first is no less than this many times as long as half of the legs.
_BREAK_S, _TIMES_USUAL_LEG = (900.0, 3700.0), 60.0

# With more impossible legs than this it was no bicycle, and the average is that of what it was.
_FEW_LEAPS, _FEWEST_LEAPS = 0.1, 2

# Longer than any window, so that none reaches from one segment into the next.
_BETWEEN_SEGMENTS_S = 1e5


@dataclass(frozen=True, slots=True)
class Motion:
    """Seconds since 1970-01-01 UTC, minutes, and kilometres per hour.

    `speed_kmh`, shape (n,), is the speed held over a window of some seconds around each point, NaN
    where no such window can be believed; `maximum_kmh` is the greatest of them. `moving`, shape
    (n,), tells whether the rider moved on the way to each point from the last that has a time.
    """

    start_s: float
    end_s: float
    total_minutes: float
    moving_minutes: float
    average_kmh: float | None
    maximum_kmh: float | None
    speed_kmh: FloatArray
    moving: BoolArray


@dataclass(frozen=True, slots=True)
class _Path:
    """The points that have a time: parallel arrays of positions in metres at `clock_s`.

    The clock never goes back: between segments it leaps, whatever the times say.
    """

    clock_s: FloatArray
    x: FloatArray
    y: FloatArray

    def about_every_second(self) -> "_Path":
        """Without points closer in time, and without those that repeat the last position.

        A recorder that has no new position yet writes the old one again; from there the next
        one would look like a sprint.
        """
        seconds = np.floor(self.clock_s + 1e-3)
        kept = np.diff(seconds, prepend=-1.0) > 0
        kept[1:] &= (np.diff(self.x) != 0) | (np.diff(self.y) != 0)
        return _Path(self.clock_s[kept], self.x[kept], self.y[kept])

    def after(self, window_s: float) -> IntArray:
        """For each point the first at least `window_s` later, or the last of all."""
        later = first_at_least(self.clock_s, self.clock_s + window_s)
        return later.clip(max=len(self.clock_s) - 1)


def measure_motion(track: Track, distance_m: FloatArray) -> Motion | None:
    """How the track was ridden, or None where too few of its points carry a time."""
    timed = timed_points(track.time_s)
    if timed is None:
        return None
    points = len(track)
    if not timed.all():
        track, distance_m = track.at(timed), distance_m[timed]
    time = track.time_s
    inside = ~track.segments.gaps
    elapsed = np.diff(time)
    clock = np.zeros(len(time))
    np.cumsum(np.where(inside, elapsed, _BETWEEN_SEGMENTS_S), out=clock[1:])
    path = _Path(clock, *unrolled_m(track.latitude, track.longitude))
    thinned = path.about_every_second()
    noise_m = _position_noise_m(thinned)

    way_m = np.diff(distance_m)
    untold = np.diff(np.flatnonzero(timed)) > 1
    stop_window_s = _window(_STOP_WINDOW_S, noise_m)
    stopped = _stopped_legs(path, track.segments, stop_window_s)
    # Points without a time on the way tell that he moved, though he came back.
    stopped &= ~(untold & (way_m > _STOPPED_M_S * np.maximum(elapsed, stop_window_s)))
    stopped |= ~untold & _breaks(way_m, elapsed, inside)
    moving = inside & ~stopped
    moving_s = float(elapsed[moving].sum())
    riding = ridden_legs(way_m, elapsed, moving, inside)
    riding_s = float(elapsed[riding.in_time].sum())
    ridden_m = float(way_m[riding.on_way].sum())
    average_kmh = 3.6 * ridden_m / riding_s if riding_s > 0 else None
    untold = _untold_at(path, thinned, untold)
    usual_m_s = ridden_m / riding_s if riding_s > 0 else 0.0
    sparse = 2 * np.count_nonzero(inside & (elapsed > _EVERY_SECOND_S)) > np.count_nonzero(inside)
    per_metre_s = _PER_RELATIVE_NOISE_S / max(usual_m_s, _STOPPED_M_S)
    least_s = _SPARSE_PEAK_S if sparse else _PEAK_S
    window_s = _window((least_s, _LONGEST_PEAK_S, per_metre_s), noise_m)
    held_m_s = _held_speeds(thinned, window_s, untold, riding.fastest_m_s)
    speed_m_s = np.full(points, np.nan)
    speed_m_s[timed] = _between(path.clock_s, thinned.clock_s, held_m_s)
    moving_points = np.zeros(points, dtype=np.bool_)
    moving_points[np.flatnonzero(timed)[1:]] = moving
    peak_kmh = 3.6 * float(np.nanmax(held_m_s)) if np.isfinite(held_m_s).any() else None
    if peak_kmh is not None and average_kmh is not None:
        # The noise of places makes the way longer, but nobody holds a speed above his greatest.
        average_kmh = min(average_kmh, peak_kmh)
    return Motion(
        start_s=float(time.min()),
        end_s=float(time.max()),
        total_minutes=float(time.max() - time.min()) / 60,
        moving_minutes=moving_s / 60,
        average_kmh=average_kmh,
        maximum_kmh=peak_kmh,
        speed_kmh=3.6 * speed_m_s,
        moving=moving_points,
    )


@dataclass(frozen=True, slots=True)
class RiddenLegs:
    """Which legs count for the average: on the way, and in time; and how fast a leg may be."""

    on_way: BoolArray
    in_time: BoolArray
    fastest_m_s: float


def ridden_legs(
    way_m: FloatArray, elapsed_s: FloatArray, moving: BoolArray, inside: BoolArray
) -> RiddenLegs:
    """The legs that were ridden, of those inside segments.

    Not those far longer than a rest allows, on which the rider did not move, nor those that nothing
    on wheels covers; where these are many, it was something else, and they count.
    """
    carried = ~moving & (way_m > _STOPPED_M_S * _STOP_WINDOW_S[1])
    leaps = way_m > np.maximum(SHORTEST_JUMP_M, FASTEST_M_S * elapsed_s)
    leaps &= inside & ~carried
    if np.count_nonzero(leaps) > max(_FEWEST_LEAPS, _FEW_LEAPS * np.count_nonzero(moving)):
        return RiddenLegs(inside & ~carried, moving, math.inf)
    return RiddenLegs(inside & ~carried & ~leaps, moving & ~leaps, FASTEST_M_S)


def _breaks(way_m: FloatArray, elapsed_s: FloatArray, inside: BoolArray) -> BoolArray:
    """Legs so long among short ones that no riding was recorded, wherever they led.

    In less than an hour only those on which the rider was much slower than usual.
    """
    inside = inside & (elapsed_s > 0)
    long = inside & (elapsed_s > _BREAK_S[0])
    if not long.any() or _TIMES_USUAL_LEG * np.median(elapsed_s[inside]) > _BREAK_S[0]:
        return np.zeros(len(inside), dtype=np.bool_)
    usual_m_s = float(np.median(way_m[inside] / elapsed_s[inside]))
    slow = way_m < 0.5 * usual_m_s * elapsed_s
    breaks: BoolArray = long & (slow | (elapsed_s > _BREAK_S[1]))
    return breaks


def _window(bounds: tuple[float, float, float], noise_m: float) -> float:
    least, most, per_metre = bounds
    return min(max(least, per_metre * noise_m), most)


def _position_noise_m(path: _Path) -> float:
    """White noise of positions along the road, from how the way changes second by second.

    The change has six times the variance of the positions; the upper quartile of a normal
    distribution lies 1.15 deviations out. Riders themselves change speed far less.
    """
    elapsed = np.diff(path.clock_s)
    way = hypotenuse(np.diff(path.x), np.diff(path.y))
    even = (elapsed[1:] < _EVERY_SECOND_S) & (elapsed[:-1] < _EVERY_SECOND_S)
    changes = np.abs(np.diff(way))[even]
    if len(changes) < 10:
        return 0.0
    return float(np.quantile(changes, 0.75)) / (1.15 * math.sqrt(6))


def _stopped_legs(path: _Path, segments: Segments, window_s: float) -> BoolArray:
    """The legs inside some window in which the rider never came far, shape (n - 1,)."""
    count = len(path.clock_s)
    start = np.arange(count)
    end = np.minimum(path.after(window_s), segments.to_points(segments.ends - 1))
    middle = (start + end + 1) // 2
    elapsed = path.clock_s[end] - path.clock_s
    allowed_m = _STOPPED_M_S * np.maximum(elapsed, window_s)
    still = end > start
    still &= hypotenuse(path.x[end] - path.x, path.y[end] - path.y) < allowed_m
    # Half way, too: a turn brings the rider back to where he was.
    still &= hypotenuse(path.x[middle] - path.x, path.y[middle] - path.y) < allowed_m
    is_long = elapsed >= window_s
    is_long[segments.starts] = True
    still &= is_long
    # A pause without points is one leg; the way up to it is judged without it.
    still &= (elapsed < 2 * window_s) | (end == start + 1)
    return covered(start[still], end[still], count - 1)


def _untold_at(path: _Path, thinned: _Path, untold: BoolArray) -> BoolArray:
    """The legs of the thinned path on which points without a time lie."""
    if not untold.any():
        return np.zeros(len(thinned.clock_s) - 1, dtype=np.bool_)
    so_far = np.concatenate([[0], np.cumsum(untold)])
    at = np.searchsorted(path.clock_s, thinned.clock_s)
    between: BoolArray = np.diff(so_far[at]) > 0
    return between


def _held_speeds(path: _Path, window_s: float, untold: BoolArray, fastest_m_s: float) -> FloatArray:
    """The speed in metres per second over a window about each point, without a doubtful leg.

    NaN where there is no such window. Where there is none at all, the speeds of the legs that are
    not doubtful. `untold` legs have points without times: over a long one, nobody knows.
    """
    elapsed = np.diff(path.clock_s)
    way = hypotenuse(np.diff(path.x), np.diff(path.y))
    speed = way / elapsed
    change = np.abs(np.diff(speed)) > _HARDEST_M_S2 * 0.5 * (elapsed[1:] + elapsed[:-1])
    doubtful = (speed > fastest_m_s) | (elapsed >= _BETWEEN_SEGMENTS_S)
    doubtful |= untold & (elapsed > _UNTOLD_S)
    doubtful[1:] |= change
    doubtful[:-1] |= change
    faults = np.concatenate([[0], np.cumsum(doubtful)])
    # Half a second less: times are often whole seconds, and the points lie just beside them.
    end = path.after(window_s - 0.5)
    span = path.clock_s[end] - path.clock_s
    held = (faults[end] == faults) & (span >= window_s - 0.5)
    speeds = np.full(len(path.clock_s), np.nan)
    if held.any():
        # As the crow flies: zigzags of noise are no speed, and so short a road is straight.
        reached = hypotenuse(path.x[end] - path.x, path.y[end] - path.y)[held] / span[held]
        middle = (np.flatnonzero(held) + end[held]) // 2
        np.fmax.at(speeds, middle, reached)
    else:
        speeds[1:][~doubtful] = speed[~doubtful]
    return speeds


def _between(clock_s: FloatArray, known_at_s: FloatArray, values: FloatArray) -> FloatArray:
    """Values at each instant, by those known around it; NaN far from any."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.full(len(clock_s), np.nan)
    at = known_at_s[known]
    between = np.interp(clock_s, at, values[known])
    # Only between two that are twice as far apart, before the first and behind the last.
    far_s = 2 * _UNTOLD_S
    edges_s = np.concatenate([[-np.inf], at, [np.inf]])
    wide = np.flatnonzero(np.diff(edges_s) > 2 * far_s)
    first = np.searchsorted(clock_s, edges_s[wide] + far_s, side="right")
    counts = (np.searchsorted(clock_s, edges_s[wide + 1] - far_s) - first).clip(min=0)
    behind = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    between[np.repeat(first, counts) + behind] = np.nan
    return between


def first_at_least(clock_s: FloatArray, sought_s: FloatArray) -> IntArray:
    """As `np.searchsorted` finds instants of one clock in another, both of which only go forward.

    Most recorders write every second, and then all are as many steps further as one of them.
    """
    middle = len(sought_s) // 2
    steps = int(np.searchsorted(clock_s, sought_s[middle])) - middle
    found = np.arange(steps, steps + len(sought_s))
    wrong = np.ones(len(sought_s), dtype=np.bool_)
    first, end = max(0, 1 - steps), min(len(sought_s), len(clock_s) - steps)
    if first < end:
        sought, at = sought_s[first:end], slice(first + steps, end + steps)
        before = slice(at.start - 1, at.stop - 1)
        wrong[first:end] = (clock_s[at] < sought) | (clock_s[before] >= sought)
    rest = np.flatnonzero(wrong)
    found[rest] = np.searchsorted(clock_s, sought_s[rest])
    return found
