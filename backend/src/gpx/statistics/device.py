"""Where the recorder's own totals differ from ours, and the likeliest reason.

A reason is likely where what is known of the recording explains about as much as the numbers
differ. Nothing here says who is right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from src.gpx.cleaning.clock import timed_points
from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.model import DeviceTotals, Difference, FloatArray, Recording, Statistics, Track
from src.gpx.statistics.motion import Motion

# Numbers that are closer are the same to whoever reads them: a share, and so many of each unit.
_SHARE: Final = 0.01
_LEAST: Final = {
    "distance_km": 0.1,
    "elevation_gain": 10.0,
    "elevation_loss": 10.0,
    "total_time_minutes": 1.0,
    "moving_time_minutes": 1.0,
    "avg_speed_kmh": 0.5,
    "max_speed_kmh": 1.0,
}
# What explains a difference is between half and twice as much.
_EXPLAINS: Final = (0.5, 2.0)
_SPARSE_S: Final = 2.0
# A wheel of another size turns by the same share all along the ride; receivers wander.
_WHEEL_PARTS: Final = 20
_WHEEL_LEAST: Final = 0.005
_WHEEL_SPREAD: Final = 0.01


class Reason(StrEnum):
    """Why two numbers of one ride differ."""

    GAPS = "gaps"
    POINTS_DROPPED = "points_dropped"
    REST = "rest"
    WHEEL_SENSOR = "wheel_sensor"
    SPARSE_POINTS = "sparse_points"
    SMOOTHING = "smoothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a recording that may explain a difference.

    `gap_km`, `gap_minutes` and `gap_rise_m` lie between its segments; `dropped` is the share of
    its points that were dropped; `rest_km` and `rest_minutes` were counted where the rider stood
    still; `step_s` is the usual time between two points; `has_wheel_sensor` whether the device's
    own way is longer or shorter than the line by the same share all along.
    """

    gap_km: float = 0.0
    gap_minutes: float = 0.0
    gap_rise_m: float = 0.0
    dropped: float = 0.0
    rest_km: float = 0.0
    rest_minutes: float = 0.0
    step_s: float = 1.0
    has_wheel_sensor: bool = False

    @property
    def is_sparse(self) -> bool:
        return self.step_s >= _SPARSE_S


def device_differences(
    totals: DeviceTotals, ours: Mapping[str, float | None], evidence: Evidence
) -> tuple[Difference, ...]:
    """The numbers that differ by more than anybody would overlook, in the order of `_LEAST`.

    `ours` are our numbers by their names there; a number that either side lacks is left out.
    """
    theirs = device_numbers(totals)
    found: dict[str, Difference] = {}
    for number, least in _LEAST.items():
        our, their = ours.get(number), theirs[number]
        if our is None or their is None:
            continue
        if abs(their - our) > max(least, _SHARE * max(abs(our), abs(their))):
            reason = _reason(number, our, their, evidence, found)
            found[number] = Difference(number, our, their, reason.value)
    return tuple(found.values())


def device_numbers(totals: DeviceTotals) -> dict[str, float | None]:
    """The device's totals by the names of ours: its timer runs where the rider moves."""
    return {
        "distance_km": totals.distance_km,
        "elevation_gain": totals.elevation_gain_m,
        "elevation_loss": totals.elevation_loss_m,
        "total_time_minutes": totals.elapsed_time_minutes,
        "moving_time_minutes": totals.timer_time_minutes,
        "avg_speed_kmh": totals.avg_speed_kmh,
        "max_speed_kmh": totals.max_speed_kmh,
    }


def our_numbers(
    distance_m: FloatArray, gain_m: float | None, loss_m: float | None, statistics: Statistics
) -> dict[str, float | None]:
    return {
        "distance_km": float(distance_m[-1]) / 1000,
        "elevation_gain": gain_m,
        "elevation_loss": loss_m,
        "total_time_minutes": statistics.total_time_minutes,
        "moving_time_minutes": statistics.moving_time_minutes,
        "avg_speed_kmh": statistics.avg_speed_kmh,
        "max_speed_kmh": statistics.max_speed_kmh,
    }


