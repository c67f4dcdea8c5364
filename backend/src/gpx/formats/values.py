"""Numbers and instants from their text, one at a time.

A value that is absent is NaN; one that stands in the file but cannot be read is `UNREADABLE`, so
that the repair can tell the two apart and report the second.
"""

import math
from datetime import UTC, datetime

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
