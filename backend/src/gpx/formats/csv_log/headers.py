"""Which column holds what: by the names that recorders and spreadsheets give, or as told."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from src.gpx.errors import UnusableMappingError
from src.gpx.formats.csv_log.times import TimeFormat

# Names in small letters, without accents, spaces, hyphens and underscores.
_NAMES: Final = {
    "latitude": ("lat", "latitude", "latitud"),
    "longitude": ("lon", "lng", "long", "longitude", "longitud"),
    "elevation": ("ele", "elev", "elevation", "elevacion", "alt", "altitude", "altitud"),
    "time": ("time", "timestamp", "datetime", "hora", "fechahora", "fechayhora"),
    "date": ("date", "fecha"),
    "segment": ("segment", "segmento", "seg", "track"),
    "heart_rate": ("heartrate", "hr", "fc", "pulso", "frecuenciacardiaca"),
    "cadence": ("cadence", "cad", "cadencia"),
    "power": ("power", "watts", "potencia"),
    "temperature": ("temperature", "temp", "temperatura"),
}
KEYS: Final = tuple(_NAMES)
REQUIRED: Final = ("latitude", "longitude")
_KEY_OF: Final = {name: key for key, names in _NAMES.items() for name in names}

# Of a header; a longer one is no name of a column that is known, and a pattern would go over it
# again from each of its blanks.
_LONGEST_NAME: Final = 100
_IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_LAST_WORD = re.compile(r"[\s_]+([^\s_]+)$")
_FEET: Final = ("ft", "feet", "pies")
_FAHRENHEIT: Final = ("f", "°f", "ºf", "fahrenheit")
_UNITS: Final = frozenset(
    (
        *("m", "mt", "mts", "meters", "metres", "metros", *_FEET),
        *("deg", "degrees", "grados", "°"),
        *("bpm", "ppm", "lpm", "rpm", "w", "watt", "watts", "vatios"),
        *("c", "°c", "ºc", "celsius", *_FAHRENHEIT),
        *("utc", "gmt", "z", "iso", "iso8601", "unix", "epoch", "s", "ms"),
    )
)
# value = factor * (number - zero), for units that are not ours.
_CONVERSIONS: Final = {
    **{("elevation", unit): (0.3048, 0.0) for unit in _FEET},
    **{("temperature", unit): (5 / 9, 32.0) for unit in _FAHRENHEIT},
}


@dataclass(frozen=True, slots=True)
class Column:
    """Where a key's values are: the column's position and header, and how to read them.

    A value is `factor * (number - zero)`. `time_format` is None where nobody has said it.
    """

    position: int
    header: str
    factor: float = 1.0
    zero: float = 0.0
    time_format: TimeFormat | None = None


def recognised(headers: list[str]) -> dict[str, Column]:
    """The columns whose headers are known, by key; of two for one key the first.

    A date without a time of day beside it is the time itself.
    """
    columns: dict[str, Column] = {}
    for position, header in enumerate(headers):
        name, _ = _name_and_unit(header)
        key = _KEY_OF.get(name)
        if key is not None and key not in columns:
            columns[key] = _column(key, position, header)
    return _with_time(columns)


def mapped(headers: list[str], mapping: Mapping[str, str]) -> dict[str, Column]:
    """The columns that a mapping names, and no others.

    Raises:
        UnusableMappingError: it has an unknown key, a header that the file has not, or one column
            for two keys.
    """
    columns: dict[str, Column] = {}
    for key, wanted in mapping.items():
        if key not in _NAMES:
            raise UnusableMappingError(key, wanted, "unknown_key")
        position, time_format = _found(headers, key, wanted)
        if position is None:
            raise UnusableMappingError(key, wanted, "unknown_header")
        if any(position == column.position for column in columns.values()):
            raise UnusableMappingError(key, wanted, "used_twice")
        columns[key] = _column(key, position, headers[position], time_format)
    return _with_time(columns)


def count_known(headers: list[str], mapping: Mapping[str, str] | None) -> int:
    """How many columns are recognised; with a mapping, how many of its headers are there."""
    if mapping is None:
        return len(recognised(headers))
    return sum(_found(headers, key, wanted)[0] is not None for key, wanted in mapping.items())


def _found(headers: list[str], key: str, wanted: str) -> tuple[int | None, TimeFormat | None]:
    """The position of a header, whole or before a format of time."""
    position = _position(headers, wanted)
    if position is not None or key not in ("time", "date"):
        return position, None
    header, _, suffix = wanted.rpartition("|")
    time_format = next((known for known in TimeFormat if known == suffix.strip().lower()), None)
    return (None, None) if time_format is None else (_position(headers, header), time_format)


def _position(headers: list[str], wanted: str) -> int | None:
    """Where a header is, exactly as written; else in any case and with any space around."""
    if wanted in headers and wanted.strip():
        return headers.index(wanted)
    folded = [header.strip().casefold() for header in headers]
    sought = wanted.strip().casefold()
    return folded.index(sought) if sought and sought in folded else None


def _column(key: str, position: int, header: str, time_format: TimeFormat | None = None) -> Column:
    _, unit = _name_and_unit(header)
    factor, zero = _CONVERSIONS.get((key, unit), (1.0, 0.0))
    return Column(position, header, factor, zero, time_format)


def _with_time(columns: dict[str, Column]) -> dict[str, Column]:
    if "date" in columns and "time" not in columns:
        columns["time"] = columns.pop("date")
    return columns


def _name_and_unit(header: str) -> tuple[str, str]:
    """A header's name as in `_NAMES`, and its unit in small letters; empty where it has none."""
    text = header.strip().casefold()
    unit = ""
    if len(text) > _LONGEST_NAME:
        return text, unit
    if bracket := _IN_BRACKETS.search(text):
        text, unit = text[: bracket.start()], bracket[1].strip()
    elif (word := _LAST_WORD.search(text)) and word[1] in _UNITS:
        text, unit = text[: word.start()], word[1]
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(character)
    )
    return re.sub(r"[\s_-]+", "", plain), unit
