"""Reading regular runs of points without a tokenizer.

Nearly every byte of a recording belongs to points that differ in their numbers only. Those are
found by their `<` and quotation marks, compared with the templates that the file is known to use,
and read column by column, a block at a time. All else goes to the document's XML parser: what
stands before, between and behind the points, and every point that is in any way irregular. The
parser never sees the regular points; since each is a well-formed element, the rest is
well-formed without them exactly if the whole is.
"""

import re
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from src.gpx.errors import NotXmlError
from src.gpx.formats.byte_columns import ByteColumns
from src.gpx.formats.columns import Columns
from src.gpx.formats.values import LONGEST_TEXT, UNREADABLE
from src.gpx.formats.xml.document import Document, read_value
from src.gpx.formats.xml.language import Language
from src.gpx.formats.xml.point_templates import PointTemplate, template_of
from src.gpx.model import BoolArray, FloatArray, IntArray
from src.gpx.warning_kinds import WarningKind

# Large, so that threads seldom hand the interpreter to each other; small, so that what is worked
# out about its points stays in the processor's cache.
BLOCK_BYTES = 4 << 20

_POINT = rb"<(?:[A-Za-z_][A-Za-z0-9_.-]*:)?(?:%s)(?=[\s/>])"
_TEMPLATES_PER_BLOCK = 16
_TEMPLATES_PER_FILE = 32
# Of so many texts that cannot be read, some can where their recorder writes them oddly.
_ODD_SAMPLE = 1000
# A block that is smaller, as a share of those that might be, is not worth setting up.
_LEAST_BLOCK = 256
# How often all bytes may be searched for the end of a block in vain: where few points share a
# name, the parser alone is faster.
_SEARCHES = 2
# A field, and from where to where its text is in each point.
Span: TypeAlias = tuple[str, IntArray, IntArray]

# With more pieces than this the parser alone is faster.
_POINTS_PER_PIECE = 8


