"""The columns of a ride as a profile shows them: as many points as asked for, and no averages.

Of each stretch of road the first and the last point stay, and the lowest and the highest of every
column that is shown, so that a line through them covers the same pixels as one through all points
(M4: Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data
Aggregation", VLDB 2014).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from src.gpx.model import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Field:
    """A column as clients know it: where it comes from, and how many of those make a unit.

    `is_measured` tells whether its peaks are to be seen; the others say where and when.
    """

    column: str
    per_unit: float = 1.0
    is_measured: bool = True


DISTANCE = "distance_km"
FIELDS: dict[str, Field] = {
    DISTANCE: Field("distance_m", per_unit=1000, is_measured=False),
    "time": Field("time_s", is_measured=False),
    "latitude": Field("latitude", is_measured=False),
    "longitude": Field("longitude", is_measured=False),
    "segment": Field("segment", is_measured=False),
    "elevation": Field("elevation"),
    "elevation_smoothed": Field("elevation_smoothed"),
    "gradient": Field("gradient"),
    "speed_kmh": Field("speed_kmh"),
    "heart_rate_bpm": Field("heart_rate_bpm"),
    "cadence_rpm": Field("cadence_rpm"),
    "power_w": Field("power_w"),
    "temperature_c": Field("temperature_c"),
}
# Each bucket's first and last point; and each column's lowest and highest in it.
_ENDS, _EXTREMES = 2, 2


@dataclass(frozen=True, slots=True)
class Series:
    """Columns of one length, NaN where nothing is known; `total_points` is the whole ride's."""

    total_points: int
    from_km: float
    to_km: float
    samples: int
    columns: dict[str, FloatArray]


def columns_for(names: Sequence[str]) -> list[str]:
    """What must be read of a ride for `series_of` to show these fields."""
    return [FIELDS[DISTANCE].column, *(FIELDS[name].column for name in names)]


def series_of(
    values: Mapping[str, FloatArray],
    names: Sequence[str],
    *,
    samples: int,
    from_km: float = 0.0,
    to_km: float | None = None,
) -> Series:
    """The fields between two distances, at no more than `samples` points.

    `values` are the columns of `columns_for`, of at least one point; what is not among them is not
    known at any point. The distances are taken to be on the ride.
    """
    distance_m = values[FIELDS[DISTANCE].column]
    total_km = float(distance_m[-1]) / 1000
    from_km = min(from_km, total_km)
    to_km = total_km if to_km is None else min(max(to_km, from_km), total_km)
    # The stored distances are whole steps, which a quotient may miss by its last digit.
    start, end = np.searchsorted(distance_m / 1000, [from_km, np.nextafter(to_km, np.inf)])
    here = slice(int(start), int(end))
    shown = {
        name: values[FIELDS[name].column][here] for name in names if FIELDS[name].column in values
    }
    measured = [column for name, column in shown.items() if FIELDS[name].is_measured]
    kept = thinned(distance_m[here], measured, samples)
    unknown = np.full(len(kept), np.nan)
    return Series(
        len(distance_m),
        from_km,
        to_km,
        len(kept),
        {
            name: shown[name][kept] / FIELDS[name].per_unit if name in shown else unknown
            for name in names
        },
    )


def buckets_for(samples: int, columns: int) -> int:
    """How many buckets of so many measured columns fit into `samples` points; at least one."""
    return max(samples // (_ENDS + _EXTREMES * columns), 1)


def bucket_starts(distance_m: FloatArray, buckets: int) -> IntArray:
    """The first point of each bucket of equal length that has any."""
    borders = np.linspace(distance_m[0], distance_m[-1], buckets + 1)[1:-1]
    starts = np.concatenate([[0], np.searchsorted(distance_m, borders)])
    return np.unique(starts[starts < len(distance_m)])


def thinned(distance_m: FloatArray, measured: Sequence[FloatArray], samples: int) -> IntArray:
    """The points that stay, in order and at most `samples` (2 or more); all where these suffice.

    Where there is not even room for the extremes of one bucket, the columns that come first have
    theirs.
    """
    if len(distance_m) <= samples:
        return np.arange(len(distance_m))
    starts = bucket_starts(distance_m, buckets_for(samples, len(measured)))
    ends = np.append(starts[1:], len(distance_m))
    found = [starts, ends - 1]
    for column in measured:
        # What is unknown is no extreme; where nothing is known, it is the first point again.
        for unknown, extreme in ((np.inf, np.argmin), (-np.inf, np.argmax)):
            known = np.where(np.isnan(column), unknown, column)
            places = [extreme(known[a:b]) for a, b in zip(starts, ends, strict=True)]
            found.append(starts + places)
    every, at = np.unique(np.concatenate(found), return_index=True)
    if len(every) <= samples:
        return every
    return np.sort(every[np.argsort(at)[:samples]])
