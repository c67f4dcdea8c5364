"""Times as logs write them: ISO 8601, since 1970, or with the day or the month first."""

import math
import re
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from src.gpx.formats.byte_columns import DATE_LENGTH, ISO_DATE, DateForm
from src.gpx.formats.csv_log.cells import PADDING, Cells, Text
from src.gpx.formats.values import FIRST_S, LAST_S, UNREADABLE, instant, number
from src.gpx.model import BoolArray, FloatArray, IntArray


class TimeFormat(StrEnum):
    """How the times of a column are written; the values are what a mapping may say."""

    ISO = "iso"
    DAY_FIRST = "dd/mm/yyyy"
    MONTH_FIRST = "mm/dd/yyyy"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"


_DATES = (TimeFormat.DAY_FIRST, TimeFormat.MONTH_FIRST)
_PER_SECOND = {TimeFormat.EPOCH_S: 1.0, TimeFormat.EPOCH_MS: 1000.0}
# Numbers that are times of 1973 to 2128, and neither 20260321 nor 20260321100000.
_SECONDS = (1e8, 5e9)
_MILLISECONDS = (1e11, 5e12)

_LONGEST = 64
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ]\s*(.*))?", re.DOTALL)
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?:[T ]\s*(.*))?", re.DOTALL)
_CLOCK = re.compile(
    r"([0-9]{1,2})(:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)"
    r"(?:\s*([AaPp])\.?\s?[Mm]\.?|\s?(Z|[+-][0-9:]+))?"
)
_TIME_OF_DAY = re.compile(r"[0-9]{1,2}:[0-9]{2}.*|[0-9]{6}(?:\.[0-9]*)?", re.DOTALL)

# Where the digits of the year, the month and the day stand in ten characters.
_PLACES = {
    TimeFormat.ISO: ISO_DATE.places,
    TimeFormat.DAY_FIRST: (6, 7, 8, 9, 3, 4, 0, 1),
    TimeFormat.MONTH_FIRST: (6, 7, 8, 9, 0, 1, 3, 4),
}
_TARGETS = _PLACES[TimeFormat.ISO]
# What the year begins means the same in any format.
_FORMS = {
    time_format: [
        DateForm(_PLACES[one], b"-/.") for one in dict.fromkeys((TimeFormat.ISO, time_format))
    ]
    for time_format in _PLACES
}


def is_time_of_day(text: str) -> bool:
    """Whether a text tells a time without its date."""
    return len(text) <= _LONGEST and _TIME_OF_DAY.fullmatch(text) is not None


def joined(dates: Cells, times: Cells) -> Cells:
    """A date and a time of day as one text; empty where either is."""
    both = (dates.end > dates.start) & (times.end > times.start)
    dates, times = (Cells(c.text, c.start, np.where(both, c.end, c.start)) for c in (dates, times))
    length = dates.length + times.length + both
    start = np.cumsum(length) - length
    rows = dates.of_one_length(), times.of_one_length()
    if rows[0] is not None and rows[1] is not None:
        between = np.full((len(start), 1), ord(" "), dtype=np.uint8)
        characters = np.concatenate([rows[0], between, rows[1]], axis=1)
        return Cells(Text(characters.tobytes() + PADDING), start, start + length)
    characters = np.full(int(length.sum()), ord(" "), dtype=np.uint8)
    for cells, ahead in ((dates, np.zeros_like(start)), (times, dates.length + 1)):
        copied, first = cells.copied()
        target = np.arange(len(copied)) + np.repeat(start + ahead - first, cells.length)
        characters[target] = copied
    return Cells(Text(characters.tobytes() + PADDING), start, start + length)


def format_of(samples: Sequence[str], *, decimal_comma: bool) -> TimeFormat | None:
    """How most of some texts are written; None where the order of day and month is open."""
    formats = [possible_formats(text, decimal_comma=decimal_comma) for text in samples]
    candidates = [(TimeFormat.ISO,), (TimeFormat.EPOCH_S,), (TimeFormat.EPOCH_MS,), _DATES]
    most = max(candidates, key=formats.count)
    return most[0] if len(most) == 1 else None


