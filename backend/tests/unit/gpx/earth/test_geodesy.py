import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from src.gpx.earth.geodesy import cumulative_distance_m, distances_m, leg_lengths_m, unrolled_m
from src.gpx.model import FloatArray, Segments
from tests.support.rides import record, rolling

KARNEY = Geod(ellps="WGS84")


def karney_m(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    legs = KARNEY.inv(longitude[:-1], latitude[:-1], longitude[1:], latitude[1:])[2]
    return np.asarray(legs)


@pytest.mark.parametrize("latitude", [-89.9, -60.0, 0.0, 46.5, 69.0, 89.9])
@pytest.mark.parametrize("step_m", [8.0, 600.0, 5_000.0, 50_000.0, 3_000_000.0])
def test_legs_of_every_length_and_latitude_agree_with_karney(
    latitude: float, step_m: float
) -> None:
    azimuths = np.linspace(0, 355, 72)
    ends = KARNEY.fwd(np.full(72, 11.0), np.full(72, latitude), azimuths, np.full(72, step_m))
    star = np.full((72, 2), (11.0, latitude))
    places = np.stack([star, np.stack(ends[:2], axis=1)], axis=1).reshape(-1, 2)

    legs = leg_lengths_m(places[:, 1], places[:, 0])[::2]

    assert legs == pytest.approx(step_m, rel=1e-8)


@given(
    st.lists(
        st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=2, max_size=30, unique=True
    )
)
def test_any_leg_that_is_not_nearly_antipodal_agrees_with_karney(
    places: list[tuple[float, float]],
) -> None:
    latitude, longitude = np.array(places).T
    truth = karney_m(latitude, longitude)
    sensible = truth < 19_400_000

    legs = leg_lengths_m(latitude, longitude)

    assert legs[sensible] == pytest.approx(truth[sensible], rel=1e-6, abs=1e-6)
    assert legs == pytest.approx(truth, rel=2e-3, abs=1e-6)


@pytest.mark.parametrize("latitude", [0.0, 1e-7, 30.0, -89.9999, 90.0])
@pytest.mark.parametrize("offset", [0.0, 1e-12, 1e-9, 1e-7, 1e-5, 1e-3, 0.1])
def test_legs_to_the_other_side_of_the_earth_are_about_half_its_girth(
    latitude: float, offset: float
) -> None:
    turn = np.linspace(0, 2 * np.pi, 16)
    north = (-latitude + offset * np.sin(turn)).clip(-90, 90)
    here, zero = np.full(16, latitude), np.zeros(16)
    latitudes = np.stack([here, north], axis=1).ravel()
    longitudes = np.stack([zero, 180 + offset * np.cos(turn)], axis=1).ravel()

    legs = leg_lengths_m(latitudes, longitudes)

    assert legs == pytest.approx(karney_m(latitudes, longitudes), rel=2e-3)


def test_a_whole_ride_agrees_with_karney() -> None:
    ride = record(rolling(60), seed=3, origin=(69.0, 18.0))

    distance = cumulative_distance_m(ride.latitude, ride.longitude, ride.track().segments)

    assert distance[-1] == pytest.approx(karney_m(ride.latitude, ride.longitude).sum(), rel=1e-9)


def test_two_points_across_the_antimeridian_are_neighbours() -> None:
    latitude, longitude = np.array([0.0, 0.0]), np.array([179.99, -179.99])

    assert leg_lengths_m(latitude, longitude) == pytest.approx(2226.39, abs=0.01)


def test_a_leg_over_the_pole_is_short() -> None:
    latitude, longitude = np.array([89.999, 89.999]), np.array([0.0, 180.0])

    assert leg_lengths_m(latitude, longitude) == pytest.approx(223.4, abs=0.1)


def test_the_way_between_segments_is_not_ridden() -> None:
    latitude = np.array([45.0, 45.001, 46.0, 46.001])
    longitude = np.zeros(4)
    segments = Segments(np.array([0, 0, 1, 1]))

    distance = cumulative_distance_m(latitude, longitude, segments)

    assert distance[1] == distance[2] == pytest.approx(111.1, abs=0.1)
    assert distance[3] == pytest.approx(2 * distance[1], rel=1e-3)


def test_unrolled_lengths_are_true_at_high_latitude_and_across_the_antimeridian() -> None:
    ride = record(rolling(20), seed=0, origin=(70.0, 179.9))

    x, y = unrolled_m(ride.latitude, ride.longitude)

    assert np.abs(np.diff(ride.longitude)).max() > 359
    assert np.hypot(np.diff(x), np.diff(y)) == pytest.approx(
        karney_m(ride.latitude, ride.longitude), rel=1e-7, abs=1e-6
    )


@given(seed=st.integers(0, 2**32))
def test_distances_between_any_points_agree_with_karney(seed: int) -> None:
    chance = np.random.default_rng(seed)
    latitude = chance.uniform(-89, 89, 20)
    longitude = chance.uniform(-180, 180, 20)
    reach = 10.0 ** chance.uniform(-6, 1, (2, 20))
    others = latitude + reach[0].clip(max=1.0), longitude + reach[1]

    ours = distances_m(latitude, longitude, *others)

    karney = KARNEY.inv(longitude, latitude, others[1], others[0])[2]
    assert ours == pytest.approx(karney, rel=1e-8, abs=1e-6)


def test_many_distances_are_those_of_each_pair() -> None:
    chance = np.random.default_rng(4)
    places = chance.uniform(-90, 90, (4, 10_000))
    some = [0, 4095, 4096, 8192, 9999]

    every = distances_m(*places)

    assert every[some].tolist() == [float(distances_m(*places[:, [i]])[0]) for i in some]
    assert distances_m(*places[:, :0]).tolist() == []
