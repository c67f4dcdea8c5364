import numpy as np
import pytest

from src.gpx.elevation.relief_spectra import kinds_of_road


@pytest.mark.parametrize("octaves", [4, 6, 8])
@pytest.mark.parametrize("most_m2", [1e-4, 1.0, 5000.0])
def test_the_first_kind_is_flat_and_all_others_have_relief(octaves: int, most_m2: float) -> None:
    roads = kinds_of_road(octaves, most_m2)

    assert not roads[0].any()
    assert (roads[1:] > 0).all()
    assert len(np.unique(roads, axis=0)) == len(roads)


def test_kinds_reach_as_high_as_what_was_found_and_down_to_a_decimetre() -> None:
    at_the_hills = kinds_of_road(8, 900.0)[1:].max(axis=1)

    assert at_the_hills.min() <= 0.01
    assert at_the_hills.max() >= 900


def test_relief_grows_faster_from_octave_to_octave_than_noise_can() -> None:
    roads = kinds_of_road(8, 100.0)[1:]

    # What wanders doubles; a long wave leaves 16 times less in each octave below its own, and only
    # the reach of a bend less than that.
    growth = roads[:, 1:3] / roads[:, :2]
    assert growth.min() > 3.9
    assert growth[growth < 255.9].max() < 16.1
    assert growth.max() < 256.1
