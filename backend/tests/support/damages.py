"""What recorders, exporters and hands do to a recording: each damage to be done to any clean ride.

A damage is told what a rider may expect: which numbers must stay those of the clean ride, within
which part of them, and which warnings say so. Everything is deterministic in the generator of
random numbers that is handed over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from src.gpx.earth.geodesy import leg_lengths_m
from src.gpx.model import BoolArray, FloatArray, IntArray
from tests.support.csv_text import csv_log
from tests.support.fit_files import EPOCH_S, ride_as_fit
from tests.support.rides import Ride
from tests.support.tcx_text import ride_as_tcx

DAY_S = 86_400.0
_METRES_PER_DEGREE = 111_200.0

# How far a number may be from the clean ride's, as a part of it.
EXACT, NEAR, ROUGH = 1e-6, 0.03, 0.15
Numbers = dict[str, float]
DISTANCE: Numbers = {"distance_km": NEAR}
TIMES: Numbers = {"total_time_minutes": NEAR, "avg_speed_kmh": NEAR}
ALL: Numbers = {**DISTANCE, **TIMES}


# How a ride is written in each format.
WRITERS: Mapping[str, Callable[[Ride], bytes]] = {
    "gpx": Ride.gpx,
    "tcx": ride_as_tcx,
    "fit": ride_as_fit,
    "csv": lambda ride: csv_log(ride.track()),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One way in which a recording fails.

    `on_ride` changes the arrays, `on_file` the file, of which each format has its own: without
    `forms` the first holds for all of them, the second for GPX. `keeps` are the numbers that must
    come out as those of the clean ride; `warns` the kinds of which at least one must be told, none
    of them where a damage may be too small to be one, or is none to a format (`silent_in`).
    """

    name: str
    keeps: Mapping[str, float]
    warns: frozenset[str] = frozenset()
    on_ride: Callable[[Ride, np.random.Generator], Ride] | None = None
    on_file: Callable[[bytes], bytes] | None = None
    forms: tuple[str, ...] = ()
    silent_in: tuple[str, ...] = ()

    def possible_forms(self) -> tuple[str, ...]:
        """The formats in which a recording can be damaged like this; the first tells most."""
        return self.forms or (("gpx",) if self.on_file else tuple(WRITERS))

    def of(self, ride: Ride, rng: np.random.Generator, form: str | None = None) -> bytes:
        """The file of the damaged ride, in one of the possible formats."""
        damaged = self.on_ride(ride, rng) if self.on_ride else ride
        data = WRITERS[form or self.possible_forms()[0]](damaged)
        return self.on_file(data) if self.on_file else data


def taken(ride: Ride, points: IntArray | BoolArray) -> Ride:
    """The ride with these of its points, in this order."""
    columns = {
        name: getattr(ride, name)[points]
        for name in ("latitude", "longitude", "elevation", "time_s", "segment")
    }
    sensors = {name: values[points] for name, values in ride.sensors.items()}
    return replace(ride, **columns, sensors=sensors)


def _changed(ride: Ride, **columns: tuple[BoolArray, FloatArray | float]) -> Ride:
    changes: dict[str, Any] = {
        name: np.where(where, value, getattr(ride, name))
        for name, (where, value) in columns.items()
    }
    return replace(ride, **changes)


