"""The rows of a table as the points of a recording."""

import math
from typing import Final

import numpy as np

from src.gpx.errors import NothingReadableError, TooManyPointsError
from src.gpx.formats.csv_log.cells import Cells
from src.gpx.formats.csv_log.headers import REQUIRED, Column
from src.gpx.formats.csv_log.layout import Layout
from src.gpx.formats.csv_log.records import Rows
from src.gpx.formats.csv_log.time_column import TimeColumn
from src.gpx.formats.values import UNREADABLE
from src.gpx.model import BoolArray, FloatArray, IntArray, Recording, Track, Warning  # noqa: A004
from src.gpx.warning_kinds import WarningKind

_SENSORS: Final = {
    "heart_rate": "heart_rate_bpm",
    "cadence": "cadence_rpm",
    "power": "power_w",
    "temperature": "temperature_c",
}
_NUMBERS: Final = (*REQUIRED, "elevation", *_SENSORS)
# What the repair takes for a position.
_MOST: Final = {"latitude": 90.0, "longitude": 360.0}
_ROWS_TOLD: Final = 5
_NONE: Final[IntArray] = np.empty(0, dtype=np.int64)


class Points:
    """The columns of a table, a block of rows at a time."""

    def __init__(self, layout: Layout, max_points: int) -> None:
        self._layout = layout
        keys = [key for key in _NUMBERS if key in layout.columns]
        self._blocks: dict[str, list[FloatArray]] = {key: [] for key in keys}
        self._times = TimeColumn(layout)
        self._segments = _Segments()
        self._irregular: list[BoolArray] = []
        self._odd: list[IntArray] = []
        self._first: list[tuple[int, bool]] = []
        self._count = 0
        for rows in layout.rows():
            self._count += len(rows)
            if self._count > max_points:
                raise TooManyPointsError(max_points)
            self._add(rows)

    def _add(self, rows: Rows) -> None:
        columns = self._layout.columns
        for key, blocks in self._blocks.items():
            blocks.append(self._numbers(rows, columns[key]))
        self._irregular.append(rows.is_cut | rows.is_long)
        first = slice(_ROWS_TOLD - len(self._first))
        self._first += zip(rows.start[first].tolist(), rows.is_long[first].tolist(), strict=True)
        if "time" in columns:
            self._times.add(rows)
        if "segment" in columns:
            cells = rows.column(columns["segment"].position)
            # A row that is no point, such as a header that is repeated, begins nothing.
            is_point = np.logical_and.reduce(
                [np.isfinite(self._blocks[key][-1]) for key in REQUIRED]
            )
            end = np.where(is_point, cells.end, cells.start)
            self._segments.add(Cells(cells.text, cells.start, end))

    def _numbers(self, rows: Rows, column: Column) -> FloatArray:
        """The values of a column; those that are written oddly and can be read are noted."""
        cells, comma = rows.column(column.position), self._layout.decimal_comma
        value = cells.numbers(decimal_comma=comma)
        if column.factor != 1.0:
            # A unit behind a number would not be that of the header.
            return column.factor * (value - column.zero)
        unread = np.flatnonzero(value == UNREADABLE)
        if len(unread):
            found = cells.at(unread).without_units().numbers(decimal_comma=comma)
            read = np.isfinite(found)
            value[unread[read]] = found[read]
            self._odd.append(unread[read] + self._count - len(rows))
        return value

    def recording(self) -> Recording:
        columns = {key: self._column(key) for key in self._blocks}
        self._refuse_unreadable(columns["latitude"], columns["longitude"])
        nothing = np.full(self._count, np.nan)
        times = self._times.read() if "time" in self._layout.columns else None
        return Recording(
            track=Track(
                latitude=columns["latitude"],
                longitude=columns["longitude"],
                elevation=columns.get("elevation", nothing),
                time_s=times.time_s if times else nothing,
                segment=self._segments.numbers(self._count),
                sensors={
                    name: columns[key]
                    for key, name in _SENSORS.items()
                    if key in columns and not np.isnan(columns[key]).all()
                },
            ),
            kind="track",
            name=None,
            waypoints=(),
            utc_offset_s=times.utc_offset_s if times else None,
            warnings=(
                *_warning(WarningKind.ODD_NUMBER, np.concatenate([*self._odd, _NONE])),
                *_warning(
                    WarningKind.IRREGULAR_ROW, np.flatnonzero(np.concatenate(self._irregular))
                ),
                *_warning(
                    WarningKind.TIME_WITHOUT_ZONE,
                    np.flatnonzero(times.is_zoneless) if times else _NONE,
                ),
            ),
        )

    def _column(self, key: str) -> FloatArray:
        """All values of a column, whose blocks are given up: no two columns are there twice."""
        blocks, self._blocks[key] = self._blocks[key], []
        return np.concatenate(blocks) if blocks else np.empty(0)

    def _refuse_unreadable(self, latitude: FloatArray, longitude: FloatArray) -> None:
        """Refuse a table without any position that the repair can use."""
        usable = np.abs(latitude) <= _MOST["latitude"]
        usable &= np.abs(longitude) <= _MOST["longitude"]
        if usable.any():
            return
        places = zip(latitude[:_ROWS_TOLD], longitude[:_ROWS_TOLD], strict=True)
        told = tuple(
            (
                self._layout.table.line_of(start),
                "too_many_fields" if is_long else _reason(*place),
            )
            for (start, is_long), place in zip(self._first, places, strict=True)
        )
        raise NothingReadableError(told)


class _Segments:
    """Where the text of a column changes; a row without one goes on with the segment before."""

    def __init__(self) -> None:
        self._starts: list[IntArray] = []
        self._last: str | None = None
        self._rows = 0

    def add(self, cells: Cells) -> None:
        filled = cells.filled()
        if len(filled):
            texts = cells.at(filled)
            first, last = texts.at(slice(1)).texts()[0], texts.at(slice(-1, None)).texts()[0]
            if self._last is not None and first != self._last:
                self._starts.append(filled[:1] + self._rows)
            self._starts.append(filled[1:][texts.changes()] + self._rows)
            self._last = last
        self._rows += len(cells)

    def numbers(self, count: int) -> IntArray:
        begins = np.zeros(count, dtype=np.int64)
        if self._starts:
            begins[np.concatenate(self._starts)] = 1
        return np.cumsum(begins)


def _reason(latitude: float, longitude: float) -> str:
    """Why a position cannot be used."""
    for key, value in (("latitude", latitude), ("longitude", longitude)):
        if math.isnan(value):
            return f"missing_{key}"
        if math.isinf(value):
            return f"unreadable_{key}"
        if abs(value) > _MOST[key]:
            return f"impossible_{key}"
    raise ValueError("the position can be used")


def _warning(kind: WarningKind, rows: IntArray) -> tuple[Warning, ...]:
    """Of the rows concerned, each as often as it has such a value."""
    return (Warning(kind.value, len(rows), int(rows.min())),) if len(rows) else ()
