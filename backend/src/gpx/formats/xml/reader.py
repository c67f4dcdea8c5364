"""A document of one of several languages: read fast, read by the parser alone, or its beginning."""

import re
from collections.abc import Sequence

from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.formats.values import utc_offset_s
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.encoding import as_utf8
from src.gpx.formats.xml.language import Language
from src.gpx.formats.xml.scanner import BLOCK_BYTES, Scanner


def scanned(
    languages: Sequence[Language],
    data: bytes,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
    *,
    block_bytes: int = BLOCK_BYTES,
) -> Document:
    """The document as the scanner and the parser read it together; the same, but faster."""
    document = Document(languages, max_points, max_waypoints)
    Scanner(document, data, block_bytes).run()
    return document


def parsed(
    languages: Sequence[Language],
    data: bytes,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
) -> Document:
    """The document as the XML parser alone reads it."""
    document = Document(languages, max_points, max_waypoints)
    document.feed(data, final=True)
    return document


def sniff(languages: Sequence[Language], head: bytes) -> None:
    """Refuse a document by its beginning alone; whatever can be read passes, cut at any byte.

    Raises:
        GpxError: as `scanned`, as far as the beginning tells.
    """
    document = Document(languages, DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS)
    document.feed(as_utf8(head, complete=False))


def offset_of_first_time(text: bytes, language: Language) -> float | None:
    """`values.utc_offset_s` of the first point that has a time; None where none has."""
    # The time of a file's metadata, which stands before, is that of its export.
    names = "|".join(language.point_elements).encode()
    point = re.search(rb"<(?:[\w.-]+:)?(?:%s)\b" % names, text)
    time = rb"<(?:[\w.-]+:)?%s>([^<]{0,64})<" % language.time_element.encode()
    found = re.compile(time).search(text, point.end()) if point else None
    return utc_offset_s(found[1].decode("ascii", "replace")) if found else None
