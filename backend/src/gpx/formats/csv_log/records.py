"""From a document to its rows: RFC 4180 as Python's `csv` module reads it, a block at a time.

A quotation mark opens a field only where the field begins. In a quoted field two of them are one
of the text, and one alone ends the quoted part, whatever follows; anywhere else it is text like any
other. Which of these each of them is follows from the runs of them that stand side by side, and so
follows which separators and line ends lie in quoted fields. All of it is found in a few passes over
arrays, however the quotation marks stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from src.gpx.errors import RowTooLongError
from src.gpx.formats.csv_log.cells import PADDING, Cells, Text
from src.gpx.model import BoolArray, IntArray

# Large enough that the calls for each block do not count, small enough for the processor's cache.
BLOCK_BYTES = 1 << 20
# A quotation mark that is never closed would take all the rest of a file for one field.
LONGEST_ROW_BYTES = 1 << 16

_QUOTE, _LINE_END = ord('"'), ord("\n")
# A byte that stands in no text of UTF-8.
_GONE = b"\xff"


class Table:
    """The records of a document from a position on."""

    def __init__(self, document: bytes, separator: str, block_bytes: int = BLOCK_BYTES) -> None:
        self.separator = separator
        self._text = Text(document)
        self._length = len(document)
        self._block_bytes = block_bytes

    def rows(
        self,
        position: int,
        width: int,
        block_bytes: int | None = None,
        *,
        may_be_cut_off: bool = False,
    ) -> Iterator["Rows"]:
        """All rows from a position on; each should have `width` fields.

        Where the document `may_be_cut_off`, its last row lacks the field in which it was.

        Raises:
            RowTooLongError: a row has more than `LONGEST_ROW_BYTES`.
        """
        while position < self._length:
            records = self._records(position, block_bytes or self._block_bytes)
            position = records.end
            yield Rows(records, width, is_unended=may_be_cut_off and position > self._length)

    def record(self, position: int) -> tuple[list[str], int]:
        """The fields of the record that begins at a position, and where the next one begins.

        Raises:
            RowTooLongError: as `rows`.
        """
        records = self._records(position, LONGEST_ROW_BYTES + 1)
        ends = records.marks[: records.last[0] + 1]
        starts = np.append(records.begin[0], ends[:-1] + 1)
        after = records.start[1] if len(records) > 1 else records.end
        return records.text.texts(starts, ends), int(after)

    def line_of(self, position: int) -> int:
        """The line on which a position lies, from 1."""
        return self._text.data.count(b"\n", 0, position) + 1

    def _records(self, position: int, size: int) -> "_Records":
        """The records that end within so many bytes, or the first one, however long it may be."""
        while (records := self._found(position, position + size)) is None:
            if size > LONGEST_ROW_BYTES:
                raise RowTooLongError(self.line_of(position), LONGEST_ROW_BYTES)
            size *= 2
        return records

    def _found(self, start: int, end: int) -> "_Records | None":
        """The records that end between two positions; None where none does."""
        separator = ord(self.separator)
        text, offset = self._text, start
        if end > self._length - len(PADDING):
            text, offset = Text(self._text.data[start:] + PADDING), 0
        characters = text.bytes[offset : offset + min(end, self._length + 1) - start]
        is_end = characters == separator
        is_end |= characters == _LINE_END
        if text.data.find(b'"', offset, offset + len(characters)) < 0:
            fields = _Fields.unquoted(is_end)
        else:
            # The end of the document ends a quoted field that nothing else does.
            fields = _Fields.of(characters, is_end, is_whole=end > self._length)
        marks = fields.ends
        kinds = characters.take(marks)
        last = np.flatnonzero(kinds == _LINE_END)
        if not len(last):
            return None
        marks = marks[: last[-1] + 1]
        ends = marks.take(last)
        starts = np.append(0, ends[:-1] + 1)
        too_long = np.flatnonzero(ends - starts > LONGEST_ROW_BYTES)
        if len(too_long):
            line = self.line_of(start + int(starts[too_long[0]]))
            raise RowTooLongError(line, LONGEST_ROW_BYTES)
        if fields.lacking[len(marks) - 1]:
            text, offset = fields.text_of(characters[: ends[-1] + 1]), 0
            marks = marks - fields.lacking[: len(marks)]
        marks = marks + offset
        begin = np.append(offset, marks.take(last[:-1]) + 1)
        return _Records(text, begin, marks, last, starts + start, start + int(ends[-1]) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Fields:
    """Where n fields end in some characters, and how many before each are no text, shape (n,) both.

    `gone` are the positions of those that are no text; None where no quotation mark is.
    """

    ends: IntArray
    lacking: IntArray
    gone: IntArray | None

    @classmethod
    def unquoted(cls, is_end: BoolArray) -> Self:
        ends = np.flatnonzero(is_end)
        return cls(ends, np.zeros_like(ends), ends[:0])

    @classmethod
    def of(cls, characters: npt.NDArray[np.uint8], is_end: BoolArray, *, is_whole: bool) -> Self:
        """However quotation marks stand; the last character ends all if these are `is_whole`."""
        is_quote = characters == _QUOTE
        # Before the first character a record ends, or the document begins.
        opens = is_quote & np.append(True, is_end[:-1])
        if not opens.any():
            return cls.unquoted(is_end)
        rows = slice(characters.tobytes().rfind(_LINE_END) + 1)
        if _are_all_quoted(is_quote[rows], opens[rows], is_end[rows]):
            return cls.all_quoted(is_end[rows])
        marks = np.flatnonzero(is_end | is_quote)
        is_quote = is_quote.take(marks)
        quotes, other = marks.compress(is_quote), np.flatnonzero(~is_quote)
        ends, before = marks.take(other), other - np.arange(len(other))
        is_open, is_gone = _roles(quotes, opens.take(quotes))
        is_outside = ~is_open.take(before)
        if is_whole:
            is_outside[-1] = True
        before = before.compress(is_outside)
        lacking = np.append(0, np.cumsum(is_gone)).take(before)
        return cls(ends.compress(is_outside), lacking, quotes.compress(is_gone))

    @classmethod
    def all_quoted(cls, is_end: BoolArray) -> Self:
        ends = np.flatnonzero(is_end)
        return cls(ends, np.arange(2, 2 * len(ends) + 2, 2), None)

    def text_of(self, characters: npt.NDArray[np.uint8]) -> Text:
        """A document of the characters, without those that are no text."""
        if self.gone is None:
            return Text(characters.tobytes().translate(None, b'"') + PADDING)
        left = characters.copy()
        left[self.gone[: np.searchsorted(self.gone, len(left))]] = ord(_GONE)
        return Text(left.tobytes().translate(None, _GONE) + PADDING)


@dataclass(frozen=True, slots=True, eq=False)
class _Records:
    """n records: where each begins in `text`, and where its fields end there, in order.

    `last` are the numbers of the marks that end a record. `start` is where each begins in the
    document, and `end` where what follows them does.
    """

    text: Text
    begin: IntArray
    marks: IntArray
    last: IntArray
    start: IntArray
    end: int

    def __len__(self) -> int:
        return len(self.last)

    def has_blanks(self) -> bool:
        """Whether there may be spaces or tabs around a text."""
        span = int(self.begin[0]), int(self.marks[-1])
        return any(self.text.data.find(blank, *span) >= 0 for blank in (b" ", b"\t"))


class Rows:
    """n rows, blank lines left out.

    `start` is where each begins in the document, `end` where what follows them does; `is_cut` and
    `is_long` say which have too few fields and too many. A row that is long only by empty fields is
    neither. One with too few that nothing ends, `is_unended`, was cut off within a field, of which
    nobody knows the rest.
    """

    def __init__(self, records: _Records, width: int, *, is_unended: bool = False) -> None:
        self.end = records.end
        self._text, self._marks = records.text, records.marks
        begin, start, last = records.begin, records.start, records.last
        first = np.append(0, last[:-1] + 1)
        single = np.flatnonzero(first == last)
        if len(single):
            cells = Cells(self._text, begin[single], self._marks[last[single]]).stripped()
            kept = np.ones(len(first), dtype=np.bool_)
            kept[single[cells.start == cells.end]] = False
            is_unended &= bool(kept[-1])
            begin, start, first, last = begin[kept], start[kept], first[kept], last[kept]
        self._begin, self.start, self._first, self._last = begin, start, first, last
        self._has_blanks = records.has_blanks()
        fields = last - first + 1
        # Of a table without a flaw the ends of fields are a table too.
        is_even = len(self._marks) == width * len(first) and bool((fields == width).all())
        self._grid = self._marks.reshape(-1, width) if is_even else None
        self.is_cut: BoolArray = fields < width
        self.is_long: BoolArray = fields > width
        if is_unended and self.is_cut[-1:].any():
            if fields[-1] > 1:
                last[-1] -= 1
            else:
                begin[-1] = self._marks[last[-1]]
        if self.is_long.any():
            self.is_long[self.is_long] = self._have_more(np.flatnonzero(self.is_long), width)
            # As though there were nothing but its end.
            first[self.is_long] = last[self.is_long]
            begin[self.is_long] = self._marks[last[self.is_long]]

    def __len__(self) -> int:
        return len(self.start)

    def column(self, position: int) -> Cells:
        """The cells of one column, stripped; empty where the row is long or ends before."""
        end = self._ends(position)
        start = self._ends(position - 1) + 1 if position else self._begin
        cells = Cells(self._text, np.minimum(start, end), end)
        return cells.stripped() if self._has_blanks else cells

    def _ends(self, position: int) -> IntArray:
        if self._grid is not None:
            return self._grid[:, position].copy()
        ends: IntArray = self._marks[np.minimum(self._first + position, self._last)]
        return ends

    def _have_more(self, rows: IntArray, width: int) -> BoolArray:
        """Whether each of some rows has a text in any field behind its first `width`."""
        first, last = self._first[rows] + width, self._last[rows]
        count = last - first + 1
        offset = np.cumsum(count) - count
        mark = np.arange(int(count.sum())) + np.repeat(first - offset, count)
        cells = Cells(self._text, self._marks[mark - 1] + 1, self._marks[mark]).stripped()
        more: BoolArray = np.logical_or.reduceat(cells.start < cells.end, offset)
        return more


def _are_all_quoted(is_quote: BoolArray, opens: BoolArray, is_end: BoolArray) -> bool:
    """Whether all fields are two quotation marks with neither another nor an end between them.

    `opens` says which of them stand behind an end.
    """
    count = np.count_nonzero(is_end)
    if not count or np.count_nonzero(is_quote) != 2 * count or np.count_nonzero(opens) != count:
        return False
    # Each end has one on both sides and none has two ends, so there is one pair between two ends.
    closes = is_quote[:-1] & is_end[1:]
    return np.count_nonzero(closes) == count and not (opens[:-1] & closes).any()


def _roles(quotes: IntArray, begins: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Whether a field is open behind the first 0 to n of n quotation marks; which are no text.

    `begins` says which of them stand behind a separator or a line end. Before the first, no field
    is open.
    """
    if begins[::2].all():
        # One opens a field and the next closes it, all along.
        return (np.arange(len(quotes) + 1) & 1) == 1, np.ones(len(quotes), dtype=np.bool_)
    is_first = np.ones(len(quotes), dtype=np.bool_)
    np.not_equal(quotes[1:] - quotes[:-1], 1, out=is_first[1:])
    first = np.flatnonzero(is_first)
    length = np.diff(first, append=len(quotes))
    begins = begins.take(first)
    # A run of an even number leaves things as they are: it is empty, or doubled ones only. One of
    # an odd number closes what is open, and opens a field where one begins.
    is_odd = (length & 1) == 1
    turns = np.cumsum(is_odd & begins)
    closed = np.maximum.accumulate(np.where(is_odd & ~begins, turns, 0))
    is_open = np.append(False, ((turns - closed) & 1) == 1)

    # Of each two within a field the second is text; where a run opens one, its first stands alone.
    was_open, run = is_open[:-1], np.cumsum(is_first) - 1
    is_even = ((np.arange(len(quotes)) - first.take(run)) & 1) == 0
    is_gone = np.where(is_even, was_open.take(run), (begins & ~was_open).take(run))
    is_gone[first.compress(begins)] = True
    return is_open.take(np.append(0, run + 1)), is_gone
