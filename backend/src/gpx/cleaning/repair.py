"""Bad values are dropped or mended, and reported; the rest of the ride stays usable."""

import time
from dataclasses import replace

import numpy as np

from src.gpx.cleaning import clock
from src.gpx.cleaning.heights import false_elevations
from src.gpx.cleaning.teleports import find_strays
from src.gpx.errors import NoUsablePointsError
from src.gpx.model import BoolArray, FloatArray, Track, Warning  # noqa: A004
from src.gpx.warning_kinds import WarningKind

# What a body and a road allow; 255, 65535 and 127 are how sensors write that they know nothing.
SENSOR_RANGES = {
    "heart_rate_bpm": (25.0, 250.0),
    "cadence_rpm": (0.0, 250.0),
    "power_w": (0.0, 3000.0),
    "temperature_c": (-60.0, 80.0),
}

_LOWEST_M, _HIGHEST_M = -430.0, 8850.0  # the shore of the Dead Sea, the top of Everest


def repair(track: Track, *, now_s: float | None = None) -> tuple[Track, tuple[Warning, ...]]:
    """A track in which every value can be true, and what was wrong with the others.

    In the result positions are on the earth, elevations lie within -430..8850 m or are NaN,
    times increase within each segment or are NaN, sensors are finite or NaN, and segments are
    numbered without holes. `now_s` is the present, in seconds since 1970-01-01 UTC, by default
    that of the machine's clock.

    The kinds of warnings are those of `WarningKind`, which says what each of them means.

    Raises:
        NoUsablePointsError: fewer than two points remain.
    """
    repairs = _Repairs(track)
    repairs.positions()
    repairs.lone_points()
    repairs.sensors()
    repairs.times(time.time() if now_s is None else now_s)
    repairs.places()
    repairs.elevations()
    return repairs.track(), repairs.warnings()