def _at(where: str, ride: Ride, rng: np.random.Generator) -> BoolArray:
    """At the start, at the end, once in between, or here and there; a tenth at most."""
    count = len(ride)
    few = int(rng.integers(3, max(4, count // 10)))
    index = np.arange(count)
    if where == "start":
        return np.asarray(index < few)
    if where == "end":
        return np.asarray(index >= count - few)
    if where == "between":
        first = int(rng.integers(count // 5, max(count // 5 + 1, count - count // 5 - few)))
        return np.asarray((index >= first) & (index < first + min(few, 20)))
    return np.asarray((rng.random(count) < 0.1) & (index > 0) & (index < count - 1))


def _zeros(where: str) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, rng: np.random.Generator) -> Ride:
        away = _at(where, ride, rng)
        return _changed(ride, latitude=(away, 0.0), longitude=(away, 0.0))

    return damage


def _stale(where: str) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, rng: np.random.Generator) -> Ride:
        away = _at(where, ride, rng)
        place = float(ride.latitude[0]) - np.sign(ride.latitude[0]) * rng.uniform(0.3, 2.0)
        return _changed(ride, latitude=(away, place), longitude=(away, float(ride.longitude[0])))

    return damage


def _untimed(
    damage: Callable[[Ride, np.random.Generator], Ride],
) -> Callable[[Ride, np.random.Generator], Ride]:
    def untimed(ride: Ride, rng: np.random.Generator) -> Ride:
        return replace(damage(ride, rng), time_s=np.full(len(ride), np.nan))

    return untimed


def _without_places(ride: Ride, rng: np.random.Generator) -> Ride:
    away = _at("often", ride, rng)
    return _changed(ride, latitude=(away, np.nan), longitude=(away, np.nan))


def _scattered(ride: Ride, rng: np.random.Generator) -> Ride:
    away = _at("often", ride, rng)
    far = ride.latitude - np.sign(ride.latitude[0]) * rng.uniform(0.2, 5.0, len(ride))
    return _changed(ride, latitude=(away, far))


def _other_clock(where: str, ahead_s: float) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, rng: np.random.Generator) -> Ride:
        return _changed(ride, time_s=(_at(where, ride, rng), ride.time_s + ahead_s))

    return damage


def _thinned_times(every: int) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, _rng: np.random.Generator) -> Ride:
        index = np.arange(len(ride))
        return _changed(ride, time_s=((index % every != 0) & (index != len(ride) - 1), np.nan))

    return damage


def _first_and_last(ride: Ride, _rng: np.random.Generator) -> Ride:
    index = np.arange(len(ride))
    return _changed(ride, time_s=((index > 0) & (index < len(ride) - 1), np.nan))


def _coarse_times(step_s: float) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, _rng: np.random.Generator) -> Ride:
        since_s = ride.time_s - ride.time_s[0]
        return replace(ride, time_s=ride.time_s[0] + np.floor(since_s / step_s) * step_s)

    return damage


def _two_clocks(ride: Ride, _rng: np.random.Generator) -> Ride:
    second = np.arange(len(ride)) >= 2 * len(ride) // 3
    return _changed(ride, time_s=(second, ride.time_s + 5 * 365 * DAY_S))


def _begins_anew(ride: Ride, _rng: np.random.Generator) -> Ride:
    """A clock that was without power counts from 1989-12-31, as those of FIT do."""
    index = np.arange(len(ride))
    return _changed(
        ride, time_s=(index >= 2 * len(ride) // 3, (EPOCH_S + index).astype(np.float64))
    )


def _reversed(ride: Ride, _rng: np.random.Generator) -> Ride:
    return taken(ride, np.arange(len(ride))[::-1])


def _unsorted(ride: Ride, rng: np.random.Generator) -> Ride:
    order = np.arange(len(ride))
    for first in range(0, len(ride), 10):
        rng.shuffle(order[first : first + 10])
    return taken(ride, order)


def _twice(ride: Ride, _rng: np.random.Generator) -> Ride:
    count = len(ride)
    again = taken(ride, np.concatenate([np.arange(count), np.arange(count)]))
    return replace(again, segment=np.repeat([0, 1], count))


def _alone(ride: Ride, _rng: np.random.Generator) -> Ride:
    return replace(ride, segment=np.arange(len(ride)))


def _carried(km: float, hours: float) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, _rng: np.random.Generator) -> Ride:
        later = np.arange(len(ride)) >= len(ride) // 2
        away = ride.latitude - np.sign(ride.latitude[0]) * 1000 * km / _METRES_PER_DEGREE
        return _changed(ride, latitude=(later, away), time_s=(later, ride.time_s + 3600 * hours))

    return damage


