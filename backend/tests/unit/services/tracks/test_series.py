"""What is left of a long recording shows what all of it would."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.gpx.model import FloatArray
from src.services.tracks.series import (
    FIELDS,
    bucket_starts,
    buckets_for,
    columns_for,
    series_of,
    thinned,
)

steps_m = st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.5, 40.0, 900.0]), min_size=1, max_size=300)
heights = st.one_of(st.floats(-500, 9000), st.just(float("nan")), st.sampled_from([0.0, 100.0]))


@st.composite
def rides(draw: st.DrawFn) -> tuple[FloatArray, list[FloatArray]]:
    """Distances with halts and gaps, and up to three columns with unknown values and plateaus."""
    distance_m = np.cumsum(draw(steps_m))
    values = st.lists(heights, min_size=len(distance_m), max_size=len(distance_m))
    return distance_m, [np.array(draw(values)) for _ in range(draw(st.integers(0, 3)))]


def envelope(
    distance_m: FloatArray, column: FloatArray, borders_m: FloatArray
) -> list[tuple[float, float] | None]:
    """The lowest and the highest known value between each two borders."""
    of_point = np.searchsorted(borders_m, distance_m, side="right")
    known = np.isfinite(column)
    found: list[tuple[float, float] | None] = []
    for bucket in range(len(borders_m) + 1):
        inside = column[known & (of_point == bucket)]
        found.append((inside.min(), inside.max()) if len(inside) else None)
    return found


@given(rides(), st.integers(2, 400))
def test_the_envelope_is_that_of_all_points(
    ride: tuple[FloatArray, list[FloatArray]], samples: int
) -> None:
    distance_m, measured = ride
    kept = thinned(distance_m, measured, samples)
    assert len(kept) <= samples
    assert (np.diff(kept) > 0).all()
    assert (kept[0], kept[-1]) == (0, len(distance_m) - 1)
    if samples < 2 + 2 * len(measured):
        return
    buckets = buckets_for(samples, len(measured))
    borders_m = np.linspace(distance_m[0], distance_m[-1], buckets + 1)[1:-1]
    for column in measured:
        assert envelope(distance_m[kept], column[kept], borders_m) == envelope(
            distance_m, column, borders_m
        )


@given(rides(), st.integers(1, 100))
def test_a_bucket_begins_where_the_one_before_ends(
    ride: tuple[FloatArray, list[FloatArray]], buckets: int
) -> None:
    distance_m, _ = ride
    starts = bucket_starts(distance_m, buckets)
    assert starts[0] == 0
    assert len(starts) <= min(buckets, len(distance_m))
    assert (np.diff(starts) > 0).all()


def test_a_single_peak_among_many_points_is_seen() -> None:
    count = 100_000
    elevation = np.zeros(count, np.float64)
    elevation[54_321], elevation[77_777] = 1.0, -1.0
    distance_m = np.linspace(0.0, 300_000.0, count)
    series = series_of(
        {"distance_m": distance_m, "elevation": elevation}, ["elevation"], samples=100
    )
    assert series.total_points == count
    assert len(series.columns["elevation"]) <= 100
    assert (series.columns["elevation"].min(), series.columns["elevation"].max()) == (-1, 1)


def test_few_points_are_all_shown_with_their_distances_in_kilometres() -> None:
    values = {"distance_m": np.array([0.0, 10.0, 20.0]), "gradient": np.array([1.0, np.nan, 3.0])}
    series = series_of(values, ["distance_km", "gradient", "power_w"], samples=3)
    assert series.columns["distance_km"].tolist() == [0, 0.01, 0.02]
    assert series.columns["gradient"].tolist() == pytest.approx([1, np.nan, 3], nan_ok=True)
    assert np.isnan(series.columns["power_w"]).all()
    assert len(series.columns["power_w"]) == 3


@pytest.mark.parametrize(
    ("from_km", "to_km", "expected"),
    [
        (0, None, [0, 1, 1, 2, 3]),
        (1, 2, [1, 1, 2]),
        (1.2, 1.8, []),
        (2.5, 99, [3]),
        (99, None, [3]),
        (0, 0, [0]),
    ],
)
def test_a_part_has_the_points_between_its_ends(
    from_km: float, to_km: float | None, expected: list[float]
) -> None:
    values = {"distance_m": np.array([0.0, 1000.0, 1000.0, 2000.0, 3000.0])}
    series = series_of(values, ["distance_km"], samples=50, from_km=from_km, to_km=to_km)
    assert series.columns["distance_km"].tolist() == expected


def test_a_ride_that_went_nowhere_has_a_series_too() -> None:
    values = {"distance_m": np.zeros(50), "elevation": np.arange(50.0)}
    series = series_of(values, ["distance_km", "elevation"], samples=10)
    assert series.columns["elevation"].tolist() == [0, 49]


def test_every_field_is_read_once_it_is_wanted() -> None:
    assert set(columns_for(list(FIELDS))) == {field.column for field in FIELDS.values()}
