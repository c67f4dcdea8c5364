"""Bad values are dropped or mended, and reported; the rest of the ride stays usable."""

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from src.gpx.cleaning import clock
from src.gpx.cleaning.teleports import teleports
from src.gpx.errors import NoUsablePointsError
from src.gpx.model import BoolArray, FloatArray, Track, Warning  # noqa: A004

_LOWEST_M, _HIGHEST_M = -430.0, 8850.0  # the shore of the Dead Sea, the top of Everest


def repair(track: Track, *, now_s: float | None = None) -> tuple[Track, tuple[Warning, ...]]:
    """A track in which every value can be true, and what was wrong with the others.

    In the result positions are on the earth, elevations lie within -430..8850 m or are NaN,
    times increase within each segment or are NaN, sensors are finite or NaN, and segments are
    numbered without holes. `now_s` is the present, in seconds since 1970-01-01 UTC, by default
    that of the machine's clock.

    Kinds of warnings, the value or point dropped unless said otherwise: `invalid_position`,
    `wrapped_longitude` (180..360 degrees, mended), `invalid_elevation`, `invalid_sensor`,
    `invalid_time`, `implausible_time` (before 1990 or in the future; kept where most times of
    the file are), `duplicate_point` (same instant, same place), `repeated_time` (same instant,
    another place: the point stays), `backward_time`, `teleport`.

    Raises:
        NoUsablePointsError: fewer than two points remain.
    """
    repairs = _Repairs(track)
    repairs.positions()
    repairs.elevations()
    repairs.sensors()
    repairs.times(time.time() if now_s is None else now_s)
    repairs.teleports()
    return repairs.track(), tuple(repairs.warnings)


class _Repairs:
    """The columns under repair; each knows where its points stood in the file."""

    def __init__(self, track: Track) -> None:
        self.warnings: list[Warning] = []
        self._track = track
        self._position = np.arange(len(track))

    def track(self) -> Track:
        if len(self._track) < 2:
            raise NoUsablePointsError(len(self._track))
        segments = self._track.segments
        return replace(self._track, segment=segments.to_points(np.arange(len(segments))))

    def positions(self) -> None:
        latitude, longitude = self._track.latitude, self._track.longitude
        self._drop("invalid_position", ~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 360)))
        longitude = self._track.longitude
        wrapped = np.abs(longitude) > 180
        if self._report("wrapped_longitude", wrapped):
            longitude = np.where(wrapped, longitude - np.copysign(360, longitude), longitude)
            self._track = replace(self._track, longitude=longitude)

    def elevations(self) -> None:
        elevation = self._track.elevation
        invalid = (elevation < _LOWEST_M) | (elevation > _HIGHEST_M)
        if self._report("invalid_elevation", invalid):
            self._track = replace(self._track, elevation=_blanked(elevation, invalid))

    def sensors(self) -> None:
        sensors: Mapping[str, FloatArray] = self._track.sensors
        invalid = np.zeros(len(self._track), dtype=np.bool_)
        for values in sensors.values():
            invalid |= np.isinf(values)
        if self._report("invalid_sensor", invalid):
            mended = {
                field: _blanked(values, np.isinf(values)) for field, values in sensors.items()
            }
            self._track = replace(self._track, sensors=mended)

    def times(self, now_s: float) -> None:
        if np.isnan(self._track.time_s).all():
            return
        self._blank_times("invalid_time", np.isinf(self._track.time_s))
        self._implausible_times(now_s)
        self._repeated_times()
        self._blank_times("backward_time", clock.backward(self._track.time_s, self._track.segments))

    def teleports(self) -> None:
        track = self._track
        if len(track) > 2:
            self._drop("teleport", teleports(track))

    def _implausible_times(self, now_s: float) -> None:
        implausible = clock.implausible(self._track.time_s, now_s)
        known = np.count_nonzero(np.isfinite(self._track.time_s))
        if 2 * np.count_nonzero(implausible) > known:
            self._report("implausible_time", implausible)
        else:
            self._blank_times("implausible_time", implausible)

    def _repeated_times(self) -> None:
        track = self._track
        repeated = clock.repeated(track.time_s, track.segments)
        if not repeated.any():
            return
        in_place = np.zeros(len(track), dtype=np.bool_)
        in_place[1:] = (np.diff(track.latitude) == 0) & (np.diff(track.longitude) == 0)
        self._drop("duplicate_point", repeated & in_place)
        self._blank_times("repeated_time", clock.repeated(self._track.time_s, self._track.segments))

    def _blank_times(self, kind: str, wrong: BoolArray) -> None:
        if self._report(kind, wrong):
            self._track = replace(self._track, time_s=_blanked(self._track.time_s, wrong))

    def _drop(self, kind: str, wrong: BoolArray) -> None:
        if not self._report(kind, wrong):
            return
        keep = ~wrong
        self._position = self._position[keep]
        self._track = self._track.at(keep)

    def _report(self, kind: str, wrong: BoolArray) -> bool:
        where = np.flatnonzero(wrong)
        if not len(where):
            return False
        self.warnings.append(Warning(kind, len(where), int(self._position[where[0]])))
        return True


def _blanked(values: FloatArray, wrong: BoolArray) -> FloatArray:
    return np.where(wrong, np.nan, values)
