"""A ride as a file: the simplified one as GPX, the whole recording as GPX, CSV or GeoJSON.

A recording may have millions of points: it comes and goes in blocks, and no more than one of them
is there at a time.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID
from xml.sax.saxutils import escape

import numpy as np
import orjson

from src.gpx import STORED_M
from src.gpx.model import SENSOR_COLUMNS, FloatArray, RideColumns, Segments
from src.services.tracks.lines import Places, lines_of_blocks, positions

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CREATOR = "ContraVento GPX"
POINTS_AT_ONCE = 5_000
_DEGREE_DECIMALS, _METRE_DECIMALS = 7, 2
# Whole numbers within these, says the schema of Garmin's extension.
_MOST_BEATS, _MOST_TURNS = 255, 254


class Format(StrEnum):
    """What a route may be downloaded as."""

    ORIGINAL = "original"
    GPX = "gpx"
    CSV = "csv"
    GEOJSON = "geojson"


class _Part(NamedTuple):
    """A piece of each point's text: a template, and the columns that fill it.

    `is_always` where it has text for every point; without columns it has none for any.
    """

    template: str
    columns: Sequence[Sequence[Any]] = ()
    is_always: bool = False

    def texts(self) -> list[str]:
        return [self.template % row for row in zip(*self.columns, strict=True)]


_NOTHING = _Part("")


def line_of(blocks: Iterable[RideColumns]) -> Iterator[RideColumns]:
    """The points of the stored line alone."""
    return (block.at(block.tolerance_m > STORED_M) for block in blocks)


def whole_gpx(title: str, blocks: Iterable[RideColumns]) -> Iterator[bytes]:
    """GPX 1.1, with sensors as Garmin's TrackPointExtension v1 and, as others do, `power`."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="{_CREATOR}" xmlns="http://www.topografix.com/GPX/1/1"'
        ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        f"<trk><name>{escape(_NOT_XML.sub('', title))}</name>\n<trkseg>\n"
    ).encode()
    number: int | None = None
    for block in blocks:
        if not len(block):
            continue
        rows = _gpx_point(block).texts()
        before = int(block.segment[0]) if number is None else number
        for begin in np.flatnonzero(np.diff(block.segment, prepend=before)).tolist():
            rows[begin] = "</trkseg>\n<trkseg>\n" + rows[begin]
        number = int(block.segment[-1])
        yield "".join(rows).encode()
    yield b"</trkseg></trk>\n</gpx>\n"


def whole_csv(blocks: Iterable[RideColumns]) -> Iterator[bytes]:
    """A table with a row a point: times and numbers, and nothing where a value is not known."""
    names = ["time_utc", "latitude_degrees", "longitude_degrees", "segment", "elevation_m"]
    names += ["elevation_smoothed_m", "distance_km", "speed_kmh", "gradient_percent"]
    for number, block in enumerate(blocks):
        sensors = [name for name in SENSOR_COLUMNS if name in block.sensors]
        if number == 0:
            yield (",".join([*names, *sensors]) + "\r\n").encode()
        values = [
            _times("%s", block.time_s),
            _numbers(f"%.{_DEGREE_DECIMALS}f", block.latitude),
            _numbers(f"%.{_DEGREE_DECIMALS}f", block.longitude),
            _numbers("%d", block.segment.astype(np.float64)),
            _numbers(f"%.{_METRE_DECIMALS}f", block.elevation),
            _numbers("%.1f", block.elevation_smoothed),
            _numbers("%.5f", block.distance_m / 1000),
            _numbers("%.2f", block.speed_kmh),
            _numbers("%.2f", block.gradient),
            *(_numbers("%g", block.sensors[name]) for name in sensors),
        ]
        template = ",".join(part.template for part in values) + "\r\n"
        columns = [column for part in values for column in part.columns]
        yield "".join(_Part(template, columns).texts()).encode()


