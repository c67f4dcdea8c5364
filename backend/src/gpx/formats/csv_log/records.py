"""From a document to its rows: RFC 4180 as Python's `csv` reads it, a block at a time.

Nearly every file is regular: each quotation mark opens or closes a whole field. Its separators and
line ends are then all that lie behind an even number of quotation marks, and are found in a few
passes over arrays. A block in which a quotation mark stands anywhere else goes to the `csv` module.
"""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import chain, compress, zip_longest

import numpy as np

from src.gpx.errors import RowTooLongError
from src.gpx.formats.csv_log.cells import Cells, Text
from src.gpx.model import BoolArray, IntArray

# Large enough that the calls for each block do not count, small enough for the processor's cache.
BLOCK_BYTES = 1 << 20
# How much goes to the `csv` module at first before the faster way is tried again.
_EXACT_BYTES = 1 << 16
# A quotation mark that is never closed would take all the rest of a file for one field.
LONGEST_ROW_BYTES = 1 << 16

_BLANK = " \t"


class Rows(ABC):
    """n rows, blank lines left out.

    `start` is where each begins in the document, `end` where what follows them does, `fields` how
    many each has; `is_cut` and `is_long`
    say which have too few and too many. A row that is long only by empty fields is neither.
    """

    start: IntArray
    end: int
    fields: IntArray
    is_cut: BoolArray
    is_long: BoolArray

    def __len__(self) -> int:
        return len(self.start)

    @abstractmethod
    def column(self, position: int) -> Cells:
        """The cells of one column, stripped; empty where the row is long or ends before."""


class Table:
    """The records of a document from a position on, `width` fields in each."""

    def __init__(
        self, text: Text, length: int, separator: str, block_bytes: int = BLOCK_BYTES
    ) -> None:
        self.text = text
        self.separator = separator
        self._length = length
        self._block_bytes = block_bytes
        self._has_quotes = b'"' in text.data

    def rows(self, position: int, width: int) -> Iterator[Rows]:
        """All rows from a position on.

        Raises:
            RowTooLongError: a row has more than `LONGEST_ROW_BYTES`.
        """
        exact_bytes = min(_EXACT_BYTES, self._block_bytes)
        while position < self._length:
            end = min(position + self._block_bytes, self._length + 1)
            rows: Rows | None = _RegularRows.found(self, position, end, width, self._has_quotes)
            if rows is None:
                rows = self._exact_rows(position, exact_bytes, width)
                # Where much is irregular, the faster way is tried less often.
                exact_bytes = min(2 * exact_bytes, self._block_bytes)
            elif 2 * (rows.end - position) > self._block_bytes:
                exact_bytes = min(_EXACT_BYTES, self._block_bytes)
            position = rows.end
            yield rows

    def record(self, position: int) -> tuple[list[str], int]:
        """The fields of the record that begins at a position, and where the next one begins.

        Raises:
            RowTooLongError: as `rows`.
        """
        lines = _Lines(self.text.data, position, position, self._length)
        fields = next(csv.reader(lines, delimiter=self.separator))
        return fields, lines.position

    def _exact_rows(self, position: int, size: int, width: int) -> "_ExactRows":
        """The rows of so many bytes, and what more the last of them has."""
        data, reach = self.text.data, position + size
        end = self._length if reach >= self._length else data.rfind(b"\n", position, reach) + 1
        end = max(end, position)
        breaks = [
            *(np.flatnonzero(self.text.bytes[position:end] == ord("\n")) + position + 1).tolist(),
            *([end] if end > position and data[end - 1] != ord("\n") else []),
        ]
        records: list[list[str]] = []
        ends: list[int] = []
        lines = _Lines(data, end, position, self._length)

        def more() -> Iterator[str]:
            """The lines behind, for a record that goes on there."""
            lines.record = ends[-1] if ends else position
            yield from lines

        text = io.StringIO(data[position:end].decode(), newline="\n")
        reader = csv.reader(chain(text, more()), delimiter=self.separator)
        for fields in reader:
            is_last = reader.line_num >= len(breaks)
            records.append(fields)
            ends.append(breaks[reader.line_num - 1] if not is_last else lines.position)
            if is_last:
                break
        starts = [position, *ends[:-1]]
        stops = np.array(ends)
        length = stops - starts - (self.text.bytes[stops - 1] == ord("\n"))
        too_long = np.flatnonzero(length > LONGEST_ROW_BYTES)
        if len(too_long):
            raise RowTooLongError(self.line_of(starts[too_long[0]]), LONGEST_ROW_BYTES)
        return _ExactRows(records, starts, ends[-1], width)

    def line_of(self, position: int) -> int:
        """The line on which a position lies, from 1."""
        return self.text.data.count(b"\n", 0, position) + 1


