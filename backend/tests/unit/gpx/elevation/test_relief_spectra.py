import numpy as np
import pytest

from src.gpx.elevation.relief_spectra import relief_spectra


@pytest.mark.parametrize("octaves", [4, 6, 8])
@pytest.mark.parametrize("most_m2", [1e-4, 1.0, 5000.0])
def test_the_first_component_is_flat_and_all_others_have_relief(
    octaves: int, most_m2: float
) -> None:
    spectra = relief_spectra(octaves, most_m2)

    assert not spectra[0].any()
    assert (spectra[1:] > 0).all()
    assert len(np.unique(spectra, axis=0)) == len(spectra)


def test_components_reach_as_high_as_what_was_found_and_down_to_a_decimetre() -> None:
    at_the_hills = relief_spectra(8, 900.0)[1:].max(axis=1)

    assert at_the_hills.min() <= 0.01
    assert at_the_hills.max() >= 900


def test_relief_grows_faster_from_octave_to_octave_than_noise_can() -> None:
    spectra = relief_spectra(9, 100.0)[1:]

    # What wanders doubles; a long wave leaves 16 times less in each octave below its own, and only
    # the reach of a bend less than that.
    growth = spectra[:, 1:3] / spectra[:, :2]
    assert growth.min() > 2.1
    assert growth[growth < 255.9].max() < 16.1
    assert 200 < growth.max() < 256.1


def test_beyond_its_hills_relief_goes_on_growing_a_little_or_is_gone() -> None:
    spectra = relief_spectra(9, 100.0)[1:]

    growth = spectra[:, 1:] / spectra[:, :-1]
    of_short_hills = growth[~np.isclose(growth[:, 4], growth[:, 0]), 7]
    goes_on, gone = of_short_hills[of_short_hills > 1], of_short_hills[of_short_hills < 1]
    # More than noise, which doubles, and less than hills do; or as good as nothing two octaves on.
    assert 2.2 < goes_on.min() <= goes_on.max() < 4
    assert 0.03 < gone.min() <= gone.max() < 0.1
