"""A local plane for each segment: metres to the east and north of the segment's middle point."""

import numpy as np

from src.gpx.geodesy import curvature_radii_m
from src.gpx.model import FloatArray, IntArray


def local_plane(
    latitude: FloatArray, longitude: FloatArray, segment: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Azimuthal equidistant coordinates (x east, y north) in metres, each of shape (n,).

    Snyder, Map Projections: A Working Manual (1987), equations 22-4 and 22-5, about the middle
    point of each segment, scaled by the WGS84 radii of curvature there. Distances are true
    within 1e-3 for some hundreds of kilometres around, at the poles and across the antimeridian
    as anywhere else.
    """
    starts = np.flatnonzero(np.diff(segment, prepend=segment[:1] - 1))
    counts = np.diff(starts, append=len(segment))
    middle = starts + counts // 2
    sin_centre, cos_centre = _sin_cos(latitude[middle])
    prime_vertical_m, meridional_m = curvature_radii_m(sin_centre)

    sin_phi, cos_phi = _sin_cos(latitude)
    sin_turn, cos_turn = _sin_cos(longitude - np.repeat(longitude[middle], counts))
    sin_centre, cos_centre = np.repeat(sin_centre, counts), np.repeat(cos_centre, counts)
    towards = cos_phi * cos_turn
    east = cos_phi * sin_turn
    north = cos_centre * sin_phi - sin_centre * towards
    sin_arc = np.hypot(east, north)
    arc = np.arctan2(sin_arc, sin_centre * sin_phi + cos_centre * towards)
    stretch = np.divide(arc, sin_arc, out=np.ones_like(arc), where=sin_arc > 0)
    east *= stretch * np.repeat(prime_vertical_m, counts)
    north *= stretch * np.repeat(meridional_m, counts)
    return east, north


def _sin_cos(degrees: FloatArray) -> tuple[FloatArray, FloatArray]:
    radians = np.radians(degrees)
    return np.sin(radians), np.cos(radians)
