"""What a form can be filled with from a file alone: a difficulty and a title."""

import re
from bisect import bisect_right
from enum import StrEnum
from pathlib import PurePath


class Difficulty(StrEnum):
    """From the easiest to the hardest."""

    EASY = "easy"
    MODERATE = "moderate"
    DIFFICULT = "difficult"
    VERY_DIFFICULT = "very_difficult"
    EXTREME = "extreme"


MAX_TITLE_LENGTH = 200
_DISTANCE_KM = (30.0, 60.0, 100.0, 150.0)
_GAIN_M = (500.0, 1000.0, 1500.0, 2500.0)

_TIME = r"[T_ -]?[0-2]\d[-_:.]?[0-5]\d(?:[-_:.]?[0-5]\d)?Z?"
_DATE = rf"(?:19|20)\d\d[-_. ]?[01]\d[-_. ]?[0-3]\d(?:{_TIME})?"
_DAY_FIRST = r"[0-3]?\d[-_.][01]?\d[-_.](?:19|20)\d\d"
_VERSION = r"v\d+(?:\.\d+)*"
_COPY = r"\(\d+\)|copy|copia|final|definitivo|definitiva|nuevo|nueva|new"
_NOISE = re.compile(
    rf"(?<![^\W_])(?:{_DATE}|{_DAY_FIRST}|{_VERSION}|{_COPY})(?![^\W_])", re.IGNORECASE
)
# What programs call a ride that nobody has named.
_OF_ANY_RIDE = {
    *("active log", "activity", "bike ride", "biking", "cycling", "log", "new track", "ride"),
    *("route", "track", "track log", "tracklog", "unnamed", "untitled"),
    *("actividad", "ciclismo", "ruta", "sin nombre", "sin título", "gpx"),
}
# Also of packed files, and of those that phones put something behind: `ride.gpx.gz`.
_EXTENSIONS = re.compile(r"(?<=.)(?:\.(?:gpx|tcx|fit|csv))?\.[^.]+$", re.IGNORECASE)


def difficulty_of(distance_km: float, elevation_gain_m: float | None) -> Difficulty:
    """The harder of what the distance says and what the climbing says."""
    by_distance = bisect_right(_DISTANCE_KM, distance_km)
    by_gain = bisect_right(_GAIN_M, elevation_gain_m or 0.0)
    return list(Difficulty)[max(by_distance, by_gain)]


def suggested_title(name: str | None, file_name: str) -> str:
    """The name that stands in the file, or else `title_of` the file's own.

    A name that tells rides apart by nothing but a date or a number is none.
    """
    words = re.sub(r"[\W\d_]+", " ", _NOISE.sub(" ", name or "")).casefold().strip()
    if name and words and words not in _OF_ANY_RIDE:
        return name.strip()[:MAX_TITLE_LENGTH].rstrip()
    return title_of(file_name)


def title_of(file_name: str) -> str:
    """A title from a file's name: no extension, dates, versions or words for copies.

    At most `MAX_TITLE_LENGTH` characters, so that a form can send it as it is.
    """
    stem = _EXTENSIONS.sub("", PurePath(file_name).name)
    words = re.sub(r"[\W_]+", " ", _NOISE.sub(" ", stem)).split()
    title = " ".join(word[0].upper() + word[1:] for word in words) or stem
    return title[:MAX_TITLE_LENGTH].rstrip()
