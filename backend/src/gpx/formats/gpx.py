"""From the bytes of a GPX file to its points, names and waypoints."""

from functools import partial
from typing import Final

from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.formats.xml import reader
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.language import SENSOR_ELEMENTS, SHAPE_POINT, Language
from src.gpx.model import Recording

_IN_POINT: Final = {"ele": "elevation", "time": "time_s", **SENSOR_ELEMENTS}
LANGUAGE: Final = Language(
    root="gpx",
    children={
        "document": {"gpx": "gpx"},
        "gpx": {
            "name": "file name",
            "metadata": "metadata",
            "trk": "track",
            "rte": "route segment",
            "wpt": "waypoint",
        },
        "metadata": {"name": "file name"},
        "track": {"name": "track name", "trkseg": "segment", "trkpt": "track point"},
        "segment": {"trkpt": "track point"},
        "route segment": {"name": "route name", "rtept": "route point"},
        "track point": _IN_POINT,
        "route point": _IN_POINT,
        "extension": SENSOR_ELEMENTS,
        "route extension": {**SENSOR_ELEMENTS, "rpt": SHAPE_POINT},
        "waypoint": {"name": "waypoint name", "ele": "waypoint elevation"},
    },
    other_child={
        "track point": "extension",
        "route point": "route extension",
        "route extension": "route extension",
        "extension": "extension",
    },
    point_elements=("trkpt", "rtept"),
    time_element="time",
)
_LINE_POINTS: Final = 2
scanned = partial(reader.scanned, (LANGUAGE,))
parsed = partial(reader.parsed, (LANGUAGE,))
sniff = partial(reader.sniff, (LANGUAGE,))


def read(
    data: bytes,
    *,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
) -> Recording:
    """Read a GPX 1.0 or 1.1 document in any encoding that its bytes or its declaration name.

    Nothing is repaired here: a missing value is NaN, and a value that stands in the file but
    cannot be read is infinite, be it position, elevation, time or sensor. What is written oddly
    but can mean one thing only is read, with a warning. Routes are read where the file has no
    track of two points; each route is a segment. Names are read as far as their first
    `values.LONGEST_TEXT` characters.

    Raises:
        NotXmlError: the document is not well-formed, at whatever place, or it has markup that no
            recording has: deep, endless, of thousands of names, or of millions of elements.
        DtdRefusedError: it has a document type declaration.
        NotGpxError: its root element is not `gpx`.
        TooManyPointsError: it has more than `max_points` track points or route points.
        TooManyWaypointsError: it has more than `max_waypoints` waypoints.
    """
    return recording(*reader.read((LANGUAGE,), data, max_points, max_waypoints))


def recording(document: Document, text: bytes) -> Recording:
    """What a document, read from `text`, says as GPX."""
    # One point is where somebody pressed a button, not a track.
    is_route = len(document.route_points) > 0 and len(document.track_points) < _LINE_POINTS
    points = document.route_points if is_route else document.track_points
    name = document.names.get("route name" if is_route else "track name")
    return Recording(
        track=points.track(),
        kind="route" if is_route else "track",
        name=name or document.names.get("file name"),
        waypoints=tuple(document.waypoints),
        utc_offset_s=reader.offset_of_first_time(text, LANGUAGE),
        warnings=(*document.warnings, *points.warnings()),
    )
