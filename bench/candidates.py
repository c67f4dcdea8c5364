"""Ways to read the points of a GPX file that were tried against each other.

Each takes the bytes of a file and returns latitude, longitude, elevation and time in seconds, or
nothing where it only shows how fast a tokenizer or a library's own objects can be. All but the
engine's assume that every point has an elevation and a time, in the namespace of GPX 1.1.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from xml.parsers import expat

import gpxpy
import numpy as np
import numpy.typing as npt
from lxml import etree

from src.gpx.formats.columns import Columns
from src.gpx.formats.gpx import parsed, scanned
from src.gpx.formats.limits import DEFAULT_MAX_POINTS

Points = tuple[npt.NDArray[np.float64], ...]
Candidate = Callable[[bytes], Points | None]

_PIECE_BYTES = 1 << 20
_GPX = "http://www.topografix.com/GPX/1/1"
_XPATHS = ("@lat", "@lon", "g:ele/text()", "g:time/text()")
_STYLESHEET = f"""<xsl:stylesheet version="1.0" xmlns:g="{_GPX}"
xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/><xsl:template match="/"><xsl:for-each select="//g:trkpt">
<xsl:value-of select="@lat"/>,<xsl:value-of select="@lon"/>,<xsl:value-of
select="g:ele"/>,<xsl:value-of select="g:time"/><xsl:text>&#10;</xsl:text>
</xsl:for-each></xsl:template></xsl:stylesheet>"""


def gpxpy_parse(data: bytes) -> None:
    gpxpy.parse(data)


def expat_alone(data: bytes) -> None:
    expat.ParserCreate().Parse(data, True)


def lxml_alone(data: bytes) -> None:
    _tree(data)


def expat_callbacks(data: bytes) -> Points:
    return _columns(parsed(data, DEFAULT_MAX_POINTS).track_points)


def scanner(data: bytes) -> Points:
    return _columns(scanned(data, DEFAULT_MAX_POINTS).track_points)


def lxml_loop(data: bytes) -> Points:
    rows = [
        (point.get("lat"), point.get("lon"), point[0].text, point[1].text)
        for point in _tree(data).iter("{*}trkpt")
    ]
    latitude, longitude, elevation, times = zip(*rows, strict=True)
    return _floats(latitude), _floats(longitude), _floats(elevation), _seconds(times)


def lxml_xpath(data: bytes) -> Points:
    return _by_xpath(_tree(data))


def lxml_xpath_in_pieces(data: bytes) -> Points:
    """Pieces of about a megabyte, each made a document of its own."""
    pieces = [_by_xpath(_tree(piece)) for piece in _pieces(data)]
    return tuple(map(np.concatenate, zip(*pieces, strict=True)))


def lxml_xslt(data: bytes) -> Points:
    rows = [line.split(",") for line in _transformed(data).split("\n") if line.strip()]
    latitude, longitude, elevation, times = zip(*rows, strict=True)
    return _floats(latitude), _floats(longitude), _floats(elevation), _seconds(times)


def lxml_xslt_polars(data: bytes) -> Points:
    polars = import_module("polars")
    names = ["latitude", "longitude", "elevation", "time"]
    table = polars.read_csv(_transformed(data).encode(), has_header=False, new_columns=names)
    time_s = table["time"].str.strip_chars().str.to_datetime().dt.epoch("ms").to_numpy() / 1000
    return *(table[name].cast(polars.Float64).to_numpy() for name in names[:3]), time_s


CANDIDATES: dict[str, Candidate] = {
    "the engine: scanner and expat together": scanner,
    "expat with callbacks into arrays (the engine's other path)": expat_callbacks,
    "lxml tree, one loop over the points": lxml_loop,
    "lxml tree, one XPath a column": lxml_xpath,
    "lxml in pieces of 1 MiB, one XPath a column": lxml_xpath_in_pieces,
    "lxml tree, XSLT to text, split": lxml_xslt,
    "lxml tree, XSLT to text, polars": lxml_xslt_polars,
    "gpxpy.parse (objects, no arrays)": gpxpy_parse,
    "expat without handlers (the tokenizer's floor)": expat_alone,
    "lxml tree, nothing read from it": lxml_alone,
}
if find_spec("polars") is None:
    del CANDIDATES["lxml tree, XSLT to text, polars"]


def _tree(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))


def _by_xpath(root: etree._Element) -> Points:
    columns = [
        etree.XPath(f"//g:trkpt/{path}", namespaces={"g": _GPX}, smart_strings=False)(root)
        for path in _XPATHS
    ]
    return *map(_floats, columns[:3]), _seconds(columns[3])


def _pieces(data: bytes) -> Iterator[bytes]:
    head = re.search(rb"<gpx[^>]*>", data)
    assert head is not None
    position = data.index(b"<trkpt")
    while position >= 0:
        end = data.rfind(b"</trkpt>", position, position + _PIECE_BYTES) + len(b"</trkpt>")
        between = re.sub(rb"</?(?:trk|trkseg)>|<name>[^<]*</name>", b"", data[position:end])
        yield head[0] + between + b"</gpx>"
        position = data.find(b"<trkpt", end)


def _transformed(data: bytes) -> str:
    return str(etree.XSLT(etree.XML(_STYLESHEET))(_tree(data)))


def _columns(columns: Columns) -> Points:
    track = columns.track()
    return track.latitude, track.longitude, track.elevation, track.time_s


def _floats(texts: object) -> npt.NDArray[np.float64]:
    return np.array([*map(float, texts)])  # type: ignore[call-overload]


def _seconds(texts: object) -> npt.NDArray[np.float64]:
    stamps = [text.strip().rstrip("Z") for text in texts]  # type: ignore[attr-defined]
    return np.array(stamps, "datetime64[ms]").astype(np.int64) / 1000
