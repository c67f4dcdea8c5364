"""What is known of every point of a ride, as columns.

Stretches of the ride are told from them: a column that only grows, taken at two places, gives what
lies between; see `stretches`.
"""

import numpy as np

from src.gpx.elevation.profile import (
    CellPlaces,
    Profile,
    cumulative_climbing_m,
    smoothed_at_points,
)
from src.gpx.model import BoolArray, FloatArray, IntArray, RideColumns, Track
from src.gpx.statistics.gradients import LEVEL_PERCENT
from src.gpx.statistics.motion import Motion


def ride_columns(
    track: Track,
    distance_m: FloatArray,
    motion: Motion | None,
    profile: Profile | None,
    survivors: tuple[IntArray, FloatArray],
) -> RideColumns:
    """The columns of a track; `survivors` are the points and tolerances that `simplify` gave."""
    tolerance_m = np.zeros(len(track))
    index, survives_m = survivors
    tolerance_m[index] = survives_m
    return RideColumns(
        time_s=track.time_s,
        latitude=track.latitude,
        longitude=track.longitude,
        segment=track.segment,
        elevation=track.elevation,
        distance_m=distance_m,
        speed_kmh=motion.speed_kmh if motion else np.full(len(track), np.nan),
        moving=motion.moving if motion else np.zeros(len(track), dtype=np.bool_),
        tolerance_m=tolerance_m,
        sensors=track.sensors,
        **_climbing(track, distance_m, profile),
    )


def _climbing(
    track: Track, distance_m: FloatArray, profile: Profile | None
) -> dict[str, FloatArray]:
    if profile is None:
        unknown = np.full(len(track), np.nan)
        names = ("elevation_smoothed", "gradient", "climbed_m", "descended_m")
        return dict.fromkeys((*names, "uphill_m", "uphill_rise_m"), unknown)
    climbed_m, descended_m = cumulative_climbing_m(profile)
    slope = profile.leg_gradient
    uphill: BoolArray = slope > LEVEL_PERCENT
    uphill_m = np.concatenate([[0.0], np.cumsum(uphill * profile.cell_m)])
    rise_m = np.where(uphill, slope, 0.0) / 100 * profile.cell_m
    at_cells = {
        "climbed_m": climbed_m,
        "descended_m": descended_m,
        "uphill_m": uphill_m,
        "uphill_rise_m": np.concatenate([[0.0], np.cumsum(rise_m)]),
    }
    places = CellPlaces.along(profile, distance_m)
    return {name: places.between(cells) for name, cells in at_cells.items()} | {
        "elevation_smoothed": smoothed_at_points(profile, track, places),
        "gradient": _steepest_ahead(slope, places.cell),
    }


def _steepest_ahead(slope: FloatArray, first: IntArray) -> FloatArray:
    """The steepest gradient from each point to the next: uphill, where any of it is uphill.

    `first` is the leg between cells that each point lies on.

    So the greatest of them is the greatest of the whole profile, however far apart the points are.
    """
    if not len(slope):
        return np.full(len(first), np.nan)
    at_points: FloatArray = slope[first]
    legs = np.diff(first, append=first[-1])
    two, more = np.flatnonzero(legs == 2), np.flatnonzero(legs > 2)
    if len(two):
        one, other = at_points[two], slope[first[two] + 1]
        at_points[two] = _steepest(np.fmax(one, other), np.fmin(one, other))
    if len(more):
        borders = np.stack([first[more], first[more + 1]], axis=1).ravel()
        highest, lowest = (of.reduceat(slope, borders)[::2] for of in (np.fmax, np.fmin))
        at_points[more] = _steepest(highest, lowest)
    return at_points


def _steepest(highest: FloatArray, lowest: FloatArray) -> FloatArray:
    return np.where(highest > 0, highest, lowest)