class _Repairs:
    """The columns under repair; each knows where its points stood in the file."""

    def __init__(self, track: Track) -> None:
        self._found: dict[WarningKind, Warning] = {}
        self._track = track
        self._position = np.arange(len(track))

    def track(self) -> Track:
        if len(self._track) < 2:
            raise NoUsablePointsError(len(self._track))
        segments = self._track.segments
        return replace(self._track, segment=segments.to_points(np.arange(len(segments))))

    def warnings(self) -> tuple[Warning, ...]:
        return tuple(self._found.values())

    def positions(self) -> None:
        latitude, longitude = self._track.latitude, self._track.longitude
        self._drop(
            WarningKind.INVALID_POSITION, ~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 360))
        )
        longitude = self._track.longitude
        wrapped = np.abs(longitude) > 180
        if self._report(WarningKind.WRAPPED_LONGITUDE, wrapped):
            longitude = np.where(wrapped, longitude - np.copysign(360, longitude), longitude)
            self._track = replace(self._track, longitude=longitude)

    def lone_points(self) -> None:
        """Some loggers begin a segment with every point; so many are one line."""
        track, segments = self._track, self._track.segments
        if not len(segments) or len(segments) == len(track) == 1:
            return
        alone = segments.lengths == 1
        if 2 * np.count_nonzero(alone) <= len(segments) and not self._stands_still():
            return
        joined = alone[1:] & alone[:-1] if alone.any() else np.ones(len(segments) - 1, np.bool_)
        lone = np.zeros(len(segments), dtype=np.bool_)
        lone[1:] = joined
        if self._report(WarningKind.ONE_POINT_SEGMENT, segments.to_points(lone)):
            number = np.cumsum(np.concatenate([[False], ~joined]), dtype=np.int64)
            self._track = replace(track, segment=segments.to_points(number))

    def _stands_still(self) -> bool:
        """Whether no segment has a length, though the file has."""
        legs = (np.diff(self._track.latitude) != 0) | (np.diff(self._track.longitude) != 0)
        return bool(legs.any() and not (legs & ~self._track.segments.gaps).any())

    def elevations(self) -> None:
        elevation = self._track.elevation
        self._blank(
            WarningKind.INVALID_ELEVATION, (elevation < _LOWEST_M) | (elevation > _HIGHEST_M)
        )
        wrong, leapt = false_elevations(self._track)
        self._blank(WarningKind.FALSE_ELEVATION, wrong)
        # They stay, and the profile goes on behind them where it was before.
        self._report(WarningKind.FALSE_ELEVATION, leapt)

    def _blank(self, kind: WarningKind, wrong: BoolArray) -> None:
        if self._report(kind, wrong):
            self._track = replace(self._track, elevation=_blanked(self._track.elevation, wrong))

    def sensors(self) -> None:
        wrong = {
            field: (values < SENSOR_RANGES[field][0]) | (values > SENSOR_RANGES[field][1])
            for field, values in self._track.sensors.items()
        }
        if wrong and self._report(
            WarningKind.INVALID_SENSOR, np.logical_or.reduce([*wrong.values()])
        ):
            mended = {
                field: _blanked(values, wrong[field])
                for field, values in self._track.sensors.items()
            }
            self._track = replace(self._track, sensors=mended)

    def times(self, now_s: float) -> None:
        if np.isnan(self._track.time_s).all():
            return
        self._blank_times(WarningKind.INVALID_TIME, np.isinf(self._track.time_s))
        wrong, can_go = clock.implausible(self._track.time_s, now_s)
        if can_go:
            self._blank_times(WarningKind.IMPLAUSIBLE_TIME, wrong)
        else:
            self._report(WarningKind.IMPLAUSIBLE_TIME, wrong)
        self._other_clock()
        self._sort()
        self._repeated_times()
        wrong = clock.backward(self._track.time_s, self._track.segments)
        self._blank_times(WarningKind.BACKWARD_TIME, wrong)
        # The longest way forward may begin or end with a time of another clock.
        self._other_clock()
        repeats, wrong = clock.told_before(self._track)
        self._blank_times(WarningKind.OVERLAPPING_TIME, wrong)
        self._drop(WarningKind.REPEATED_SEGMENT, repeats)
        untold = np.isnan(self._track.time_s)
        if len(untold) > 2 * np.count_nonzero(~untold):
            self._report(WarningKind.MISSING_TIME, untold)

    def places(self) -> None:
        strays = find_strays(self._track)
        track = self._track
        if self._report(WarningKind.BROKEN_LINE, strays.borders):
            gaps = np.concatenate([[False], track.segments.gaps])
            number = np.cumsum(gaps | strays.borders, dtype=np.int64)
            self._track = replace(track, segment=number)
        self._report(WarningKind.IMPOSSIBLE_SPEED, strays.leaps)
        self._drop(WarningKind.TELEPORT, strays.stray)

    def _other_clock(self) -> None:
        wrong = clock.of_another_clock(self._track.time_s, self._track.segments)
        self._blank_times(WarningKind.OTHER_CLOCK, wrong)

    def _sort(self) -> None:
        order = clock.in_order_of_time(self._track)
        if order is None:
            return
        moved = order != np.arange(len(order))
        self._report(WarningKind.UNSORTED_POINTS, moved)
        self._position = self._position[order]
        self._track = self._track.at(order)

    def _repeated_times(self) -> None:
        track = self._track
        repeated = clock.repeated(track.time_s, track.segments)
        if not repeated.any():
            return
        in_place = np.zeros(len(track), dtype=np.bool_)
        in_place[1:] = (np.diff(track.latitude) == 0) & (np.diff(track.longitude) == 0)
        self._drop(WarningKind.DUPLICATE_POINT, repeated & in_place)
        track = self._track
        repeated = clock.repeated(track.time_s, track.segments)
        if self._report(WarningKind.REPEATED_TIME, repeated):
            time_s = clock.spread(track.time_s, track.segments, repeated)
            self._track = replace(track, time_s=time_s)

    def _blank_times(self, kind: WarningKind, wrong: BoolArray) -> None:
        if self._report(kind, wrong):
            self._track = replace(self._track, time_s=_blanked(self._track.time_s, wrong))

    def _drop(self, kind: WarningKind, wrong: BoolArray) -> None:
        if not self._report(kind, wrong):
            return
        keep = ~wrong
        self._position = self._position[keep]
        self._track = self._track.at(keep)

    def _report(self, kind: WarningKind, wrong: BoolArray) -> bool:
        where = np.flatnonzero(wrong)
        if not len(where):
            return False
        count, first = len(where), int(self._position[where].min())
        if kind in self._found:
            count, first = (
                count + self._found[kind].count,
                min(first, self._found[kind].first_index),
            )
        self._found[kind] = Warning(kind.value, count, first)
        return True


def _blanked(values: FloatArray, wrong: BoolArray) -> FloatArray:
    return np.where(wrong, np.nan, values)
