import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.gpx.fitting import non_negative_fit


@given(seed=st.integers(0, 10_000), columns=st.integers(1, 9))
def test_no_other_amounts_that_are_not_negative_fit_better(seed: int, columns: int) -> None:
    """The conditions of Karush, Kuhn and Tucker, which only the best fit meets."""
    rng = np.random.default_rng(seed)
    shapes = rng.uniform(0, 1, (20, columns)) ** 3
    wanted = shapes @ rng.normal(0, 1, columns) + rng.normal(0, 0.1, 20)

    amounts = non_negative_fit(shapes, wanted)

    downhill = shapes.T @ (wanted - shapes @ amounts)
    assert amounts.min() >= 0
    assert downhill.max() < 1e-6
    assert np.abs(downhill[amounts > 0]).max(initial=0) < 1e-6


def test_a_column_of_nothing_gets_nothing() -> None:
    shapes = np.array([[1.0, 0.0], [2.0, 0.0]])

    assert non_negative_fit(shapes, np.array([3.0, 6.0])) == pytest.approx([3, 0])
