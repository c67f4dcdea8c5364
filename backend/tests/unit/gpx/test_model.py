"""The values that the engine's modules hand to each other."""

import pickle

import numpy as np
import pytest

from src.gpx.model import PLACE_COLUMNS, Segments
from tests.support.rides import record, rolling


def segments(*numbers: int) -> Segments:
    return Segments(np.array(numbers, dtype=np.int64))


def test_segments_know_their_borders() -> None:
    several = segments(0, 0, 2, 3, 3, 3)

    assert len(several) == 3
    assert several.starts.tolist() == [0, 2, 3]
    assert several.ends.tolist() == [2, 3, 6]
    assert several.lengths.tolist() == [2, 1, 3]
    assert several.bounds() == [(0, 2), (2, 3), (3, 6)]
    assert several.gaps.tolist() == [False, True, True, False, False]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_one_segment_has_no_gaps(count: int) -> None:
    one = segments(*[4] * count)

    assert one.bounds() == [(0, count)] * min(count, 1)
    assert not one.gaps.any()


def test_values_of_segments_go_to_their_points_and_back() -> None:
    several = segments(0, 0, 2, 3, 3, 3)

    assert several.to_points(np.array([7.5, 8.5, 9.5])).tolist() == [7.5, 7.5, 8.5, 9.5, 9.5, 9.5]
    assert several.of_points(np.arange(6)).tolist() == [0, 0, 1, 2, 2, 2]


def test_segments_are_sent_as_their_numbers_alone() -> None:
    many = segments(*np.repeat(np.arange(1000), 3).tolist())
    before = len(pickle.dumps(many))
    assert len(many) == 1000

    sent = pickle.dumps(many)

    assert len(sent) == before
    assert pickle.loads(sent).bounds() == many.bounds()


def test_some_points_of_a_track_keep_all_their_columns() -> None:
    track = record(rolling(5), segments=3).track()
    half = track.at(np.arange(len(track)) % 2 == 0)

    for name in (*PLACE_COLUMNS, "segment"):
        np.testing.assert_array_equal(getattr(half, name), getattr(track, name)[::2])
    assert half.sensors.keys() == track.sensors.keys()
    assert len(half.segments) == 3
