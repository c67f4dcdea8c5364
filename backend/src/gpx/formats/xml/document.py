"""The structure of an XML document: which element means what, told by an expat parser.

Track logs are written in small languages, so their reading is an automaton: a state for every
element that matters, and one state each for what lies below a point and for all the rest. The root
element decides which language it is. Namespaces are not looked at: only local names count, with
any prefix or none.
"""

import math
from array import array
from collections.abc import Sequence
from typing import Final
from xml.parsers import expat

from src.gpx.errors import (
    DtdRefusedError,
    NotGpxError,
    NotXmlError,
    TooManyWaypointsError,
    TooMuchMarkupError,
)
from src.gpx.formats.columns import Columns
from src.gpx.formats.values import (
    LONGEST_TEXT,
    UNREADABLE,
    instant,
    number,
    odd_instant,
    odd_number,
)
from src.gpx.formats.xml.language import (
    LAP_TOTALS,
    NAMES,
    POINTS,
    SHAPE_POINT,
    WAYPOINT_NUMBERS,
    Language,
)
from src.gpx.model import Warning, Waypoint  # noqa: A004
from src.gpx.warning_kinds import WarningKind

# What no recording needs, and what the parser or the interpreter pays dearly for: some 200 bytes
# are kept of each different name, and each element costs two calls, with a text three or four, as a
# point four or five. A recording of 50 MB with no regular point at all has four fifths as much.
_MAX_DEPTH: Final = 256
_MAX_NAMES: Final = 10_000
_MAX_ELEMENTS: Final = 5_000_000
_MORE_FOR_A_TEXT: Final = 1
_MORE_FOR_A_POINT: Final = 2
_MAX_LAPS: Final = 100_000

# A tag or comment that is not complete is gone through again with every piece that is fed.
_LONGEST_MARKUP: Final = 4 << 20
_PIECE_BYTES: Final = 1 << 20

_NO_MEMORY: Final = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


def read_value(field: str, text: str) -> tuple[float, WarningKind | None]:
    """The value of a field's text, and of which kind the warning is where it is written oddly."""
    is_time = field == "time_s"
    value = (instant if is_time else number)(text)
    if value != UNREADABLE:
        return value, None
    value = (odd_instant if is_time else odd_number)(text)
    kind = WarningKind.ODD_TIME if is_time else WarningKind.ODD_NUMBER
    return value, kind if value != UNREADABLE else None


