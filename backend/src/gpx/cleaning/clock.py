"""A clock that only goes forward: which times of a recording can be true, and if they suffice."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from src.gpx.model import BoolArray, FloatArray, Segments

_EARLIEST_S = 631_152_000.0  # 1990-01-01; GPS has civil users since then
_AHEAD_S = 86_400.0  # a local time without its offset lies up to 14 h ahead
_USABLE_SHARE = 0.5


def timed_points(time_s: FloatArray) -> BoolArray | None:
    """Which points carry a time; None where too few do to tell how the track was ridden."""
    timed = np.isfinite(time_s)
    enough = np.count_nonzero(timed) >= max(2, _USABLE_SHARE * len(time_s))
    return timed if enough else None


def implausible(time_s: FloatArray, now_s: float) -> BoolArray:
    """Times before 1990 or in the future."""
    return (time_s < _EARLIEST_S) | (time_s > now_s + _AHEAD_S)


def repeated(time_s: FloatArray, segments: Segments) -> BoolArray:
    """Times equal to that of the point before in the same segment."""
    same = np.zeros(len(time_s), dtype=np.bool_)
    same[1:] = (time_s[1:] == time_s[:-1]) & ~segments.gaps
    return same


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
