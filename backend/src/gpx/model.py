"""The arrays and records that the engine's modules hand to each other."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

# What is read of each point, in the order in which readers give it: all of `float64`.
PLACE_COLUMNS = ("latitude", "longitude", "elevation", "time_s")
SENSOR_COLUMNS = ("heart_rate_bpm", "cadence_rpm", "power_w", "temperature_c")


class Step(StrEnum):
    """What an analysis has come to, in this order."""

    READING = "reading"
    MEASURING = "measuring"
    SIMPLIFYING = "simplifying"


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word of the specification
    """A kind of bad value that was dropped or mended, or a flaw of the file itself.

    `kind` is a stable identifier, `count` the number of values concerned, `first_index` the
    position of the first of them among the points as they stand in the file.
    """

    kind: str
    count: int
    first_index: int


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A named place of the file; degrees and metres, `elevation` None where the file has none."""

    name: str | None
    latitude: float
    longitude: float
    elevation: float | None


@dataclass(frozen=True, eq=False)
class Segments:
    """Points, or cells of a profile, in segments that follow each other.

    `number`, shape (n,), says which segment each point lies in, and never decreases; numbers may
    be left out. Of the m segments that have points, `starts` are the first points and `ends` the
    points behind the last ones, shape (m,) each. What is worked out is kept.
    """

    number: IntArray

    def __len__(self) -> int:
        return len(self.starts)

    def __reduce__(self) -> tuple[type["Segments"], tuple[IntArray]]:
        return Segments, (self.number,)

    @cached_property
    def gaps(self) -> BoolArray:
        """Whether each leg leads from one segment to the next, shape (n - 1,)."""
        gaps: BoolArray = self.number[1:] != self.number[:-1]
        return gaps

    @cached_property
    def starts(self) -> IntArray:
        first = np.zeros(min(1, len(self.number)), dtype=np.int64)
        return np.concatenate([first, np.flatnonzero(self.gaps) + 1])

    @cached_property
    def ends(self) -> IntArray:
        return np.append(self.starts, len(self.number))[1:]

    @cached_property
    def lengths(self) -> IntArray:
        """How many points each has, shape (m,)."""
        return self.ends - self.starts

    def bounds(self) -> list[tuple[int, int]]:
        """The first point of each, and the point behind its last one."""
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))

    def to_points(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A value of each segment, shape (m,), for each of its points: shape (n,)."""
        return np.repeat(values, self.lengths)

    def of_points(self, points: IntArray) -> IntArray:
        """Which of the m segments each of some points lies in."""
        if len(self) == 1:
            return np.zeros(len(points), dtype=np.int64)
        return np.searchsorted(self.starts, points, side="right") - 1


def pieces(count: int, size: int = 1 << 14) -> Iterator[slice]:
    """Slices of so many places, each so short that work on it stays in the processor's cache."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def covered(first: IntArray, end: IntArray, count: int) -> BoolArray:
    """Which of so many places lie in a run from one of `first` to before that of `end`: (count,).

    Runs may overlap; `end` is `count` at most.
    """
    depth = np.bincount(first, minlength=count + 1) - np.bincount(end, minlength=count + 1)
    inside: BoolArray = np.cumsum(depth)[:-1] > 0
    return inside


@dataclass(frozen=True, slots=True)
class Track:
    """Every usable trackpoint of a file, in file order: parallel arrays of one length n.

    `latitude`, `longitude` in degrees (WGS84), `elevation` in metres and `time_s` in seconds
    since 1970-01-01 UTC, both NaN where missing; `segment` counts the file's segments from 0 and
    never decreases. `sensors` maps heart_rate_bpm, cadence_rpm, power_w and temperature_c, where
    the file has them, to arrays of length n (NaN where missing).
    """

    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray
    time_s: FloatArray
    segment: IntArray
    sensors: Mapping[str, FloatArray]
    segments: Segments = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", Segments(self.segment))

    def __len__(self) -> int:
        return len(self.latitude)

    def columns(self, points: IntArray | BoolArray) -> dict[str, npt.NDArray[Any]]:
        """The places, times and segments of some points, by the names of the fields."""
        return {name: getattr(self, name)[points] for name in (*PLACE_COLUMNS, "segment")}

    def at(self, points: IntArray | BoolArray) -> "Track":
        """Some of the points, given by their positions in order or by a mask."""
        sensors = {name: values[points] for name, values in self.sensors.items()}
        return Track(**self.columns(points), sensors=sensors)


@dataclass(frozen=True, slots=True)
class DeviceTotals:
    """What a recorder says of the whole ride, and which one it was; None where it does not say.

    `manufacturer` is a name of the FIT profile, or a number that has none here; `product` the
    name that the device gives itself, or its number.
    """

    distance_km: float | None = None
    elevation_gain_m: float | None = None
    elevation_loss_m: float | None = None
    elapsed_time_minutes: float | None = None
    timer_time_minutes: float | None = None
    avg_speed_kmh: float | None = None
    max_speed_kmh: float | None = None
    avg_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    avg_cadence_rpm: float | None = None
    max_cadence_rpm: float | None = None
    avg_power_w: float | None = None
    max_power_w: float | None = None
    manufacturer: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A number of the recorder's that differs from ours; `reason` of `statistics.device.Reason`."""

    number: str
    ours: float
    theirs: float
    reason: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What the reader found in a file, before any repair.

    Every point of the file is in `track`. A value that stands in the file but cannot be read as
    a number or a time is infinite there, so that the repair can tell it from a missing one.
    `utc_offset_s` is how far the recorder's clock was ahead of UTC, None where the file does not
    say. `device_totals` and `device_columns` are what the recorder itself worked out, the second
    for each point: `speed_kmh` and `distance_m` from the start, NaN where missing. `warnings` are
    what the reader noticed.
    """

    track: Track
    kind: Literal["track", "route"]
    name: str | None
    waypoints: tuple[Waypoint, ...]
    utc_offset_s: float | None = None
    device_totals: DeviceTotals | None = None
    device_columns: Mapping[str, FloatArray] = field(default_factory=dict)
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True)
class SimplifiedTrack:
    """The points that survive simplification, in order: parallel arrays of one length m.

    `index` is the point's position in the full (repaired) `Track`, `distance_km` the distance
    ridden up to it (never decreasing, nothing added across segment gaps), `gradient` the slope of
    the smoothed profile there in percent (NaN where unknown). `tolerance_m` is the coarsest
    tolerance at which the point survives (infinite for the ends of each segment): the track at
    any tolerance t is the points with `tolerance_m > t`, and levels of detail are nested.
    """

    index: IntArray
    segment: IntArray
    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray
    time_s: FloatArray
    distance_km: FloatArray
    gradient: FloatArray
    tolerance_m: FloatArray

    def __len__(self) -> int:
        return len(self.index)

    def at(self, points: IntArray | BoolArray) -> "SimplifiedTrack":
        """Some of the points, given by their positions in order or by a mask."""
        return SimplifiedTrack(*(getattr(self, column.name)[points] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class RideColumns:
    """The mended recording, point by point: parallel arrays of one length n, NaN where unknown.

    `time_s` in seconds since 1970-01-01 UTC, `latitude` and `longitude` in degrees, `elevation` in
    metres as recorded and `elevation_smoothed` without its noise, `distance_m` ridden up to the
    point (never decreasing, nothing added across segment gaps), `speed_kmh` held over some seconds
    around it, `gradient` in percent of the steepest road from it to the next point. `moving` tells
    whether the rider moved on the way to it. Four columns only grow, so that any stretch of the
    ride is the difference of two of their values: `climbed_m` and `descended_m` add up to the
    ride's elevation gain and loss, `uphill_m` is the length of road steeper than level and
    `uphill_rise_m` what it rises. `tolerance_m` is the coarsest tolerance at which the point
    survives simplification, infinite at the ends of segments, 0 where it survives none.
    """

    time_s: FloatArray
    latitude: FloatArray
    longitude: FloatArray
    segment: IntArray
    elevation: FloatArray
    elevation_smoothed: FloatArray
    distance_m: FloatArray
    speed_kmh: FloatArray
    gradient: FloatArray
    moving: BoolArray
    climbed_m: FloatArray
    descended_m: FloatArray
    uphill_m: FloatArray
    uphill_rise_m: FloatArray
    tolerance_m: FloatArray
    sensors: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.latitude)

    def at(self, points: IntArray | BoolArray | slice) -> "RideColumns":
        """Some of the points, given by their positions in order or by a mask."""
        values = {column.name: getattr(self, column.name) for column in fields(self)}
        sensors = {name: sensor[points] for name, sensor in values.pop("sensors").items()}
        return RideColumns(
            **{name: column[points] for name, column in values.items()}, sensors=sensors
        )


@dataclass(frozen=True, slots=True)
class GradientClass:
    """The part of the route in one class of steepness."""

    distance_km: float
    percentage: float
    uphill_km: float
    downhill_km: float


@dataclass(frozen=True, slots=True)
class Climb:
    """One climb: kilometres along the route, metres of gain, gradients in percent."""

    start_km: float
    end_km: float
    distance_km: float
    elevation_gain_m: float
    avg_gradient: float
    max_gradient: float
    category: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """Route statistics; None where the file does not carry what a number needs.

    Speeds need times, gradients need elevations and at least 50 m of road.
    """

    avg_speed_kmh: float | None
    max_speed_kmh: float | None
    total_time_minutes: float | None
    moving_time_minutes: float | None
    avg_gradient: float | None
    max_gradient: float | None
    gradient_distribution: Mapping[str, GradientClass] | None
    top_climbs: tuple[Climb, ...]
    sensors: Mapping[str, Mapping[str, float]]

    def summary(self) -> dict[str, Any]:
        """The statistics as JSON-ready values."""
        classes = self.gradient_distribution
        return {
            "avg_speed_kmh": _rounded(self.avg_speed_kmh, 2),
            "max_speed_kmh": _rounded(self.max_speed_kmh, 2),
            "total_time_minutes": _rounded(self.total_time_minutes, 2),
            "moving_time_minutes": _rounded(self.moving_time_minutes, 2),
            "avg_gradient": _rounded(self.avg_gradient, 2),
            "max_gradient": _rounded(self.max_gradient, 2),
            "gradient_distribution": None
            if classes is None
            else {name: _rounded_fields(part) for name, part in classes.items()},
            "top_climbs": [_rounded_fields(climb) for climb in self.top_climbs],
            "sensors": {
                name: {key: _rounded(value, 1) for key, value in values.items()}
                for name, values in self.sensors.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that the engine says of one file."""

    name: str | None
    kind: Literal["track", "route"]
    distance_km: float
    elevation_gain: float | None
    elevation_loss: float | None
    elevation_gain_low: float | None
    elevation_gain_high: float | None
    max_elevation: float | None
    min_elevation: float | None
    total_points: int
    has_elevation: bool
    has_timestamps: bool
    start_time_s: float | None
    end_time_s: float | None
    utc_offset_s: float | None
    statistics: Statistics
    warnings: tuple[Warning, ...]
    waypoints: tuple[Waypoint, ...]
    track: Track
    columns: RideColumns
    simplified: SimplifiedTrack
    device_totals: DeviceTotals | None = None
    device_differences: tuple[Difference, ...] = ()

    @property
    def simplified_points(self) -> int:
        return len(self.simplified)

    def compact(self) -> Self:
        """The analysis without the recording's own points: `track` and `columns` are empty.

        Small enough to be handed to another process whatever the length of the ride.
        """
        nothing = np.empty(0, dtype=np.int64)
        return replace(self, track=self.track.at(nothing), columns=self.columns.at(nothing))

    def summary(self) -> dict[str, Any]:
        """The analysis without its arrays, as JSON-ready values (see `python -m src.gpx`).

        Times are ISO 8601 in UTC; a number that the file cannot give is None, never NaN.
        """
        return {
            "name": self.name,
            "kind": self.kind,
            "distance_km": _rounded(self.distance_km, 4),
            "elevation_gain": _rounded(self.elevation_gain, 1),
            "elevation_gain_low": _rounded(self.elevation_gain_low, 1),
            "elevation_gain_high": _rounded(self.elevation_gain_high, 1),
            "elevation_loss": _rounded(self.elevation_loss, 1),
            "max_elevation": _rounded(self.max_elevation, 1),
            "min_elevation": _rounded(self.min_elevation, 1),
            "total_points": self.total_points,
            "simplified_points": self.simplified_points,
            "has_elevation": self.has_elevation,
            "has_timestamps": self.has_timestamps,
            "start_time": _instant(self.start_time_s),
            "end_time": _instant(self.end_time_s),
            "waypoints": len(self.waypoints),
            "warnings": [asdict(warning) for warning in self.warnings],
            "device_totals": None
            if self.device_totals is None
            else _rounded_fields(self.device_totals),
            "device_differences": [_rounded_fields(each) for each in self.device_differences],
            "statistics": self.statistics.summary(),
        }


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


def _instant(time_s: float | None) -> str | None:
    if time_s is None:
        return None
    moment = datetime.fromtimestamp(time_s, UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace(
        "+00:00", "Z"
    )


def _rounded_fields(record: GradientClass | Climb | DeviceTotals | Difference) -> dict[str, Any]:
    return {
        key: round(value, 3) if isinstance(value, float) else value
        for key, value in asdict(record).items()
    }
