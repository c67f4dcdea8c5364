"""From the bytes of a GPX file to its points, names and waypoints."""

import re

from src.gpx.formats.values import utc_offset_s
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.encoding import as_utf8
from src.gpx.formats.xml.scanner import BLOCK_BYTES, Scanner
from src.gpx.model import Recording

_POINT = re.compile(rb"<(?:[\w.-]+:)?(?:trkpt|rtept)\b")
_TIME = re.compile(rb"<(?:[\w.-]+:)?time>([^<]{0,64})<")
DEFAULT_MAX_POINTS = 2_000_000
DEFAULT_MAX_WAYPOINTS = 100_000


def read(
    data: bytes,
    *,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
) -> Recording:
    """Read a GPX 1.0 or 1.1 document in any encoding that its bytes or its declaration name.

    Nothing is repaired here: a missing value is NaN, and a value that stands in the file but
    cannot be read is infinite, be it position, elevation, time or sensor. Routes are read where
    the file has no track point; each route is a segment. Names are read as far as their first
    `values.LONGEST_TEXT` characters.

    Raises:
        NotXmlError: the document is not well-formed, at whatever place, or it has markup that no
            recording has: deep, endless, of thousands of names, or of millions of elements.
        DtdRefusedError: it has a document type declaration.
        NotGpxError: its root element is not `gpx`.
        TooManyPointsError: it has more than `max_points` track points or route points.
        TooManyWaypointsError: it has more than `max_waypoints` waypoints.
    """
    text = as_utf8(data)
    document = scanned(text, max_points, max_waypoints)
    is_route = len(document.route_points) > 0 and len(document.track_points) == 0
    points = document.route_points if is_route else document.track_points
    name = document.names.get("route name" if is_route else "track name")
    return Recording(
        track=points.track(),
        kind="route" if is_route else "track",
        name=name or document.names.get("file name"),
        waypoints=tuple(document.waypoints),
        utc_offset_s=_offset_of_first_time(text),
    )


def scanned(
    data: bytes,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
    *,
    block_bytes: int = BLOCK_BYTES,
) -> Document:
    """The document as the scanner and the parser read it together; the same, but faster."""
    document = Document(max_points, max_waypoints)
    Scanner(document, data, block_bytes).run()
    return document


def parsed(
    data: bytes,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
) -> Document:
    """The document as the XML parser alone reads it."""
    document = Document(max_points, max_waypoints)
    document.feed(data, final=True)
    return document


def _offset_of_first_time(text: bytes) -> float | None:
    """`values.utc_offset_s` of the first point that has a time; None where none has."""
    # The time of a file's metadata, which stands before, is that of its export.
    point = _POINT.search(text)
    found = _TIME.search(text, point.end()) if point else None
    return utc_offset_s(found[1].decode("ascii", "replace")) if found else None


def sniff(head: bytes) -> None:
    """Refuse a file by its beginning alone; whatever `read` accepts passes, cut at any byte.

    Raises:
        GpxError: as `read`, as far as the beginning tells.
    """
    document = Document(DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS)
    document.feed(as_utf8(head, complete=False))
