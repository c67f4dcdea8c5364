"""One column of some rows: where in a document the text of each of its cells lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from src.gpx.formats.byte_columns import ByteColumns, DateForm
from src.gpx.formats.values import UNITS
from src.gpx.model import BoolArray, FloatArray, IntArray

# Behind the end of a document, so that whole words can be read up to it.
PADDING = b"\n" * 64

# Spaces around a text that are taken away from all cells at once; of the few that have more, alone.
_PASSES = 32
_BLANK = b" \t"
# Longer texts are compared alone.
_LONGEST_NAME = 64

# The units behind numbers as words, in small letters and capitals, and as an abbreviation.
_UNIT_BYTES = 8
_UNIT_WORDS = np.array(
    [
        int.from_bytes((written + dot).encode(), "little")
        for unit in UNITS
        for written in (unit, unit.upper(), unit.capitalize())
        for dot in ("", ".")
    ],
    dtype=np.uint64,
)

_COMMAS_AND_POINTS = bytes.maketrans(b",.", b".,")


class Text(ByteColumns):
    """A text in UTF-8 with `PADDING` behind all that is read of it."""

    @cached_property
    def swapped(self) -> ByteColumns:
        """With points for commas and commas for points, to read decimal commas."""
        return ByteColumns(self.data.translate(_COMMAS_AND_POINTS))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """n cells: the text of each from `start` to before `end`, shape (n,) both."""

    text: Text
    start: IntArray
    end: IntArray

    def __len__(self) -> int:
        return len(self.start)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Cells":
        """Cells in a document of their own."""
        document = "".join(texts)
        pieces = texts if document.isascii() else [text.encode() for text in texts]
        length = np.fromiter(map(len, pieces), np.int64, len(texts))
        end = np.cumsum(length)
        return cls(Text(document.encode() + PADDING), end - length, end)

    @property
    def length(self) -> IntArray:
        return self.end - self.start

    def at(self, rows: IntArray | BoolArray | slice) -> "Cells":
        return Cells(self.text, self.start[rows], self.end[rows])

    def filled(self) -> IntArray:
        """The cells that have a text."""
        return np.flatnonzero(self.end > self.start)

    def bytes_at(self, place: int) -> npt.NDArray[np.uint8]:
        """The byte so far behind each start; before each end, where `place` is negative."""
        at = self.start + place if place >= 0 else self.end + place
        return self.text.bytes.take(at, mode="clip")

    def texts(self) -> list[str]:
        return self.text.texts(self.start, self.end)

    def numbers(self, *, decimal_comma: bool) -> FloatArray:
        """What `values.number` reads; a point is no part of a number with a decimal comma."""
        document = self.text.swapped if decimal_comma else self.text
        return document.numbers(self.start, self.end)

    def without_units(self) -> "Cells":
        """What stands before a unit of ours; empty where none is behind it."""
        end, rest = self.end.copy(), np.arange(len(self))
        for _ in range(_UNIT_BYTES + 1):
            rest = rest[end[rest] > self.start[rest]]
            rest = rest[self.text.bytes[end[rest] - 1] - np.uint8(ord("0")) >= 10]
            end[rest] -= 1
        unit = Cells(self.text, end, self.end).stripped()
        words = self.text.first_bytes(unit.start, unit.end)
        known = (unit.length <= _UNIT_BYTES) & np.isin(words, _UNIT_WORDS)
        return Cells(self.text, self.start, np.where(known, end, self.start))

    def instants(self) -> FloatArray:
        """What `values.instant` reads."""
        return self.text.instants(self.start, self.end)

    def timestamps(self, forms: Sequence[DateForm]) -> tuple[FloatArray, BoolArray]:
        """As `ByteColumns.timestamps`."""
        return self.text.timestamps(self.start, self.end, forms)

    def stripped(self) -> "Cells":
        """Without spaces and tabs around the texts."""
        start = self._inward(self.start, self.end, 1)
        return Cells(self.text, start, self._inward(self.end, start, -1))

    def _inward(self, edge: IntArray, other: IntArray, step: int) -> IntArray:
        """One edge of each cell moved toward the other, past spaces and tabs."""
        data, ahead = self.text.bytes, min(step, 0)
        rest = np.flatnonzero(_is_blank(data.take(edge + ahead)))
        moved = edge.copy() if len(rest) else edge
        for _ in range(_PASSES):
            # Beside an empty cell stands what separates it, which may be a tab.
            rest = rest[moved[rest] != other[rest]]
            rest = rest[_is_blank(data[moved[rest] + ahead])]
            if not len(rest):
                return moved
            moved[rest] += step
        for row in rest.tolist():
            low, high = sorted((int(moved[row]), int(other[row])))
            text = self.text.data[low:high]
            stripped = text.lstrip(_BLANK) if step > 0 else text.rstrip(_BLANK)
            moved[row] += step * (len(text) - len(stripped))
        return moved

    def of_one_length(self) -> npt.NDArray[np.uint8] | None:
        """The texts as rows of characters, shape (n, characters); None where lengths differ."""
        length = self.length
        if not len(length) or not length[0] or (length != length[0]).any():
            return None
        return self.text.runs(self.start, int(length[0]))

    def copied(self) -> tuple[npt.NDArray[np.uint8], IntArray]:
        """The texts one behind the other, and where each starts."""
        length = self.length
        start = np.cumsum(length) - length
        if (rows := self.of_one_length()) is not None:
            return rows.ravel(), start
        source = np.arange(int(length.sum())) + np.repeat(self.start - start, length)
        return self.text.bytes[source], start

    def changes(self) -> BoolArray:
        """Whether the text differs from that of the cell before, shape (n - 1,)."""
        length, words = self.length, self.text.first_bytes(self.start, self.end)
        changed: BoolArray = (length[1:] != length[:-1]) | (words[1:] != words[:-1])
        rest = np.flatnonzero(~changed)
        for place in range(8, _LONGEST_NAME, 8):
            rest = rest[length[rest] > place]
            if not len(rest):
                return changed
            behind = np.clip(8 * (place + 8 - length[rest]), 0, 56).astype(np.uint64)
            words = self.text.words(self.start[rest] + place)
            differ = ((words ^ self.text.words(self.start[rest + 1] + place)) << behind) != 0
            changed[rest[differ]] = True
            rest = rest[~differ]
        rest = rest[length[rest] > _LONGEST_NAME]
        one, other = self.at(rest), self.at(rest + 1)
        changed[rest] = [a != b for a, b in zip(one.texts(), other.texts(), strict=True)]
        return changed


def _is_blank(characters: npt.NDArray[np.uint8]) -> BoolArray:
    blank: BoolArray = (characters == ord(" ")) | (characters == ord("\t"))
    return blank
