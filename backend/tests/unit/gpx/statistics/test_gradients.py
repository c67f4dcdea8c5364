import numpy as np
import pytest

from src.gpx.elevation.profile import Profile
from src.gpx.model import FloatArray, Segments
from src.gpx.statistics.gradients import Gradients, gradient_at, measure_gradients


def profile(elevation: FloatArray, *, known: bool = True) -> Profile:
    count = len(elevation)
    return Profile(
        cell_m=10.0,
        elevation_m=elevation,
        posterior_mean_m=elevation,
        segments=Segments(np.zeros(count, dtype=np.int64)),
        known=np.full(count, known),
        gain_m=0.0,
        loss_m=0.0,
        gain_low_m=0.0,
        gain_high_m=0.0,
        turns=np.array([0, len(elevation) - 1]),
        left_m2=np.zeros((1, 1)),
        lift_m=np.zeros(0),
    )


def road(*stretches: tuple[float, float]) -> Profile:
    """A profile of stretches of (kilometres, percent)."""
    slopes = np.concatenate([np.full(round(km * 100), percent / 10) for km, percent in stretches])
    return profile(np.concatenate([[0.0], np.cumsum(slopes)]))


def steepness_of(profile: Profile) -> Gradients:
    steepness = measure_gradients(profile)
    assert steepness is not None
    return steepness


def test_each_class_of_steepness_gets_its_kilometres_up_and_down() -> None:
    steep = steepness_of(road((2, 1), (3, 4), (2, 8), (1, 12), (4, -4), (1, -12)))

    lengths = {name: part.distance_km for name, part in steep.distribution.items()}
    assert lengths == pytest.approx(
        {"llano": 2, "moderado": 7, "empinado": 2, "muy_empinado": 2}, abs=0.16
    )
    assert steep.distribution["moderado"].uphill_km == pytest.approx(3, abs=0.1)
    assert steep.distribution["moderado"].downhill_km == pytest.approx(4, abs=0.1)
    assert steep.distribution["muy_empinado"].downhill_km == pytest.approx(1, abs=0.1)


def test_the_classes_share_out_the_whole_way() -> None:
    parts = steepness_of(road((5, 2), (5, -7))).distribution.values()

    assert sum(part.distance_km for part in parts) == pytest.approx(10)
    assert sum(part.percentage for part in parts) == pytest.approx(100)
    assert sum(part.uphill_km + part.downhill_km for part in parts) == pytest.approx(10)


@pytest.mark.parametrize(
    ("percent", "name"),
    [(3, "llano"), (3.01, "moderado"), (6, "moderado"), (10, "empinado"), (10.01, "muy_empinado")],
)
def test_upper_bounds_belong_to_their_class(percent: float, name: str) -> None:
    assert steepness_of(road((0.64, percent))).distribution[name].distance_km > 0.5


def test_the_maximum_is_held_over_a_hundred_metres() -> None:
    assert steepness_of(road((1, 2), (0.02, 30), (1, 2))).maximum == pytest.approx(7.6, abs=0.1)
    assert steepness_of(road((1, 2), (0.2, 15), (1, 2))).maximum == pytest.approx(15)


def test_the_maximum_of_a_descent_is_zero() -> None:
    down = steepness_of(road((5, -8)))

    assert (down.maximum, down.average) == (0, 0)


def test_the_average_is_that_of_the_uphill_road() -> None:
    assert steepness_of(road((10, 6), (10, -6), (5, 0))).average == pytest.approx(6, abs=0.05)


def test_the_average_leaves_out_what_riders_call_level() -> None:
    assert steepness_of(road((10, 0.4), (10, 1), (10, 5))).average == pytest.approx(3, abs=0.05)


def test_level_road_is_half_uphill_and_half_downhill() -> None:
    level = steepness_of(road((5, 0))).distribution["llano"]

    assert gradient_at(road((5, 0)), np.array([0.0, 2500.0])).tolist() == [0, 0]
    assert level.uphill_km == level.downhill_km == pytest.approx(2.5)


def test_a_road_shorter_than_the_window_has_one_gradient() -> None:
    assert gradient_at(road((0.05, 6)), np.array([0.0, 25.0, 50.0])) == pytest.approx(6)


@pytest.mark.parametrize("cells", [1, 2, 5])
def test_a_road_shorter_than_half_the_window_has_none(cells: int) -> None:
    noisy = profile(np.resize([0.0, 3.0], cells))

    assert measure_gradients(noisy) is None
    assert np.isnan(gradient_at(noisy, np.array([0.0, 5.0, 40.0]))).all()


def test_points_carry_the_gradient_of_their_place() -> None:
    along_m = np.array([0.0, 500.0, 975.0, 1000.0, 1025.0, 1500.0, 2000.0])

    gradient = gradient_at(road((1, 5), (1, -3)), along_m)

    assert gradient == pytest.approx([5, 5, 3, 1, -1, -3, -3], abs=1)


def test_without_elevations_no_point_has_a_gradient() -> None:
    assert np.isnan(gradient_at(None, np.array([0.0, 1.0]))).all()
    assert np.isnan(gradient_at(profile(np.zeros(9), known=False), np.array([0.0, 1.0]))).all()


def test_road_without_elevations_has_no_gradients() -> None:
    assert measure_gradients(profile(np.zeros(9), known=False)) is None


def test_road_without_elevations_is_in_no_class() -> None:
    half = road((2, 5))
    half.known[101:] = False

    parts = steepness_of(half).distribution

    assert parts["moderado"].distance_km == pytest.approx(1)
    assert parts["moderado"].percentage == pytest.approx(100)
