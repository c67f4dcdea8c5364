"""Every format that is read: which one a file is of, by what is in it, and its reader.

Names of files are not looked at: a `.fit` that holds GPX is read as GPX.
"""

import codecs
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from src.gpx.errors import EmptyFileError, GpxError, MissingColumnsError, UnknownFormatError
from src.gpx.formats import csv_log, fit, gpx, packed, tcx
from src.gpx.formats.csv_log.headers import REQUIRED
from src.gpx.formats.csv_log.layout import SEPARATORS, has_whole_header, layout_of
from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.formats.xml import reader as xml
from src.gpx.formats.xml.encoding import marked_codec
from src.gpx.model import Recording

_LANGUAGES: Final = {gpx.LANGUAGE: gpx.recording, tcx.LANGUAGE: tcx.recording}
_HEAD_BYTES: Final = 1 << 16
# Of a packed file that is cut anywhere, fewer bytes tell nothing.
_LEAST_UNPACKED: Final = 1 << 10
# What begins XML in any encoding: appendix F of its specification, behind a mark or white space.
_XML_SIGNATURES: Final = (b"<", b"\0<", b"\0\0\0<")
_WHITE: Final = b" \t\r\n"
_JSON_SIGNATURES: Final = ("{", "[")
# Characters that no text has; a zero byte stands in every text of two bytes a character.
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


class Kind(StrEnum):
    """A family of formats with one reader."""

    XML = "xml"
    FIT = "fit"
    CSV = "csv"


def kind_of(head: bytes) -> Kind:
    """What a file is that begins like this.

    Raises:
        EmptyFileError: there is nothing in it.
        UnknownFormatError: nothing that is known.
    """
    if fit.is_fit(head):
        return Kind.FIT
    if _is_xml(head):
        return Kind.XML
    if not head or head.isspace():
        raise EmptyFileError
    if _is_table(head[:_HEAD_BYTES]):
        return Kind.CSV
    raise UnknownFormatError


def read(
    data: bytes,
    *,
    mapping: Mapping[str, str] | None = None,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
    max_unpacked_bytes: int = packed.DEFAULT_MAX_BYTES,
) -> Recording:
    """Read a track log of any format, packed or not.

    `mapping` is that of `csv_log.read`, and is not looked at for other formats.

    Raises:
        GpxError: as the reader of its format, or as `packed.unpacked`.
        UnknownFormatError: it is of no known format.
    """
    data = packed.unpacked(data, max_unpacked_bytes)
    match kind_of(data):
        case Kind.FIT:
            return fit.read(data, max_points=max_points, max_waypoints=max_waypoints)
        case Kind.CSV:
            return csv_log.read(data, mapping=mapping, max_points=max_points)
        case Kind.XML:
            document, text = xml.read(tuple(_LANGUAGES), data, max_points, max_waypoints)
            return _LANGUAGES[document.language](document, text)


def sniff(head: bytes, *, mapping: Mapping[str, str] | None = None) -> None:
    """Refuse a file by its beginning alone; whatever `read` accepts passes, cut at any byte.

    FIT tells by twelve bytes, and a table by what separates its first two columns; with fewer,
    only a whole file is known.

    Raises:
        GpxError: as `read`, as far as the beginning tells.
    """
    content = packed.head(head, _HEAD_BYTES)
    if content is None or (content is not head and len(content) < _LEAST_UNPACKED):
        return
    match kind_of(content):
        case Kind.XML:
            xml.sniff(tuple(_LANGUAGES), content)
        case Kind.CSV:
            _sniff_table(content, mapping)
        case Kind.FIT:
            """Its first bytes have told."""


def table_of(data: bytes) -> csv_log.Detected | None:
    """What a table looks like, whether it can be read as it is or not; None where a file is none.

    `data` is unpacked already. Of a long table the beginning is looked at.
    """
    try:
        if kind_of(data) is not Kind.CSV:
            return None
        return csv_log.detect(_whole_rows(data[:_HEAD_BYTES]) or data)
    except GpxError:
        return None


def _is_xml(head: bytes) -> bool:
    if head.startswith(_XML_SIGNATURES):
        return True
    codec = marked_codec(head)
    if codec is None:
        return head.lstrip(_WHITE).startswith(b"<")
    return head[:_HEAD_BYTES].decode(codec, "ignore").lstrip().startswith("<")


def _is_table(head: bytes) -> bool:
    """Whether it is text with something in it that separates columns."""
    codec = marked_codec(head)
    if codec is None:
        if head.translate(None, _CONTROLS) != head:
            return False
        text = head.decode("latin-1")
    else:
        text = head.decode(codec, "replace")
    if text.lstrip().startswith(_JSON_SIGNATURES):
        return False
    return any(separator in text for separator in SEPARATORS)


def _sniff_table(head: bytes, mapping: Mapping[str, str] | None) -> None:
    rows = _whole_rows(head)
    if rows is None or not has_whole_header(rows):
        return
    layout = layout_of(rows, mapping)
    missing = tuple(key for key in REQUIRED if key not in layout.columns)
    if missing:
        raise MissingColumnsError(missing)


def _whole_rows(head: bytes) -> bytes | None:
    """The beginning of a table as far as its last line is whole; None where none is."""
    codec = marked_codec(head)
    if codec in {None, "utf-8-sig"}:
        end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
        return head[:end] or None
    text = head.decode(codec or "utf-8", "ignore")
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return codecs.BOM_UTF8 + text[:end].encode() if end else None
