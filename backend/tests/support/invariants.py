"""What every analysis must keep, whatever the file."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from src.gpx.cleaning.repair import SENSOR_RANGES
from src.gpx.cleaning.teleports import FASTEST_M_S
from src.gpx.model import Analysis
from src.gpx.warning_kinds import WarningKind

_ROUNDING = 1 + 1e-9
_ABOUT_M = 0.1


def broken_invariants(analysis: Analysis) -> list[str]:
    """A sentence for each that does not hold."""
    return [*_speeds(analysis), *_times(analysis), *_elevations(analysis), *_others(analysis)]


def _speeds(analysis: Analysis) -> Iterator[str]:
    statistics = analysis.statistics
    average, most = statistics.avg_speed_kmh, statistics.max_speed_kmh
    if average is not None and most is not None and average > most * _ROUNDING:
        yield f"the average of {average} km/h is above the maximum of {most}"
    total, moving = statistics.total_time_minutes, statistics.moving_time_minutes
    if total is None or moving is None:
        return
    if moving > total * _ROUNDING:
        yield f"{moving} of {total} min in motion"
    kinds = {warning.kind for warning in analysis.warnings}
    too_fast = 1000 * analysis.distance_km > FASTEST_M_S * 60 * total * _ROUNDING
    if too_fast and WarningKind.IMPOSSIBLE_SPEED not in kinds:
        yield f"{analysis.distance_km} km in {total} min"


def _times(analysis: Analysis) -> Iterator[str]:
    columns = analysis.columns
    spans = []
    for number in range(int(columns.segment[-1]) + 1):
        times = columns.time_s[columns.segment == number]
        times = times[np.isfinite(times)]
        if (np.diff(times) <= 0).any():
            yield f"the clock of segment {number} goes back"
        if len(times):
            spans.append((float(times[0]), float(times[-1])))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        yield "two segments tell of the same instants"


def _elevations(analysis: Analysis) -> Iterator[str]:
    lowest, highest = analysis.min_elevation, analysis.max_elevation
    for name in ("elevation", "elevation_smoothed"):
        shown = getattr(analysis.columns, name)
        shown = shown[np.isfinite(shown)]
        if not len(shown):
            continue
        if lowest is None or highest is None:
            yield "elevations are shown and none is the lowest"
        elif shown.min() < lowest - _ABOUT_M or shown.max() > highest + _ABOUT_M:
            yield f"{name} from {shown.min()} to {shown.max()}, said to be {lowest} to {highest}"


def _others(analysis: Analysis) -> Iterator[str]:
    for name, values in analysis.statistics.sensors.items():
        least, most = SENSOR_RANGES[name]
        if values["minimum"] < least or values["maximum"] > most:
            yield f"{name} of {values}"
    for warning in analysis.warnings:
        if warning.kind not in {*WarningKind}:
            yield f"{warning.kind} is no kind of warning"
        if warning.count < 1 or warning.first_index < 0:
            yield f"{warning} tells of nothing"
    columns = analysis.columns
    moved = (np.diff(columns.latitude) != 0) | (np.diff(columns.longitude) != 0)
    moved &= np.diff(columns.segment) == 0
    if moved.any() and not analysis.distance_km and not analysis.warnings:
        yield "two different places and no length"
    if not math.isfinite(analysis.distance_km) or (np.diff(columns.distance_m) < 0).any():
        yield "the distance does not grow"
