"""A document of one of several languages: read fast, read by the parser alone, or its beginning."""

import re
from collections.abc import Sequence
from typing import Final
from xml.parsers import expat

from src.gpx.errors import NotXmlError
from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.formats.values import utc_offset_s
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.encoding import as_utf8, without_bare_ampersands, without_padding
from src.gpx.formats.xml.language import Language
from src.gpx.formats.xml.scanner import BLOCK_BYTES, Scanner
from src.gpx.model import Warning  # noqa: A004
from src.gpx.warning_kinds import WarningKind

_INVALID_TOKEN: Final = expat.errors.XML_ERROR_INVALID_TOKEN


def read(
    languages: Sequence[Language], data: bytes, max_points: int, max_waypoints: int
) -> tuple[Document, bytes]:
    """A document in any encoding, with what can be mended of it in one way alone; and its UTF-8.

    Raises:
        GpxError: as `scanned`; a line is that of the file.
    """
    body = without_padding(data)
    text = as_utf8(body)
    mended = 0
    try:
        document = scanned(languages, text, max_points, max_waypoints)
    except NotXmlError as error:
        text, mended = _mended(text, error)
        if not mended:
            raise _in_lines_of(data, body, error) from None
        document = scanned(languages, text, max_points, max_waypoints)
    if len(body) < len(data):
        document.warnings.append(Warning(WarningKind.PADDED_DOCUMENT.value, 1, 0))
    if mended:
        document.warnings.append(Warning(WarningKind.BARE_AMPERSAND.value, mended, 0))
    return document, text


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
    text = as_utf8(without_padding(head), complete=False)
    try:
        Document(languages, DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS).feed(text)
    except NotXmlError as error:
        text, mended = _mended(text, error)
        if not mended:
            raise
        Document(languages, DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS).feed(text)


def offset_of_first_time(text: bytes, language: Language) -> float | None:
    """`values.utc_offset_s` of the first point that has a time; None where none has."""
    # The time of a file's metadata, which stands before, is that of its export.
    names = "|".join(language.point_elements).encode()
    point = re.search(rb"<(?:[\w.-]+:)?(?:%s)\b" % names, text)
    time = rb"<(?:[\w.-]+:)?%s>([^<]{0,64})<" % language.time_element.encode()
    found = re.compile(time).search(text, point.end()) if point else None
    return utc_offset_s(found[1].decode("ascii", "replace")) if found else None


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
