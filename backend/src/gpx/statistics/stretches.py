"""A stretch of a ride, from one kilometre to another, by the same measures as the whole.

Everything that adds up is the difference of a growing column at the two ends, so that neighbouring
stretches add up to their union and the whole ride gives the ride's own numbers.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from src.gpx.cleaning.clock import timed_points
from src.gpx.model import FloatArray, RideColumns
from src.gpx.statistics.motion import ridden_legs
from src.gpx.statistics.sensors import sensor_statistics


@dataclass(frozen=True, slots=True)
class Stretch:
    """Kilometres, metres, percent, minutes and km/h; None where the file has not what it takes."""

    from_km: float
    to_km: float
    distance_km: float
    elevation_gain: float | None
    elevation_loss: float | None
    avg_gradient: float | None
    max_gradient: float | None
    total_time_minutes: float | None
    moving_time_minutes: float | None
    avg_speed_kmh: float | None
    max_speed_kmh: float | None
    sensors: Mapping[str, Mapping[str, float]]


def measure_stretch(columns: RideColumns, from_km: float, to_km: float) -> Stretch:
    """What lies between two distances in kilometres; they are taken to be on the ride.

    A halt belongs to the stretch that begins where it was made.
    """
    total_km = float(columns.distance_m[-1]) / 1000
    from_km = min(max(from_km, 0.0), total_km)
    to_km = min(max(to_km, from_km), total_km)
    ends = _Ends(columns.distance_m, 1000 * from_km, 1000 * to_km)
    ridden = _ridden(columns, ends)
    maximum_kmh = ends.greatest(columns.speed_kmh)
    gradient = ends.steepest(columns.gradient)
    return Stretch(
        from_km=from_km,
        to_km=to_km,
        distance_km=to_km - from_km,
        elevation_gain=ends.difference(columns.climbed_m),
        elevation_loss=ends.difference(columns.descended_m),
        avg_gradient=None if gradient is None else _average_gradient(columns, ends),
        max_gradient=None if gradient is None else max(gradient, 0.0),
        total_time_minutes=ridden.elapsed_s / 60 if ridden else None,
        moving_time_minutes=ridden.moving_s / 60 if ridden else None,
        avg_speed_kmh=ridden.average_kmh(maximum_kmh) if ridden else None,
        max_speed_kmh=maximum_kmh,
        sensors=sensor_statistics(
            {name: values[ends.points] for name, values in columns.sensors.items()}
        ),
    )


class _Ends:
    """Where a stretch begins and ends among the points of a ride, also between two of them."""

    def __init__(self, distance_m: FloatArray, from_m: float, to_m: float) -> None:
        self._from = _position(distance_m, from_m) if from_m > 0 else 0.0
        self._to = _position(distance_m, to_m)
        self.points = slice(math.ceil(self._from), math.floor(self._to) + 1)
        # The road that begins at a point reaches to the next one, so the last does not count.
        is_end = self._to == len(distance_m) - 1
        last = int(self._to) if is_end else math.ceil(self._to) - 1
        self._legs = slice(math.floor(self._from), max(math.floor(self._from), last) + 1)

    def difference(self, column: FloatArray) -> float | None:
        """What a column grows by along the stretch; None where it is not known at both ends."""
        grown = _at(column, self._to) - _at(column, self._from)
        return grown if math.isfinite(grown) else None

    def greatest(self, column: FloatArray) -> float | None:
        """The greatest value at a point of the stretch, or at its ends where it has no point."""
        values = column[self.points]
        if not len(values):
            values = np.array([_at(column, self._from), _at(column, self._to)])
        return _greatest(values)

    def steepest(self, column: FloatArray) -> float | None:
        """The greatest value of a column that tells of the road from each point to the next."""
        return _greatest(column[self._legs])


# Kilometres and back to metres.
_ROUNDING = 1e-12


def _position(distance_m: FloatArray, at_m: float) -> float:
    """The place of a distance among the points: 2.5 is half way between the third and the fourth.

    Where the rider halted it is the first point of the halt, but for the end of the ride.
    """
    last = len(distance_m) - 1
    if at_m >= distance_m[last] * (1 - _ROUNDING):
        return float(last)
    after = int(np.searchsorted(distance_m, at_m, side="left"))
    if after == 0:
        return 0.0
    before_m, after_m = distance_m[after - 1], distance_m[after]
    return float(after - 1 + (at_m - before_m) / (after_m - before_m))


def _at(column: FloatArray, position: float) -> float:
    index = int(position)
    share = position - index
    if not share:
        return float(column[index])
    return float((1 - share) * column[index] + share * column[index + 1])


def _greatest(values: FloatArray) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else None


@dataclass(frozen=True, slots=True)
class _Ridden:
    """Seconds from end to end, seconds in motion, and what counts for the average speed."""

    elapsed_s: float
    moving_s: float
    riding_s: float
    ridden_m: float

    def average_kmh(self, maximum_kmh: float | None) -> float | None:
        if self.riding_s <= 0:
            return None
        average = 3.6 * self.ridden_m / self.riding_s
        return average if maximum_kmh is None else min(average, maximum_kmh)


def _ridden(columns: RideColumns, ends: _Ends) -> _Ridden | None:
    """None where too few points have a time, as for the ride itself."""
    timed = timed_points(columns.time_s)
    if timed is None:
        return None
    known = np.flatnonzero(timed)
    inside = columns.segment[known[1:]] == columns.segment[known[:-1]]
    elapsed_s, way_m = np.diff(columns.time_s[known]), np.diff(columns.distance_m[known])
    moving = columns.moving[known[1:]]
    riding = ridden_legs(way_m, elapsed_s, moving, inside)
    grown = (
        columns.time_s[known],
        _sums(np.where(moving, elapsed_s, 0.0)),
        _sums(np.where(riding.in_time, elapsed_s, 0.0)),
        _sums(np.where(riding.on_way, way_m, 0.0)),
    )
    every = np.arange(len(columns))
    differences = (ends.difference(np.interp(every, known, column)) for column in grown)
    return _Ridden(*(difference or 0.0 for difference in differences))


def _sums(steps: FloatArray) -> FloatArray:
    return np.concatenate([[0.0], np.cumsum(steps)])


def _average_gradient(columns: RideColumns, ends: _Ends) -> float:
    """Over the road that rises by more than level; 0 where none does."""
    rise_m, uphill_m = ends.difference(columns.uphill_rise_m), ends.difference(columns.uphill_m)
    return 100 * rise_m / uphill_m if rise_m and uphill_m else 0.0