class Scanner:
    """Feeds a document, keeping the regular points for itself."""

    def __init__(self, document: Document, data: bytes, block_bytes: int = BLOCK_BYTES) -> None:
        self._document = document
        self._text = ByteColumns(data)
        self._view = memoryview(data)
        self._block_bytes = block_bytes
        names = [name for each in document.languages.values() for name in each.point_elements]
        self._point = re.compile(_POINT % "|".join(names).encode())
        self._templates: list[PointTemplate] = []
        self._kept: list[tuple[int, int]] = []

    def run(self) -> None:
        """Read the whole document.

        Raises:
            GpxError: as `Document.feed`; a line is that of the whole document.
        """
        try:
            self._run()
        except NotXmlError as error:
            if error.line is None:
                raise
            line, at = error.line + self._lines_kept(), self._in_document(error.at)
            column = None if at is None else self._column(at)
            raise type(error)(error.reason, line, column, at) from None

    def _run(self) -> None:
        data = self._text.data
        fed = searched = in_vain = 0
        while in_vain <= _SEARCHES * len(data) and (found := self._point.search(data, searched)):
            start, name = found.start(), found[0]
            reach = min(start + self._block_bytes, len(data))
            end = data.rfind(name, start + 1, reach)
            in_vain += reach - max(start, end)
            if _LEAST_BLOCK * (end - start) < self._block_bytes:
                searched = max(start + 1, end)
                continue
            self._feed(fed, start)
            self._block(name, start, end)
            fed = searched = end
        self._document.feed(self._view[fed:], final=True)

    def _in_document(self, fed: int | None) -> int | None:
        """Where in the document lies what came so many bytes into what was fed."""
        if fed is None:
            return None
        for start, end in self._kept:
            if start <= fed:
                fed += end - start
        return fed

    def _column(self, at: int) -> int:
        data = self._text.data
        line = data[max(data.rfind(end, 0, at) for end in (b"\n", b"\r")) + 1 : at]
        return len(line.decode(errors="replace")) + 1

    def _lines_kept(self) -> int:
        """How many lines end in what the parser has not seen."""
        texts = [self._text.data[start:end] for start, end in self._kept]
        return sum(text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n") for text in texts)

    def _feed(self, start: int, end: int) -> None:
        if end > start:
            self._document.feed(self._view[start:end])

    def _block(self, name: bytes, start: int, end: int) -> None:
        local = name[1:].rpartition(b":")[2].decode("ascii")
        columns = self._document.standing_before(local)
        if columns is None or self._is_irregular(start, end):
            self._feed(start, end)
            return
        block = _Block(self._text, self._document.language, name, start, end)
        block.match(self._templates, self._document.state)
        pieces = np.flatnonzero(np.diff(block.matched)) + 1
        if len(pieces) * _POINTS_PER_PIECE > len(block.matched):
            self._feed(start, end)
            return
        borders = [0, *pieces.tolist(), len(block.matched)]
        for first, last in pairwise(borders):
            if not block.matched[first]:
                self._feed(block.start(first), block.start(last))
                continue
            columns = self._document.standing_before(local)
            if columns is None:
                # A comment has begun, say: the parser would go through it again at every piece.
                self._feed(block.start(first), end)
                return
            block.notice(columns, first, last)
            if self._document.state == "track":
                columns.notice(WarningKind.MISPLACED_POINT, len(columns), last - first)
            columns.extend(block.rows[:, first:last])
            self._kept.append((block.start(first), block.start(last)))

    def _is_irregular(self, start: int, end: int) -> bool:
        """Whether text could be more than it looks: references, CDATA ends, other characters."""
        data, characters = self._text.data, self._text.bytes[start:end]
        if data.find(b"&", start, end) >= 0 or data.find(b"]", start, end) >= 0:
            return True
        white = sum(np.count_nonzero(characters == kind) for kind in b"\n\r\t")
        controls = np.count_nonzero(characters < ord(" "))
        return bool(characters.max() > ord("~") or controls > white)


class _Block:
    """A stretch of the document from one point's start to another's."""

    def __init__(
        self, text: ByteColumns, language: Language, name: bytes, start: int, end: int
    ) -> None:
        self._text = text
        self._language = language
        self._end = end
        self._marks = np.flatnonzero(text.bytes[start:end] == ord("<")) + start
        self._first = np.flatnonzero(text.equal(self._marks, name))
        self._tags = np.diff(self._first, append=len(self._marks))
        self._marks = np.append(self._marks, end)
        self._quotes: dict[bytes, IntArray] = {}
        self.matched: BoolArray = np.zeros(len(self._first), dtype=np.bool_)
        self.rows: FloatArray = np.full((len(language.fields), len(self._first)), np.nan)
        self._odd: dict[WarningKind, list[int]] = {}

    def start(self, point: int) -> int:
        """Where a point starts; the end of the block for the one behind the last."""
        return int(self._marks[self._first[point]]) if point < len(self._first) else self._end

    def notice(self, columns: Columns, first: int, last: int) -> None:
        """Tell the columns which of these points, that come next, have values written oddly."""
        for kind, points in self._odd.items():
            inside = [point for point in points if first <= point < last]
            if inside:
                columns.notice(kind, len(columns) + min(inside) - first, len(inside))

    def match(self, templates: list[PointTemplate], parent_state: str) -> None:
        """Read the points of known templates, and learn new templates from the others."""
        # The parser bounds texts; what it reads of a short one is the same.
        rest = np.flatnonzero(np.diff(self._marks[self._first], append=self._end) <= LONGEST_TEXT)
        for template in templates:
            rest = self._read(template, rest)
        for _ in range(_TEMPLATES_PER_BLOCK):
            if not len(rest) or len(templates) >= _TEMPLATES_PER_FILE:
                return
            first = int(rest[0])
            point = self._text.data[self.start(first) : self.start(first + 1)]
            learnt = template_of(point, parent_state, self._language)
            if learnt is None:
                rest = rest[1:]
            else:
                templates.append(learnt)
                rest = self._read(learnt, rest)

    def _read(self, template: PointTemplate, points: IntArray) -> IntArray:
        """Read those of the points that have the template; return the others."""
        candidates = points[self._tags[points] == 1 + len(template.tags)]
        same, values = self._head(template, candidates)
        if not same.all():
            candidates, values = candidates[same], [(a[same], b[same]) for a, b in values]
        for offset, tag in enumerate(template.tags, start=1):
            same = self._text.equal(self._marks[self._first[candidates] + offset], tag)
            if not same.all():
                candidates, values = candidates[same], [(a[same], b[same]) for a, b in values]
        if len(candidates):
            self._keep(template, candidates, values)
        return points[~self.matched[points]]

    def _head(
        self, template: PointTemplate, points: IntArray
    ) -> tuple[BoolArray, list[tuple[IntArray, IntArray]]]:
        """Which points start like the template, and where the value of each attribute is."""
        text = self._text
        at = self._marks[self._first[points]]
        same = text.equal(at, template.head[0])
        if len(template.head) == 1:
            return same, []
        quotes = self._quote_marks(template.quote)
        opening = at + len(template.head[0]) - 1
        if not len(quotes):
            return np.zeros(len(points), dtype=np.bool_), []
        quote = np.searchsorted(quotes, opening)
        values = []
        for piece in template.head[1:]:
            closing = quotes.take(quote + 1, mode="clip")
            same &= text.equal(closing, piece)
            values.append((opening + 1, closing))
            opening = closing + len(piece) - 1
            quote += 2
        same &= closing < self._marks[self._first[points] + 1]
        return same, values

    def _keep(
        self, template: PointTemplate, points: IntArray, attributes: list[tuple[IntArray, IntArray]]
    ) -> None:
        """Read the values of points that have the template."""
        first = self._first[points]
        spans = [
            (field, *attributes[place])
            for field, place in (("latitude", template.latitude), ("longitude", template.longitude))
            if place is not None
        ]
        for field, tag in template.fields:
            start = self._marks[first + 1 + tag] + len(template.tags[tag])
            spans.append((field, start, self._marks[first + 2 + tag]))
        for (field, start, end), values in self._values(spans):
            row = self.rows[self._language.column[field]]
            earlier = row[points]
            is_first = np.isnan(earlier)
            values[~is_first] = np.nan
            self._read_odd(field, values, points, start, end)
            row[points] = np.where(is_first, values, earlier)
        self.matched[points] = True

    def _values(self, spans: list[Span]) -> list[tuple[Span, FloatArray]]:
        """What stands in each field's texts; all that are numbers are read in one stroke."""
        times = [span for span in spans if span[0] == "time_s"]
        numbers = [span for span in spans if span[0] != "time_s"]
        values = [(span, self._text.instants(span[1], span[2])) for span in times]
        if numbers:
            _, starts, ends = zip(*numbers, strict=True)
            read = self._text.numbers(np.concatenate(starts), np.concatenate(ends))
            values += zip(numbers, read.reshape(len(numbers), -1), strict=True)
        return values

    def _read_odd(
        self, field: str, values: FloatArray, points: IntArray, start: IntArray, end: IntArray
    ) -> None:
        """Read what is written oddly in place of what could not be read, and remember it."""
        odd = np.flatnonzero(values == UNREADABLE)
        first, rest = odd[:_ODD_SAMPLE], odd[_ODD_SAMPLE:]
        if self._read_these(field, values, points, first, start, end):
            self._read_these(field, values, points, rest, start, end)

    def _read_these(
        self,
        field: str,
        values: FloatArray,
        points: IntArray,
        odd: IntArray,
        start: IntArray,
        end: IntArray,
    ) -> bool:
        """Whether any of these could be read."""
        texts = self._text.texts(start[odd], end[odd])
        is_read = False
        for place, text in zip(odd.tolist(), texts, strict=True):
            values[place], kind = read_value(field, text)
            if kind:
                is_read = True
                self._odd.setdefault(kind, []).append(int(points[place]))
        return is_read

    def _quote_marks(self, quote: bytes) -> IntArray:
        if quote not in self._quotes:
            start, text = self.start(0), self._text.bytes
            self._quotes[quote] = np.flatnonzero(text[start : self._end] == ord(quote)) + start
        return self._quotes[quote]
