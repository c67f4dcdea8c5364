"""The bytes of a file as machine words: eight characters compared or parsed at a time.

A word holds the eight bytes that start at a position, the first in its lowest byte. Arithmetic
on whole words (SIMD within a register; Lamport 1975, and for digits Lemire, "Quickly parsing
eight digits", 2018) then reads a column of numbers in a few passes over arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from src.gpx.formats.values import LAST_S, instant, number
from src.gpx.model import BoolArray, FloatArray, IntArray

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

# By a number of bytes, 0 to 8: a mask of so many, their bits, and the bits of a word that are not
# in them; never all bits of a word, since a shift by 64 would be undefined.
_FIRST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_BITS = np.array([8 * min(count, 7) for count in range(9)], dtype=np.uint64)
_BITS_BEHIND = np.array([8 * (8 - max(count, 1)) for count in range(9)], dtype=np.uint64)

DATE_LENGTH = 10
# What each digit of a year, a month and a day adds to them.
_YEAR_MONTH_DAY = np.array(
    [(1000, 0, 0), (100, 0, 0), (10, 0, 0), (1, 0, 0), (0, 10, 0), (0, 1, 0), (0, 0, 10), (0, 0, 1)]
)
# That before the first of the year 1.
_NO_DAY = -719_163


@dataclass(frozen=True, slots=True)
class DateForm:
    """How a date is written in ten characters.

    `places` are those of the four digits of the year, the two of the month and the two of the day.
    At the other two is twice the same one of `marks`.
    """

    places: tuple[int, ...]
    marks: bytes

    def days(self, texts: npt.NDArray[np.uint8]) -> IntArray:
        """Days since 1970-01-01 of texts, shape (n, 10); `_NO_DAY` where one is no such date."""
        one, other = (texts[:, at] for at in range(DATE_LENGTH) if at not in self.places)
        digits = texts[:, self.places] - np.uint8(ord("0"))
        year, month, day = (digits @ _YEAR_MONTH_DAY).T
        is_date = (digits < 10).all(axis=1) & (year >= 1) & (month >= 1) & (month <= 12)
        is_date &= (one == other) & np.isin(one, np.frombuffer(self.marks, np.uint8))
        months = 12 * (year - 1970) + month - 1
        first, behind = (
            at.astype("M8[M]").astype("M8[D]").astype(np.int64) for at in (months, months + 1)
        )
        is_date &= (day >= 1) & (day <= behind - first)
        return np.where(is_date, first + day - 1, _NO_DAY)


ISO_DATE: Final = DateForm((0, 1, 2, 3, 5, 6, 8, 9), b"-")


class ByteColumns:
    """A document to be read at many positions at once; positions are int64 arrays, shape (n,)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bytes = np.frombuffer(data, np.uint8)
        self._words: WordArray = np.ndarray((max(0, len(data) - 7),), "<u8", data, 0, (1,))

    def words(self, at: IntArray) -> WordArray:
        """The words at these positions; near the end of the document, the last whole one."""
        return self._words[np.minimum(at, len(self._words) - 1)]

    def spans(self, at: IntArray, count: int) -> tuple[tuple[WordArray, ...], BoolArray]:
        """So many words on end from each position on, and where they are in the document.

        What is gathered at once costs as much as one word.
        """
        data = self.data.ljust(8 * count)
        last = len(data) - 8 * count
        spans = np.ndarray((last + 1,), f"V{8 * count}", data, 0, (1,))
        words = spans[np.minimum(at, last)].view("<u8").reshape(-1, count)
        return tuple(words.T), at <= len(self.data) - 8 * count

    def runs(self, start: IntArray, length: int) -> npt.NDArray[np.uint8]:
        """So many bytes from each position on, all of them in the document: shape (n, length)."""
        count = len(self.data) - length + 1
        runs = np.ndarray((count,), f"V{length}", self.data, 0, (1,))
        return runs[start].view(np.uint8).reshape(-1, length)

    def first_bytes(self, start: IntArray, end: IntArray) -> WordArray:
        """The first eight bytes of each text between the positions, zero where it has fewer."""
        words: WordArray = self.words(start) & _FIRST_BYTES.take(np.minimum(end - start, 8))
        return words

    def equal(self, at: IntArray, text: bytes) -> BoolArray:
        """Whether the document reads `text` at each position; near its end, as `words`."""
        count = max(0, len(self.data) - len(text) + 1)
        texts = np.ndarray((count,), f"S{len(text)}", self.data, 0, (1,))
        same: BoolArray = texts[np.minimum(at, count - 1)] == text
        return same

    def texts(self, start: IntArray, end: IntArray) -> list[str]:
        """The texts between the positions; slow. Half a character is read as a replacement."""
        data = self.data
        spans = zip(start.tolist(), end.tolist(), strict=True)
        return [data[a:b].decode(errors="replace") for a, b in spans]

    def numbers(self, start: IntArray, end: IntArray) -> FloatArray:
        """What `values.number` reads between the positions, exactly."""
        value, read = self._decimals(start, end)
        rest = np.flatnonzero(~read)
        if len(rest):
            value[rest] = np.nan
            rest = rest[start[rest] < end[rest]]
            value[rest], read = self._long_decimals(start[rest], end[rest])
            rest = rest[~read]
            value[rest] = [number(text) for text in self.texts(start[rest], end[rest])]
        return value

    def instants(self, start: IntArray, end: IntArray) -> FloatArray:
        """What `values.instant` reads between the positions, exactly."""
        value, read = self.timestamps(start, end)
        rest = np.flatnonzero(~read)
        if len(rest):
            value[rest] = [instant(text) for text in self.texts(start[rest], end[rest])]
        return value

    def _decimals(self, start: IntArray, end: IntArray) -> tuple[FloatArray, BoolArray]:
        """Plain numbers of up to seven digits, a point, and up to eight; and which these are.

        With at most 15 digits the digits and the power of ten are exact in a double, so their
        quotient is the double nearest to the decimal (Clinger, 1990).
        """
        (word, behind), read = self.spans(start, 2)
        negative = (word & np.uint64(0xFF)) == ord("-")
        if negative.any():
            start = start + negative
            (word, behind), read = self.spans(start, 2)
        length = end - start
        whole_length = _bytes_before_dot(word)
        np.minimum(whole_length, length, out=whole_length)
        fraction_length = length - whole_length
        fraction_length -= 1
        read &= (whole_length >= 1) & (whole_length <= 7)
        read &= (fraction_length != 0) & (fraction_length <= 8)
        np.clip(fraction_length, 0, 8, out=fraction_length)

        # Right-aligned, with zeros for the digits before; left-aligned, with zeros after.
        whole = word ^ _ZEROS
        whole <<= _BITS_BEHIND.take(whole_length)
        bits = _BITS.take(whole_length)
        fraction = word >> bits
        fraction >>= np.uint64(8)
        fraction |= behind << (np.uint64(56) - bits)
        fraction ^= _ZEROS
        fraction &= _FIRST_BYTES.take(fraction_length)
        read &= _are_digits(whole) & _are_digits(fraction)
        value = _digits(whole).astype(np.float64)
        value *= 1e8
        value += _digits(fraction)
        value /= 1e8
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

    def timestamps(
        self, start: IntArray, end: IntArray, forms: Sequence[DateForm] = (ISO_DATE,)
    ) -> tuple[FloatArray, BoolArray]:
        """Times like 2024-08-22T08:56:33.123Z; and which of them are such.

        A space may stand for the T; the fraction, the Z or all that follows the date may be left
        out. Its date may be written in any of the forms.
        """
        (*date, clock, behind), read = self.spans(start, 4)
        day, is_day = _days(date[0], date[1] & _FIRST_BYTES[2], forms)
        length = end - start
        between = (date[1] >> np.uint64(16)) & np.uint64(0xFF)
        is_alone = length == DATE_LENGTH
        read &= is_day & (is_alone | (between == ord("T")) | (between == ord(" ")))
        mark = (clock >> np.uint64(24)) & np.uint64(0xFF)
        fraction = (clock >> np.uint64(32)) | (behind << np.uint64(32))
        clock = (date[1] >> np.uint64(24)) | (clock << np.uint64(40))
        clock ^= _word(b"00:00:00")
        clock[is_alone] = 0
        read &= _are_digits(clock) & ((clock & _word(b"\0\0\xff\0\0\xff\0\0")) == 0)
        pairs = (clock * np.uint64(10) + (clock >> np.uint64(8))).view(np.uint8).reshape(-1, 8)
        hours, minutes, seconds = pairs[:, 0], pairs[:, 3], pairs[:, 6]
        read &= (hours < 24) & (minutes < 60) & (seconds < 60)
        total = day * 86_400
        total += hours * np.int64(3600)
        total += minutes * np.int64(60)
        total += seconds
        read &= total < LAST_S

        plain = is_alone | (length == 19) | ((length == 20) & (mark == ord("Z")))
        if plain.all():
            return total.astype(np.float64), read
        microseconds, is_fraction = self._microseconds(fraction, length - 21, end)
        read &= plain | ((mark == ord(".")) & is_fraction)
        microseconds = total * 1_000_000 + np.where(plain, 0, microseconds)
        read &= np.abs(microseconds) < _EXACT
        return microseconds.astype(np.float64) / 1e6, read

    def _microseconds(
        self, digits: WordArray, length: IntArray, end: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """Microseconds of one to eight digits before the Z that ends a time; and which are such."""
        read = (length >= 1) & (length <= 8) & (self.bytes.take(end - 1, mode="clip") == ord("Z"))
        digits = (digits ^ _ZEROS) & _FIRST_BYTES[np.clip(length, 0, 8)]
        read &= _are_digits(digits)
        return _digits(digits).astype(np.int64) // 100, read


def _bytes_before_dot(word: WordArray) -> IntArray:
    """How many bytes come before the first dot; 8 where there is none."""
    to_dot = word ^ _DOTS
    dots = to_dot - _ONES
    dots &= np.invert(to_dot, out=to_dot)
    dots &= _HIGH_BITS
    before_dot = dots - np.uint64(1)
    before_dot &= np.invert(dots, out=dots)
    count: IntArray = (np.bitwise_count(before_dot) >> 3).astype(np.int64)
    return count


def _are_digits(word: WordArray) -> BoolArray:
    """Whether each byte is 0 to 9 (the character already taken to its value)."""
    beyond = word + _ABOVE_NINE
    beyond |= word
    beyond &= _HIGH_BITS
    digits: BoolArray = beyond == 0
    return digits


def _digits(word: WordArray) -> WordArray:
    """The number of eight digits, the first the most significant (Lemire, 2018)."""
    word = word * np.uint64(2561)
    word >>= np.uint64(8)
    word &= np.uint64(0x00FF_00FF_00FF_00FF)
    word *= np.uint64(6_553_601)
    word >>= np.uint64(16)
    word &= np.uint64(0x0000_FFFF_0000_FFFF)
    word *= np.uint64(42_949_672_960_001)
    word >>= np.uint64(32)
    return word


def _days(year: WordArray, day: WordArray, forms: Sequence[DateForm]) -> tuple[IntArray, BoolArray]:
    """Days since 1970-01-01 of dates; and which are such.

    `year` and `day` are their first eight characters and the last two. One date stands in many
    points on end, so only the first of them is read.
    """
    new = np.ones(len(year), dtype=np.bool_)
    new[1:] = (year[1:] != year[:-1]) | (day[1:] != day[:-1])
    change = np.flatnonzero(new)
    words = (word[change].view(np.uint8).reshape(-1, 8) for word in (year, day))
    texts = np.concatenate([*words], axis=1)[:, :DATE_LENGTH]
    days = np.full(len(texts), _NO_DAY)
    for form in forms:
        rest = np.flatnonzero(days == _NO_DAY)
        days[rest] = form.days(texts[rest])
    each = np.repeat(days, np.diff(change, append=len(year)))
    return each, each != _NO_DAY
