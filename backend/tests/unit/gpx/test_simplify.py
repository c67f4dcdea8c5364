"""Simplification keeps its promises, measured by an independent brute force."""

import time
from importlib import import_module

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Proj

from src.gpx.model import FloatArray, Track
from src.gpx.simplify import HEIGHT_RATIO, simplify

# The projections of the engine and of PROJ differ by less than this part of a distance.
SLACK = 1.002


def line(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    z: npt.ArrayLike | None = None,
    *,
    centre: tuple[float, float] = (47.0, 8.0),
    segment: npt.ArrayLike | None = None,
) -> Track:
    """A track through points given in metres to the east and north of a centre."""
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    longitude, latitude = plane(*centre)(east, north, inverse=True)
    count = len(east)
    return Track(
        latitude=np.asarray(latitude),
        longitude=np.asarray(longitude),
        elevation=np.full(count, np.nan) if z is None else np.asarray(z, dtype=np.float64),
        time_s=np.full(count, np.nan),
        segment=np.zeros(count, np.int64) if segment is None else np.asarray(segment, np.int64),
        sensors={},
    )


def plane(latitude: float, longitude: float) -> Proj:
    return Proj(proj="aeqd", lat_0=latitude, lon_0=longitude, ellps="WGS84")


def moved(track: Track, index: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    """The farthest that any point is moved: in plan, and in height on the map and in the profile.

    One point and one chord at a time, around the point itself.
    """
    farthest = np.zeros(3)
    for first, last in zip(index[:-1].tolist(), index[1:].tolist(), strict=True):
        if track.segment[first] != track.segment[last]:
            continue
        for point in range(first + 1, last):
            farthest = np.maximum(farthest, moved_one(track, first, point, last))
    in_plan, on_map, in_profile = farthest.tolist()
    return in_plan, on_map, in_profile


def moved_one(track: Track, first: int, point: int, last: int) -> FloatArray:
    project = plane(track.latitude[point], track.longitude[point])
    ways = slice(first, last + 1)
    x, y = project(track.longitude[ways], track.latitude[ways])
    a, b = np.array([x[0], y[0]]), np.array([x[-1], y[-1]])
    chord = b - a
    along = float(np.clip(-a @ chord / (chord @ chord), 0, 1)) if chord.any() else 0.0
    in_plan = np.linalg.norm(a + along * chord)
    legs = np.hypot(np.diff(x), np.diff(y))
    part = legs[: point - first].sum() / legs.sum() if legs.any() else 0.0
    low, high = track.elevation[first], track.elevation[last]
    heights = [low + share * (high - low) - track.elevation[point] for share in (along, part)]
    return np.abs([in_plan, *heights])


CENTRES = ((47.0, 8.0), (-33.0, 179.999), (69.5, 18.0), (89.999, 45.0), (0.0, 0.0))


def ride(
    rng: np.random.Generator, count: int, wildness: float, centre: tuple[float, float]
) -> Track:
    heading = np.cumsum(rng.normal(0, wildness, count))
    step = rng.choice((0.0, 5.0, 30.0, 200.0), count, p=(0.1, 0.4, 0.4, 0.1))
    return line(
        np.cumsum(step * np.sin(heading)),
        np.cumsum(step * np.cos(heading)),
        500 + np.cumsum(rng.normal(0, 2, count)),
        centre=centre,
        segment=np.cumsum(rng.random(count) < 0.05),
    )


RIDES = st.builds(
    lambda seed, *form: ride(np.random.default_rng(seed), *form),
    st.integers(0, 2**32),
    st.integers(2, 60),
    st.sampled_from((0.05, 0.5, 3.0)),
    st.sampled_from(CENTRES),
)


@given(track=RIDES, tolerance_m=st.sampled_from((1.0, 10.0, 40.0)))
@settings(max_examples=100, deadline=None)
def test_no_point_is_moved_more_than_the_tolerance(track: Track, tolerance_m: float) -> None:
    index, survives_m = simplify(track, tolerance_m=tolerance_m)
    for level in (tolerance_m, 2.5 * tolerance_m, 1000.0):
        in_plan, on_map, in_profile = moved(track, index[survives_m > level])
        assert in_plan <= level * SLACK
        assert on_map <= level * HEIGHT_RATIO * SLACK
        assert in_profile <= level * HEIGHT_RATIO * SLACK


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_lines_that_are_halved_keep_the_promise_too(seed: int) -> None:
    track = ride(np.random.default_rng(seed), 60, 0.05, CENTRES[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("src.gpx.simplify"), "_DEPTH_BEFORE_HALVING", 1)
        index, _ = simplify(track)
    in_plan, on_map, in_profile = moved(track, index)
    assert in_plan <= 10 * SLACK
    assert max(on_map, in_profile) <= 10 * HEIGHT_RATIO * SLACK


@given(track=RIDES, points=st.integers(1, 20), together=st.sampled_from([0, 3, 30, 1 << 12]))
@settings(max_examples=60, deadline=None)
def test_it_does_not_matter_how_many_points_are_worked_on_at_a_time(
    track: Track, points: int, together: int
) -> None:
    index, survives_m = simplify(track)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("src.gpx.simplify"), "_POINTS_AT_A_TIME", points)
        patch.setattr(import_module("src.gpx.simplify"), "_MOST_TOGETHER", together)
        in_pieces, in_pieces_survives_m = simplify(track)
    assert in_pieces.tolist() == index.tolist()
    assert in_pieces_survives_m.tolist() == survives_m.tolist()


@given(track=RIDES)
@settings(max_examples=60, deadline=None)
def test_levels_of_detail_are_the_simplifications_at_their_tolerance(track: Track) -> None:
    index, survives_m = simplify(track, tolerance_m=1.0)
    for level in (1.0, 3.0, 10.0, 100.0):
        coarse, _ = simplify(track, tolerance_m=level)
        assert index[survives_m > level].tolist() == coarse.tolist()


@given(track=RIDES)
@settings(max_examples=60, deadline=None)
def test_the_ends_of_every_segment_survive_everything(track: Track) -> None:
    index, survives_m = simplify(track)
    ends = {*track.segments.starts.tolist(), *(track.segments.ends - 1).tolist()}
    assert set(index[np.isinf(survives_m)].tolist()) == ends
    assert (np.diff(index) > 0).all()
    assert (survives_m > 10.0).all()


def test_a_straight_flat_road_is_two_points() -> None:
    index, _ = simplify(
        line(np.linspace(0, 3000, 500), np.linspace(0, 2000, 500), np.full(500, 9.0))
    )
    assert index.tolist() == [0, 499]


def test_a_straight_road_over_a_hill_keeps_its_hill() -> None:
    way = np.linspace(0, 2000, 401)
    hill = 100 + 40 * np.exp(-(((way - 1000) / 200) ** 2))
    track = line(way, np.zeros(401), hill)
    index, _ = simplify(track)
    assert 200 in index.tolist()
    assert np.abs(np.interp(way, way[index], hill[index]) - hill).max() <= 10 * HEIGHT_RATIO
    without, _ = simplify(line(way, np.zeros(401)))
    assert without.tolist() == [0, 400]


@pytest.mark.parametrize(("height_m", "is_kept"), [(2.9, False), (3.1, True)])
def test_ten_metres_in_plan_are_three_in_height(height_m: float, is_kept: bool) -> None:
    height = np.full(101, 500.0)
    height[50] += height_m
    index, _ = simplify(line(np.linspace(0, 1000, 101), np.zeros(101), height))
    assert (50 in index.tolist()) == is_kept


def test_missing_elevations_are_no_valleys() -> None:
    height = np.full(101, 500.0)
    height[[0, 1, 40, 41, 42, 99, 100]] = np.nan
    index, _ = simplify(line(np.linspace(0, 1000, 101), np.zeros(101), height))
    assert index.tolist() == [0, 100]


@pytest.mark.parametrize(("steps", "step_m"), [(80, 8.0), (10, 16.0)])
def test_a_climb_broken_by_a_walk_on_the_spot_keeps_its_step_in_the_profile(
    steps: int, step_m: float
) -> None:
    road = np.linspace(0, 400, 81)
    spot = 200 + np.resize([-step_m / 2, step_m / 2], steps)
    x = np.concatenate((road[:41], spot, road[41:]))
    height = np.concatenate((road[:41] / 10, np.full(steps, 20.0), road[41:] / 10))
    index, _ = simplify(line(x, np.zeros(len(x)), height))
    way = np.cumsum(np.abs(np.diff(x, prepend=0.0)))
    drawn = np.interp(way, way[index], height[index])
    assert np.abs(drawn - height).max() <= 10 * HEIGHT_RATIO * SLACK


def test_the_turn_of_an_out_and_back_survives() -> None:
    way = np.concatenate((np.linspace(0, 5000, 200), np.linspace(5000, 0, 200)[1:]))
    index, survives_m = simplify(line(way, np.zeros(399)))
    assert index.tolist() == [0, 199, 398]
    assert survives_m[1] == pytest.approx(5000, rel=1e-3)


def test_both_visits_to_one_place_keep_their_own_index() -> None:
    corners = np.array([[0, 0], [500, 0], [500, 500], [0, 500], [0, 0], [500, 0]])
    index, _ = simplify(line(corners[:, 0], corners[:, 1]))
    assert index.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_line_across_the_antimeridian_is_straight() -> None:
    track = line(np.linspace(-900, 900, 100), np.zeros(100), centre=(10.0, 180.0))
    assert track.longitude.min() < -179
    assert track.longitude.max() > 179
    assert simplify(track)[0].tolist() == [0, 99]


def test_a_line_over_the_pole_is_straight() -> None:
    track = line(np.linspace(-900, 1000, 100), np.full(100, 3.0), centre=(90.0, 0.0))
    assert np.ptp(track.longitude) > 170
    assert simplify(track)[0].tolist() == [0, 99]


def test_missing_elevations_do_not_hide_the_hill_between_them() -> None:
    hill = np.concatenate((np.linspace(0, 50, 50), np.linspace(50, 0, 51)[1:]))
    hill[::2] = np.nan
    index, _ = simplify(line(np.linspace(0, 1000, 100), np.zeros(100), hill))
    assert any(48 <= point <= 51 for point in index.tolist())


def test_a_point_alone_in_its_segment_survives() -> None:
    track = line([0, 10, 20], [0, 0, 0], segment=[0, 1, 1])
    assert simplify(track)[0].tolist() == [0, 1, 2]


@pytest.mark.parametrize("shape", ["spiral", "zigzag", "widening zigzag", "standing still"])
def test_the_worst_lines_take_no_more_than_a_moment(shape: str) -> None:
    step = np.arange(100_000)
    angle = np.sqrt(step)
    x, y = {
        "spiral": (20 * angle * np.cos(angle), 20 * angle * np.sin(angle)),
        "zigzag": (step * 0.2, step % 2 * 100.0),
        "widening zigzag": (step * 0.2, step % 2 * step * 0.2),
        "standing still": (step * 0.0, step * 0.0),
    }[shape]
    track = line(x, y)
    start = time.process_time()
    index, _ = simplify(track)
    assert time.process_time() - start < 3.0
    kept = np.zeros(len(track), dtype=np.bool_)
    kept[index] = True
    assert kept[0]
    assert kept[-1]
