"""Points as columns, growing row by row or block by block while a file is read."""

from array import array

import numpy as np

from src.gpx.errors import TooManyPointsError
from src.gpx.model import (
    PLACE_COLUMNS,
    SENSOR_COLUMNS,
    FloatArray,
    Track,
    Warning,  # noqa: A004
)
from src.gpx.warning_kinds import WarningKind

FIELDS = (*PLACE_COLUMNS, *SENSOR_COLUMNS)


class Columns:
    """The points read so far, in file order: `fields` begins with FIELDS."""

    def __init__(self, max_points: int, fields: tuple[str, ...] = FIELDS) -> None:
        self._max_points = max_points
        self._fields = fields
        self._rows = array("d")
        self._blocks: list[FloatArray] = []
        self._length = 0
        self._segment_ends: list[int] = []
        self._noticed: dict[WarningKind, tuple[int, int]] = {}

    def __len__(self) -> int:
        return self._length

    def append(self, row: list[float]) -> None:
        """Add one point, its values in the order of the fields, NaN where missing."""
        self._rows.extend(row)
        self._grow(1)

    def extend(self, block: FloatArray) -> None:
        """Add n points: an array of shape (number of fields, n), NaN where missing."""
        self._close_rows()
        self._blocks.append(block)
        self._grow(block.shape[1])

    def end_segment(self) -> None:
        """The next point starts a new segment; a segment without points leaves no trace."""
        last = self._segment_ends[-1] if self._segment_ends else 0
        if self._length > last:
            self._segment_ends.append(self._length)

    def notice(self, kind: WarningKind, point: int, count: int = 1) -> None:
        """Something about points of the file that the rider should know, the first of them."""
        so_far, first = self._noticed.get(kind, (0, point))
        self._noticed[kind] = so_far + count, min(first, point)

    def warnings(self) -> tuple[Warning, ...]:
        """What was noticed."""
        return tuple(Warning(kind.value, *found) for kind, found in self._noticed.items())

    def track(self) -> Track:
        """All points as arrays; a sensor that no point carries is left out."""
        self.end_segment()
        self._close_rows()
        ends = np.array([0, *self._segment_ends], dtype=np.int64)
        counts = ends[1:] - ends[:-1]
        places = self._columns(0, len(PLACE_COLUMNS))
        sensors = zip(SENSOR_COLUMNS, self._columns(len(PLACE_COLUMNS), len(FIELDS)), strict=True)
        return Track(
            **dict(zip(PLACE_COLUMNS, places, strict=True)),
            segment=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
            sensors={name: values for name, values in sensors if not np.isnan(values).all()},
        )

    def extras(self) -> dict[str, FloatArray]:
        """The columns of the fields beyond FIELDS."""
        self._close_rows()
        values = self._columns(len(FIELDS), len(self._fields))
        return dict(zip(self._fields[len(FIELDS) :], values, strict=True))

    def _grow(self, count: int) -> None:
        self._length += count
        if self._length > self._max_points:
            raise TooManyPointsError(self._max_points)

    def _close_rows(self) -> None:
        if self._rows:
            self._blocks.append(np.frombuffer(self._rows).reshape(-1, len(self._fields)).T)
            self._rows = array("d")

    def _columns(self, first: int, end: int) -> FloatArray:
        """The fields of these numbers, shape (end - first, n)."""
        if not self._blocks:
            return np.empty((end - first, 0))
        return np.concatenate([block[first:end] for block in self._blocks], axis=1)
