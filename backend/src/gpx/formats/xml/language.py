"""What the elements of a format mean, for formats that are written in XML.

The states are shared, so that whatever reads a document need not know its format: `track point`
and `route point` are points, their fields those of `Language.fields`; `segment` and `route segment`
end a stretch of either, and so does `track`, whose points may stand in no segment; `shape point` is
one of Garmin's between two points of a route, and stands in the first of them; `track name`,
`route name`, `file name` and `device name` are names; `waypoint` begins a named place, and `lap` a
lap, whose totals are the states of `LAP_TOTALS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from src.gpx.formats.columns import FIELDS

POINTS: Final = frozenset({"track point", "route point"})
# Not in the order in which the elements end.
SHAPE_POINT: Final = "shape point"
NAMES: Final = frozenset({"file name", "track name", "route name", "device name", "waypoint name"})
WAYPOINT_NUMBERS: Final = frozenset(
    {"waypoint latitude", "waypoint longitude", "waypoint elevation"}
)
LAP_TOTALS: Final = ("lap seconds", "lap metres", "lap fastest")

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

_NO_CHILDREN: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, eq=False)
class Language:
    """One format.

    `children` tells by the state of an element and the local name of a child the child's state,
    `other_child` the state of any other child; what is in neither is ignored with all it contains.
    `point_elements` are the local names of points and `time_element` that of their times; `extras`
    are fields of theirs beyond `FIELDS`.
    """

    root: str
    children: Mapping[str, Mapping[str, str]]
    other_child: Mapping[str, str]
    point_elements: tuple[str, ...]
    time_element: str
    extras: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return (*FIELDS, *self.extras)

    @cached_property
    def column(self) -> Mapping[str, int]:
        """The number of each field."""
        return {field: position for position, field in enumerate(self.fields)}

    @cached_property
    def texts(self) -> frozenset[str]:
        """The states of elements whose text is read."""
        return frozenset(self.fields) | NAMES | WAYPOINT_NUMBERS | frozenset(LAP_TOTALS)

    def child_state(self, parent: str, local: str) -> str:
        """The state of an element by its local name and its parent's state."""
        state = self.children.get(parent, _NO_CHILDREN).get(local)
        return self.other_child.get(parent, "ignored") if state is None else state