def possible_formats(text: str, *, decimal_comma: bool) -> tuple[TimeFormat, ...]:
    """The formats that a text by itself can have; none where it is no time."""
    value = number(text.replace(",", ".") if decimal_comma else text)
    if _SECONDS[0] <= value < _SECONDS[1]:
        return (TimeFormat.EPOCH_S,)
    if _MILLISECONDS[0] <= value < _MILLISECONDS[1]:
        return (TimeFormat.EPOCH_MS,)
    if len(text) <= _LONGEST and _YEAR_LAST.fullmatch(text):
        return _DATES
    return (TimeFormat.ISO,) if math.isfinite(read_time(text, TimeFormat.ISO)) else ()


def order_of(blocks: Sequence[Cells]) -> TimeFormat | None:
    """Whether the day or the month comes first in dates that end with their year.

    What cannot be a month tells, and where the column has both, most of them do; a few bad dates
    decide nothing. None where nothing tells, and some date would differ.
    """
    day_first = month_first = differing = 0
    for block in blocks:
        cells = block.at(block.length <= _LONGEST)
        # A date, and what parts it from the time of day; one stands in many rows on end.
        heads = Cells(cells.text, cells.start, np.minimum(cells.end, cells.start + DATE_LENGTH + 1))
        new = np.flatnonzero(np.append(True, heads.changes())[: len(cells)])
        rows = np.diff(new, append=len(cells))
        first, second = _leading_numbers(cells.at(new))
        valid = (first >= 1) & (second >= 1) & (first <= 31) & (second <= 31)
        day_first += int(rows[valid & (first > 12) & (second <= 12)].sum())
        month_first += int(rows[valid & (second > 12) & (first <= 12)].sum())
        differing += int(rows[valid & (first != second)].sum())
    if day_first == month_first:
        return None if differing else TimeFormat.DAY_FIRST
    return TimeFormat.DAY_FIRST if day_first > month_first else TimeFormat.MONTH_FIRST


def read_times(
    cells: Cells, time_format: TimeFormat, *, decimal_comma: bool
) -> tuple[FloatArray, BoolArray]:
    """Seconds since 1970-01-01 UTC as `values.instant` gives them, and which lack a time zone."""
    if time_format in _PER_SECOND:
        value = cells.numbers(decimal_comma=decimal_comma) / _PER_SECOND[time_format]
        value[(value < FIRST_S) | (value > LAST_S)] = UNREADABLE
        return value, np.zeros(len(cells), dtype=np.bool_)
    value, is_read = cells.timestamps(_FORMS[time_format])
    zoneless = is_read & (cells.bytes_at(-1) != ord("Z"))
    others = np.flatnonzero(~is_read)
    if len(others):
        value[others] = np.nan
        for rows, texts in _as_iso(cells.at(others), time_format):
            value[others[rows]] = found = texts.instants()
            zoneless[others[rows]] = np.isfinite(found) & ~_has_zone(texts)
    return value, zoneless


def read_time(text: str, time_format: TimeFormat) -> float:
    """One time, read alone: what `read_times` gives for each."""
    return instant(iso_text(text, time_format))


def iso_text(text: str, time_format: TimeFormat) -> str:
    """A date and time in the form of ISO 8601; any other text as it is."""
    if len(text) > _LONGEST:
        return text
    if found := _YEAR_FIRST.fullmatch(text):
        year, _, month, day, clock = found.groups()
    elif time_format in _DATES and (found := _YEAR_LAST.fullmatch(text)):
        first, _, second, year, clock = found.groups()
        day, month = (first, second) if time_format == TimeFormat.DAY_FIRST else (second, first)
    else:
        return text
    date = f"{year}-{month:0>2}-{day:0>2}"
    return date if clock is None else f"{date}T{_iso_clock(clock)}"


def _iso_clock(text: str) -> str:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return text
    hour, rest, half, zone = found.groups()
    if half is not None:
        if not 1 <= int(hour) <= 12:
            return text
        hour = str(int(hour) % 12 + (12 if half in "Pp" else 0))
    return f"{hour:0>2}{rest}{zone or ''}"


