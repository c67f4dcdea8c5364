"""The times of a table, which all its rows together tell how to read."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from src.gpx.errors import AmbiguousDatesError
from src.gpx.formats.csv_log.cells import Cells
from src.gpx.formats.csv_log.headers import Column
from src.gpx.formats.csv_log.layout import Layout
from src.gpx.formats.csv_log.records import Rows
from src.gpx.formats.csv_log.times import (
    TimeFormat,
    format_of,
    is_time_of_day,
    iso_text,
    joined,
    order_of,
    read_times,
)
from src.gpx.formats.values import utc_offset_s
from src.gpx.model import BoolArray, FloatArray

_SAMPLES: Final = 200


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds since 1970-01-01 UTC, shape (n,), and which of them were written without a zone.

    `utc_offset_s` is how far the clock of the first was ahead of UTC, as in `Recording`.
    """

    time_s: FloatArray
    is_zoneless: BoolArray
    utc_offset_s: float | None


class TimeColumn:
    """The cells of the time, with those of the date where it has a column of its own."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._times: list[Cells] = []
        self._dates: list[Cells] = []

    def add(self, rows: Rows) -> None:
        columns = self._layout.columns
        self._times.append(rows.column(columns["time"].position))
        if "date" in columns:
            self._dates.append(rows.column(columns["date"].position))

    def time_format(self) -> TimeFormat | None:
        """How the times are written; None where the order of day and month is open."""
        return self._time_format(self._stamps())

    def read(self) -> Times:
        """All times.

        Raises:
            AmbiguousDatesError: the order of day and month is open.
        """
        stamps = self._stamps()
        time_format = self._time_format(stamps)
        if time_format is None:
            key, column = self._dated()
            raise AmbiguousDatesError(key, column.header, _samples(stamps, 1)[0])
        comma = self._layout.decimal_comma
        read = [read_times(cells, time_format, decimal_comma=comma) for cells in stamps]
        first = _samples(stamps, 1) or [""]
        return Times(
            time_s=np.concatenate([time_s for time_s, _ in read]),
            is_zoneless=np.concatenate([zoneless for _, zoneless in read]),
            utc_offset_s=utc_offset_s(iso_text(first[0], time_format)),
        )

    def _stamps(self) -> list[Cells]:
        """Dates and times of day as one text; a time that has its date needs no other."""
        if not self._needs_date():
            return self._times
        return [joined(dates, times) for dates, times in zip(self._dates, self._times, strict=True)]

    def _needs_date(self) -> bool:
        samples = _samples(self._times, _SAMPLES) if self._dates else []
        return 2 * sum(map(is_time_of_day, samples)) > len(samples)

    def _time_format(self, stamps: list[Cells]) -> TimeFormat | None:
        told = self._dated()[1].time_format
        if told is not None:
            return told
        comma = self._layout.decimal_comma
        found = format_of(_samples(stamps, _SAMPLES), decimal_comma=comma)
        return order_of(stamps) if found is None else found

    def _dated(self) -> tuple[str, Column]:
        """The column that has the dates, and its key."""
        key = "date" if self._needs_date() else "time"
        return key, self._layout.columns[key]


def _samples(blocks: list[Cells], count: int) -> list[str]:
    """The first texts that are there."""
    texts: list[str] = []
    for cells in blocks:
        filled = cells.filled()[: count - len(texts)]
        texts += cells.at(filled).texts()
        if len(texts) == count:
            break
    return texts
