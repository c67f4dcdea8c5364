"""Distances and local metres on the WGS84 ellipsoid.

    north = M(phi) d_phi,   east = N(phi) cos(phi) d_lambda,   length**2 = north**2 + east**2
    N = a / sqrt(1 - e**2 sin(phi)**2),   M = N (1 - e**2) / (1 - e**2 sin(phi)**2)

Short legs use the radii of curvature at their middle latitude (Gauss, 1846), which agrees with
Karney's geodesic to 1e-9; long legs, and legs that turn far in longitude because a pole is near,
use the inverse geodesic of Vincenty (1975), and the nearly antipodal ones, on which that does
not converge, the long-line formula of Lambert (1942). Latitudes and longitudes are in degrees,
everything else is in metres.

What it cannot do: Lambert's formula is 2e-3 off at worst between antipodes, and no height counts.
"""

import math

import numpy as np

from src.gpx.model import FloatArray, Segments, pieces

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
# At the poles the earth is flattest: the radius of curvature there is a**2 / b.
MOST_METRES_PER_DEGREE = math.radians(1) * SEMI_MAJOR_M**2 / SEMI_MINOR_M

# Beyond this angle (640 m along a meridian) the error of the middle-latitude formula, which grows
# with the square of the leg, passes 1e-9.
_SHORT_LEG_RAD = 1e-4
_VINCENTY_ROUNDS = 12
_VINCENTY_TOLERANCE_RAD = 1e-12
# What is worked out on the way for so many stays in the processor's cache.
_PAIRS_AT_A_TIME = 1 << 12


def cumulative_distance_m(
    latitude: FloatArray, longitude: FloatArray, segments: Segments
) -> FloatArray:
    """Distance along the track up to each point, shape (n,), in metres.

    The way from the last point of a segment to the first of the next adds nothing.
    """
    distance = np.zeros(len(latitude))
    if len(latitude) > 1:
        legs = leg_lengths_m(latitude, longitude)
        legs[segments.gaps] = 0.0
        np.cumsum(legs, out=distance[1:])
    return distance


