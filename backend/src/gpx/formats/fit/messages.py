"""The messages of one FIT file: where each starts, and their fields as columns.

The only way to a message is over all that come before it: a header names one of 16 local types,
and the last definition of that type tells how long the message is. Most files repeat one type in
long runs, which are recognised by comparing the headers that lie a message apart; where types take
turns, the walk goes step by step.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from src.gpx.errors import TooManyMessagesError
from src.gpx.formats.fit.definitions import (
    Definition,
    definition,
    end_of_definition,
)
from src.gpx.formats.fit.profile import TIMESTAMP, Field
from src.gpx.model import FloatArray, IntArray

# Several messages a second over several days. A few writers define each message anew, but no
# recorder needs a hundred different layouts.
MOST_MESSAGES = 5_000_000
MOST_DEFINITIONS = 1_000_000
MOST_LAYOUTS = 4096

# After so many messages of one kind a run of them is looked for, first over so many.
_ALIKE, _RUN = 32, 256

_DEFINES = 0x40
_COMPRESSED = 0x80
_LOCAL_BITS = 0x0F
_TIME_BITS = 0x1F
# The headers of the data messages of each local type: two bits of the plain ones are of no
# account, and the lowest five of those that carry a time.
_HEADERS_OF = [
    [
        *range(local, _DEFINES, _LOCAL_BITS + 1),
        *(_COMPRESSED | local << 5 | bits for bits in range(_TIME_BITS + 1) if local < 4),
    ]
    for local in range(_LOCAL_BITS + 1)
]


class Table:
    """All messages of some definitions, in the order of the file.

    `starts`, shape (n,), are the positions of their headers.
    """

    def __init__(self, data: bytes, definitions: Iterable[Definition]) -> None:
        self._data = data
        parts = [(each, each.positions()) for each in definitions if each.starts]
        together = [starts for _, starts in parts] or [np.empty(0, dtype=np.int64)]
        self.starts: IntArray = np.sort(np.concatenate(together))
        self._parts = [
            (each, starts, np.searchsorted(self.starts, starts)) for each, starts in parts
        ]

    def __len__(self) -> int:
        return len(self.starts)

    def values(self, field: Field) -> FloatArray:
        """A field of each message in its unit, shape (n,); NaN where it has no value."""
        values = np.full(len(self), np.nan)
        for each, starts, rows in self._parts:
            if field.number in each.places:
                values[rows] = each.places[field.number].values(self._data, starts)
        if field.scale != 1:
            values /= field.scale
        if field.offset:
            values -= field.offset
        return values

    def texts(self, field: Field) -> list[str | None]:
        """A field of each message as text."""
        texts: list[str | None] = [None] * len(self)
        for each, starts, rows in self._parts:
            if field.number in each.places:
                found = each.places[field.number].texts(self._data, starts)
                for row, text in zip(rows.tolist(), found, strict=True):
                    texts[row] = text
        return texts

    def timestamps(self) -> tuple[FloatArray, IntArray]:
        """Of each message its own time, NaN where it has none, and the lowest bits of it that its
        header carries, -1 where that carries none.
        """
        headers = np.frombuffer(self._data, np.uint8)[self.starts]
        bits = np.where(headers & _COMPRESSED, headers & _TIME_BITS, np.int64(-1))
        return self.values(TIMESTAMP), bits


@dataclass(frozen=True, slots=True)
class Messages:
    """What the walk found: `end` is where it stopped, `whole` whether nothing stopped it."""

    data: bytes
    definitions: tuple[Definition, ...]
    end: int
    whole: bool

    def table(self, message: int) -> Table:
        return Table(self.data, (each for each in self.definitions if each.message == message))

    def count(self, message: int | None = None) -> int:
        """How many messages of a kind there are, or of all kinds."""
        wanted = (each for each in self.definitions if message in (None, each.message))
        return sum(len(each.starts) for each in wanted)

    def times(self, table: Table) -> FloatArray:
        """When each message of the table was written, in seconds of the file's clock; NaN where
        it does not say.
        """
        times, bits = table.timestamps()
        short = np.isnan(times) & (bits >= 0)
        if short.any():
            everything = Table(self.data, self.definitions)
            completed = _completed(*everything.timestamps())
            times[short] = completed[np.searchsorted(everything.starts, table.starts[short])]
        return times


def _completed(times: FloatArray, bits: IntArray) -> FloatArray:
    """Times of consecutive messages, the short ones completed by what went before.

    The clock goes on less than 32 s from one to the next, so that the lowest five bits of both
    tell how far.
    """
    with np.errstate(invalid="ignore"):
        is_full = np.abs(times) < 2.0**53
    told = np.flatnonzero(is_full | (bits >= 0))
    is_full = is_full[told]
    full = np.where(is_full, times[told], 0.0)
    low = np.where(is_full, full.astype(np.int64) & _TIME_BITS, bits[told])
    elapsed = np.concatenate([[0], np.cumsum(np.diff(low) & _TIME_BITS)])
    last_full = np.maximum.accumulate(np.where(is_full, np.arange(len(told)), -1))
    completed = np.full(len(times), np.nan)
    completed[told] = np.where(
        last_full < 0, np.nan, full[last_full] + elapsed - elapsed[last_full]
    )
    return completed


def walk(data: bytes, begin: int, end: int) -> Messages:
    """The messages between two positions, as far as they can be told apart.

    Raises:
        TooManyMessagesError: more messages or definitions than any recording has.
    """
    return _Walk(data, end).run(begin)


class _Walk:
    """Where each message starts, noted down with its definition."""

    def __init__(self, data: bytes, end: int) -> None:
        self._data, self._end = data, end
        self._bytes = np.frombuffer(data, np.uint8)
        # By header: how long its message is, 0 where that is not defined, and its definition.
        self._sizes = [0] * 256
        self._current: dict[int, Definition] = {}
        self._known: dict[bytes, Definition] = {}
        self._definitions = 0
        self._in_runs = 0

    def run(self, at: int) -> Messages:
        data, end, sizes, current = self._data, self._end, self._sizes, self._current
        before, alike = -1, 0
        for _ in range(MOST_MESSAGES):
            if at >= end:
                break
            header = data[at]
            size = sizes[header]
            if not size:
                stop = self._define(at)
                if stop is None:
                    return self._found(at, whole=False)
                at = stop
                continue
            current[header].starts.append(at)
            at += size
            alike = alike + 1 if header == before else 0
            before = header
            if alike == _ALIKE:
                at, alike = self._skip_run(header, at), 0
        else:
            raise TooManyMessagesError(MOST_MESSAGES)
        if at > end:
            at = current[before].starts.pop()
        return self._found(at, whole=at == end)

    def _skip_run(self, header: int, at: int) -> int:
        """Note down the whole messages of one header that follow; the position behind them."""
        size, starts, length = self._sizes[header], self._current[header].starts, _RUN
        while True:
            length = max(0, min(length, (self._end - at) // size))
            others = np.flatnonzero(self._bytes[at : at + length * size : size] != header)
            alike = int(others[0]) if len(others) else length
            self._in_runs += alike
            if self._in_runs > MOST_MESSAGES:
                raise TooManyMessagesError(MOST_MESSAGES)
            starts.frombytes(np.arange(at, at + alike * size, size, dtype=np.int64).tobytes())
            at += alike * size
            if len(others) or at + size > self._end:
                return at
            length *= 2

    def _define(self, at: int) -> int | None:
        """Read the definition that starts there; where it ends, None where none does."""
        data = self._data
        if data[at] & (_COMPRESSED | _DEFINES) != _DEFINES:
            return None
        stop = end_of_definition(data, at, self._end)
        if stop is None:
            return None
        self._definitions += 1
        if self._definitions > MOST_DEFINITIONS:
            raise TooManyMessagesError(MOST_DEFINITIONS)
        body = data[at + 1 : stop]
        known = self._known.get(body)
        if known is None:
            if len(self._known) >= MOST_LAYOUTS:
                raise TooManyMessagesError(MOST_LAYOUTS)
            known = self._known[body] = definition(body)
        for header in _HEADERS_OF[data[at] & _LOCAL_BITS]:
            self._sizes[header], self._current[header] = known.size, known
        return stop

    def _found(self, at: int, *, whole: bool) -> Messages:
        return Messages(self._data, tuple(self._known.values()), at, whole)