class _Lines:
    """The lines of a document for the `csv` module, as far as one record may be long."""

    def __init__(self, data: bytes, position: int, record: int, length: int) -> None:
        self.position = position
        self.record = record
        self._data = data
        self._length = length

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        start = self.position
        if start >= self._length:
            raise StopIteration
        # The padding has a line end in any case.
        end = self._data.find(b"\n", start, self.record + LONGEST_ROW_BYTES + 1)
        if end < 0:
            line = self._data.count(b"\n", 0, self.record) + 1
            raise RowTooLongError(line, LONGEST_ROW_BYTES)
        self.position = end + 1
        return self._data[start : min(self.position, self._length)].decode()


class _RegularRows(Rows):
    """Rows by the positions of their separators: the fields of a row end at `marks`, in order."""

    def __init__(
        self, text: Text, start: int, marks: IntArray, last: IntArray, width: int, quoted: bool
    ) -> None:
        self.end = int(marks[last[-1]]) + 1
        self._text = text
        self._marks = marks
        self._quoted = quoted
        first = np.append(0, last[:-1] + 1)
        begin = np.append(start, marks[last[:-1]] + 1)
        single = np.flatnonzero(first == last)
        cells = self._unquoted(begin[single], marks[last[single]])
        blank = single[cells.start == cells.end]
        if len(blank):
            kept = np.ones(len(first), dtype=np.bool_)
            kept[blank] = False
            first, last, begin = first[kept], last[kept], begin[kept]
        self._first, self._last, self.start = first, last, begin
        self.fields = last - first + 1
        self.is_cut = self.fields < width
        self.is_long = self.fields > width
        if self.is_long.any():
            self.is_long[self.is_long] = self._have_more(np.flatnonzero(self.is_long), width)

    @classmethod
    def found(
        cls, table: Table, start: int, end: int, width: int, may_quote: bool
    ) -> "_RegularRows | None":
        """The rows that end between two positions; None where they are not regular."""
        text, separator = table.text, ord(table.separator)
        block = text.bytes[start:end]
        marks = np.flatnonzero((block == ord("\n")) | (block == separator)) + start
        quotes = np.flatnonzero(block == ord('"')) + start if may_quote else marks[:0]
        if len(quotes):
            marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
        last = np.flatnonzero(text.bytes[marks] == ord("\n"))
        if not len(last):
            return None
        quotes = quotes[: np.searchsorted(quotes, marks[last[-1]])]
        around = np.concatenate([text.bytes[quotes[::2] - 1], text.bytes[quotes[1::2] + 1]])
        if not ((around == ord("\n")) | (around == separator)).all():
            return None
        length = np.diff(marks[last], prepend=start - 1) - 1
        too_long = np.flatnonzero(length > LONGEST_ROW_BYTES)
        if len(too_long):
            row_start = int(marks[last[too_long[0]]] - length[too_long[0]])
            raise RowTooLongError(table.line_of(row_start), LONGEST_ROW_BYTES)
        return cls(text, start, marks[: last[-1] + 1], last, width, len(quotes) > 0)

    def column(self, position: int) -> Cells:
        there = ~self.is_long & (self.fields > position)
        mark = np.minimum(self._first + position, self._last)
        end = self._marks[mark]
        start = self.start if position == 0 else self._marks[mark - 1] + 1
        if not there.all():
            start = np.where(there, start, end)
        return self._unquoted(start, end)

    def _have_more(self, rows: IntArray, width: int) -> BoolArray:
        """Whether each of some rows has a text in any field behind its first `width`."""
        first, count = self._first[rows] + width, self.fields[rows] - width
        offset = np.cumsum(count) - count
        mark = np.arange(int(count.sum())) + np.repeat(first - offset, count)
        cells = self._unquoted(self._marks[mark - 1] + 1, self._marks[mark])
        more: BoolArray = np.logical_or.reduceat(cells.start < cells.end, offset)
        return more

    def _unquoted(self, start: IntArray, end: IntArray) -> Cells:
        if self._quoted:
            quoted = (start < end) & (self._text.bytes[start] == ord('"'))
            start, end = start + quoted, end - quoted
        return Cells(self._text, start, end).stripped()


class _ExactRows(Rows):
    """Rows by the texts of their fields."""

    def __init__(self, records: list[list[str]], starts: list[int], end: int, width: int) -> None:
        is_row = [not is_blank(fields) for fields in records]
        kept = list(compress(records, is_row))
        self.end = end
        self.start = np.array(starts, dtype=np.int64)[is_row]
        self.fields = np.fromiter(map(len, kept), np.int64, len(kept))
        self.is_cut = self.fields < width
        self.is_long = self.fields > width
        for row in np.flatnonzero(self.is_long).tolist():
            is_long = any(text.strip(_BLANK) for text in kept[row][width:])
            self.is_long[row] = is_long
            kept[row] = [] if is_long else kept[row][:width]
        columns = list(zip_longest(*kept, fillvalue=""))
        self._columns = columns + [("",) * len(kept)] * (width - len(columns))

    def column(self, position: int) -> Cells:
        return Cells.of(self._columns[position]).stripped()


def is_blank(fields: list[str]) -> bool:
    """Whether a record is a blank line."""
    return not fields or (len(fields) == 1 and not fields[0].strip(_BLANK))
