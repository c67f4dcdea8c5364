"""Where lines are cut, and what stands at the cut; whole files of them are in `test_export`."""

from typing import Any

import numpy as np
import pytest

from src.services.tracks.lines import Lines, Places, lines_of, positions

NAN = float("nan")


def cut(longitude: list[float], segment: list[int] | None = None, **columns: Any) -> Lines:
    count = len(longitude)
    ramp = np.arange(count, dtype=np.float64)
    return lines_of(
        Places(
            np.array(segment or [0] * count),
            np.array(columns.get("latitude", ramp), np.float64),
            np.array(longitude, np.float64),
            np.array(columns.get("elevation", 100 * ramp), np.float64),
        )
    )


def longitudes(lines: Lines) -> list[list[float]]:
    return [lines.longitude[lines.number == one].tolist() for one in np.unique(lines.number)]


def test_the_crossing_lies_where_the_leg_meets_the_antimeridian() -> None:
    lines = cut([177.0, -179.0, -178.0])
    assert longitudes(lines) == [[177.0, 180.0], [-180.0, -179.0, -178.0]]
    # Three quarters of the way.
    assert lines.latitude.tolist() == pytest.approx([0, 0.75, 0.75, 1, 2])
    assert lines.elevation.tolist() == pytest.approx([0, 75, 75, 100, 200])


def test_a_line_may_cross_more_than_once_and_in_both_ways() -> None:
    lines = cut([179.0, -179.0, 178.0, 177.0])
    assert longitudes(lines) == [[179.0, 180.0], [-180.0, -179.0, -180.0], [180.0, 178.0, 177.0]]
    assert lines.latitude.tolist() == pytest.approx([0, 0.5, 0.5, 1, 4 / 3, 4 / 3, 2, 3])


def test_between_segments_nothing_is_crossed() -> None:
    lines = cut([178.0, 179.0, -179.0, -178.0], [3, 3, 7, 7])
    assert longitudes(lines) == [[178.0, 179.0], [-179.0, -178.0]]


def test_the_longest_leg_that_does_not_cross_is_half_the_way_round() -> None:
    assert longitudes(cut([-90.0, 90.0])) == [[-90.0, 90.0]]


def test_the_elevation_of_a_crossing_is_known_where_both_ends_are() -> None:
    lines = cut([178.0, 179.0, -179.0, -178.0], elevation=[5, NAN, 7, 8])
    np.testing.assert_array_equal(lines.elevation, [5, NAN, NAN, NAN, 7, 8])
    assert np.isfinite(lines.latitude).all()


def test_only_places_without_an_elevation_go_without_it() -> None:
    places = np.array([1.0, 2.0, 3.0])
    assert positions(places, -places, np.array([0.0, NAN, 9.0])) == [
        [1.0, -1.0, 0.0],
        [2.0, -2.0],
        [3.0, -3.0, 9.0],
    ]
    assert positions(places[:1], places[1:2], places[2:]) == [[1.0, 2.0, 3.0]]
    assert positions(*[np.empty(0)] * 3) == []
