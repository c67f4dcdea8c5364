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


class Points:
    """The columns of a table, a block of rows at a time."""

    def __init__(self, layout: Layout, max_points: int) -> None:
        self._layout = layout
        self._keys = [key for key in _NUMBERS if key in layout.columns]
        self._blocks: list[FloatArray] = []
        self._times = TimeColumn(layout)
        self._segments = _Segments()
        self._starts: list[IntArray] = []
        self._irregular: list[BoolArray] = []
        self._long: list[BoolArray] = []
        self._odd: list[BoolArray] = []
        count = 0
        for rows in layout.rows():
            count += len(rows)
            if count > max_points:
                raise TooManyPointsError(max_points)
            self._add(rows)

    def _add(self, rows: Rows) -> None:
        columns = self._layout.columns
        odd = np.zeros((len(self._keys), len(rows)), dtype=np.bool_)
        numbers = [self._numbers(rows, columns[key], odd[i]) for i, key in enumerate(self._keys)]
        self._blocks.append(np.stack(numbers))
        self._odd.append(odd)
        self._starts.append(rows.start)
        self._irregular.append(rows.is_cut | rows.is_long)
        self._long.append(rows.is_long)
        if "time" in columns:
            self._times.add(rows)
        if "segment" in columns:
            cells = rows.column(columns["segment"].position)
            # A row that is no point, such as a header that is repeated, begins nothing.
            is_point = np.isfinite(self._blocks[-1][: len(REQUIRED)]).all(axis=0)
            end = np.where(is_point, cells.end, cells.start)
            self._segments.add(Cells(cells.text, cells.start, end))

    def _numbers(self, rows: Rows, column: Column, odd: BoolArray) -> FloatArray:
        """The values of a column; `odd` is set where one is written oddly and can be read."""
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
            odd[unread[read]] = True
        return value

    def recording(self) -> Recording:
        values = np.concatenate(self._blocks, axis=1) if self._blocks else self._nothing()
        columns = dict(zip(self._keys, values, strict=True))
        self._refuse_unreadable(columns["latitude"], columns["longitude"])
        nothing = np.full(values.shape[1], np.nan)
        times = self._times.read() if "time" in self._layout.columns else None
        return Recording(
            track=Track(
                latitude=columns["latitude"],
                longitude=columns["longitude"],
                elevation=columns.get("elevation", nothing),
                time_s=times.time_s if times else nothing,
                segment=self._segments.numbers(values.shape[1]),
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
                *_warning(WarningKind.ODD_NUMBER, np.concatenate(self._odd, axis=1)),
                *_warning(WarningKind.IRREGULAR_ROW, np.concatenate(self._irregular)),
                *(_warning(WarningKind.TIME_WITHOUT_ZONE, times.is_zoneless) if times else ()),
            ),
        )

    def _nothing(self) -> FloatArray:
        return np.empty((len(self._keys), 0))

    def _refuse_unreadable(self, latitude: FloatArray, longitude: FloatArray) -> None:
        """Refuse a table without any position that the repair can use."""
        usable = np.abs(latitude) <= _MOST["latitude"]
        usable &= np.abs(longitude) <= _MOST["longitude"]
        if usable.any():
            return
        first = slice(_ROWS_TOLD)
        starts = np.concatenate(self._starts)[first].tolist() if self._starts else []
        long = np.concatenate(self._long)[first].tolist() if self._long else []
        reasons = [
            "too_many_fields" if is_long else _reason(*place)
            for is_long, *place in zip(long, latitude[first], longitude[first], strict=True)
        ]
        lines = map(self._layout.table.line_of, starts)
        raise NothingReadableError(tuple(zip(lines, reasons, strict=True)))


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


def _warning(kind: WarningKind, concerned: BoolArray) -> tuple[Warning, ...]:
    """Of rows, or of the values of rows, shape (..., n)."""
    where = np.nonzero(concerned)[-1]
    return (Warning(kind.value, len(where), int(where.min())),) if len(where) else ()
