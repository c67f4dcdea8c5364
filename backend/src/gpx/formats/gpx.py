"""From the bytes of a GPX file to its points, names and waypoints."""

import re
from datetime import datetime
from xml.parsers import expat

from src.gpx.errors import NotXmlError
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.encoding import as_utf8, without_bare_ampersands, without_padding
from src.gpx.formats.xml.scanner import BLOCK_BYTES, Scanner
from src.gpx.model import Recording, Warning  # noqa: A004
from src.gpx.warning_kinds import WarningKind

_POINT = re.compile(rb"<(?:[\w.-]+:)?(?:trkpt|rtept)\b")
_TIME = re.compile(rb"<(?:[\w.-]+:)?time>([^<]{0,64})<")
_INVALID_TOKEN = expat.errors.XML_ERROR_INVALID_TOKEN
_LINE_POINTS = 2
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
    body = without_padding(data)
    warnings = [Warning(WarningKind.PADDED_DOCUMENT.value, 1, 0)] if len(body) < len(data) else []
    text = as_utf8(body)
    try:
        document = scanned(text, max_points, max_waypoints)
    except NotXmlError as error:
        text, mended = _mended(text, error)
        if not mended:
            raise _in_lines_of(data, body, error) from None
        document = scanned(text, max_points, max_waypoints)
        warnings.append(Warning(WarningKind.BARE_AMPERSAND.value, mended, 0))
    # One point is where somebody pressed a button, not a track.
    is_route = len(document.route_points) > 0 and len(document.track_points) < _LINE_POINTS
    points = document.route_points if is_route else document.track_points
    name = document.names.get("route name" if is_route else "track name")
    return Recording(
        track=points.track(),
        kind="route" if is_route else "track",
        name=name or document.names.get("file name"),
        waypoints=tuple(document.waypoints),
        utc_offset_s=_offset_of_first_time(text),
        warnings=(*warnings, *points.warnings()),
    )


def _mended(text: bytes, error: NotXmlError) -> tuple[bytes, int]:
    """The text without the only fault that can be mended in one way alone, and how often."""
    if error.reason != _INVALID_TOKEN:
        return text, 0
    return without_bare_ampersands(text)


def _in_lines_of(data: bytes, body: bytes, error: NotXmlError) -> NotXmlError:
    """The error with its line counted from the beginning of the file."""
    if error.line is None:
        return error
    cut = data[: len(data) - len(body)].count(b"\n") if not data.startswith(body[:5]) else 0
    return type(error)(error.reason, error.line + cut, error.column, error.at)


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
    """How far the clock of the first point that has a time is ahead of UTC, in seconds.

    None where the time is in UTC, as nearly all are, or has no offset: it tells of no place then.
    """
    # The time of a file's metadata, which stands before, is that of its export.
    point = _POINT.search(text)
    found = _TIME.search(text, point.end()) if point else None
    if found is None:
        return None
    try:
        offset = datetime.fromisoformat(found[1].decode("ascii").strip()).utcoffset()
    except ValueError:
        return None
    return offset.total_seconds() if offset else None


def sniff(head: bytes) -> None:
    """Refuse a file by its beginning alone; whatever `read` accepts passes, cut at any byte.

    Raises:
        GpxError: as `read`, as far as the beginning tells.
    """
    document = Document(DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS)
    text = as_utf8(without_padding(head), complete=False)
    try:
        document.feed(text)
    except NotXmlError as error:
        text, mended = _mended(text, error)
        if not mended:
            raise
        Document(DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS).feed(text)
