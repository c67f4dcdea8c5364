"""A finer line: every stored point as it is, and between them what deviates more."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from src.gpx import STORED_M, analyse
from src.gpx.model import IntArray, RideColumns
from src.services.tracks.column_file import read_columns, write_columns
from src.services.tracks.fine import finer_points
from src.services.tracks.points import StoredPoints, with_none
from tests.support.rides import build_gpx

RIDE = analyse(build_gpx(points=4000, segments=3))
MANY = 200_000
# With a point that has no row on both sides, in the same segment.
INNER_ROWS = RIDE.simplified.index[
    np.isfinite(RIDE.simplified.tolerance_m)
    & (np.diff(RIDE.simplified.index, prepend=-9) > 2)
    & (np.diff(RIDE.simplified.index, append=-9) > 2)
]


@pytest.fixture(scope="module")
def ride(tmp_path_factory: pytest.TempPathFactory) -> RideColumns:
    """The columns as they are kept: each value rounded to its step."""
    path = tmp_path_factory.mktemp("columns") / "ride"
    write_columns(RIDE.columns, path)
    return read_columns(path)


@pytest.fixture
def rows() -> StoredPoints:
    """The stored points as their table has them."""
    track = RIDE.simplified
    return StoredPoints(
        sequence=range(len(track)),
        segment=track.segment.tolist(),
        latitude=track.latitude.round(7).tolist(),
        longitude=track.longitude.round(7).tolist(),
        elevation=with_none(track.elevation.round(3)),
        distance_km=track.distance_km.round(6).tolist(),
        gradient=with_none(track.gradient.round(2)),
    )


def some_of(rows: StoredPoints, places: Any) -> StoredPoints:
    return StoredPoints(
        *(
            [getattr(rows, name)[place] for place in places]
            for name in StoredPoints.__slots__
            if name != "time"
        )
    )


def other_points(count: int = MANY, below_m: float = STORED_M) -> IntArray:
    """The points that have no row, those that deviate most first."""
    tolerance_m = RIDE.columns.tolerance_m.copy()
    tolerance_m[RIDE.simplified.index] = 0
    order = np.argsort(-tolerance_m, kind="stable")
    return order[(tolerance_m[order] > 0) & (tolerance_m[order] <= below_m)][:count]


def found(rows: StoredPoints, ride: RideColumns, **options: Any) -> StoredPoints:
    points = finer_points(rows, ride, **{"tolerance_m": 1.0, "max_points": MANY, **options})
    assert points is not None
    return points


@pytest.mark.parametrize("tolerance_m", [0.01, 1.0, 4.3, 9.99])
def test_the_line_has_the_points_that_deviate_more(
    rows: StoredPoints, ride: RideColumns, tolerance_m: float
) -> None:
    points = found(rows, ride, tolerance_m=tolerance_m)
    exact = RIDE.columns.tolerance_m
    # The tolerances are kept in steps of 0.1 m; what may deviate more is there.
    surely, perhaps = np.flatnonzero(exact > tolerance_m), np.flatnonzero(exact > tolerance_m - 0.1)
    places = np.stack([RIDE.columns.latitude, RIDE.columns.longitude], axis=1).round(7)
    shown = set(zip(points.latitude, points.longitude, strict=True))
    assert {tuple(place) for place in places[surely].tolist()} <= shown
    assert shown <= {tuple(place) for place in places[perhaps].tolist()}
    assert len(surely) <= len(points) <= len(perhaps)


def test_a_stored_point_stays_as_it_is_wherever_its_columns_differ(
    rows: StoredPoints, ride: RideColumns
) -> None:
    own = RIDE.simplified.index
    latitude, gradient, elevation = ride.latitude.copy(), ride.gradient.copy(), ride.elevation
    latitude[own] += 1e-7
    gradient[own] = 77.0
    elevation = elevation.copy()
    elevation[own] = np.nan
    other = replace(ride, latitude=latitude, gradient=gradient, elevation=elevation)
    points = found(rows, other)
    at = [points.sequence.index(number) for number in rows.sequence]
    assert some_of(points, at) == some_of(rows, range(len(rows)))
    assert len(points) > len(rows)


def test_another_point_has_a_number_that_is_no_rows_and_its_own(
    rows: StoredPoints, ride: RideColumns
) -> None:
    fine, finer = (found(rows, ride, tolerance_m=tolerance_m) for tolerance_m in (5.0, 1.0))
    assert len(set(finer.sequence)) == len(finer)
    where = dict(
        zip(finer.sequence, zip(finer.latitude, finer.longitude, strict=True), strict=True)
    )
    for number, *place in zip(fine.sequence, fine.latitude, fine.longitude, strict=True):
        assert where[number] == tuple(place), "the same at every level of detail"
    # The id of a point has 48 bits for it.
    assert max(finer.sequence) < (1 << 48) - 1


def test_unknown_values_are_none_and_not_nan() -> None:
    bare = analyse(build_gpx(points=600, elevation=False))
    track = bare.simplified
    nothing: list[float | None] = [None] * len(track)
    rows = StoredPoints(
        range(len(track)),
        track.segment.tolist(),
        track.latitude.tolist(),
        track.longitude.tolist(),
        nothing,
        track.distance_km.tolist(),
        nothing,
    )
    points = found(rows, bare.columns)
    assert len(points) > len(rows)
    assert {*points.elevation, *points.gradient} == {None}


def test_of_too_many_points_those_stay_that_deviate_most(
    rows: StoredPoints, ride: RideColumns
) -> None:
    tolerance_m = ride.tolerance_m.copy()
    # Without two that deviate alike, of which both would go.
    tolerance_m[other_points()] = np.linspace(9.7, 1.0, len(other_points()))
    ride = replace(ride, tolerance_m=tolerance_m)
    for more in (0, 1, 20):
        points = found(rows, ride, max_points=len(rows) + more)
        added = sorted(set(points.sequence) - set(rows.sequence))
        assert [number - (1 << 47) for number in added] == sorted(other_points(more))
        assert len(points) == len(rows) + more


def test_of_points_that_deviate_alike_all_or_none_are_there(
    rows: StoredPoints, ride: RideColumns
) -> None:
    tolerance_m = ride.tolerance_m.copy()
    tolerance_m[other_points()] = 5.0
    ride = replace(ride, tolerance_m=tolerance_m)
    whole = len(rows) + len(other_points())
    assert len(found(rows, ride, max_points=whole - 1)) == len(rows)
    for enough in (whole, len(rows) + len(ride) - 1, len(rows) + len(ride)):
        assert len(found(rows, ride, max_points=enough)) == whole


@pytest.mark.parametrize("by_m", [-0.01, 0.01])
def test_distances_never_decrease_whatever_was_rounded(
    rows: StoredPoints, ride: RideColumns, by_m: float
) -> None:
    # Both sides of every row have its place; the rows themselves say a centimetre less, or more.
    tolerance_m, distance_m, own = ride.tolerance_m.copy(), ride.distance_m.copy(), INNER_ROWS
    for side in (own - 1, own + 1):
        distance_m[side] = distance_m[own]
        tolerance_m[side] = 5.0
    ride = replace(ride, distance_m=distance_m, tolerance_m=tolerance_m)
    rows = replace(rows, distance_km=[abs(km + by_m / 1000) for km in rows.distance_km])
    points = found(rows, ride)
    assert list(points.distance_km) == sorted(points.distance_km)
    at = [points.sequence.index(number) for number in rows.sequence]
    assert [points.distance_km[place] for place in at] == rows.distance_km


@pytest.mark.parametrize("close", ["single", "before a row", "in a row of their own", "at the end"])
def test_points_that_only_just_have_no_row_are_passed_over(
    rows: StoredPoints, ride: RideColumns, close: str
) -> None:
    """Their tolerance was rounded up to what rows have."""
    own = RIDE.simplified.index
    others = np.setdiff1d(np.arange(len(ride)), own)
    chosen = {
        "single": others[len(others) // 2 :][:1],
        "before a row": np.intersect1d(own - 1, others),
        "in a row of their own": others[10:60],
        "at the end": others[-1:],
    }[close]
    tolerance_m = ride.tolerance_m.copy()
    tolerance_m[chosen] = STORED_M
    points = found(rows, replace(ride, tolerance_m=tolerance_m), tolerance_m=9.0)
    assert [number for number in points.sequence if number < len(rows)] == list(rows.sequence)
    assert {number - (1 << 47) for number in points.sequence if number >= len(rows)} >= {*chosen}
    at = [points.sequence.index(number) for number in rows.sequence]
    assert some_of(points, at) == some_of(rows, range(len(rows)))


def moved(rows: StoredPoints, name: str, by: float, at: int) -> StoredPoints:
    values = list(getattr(rows, name))
    values[at] += by
    return replace(rows, **{name: values})


@pytest.mark.parametrize("at", [0, 40, -1])
@pytest.mark.parametrize(
    ("name", "by"),
    [("latitude", 1e-5), ("longitude", -1e-5), ("distance_km", 0.001), ("segment", 1)],
)
def test_a_row_that_is_nowhere_in_the_recording_makes_no_line(
    rows: StoredPoints, ride: RideColumns, name: str, by: float, at: int
) -> None:
    tolerance_m = ride.tolerance_m.copy()
    tolerance_m[other_points(3)] = STORED_M
    other = replace(ride, tolerance_m=tolerance_m)
    assert finer_points(rows, other, 1.0, MANY) is not None
    assert finer_points(moved(rows, name, by, at), other, 1.0, MANY) is None


@pytest.mark.parametrize("exact_m", [np.nextafter(STORED_M, np.inf), STORED_M + 0.04])
def test_a_row_is_found_that_only_just_is_one(
    rows: StoredPoints, tmp_path: Path, exact_m: float
) -> None:
    tolerance_m = RIDE.columns.tolerance_m.copy()
    tolerance_m[INNER_ROWS] = exact_m
    path = tmp_path / "ride"
    write_columns(replace(RIDE.columns, tolerance_m=tolerance_m), path)
    points = found(rows, read_columns(path))
    assert set(rows.sequence) <= set(points.sequence)


@pytest.mark.parametrize("exact_m", [STORED_M, STORED_M - 0.04])
def test_a_point_that_only_just_is_no_row_is_none(
    rows: StoredPoints, tmp_path: Path, exact_m: float
) -> None:
    tolerance_m = RIDE.columns.tolerance_m.copy()
    tolerance_m[other_points(5)] = exact_m
    path = tmp_path / "ride"
    write_columns(replace(RIDE.columns, tolerance_m=tolerance_m), path)
    points = found(rows, read_columns(path))
    assert {number - (1 << 47) for number in points.sequence} >= {*other_points(5).tolist()}


def test_levels_are_nested(rows: StoredPoints, ride: RideColumns) -> None:
    levels = [found(rows, ride, tolerance_m=tolerance_m) for tolerance_m in (9.9, 5.0, 2.0, 0.5)]
    limited = [found(rows, ride, max_points=len(rows) + more) for more in (0, 10, 100, MANY)]
    for order in (levels, limited):
        coarser = rows
        for finer in order:
            at = [finer.sequence.index(number) for number in coarser.sequence]
            assert at == sorted(at)
            assert some_of(finer, at) == some_of(coarser, range(len(coarser)))
            coarser = finer
        assert len(coarser) > len(rows) + 100


@pytest.mark.parametrize("lost", [0, 40, -1])
def test_a_row_whose_point_the_columns_lack_makes_no_line(
    rows: StoredPoints, ride: RideColumns, lost: int
) -> None:
    left = np.delete(np.arange(len(ride)), RIDE.simplified.index[lost])
    assert finer_points(rows, ride.at(left), 1.0, MANY) is None


def test_rows_of_another_ride_make_no_line(rows: StoredPoints, ride: RideColumns) -> None:
    another = analyse(build_gpx(points=4000, segments=3, seed=9)).columns
    longer = analyse(build_gpx(points=9000, seed=9)).columns
    nothing = ride.at(slice(0, 0))
    for columns in (another, longer, nothing):
        assert finer_points(rows, columns, 1.0, MANY) is None


def test_rows_out_of_their_order_make_no_line(rows: StoredPoints, ride: RideColumns) -> None:
    order = list(range(len(rows)))
    order[40], order[41] = order[41], order[40]
    assert finer_points(some_of(rows, order), ride, 1.0, MANY) is None
