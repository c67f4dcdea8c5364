"""A cyclist on a road, and what a recorder on the handlebar writes once a second."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

import numpy as np

from src.demo.roads import STEP_M, Road, wandering
from src.gpx.model import FloatArray

# Rider and bicycle: kilograms, rolling resistance, square metres of drag by kg/m3 of air.
_MASS_KG, _ROLLING, _DRAG = 82.0, 0.005, 0.5 * 1.16 * 0.36
_GRAVITY = 9.81
_GRIP = 2.6  # metres per second squared in a bend
_GARMIN = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"


@dataclass(frozen=True, slots=True)
class Rider:
    """What somebody gives on the flat, in watts, how fast they let it run, and where they rest.

    `halts` are pairs of a kilometre and of minutes.
    """

    power_w: float
    fastest_kmh: float
    halts: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Parallel arrays, a value a second."""

    time_s: FloatArray
    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray
    sensors: Mapping[str, FloatArray] = field(default_factory=dict)


def ride(
    road: Road, rider: Rider, start_s: float, rng: np.random.Generator, *, sensors: bool = False
) -> Recording:
    """Ride the road from `start_s`, in seconds since 1970-01-01 UTC."""
    slope = np.gradient(road.elevation) / STEP_M
    effort = rider.power_w * (1 + np.clip(slope * 4, -0.7, 0.35))
    effort *= 1 + 0.08 * wandering(len(slope), 700 / STEP_M, rng)
    speed = _steady_speed(effort, slope)
    bend = np.sqrt(_GRIP / np.maximum(road.curvature, 1e-4))
    speed = np.minimum.reduce([speed, bend, np.full(len(speed), rider.fastest_kmh / 3.6)])
    speed = _without_jerks(np.maximum(speed, 1.9))
    clock, place = _with_halts(np.cumsum(STEP_M / speed), road.along_m, rider.halts)
    seconds = np.arange(0, clock[-1])
    at = np.interp(seconds, clock, place)
    drift = 1.6 / 111_320

    def seen(values: FloatArray) -> FloatArray:
        return np.asarray(np.interp(at, road.along_m, values), np.float64)

    elevation = seen(road.elevation) + 0.8 * wandering(len(at), 2400, rng)
    return Recording(
        start_s + seconds,
        seen(road.latitude) + drift * wandering(len(at), 25, rng),
        seen(road.longitude) + drift * wandering(len(at), 25, rng),
        np.round((elevation + rng.normal(0, 0.12, len(at))) * 5) / 5,
        _sensors(seen(effort), np.gradient(at), seen(slope), elevation, rng) if sensors else {},
    )


def gpx_of(name: str, segments: Sequence[Recording]) -> bytes:
    """The recording as a GPX file, a segment each time it was begun."""
    tracks = "".join(f"<trkseg>\n{''.join(_points(each))}</trkseg>\n" for each in segments)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="ContraVento demo" xmlns="http://www.topografix.com/GPX/1/1"'
        f' xmlns:gpxtpx="{_GARMIN}">\n'
        f"<trk><name>{escape(name)}</name>\n{tracks}</trk>\n</gpx>\n"
    ).encode()


def _steady_speed(power_w: FloatArray, slope: FloatArray) -> FloatArray:
    """Metres per second at which the power goes into grade, tyres and air, by bisection."""
    low, high = np.full(len(slope), 0.5), np.full(len(slope), 30.0)
    for _ in range(30):
        middle = (low + high) / 2
        needed = middle * (_MASS_KG * _GRAVITY * (slope + _ROLLING) + _DRAG * middle**2)
        is_slower = needed > power_w
        low, high = np.where(is_slower, low, middle), np.where(is_slower, middle, high)
    return np.asarray((low + high) / 2, np.float64)


def _without_jerks(speed: FloatArray) -> FloatArray:
    window = np.hanning(27)[1:-1]
    padded = np.pad(speed, 12, mode="edge")
    return np.asarray(np.convolve(padded, window / window.sum(), "valid"), np.float64)


def _with_halts(
    clock: FloatArray, place: FloatArray, halts: Sequence[tuple[float, float]]
) -> tuple[FloatArray, FloatArray]:
    """Seconds and metres, with the places of rest told twice: on arrival and on leaving."""
    for kilometre, minutes in halts:
        index = int(np.searchsorted(place, kilometre * 1000))
        later = clock[index:] + 60 * minutes
        clock = np.concatenate([clock[: index + 1], later])
        place = np.insert(place, index, place[index])
    return clock, place


def _sensors(
    effort_w: FloatArray,
    speed_ms: FloatArray,
    slope: FloatArray,
    elevation: FloatArray,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    size = len(effort_w)
    # Nobody pedals while resting, nor down a hill that runs by itself.
    pedals = (speed_ms > 1) & ((slope > -0.035) | (speed_ms < 9))
    power = np.where(pedals, effort_w * (1 + 0.16 * wandering(size, 6, rng)), 0.0)
    # The heart follows within a minute, and tires by some beats an hour.
    fading = np.exp(-np.arange(300) / 55)
    followed = np.convolve(np.pad(power, (299, 0), mode="edge"), fading / fading.sum(), "valid")
    heart = 92 + 0.27 * followed + 4 * np.arange(size) / 3600 + 2 * wandering(size, 40, rng)
    cadence = 86 - 130 * np.clip(slope, 0, 0.1) + 4 * wandering(size, 15, rng)
    warming = 6 * np.sin(np.linspace(0, 1.4, size))
    temperature = 17 + warming - 0.0065 * (elevation - elevation[0])
    return {
        "power_w": np.round(np.clip(power, 0, None)),
        "heart_rate_bpm": np.round(heart),
        "cadence_rpm": np.where(pedals, np.round(cadence), 0.0),
        "temperature_c": np.round(temperature),
    }


def _points(recording: Recording) -> list[str]:
    columns = [recording.latitude, recording.longitude, recording.elevation, recording.time_s]
    extensions = _extensions(recording)
    return [
        f'<trkpt lat="{latitude:.6f}" lon="{longitude:.6f}"><ele>{elevation:.1f}</ele>'
        f"<time>{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H:%M:%SZ}</time>{more}</trkpt>\n"
        for (latitude, longitude, elevation, time_s), more in zip(
            zip(*(column.tolist() for column in columns), strict=True), extensions, strict=True
        )
    ]


def _extensions(recording: Recording) -> list[str]:
    if not recording.sensors:
        return [""] * len(recording.time_s)
    names = ("power_w", "temperature_c", "heart_rate_bpm", "cadence_rpm")
    rows = zip(*(recording.sensors[name].astype(int).tolist() for name in names), strict=True)
    return [
        f"<extensions><power>{power}</power><gpxtpx:TrackPointExtension>"
        f"<gpxtpx:atemp>{celsius}</gpxtpx:atemp><gpxtpx:hr>{heart}</gpxtpx:hr>"
        f"<gpxtpx:cad>{cadence}</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions>"
        for power, celsius, heart, cadence in rows
    ]
