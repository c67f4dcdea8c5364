"""Definition messages: which fields the messages of a kind have, and where in each they stand."""

import struct
from array import array
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from src.gpx.model import FloatArray, IntArray

STRING = 7

_HAS_DEVELOPER_FIELDS = 0x20
_TYPE_BITS = 0x1F
_HEADER_BYTES = 6  # record header, reserved, architecture, message number (2), number of fields
_FIELD_BYTES = 3

# By base type: the type of its values, and which of them stands for none. Floats say so themselves.
_BASE_TYPES: dict[int, tuple[str, int | None]] = {
    0: ("u1", 0xFF),  # enum
    1: ("i1", 0x7F),
    2: ("u1", 0xFF),
    3: ("i2", 0x7FFF),
    4: ("u2", 0xFFFF),
    5: ("i4", 0x7FFF_FFFF),
    6: ("u4", 0xFFFF_FFFF),
    STRING: ("u1", None),
    8: ("f4", None),
    9: ("f8", None),
    10: ("u1", 0),  # the types whose missing value is zero
    11: ("u2", 0),
    12: ("u4", 0),
    13: ("u1", 0xFF),  # byte
    14: ("i8", 0x7FFF_FFFF_FFFF_FFFF),
    15: ("u8", 0xFFFF_FFFF_FFFF_FFFF),
    16: ("u8", 0),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A field within each message of a definition: bytes behind the message's header."""

    offset: int
    size: int
    base_type: int
    kind: np.dtype[np.generic]
    missing: int | None

    def values(self, data: bytes, starts: IntArray) -> FloatArray:
        """The field of the messages that start at these positions; NaN where it has no value.

        Of a field with several values, the first.
        """
        raw = self._raw(data, starts)
        with np.errstate(invalid="ignore"):
            values = raw.astype(np.float64)
        if self.missing is not None:
            values[raw == self.missing] = np.nan
        return values

    def texts(self, data: bytes, starts: IntArray) -> list[str | None]:
        """The same as text; None where it is empty. What cannot be shown is left out."""
        return [self._text(data, start + 1 + self.offset) for start in starts.tolist()]

    def _raw(self, data: bytes, starts: IntArray) -> npt.NDArray[np.generic]:
        first = 1 + self.offset
        count = len(data) - first - self.kind.itemsize + 1
        everywhere = np.ndarray((count,), self.kind, data, first, (1,))
        return everywhere[starts]

    def _text(self, data: bytes, start: int) -> str | None:
        text = data[start : start + self.size].partition(b"\0")[0].decode(errors="replace")
        return "".join(filter(str.isprintable, text)).strip() or None


@dataclass(frozen=True, slots=True)
class Definition:
    """The layout of a kind of message, and where in the file each message of it starts.

    `size` counts the bytes of a message with its header and its developer fields.
    """

    message: int
    size: int
    places: dict[int, Place]
    starts: "array[int]" = field(default_factory=lambda: array("q"))

    def positions(self) -> IntArray:
        return np.array(self.starts, dtype=np.int64)


def end_of_definition(data: bytes, at: int, end: int) -> int | None:
    """Where the definition message that starts at `at` ends; None if that is behind `end`."""
    stop = _behind_list(data, at + _HEADER_BYTES - 1, end)
    if stop is not None and data[at] & _HAS_DEVELOPER_FIELDS:
        return _behind_list(data, stop, end)
    return stop


def _behind_list(data: bytes, at: int, end: int) -> int | None:
    """Where a list of fields ends that begins with their number."""
    if at >= end:
        return None
    stop = at + 1 + _FIELD_BYTES * data[at]
    return stop if stop <= end else None


def definition(body: bytes) -> Definition:
    """A whole definition message, without its header."""
    order = ">" if body[1] else "<"
    (message,) = struct.unpack_from(order + "H", body, 2)
    fields_at = _HEADER_BYTES - 1
    fields_end = fields_at + _FIELD_BYTES * body[fields_at - 1]
    places: dict[int, Place] = {}
    offset = 0
    for at in range(fields_at, fields_end, _FIELD_BYTES):
        number, size, type_number = body[at : at + _FIELD_BYTES]
        base_type = type_number & _TYPE_BITS
        code, missing = _BASE_TYPES.get(base_type, ("", None))
        kind = np.dtype(order + code) if code else None
        # A size that the type does not divide is told by nobody how to read.
        if kind is not None and size and size % kind.itemsize == 0:
            places[number] = Place(offset, size, base_type, kind, missing)
        offset += size
    # Developer fields follow: number, size, whose they are.
    return Definition(message, 1 + offset + sum(body[fields_end + 2 :: _FIELD_BYTES]), places)
