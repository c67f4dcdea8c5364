"""What altitudes differ by where the same road is ridden twice: the noise of both passes.

    difference(u) = y(t2(u)) - y(t1(u))        du = (dt1 + dt2) / 2

y at the times t1 and t2 when an earlier and a later pass were at the same place, whether they run
the same way (laps) or opposite ones (out and back). Relief is a process in distance: it is gone.
Noise is one in time: that of both passes is left, and has little in common minutes apart.

The clock u runs at the mean of both passes: over a span tau of it they take tau1 + tau2 = 2 tau.
Up to about its correlation time, the Hadamard variance of noise that wanders grows with the span,
in proportion or faster: that of the difference is twice that of one pass, or more. Beyond, it can
be less: by 9 % at most where one pass takes twice as long as the other, which is within the half
step of correlation times that bounds allow for, and by 11 % more than that where four times.

Places evenly along the ride are sorted by boxes of the map. In each box a place is paired with the
last one of minutes before, moved to the nearest point of that pass, and pairs are linked that
follow each other on both passes.

What it cannot do: what is wrong with a place and not with a time, heights from a terrain model say,
is the same in both passes and is taken for the road. Positions that are wrong along a slope, and
another road beside this one, add to the difference: it is no less than the noise.
"""

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from src.gpx.model import BoolArray, FloatArray, IntArray

# Of latitude, roughly.
DEGREE_M = 111_200.0

# Places are so far apart along the ride, or as points are, and boxes so many times as wide: most
# places of two passes beside each other then share one, and a search sees few.
_PLACE_M, _BOX_PLACES = 24.0, 2.0
# Two lanes and the errors of both passes lie aside of each other, and ways differ by as much.
_ASIDE_M = 15.0
# Another pass is so many places ahead, and so much later that a receiver's errors have changed.
_AHEAD_PLACES, _APART_S = 8, 120.0
# Of looking for the nearest point, each from the one found before.
_ROUNDS = 2
# The next pair is at most so many places on, and on the other pass as far.
_NEXT_PLACES = 8
# And on neither so many times as fast: one of them halts.
_FASTER = 4.0
# Fewer in a row are a crossing, or of another pass than those around them.
_FEWEST_PAIRS = 4


