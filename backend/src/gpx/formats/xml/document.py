"""The structure of a GPX document: which element means what, told by an expat parser.

GPX is a small language, so its reading is an automaton: a state for every element that matters,
and one state each for what lies below a point and for all the rest. Namespaces are not looked
at: only local names count, with any prefix or none.
"""

import math
from typing import Final
from xml.parsers import expat

from src.gpx.errors import (
    DtdRefusedError,
    NotGpxError,
    NotXmlError,
    TooManyWaypointsError,
    TooMuchMarkupError,
)
from src.gpx.formats.columns import COLUMN, FIELDS, Columns
from src.gpx.formats.values import (
    LONGEST_TEXT,
    UNREADABLE,
    instant,
    number,
    odd_instant,
    odd_number,
)
from src.gpx.model import Waypoint
from src.gpx.warning_kinds import WarningKind

# What no recording needs, and what the parser or the interpreter pays dearly for: some 200 bytes
# are kept of each different name, and each element costs two calls.
_MAX_DEPTH: Final = 256
_MAX_NAMES: Final = 10_000
_MAX_ELEMENTS: Final = 5_000_000

# A tag or comment that is not complete is gone through again with every piece that is fed.
_LONGEST_MARKUP: Final = 4 << 20
_PIECE_BYTES: Final = 1 << 20

# Garmin TrackPointExtension v1 and v2, Garmin PowerExtension, cluetrust gpxdata, Holux, bare
# elements.
SENSOR_ELEMENTS: Final = {
    "hr": "heart_rate_bpm",
    "heartrate": "heart_rate_bpm",
    "bpm": "heart_rate_bpm",
    "cad": "cadence_rpm",
    "cadence": "cadence_rpm",
    "power": "power_w",
    "PowerInWatts": "power_w",
    "watts": "power_w",
    "Watts": "power_w",
    "atemp": "temperature_c",
    "temp": "temperature_c",
    "temperature": "temperature_c",
}

# state -> local name of a child element -> the child's state
_CHILDREN: Final[dict[str, dict[str, str]]] = {
    "document": {"gpx": "gpx"},
    "gpx": {
        "name": "file name",
        "metadata": "metadata",
        "trk": "track",
        "rte": "route",
        "wpt": "waypoint",
    },
    "metadata": {"name": "file name"},
    "track": {"name": "track name", "trkseg": "segment", "trkpt": "track point"},
    "segment": {"trkpt": "track point"},
    "route": {"name": "route name", "rtept": "route point"},
    "track point": {"ele": "elevation", "time": "time_s", **SENSOR_ELEMENTS},
    "route point": {"ele": "elevation", "time": "time_s", **SENSOR_ELEMENTS},
    "extension": SENSOR_ELEMENTS,
    "route extension": {**SENSOR_ELEMENTS, "rpt": "shape point"},
    "waypoint": {"name": "waypoint name", "ele": "waypoint elevation"},
}
_NO_CHILDREN: Final[dict[str, str]] = {}
_OTHER_CHILD: Final = {
    "track point": "extension",
    "route point": "route extension",
    "route extension": "route extension",
    "extension": "extension",
}
_POINTS: Final = frozenset({"track point", "route point"})
# Garmin's way between two points of a route: not in the order in which the elements end.
SHAPE_POINT: Final = "shape point"
_VALUES: Final = frozenset(FIELDS) - {"latitude", "longitude"}
_NAMES: Final = frozenset({"file name", "track name", "route name", "waypoint name"})
_TEXTS: Final = _VALUES | _NAMES | {"waypoint elevation"}


def child_state(parent: str, local: str) -> str:
    """The state of an element by its local name and its parent's state."""
    state = _CHILDREN.get(parent, _NO_CHILDREN).get(local)
    return _OTHER_CHILD.get(parent, "ignored") if state is None else state


