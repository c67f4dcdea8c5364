"""From the bytes of a GPX file to its points, names and waypoints."""

from src.gpx.errors import NotXmlError
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.encoding import as_utf8
from src.gpx.formats.xml.scanner import BLOCK_BYTES, Scanner
from src.gpx.model import Recording

DEFAULT_MAX_POINTS = 2_000_000


def read(data: bytes, *, max_points: int = DEFAULT_MAX_POINTS) -> Recording:
    """Read a GPX 1.0 or 1.1 document in any encoding that its bytes or its declaration name.

    Nothing is repaired here: a missing value is NaN, and a value that stands in the file but
    cannot be read is infinite, be it position, elevation, time or sensor. Routes are read where
    the file has no track point; each route is a segment.

    Raises:
        NotXmlError: the document is not well-formed, at whatever place.
        DtdRefusedError: it has a document type declaration.
        NotGpxError: its root element is not `gpx`.
        TooManyPointsError: it has more than `max_points` track points or route points.
    """
    document = scanned(as_utf8(data), max_points)
    is_route = len(document.route_points) > 0 and len(document.track_points) == 0
    points = document.route_points if is_route else document.track_points
    name = document.names.get("route name" if is_route else "track name")
    return Recording(
        track=points.track(),
        kind="route" if is_route else "track",
        name=name or document.names.get("file name"),
        waypoints=tuple(document.waypoints),
    )


def scanned(data: bytes, max_points: int, block_bytes: int = BLOCK_BYTES) -> Document:
    """The document as the scanner and the parser read it together; the same, but faster."""
    document = Document(max_points)
    try:
        Scanner(document, data, block_bytes).run()
    except NotXmlError:
        # The parser has not seen the whole document: let it find the place of the error.
        document = parsed(data, max_points)
    return document


def parsed(data: bytes, max_points: int) -> Document:
    """The document as the XML parser alone reads it."""
    document = Document(max_points)
    document.feed(data, final=True)
    return document


def sniff(head: bytes) -> None:
    """Refuse a file by its beginning alone; whatever `read` accepts passes, cut at any byte.

    Raises:
        GpxError: as `read`, as far as the beginning tells.
    """
    Document(DEFAULT_MAX_POINTS).feed(as_utf8(head, complete=False))
