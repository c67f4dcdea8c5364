"""Synthetic rides: the road, the rider and the recorder, each with its known truth.

A `Ride` is what a recorder would have written, beside the numbers that a perfect analysis of it
gives. Everything is deterministic in `seed`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from src.gpx.model import BoolArray, FloatArray, IntArray, Track
from tests.support.gpx_text import Layout, document, point_rows, point_tag

MIB = 1024 * 1024
START_TIME_S = 1_717_221_600.0  # 2024-06-01T06:00:00Z

Shape = Literal["road", "straight", "out_and_back", "loop", "laps"]
Noise = Literal["none", "barometric", "gps", "smoothed_gps", "white"]

_GRID_M = 2.0
_LAPS = 5
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_SQUARED = 0.0066943799901413165


@dataclass(frozen=True, slots=True)
class Hill:
    """A climb that is truly there."""

    start_km: float
    end_km: float
    gain_m: float


@dataclass(frozen=True, slots=True, repr=False)
class Terrain:
    """True elevations in metres every `_GRID_M` along the road."""

    elevation: FloatArray
    hills: tuple[Hill, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Ride:
    """A recording (parallel arrays) and the truth behind it."""

    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray
    time_s: FloatArray
    segment: IntArray
    gain_m: float
    loss_m: float
    distance_m: float
    moving_time_s: float
    max_speed_kmh: float
    hills: tuple[Hill, ...]
    sensors: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.latitude)

    def track(self) -> Track:
        return Track(
            self.latitude,
            self.longitude,
            self.elevation,
            self.time_s,
            self.segment,
            self.sensors,
        )

    def first(self, points: int) -> "Ride":
        """The ride as far as that many points; the truth stays that of the whole."""
        kept = np.arange(len(self)) < points
        sensors = {name: values[kept] for name, values in self.sensors.items()}
        return replace(_cut(self, kept), sensors=sensors)

    def gpx(
        self,
        *,
        layout: Layout = "segments",
        elevation: bool = True,
        timestamps: bool = True,
        name: str = "Ride",
        coordinate_decimals: int = 6,
        elevation_decimals: int = 1,
    ) -> bytes:
        rows = point_rows(
            self.latitude,
            self.longitude,
            self.elevation if elevation else None,
            self.time_s if timestamps else None,
            self.sensors,
            tag=point_tag(layout),
            coordinate_decimals=coordinate_decimals,
            elevation_decimals=elevation_decimals,
        )
        return document(rows, self.segment, layout=layout, name=name)


def flat(length_km: float, *, elevation_m: float = 12.0) -> Terrain:
    return Terrain(np.full(_grid_size(length_km), elevation_m))


def sine_hills(length_km: float, *, height_m: float = 60.0, wavelength_km: float = 4.0) -> Terrain:
    """Equal hills, `height_m` from valley to top, starting and ending in a valley."""
    distance_km = np.arange(_grid_size(length_km)) * _GRID_M / 1000
    elevation = 200 + height_m / 2 * (1 - np.cos(2 * np.pi * distance_km / wavelength_km))
    return Terrain(elevation)


def rolling(length_km: float, *, seed: int = 0, relief_m: float = 60.0) -> Terrain:
    """Country roads: hills of 0.7 to 12 km, the longer the higher, as natural relief has them."""
    rng = np.random.default_rng([seed, 1])
    distance_km = np.arange(_grid_size(length_km)) * _GRID_M / 1000
    elevation = np.full(len(distance_km), 6.0 * relief_m)
    for wavelength_km in np.geomspace(0.7, 12, 14) * rng.uniform(0.85, 1.15, 14):
        height = 0.4 * relief_m * (wavelength_km / 12) ** 1.2
        phase = rng.uniform(0, 2 * np.pi)
        elevation += height * np.sin(2 * np.pi * distance_km / wavelength_km + phase)
    return Terrain(elevation)


def passes(length_km: float, hills: list[tuple[float, float, float]]) -> Terrain:
    """Climbs of (start_km, length_km, gradient_percent), each ridden down again at 7 %."""
    distance_km = np.arange(_grid_size(length_km)) * _GRID_M / 1000
    elevation = np.full(len(distance_km), 400.0)
    truths = []
    for start_km, climb_km, gradient in hills:
        gain = climb_km * gradient * 10
        descent_km = gain / 70
        corners = [start_km, start_km + climb_km, start_km + climb_km + descent_km]
        elevation += np.interp(distance_km, corners, [0, gain, 0])
        truths.append(Hill(start_km, start_km + climb_km, gain))
    return Terrain(elevation, tuple(truths))


def record(
    terrain: Terrain,
    *,
    seed: int = 0,
    shape: Shape = "road",
    origin: tuple[float, float] = (46.55, 8.05),
    rate_hz: float = 1.0,
    noise: Noise = "barometric",
    noise_m: float | None = None,
    correlation_time_s: float = 60.0,
    altitude_step_m: float = 0.1,
    position_noise_m: float = 1.0,
    lane_m: float = 0.0,
    coordinate_decimals: int = 6,
    stops: int = 0,
    tunnels: int = 0,
    segments: int = 1,
) -> Ride:
    """Ride the terrain and record it.

    `stops` are halts of one to ten minutes, `tunnels` stretches of 300 to 900 m without points;
    between `segments` the rider is carried 20 km north within an hour; out and back are ridden
    `lane_m` to the right of the middle. `laps` are five of a fifth of the terrain each. `noise_m`
    is the standard deviation of the altitude's noise: by default 0.3 (barometric, with a slow
    drift), 3 (gps, correlated over `correlation_time_s`, in steps or smoothed to curves) or 1
    (white).
    """
    rng = np.random.default_rng([seed, 2])
    elevation = terrain.elevation
    if shape == "laps":
        lap = elevation[: len(elevation) // _LAPS]
        level = lap - np.linspace(0, lap[-1] - lap[0], len(lap))
        east, north = (np.tile(way, _LAPS) for way in _road(len(lap), "loop", rng))
        elevation = np.tile(level, _LAPS)
    else:
        east, north = _road(len(elevation), shape, rng)
    if shape == "out_and_back":
        half = len(elevation) // 2
        elevation = np.concatenate([elevation[:half], elevation[:half][::-1]])
        east, north = (np.concatenate([way[:half], way[:half][::-1]]) for way in (east, north))
    if lane_m:
        ahead_east, ahead_north = np.gradient(east), np.gradient(north)
        length = np.maximum(np.hypot(ahead_east, ahead_north), 1e-9)
        east, north = (
            east + lane_m * ahead_north / length,
            north - lane_m * ahead_east / length,
        )
    leg_m = np.hypot(np.diff(east), np.diff(north))
    distance_m = np.concatenate([[0.0], np.cumsum(leg_m)])
    speed, halts = _speeds(elevation, distance_m, stops, rng)
    leg_s = leg_m / (0.5 * (speed[1:] + speed[:-1]))
    waits_s = np.zeros(len(leg_s))
    waits_s[halts] = rng.uniform(60, 600, len(halts)).round()

    # A halt takes its time before the leg that leaves it.
    arrival_s = np.concatenate([[0.0], np.cumsum(leg_s + waits_s)])
    leaving_s = arrival_s.copy()
    leaving_s[:-1] += waits_s
    clock_s = np.stack([arrival_s, leaving_s], axis=1).ravel()
    time_s = np.arange(0.0, arrival_s[-1], 1 / rate_hz)
    where_m = np.interp(time_s, clock_s, np.repeat(distance_m, 2))
    segment = np.arange(len(time_s)) * segments // len(time_s)

    drift_east, drift_north = (
        correlated(len(time_s), position_noise_m, 60 * rate_hz, rng) for _ in range(2)
    )
    latitude, longitude = _geographic(
        np.interp(where_m, distance_m, east) + drift_east,
        np.interp(where_m, distance_m, north) + drift_north + 20_000.0 * segment,
        origin,
    )
    altitude = np.interp(where_m, distance_m, elevation)
    altitude += _altitude_noise(noise, noise_m, len(time_s), rate_hz, correlation_time_s, rng)
    climbing = np.diff(elevation)
    ride = Ride(
        latitude=latitude.round(coordinate_decimals),
        longitude=longitude.round(coordinate_decimals),
        elevation=np.round(altitude / altitude_step_m) * altitude_step_m,
        time_s=START_TIME_S + time_s + 3600.0 * segment,
        segment=segment,
        gain_m=float(climbing[climbing > 0].sum()),
        loss_m=float(-climbing[climbing < 0].sum()),
        distance_m=float(distance_m[-1]),
        moving_time_s=float(leg_s.sum()),
        max_speed_kmh=float(speed.max() * 3.6),
        hills=terrain.hills,
    )
    return _without_tunnels(ride, where_m, tunnels, rng) if tunnels else ride


def build_gpx(
    *,
    points: int | None = None,
    size_mb: float | None = None,
    seed: int = 0,
    segments: int = 1,
    elevation: bool = True,
    timestamps: bool = True,
    sensors: bool = False,
    layout: Layout = "segments",
    name: str = "Ride",
    rate_hz: float = 1.0,
    origin: tuple[float, float] = (46.55, 8.05),
) -> bytes:
    """A realistic ride as a GPX file of exactly `points` points or exactly `size_mb` MiB.

    With both, the file is filled up with white space; without either, it has 3600 points.
    """
    size_bytes = None if size_mb is None else round(size_mb * MIB)
    wanted = 3600 if points is None else points
    if points is None and size_bytes is not None:
        sample = build_gpx(
            points=400,
            seed=seed,
            elevation=elevation,
            timestamps=timestamps,
            sensors=sensors,
            layout=layout,
            rate_hz=rate_hz,
            origin=origin,
        )
        wanted = max(2, int(size_bytes / len(sample) * 400 * 1.03))
    ride = _ride_of(wanted, seed, segments, rate_hz, origin)
    if sensors:
        ride = replace(ride, sensors=_sensors(wanted, seed))
    rows = point_rows(
        ride.latitude,
        ride.longitude,
        ride.elevation if elevation else None,
        ride.time_s if timestamps else None,
        ride.sensors,
        tag=point_tag(layout),
    )
    if points is None and size_bytes is not None:
        room = size_bytes - 400 - 50 * segments
        rows = rows[: int(np.searchsorted(np.cumsum([*map(len, rows)]), room))]
    return document(
        rows, ride.segment[: len(rows)], layout=layout, name=name, size_bytes=size_bytes
    )


DETAILED_RIDE_POINTS = 7_000


def detailed_ride() -> bytes:
    """A long ride that is so restless that over `DETAILED_RIDE_POINTS` points survive 10 m."""
    return record(rolling(420), noise="white", noise_m=4, rate_hz=0.2).gpx()


def _ride_of(
    points: int, seed: int, segments: int, rate_hz: float, origin: tuple[float, float]
) -> Ride:
    """The first `points` points of a hilly ride, with a halt about every 20 km."""
    length_km = points / rate_hz * 0.008 + 1
    while True:
        ride = record(
            rolling(length_km, seed=seed),
            seed=seed,
            rate_hz=rate_hz,
            origin=origin,
            stops=int(length_km / 20),
            segments=segments,
        )
        if len(ride) >= points:
            return _cut(ride, np.arange(len(ride)) < points, segments)
        length_km *= 1.3


def _cut(ride: Ride, kept: BoolArray, segments: int | None = None) -> Ride:
    """The ride without some of its points; the truth stays that of the whole."""
    moved = ride.segment[kept]
    return replace(
        ride,
        latitude=ride.latitude[kept],
        longitude=ride.longitude[kept],
        elevation=ride.elevation[kept],
        time_s=ride.time_s[kept],
        segment=moved if segments is None else np.arange(len(moved)) * segments // len(moved),
    )


def _without_tunnels(
    ride: Ride, where_m: FloatArray, tunnels: int, rng: np.random.Generator
) -> Ride:
    kept = np.ones(len(ride), dtype=np.bool_)
    for entry_m in rng.uniform(0.05, 0.9, tunnels) * where_m[-1]:
        kept &= (where_m < entry_m) | (where_m > entry_m + rng.uniform(300, 900))
    return _cut(ride, kept)


def _grid_size(length_km: float) -> int:
    return int(length_km * 1000 / _GRID_M) + 1


def _road(size: int, shape: Shape, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """East and north in metres of a road's grid points: bends of all sizes on a wide arc."""
    if shape == "straight":
        return np.arange(size, dtype=np.float64) * _GRID_M, np.zeros(size)
    turns = 2 * np.pi * np.arange(size) * _GRID_M / (size * _GRID_M if shape == "loop" else 3e5)
    heading = rng.uniform(0, 2 * np.pi) + turns
    heading += correlated(size, 0.5, 150 / _GRID_M, rng, order=2)
    heading += correlated(size, 0.5, 2000 / _GRID_M, rng, order=2)
    east, north = np.cumsum(np.cos(heading)) * _GRID_M, np.cumsum(np.sin(heading)) * _GRID_M
    if shape == "loop":
        back = np.linspace(0, 1, size)
        east, north = east - back * (east[-1] - east[0]), north - back * (north[-1] - north[0])
    return east, north