class Document:
    """A document as far as it has been fed: its points, names, waypoints and laps.

    `language` is that of its root element, and the first of those allowed before there is one.
    `lap_starts` are the numbers of track points before each lap. `warnings` are about the document
    itself; those about its points are with its columns.
    """

    def __init__(self, languages: Sequence[Language], max_points: int, max_waypoints: int) -> None:
        self.languages = {language.root: language for language in languages}
        self.laps: list[dict[str, float]] = []
        self.lap_starts = array("q")
        self._max_points = max_points
        self._speak(languages[0])
        self.waypoints: list[Waypoint] = []
        self.names: dict[str, str] = {}
        self.warnings: list[Warning] = []
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
        target = self.language.child_state(self.state, local)
        if target not in POINTS or self._is_cdata or self._pending_bytes:
            return None
        return self.track_points if target == "track point" else self.route_points

    def _speak(self, language: Language) -> None:
        self.language = language
        self.track_points = Columns(self._max_points, language.fields)
        self.route_points = Columns(self._max_points, language.fields)

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
        if parent == "document":
            if local not in self.languages:
                raise NotGpxError(local)
            self._speak(self.languages[local])
        state = self.language.child_state(parent, local)
        self._states.append(state)
        self._bear_with_it()
        if state in self.language.texts:
            self._text.clear()
            self._text_left = LONGEST_TEXT
            self._elements += _MORE_FOR_A_TEXT
        elif state in POINTS:
            self._elements += _MORE_FOR_A_POINT
            self._begin_point(parent, attributes)
        elif state == SHAPE_POINT:
            self._elements += _MORE_FOR_A_POINT
            self._end_point(self.route_points)
            self._row = self._place(attributes)
            self._end_point(self.route_points)
        elif state == "segment":
            self.track_points.end_segment()
        elif state == "track":
            self._track_name, self._track_begins = "", len(self.track_points)
        elif state == "waypoint":
            self._start_waypoint(attributes)
        elif state == "lap":
            self._start_lap()

    def _characters(self, text: str) -> None:
        # The piece that goes beyond the longest text shows that the text is longer.
        if self._states[-1] in self.language.texts and self._text_left >= 0:
            self._text.append(text)
            self._text_left -= len(text)

    def _start_waypoint(self, attributes: dict[str, str]) -> None:
        self._waypoints_begun += 1
        if self._waypoints_begun > self._max_waypoints:
            raise TooManyWaypointsError(self._max_waypoints)
        self._waypoint = {
            "waypoint latitude": attributes.get("lat", ""),
            "waypoint longitude": attributes.get("lon", ""),
        }

    def _start_lap(self) -> None:
        if len(self.laps) >= _MAX_LAPS:
            raise self._absurd(f"more than {_MAX_LAPS} laps")
        self.laps.append({})
        self.lap_starts.append(len(self.track_points))

    def _end(self, _name: str) -> None:
        state = self._states.pop()
        if state in self.language.column:
            self._value(state)
        elif state == "track point":
            self._end_point(self.track_points)
        elif state == "route point":
            self._end_point(self.route_points)
        elif state == "segment":
            self.track_points.end_segment()
        elif state == "track":
            self._end_track()
        elif state == "route segment":
            self.route_points.end_segment()
        elif state in self.language.texts:
            self._told(state, "".join(self._text))
        elif state == "waypoint":
            self._end_waypoint()

    def _bear_with_it(self) -> None:
        """Refuse a document that has more in it than any recording."""
        self._elements += 1
        if len(self._states) > _MAX_DEPTH:
            raise self._absurd("elements nested too deeply")
        if self._elements > _MAX_ELEMENTS:
            raise self._absurd("more elements that are not regular points than any recording")
        if len(self._names) > _MAX_NAMES:
            raise self._absurd(f"more than {_MAX_NAMES} different names of elements and attributes")

    def _begin_point(self, parent: str, attributes: dict[str, str]) -> None:
        self._row = self._place(attributes)
        if parent == "track":
            self._odd.append(WarningKind.MISPLACED_POINT)

    def _place(self, attributes: dict[str, str]) -> list[float]:
        """The row of a point of which nothing but its place is known yet."""
        row = [math.nan] * len(self.language.fields)
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
        column = self.language.column[field]
        if self._row and math.isnan(self._row[column]):
            self._row[column] = self._read(field, "".join(self._text))

    def _told(self, state: str, text: str) -> None:
        """A text that is no value of a point: a name, or of a waypoint or lap."""
        if state in WAYPOINT_NUMBERS:
            self._waypoint[state] = text
        elif state in LAP_TOTALS:
            self.laps[-1].setdefault(state, number(text))
        elif state in NAMES:
            name = " ".join(text[:LONGEST_TEXT].split())
            if state == "waypoint name":
                self._waypoint["name"] = name
            elif state == "track name":
                self._track_name = self._track_name or name
            elif name:
                self.names.setdefault(state, name)

    def _end_waypoint(self) -> None:
        latitude = number(self._waypoint.get("waypoint latitude", ""))
        longitude = number(self._waypoint.get("waypoint longitude", ""))
        elevation = number(self._waypoint.get("waypoint elevation", ""))
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            self.waypoints.append(
                Waypoint(
                    name=self._waypoint.get("name") or None,
                    latitude=latitude,
                    longitude=longitude,
                    elevation=elevation if math.isfinite(elevation) else None,
                )
            )
