"""Numbers and instants from their text, one at a time.

A value that is absent is NaN; one that stands in the file but cannot be read is `UNREADABLE`, so
that the repair can tell the two apart and report the second. What is written otherwise than it
should be, but can mean one thing only, is read by `odd_number` and `odd_instant`.
"""

import math
import re
import unicodedata
from datetime import UTC, datetime
from functools import cache

UNREADABLE = math.inf
# Characters of a text that are read; no number, time or name has more.
LONGEST_TEXT = 4096

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Instants that calendars know, also once they are rounded to a double.
FIRST_S = (datetime.min.replace(tzinfo=UTC) - _EPOCH).total_seconds()
LAST_S = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - _EPOCH).total_seconds()


def number(text: str) -> float:
    """A finite decimal number; NaN for an empty text, UNREADABLE for anything else."""
    if len(text) > LONGEST_TEXT:
        return UNREADABLE
    text = text.strip()
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        return UNREADABLE
    return value if math.isfinite(value) and "_" not in text else UNREADABLE


def instant(text: str) -> float:
    """Seconds since 1970-01-01 UTC of an ISO 8601 date and time; without an offset it is UTC.

    NaN for an empty text, UNREADABLE for anything else. Fractions count down to the microsecond.
    """
    if len(text) > LONGEST_TEXT:
        return UNREADABLE
    text = text.strip()
    if not text:
        return math.nan
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return UNREADABLE
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - _EPOCH).total_seconds()
    return seconds if FIRST_S <= seconds <= LAST_S else UNREADABLE


def utc_offset_s(text: str) -> float | None:
    """How far the clock of an ISO 8601 time is ahead of UTC, in seconds.

    None where the time is in UTC, as nearly all are, or has no offset: it tells of no place then.
    """
    try:
        offset = datetime.fromisoformat(text.strip()).utcoffset()
    except ValueError:
        return None
    return offset.total_seconds() if offset else None


# Of metres, of degrees or of a sensor.
UNITS = (
    *("m", "mt", "mts", "msnm", "metre", "metres", "meter", "meters", "metros"),
    *("bpm", "rpm", "w", "c", "°c", "° c", "°"),
)
# A number, with a comma for its point, and a unit behind it.
_ODD_NUMBER = re.compile(rf"(?P<number>[+-]?[0-9]+(?:[.,][0-9]+)?)\s*(?:{'|'.join(UNITS)})?\.?")
_ODD_INSTANT = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-./:])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"(?:T|\s)\s*"
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{1,2})(?:[:.](?P<second>[0-9]{1,2}))?"
    r"(?:[.,:](?P<fraction>[0-9]+))?\s*"
    r"(?P<zone>Z|UTC|GMT|(?P<sign>[+-])(?P<zone_hour>[0-9]{1,2})(?::?(?P<zone_minute>[0-9]{2}))?)?"
)
# Of these years; as seconds they are of 1970 or less.
_EPOCH_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_EPOCH_SECONDS = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?")
# Longer texts are no slip of a recorder.
_LONGEST_ODD = 64


def odd_number(text: str) -> float:
    """The number of a text with a decimal comma, a unit or the digits of another script.

    UNREADABLE where it could mean something else.
    """
    found = _ODD_NUMBER.fullmatch(_plain_digits(text).lower())
    return float(found["number"].replace(",", ".")) if found else UNREADABLE


def odd_instant(text: str) -> float:
    """The instant of a text that is almost ISO 8601, or a count of milliseconds or seconds.

    Dots or slashes in the date, numbers without their zeros, lower case, `UTC`, the digits of
    another script; the year comes first, or the order of day and month would be a guess.
    UNREADABLE for anything else.
    """
    text = _plain_digits(text).upper()
    plain = instant(text)
    if math.isfinite(plain):
        return plain
    if _EPOCH_MILLISECONDS.fullmatch(text):
        return float(text) / 1000
    if _EPOCH_SECONDS.fullmatch(text):
        return float(text)
    found = _ODD_INSTANT.fullmatch(text)
    if not found:
        return UNREADABLE
    parts = (int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second"))
    year, month, day, hour, minute, second = parts
    fraction = float(f"0.{found['fraction'] or 0}")
    try:
        # A second that was put in, or rounded up.
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return UNREADABLE
    if second > 60:
        return UNREADABLE
    ahead_s = 3600 * int(found["zone_hour"] or 0) + 60 * int(found["zone_minute"] or 0)
    ahead_s = -ahead_s if found["sign"] == "-" else ahead_s
    seconds = (moment - _EPOCH).total_seconds() + (second == 60) + fraction - ahead_s
    return seconds if FIRST_S <= seconds <= LAST_S else UNREADABLE


def _plain_digits(text: str) -> str:
    """A text with the digits of any script as those of this one, and without marks of direction."""
    if len(text) > _LONGEST_ODD:
        return ""
    text = text.strip()
    return text if text.isascii() else text.translate(_plain_characters())


@cache
def _plain_characters() -> dict[int, str | None]:
    """What stands for each digit and mark of direction of the basic plane."""
    plain: dict[int, str | None] = {0x066B: ".", 0x2212: "-"}
    for code in range(0x80, 0x10000):
        character = chr(code)
        if character.isdecimal():
            plain[code] = str(unicodedata.decimal(character))
        elif unicodedata.category(character) == "Cf":
            plain[code] = None
    return plain
