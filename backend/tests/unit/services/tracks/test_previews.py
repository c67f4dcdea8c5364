"""What lists show of a ride: its polyline by the published format, its bounds, where it began."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from src.gpx import Analysis, analyse
from src.gpx.model import FloatArray, SimplifiedTrack
from src.services.tracks.previews import MOST_POINTS, days_of, polyline, preview_of, start_of
from tests.support.rides import build_gpx, detailed_ride

WINTER = datetime(2026, 1, 10, 7, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 10, 7, 30, tzinfo=UTC)
GRANADA, KATHMANDU, KIRITIMATI = (37.17, -3.6), (27.7, 85.3), (1.87, -157.43)
DENVER = (39.74, -104.99)


def decoded(text: str) -> list[tuple[float, float]]:
    """Latitudes and longitudes of an encoded polyline, written from the format's description."""
    values: list[int] = []
    value = shift = 0
    for character in text:
        chunk = ord(character) - 63
        value |= (chunk & 31) << shift
        shift += 5
        if chunk < 32:
            values.append(-(value >> 1) - 1 if value & 1 else value >> 1)
            value = shift = 0
    latitude, longitude = np.cumsum(np.reshape(values, (-1, 2)), axis=0).T / 1e5
    return list(zip(latitude.tolist(), longitude.tolist(), strict=True))


def line(latitude: FloatArray, longitude: FloatArray) -> SimplifiedTrack:
    """A line whose middle points all deviate alike."""
    count = len(latitude)
    nothing = np.full(count, np.nan)
    tolerance_m = np.full(count, 20.0)
    tolerance_m[[0, -1]] = np.inf
    return SimplifiedTrack(
        index=np.arange(count),
        segment=np.zeros(count, np.int64),
        latitude=latitude,
        longitude=longitude,
        elevation=nothing,
        time_s=nothing,
        distance_km=np.arange(count, dtype=np.float64),
        gradient=nothing,
        tolerance_m=tolerance_m,
    )


def beginning(
    when: datetime | None, place: tuple[float, float], offset_s: float | None = None
) -> Analysis:
    """A ride that began then and there, its file with times of that offset."""
    ride = analyse(build_gpx(points=20))
    latitude, longitude = [np.full(len(ride.simplified), degrees) for degrees in place]
    return replace(
        ride,
        start_time_s=when.timestamp() if when else None,
        utc_offset_s=offset_s,
        simplified=replace(ride.simplified, latitude=latitude, longitude=longitude),
    )


def test_a_polyline_is_that_of_the_published_example() -> None:
    latitude, longitude = np.array([[38.5, -120.2], [40.7, -120.95], [43.252, -126.453]]).T
    assert polyline(latitude, longitude) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@pytest.mark.parametrize(
    ("degrees", "text"),
    [(0.0, "?"), (-179.9832104, "`~oia@"), (0.00001, "A"), (-0.00001, "@"), (0.00016, "_@")],
)
def test_a_number_is_encoded_as_published(degrees: float, text: str) -> None:
    assert polyline(np.array([degrees]), np.array([0.0])) == text + "?"


def test_a_polyline_can_be_decoded_to_where_it_was() -> None:
    random = np.random.default_rng(5)
    latitude, longitude = random.uniform(-90, 90, 300), random.uniform(-180, 180, 300)
    back = np.array(decoded(polyline(latitude, longitude)))
    np.testing.assert_allclose(back, np.stack([latitude, longitude], axis=1), atol=0.50001e-5)


@pytest.mark.parametrize("gpx", [detailed_ride(), build_gpx(points=6000, segments=90)])
def test_a_preview_has_few_points_and_keeps_the_ends(gpx: bytes) -> None:
    track = analyse(gpx).simplified
    assert len(track) > MOST_POINTS
    points = decoded(preview_of(track)["polyline"])
    assert len(points) <= MOST_POINTS == 120
    places = np.stack([track.latitude, track.longitude], axis=1)
    np.testing.assert_allclose(points[0], places[0], atol=1e-5)
    np.testing.assert_allclose(points[-1], places[-1], atol=1e-5)


def test_a_short_track_is_shown_whole() -> None:
    track = analyse(build_gpx(points=600)).simplified
    assert 2 < len(track) < MOST_POINTS
    places = np.stack([track.latitude, track.longitude], axis=1)
    np.testing.assert_allclose(decoded(preview_of(track)["polyline"]), places, atol=1e-5)