def leg_lengths_m(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Length in metres of each leg between consecutive points, shape (n - 1,)."""
    east, north = leg_components_m(latitude, longitude)
    return _lengths_m(east, north, latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])


def distances_m(
    latitude_1: FloatArray,
    longitude_1: FloatArray,
    latitude_2: FloatArray,
    longitude_2: FloatArray,
) -> FloatArray:
    """Distance in metres between pairs of points, shape (n,), in the way of the length of a leg."""
    east, north = _components_m(
        np.radians(latitude_1), np.radians(latitude_2), _wrapped(longitude_2 - longitude_1)
    )
    return _lengths_m(east, north, latitude_1, longitude_1, latitude_2, longitude_2)


def hypotenuse(x: FloatArray, y: FloatArray) -> FloatArray:
    """The length of each way by its two components.

    Metres, and sines on the earth, are far from where a square overflows or vanishes, against
    which `np.hypot` takes care at ten times the cost.
    """
    squared = x * x
    squared += y * y
    length: FloatArray = np.sqrt(squared, out=squared)
    return length


def leg_components_m(latitude: FloatArray, longitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Each leg's way to the east and to the north in metres, both of shape (n - 1,).

    Uses the radii of curvature at the leg's middle latitude; good for legs up to some kilometres.
    """
    latitude_rad = np.radians(latitude)
    return _components_m(latitude_rad[:-1], latitude_rad[1:], _wrapped(np.diff(longitude)))


def _components_m(
    start_rad: FloatArray, end_rad: FloatArray, turn: FloatArray
) -> tuple[FloatArray, FloatArray]:
    middle = end_rad + start_rad
    middle *= 0.5
    sin_middle, cos_middle = sine_and_cosine(middle)
    prime_vertical_m, meridional_m = curvature_radii_m(sin_middle)
    north = end_rad - start_rad
    north *= meridional_m
    east = np.radians(turn)
    east *= prime_vertical_m
    east *= cos_middle
    return east, north


def _lengths_m(
    east: FloatArray,
    north: FloatArray,
    latitude_1: FloatArray,
    longitude_1: FloatArray,
    latitude_2: FloatArray,
    longitude_2: FloatArray,
) -> FloatArray:
    """By the components, and by the geodesic where the points are far apart."""
    length = hypotenuse(east, north)
    far = np.abs(latitude_2 - latitude_1) > np.degrees(_SHORT_LEG_RAD)
    far |= np.abs(_wrapped(longitude_2 - longitude_1)) > np.degrees(_SHORT_LEG_RAD)
    if far.any():
        length[far] = geodesic_m(
            latitude_1[far], longitude_1[far], latitude_2[far], longitude_2[far]
        )
    return length


def curvature_radii_m(sin_latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The ellipsoid's radii of curvature in metres, in the prime vertical and in the meridian."""
    curvature = 1 - ECCENTRICITY_SQUARED * sin_latitude**2
    prime_vertical_m: FloatArray = SEMI_MAJOR_M / np.sqrt(curvature)
    return prime_vertical_m, prime_vertical_m * (1 - ECCENTRICITY_SQUARED) / curvature


def sine_and_cosine(radians: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sine and cosine of angles within a turn, by the tangent of half of each.

    Right within 1e-15, which is some nanometres on the earth; numpy works out a tangent ten times
    faster than a sine where the processor has wide registers.
    """
    tangent = np.tan(0.5 * radians)
    squared = tangent * tangent
    scale = 1 + squared
    tangent += tangent
    tangent /= scale
    np.subtract(1, squared, out=squared)
    squared /= scale
    return tangent, squared


def unrolled_m(latitude: FloatArray, longitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A line's points on a plane, x to the east and y to the north in metres, shape (n,) each.

    The line is unrolled leg by leg, so that lengths and bearings are true wherever one looks
    along it, across the antimeridian too; only places that are hundreds of kilometres apart
    along the line may lie differently to each other than on the earth.
    """
    x, y = np.zeros(len(latitude)), np.zeros(len(latitude))
    if len(latitude) > 1:
        east, north = leg_components_m(latitude, longitude)
        np.cumsum(east, out=x[1:])
        np.cumsum(north, out=y[1:])
    return x, y


def geodesic_m(
    latitude_1: FloatArray,
    longitude_1: FloatArray,
    latitude_2: FloatArray,
    longitude_2: FloatArray,
) -> FloatArray:
    """Shortest way in metres between pairs of points any distance apart, shape (n,)."""
    places = (latitude_1, longitude_1, latitude_2, longitude_2)
    lengths = [
        _vincenty_m(*(column[part] for column in places))
        for part in pieces(len(latitude_1), _PAIRS_AT_A_TIME)
    ]
    return np.concatenate(lengths) if lengths else np.empty(0)


def _vincenty_m(
    latitude_1: FloatArray,
    longitude_1: FloatArray,
    latitude_2: FloatArray,
    longitude_2: FloatArray,
) -> FloatArray:
    reduced_1, reduced_2 = _reduced(latitude_1), _reduced(latitude_2)
    sin_1, cos_1 = np.sin(reduced_1), np.cos(reduced_1)
    sin_2, cos_2 = np.sin(reduced_2), np.cos(reduced_2)
    turn = np.radians(_wrapped(longitude_2 - longitude_1))
    spherical = turn.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_VINCENTY_ROUNDS):
            across = np.hypot(
                cos_2 * np.sin(spherical),
                cos_1 * sin_2 - sin_1 * cos_2 * np.cos(spherical),
            )
            along = sin_1 * sin_2 + cos_1 * cos_2 * np.cos(spherical)
            arc = np.arctan2(across, along)
            sin_azimuth = np.where(across > 0, cos_1 * cos_2 * np.sin(spherical) / across, 0.0)
            cos_squared = 1 - sin_azimuth**2
            middle = np.where(cos_squared > 0, along - 2 * sin_1 * sin_2 / cos_squared, 0.0)
            c = FLATTENING / 16 * cos_squared * (4 + FLATTENING * (4 - 3 * cos_squared))
            series = middle + c * along * (2 * middle**2 - 1)
            correction = (1 - c) * FLATTENING * sin_azimuth * (arc + c * across * series)
            before, spherical = spherical, turn + correction
            if np.array_equal(before, spherical):
                break
        converged = np.abs(spherical - before) < _VINCENTY_TOLERANCE_RAD

        u_squared = cos_squared * ((SEMI_MAJOR_M / SEMI_MINOR_M) ** 2 - 1)
        a = 1 + u_squared / 16384 * (
            4096 + u_squared * (-768 + u_squared * (320 - 175 * u_squared))
        )
        b = u_squared / 1024 * (256 + u_squared * (-128 + u_squared * (74 - 47 * u_squared)))
        third = b / 6 * middle * (4 * across**2 - 3) * (4 * middle**2 - 3)
        inner = middle + b / 4 * (along * (2 * middle**2 - 1) - third)
        length = SEMI_MINOR_M * a * (arc - b * across * inner)
    return np.where(converged, length, _lambert_m(reduced_1, reduced_2, turn))


def _lambert_m(reduced_1: FloatArray, reduced_2: FloatArray, turn: FloatArray) -> FloatArray:
    half_north = np.sin((reduced_2 - reduced_1) / 2) ** 2
    half_east = np.cos(reduced_1) * np.cos(reduced_2) * np.sin(turn / 2) ** 2
    arc = 2 * np.arcsin(np.sqrt(np.clip(half_north + half_east, 0, 1)))
    p, q = (reduced_1 + reduced_2) / 2, (reduced_2 - reduced_1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        # Both quotients are sines, but between antipodes quotients of what rounding has left.
        x = (arc - np.sin(arc)) * np.minimum((np.sin(p) * np.cos(q) / np.cos(arc / 2)) ** 2, 1)
        y = (arc + np.sin(arc)) * np.minimum((np.cos(p) * np.sin(q) / np.sin(arc / 2)) ** 2, 1)
        length = SEMI_MAJOR_M * (arc - FLATTENING / 2 * (x + y))
    best: FloatArray = np.where(np.isfinite(length), length, SEMI_MAJOR_M * arc)
    return best


def _reduced(latitude: FloatArray) -> FloatArray:
    reduced: FloatArray = np.arctan((1 - FLATTENING) * np.tan(np.radians(latitude)))
    return reduced


def _wrapped(degrees: FloatArray) -> FloatArray:
    """Differences of longitude by the short way round, within +-180 degrees."""
    beyond = np.abs(degrees) > 180
    if beyond.any():
        degrees = degrees.copy()
        degrees[beyond] = (degrees[beyond] + 180) % 360 - 180
    return degrees
