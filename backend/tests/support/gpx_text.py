"""Arrays written as GPX, quickly: the files that tests and benchmarks read back."""

from collections.abc import Mapping
from html import escape
from itertools import pairwise
from typing import Literal

import numpy as np

from src.gpx.model import FloatArray, IntArray

Layout = Literal["segments", "tracks", "route"]

_SENSOR_TAGS = {
    "heart_rate_bpm": "hr",
    "cadence_rpm": "cad",
    "temperature_c": "atemp",
}
_TAGS: dict[Layout, tuple[str, str, str]] = {
    "segments": ("trkpt", "</trkseg><trkseg>", "trkseg"),
    "tracks": ("trkpt", "</trkseg></trk><trk><trkseg>", "trkseg"),
    "route": ("rtept", "</rte><rte>", ""),
}


def point_rows(
    latitude: FloatArray,
    longitude: FloatArray,
    elevation: FloatArray | None = None,
    time_s: FloatArray | None = None,
    sensors: Mapping[str, FloatArray] | None = None,
    *,
    tag: str = "trkpt",
    coordinate_decimals: int = 6,
    elevation_decimals: int = 1,
) -> list[str]:
    """One line per point; a NaN elevation, time or sensor value leaves its element out."""
    places = f'<{tag} lat="%.{coordinate_decimals}f" lon="%.{coordinate_decimals}f">'
    columns = [[places % pair for pair in zip(latitude.tolist(), longitude.tolist(), strict=True)]]
    if elevation is not None:
        columns.append(_elements(f"<ele>%.{elevation_decimals}f</ele>", elevation))
    if time_s is not None:
        columns.append(_time_elements(time_s))
    if sensors:
        columns.append(_extensions(sensors))
    ending = f"</{tag}>\n"
    return [*map("".join, zip(*columns, [ending] * len(latitude), strict=True))]


def _elements(template: str, values: FloatArray) -> list[str]:
    return ["" if value != value else template % value for value in values.tolist()]


def _time_elements(time_s: FloatArray) -> list[str]:
    known = np.isfinite(time_s)
    milliseconds = np.round(np.where(known, time_s, 0.0) * 1000).astype(np.int64)
    unit: Literal["s", "ms"] = "ms" if np.any(milliseconds % 1000) else "s"
    stamps = np.datetime_as_string(milliseconds.astype("datetime64[ms]"), unit=unit).tolist()
    return [
        f"<time>{stamp}Z</time>" if has_time else ""
        for stamp, has_time in zip(stamps, known.tolist(), strict=True)
    ]


def _extensions(sensors: Mapping[str, FloatArray]) -> list[str]:
    garmin = [
        _elements(f"<gpxtpx:{tag}>%g</gpxtpx:{tag}>", sensors[sensor])
        for sensor, tag in _SENSOR_TAGS.items()
        if sensor in sensors
    ]
    count = len(next(iter(sensors.values())))
    power = _elements("<power>%g</power>", sensors.get("power_w", np.full(count, np.nan)))
    inner = map("".join, zip(*garmin, strict=True)) if garmin else [""] * count
    return [
        f"<extensions>{watts}<gpxtpx:TrackPointExtension>{others}"
        "</gpxtpx:TrackPointExtension></extensions>"
        for watts, others in zip(power, inner, strict=True)
    ]


def document(
    rows: list[str],
    segment: IntArray,
    *,
    layout: Layout = "segments",
    name: str = "Ride",
    size_bytes: int | None = None,
) -> bytes:
    """Rows of points as a whole file, padded with line ends to exactly `size_bytes`."""
    _, border, inner = _TAGS[layout]
    outer = "rte" if layout == "route" else "trk"
    opening = f"<{inner}>" if inner else ""
    closing = f"</{inner}>" if inner else ""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="synthetic" xmlns="http://www.topografix.com/GPX/1/1"'
        ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        f"<{outer}><name>{escape(name)}</name>{opening}\n"
    )
    starts = [0, *(np.flatnonzero(np.diff(segment)) + 1).tolist(), len(rows)]
    parts = ["".join(rows[a:b]) for a, b in pairwise(starts)]
    text = f"{head}{(border + chr(10)).join(parts)}{closing}</{outer}>\n</gpx>\n"
    data = text.encode()
    if size_bytes is None:
        return data
    if len(data) > size_bytes:
        raise ValueError(f"{len(rows)} points take {len(data)} bytes, more than {size_bytes}")
    return data + b"\n" * (size_bytes - len(data))


def point_tag(layout: Layout) -> str:
    return _TAGS[layout][0]