def _speeds(
    elevation: FloatArray, distance_m: FloatArray, stops: int, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Metres per second at each grid point, and the grid points where the rider halts."""
    size = len(elevation)
    slope = np.gradient(elevation) / _GRID_M
    mood = np.exp(correlated(size, 0.08, 400 / _GRID_M, rng, order=2))
    window = np.hanning(200)
    wish = np.clip(7.5 - 60 * slope, 2.2, 17) * mood
    padded = np.pad(wish, 100, mode="edge")
    speed = np.convolve(padded, window / window.sum(), "same")[100:-100]
    halts = (rng.uniform(0.02, 0.98, stops) * size).astype(np.int64)
    for halt in halts.tolist():
        braking_m = np.abs(distance_m - distance_m[halt])
        speed = np.minimum(speed, np.sqrt(0.25 + 1.2 * braking_m))
    return speed, halts


def _geographic(
    east: FloatArray, north: FloatArray, origin: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Metres along the meridian and along the parallel, leg by leg, as degrees on WGS84."""
    start = math.radians(origin[0])
    sine = np.sin(start + north / 6_371_000)
    meridional = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED)
    meridional_radius = meridional / (1 - _ECCENTRICITY_SQUARED * sine**2) ** 1.5
    latitude = start + np.cumsum(np.diff(north, prepend=0.0) / meridional_radius)
    middle = latitude - np.diff(latitude, prepend=start) / 2
    radius = _SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY_SQUARED * np.sin(middle) ** 2)
    longitude = np.cumsum(np.diff(east, prepend=0.0) / (radius * np.cos(middle)))
    latitude_degrees: FloatArray = np.degrees(latitude)
    longitude_degrees: FloatArray = (origin[1] + np.degrees(longitude) + 180.0) % 360.0 - 180.0
    return latitude_degrees, longitude_degrees


