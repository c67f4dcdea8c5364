"""Rides written as TCX, as Garmin's devices and services write it."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np

from src.gpx.model import FloatArray
from tests.support.gpx_text import point_rows
from tests.support.rides import Ride

GARMIN = "http://www.garmin.com/xmlschemas"


def trackpoints(
    ride: Ride,
    *,
    prefix: str = "",
    distance_m: FloatArray | None = None,
    speed_m_s: FloatArray | None = None,
) -> list[str]:
    """A line for each point; a value that is NaN leaves its element out."""
    rows = zip(
        _stamps(ride),
        ride.latitude.tolist(),
        ride.longitude.tolist(),
        ride.elevation.tolist(),
        _or_nan(distance_m, ride),
        _or_nan(ride.sensors.get("heart_rate_bpm"), ride),
        _or_nan(ride.sensors.get("cadence_rpm"), ride),
        _or_nan(speed_m_s, ride),
        _or_nan(ride.sensors.get("power_w"), ride),
        strict=True,
    )
    p = prefix
    return [
        f"<{p}Trackpoint><{p}Time>{stamp}</{p}Time>"
        + (
            f"<{p}Position><{p}LatitudeDegrees>{latitude:.6f}</{p}LatitudeDegrees>"
            f"<{p}LongitudeDegrees>{longitude:.6f}</{p}LongitudeDegrees></{p}Position>"
            if latitude == latitude
            else ""
        )
        + _element(f"{p}AltitudeMeters", elevation, ".1f")
        + _element(f"{p}DistanceMeters", metres, ".2f")
        + (f"<{p}HeartRateBpm><{p}Value>{bpm:g}</{p}Value></{p}HeartRateBpm>" if bpm == bpm else "")
        + _element(f"{p}Cadence", rpm, "g")
        + f'<{p}Extensions><TPX xmlns="{GARMIN}/ActivityExtension/v2">'
        + _element("Speed", speed, ".3f")
        + _element("Watts", watts, "g")
        + f"</TPX></{p}Extensions></{p}Trackpoint>\n"
        for stamp, latitude, longitude, elevation, metres, bpm, rpm, speed, watts in rows
    ]


def ride_as_tcx(
    ride: Ride,
    *,
    laps: Sequence[int] = (),
    as_course: bool = False,
    prefix: str = "",
    distance_m: FloatArray | None = None,
    speed_m_s: FloatArray | None = None,
    totals: str = "",
    device: str | None = "Edge 530",
) -> bytes:
    """A ride with a `Track` for each of its segments, and a lap that begins at each of `laps`.

    `totals` are the elements at the beginning of every lap.
    """
    rows = trackpoints(ride, prefix=prefix, distance_m=distance_m, speed_m_s=speed_m_s)
    p = prefix
    creator = f"<{p}Creator><{p}Name>{escape(device)}</{p}Name></{p}Creator>" if device else ""
    borders = [0, *laps, len(rows)]
    if as_course:
        inner = f"<{p}Name>Ride</{p}Name>" + _tracks(ride, rows, 0, len(rows), p)
        body = f"<{p}Courses><{p}Course>{inner}{creator}</{p}Course></{p}Courses>"
    else:
        written = "".join(
            f'<{p}Lap StartTime="2024-05-01T08:00:00Z">{totals}{_tracks(ride, rows, a, b, p)}'
            f"</{p}Lap>\n"
            for a, b in pairwise(borders)
        )
        body = (
            f'<{p}Activities><{p}Activity Sport="Biking"><{p}Id>2024-05-01T08:00:00Z</{p}Id>\n'
            f"{written}{creator}</{p}Activity></{p}Activities>"
        )
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    root = f'{p}TrainingCenterDatabase {name}="{GARMIN}/TrainingCenterDatabase/v2"'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{body}</{p}TrainingCenterDatabase>\n'
    return text.encode()


def _tracks(ride: Ride, rows: list[str], start: int, end: int, prefix: str) -> str:
    segment = ride.segment[start:end]
    borders = [start, *(np.flatnonzero(np.diff(segment)) + 1 + start).tolist(), end]
    return "".join(
        f"<{prefix}Track>\n{''.join(rows[a:b])}</{prefix}Track>" for a, b in pairwise(borders)
    )


def _stamps(ride: Ride) -> list[str]:
    """The times as GPX has them."""
    rows = point_rows(ride.latitude, ride.longitude, time_s=ride.time_s)
    return [row.partition("<time>")[2].partition("</time>")[0] for row in rows]


def _or_nan(values: FloatArray | None, ride: Ride) -> list[float]:
    return (np.full(len(ride), np.nan) if values is None else values).tolist()


def _element(name: str, value: float, form: str) -> str:
    return "" if value != value else f"<{name}>{value:{form}}</{name}>"