def evidence_of(
    recording: Recording, track: Track, distance_m: FloatArray, motion: Motion | None
) -> Evidence:
    """What the recording and the mended track of it tell; `distance_m` and `motion` are its."""
    first, last = track.segments.starts[1:], track.segments.ends[:-1] - 1
    # Of one segment, so that the ways between them count.
    joined = cumulative_distance_m(
        track.latitude, track.longitude, type(track.segments)(np.zeros(len(track), dtype=np.int64))
    )
    rises = np.abs(track.elevation[first] - track.elevation[last])
    waits = track.time_s[first] - track.time_s[last]
    rest_km = rest_minutes = 0.0
    if motion is not None:
        rests = ~motion.moving[1:] & ~track.segments.gaps
        rest_km = float(np.diff(distance_m)[rests].sum()) / 1000
        rest_minutes = float(np.nansum(np.diff(track.time_s)[rests])) / 60
    return Evidence(
        gap_km=float(joined[-1] - distance_m[-1]) / 1000,
        gap_minutes=float(np.nansum(np.maximum(waits, 0))) / 60,
        gap_rise_m=float(np.nansum(rises)),
        dropped=1 - len(track) / max(1, len(recording.track)),
        rest_km=rest_km,
        rest_minutes=rest_minutes,
        step_s=_usual_step_s(track),
        has_wheel_sensor=_has_wheel_sensor(recording),
    )


def _reason(
    number: str, our: float, their: float, evidence: Evidence, found: Mapping[str, Difference]
) -> Reason:
    """The first reason whose rule holds; smoothing of heights and peaks where none does."""
    if number == "avg_speed_kmh":
        causes = [found[name] for name in ("distance_km", "moving_time_minutes") if name in found]
        greatest = max(causes, key=_share, default=None)
        return Reason.UNKNOWN if greatest is None else Reason(greatest.reason)
    return next(_likely(number, our, their, evidence))


def _likely(number: str, our: float, their: float, evidence: Evidence) -> Iterator[Reason]:
    """The reasons whose rules hold, the likeliest first."""
    missing = their - our
    if number in {"distance_km", "max_speed_kmh"} and evidence.has_wheel_sensor:
        yield Reason.WHEEL_SENSOR
    between = {
        "distance_km": evidence.gap_km,
        "elevation_gain": evidence.gap_rise_m,
        "elevation_loss": evidence.gap_rise_m,
        "moving_time_minutes": evidence.gap_minutes,
        # Ours is from the first point to the last.
        "total_time_minutes": -evidence.gap_minutes,
    }
    if _explains(between.get(number, 0.0), missing):
        yield Reason.GAPS
    if missing > 0 and evidence.dropped * our >= _EXPLAINS[0] * missing:
        yield Reason.POINTS_DROPPED
    at_rest = {
        "distance_km": -evidence.rest_km,
        "moving_time_minutes": evidence.rest_minutes,
    }
    if _explains(at_rest.get(number, 0.0), missing):
        yield Reason.REST
    if missing > 0 and evidence.is_sparse and number != "total_time_minutes":
        yield Reason.SPARSE_POINTS
    if number in {"elevation_gain", "elevation_loss", "max_speed_kmh"}:
        yield Reason.SMOOTHING
    yield Reason.UNKNOWN


def _share(one: Difference) -> float:
    """How much two numbers differ, as a share of the greater."""
    return abs(one.theirs - one.ours) / max(abs(one.ours), abs(one.theirs))


def _explains(amount: float, difference: float) -> bool:
    """Whether an amount is of the sign and about of the size of a difference."""
    least, most = _EXPLAINS
    return amount * difference > 0 and least <= abs(amount / difference) <= most


def _usual_step_s(track: Track) -> float:
    timed = timed_points(track.time_s)
    if timed is None:
        return 0.0
    steps = np.diff(track.time_s[timed])
    return float(np.median(steps)) if len(steps) else 0.0


def _has_wheel_sensor(recording: Recording) -> bool:
    device_m = recording.device_columns.get("distance_m")
    if device_m is None:
        return False
    known = np.isfinite(device_m) & (np.abs(recording.track.latitude) <= 90)
    known &= np.abs(recording.track.longitude) <= 180
    if np.count_nonzero(known) < 2 * _WHEEL_PARTS:
        return False
    track, device_m = recording.track.at(known), device_m[known]
    line_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    borders = np.linspace(0, len(line_m) - 1, _WHEEL_PARTS + 1).astype(np.int64)
    with np.errstate(over="ignore"):
        ours, theirs = np.diff(line_m[borders]), np.diff(device_m[borders])
    ridden = ours > 0
    if np.count_nonzero(ridden) < _WHEEL_PARTS // 2:
        return False
    with np.errstate(all="ignore"):
        low, middle, high = np.quantile(theirs[ridden] / ours[ridden], (0.25, 0.5, 0.75))
    return bool(abs(middle - 1) > _WHEEL_LEAST and high - low < _WHEEL_SPREAD * middle)