def test_a_preview_shows_what_deviates_most() -> None:
    track = analyse(detailed_ride()).simplified
    shown = decoded(preview_of(track)["polyline"])
    assert MOST_POINTS - 2 <= len(shown) <= MOST_POINTS
    longest = np.sort(track.tolerance_m)[::-1][MOST_POINTS - 3]
    for index in np.flatnonzero(track.tolerance_m > longest):
        place = (track.latitude[index], track.longitude[index])
        assert any(np.allclose(place, point, atol=1e-5) for point in shown)


def test_bounds_hold_the_whole_track() -> None:
    track = analyse(build_gpx(points=6000)).simplified
    west, south, east, north = preview_of(track)["bounds"]
    assert south <= track.latitude.min() < track.latitude.max() <= north
    assert west <= track.longitude.min() < track.longitude.max() <= east
    assert east - west == pytest.approx(np.ptp(track.longitude), abs=3e-5)


@pytest.mark.parametrize("is_eastward", [True, False])
def test_bounds_across_the_antimeridian_have_a_west_that_is_greater(is_eastward: bool) -> None:
    longitude = np.array([179.7, 179.9, -179.95, -179.6])
    if not is_eastward:
        longitude = longitude[::-1]
    west, south, east, north = preview_of(line(np.array([-16.0, -16.2, -16.1, -16.5]), longitude))[
        "bounds"
    ]
    assert (west, east) == pytest.approx((179.7, -179.6), abs=2e-5)
    assert (south, north) == (-16.5, -16.0)


@pytest.mark.parametrize("offset_h", [-9.5, 0, 2, 5.75])
def test_the_wall_clock_is_that_of_the_file(offset_h: float) -> None:
    start, local = start_of(beginning(SUMMER, GRANADA, offset_h * 3600))
    assert start == SUMMER
    assert local is not None
    clock = datetime.fromisoformat(local)
    assert clock == SUMMER
    offset = clock.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == offset_h * 3600


@pytest.mark.parametrize(
    ("when", "place", "local"),
    [
        (WINTER, GRANADA, "2026-01-10T08:30:00+01:00"),
        (SUMMER, GRANADA, "2026-07-10T09:30:00+02:00"),
        (SUMMER, KATHMANDU, "2026-07-10T13:15:00+05:45"),
        (SUMMER, KIRITIMATI, "2026-07-10T21:30:00+14:00"),
    ],
)
def test_else_the_wall_clock_is_that_of_the_place(
    when: datetime, place: tuple[float, float], local: str
) -> None:
    assert start_of(beginning(when, place)) == (when, local)


def test_a_ride_without_times_began_at_no_known_time() -> None:
    assert start_of(beginning(None, GRANADA, 3600)) == (None, None)
    assert start_of(analyse(build_gpx(points=20, timestamps=False))) == (None, None)


@pytest.mark.parametrize(
    ("when", "place"),
    [
        # What a recorder without a clock writes; such times are kept where most are like it.
        (datetime(1, 1, 1, tzinfo=UTC), DENVER),
        (datetime(9999, 12, 31, 23, 50, tzinfo=UTC), KATHMANDU),
    ],
)
def test_there_is_no_wall_clock_beyond_the_calendar(
    when: datetime, place: tuple[float, float]
) -> None:
    assert start_of(beginning(when, place)) == (when, None)


def test_the_days_of_a_ride_are_those_of_a_wall_clock_there() -> None:
    start = datetime(2026, 7, 10, 23, 59, 50, tzinfo=UTC)
    ride = replace(beginning(start, GRANADA, -3600.0), end_time_s=start.timestamp() + 20)
    assert days_of(ride) == (date(2026, 7, 10), date(2026, 7, 10))
    assert days_of(replace(ride, utc_offset_s=0.0)) == (date(2026, 7, 10), date(2026, 7, 11))
    without = analyse(build_gpx(points=20, timestamps=False))
    assert days_of(without) == (None, None)
    beyond = beginning(datetime(1, 1, 1, tzinfo=UTC), DENVER)
    assert days_of(beyond)[0] == date(1, 1, 1)