def _heights(where: str, height_m: float) -> Callable[[Ride, np.random.Generator], Ride]:
    def damage(ride: Ride, rng: np.random.Generator) -> Ride:
        return _changed(ride, elevation=(_at(where, ride, rng), height_m))

    return damage


def _spikes(ride: Ride, rng: np.random.Generator) -> Ride:
    away = (rng.random(len(ride)) < 0.01) & (np.arange(len(ride)) > 0)
    return _changed(ride, elevation=(away, ride.elevation + 48.0))


def _over_terrain(
    height_m: tuple[float, float], way_m: tuple[float, float]
) -> Callable[[Ride, np.random.Generator], Ride]:
    """Along a bridge or a tunnel the heights of the ground below or above it, once or twice."""

    def damage(ride: Ride, rng: np.random.Generator) -> Ride:
        legs_m = leg_lengths_m(ride.latitude, ride.longitude)
        # The ground does not change while the receiver wanders at a halt.
        legs_m[legs_m < 0.3 * np.median(legs_m)] = 0.0
        along_m = np.concatenate([[0.0], legs_m.cumsum()])
        elevation = ride.elevation
        for share in (0.4, 0.7)[: int(rng.integers(1, 3))]:
            height, half_m = rng.uniform(*height_m), 0.5 * rng.uniform(*way_m)
            slope_m = abs(height) / rng.uniform(0.5, 0.75)
            away_m = np.abs(along_m - share * along_m[-1])
            beyond = ((half_m - away_m) / slope_m).clip(0, 1)
            elevation = elevation + height * 0.5 * (1 - np.cos(np.pi * beyond))
        return replace(ride, elevation=elevation)

    return damage


def _ramp(ride: Ride, rng: np.random.Generator) -> Ride:
    middle, points = len(ride) // 2, int(rng.integers(3, 11))
    risen = ((np.arange(len(ride)) - middle) / points).clip(0, 1)
    return replace(ride, elevation=ride.elevation + 60.0 * risen)


def _marks(ride: Ride, rng: np.random.Generator) -> Ride:
    marks = {
        "heart_rate_bpm": (140.0, 255.0),
        "cadence_rpm": (85.0, 255.0),
        "power_w": (210.0, 65_535.0),
        "temperature_c": (21.0, 127.0),
    }
    away = rng.random(len(ride)) < 0.2
    sensors = {name: np.where(away, mark, value) for name, (value, mark) in marks.items()}
    return replace(ride, sensors=sensors)


def _replaced(*pairs: tuple[bytes, bytes]) -> Callable[[bytes], bytes]:
    def damage(data: bytes) -> bytes:
        for old, new in pairs:
            data = data.replace(old, new)
        return data

    return damage


