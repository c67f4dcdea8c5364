"""A local plane for each segment: metres to the east and north of the segment's middle point.

    (east, north) = arc / sin(arc) * (R_east cos(phi) sin(turn),
                                      R_north (cos(phi_0) sin(phi) - sin(phi_0) cos(phi) cos(turn)))

The azimuthal equidistant projection of J. P. Snyder, "Map projections: a working manual" (1987),
equations 22-4 and 22-5, with the radii of curvature of the ellipsoid at the middle point.

What it cannot do: away from the middle point lengths across the direction to it are stretched, by
1e-3 at some hundreds of kilometres and without bound towards the antipode.
"""

import numpy as np

from src.gpx.earth.geodesy import curvature_radii_m, hypotenuse, sine_and_cosine
from src.gpx.model import FloatArray, Segments, pieces

# At the middle point the arc and its sine are both zero, and their ratio is one.
_TINY = 1e-200


def local_plane(
    latitude: FloatArray, longitude: FloatArray, segments: Segments
) -> tuple[FloatArray, FloatArray]:
    """Azimuthal equidistant coordinates (x east, y north) in metres, each of shape (n,).

    About the middle point of each segment. Distances are true within 1e-3 for some hundreds of
    kilometres around, at the poles and across the antimeridian as anywhere else.
    """
    middle = segments.starts + segments.lengths // 2
    sin_centre, cos_centre = sine_and_cosine(np.radians(latitude[middle]))
    radii_m = curvature_radii_m(sin_centre)
    centres = np.stack([longitude[middle], sin_centre, cos_centre, *radii_m])
    plane_m = np.empty((2, len(latitude)))
    for part in pieces(len(latitude)):
        of_points = segments.of_points(np.arange(part.start, part.stop))
        plane_m[:, part] = _about(centres.take(of_points, axis=1), latitude[part], longitude[part])
    return plane_m[0], plane_m[1]


def _about(centres: FloatArray, latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    centre, sin_centre, cos_centre, prime_vertical_m, meridional_m = centres
    sin_phi, cos_phi = sine_and_cosine(np.radians(latitude))
    sin_turn, cos_turn = sine_and_cosine(np.radians(longitude - centre))
    towards = cos_phi * cos_turn
    east = cos_phi * sin_turn
    north = cos_centre * sin_phi - sin_centre * towards
    sin_arc = np.maximum(hypotenuse(east, north), _TINY)
    arc = np.arctan2(sin_arc, sin_centre * sin_phi + cos_centre * towards)
    stretch = arc / sin_arc
    east *= stretch * prime_vertical_m
    north *= stretch * meridional_m
    return np.stack([east, north])
