"""From the bytes of a table to its points; and what a table looks like, for whoever maps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from src.gpx.errors import MissingColumnsError
from src.gpx.formats.csv_log.headers import REQUIRED
from src.gpx.formats.csv_log.layout import layout_of
from src.gpx.formats.csv_log.points import Points
from src.gpx.formats.csv_log.time_column import TimeColumn
from src.gpx.formats.csv_log.times import TimeFormat
from src.gpx.formats.limits import DEFAULT_MAX_POINTS
from src.gpx.model import Recording

_SHOWN_ROWS: Final = 5
_SHOWN_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Detected:
    """What a table looks like.

    `mapping` gives the header for each of our keys that was recognised; `time_format` is how its
    times are written, None where it has none, or where only the rider knows whether the day or
    the month comes first. `rows` are the first rows, each text cut at 200 characters: data of a
    stranger, to be shown as text and never as a formula or markup.
    """

    mapping: Mapping[str, str]
    headers: tuple[str, ...]
    separator: str
    decimal_sign: Literal[".", ","]
    encoding: str
    time_format: TimeFormat | None
    rows: tuple[tuple[str, ...], ...]


def read(
    data: bytes,
    *,
    mapping: Mapping[str, str] | None = None,
    max_points: int = DEFAULT_MAX_POINTS,
) -> Recording:
    """Read a table whose rows are points.

    `mapping` gives the header of each key's column (`headers.KEYS`); then nothing else is read.
    The header of a time or date may have a format behind it, one of `TimeFormat`:
    `{"time": "fecha|dd/mm/yyyy"}`. Without a mapping, columns are recognised by their headers.

    As with the other formats, nothing is repaired: what is missing is NaN and what cannot be read
    is infinite. A change of the segment's text begins a segment. Warnings: `irregular_row` (fewer
    fields than the header has, or more, and then none is read), `time_without_zone` (read as UTC).

    Raises:
        EmptyFileError, NoHeaderError: there is no table.
        MissingColumnsError: no column for latitude or longitude.
        UnusableMappingError: the mapping does not fit the table.
        AmbiguousDatesError: every date may be day-first or month-first.
        NothingReadableError: no row has a position.
        TooManyPointsError: it has more than `max_points` rows.
        TooManyColumnsError, RowTooLongError: no recording looks like that.
    """
    layout = layout_of(data, mapping)
    missing = tuple(key for key in REQUIRED if key not in layout.columns)
    if missing:
        raise MissingColumnsError(missing)
    return Points(layout, max_points).recording()


def detect(data: bytes) -> Detected:
    """What a table looks like, as far as can be told without asking.

    Raises:
        EmptyFileError, NoHeaderError, TooManyColumnsError, RowTooLongError: as `read`.
    """
    layout = layout_of(data, None)
    columns = layout.columns
    times = TimeColumn(layout)
    starts: list[int] = []
    for rows in layout.rows():
        starts += rows.start[: _SHOWN_ROWS - len(starts)].tolist()
        if "time" in columns:
            times.add(rows)
    shown = [layout.table.record(start)[0] for start in starts]
    return Detected(
        mapping={key: column.header for key, column in columns.items()},
        headers=layout.headers,
        separator=layout.table.separator,
        decimal_sign="," if layout.decimal_comma else ".",
        encoding=layout.encoding,
        time_format=times.time_format() if "time" in columns else None,
        rows=tuple(tuple(text[:_SHOWN_CHARACTERS] for text in fields) for fields in shown),
    )
