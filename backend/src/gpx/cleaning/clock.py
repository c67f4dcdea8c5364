"""A clock that only goes forward: which times of a recording can be true, and if they suffice."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from src.gpx.earth.geodesy import hypotenuse, leg_components_m
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, Track

_EARLIEST_S = 631_152_000.0  # 1990-01-01; GPS has civil users since then
_AHEAD_S = 86_400.0  # a local time without its offset lies up to 14 h ahead
_FEWEST_TIMES = 2
_TOLD_PART = 0.5
# Where fewer times can be true, the clock was wrong throughout, and still measures durations.
_PLAUSIBLE_PART = 0.1

# Times of one line that lie so far from the others are of another clock where they are no more than
# this part of them: a handful, a few, any. The line is that of the most, if these are so many.
_APART = ((6 * 3600.0, 0.01), (7 * 86_400.0, 0.1), (60 * 86_400.0, 1.0))
_MOST_PART, _MOST_LEAST = 0.3, 5

# The way in another order is no longer, long legs counted as so many usual ones.
_LONG_LEGS, _WAY_ROUNDING = 20.0, 1e-6
# Of most clocks.
_RESOLUTION_S = 1.0
# Points of one instant as far apart as this are no way of one rider.
_SAME_PLACE_M = 1_000.0


def timed_points(time_s: FloatArray) -> BoolArray | None:
    """Which points carry a time; None where these tell of too little of the ride.

    A few suffice that lie far apart: the first and the last tell how long it took.
    """
    timed = np.isfinite(time_s)
    known = np.flatnonzero(timed)
    if len(known) < _FEWEST_TIMES or known[-1] - known[0] + 1 < _TOLD_PART * len(timed):
        return None
    return timed


def implausible(time_s: FloatArray, now_s: float) -> tuple[BoolArray, bool]:
    """Times before 1990 or in the future, and whether the others can do without them."""
    wrong = (time_s < _EARLIEST_S) | (time_s > now_s + _AHEAD_S)
    known = np.count_nonzero(np.isfinite(time_s))
    right = known - np.count_nonzero(wrong)
    return wrong, bool(right >= max(_FEWEST_TIMES, _PLAUSIBLE_PART * known))


def of_another_clock(time_s: FloatArray, segments: Segments) -> BoolArray:
    """Times that lie hours to years from the most of their segment."""
    wrong = np.zeros(len(time_s), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(time_s))
    far = np.abs(np.diff(time_s[known])) > _APART[0][0]
    if not far.any():
        return wrong
    segment = segments.of_points(known)
    if not (far & (segment[1:] == segment[:-1])).any():
        return wrong
    order = np.lexsort((time_s[known], segment))
    known, segment = known[order], segment[order]
    apart = np.diff(time_s[known])
    new_segment = segment[1:] != segment[:-1]
    for least_s, few in _APART:
        cluster = np.concatenate([[0], np.cumsum(new_segment | (apart > least_s))])
        size = np.bincount(cluster)
        of = segment[np.flatnonzero(np.diff(cluster, prepend=-1))]
        total = np.bincount(of, size)[of]
        # The largest of each segment, the earliest of several.
        by_size = np.lexsort((np.arange(len(size)), -size, of))
        largest = by_size[np.flatnonzero(np.diff(of[by_size], prepend=-1))]
        most = np.zeros(segment[-1] + 1)
        most[of[largest]] = size[largest]
        lost = size <= few * total
        lost[largest] = False
        lost &= (most[of] >= _MOST_PART * total) & (most[of] >= _MOST_LEAST)
        wrong[known[lost[cluster]]] = True
    return wrong


def in_order_of_time(track: Track) -> IntArray | None:
    """The points by time within each segment, where that is a way at least as short as the file's.

    None where nothing is to be moved. Points without a time stay behind the one before them.
    """
    time_s, segments = track.time_s, track.segments
    known = np.flatnonzero(np.isfinite(time_s))
    step_s = np.diff(time_s[known])
    if not (step_s < 0).any():
        return None
    segment = segments.of_points(known)
    inside = segment[1:] == segment[:-1]
    back = inside & (step_s < 0)
    if not back.any():
        return None
    affected = np.zeros(len(segments), dtype=np.bool_)
    affected[segment[1:][back]] = True
    # Runs of one second must be turned round with the others where all runs backwards.
    steps = np.bincount(segment[1:][back], minlength=len(segments))
    forth = inside & (step_s > 0)
    reverse = steps > np.bincount(segment[1:][forth], minlength=len(segments))
    index = np.arange(len(track))
    number = segments.to_points(np.arange(len(segments)))
    before = np.maximum.accumulate(np.where(np.isfinite(time_s), index, -1))
    before = np.where(before < segments.starts[number], segments.starts[number], before)
    filled_s = np.where(np.isfinite(time_s[before]), time_s[before], -np.inf)
    turned = np.where(reverse[number], -index, index)
    rank = np.where(affected[number], filled_s, 0.0)
    order: IntArray = np.lexsort((np.where(affected[number], turned, index), rank, number))
    way_m, new_way_m = (_ways_m(track, points, number) for points in (index, order))
    shorter = affected & (new_way_m <= way_m * (1 + _WAY_ROUNDING) + _WAY_ROUNDING)
    order = np.where(shorter[number], order, index)
    return order if (order != index).any() else None


def _ways_m(track: Track, order: IntArray, number: IntArray) -> FloatArray:
    """The length of each segment with its points in this order, the longest legs cut short."""
    legs_m = hypotenuse(*leg_components_m(track.latitude[order], track.longitude[order]))
    legs_m[number[1:] != number[:-1]] = 0.0
    usual = hypotenuse(*leg_components_m(track.latitude, track.longitude))
    usual = usual[usual > 0]
    most_m = _LONG_LEGS * float(np.quantile(usual, 0.25)) if len(usual) else np.inf
    counted_m = np.zeros(number[-1] + 1)
    np.add.at(counted_m, number[1:], np.minimum(legs_m, most_m))
    return counted_m


def told_before(track: Track) -> tuple[BoolArray, BoolArray]:
    """Points at instants that another segment has told of already: repeats, and wrong times.

    Where the segments lie at one place then, the later one repeats what was ridden; where they lie
    far apart, nobody can have been at both, and the clock of one of them is wrong.
    """
    repeats, wrong = (np.zeros(len(track), dtype=np.bool_) for _ in range(2))
    segments, time_s = track.segments, track.time_s
    if len(segments) < 2:
        return repeats, wrong
    known = np.isfinite(time_s)
    first_s = np.fmin.reduceat(np.where(known, time_s, np.inf), segments.starts)
    last_s = np.fmax.reduceat(np.where(known, time_s, -np.inf), segments.starts)
    by_time = np.lexsort((-last_s, first_s))
    covered_s = np.concatenate([[-np.inf], np.maximum.accumulate(last_s[by_time])[:-1]])
    doubtful = by_time[(first_s[by_time] < covered_s) & np.isfinite(first_s[by_time])]
    exact = by_time[1:][
        (first_s[by_time[1:]] == first_s[by_time[:-1]])
        & (last_s[by_time[1:]] == last_s[by_time[:-1]])
        & (segments.lengths[by_time[1:]] > 1)
    ]
    doubtful = np.union1d(doubtful, exact)
    if not len(doubtful):
        return repeats, wrong
    until_s = np.full(len(segments), -np.inf)
    until_s[by_time] = covered_s
    is_doubtful = np.zeros(len(segments), dtype=np.bool_)
    is_doubtful[doubtful] = True
    inside = segments.to_points(is_doubtful) & (time_s <= segments.to_points(until_s))
    # One instant is told twice where a segment goes on when the last one ended.
    goes_on = segments.to_points(last_s) > segments.to_points(until_s)
    inside &= ~goes_on | (time_s < segments.to_points(until_s))
    there = np.flatnonzero(known & ~inside)
    there = there[np.argsort(time_s[there], kind="stable")]
    inside_at = np.flatnonzero(inside)
    if not len(there) or not len(inside_at):
        return repeats, wrong
    near = there[(np.searchsorted(time_s[there], time_s[inside_at], side="right") - 1).clip(min=0)]
    north = np.abs(track.latitude[inside_at] - track.latitude[near]) * 111_000
    east = np.abs((track.longitude[inside_at] - track.longitude[near] + 180) % 360 - 180)
    east = east * 111_000 * np.cos(np.radians(track.latitude[near]))
    far = np.hypot(north, east) > _SAME_PLACE_M
    number = segments.of_points(inside_at)
    is_far = np.bincount(number, far, minlength=len(segments)) * 2 > np.bincount(
        number, minlength=len(segments)
    )
    elsewhere = is_far[number]
    wrong[inside_at[elsewhere]] = True
    repeats[inside_at[~elsewhere]] = True
    return repeats, wrong


def repeated(time_s: FloatArray, segments: Segments) -> BoolArray:
    """Times equal to that of the point before in the same segment."""
    same = np.zeros(len(time_s), dtype=np.bool_)
    same[1:] = (time_s[1:] == time_s[:-1]) & ~segments.gaps
    return same


def spread(time_s: FloatArray, segments: Segments, same: BoolArray) -> FloatArray:
    """Times that repeat the one before, `same`, spread evenly up to the next.

    A clock of whole seconds tells two points the same, which lie within that second. Where most
    points repeat a time the recorder writes in bursts, of which each takes until the next; the
    last of a segment as long as is usual. A time of which there is no other stays with its first
    point.
    """
    starts = np.flatnonzero(~same)
    counts = np.diff(starts, append=len(same))
    of_start = segments.of_points(starts)
    step_s = np.diff(time_s[starts], append=np.nan)
    step_s[:-1][of_start[1:] != of_start[:-1]] = np.nan
    step_s[~(step_s > 0)] = np.nan
    if np.isnan(step_s).all():
        return np.where(same, np.nan, time_s)
    many = (counts > 1) & np.isfinite(step_s)
    most_s = _RESOLUTION_S
    if 2 * np.count_nonzero(same) >= np.count_nonzero(np.isfinite(time_s)) and many.any():
        most_s = float(np.median(step_s[many]))
    share_s = np.minimum(step_s, most_s) / counts
    last = np.isnan(share_s)
    share_s[last] = np.nanmedian(share_s[many]) if many.any() else most_s / counts[last]
    behind = np.arange(len(same)) - np.repeat(starts, counts)
    return np.where(same, time_s + behind * np.repeat(share_s, counts), time_s)


def backward(time_s: FloatArray, segments: Segments) -> BoolArray:
    """The fewest times that must go so that the rest increases within each segment.

    One wrong time ahead of the others costs itself, not all that follow it. NaN is passed over.
    """
    wrong = np.zeros(len(time_s), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(time_s))
    timed = Segments(segments.number[known])
    steps_back = np.flatnonzero((np.diff(time_s[known]) <= 0) & ~timed.gaps)
    if not len(steps_back):
        return wrong
    affected = np.zeros(len(timed), dtype=np.bool_)
    affected[timed.of_points(steps_back)] = True
    times, bounds = time_s[known].tolist(), timed.bounds()
    right: list[int] = []
    for start, end in (bounds[number] for number in np.flatnonzero(affected).tolist()):
        right += [start + place for place in _longest_increasing(times[start:end])]
    wrong[known[timed.to_points(affected)]] = True
    wrong[known[right]] = False
    return wrong


def _longest_increasing(values: Sequence[float]) -> list[int]:
    """Positions of a longest strictly increasing subsequence (Fredman, 1975)."""
    tails: list[float] = []
    tail_positions: list[int] = []
    previous = [-1] * len(values)
    for position, value in enumerate(values):
        length = bisect_left(tails, value)
        if length:
            previous[position] = tail_positions[length - 1]
        if length == len(tails):
            tails.append(value)
            tail_positions.append(position)
        else:
            tails[length] = value
            tail_positions[length] = position
    chain = []
    position = tail_positions[-1]
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]