def whole_geojson(gpx_file_id: UUID, title: str, blocks: Iterable[RideColumns]) -> Iterator[bytes]:
    """A Feature whose geometry has the recording's lines, as `lines_of` gives them."""
    feature = {"type": "Feature", "id": str(gpx_file_id), "properties": {"name": title}}
    opening = orjson.dumps(feature)[:-1]
    yield opening + b',"geometry":{"type":"MultiLineString","coordinates":['
    before: int | None = None
    for lines in lines_of_blocks(map(_places, blocks)):
        places = positions(
            lines.longitude.round(_DEGREE_DECIMALS),
            lines.latitude.round(_DEGREE_DECIMALS),
            lines.elevation.round(_METRE_DECIMALS),
        )
        text = b""
        for begin, end in Segments(lines.number).bounds():
            own = int(lines.number[begin])
            text += b"[" if before is None else b"," if own == before else b"],["
            text += orjson.dumps(places[begin:end])[1:-1]
            before = own
        yield text
    yield b"]}}" if before is None else b"]]}}"


def _places(block: RideColumns) -> Places:
    return Places(block.segment, block.latitude, block.longitude, block.elevation)


def _gpx_point(block: RideColumns) -> _Part:
    place = f'<trkpt lat="%.{_DEGREE_DECIMALS}f" lon="%.{_DEGREE_DECIMALS}f">'
    where = _Part(place, [block.latitude.tolist(), block.longitude.tolist()], is_always=True)
    garmin = [
        _sensor(block, "temperature_c", "<gpxtpx:atemp>%g</gpxtpx:atemp>"),
        _sensor(block, "heart_rate_bpm", "<gpxtpx:hr>%d</gpxtpx:hr>", 1, _MOST_BEATS),
        _sensor(block, "cadence_rpm", "<gpxtpx:cad>%d</gpxtpx:cad>", 0, _MOST_TURNS),
    ]
    sensors = [
        _sensor(block, "power_w", "<power>%g</power>"),
        _wrapped("gpxtpx:TrackPointExtension", garmin),
    ]
    parts = [
        where,
        _numbers(f"<ele>%.{_METRE_DECIMALS}f</ele>", block.elevation),
        _times("<time>%s</time>", block.time_s),
        _wrapped("extensions", sensors),
    ]
    return _joined(parts, "", "</trkpt>\n")


def _sensor(
    block: RideColumns, name: str, template: str, least: int | None = None, most: int = 0
) -> _Part:
    """A sensor's part; with `least`, whole numbers from there to `most`, and no others."""
    values = block.sensors.get(name)
    if values is None:
        return _NOTHING
    if least is not None:
        values = np.rint(values)
        values = np.where((values >= least) & (values <= most), values, np.nan)
    return _numbers(template, values)


def _numbers(template: str, values: FloatArray) -> _Part:
    # Added to a negative zero, zero leaves no sign.
    return _known(template, (values + 0.0).tolist(), ~np.isnan(values))


def _times(template: str, time_s: FloatArray) -> _Part:
    is_known = np.isfinite(time_s)
    milliseconds = np.rint(np.where(is_known, time_s, 0.0) * 1000).astype(np.int64)
    instants = milliseconds.astype("datetime64[ms]")
    if (milliseconds % 1000).any():
        stamps = np.datetime_as_string(instants, unit="ms", timezone="UTC")
    else:
        stamps = np.datetime_as_string(instants, unit="s", timezone="UTC")
    return _known(template, stamps.tolist(), is_known)


def _known(template: str, values: list[Any], is_known: Any) -> _Part:
    if is_known.all():
        return _Part(template, [values], is_always=True)
    if not is_known.any():
        return _NOTHING
    known = zip(values, is_known.tolist(), strict=True)
    return _Part("%s", [[template % value if is_there else "" for value, is_there in known]])


def _wrapped(tag: str, parts: list[_Part]) -> _Part:
    """Parts within an element, which is not there for a point that has none of them."""
    there = [part for part in parts if part.columns]
    if not there:
        return _NOTHING
    opening, closing = f"<{tag}>", f"</{tag}>"
    if any(part.is_always for part in there):
        return _joined(there, opening, closing)
    inner = _joined(there, "", "").texts()
    return _Part("%s", [[text and opening + text + closing for text in inner]])


def _joined(parts: list[_Part], opening: str, closing: str) -> _Part:
    template = opening + "".join(part.template for part in parts) + closing
    return _Part(template, [column for part in parts for column in part.columns], is_always=True)
