"""Two other programs read the same points from the same files, to the last bit."""

import numpy as np
from hypothesis import given, settings

from src.gpx.formats.fit import read
from tests.support.fit_oracles import Points, fitdecodes_points, garmins_points, points_of
from tests.unit.gpx.formats.fit.generated import fit_files


@given(data=fit_files())
@settings(max_examples=40, deadline=None)
def test_garmins_own_library_reads_the_same_points(data: bytes) -> None:
    assert_same(points_of_records(data), garmins_points(data))


@given(data=fit_files(short_times=True))
@settings(max_examples=25, deadline=None)
def test_fitdecode_reads_the_same_points(data: bytes) -> None:
    assert_same(points_of_records(data), fitdecodes_points(data))


@given(first=fit_files(most=20), second=fit_files(most=20))
@settings(max_examples=10, deadline=None)
def test_a_chain_of_files_reads_as_theirs(first: bytes, second: bytes) -> None:
    assert_same(points_of_records(first + second), garmins_points(first + second))


def points_of_records(data: bytes) -> Points:
    recording = read(data)
    assert recording.warnings == ()
    return points_of(recording)


def assert_same(ours: Points, theirs: Points) -> None:
    assert ours.keys() == theirs.keys()
    for name, values in theirs.items():
        np.testing.assert_array_equal(ours[name], values, err_msg=name)
