"""Arrays written as CSV track logs, in the forms that recorders and spreadsheets write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from src.gpx.model import FloatArray, Track

TimeForm = Literal[
    "iso", "iso with a space", "epoch_s", "epoch_ms", "day first", "month first", "two columns"
]
_HEADERS = {
    "latitude": "lat",
    "longitude": "lon",
    "elevation": "ele",
    "heart_rate_bpm": "hr",
    "cadence_rpm": "cad",
    "power_w": "power",
    "temperature_c": "temp",
}
_TIMES: dict[TimeForm, Callable[[float], tuple[str, ...]]] = {
    "iso": lambda s: (f"{_moment(s):%Y-%m-%dT%H:%M:%SZ}",),
    "iso with a space": lambda s: (f"{_moment(s):%Y-%m-%d %H:%M:%S}",),
    "epoch_s": lambda s: (f"{s:.0f}",),
    "epoch_ms": lambda s: (f"{1000 * s:.0f}",),
    "day first": lambda s: (f"{_moment(s):%d/%m/%Y %H:%M:%S}",),
    "month first": lambda s: (f"{_moment(s):%m/%d/%Y %H:%M:%S}",),
    "two columns": lambda s: (f"{_moment(s):%d.%m.%Y}", f"{_moment(s):%H:%M:%S}"),
}

# A minute of a ride whose columns nobody recognises by their headers.
NOT_RECOGNISED = b"breite;laenge;wann\n" + b"".join(
    b"46,%03d;8,1;2024-05-01T08:00:%02dZ\n" % (500 + second, second) for second in range(60)
)


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a table is written; the defaults are the plainest."""

    separator: str = ","
    decimal_sign: str = "."
    quoted: bool = False
    line_end: str = "\n"
    encoding: str = "utf-8"
    times: TimeForm = "iso"
    comment: str = ""


def csv_log(track: Track, form: CsvForm | None = None) -> bytes:
    """A track with six decimals of a degree, one of a metre and whole seconds."""
    form = form or CsvForm()
    columns = [
        (_HEADERS[name], _numbers(values, decimals, form))
        for name, values, decimals in (
            ("latitude", track.latitude, 6),
            ("longitude", track.longitude, 6),
            ("elevation", track.elevation, 1),
            *((name, values, 0) for name, values in track.sensors.items()),
        )
    ]
    headers = ("fecha", "hora") if form.times == "two columns" else ("time",)
    write = _TIMES[form.times]
    empty = ("",) * len(headers)
    stamps = [write(s) if s == s else empty for s in track.time_s.tolist()]
    columns += zip(headers, map(list, zip(*stamps, strict=True)), strict=True)
    columns.append(("segment", [str(number) for number in track.segment.tolist()]))
    lines = [[header for header, _ in columns]]
    lines += map(list, zip(*(texts for _, texts in columns), strict=True))
    quote = '"' if form.quoted else ""
    text = form.comment + "".join(
        form.separator.join(f"{quote}{cell}{quote}" for cell in line) + form.line_end
        for line in lines
    )
    return text.encode(form.encoding)


def _numbers(values: FloatArray, decimals: int, form: CsvForm) -> list[str]:
    return [
        "" if value != value else f"{value:.{decimals}f}".replace(".", form.decimal_sign)
        for value in values.tolist()
    ]


def _moment(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)
