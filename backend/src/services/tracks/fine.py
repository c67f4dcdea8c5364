"""A track finer than its rows: the points between them come from the ride's columns."""

from typing import Any

import numpy as np

from src.gpx import STORED_M
from src.gpx.model import FloatArray, IntArray, RideColumns
from src.services.tracks.points import StoredPoints, with_none

# How far a row and its point in the columns may be apart, each of which is rounded.
_PLACE_STEP_DEGREES = 2e-7
_DISTANCE_STEP_M = 0.02
# Added to a point's place in the recording: no row has such a sequence.
_NOT_STORED = 1 << 47


def finer_points(
    stored: StoredPoints, ride: RideColumns, tolerance_m: float, max_points: int
) -> StoredPoints | None:
    """The points that survive a simplification by `tolerance_m`, with every stored one as it is.

    Of more than `max_points` the stored ones stay, and of the others those that deviate most. The
    `sequence` of another point is its place in the recording and a number that no row has. None
    where the rows are not those of this ride.
    """
    places = _places_of(stored, ride)
    if places is None:
        return None
    others = ride.tolerance_m.copy()
    others[places] = 0.0
    # Rounded up as it is, none is missing that deviates more.
    shown = others > max(tolerance_m, _excess(others, max_points - len(stored)))
    shown[places] = True
    index = np.flatnonzero(shown)
    own = np.searchsorted(index, places)
    part = ride.at(index)
    distance_km = _between(part.distance_m / 1000, own, np.array(stored.distance_km))
    sequence = index + _NOT_STORED
    sequence[own] = stored.sequence
    return StoredPoints(
        sequence=sequence.tolist(),
        segment=part.segment.tolist(),
        latitude=_with(part.latitude, own, stored.latitude),
        longitude=_with(part.longitude, own, stored.longitude),
        elevation=_with(part.elevation, own, stored.elevation),
        distance_km=distance_km.tolist(),
        gradient=_with(part.gradient, own, stored.gradient),
    )


def _excess(tolerance_m: FloatArray, most: int) -> float:
    """The tolerance that leaves no more than `most` points."""
    if most >= len(tolerance_m):
        return 0.0
    return float(np.partition(tolerance_m, -most - 1)[-most - 1])


def _places_of(stored: StoredPoints, ride: RideColumns) -> IntArray | None:
    """Where in the recording each row stands, increasing; None where the rows are not its own.

    Kept tolerances are rounded up, so that exactly the points of the rows are above theirs.
    """
    places = np.flatnonzero(ride.tolerance_m > STORED_M)
    if len(places) != len(stored):
        return None
    rows = _keys(stored.segment, stored.latitude, stored.longitude, stored.distance_km)
    part = ride.at(places)
    found = _keys(part.segment, part.latitude, part.longitude, part.distance_m / 1000)
    steps = np.array([0.5, _PLACE_STEP_DEGREES, _PLACE_STEP_DEGREES, _DISTANCE_STEP_M / 1000])
    return places if (np.abs(rows - found) <= steps).all() else None


def _keys(*columns: Any) -> FloatArray:
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def _between(values: FloatArray, own: IntArray, stored: FloatArray) -> FloatArray:
    """The values with the stored ones in place, and none of the others beyond its neighbours."""
    lower, upper = np.full((2, len(values)), np.nan)
    lower[own] = upper[own] = stored
    lower = np.fmax.accumulate(lower)
    upper = np.fmin.accumulate(upper[::-1])[::-1]
    clipped: FloatArray = np.fmax(np.fmin(values, upper), lower)
    return clipped


def _with(values: FloatArray, own: IntArray, stored: Any) -> Any:
    mixed = values.copy()
    mixed[own] = np.array(stored, np.float64)
    return with_none(mixed)
