"""The plane of a segment agrees with that of PROJ."""

import numpy as np
import pytest
from pyproj import Proj

from src.gpx.earth.projection import local_plane
from src.gpx.model import Segments


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, 0.0), (47.0, 8.0), (-69.0, 179.9), (89.9, 0.0), (-90.0, 5.0)]
)
@pytest.mark.parametrize("reach_m", [100.0, 10_000.0, 200_000.0])
def test_distances_are_those_of_the_ellipsoid(
    latitude: float, longitude: float, reach_m: float
) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-reach_m, reach_m, (2, 41))
    x[20] = y[20] = 0.0
    project = Proj(proj="aeqd", lat_0=latitude, lon_0=longitude, ellps="WGS84")
    places = project(x, y, inverse=True)
    east, north = local_plane(
        np.asarray(places[1]), np.asarray(places[0]), Segments(np.zeros(41, dtype=np.int64))
    )
    np.testing.assert_allclose(np.hypot(east, north), np.hypot(x, y), rtol=1e-3)


def test_each_segment_lies_on_a_plane_of_its_own() -> None:
    latitude = np.array([10.0, 10.001, 10.002, 60.0, 60.001])
    longitude = np.array([5.0, 5.0, 5.0, 5.0, 5.001])
    east, north = local_plane(latitude, longitude, Segments(np.array([0, 0, 0, 1, 1])))
    np.testing.assert_allclose(north, [-110.6, 0, 110.6, -111.4, 0], atol=0.1)
    np.testing.assert_allclose(east, [0, 0, 0, -55.8, 0], atol=0.1)
