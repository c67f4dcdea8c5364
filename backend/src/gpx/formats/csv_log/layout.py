"""How a table is written: where its header is, its separator, its columns, its decimal sign."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from src.gpx.errors import EmptyFileError, NoHeaderError, RowTooLongError, TooManyColumnsError
from src.gpx.formats.csv_log.document import decoded
from src.gpx.formats.csv_log.headers import REQUIRED, Column, count_known, mapped, recognised
from src.gpx.formats.csv_log.records import Rows, Table
from src.gpx.formats.values import number

SEPARATORS: Final = (",", ";", "\t")
MAX_COLUMNS: Final = 256
# What may stand before the header: comments, blank lines, and what a spreadsheet is told.
_LINES_BEFORE: Final = 200
_BYTES_BEFORE: Final = 1 << 16
# Blanks are gone over once: they may be many, before what is no comment.
_SKIPPED = re.compile(rb"\s*+(?:#.*|sep=.)?\s*+", re.IGNORECASE)
_CHARACTER = re.compile(rb"\S")
# Rows that tell the decimal sign, and how much is looked at for them at once.
_SAMPLE_ROWS: Final = 1000
_SAMPLE_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's form. `body` is where its rows begin; `columns` are those that are read, by key."""

    table: Table
    encoding: str
    headers: tuple[str, ...]
    body: int
    columns: Mapping[str, Column]
    decimal_comma: bool

    def rows(self) -> Iterator[Rows]:
        """All rows.

        Raises:
            RowTooLongError: as `Table.rows`.
        """
        return self.table.rows(self.body, len(self.headers), may_be_cut_off=True)


def layout_of(data: bytes, mapping: Mapping[str, str] | None) -> Layout:
    """Find out how a table is written; `mapping` as `reader.read` takes it.

    Raises:
        EmptyFileError, NoHeaderError, UnusableMappingError, TooManyColumnsError, RowTooLongError
    """
    document, encoding = decoded(data)
    table, headers, body = _header(document, _header_start(document), mapping)
    if len(headers) > MAX_COLUMNS:
        raise TooManyColumnsError(MAX_COLUMNS)
    if not count_known(headers, mapping) and any(map(_is_number, headers)):
        raise NoHeaderError
    columns = recognised(headers) if mapping is None else mapped(headers, mapping)
    return Layout(
        table=table,
        encoding=encoding,
        headers=tuple(headers),
        body=body,
        columns=columns,
        decimal_comma=_has_decimal_comma(table, body, len(headers), columns),
    )


def has_whole_header(data: bytes) -> bool:
    """Whether the beginning of a table goes beyond its header, whatever separates its columns.

    Raises:
        RowTooLongError: as `layout_of`.
    """
    document, _ = decoded(data)
    try:
        start = _header_start(document)
    except (NoHeaderError, EmptyFileError):
        return False
    return all(Table(document, one).record(start)[1] <= len(document) for one in SEPARATORS)


def _header_start(document: bytes) -> int:
    """Where the first line begins that is neither blank nor a comment."""
    position = 0
    for _ in range(_LINES_BEFORE):
        end = document.find(b"\n", position, _BYTES_BEFORE)
        if end < 0 and len(document) < _BYTES_BEFORE:
            end = len(document)
        if end < 0 or not _SKIPPED.fullmatch(document, position, end):
            break
        position = end + 1
    if not _CHARACTER.search(document, position):
        raise NoHeaderError if document[:position].strip() else EmptyFileError
    return position


def _header(
    document: bytes, start: int, mapping: Mapping[str, str] | None
) -> tuple[Table, list[str], int]:
    """The table by the separator that tells most columns apart: first known ones, then any."""
    found: list[tuple[tuple[int, int], Table, list[str], int]] = []
    too_long: RowTooLongError | None = None
    for separator in SEPARATORS:
        table = Table(document, separator)
        try:
            headers, body = table.record(start)
        except RowTooLongError as error:
            too_long = error
            continue
        known = count_known(headers[:MAX_COLUMNS], mapping)
        found.append(((known, len(headers)), table, headers, body))
    if too_long and not found:
        raise too_long
    _, table, headers, body = max(found, key=lambda one: one[0])
    return table, headers, body


def _is_number(text: str) -> bool:
    return math.isfinite(number(text.replace(",", ".")))


def _has_decimal_comma(table: Table, body: int, width: int, columns: Mapping[str, Column]) -> bool:
    """Whether more of the first positions have a comma in them than a point."""
    commas = points = 0
    left = _SAMPLE_ROWS
    for rows in table.rows(body, width, _SAMPLE_BYTES):
        for key in REQUIRED:
            if key in columns:
                texts = rows.column(columns[key].position).at(slice(left)).texts()
                commas += sum("," in text for text in texts)
                points += sum("." in text for text in texts)
        left -= len(rows)
        if left <= 0:
            break
    return commas > points