_Complex: TypeAlias = npt.NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class _Places:
    """Places `step_m` apart along the ride, the first at its start: shape (places,) each.

    `on_map_m` is east + i north.
    """

    step_m: float
    on_map_m: _Complex
    time_s: FloatArray

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Places of later passes, and what is nearest to them on earlier ones, shape (pairs,) each.

    `later` numbers places, increasing; `earlier` lies between two places. `turn` is 1 where both
    passes run the same way, and -1 where they run opposite ones.
    """

    later: IntArray
    earlier: FloatArray
    turn: FloatArray

    def where(self, kept: BoolArray) -> Self:
        return type(self)(self.later[kept], self.earlier[kept], self.turn[kept])


def differences(
    elevation: FloatArray,
    along_m: FloatArray,
    time_s: FloatArray,
    positions: tuple[FloatArray, FloatArray],
    gap_s: float,
) -> tuple[FloatArray, FloatArray] | None:
    """Altitudes of later passes less those of earlier ones, and the mean clock of both in seconds.

    `elevation`, `along_m`, `time_s`, and latitudes and longitudes in `positions` have shape (n,);
    the result has a value for each point of a later pass. The clock leaps where the road is not
    shared for a while, or the other pass is another one. More than `gap_s` between two points of
    either pass are not bridged. None where no road is ridden twice.
    """
    length_m = float(along_m[-1] - along_m[0])
    step_m = max(_PLACE_M, length_m / len(along_m))
    even_m = along_m[0] + np.arange(0.0, length_m, step_m)
    if len(even_m) <= _AHEAD_PLACES:
        return None
    numbers = np.arange(float(len(along_m)))
    even = np.interp(even_m, along_m, numbers)
    latitude, longitude, even_s = _between(even, *positions, time_s)
    east_m = DEGREE_M * np.cos(np.radians(latitude.mean())) * longitude
    north_m = DEGREE_M * latitude
    boxes = _in_shared_boxes(east_m, north_m, _BOX_PLACES * step_m)
    if boxes is None:
        return None
    np.maximum.accumulate(even_s, out=even_s)
    places = _Places(step_m, east_m + 1j * north_m, even_s)
    is_gap = np.diff(time_s) > gap_s
    place = (along_m - along_m[0]) / step_m
    shared = _shared(
        places, _nearest(places, *_paired(*boxes, even_s)), place[:-1][is_gap], place[1:][is_gap]
    )
    if shared is None:
        return None

    pairs, is_shared = shared
    points = np.flatnonzero(is_shared[place.astype(np.int64).clip(max=len(places) - 1)])
    if not len(points):
        return None
    earlier = np.interp(place[points], pairs.later, pairs.earlier)
    # Between two points of the earlier pass.
    index = np.interp(along_m[0] + step_m * earlier, along_m, numbers)
    earlier_s, earlier_elevation = _between(index, time_s, elevation)
    took_s = (np.diff(time_s[points]) + np.abs(np.diff(earlier_s))) / 2
    clock_s = np.concatenate([[0.0], np.cumsum(took_s)])
    return elevation[points] - earlier_elevation, clock_s


def _in_shared_boxes(
    east_m: FloatArray, north_m: FloatArray, box_m: float
) -> tuple[IntArray, IntArray] | None:
    """Places in boxes of the map that are visited again, and the number of each one's box.

    Sorted by box, and in each along the ride. None where there are none.
    """
    column, row = (
        ((axis_m - axis_m.min()) / box_m).astype(np.int64) for axis_m in (east_m, north_m)
    )
    # Numbers are sorted in a third of the time that their order takes.
    bits = len(east_m).bit_length()
    key = ((column * (row.max() + 1) + row) << bits) + np.arange(len(east_m))
    key.sort()
    place, box = key & ((1 << bits) - 1), key >> bits
    again = (np.diff(place) >= _AHEAD_PLACES) & (box[1:] == box[:-1])
    if not again.any():
        return None
    number = np.concatenate([[0], np.cumsum(box[1:] != box[:-1])])
    is_shared = np.zeros(number[-1] + 1, dtype=np.bool_)
    is_shared[number[1:][again]] = True
    inside = is_shared[number]
    return place[inside], number[inside]


def _paired(place: IntArray, box: IntArray, time_s: FloatArray) -> tuple[IntArray, IntArray]:
    """Places of later passes, increasing, and the last one of minutes before in the box of each."""
    visit_s = time_s[place] - time_s[0]
    visit_s += box * (visit_s.max() + 2 * _APART_S)
    before = np.searchsorted(visit_s, visit_s - _APART_S, side="right") - 1
    is_pair = (before >= 0) & (box[before] == box) & (place - place[before] >= _AHEAD_PLACES)
    earlier = np.full(len(time_s), -1)
    earlier[place[is_pair]] = place[before[is_pair]]
    later = np.flatnonzero(earlier >= 0)
    return later, earlier[later]


def _nearest(places: _Places, later: IntArray, earlier: IntArray) -> _Pairs:
    """Pairs on one road, each moved to the nearest point of the earlier pass."""
    on_map_m, last = places.on_map_m, len(places) - 2
    nearest: FloatArray = earlier.astype(np.float64)
    for _ in range(_ROUNDS):
        at = np.rint(nearest).astype(np.int64).clip(1, last)
        ahead_m = on_map_m[at + 1] - on_map_m[at - 1]
        ahead_m /= np.maximum(np.abs(ahead_m), 1.0)
        # Along the earlier pass, and aside of it.
        off_m = (on_map_m[later] - on_map_m[at]) * ahead_m.conj()
        nearest = at + off_m.real / places.step_m
    here = later.clip(1, last)
    turn = np.sign(((on_map_m[here + 1] - on_map_m[here - 1]) * ahead_m.conj()).real)
    is_road = (np.abs(off_m.imag) < _ASIDE_M) & (np.abs(nearest - at) < 2.0)
    is_road &= (nearest >= 0) & (nearest <= last + 1)
    return _Pairs(later, nearest, turn).where(is_road)


def _shared(
    places: _Places, pairs: _Pairs, gap_starts: FloatArray, gap_ends: FloatArray
) -> tuple[_Pairs, BoolArray] | None:
    """Pairs, and whether the way from each place to the next is shared, shape (places,).

    None where none is.
    """
    linked = _linked(places, pairs, gap_starts, gap_ends)
    if not linked.any():
        return None
    run = np.append(0, np.cumsum(~linked))
    kept = np.bincount(run)[run] >= _FEWEST_PAIRS
    if not kept.all():
        pairs = pairs.where(kept)
        linked = _linked(places, pairs, gap_starts, gap_ends)
    if not linked.any():
        return None
    later = pairs.later
    is_shared = np.zeros(len(places), dtype=np.bool_)
    is_shared[later[0] : later[-1]] = np.repeat(linked, np.diff(later))
    return pairs, is_shared


def _linked(
    places: _Places, pairs: _Pairs, gap_starts: FloatArray, gap_ends: FloatArray
) -> BoolArray:
    """Whether the road from a pair to the next is ridden by both passes, shape (pairs - 1,).

    Gaps of the recording start and end at some place, or between two.
    """
    later, earlier, turn = pairs.later, pairs.earlier, pairs.turn
    forward = np.stack([np.ones(len(turn)), turn])[:, 1:]
    ways_m = places.step_m * forward * np.diff(np.stack([later, earlier]))
    took_s = forward * np.diff([places.time_s[later], *_between(earlier, places.time_s)])
    linked: BoolArray = (np.diff(later) <= _NEXT_PLACES) & (turn[1:] == turn[:-1])
    linked &= np.abs(ways_m[1] - ways_m[0]) < _ASIDE_M
    linked &= took_s.max(axis=0) < _FASTER * took_s.min(axis=0)
    if len(gap_starts):
        for ends in (np.stack([of[1:], of[:-1]]) for of in (later, earlier)):
            begun = np.searchsorted(gap_starts, ends.max(axis=0), side="right")
            linked &= begun == np.searchsorted(gap_ends, ends.min(axis=0))
    return linked


def _between(place: FloatArray, *series: FloatArray) -> list[FloatArray]:
    """Of series whose values lie at 0, 1, 2 and so on, the values at places between them."""
    before = place.astype(np.int64).clip(max=len(series[0]) - 2)
    share = place - before
    return [of[before] + share * (of[before + 1] - of[before]) for of in series]