def _in_times(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    def damage(data: bytes) -> bytes:
        parts = data.decode().split("<time>")
        texts = (part.split("</time>", 1) for part in parts[1:])
        changed = (f"{change(time)}</time>{rest}" for time, rest in texts)
        return "<time>".join([parts[0], *changed]).encode()

    return damage


def _with_commas(data: bytes) -> bytes:
    parts = data.decode().split('"')
    numbers = (
        part.replace(".", ",") if before.endswith(("lat=", "lon=")) else part
        for before, part in zip(["", *parts], parts, strict=False)
    )
    return '"'.join(numbers).encode()


def _milliseconds(time: str) -> str:
    return str(int(np.datetime64(time.rstrip("Z"), "ms").astype(np.int64)))


def _header_again(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[: len(lines) // 2], lines[0], *lines[len(lines) // 2 :]])


def _cut_in_its_longitude(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    latitude, longitude = lines[-1].split(b",")[:2]
    return b"".join([*lines[:-1], latitude, b",", longitude[:-4]])


def _with_units(data: bytes) -> bytes:
    header, *lines = data.decode().splitlines()
    rows = (line.split(",", 3) for line in lines)
    units = (f"{lat}°,{lon}°,{height} m,{rest}" for lat, lon, height, rest in rows)
    return "\n".join([header, *units]).encode()


def _lap_again(data: bytes) -> bytes:
    start, end = data.index(b"<Lap "), data.index(b"</Lap>") + len(b"</Lap>")
    return data[:end] + data[start:end] + data[end:]


_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_TELEPORT = frozenset({"teleport"})
_CLOCK = frozenset({"other_clock", "implausible_time", "backward_time"})
_HEIGHT = frozenset({"false_elevation", "invalid_elevation"})
_ODD_TIME = frozenset({"odd_time"})
_LOWEST_AND_HIGHEST: Numbers = {**ALL, "min_elevation": ROUGH, "max_elevation": ROUGH}
_CLIMBING: Numbers = {**ALL, "elevation_gain": ROUGH, "max_gradient": ROUGH}
# The hills of the road where its own heights are not known are not told.
_CROSSING: Numbers = {**ALL, "elevation_gain": 0.3, "max_gradient": 0.5}
_TEXT: Numbers = dict.fromkeys((*ALL, "elevation_gain", "max_speed_kmh"), EXACT)

# What is cut off at an end is not ridden: that much may be missing.
_SHORTER: Numbers = {"distance_km": ROUGH, "avg_speed_kmh": ROUGH}

DAMAGES: tuple[Damage, ...] = (
    Damage("zeros at the start", _SHORTER, _TELEPORT, _zeros("start")),
    Damage("zeros at the end", _SHORTER, _TELEPORT, _zeros("end")),
    Damage("zeros once", ALL, _TELEPORT, _zeros("between")),
    Damage("zeros here and there", ALL, _TELEPORT, _zeros("often")),
    Damage("zeros here and there, no times", DISTANCE, _TELEPORT,
           _untimed(_zeros("often"))),
    Damage("the last place of yesterday", _SHORTER, _TELEPORT, _stale("start")),
    Damage("a stale place at the end", _SHORTER, _TELEPORT, _stale("end")),
    Damage("far away for seconds", ALL, _TELEPORT, _stale("between")),
    Damage(
        "far away for seconds, no times", DISTANCE, _TELEPORT, _untimed(_stale("between"))
    ),
    Damage("fixes scattered", ALL, _TELEPORT, _scattered),
    Damage("first times of the year 2000", _SHORTER | {"total_time_minutes": ROUGH}, _CLOCK,
           _other_clock("start", -24 * 365 * DAY_S)),
    Damage("last times a month ahead", DISTANCE | {"total_time_minutes": ROUGH}, _CLOCK,
           _other_clock("end", 30 * DAY_S)),
    Damage("times here and there of yesterday", ALL, _CLOCK, _other_clock("often", -DAY_S)),
    Damage("a time at every third point", ALL, frozenset({"missing_time"}), _thinned_times(3)),
    Damage("a time a minute", ALL | {"avg_speed_kmh": ROUGH}, frozenset({"missing_time"}),
           _thinned_times(60)),
    Damage(
        "the first and the last time", DISTANCE | {"total_time_minutes": NEAR},
        frozenset({"missing_time"}), _first_and_last,
    ),
    Damage("written in bursts", ALL, frozenset({"repeated_time"}), _coarse_times(20.0)),
    Damage("two clocks", DISTANCE, _CLOCK, _two_clocks),
    Damage("a clock that begins anew", DISTANCE, _CLOCK | {"invalid_time"}, _begins_anew),
    Damage("reversed", ALL, frozenset({"unsorted_points"}), _reversed),
    Damage("unsorted", ALL, frozenset({"unsorted_points"}), _unsorted),
    Damage("twice the same", ALL, frozenset({"repeated_segment"}), _twice),
    Damage("a segment of every point", ALL, frozenset({"one_point_segment"}), _alone),
    Damage("a slow train at night", {"avg_speed_kmh": NEAR}, frozenset(), _carried(10, 12)),
    Damage("a fast train at night", {"avg_speed_kmh": NEAR}, frozenset(), _carried(400, 8)),
    Damage("a break in another village", {"avg_speed_kmh": NEAR}, frozenset(), _carried(3, 0.9)),
    Damage("heights of zero at the start", _LOWEST_AND_HIGHEST, _HEIGHT, _heights("start", 0.0)),
    Damage("heights of zero here and there", _LOWEST_AND_HIGHEST, _HEIGHT, _heights("often", 0.0)),
    Damage("heights of 8000 m", _LOWEST_AND_HIGHEST, _HEIGHT, _heights("often", 8000.0)),
    Damage("heights of 0xFFFF", _LOWEST_AND_HIGHEST, _HEIGHT, _heights("often", 12_607.0)),
    Damage("spikes of the geoid", _LOWEST_AND_HIGHEST, _HEIGHT, _spikes),
    Damage("the ground below a bridge", _CROSSING, _HEIGHT, _over_terrain((-90, -25), (400, 600))),
    Damage("the ground above a tunnel", _CROSSING, _HEIGHT, _over_terrain((40, 120), (500, 900))),
    Damage("an altitude that jumps within seconds", _CLIMBING, _HEIGHT, _ramp),
    Damage("heights with a unit", _TEXT, frozenset({"odd_number"}),
           on_file=_replaced((b"</ele>", b" m</ele>"))),
    Damage("marks of sensors", ALL, frozenset({"invalid_sensor"}), _marks, silent_in=("fit",)),
    Damage("decimal commas", _TEXT, frozenset({"odd_number"}), on_file=_with_commas),
    Damage("digits of Persia", _TEXT, _ODD_TIME,
           on_file=_in_times(lambda t: t.translate(_PERSIAN))),
    Damage("dots in the dates", _TEXT, _ODD_TIME,
           on_file=_in_times(lambda t: t[:10].replace("-", ".") + " " + t[11:])),
    Damage("UTC in the times", _TEXT, _ODD_TIME, on_file=_in_times(lambda t: t[:-1] + " UTC")),
    Damage("lower case", _TEXT, frozenset(), on_file=_in_times(str.lower)),
    Damage("no zeros before", _TEXT, _ODD_TIME,
           on_file=_in_times(lambda t: t.replace("-0", "-").replace(":0", ":"))),
    Damage("milliseconds", _TEXT, _ODD_TIME, on_file=_in_times(_milliseconds)),
    Damage("blanks before the declaration", _TEXT, frozenset({"padded_document"}),
           on_file=lambda data: b"\n\n  " + data),
    Damage("NULs behind the end", _TEXT, frozenset({"padded_document"}),
           on_file=lambda data: data + b"\0" * 512),
    Damage("points straight below the track", _TEXT, frozenset({"misplaced_point"}),
           on_file=_replaced((b"<trkseg>", b""), (b"</trkseg>", b""))),
    Damage("a bare ampersand", _TEXT, frozenset({"bare_ampersand"}),
           on_file=_replaced((b"<name>Ride<", b"<name>Park & Ride<"))),
    Damage("points without a place", ALL, frozenset({"invalid_position"}), _without_places,
           forms=("tcx", "fit", "csv")),
    Damage("a lap twice", ALL, frozenset({"repeated_segment"}), on_file=_lap_again,
           forms=("tcx",)),
    Damage("a FIT file cut off", _SHORTER, frozenset({"file_cut_off"}),
           on_file=lambda data: data[: 19 * len(data) // 20], forms=("fit",)),
    Damage("a wrong checksum", _TEXT, frozenset({"checksum_wrong"}),
           on_file=lambda data: data[:-1] + bytes([data[-1] ^ 1]), forms=("fit",)),
    Damage("the header again", _TEXT, frozenset({"invalid_position"}), on_file=_header_again,
           forms=("csv",)),
    Damage("a row cut off", ALL, frozenset({"irregular_row"}), on_file=_cut_in_its_longitude,
           forms=("csv",)),
    Damage("decimal commas in a table", _TEXT,
           on_file=_replaced((b",", b";"), (b".", b",")), forms=("csv",)),
    Damage("units in a table", _TEXT, frozenset({"odd_number"}), on_file=_with_units,
           forms=("csv",)),
)  # fmt: skip
