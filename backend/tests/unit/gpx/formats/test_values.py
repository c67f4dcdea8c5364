"""Values from their text, where calendars end."""

import json

import pytest

from src.gpx import analyse
from src.gpx.formats.values import UNREADABLE, instant
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
