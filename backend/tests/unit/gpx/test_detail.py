"""A number of points is turned into the finest tolerance that keeps it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from src.gpx.detail import tolerance_for

SURVIVALS = st.lists(st.sampled_from((10.5, 11.0, 12.0, 50.0, 300.0, np.inf)), max_size=20)


@given(survivals=SURVIVALS, max_points=st.integers(0, 25))
def test_it_keeps_as_many_points_as_it_may_and_no_more(
    survivals: list[float], max_points: int
) -> None:
    survives_m = np.array(survivals, dtype=np.float64)
    tolerance_m = tolerance_for(survives_m, max_points)
    ends = survivals.count(np.inf)
    assert np.count_nonzero(survives_m > tolerance_m) <= max(max_points, ends)
    finer = survives_m[survives_m < tolerance_m]
    if len(finer) or tolerance_m > 0:
        one_finer = finer.max() if len(finer) else 0.0
        assert np.count_nonzero(survives_m > one_finer) > max_points


def test_a_line_with_few_points_is_shown_whole() -> None:
    assert tolerance_for(np.array([np.inf, 20.0, np.inf]), 3) == 0.0
    assert tolerance_for(np.array([np.inf, 20.0, 30.0, np.inf]), 3) == 20.0
    assert tolerance_for(np.array([np.inf, 20.0, 30.0, np.inf]), 1) == 30.0
