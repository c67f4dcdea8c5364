from itertools import pairwise

import numpy as np
import pytest

from src.gpx.elevation.turning_points import turning_points, turning_points_of
from src.gpx.model import FloatArray


def walked(elevation: FloatArray, turn_m: float) -> list[int]:
    """Hysteresis as it is defined, from point to point."""
    turns = [0]
    best, direction = 0, 1
    for position, height in enumerate(elevation.tolist()):
        beyond = direction * (height - elevation[best])
        if beyond >= 0:
            best = position
        elif beyond <= -turn_m + 1e-6:
            turns.append(best)
            best, direction = position, -direction
    return sorted({*turns, best, len(elevation) - 1})


def profiles(seed: int) -> list[FloatArray]:
    """Wandering, stepping with level stretches, of few heights, and of pure noise."""
    random = np.random.default_rng(seed)
    length = int(random.integers(2, 400))
    profiles = [
        np.cumsum(random.normal(0, 1, length)),
        np.cumsum(random.integers(-1, 2, length)) * 0.5,
        random.integers(0, 6, length).astype(np.float64),
        random.random(length) * 10,
        np.round(np.cumsum(random.normal(0, 0.3, length)), 1),
    ]
    return [np.asarray(profile, dtype=np.float64) for profile in profiles]


def test_turns_smaller_than_the_hysteresis_are_passed_over() -> None:
    elevation = np.array([0.0, 10, 9, 20, 5, 6, 0, 30, 29])

    assert turning_points(elevation, 3.0).tolist() == [0, 3, 6, 7, 8]


@pytest.mark.parametrize("lift_m", [0.0, 12.0, 100.0, 1234.0])
def test_ten_decimetres_are_a_metre_at_every_height(lift_m: float) -> None:
    steps = np.array([10.0, 13.1, 12.1, 14.1]) + lift_m

    assert turning_points(steps, 1.0).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("turn_m", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(40))
def test_turns_are_those_that_one_meets_point_by_point(seed: int, turn_m: float) -> None:
    for elevation in profiles(seed):
        # In a level stretch any point is the summit: heights are what counts.
        found, expected = turning_points(elevation, turn_m).tolist(), walked(elevation, turn_m)
        assert elevation[found].tolist() == elevation[expected].tolist()


@pytest.mark.parametrize("seed", range(40))
def test_each_part_of_a_profile_has_the_turns_that_it_has_alone(seed: int) -> None:
    for elevation in profiles(seed):
        cuts = sorted({0, len(elevation) // 3, len(elevation) // 2, len(elevation)})
        parts = [(start, end) for start, end in pairwise(cuts)]
        parts = parts[:1] + parts[2:]

        found = turning_points_of(elevation, parts, 2.0)

        alone = [(a + turning_points(elevation[a:b], 2.0)).tolist() for a, b in parts]
        assert found == alone


def test_a_part_of_one_point_turns_there() -> None:
    assert turning_points_of(np.arange(5.0), [(0, 1), (3, 5)], 1.0) == [[0], [3, 4]]