def _altitude_noise(
    noise: Noise,
    noise_m: float | None,
    size: int,
    rate_hz: float,
    memory_s: float,
    rng: np.random.Generator,
) -> FloatArray:
    if noise == "barometric":
        white = rng.normal(0, 0.3 if noise_m is None else noise_m, size)
        return white + correlated(size, 1.0, 3600 * rate_hz, rng, order=2)
    if noise in ("gps", "smoothed_gps"):
        deviation, order = 3.0 if noise_m is None else noise_m, 1 if noise == "gps" else 2
        return correlated(size, deviation, memory_s / order * rate_hz, rng, order)
    if noise == "white":
        return rng.normal(0, 1.0 if noise_m is None else noise_m, size)
    return np.zeros(size)


def correlated(
    size: int, deviation: float, reach: float, rng: np.random.Generator, order: int = 1
) -> FloatArray:
    """Noise that forgets itself over `reach` samples: autoregressive, filtered `order` times."""
    length = size + int(8 * reach)
    memory = math.exp(-1 / reach)
    turns = np.fft.rfftfreq(length) * (2 * math.pi)
    response = (1 + memory**2 - 2 * memory * np.cos(turns)) ** (-order / 2)
    values: FloatArray = np.fft.irfft(np.fft.rfft(rng.normal(0, 1, length)) * response, length)
    return values[:size] * (deviation / math.sqrt(np.mean(response**2)))


def _sensors(points: int, seed: int) -> dict[str, FloatArray]:
    rng = np.random.default_rng([seed, 3])
    return {
        "heart_rate_bpm": np.round(138 + correlated(points, 14, 90, rng, order=2)),
        "cadence_rpm": (82.0 + correlated(points, 9, 20, rng)).clip(0.0).round(),
        "power_w": (190.0 + correlated(points, 55, 15, rng)).clip(0.0).round(),
        "temperature_c": np.round(19 + correlated(points, 3, 1200, rng, order=2)),
    }
