"""Values from their text, where calendars end."""

import json

import pytest

from src.gpx import analyse
from src.gpx.formats.values import UNREADABLE, instant, odd_instant, odd_number
from src.gpx.presentation.readable import hours_and_minutes

POINT = '<trkpt lat="40.{0}" lon="-3.7"><time>{1}</time></trkpt>'


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59.999999Z"],
)
def test_an_instant_outside_of_the_calendar_is_unreadable_and_reported(text: str) -> None:
    assert instant(text) == UNREADABLE
    points = "".join(POINT.format(number, text) for number in range(3))
    analysis = analyse(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode())
    assert not analysis.has_timestamps
    assert analysis.warnings
    json.dumps(analysis.summary())


def test_minutes_are_never_sixty() -> None:
    assert hours_and_minutes(119.7) == "1:59 h"


@pytest.mark.parametrize(
    ("text", "value"),
    [("500,5", 500.5), ("-12.5 m", -12.5), ("٤٢", 42.0), ("21 °C", 21.0), ("1 500", None)]
    + [(text, None) for text in ("1,500.5", "1.500,5", "12 km", "uno", "", "--1", "0x10")],
)
def test_a_number_is_read_where_it_can_mean_one_thing_only(text: str, value: float | None) -> None:
    assert odd_number(text) == (UNREADABLE if value is None else value)


@pytest.mark.parametrize(
    "text",
    [
        "2025.05.03 08:00:05",
        "2025/5/3 8:0:5",
        "2025-05-03t08:00:05z",
        "2025-05-03 08:00:05 UTC",
        "2025-05-03T10.00.05+0200",
        "۲۰۲۵-۰۵-۰۳T۰۸:۰۰:۰۵Z",
        "1746259205000",
        "1746259205",
    ],
)
def test_a_time_written_oddly_is_read(text: str) -> None:
    assert odd_instant(text) == instant("2025-05-03T08:00:05Z")


@pytest.mark.parametrize(
    "text", ["03/05/2025 08:00:05", "2025-13-03 08:00:05", "2025.05/03 08:00:05", "yesterday", "5"]
)
def test_a_time_that_could_be_several_is_not_guessed(text: str) -> None:
    assert odd_instant(text) == UNREADABLE