def read_value(field: str, text: str) -> tuple[float, WarningKind | None]:
    """The value of a field's text, and of which kind the warning is where it is written oddly."""
    is_time = field == "time_s"
    value = (instant if is_time else number)(text)
    if value != UNREADABLE:
        return value, None
    value = (odd_instant if is_time else odd_number)(text)
    kind = WarningKind.ODD_TIME if is_time else WarningKind.ODD_NUMBER
    return value, kind if value != UNREADABLE else None


_NO_MEMORY: Final = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


class Document:
    """A document as far as it has been fed: its points, names and waypoints."""

    def __init__(self, max_points: int, max_waypoints: int) -> None:
        self.track_points = Columns(max_points)
        self.route_points = Columns(max_points)
        self.waypoints: list[Waypoint] = []
        self.names: dict[str, str] = {}
        self._max_waypoints = max_waypoints
        self._waypoints_begun = 0
        self._states = ["document"]
        self._elements = 0
        self._text: list[str] = []
        self._text_left = 0
        self._row: list[float] = []
        self._odd: list[WarningKind] = []
        self._track_name = ""
        self._track_begins = 0
        self._waypoint: dict[str, str] = {}
        self._is_cdata = False
        self._fed = 0
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8", None, self._names)
        self._parser.buffer_text = True
        if hasattr(self._parser, "SetReparseDeferralEnabled"):
            # `standing_before` needs an answer at once; the scanner does not feed in small pieces.
            self._parser.SetReparseDeferralEnabled(False)
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartCdataSectionHandler = self._start_cdata
        self._parser.EndCdataSectionHandler = self._end_cdata
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, data: bytes | memoryview, *, final: bool = False) -> None:
        """Read on. UTF-8 only.

        Raises:
            GpxError: the file is to be refused.
        """
        view = memoryview(data)
        try:
            for start in range(0, len(view), _PIECE_BYTES):
                piece = view[start : start + _PIECE_BYTES]
                self._parser.Parse(piece, False)
                self._fed += len(piece)
                if self._pending_bytes > _LONGEST_MARKUP:
                    raise self._absurd(f"a tag or comment longer than {_LONGEST_MARKUP} bytes")
            if final:
                self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code == _NO_MEMORY:
                raise MemoryError from None
            reason, at = expat.ErrorString(error.code), self._parser.ErrorByteIndex
            column = None if error.offset < 0 else error.offset + 1
            raise NotXmlError(reason, error.lineno, column, at) from None

    @property
    def _pending_bytes(self) -> int:
        """How much has been fed of a tag, comment or character that is not yet complete."""
        return self._fed - self._parser.CurrentByteIndex

    @property
    def state(self) -> str:
        """The state of the innermost element that is open."""
        return self._states[-1]

    def standing_before(self, local: str) -> Columns | None:
        """The columns that a point of this local name would go to if it were to come next.

        None where it would be no point: outside a segment or route, or inside a CDATA section, a
        comment or a processing instruction, of which the last two are not complete then.
        """
        target = child_state(self.state, local)
        if target not in _POINTS or self._is_cdata or self._pending_bytes:
            return None
        return self.track_points if target == "track point" else self.route_points

    def _absurd(self, reason: str) -> TooMuchMarkupError:
        return TooMuchMarkupError(reason, self._parser.CurrentLineNumber)

    def _start_cdata(self) -> None:
        self._is_cdata = True

    def _end_cdata(self) -> None:
        self._is_cdata = False

    def _doctype(self, *_declaration: object) -> None:
        raise DtdRefusedError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._states[-1]
        local = name.rpartition(":")[2]
        if parent == "document" and local != "gpx":
            raise NotGpxError(local)
        state = child_state(parent, local)
        self._states.append(state)
        self._bear_with_it()
        if state in _TEXTS:
            self._text.clear()
            self._text_left = LONGEST_TEXT
        elif state in _POINTS:
            self._begin_point(parent, attributes)
        elif state == SHAPE_POINT:
            self._end_point(self.route_points)
            self._row = self._place(attributes)
            self._end_point(self.route_points)
        elif state == "segment":
            self.track_points.end_segment()
        elif state == "track":
            self._track_name, self._track_begins = "", len(self.track_points)
        elif state == "waypoint":
            self._waypoints_begun += 1
            if self._waypoints_begun > self._max_waypoints:
                raise TooManyWaypointsError(self._max_waypoints)
            self._waypoint = attributes

    def _characters(self, text: str) -> None:
        # The piece that goes beyond the longest text shows that the text is longer.
        if self._states[-1] in _TEXTS and self._text_left >= 0:
            self._text.append(text)
            self._text_left -= len(text)

    def _end(self, _name: str) -> None:
        state = self._states.pop()
        if state in _VALUES:
            self._value(state)
        elif state == "track point":
            self._end_point(self.track_points)
        elif state == "route point":
            self._end_point(self.route_points)
        elif state == "segment":
            self.track_points.end_segment()
        elif state == "track":
            self._end_track()
        elif state == "route":
            self.route_points.end_segment()
        elif state == "waypoint elevation":
            self._waypoint["ele"] = "".join(self._text)
        elif state in _NAMES:
            self._named(state)
        elif state == "waypoint":
            self._end_waypoint()

    def _bear_with_it(self) -> None:
        """Refuse a document that has more in it than any recording."""
        self._elements += 1
        if len(self._states) > _MAX_DEPTH:
            raise self._absurd("elements nested too deeply")
        if self._elements > _MAX_ELEMENTS:
            raise self._absurd(f"more than {_MAX_ELEMENTS} elements that are not regular points")
        if len(self._names) > _MAX_NAMES:
            raise self._absurd(f"more than {_MAX_NAMES} different names of elements and attributes")

    def _begin_point(self, parent: str, attributes: dict[str, str]) -> None:
        self._row = self._place(attributes)
        if parent == "track":
            self._odd.append(WarningKind.MISPLACED_POINT)

    def _place(self, attributes: dict[str, str]) -> list[float]:
        """The row of a point of which nothing but its place is known yet."""
        row = [math.nan] * len(FIELDS)
        row[0] = self._read("latitude", attributes.get("lat", ""))
        row[1] = self._read("longitude", attributes.get("lon", ""))
        return row

    def _end_point(self, columns: Columns) -> None:
        if not self._row:
            # The shape of the way behind it has ended it already.
            return
        for kind in self._odd:
            columns.notice(kind, len(columns))
        self._odd.clear()
        columns.append(self._row)
        self._row = []

    def _end_track(self) -> None:
        self.track_points.end_segment()
        if self._track_name and len(self.track_points) > self._track_begins:
            self.names.setdefault("track name", self._track_name)

    def _read(self, field: str, text: str) -> float:
        value, odd = read_value(field, text)
        if odd:
            self._odd.append(odd)
        return value

    def _value(self, field: str) -> None:
        column = COLUMN[field]
        if self._row and math.isnan(self._row[column]):
            self._row[column] = self._read(field, "".join(self._text))

    def _named(self, state: str) -> None:
        name = " ".join("".join(self._text)[:LONGEST_TEXT].split())
        if state == "waypoint name":
            self._waypoint["name"] = name
        elif state == "track name":
            self._track_name = self._track_name or name
        elif name:
            self.names.setdefault(state, name)

    def _end_waypoint(self) -> None:
        latitude = number(self._waypoint.get("lat", ""))
        longitude = number(self._waypoint.get("lon", ""))
        elevation = number(self._waypoint.get("ele", ""))
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            self.waypoints.append(
                Waypoint(
                    name=self._waypoint.get("name") or None,
                    latitude=latitude,
                    longitude=longitude,
                    elevation=elevation if math.isfinite(elevation) else None,
                )
            )
