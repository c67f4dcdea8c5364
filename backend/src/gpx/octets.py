"""The bytes of a file as machine words: eight characters compared or parsed at a time.

A word holds the eight bytes that start at a position, the first in its lowest byte. Arithmetic
on whole words (SIMD within a register; Lamport 1975, and for digits Lemire, "Quickly parsing
eight digits", 2018) then reads a column of numbers in a few passes over arrays.
"""

from datetime import date

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from src.gpx.model import BoolArray, FloatArray, IntArray
from src.gpx.values import LAST_S, instant, number

WordArray = npt.NDArray[np.uint64]

_ALL = 0xFFFF_FFFF_FFFF_FFFF
_LONGEST = 40
_EXACT = float(2**53)


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


_ZEROS = _word(b"0" * 8)
_DOTS = _word(b"." * 8)
_ONES = _word(b"\x01" * 8)
_HIGH_BITS = _word(b"\x80" * 8)
_ABOVE_NINE = _word(b"\x76" * 8)


class Octets:
    """A document to be read at many positions at once; positions are int64 arrays, shape (n,)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bytes = np.frombuffer(data, np.uint8)
        self._words: WordArray = np.ndarray((max(0, len(data) - 7),), "<u8", data, 0, (1,))

    def words(self, at: IntArray) -> WordArray:
        """The words at these positions; near the end of the document, the last whole one."""
        return self._words[np.minimum(at, len(self._words) - 1)]

    def equal(self, at: IntArray, text: bytes) -> BoolArray:
        """Whether the document reads `text` at each position."""
        same = np.ones(len(at), dtype=np.bool_)
        for offset in range(0, len(text), 8):
            part = text[offset : offset + 8]
            mask = np.uint64(_ALL >> (64 - 8 * len(part)))
            same &= (self.words(at + offset) & mask) == _word(part)
        return same

    def texts(self, start: IntArray, end: IntArray) -> list[str]:
        """The texts between the positions; slow."""
        data = self.data
        return [data[a:b].decode() for a, b in zip(start.tolist(), end.tolist(), strict=True)]

    def numbers(self, start: IntArray, end: IntArray) -> FloatArray:
        """What `values.number` reads between the positions, exactly."""
        value, read = self._decimals(start, end)
        rest = np.flatnonzero(~read)
        if len(rest):
            value[rest], read = self._long_decimals(start[rest], end[rest])
            rest = rest[~read]
            value[rest] = [number(text) for text in self.texts(start[rest], end[rest])]
        return value

    def instants(self, start: IntArray, end: IntArray) -> FloatArray:
        """What `values.instant` reads between the positions, exactly."""
        value, read = self._timestamps(start, end)
        rest = np.flatnonzero(~read)
        if len(rest):
            value[rest] = [instant(text) for text in self.texts(start[rest], end[rest])]
        return value

    def _decimals(self, start: IntArray, end: IntArray) -> tuple[FloatArray, BoolArray]:
        """Plain numbers of up to seven digits, a point, and up to eight; and which these are.

        With at most 15 digits the digits and the power of ten are exact in a double, so their
        quotient is the double nearest to the decimal (Clinger, 1990).
        """
        word = self.words(start)
        negative = (word & np.uint64(0xFF)) == ord("-")
        if negative.any():
            start = start + negative
            word = self.words(start)
        length = end - start
        to_dot = word ^ _DOTS
        dots = (to_dot - _ONES) & ~to_dot & _HIGH_BITS
        whole_mask = ((dots & -dots) >> np.uint64(7)) - np.uint64(1)
        whole_length = (np.bitwise_count(whole_mask) >> 3).astype(np.int64)
        np.minimum(whole_length, length, out=whole_length)
        fraction_length = length - whole_length - 1
        read = (whole_length >= 1) & (whole_length <= 7) & (length <= whole_length + 9)
        read &= fraction_length != 0
        np.clip(fraction_length, 0, 8, out=fraction_length)

        # Right-aligned, with zeros for the digits before; left-aligned, with zeros after.
        whole = (word ^ _ZEROS) << _bits(8 - np.clip(whole_length, 1, 8))
        fraction = (self.words(start + whole_length + 1) ^ _ZEROS) & _low_bytes(fraction_length)
        read &= _are_digits(whole) & _are_digits(fraction)
        value = (_digits(whole) * np.uint64(10**8) + _digits(fraction)).astype(np.float64) / 1e8
        np.negative(value, out=value, where=negative)
        return value, read

    def _long_decimals(self, start: IntArray, end: IntArray) -> tuple[FloatArray, BoolArray]:
        """Plain numbers of up to 40 characters, as some recorders write them; and which are."""
        value, length = np.zeros(len(start)), end - start
        short = np.flatnonzero((length <= _LONGEST) & (start + _LONGEST <= len(self.bytes)))
        if not len(short):
            return value, np.zeros(len(start), dtype=np.bool_)
        text = sliding_window_view(self.bytes, _LONGEST)[start[short]]
        text[np.arange(_LONGEST) >= length[short, None]] = 0
        digits = np.count_nonzero(text - np.uint8(ord("0")) < 10, axis=1)
        dots = np.count_nonzero(text == ord("."), axis=1)
        negative = text[:, 0] == ord("-")
        plain = (digits > 0) & (dots <= 1) & (digits + dots + negative == length[short])
        value[short[plain]] = text[plain].view(f"S{_LONGEST}")[:, 0].astype(np.float64)
        read = np.zeros(len(start), dtype=np.bool_)
        read[short[plain]] = True
        return value, read

    def _timestamps(self, start: IntArray, end: IntArray) -> tuple[FloatArray, BoolArray]:
        """Times like 2024-08-22T08:56:33.123Z, also without fraction or Z; and which these are."""
        length = end - start
        month = self.words(start) ^ _word(b"0000-00-")
        minute = self.words(start + 8) ^ _word(b"00T00:00")
        tail = self.words(start + 16)
        second = (tail ^ _word(b":00")) & np.uint64(0xFFFFFF)
        read = _are_digits(month) & _are_digits(minute) & _are_digits(second)
        read &= (month & _word(b"\0\0\0\0\xff\0\0\xff")) == 0
        read &= (minute & _word(b"\0\0\xff\0\0\xff\0\0")) == 0
        read &= (second & np.uint64(0xFF)) == 0

        year = _pair(month, 0) * 100 + _pair(month, 2)
        hours, minutes, seconds = _pair(minute, 3), _pair(minute, 6), _pair(second, 1)
        read &= (hours < 24) & (minutes < 60) & (seconds < 60)
        days, is_date = _days((year * 100 + _pair(month, 5)) * 100 + _pair(minute, 0))
        read &= is_date
        total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        read &= total < LAST_S

        mark = (tail >> np.uint64(24)).astype(np.uint8)
        plain = (length == 19) | ((length == 20) & (mark == ord("Z")))
        if plain.all():
            return total.astype(np.float64), read
        fraction, is_fraction = self._fractions(start + 20, end)
        read &= plain | ((mark == ord(".")) & is_fraction)
        microseconds = total * 1_000_000 + np.where(plain, 0, fraction)
        read &= np.abs(microseconds) < _EXACT
        return microseconds.astype(np.float64) / 1e6, read

    def _fractions(self, start: IntArray, end: IntArray) -> tuple[IntArray, BoolArray]:
        """Microseconds of up to eight digits before the Z that ends a time."""
        length = end - start - 1
        read = (length >= 1) & (length <= 8) & (self.bytes.take(end - 1, mode="clip") == ord("Z"))
        digits = (self.words(start) ^ _ZEROS) & _low_bytes(np.clip(length, 0, 8))
        read &= _are_digits(digits)
        return _digits(digits).astype(np.int64) // 100, read


def _bits(count: IntArray) -> WordArray:
    return (count << 3).astype(np.uint64)


def _low_bytes(count: IntArray) -> WordArray:
    """Masks of the first `count` bytes, 0 to 8; a shift by 64 would be undefined."""
    bits = _bits(8 - np.maximum(count, 1))
    return np.where(count > 0, np.uint64(_ALL) >> bits, np.uint64(0))


def _are_digits(word: WordArray) -> BoolArray:
    """Whether each byte is 0 to 9 (the character already taken to its value)."""
    digits: BoolArray = ((word | (word + _ABOVE_NINE)) & _HIGH_BITS) == 0
    return digits


def _digits(word: WordArray) -> WordArray:
    """The number of eight digits, the first the most significant (Lemire, 2018)."""
    word = word * np.uint64(2561) >> np.uint64(8)
    word &= np.uint64(0x00FF_00FF_00FF_00FF)
    word = word * np.uint64(6_553_601) >> np.uint64(16)
    word &= np.uint64(0x0000_FFFF_0000_FFFF)
    return word * np.uint64(42_949_672_960_001) >> np.uint64(32)


def _pair(word: WordArray, byte: int) -> IntArray:
    """The number of the two digits at this byte."""
    tens = (word >> np.uint64(8 * byte)) & np.uint64(0x0F)
    ones = (word >> np.uint64(8 * byte + 8)) & np.uint64(0x0F)
    return (tens * np.uint64(10) + ones).astype(np.int64)


def _days(year_month_day: IntArray) -> tuple[IntArray, BoolArray]:
    """Days since 1970-01-01 of dates like 20240822, and which of them exist."""
    change = np.flatnonzero(np.diff(year_month_day, prepend=-1))
    counts = np.diff(change, append=len(year_month_day))
    epoch = date(1970, 1, 1).toordinal()
    days = []
    for key in year_month_day[change].tolist():
        try:
            days.append(date(key // 10_000, key // 100 % 100, key % 100).toordinal() - epoch)
        except ValueError:
            days.append(-epoch)
    each = np.repeat(np.array(days, dtype=np.int64), counts)
    return each, each != -epoch