def _as_iso(cells: Cells, time_format: TimeFormat) -> list[tuple[IntArray, Cells]]:
    """The cells that have a text, in the form of ISO 8601, in groups with their positions."""
    rows = cells.filled()
    cells = cells.at(rows)
    regular = _is_regular(cells)
    dashed = regular & (cells.bytes_at(4) == ord("-")) & (cells.bytes_at(7) == ord("-"))
    groups = [(dashed, cells.at(dashed))]
    if not dashed.all():
        slashed = regular & ~dashed & _same_marks(cells, 4, 7)
        groups.append((slashed, _rewritten(cells.at(slashed), TimeFormat.ISO)))
        rest = ~dashed & ~slashed
        if time_format in _DATES:
            last = rest & regular & _same_marks(cells, 2, 5)
            groups.append((last, _rewritten(cells.at(last), time_format)))
            rest &= ~last
        texts = [iso_text(text, time_format) for text in cells.at(rest).texts()]
        groups.append((rest, Cells.of(texts)))
    return [(rows[mask], group) for mask, group in groups if len(group)]


def _is_regular(cells: Cells) -> BoolArray:
    """Which are ten characters of a date, alone or before a time of day that ISO 8601 has too."""
    length, last = cells.length, cells.bytes_at(-1)
    between = cells.bytes_at(10)
    timed = (length >= 16) & ((between == ord("T")) | (between == ord(" ")))
    timed &= (cells.bytes_at(13) == ord(":")) & (cells.bytes_at(11) != ord(" "))
    regular: BoolArray = (length == 10) | timed
    regular &= (length <= _LONGEST) & ((last == ord("Z")) | _is_digit(last))
    regular &= _is_digit(cells.bytes_at(9))
    # A Z or the sign of an offset may follow a space, which ISO 8601 does not have.
    for place in (-2, -4, -6, -7):
        regular &= cells.bytes_at(place) != ord(" ")
    return regular


def _is_digit(characters: npt.NDArray[np.uint8]) -> BoolArray:
    digits: BoolArray = characters - np.uint8(ord("0")) < 10
    return digits


def _same_marks(cells: Cells, one: int, other: int) -> BoolArray:
    mark = cells.bytes_at(one)
    same: BoolArray = mark == cells.bytes_at(other)
    same &= (mark == ord("/")) | (mark == ord(".")) | (mark == ord("-"))
    return same


def _rewritten(cells: Cells, order: TimeFormat) -> Cells:
    """Dates of ten characters with the year first and hyphens, whatever follows them."""
    characters, start = cells.copied()
    for target, source in zip(_TARGETS, _PLACES[order], strict=True):
        characters[start + target] = cells.bytes_at(source)
    characters[start + 4] = characters[start + 7] = ord("-")
    return Cells(Text(characters.tobytes() + PADDING), start, start + cells.length)


def _leading_numbers(cells: Cells) -> tuple[IntArray, IntArray]:
    """The two numbers with which dates that end with their year begin; 0 for any other text."""
    digits = {at: cells.bytes_at(at).astype(np.int64) - ord("0") for at in (0, 1, 3, 4, 6, 7, 8, 9)}
    shaped = _is_regular(cells) & _same_marks(cells, 2, 5)
    for digit in digits.values():
        shaped &= (digit >= 0) & (digit <= 9)
    first = np.where(shaped, 10 * digits[0] + digits[1], 0)
    second = np.where(shaped, 10 * digits[3] + digits[4], 0)
    rest = np.flatnonzero(~shaped & (cells.end > cells.start))
    for row, text in zip(rest.tolist(), cells.at(rest).texts(), strict=True):
        if found := _YEAR_LAST.fullmatch(text):
            first[row], second[row] = int(found[1]), int(found[3])
    return first, second


def _has_zone(cells: Cells) -> BoolArray:
    """Which times end with a Z or an offset of two to six digits."""
    zoned: BoolArray = cells.bytes_at(-1) == ord("Z")
    for place in (-3, -5, -6, -9):
        sign = cells.bytes_at(place)
        is_behind_date = cells.length + place > 10
        zoned |= is_behind_date & ((sign == ord("+")) | (sign == ord("-")))
    return zoned
