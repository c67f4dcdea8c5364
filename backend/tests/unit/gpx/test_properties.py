import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx import Analysis, GpxError, analyse
from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.elevation.profile import build_profile
from src.gpx.model import BoolArray, FloatArray, IntArray, Track
from src.gpx.presentation.drawing import drawing
from src.gpx.presentation.readable import readable
from tests.support.gpx_text import Layout, document, point_rows
from tests.support.rides import Noise, Ride, record, rolling

SOME = settings(max_examples=25, deadline=None)
MANY = settings(max_examples=150, deadline=None)


def rides_with(*noises: Noise) -> st.SearchStrategy[Ride]:
    return st.builds(
        record,
        st.builds(rolling, st.floats(0.5, 6), seed=st.integers(0, 99), relief_m=st.floats(0, 300)),
        seed=st.integers(0, 99),
        noise=st.sampled_from(noises),
        altitude_step_m=st.sampled_from([0.1, 1.0]),
        stops=st.integers(0, 2),
        segments=st.integers(1, 3),
        origin=st.tuples(st.floats(-70, 70), st.floats(-179, 179)),
        position_noise_m=st.just(0.0),
        coordinate_decimals=st.just(9),
    )


rides = rides_with("none", "barometric", "gps", "white")

wild_numbers = st.one_of(
    st.floats(-1e4, 1e4),
    st.sampled_from(
        ["", "NaN", "inf", "-inf", "1e999", "0", "-0.0", "99999", "uno", "0x10", "1,5"]
    ),
)
wild_latitudes = st.one_of(st.floats(-90, 90), st.floats(44.99, 45.01), wild_numbers)
wild_longitudes = st.one_of(st.floats(-180, 180), st.floats(179.99, 180), wild_numbers)
wild_times = st.one_of(
    st.none(),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.integers(0, 500).map(lambda s: f"2024-05-01T10:{s // 60:02d}:{s % 60:02d}Z"),
    st.sampled_from(["", "yesterday", "2024-02-30T00:00:00Z", "0000-00-00T00:00:00Z"]),
)


@st.composite
def wild_points(draw: st.DrawFn) -> str:
    latitude, longitude = draw(wild_latitudes), draw(wild_longitudes)
    elevation, time = draw(st.one_of(st.none(), wild_numbers)), draw(wild_times)
    inner = "" if elevation is None else f"<ele>{elevation}</ele>"
    inner += "" if time is None else f"<time>{time}</time>"
    point = f'<trkpt lat="{latitude}" lon="{longitude}">{inner}</trkpt>'
    return point * draw(st.integers(1, 3))


wild_files = st.lists(st.lists(wild_points(), max_size=8), max_size=5).map(
    lambda segments: (
        "<gpx><trk>"
        + "".join(f"<trkseg>{''.join(points)}</trkseg>" for points in segments)
        + "</trk></gpx>"
    ).encode()
)


@st.composite
def plans(draw: st.DrawFn) -> bytes:
    """Planned routes: points tens to hundreds of metres apart, no times, heights of one kind."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(20, 500))
    unevenness = draw(st.sampled_from([0.0, 0.7]))
    step_m = draw(st.floats(30, 250)) * chance.uniform(1 - unevenness, 1 + unevenness, count)
    noise = chance.normal(0, draw(st.sampled_from([0.1, 1.0, 5.0])), count)
    elevation = 300 + draw(
        st.sampled_from([noise, np.cumsum(noise) / 4, noise + 20 * np.sin(np.cumsum(step_m) / 700)])
    )
    return northward(
        step_m, np.zeros(count, np.int64), elevation, elevation_decimals=draw(st.integers(0, 1))
    )


@st.composite
def odd_rides(draw: st.DrawFn) -> bytes:
    """Halts of many equal points, rides of millimetres or across a continent, single values."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(2, 200))
    step_m = np.full(count, draw(st.sampled_from([0.0, 0.001, 1.0, 8.0, 100.0, 2000.0])))
    step_m[chance.random(count) < draw(st.sampled_from([0.0, 0.5, 0.95]))] = 0.0
    if draw(st.booleans()):
        step_m[draw(st.integers(1, count - 1))] = 1_000_000.0
    segment = np.arange(count) * draw(st.integers(1, 3)) // count
    elevation = chance.normal(0, draw(st.sampled_from([0.0, 3.0])), count)
    elevation[~draw(known_values(segment))] = np.nan
    time_s = 1.7e9 + np.arange(float(count)) * draw(st.sampled_from([0.1, 1.0, 15.0, 3600.0]))
    time_s[~draw(known_values(segment))] = np.nan
    return northward(step_m, segment, elevation, time_s)


@st.composite
def known_values(draw: st.DrawFn, segment: IntArray) -> BoolArray:
    """Which points have a value: all, none, one, those of one segment, or every few."""
    places = np.arange(len(segment))
    one = draw(st.integers(0, len(segment) - 1))
    return draw(
        st.sampled_from(
            [places >= 0, places < 0, places == one, segment == segment[one], places % 7 == 0]
        )
    )


def northward(
    step_m: FloatArray,
    segment: IntArray,
    elevation: FloatArray,
    time_s: FloatArray | None = None,
    elevation_decimals: int = 1,
) -> bytes:
    """A file of points that lie so many metres to the north of each other."""
    rows = point_rows(
        -30 + np.cumsum(step_m) / 111_000,
        np.full(len(step_m), 7.0),
        elevation,
        time_s,
        coordinate_decimals=9,
        elevation_decimals=elevation_decimals,
    )
    return document(rows, segment)


def numbers_of(ride: Ride, **form: Any) -> dict[str, Any]:
    """The summary without what says where and when the ride was."""
    summary = analyse(ride.gpx(coordinate_decimals=9, **form)).summary()
    for key in ("start_time", "end_time", "simplified_points", "warnings", "kind"):
        del summary[key]
    return summary


def without_classes(numbers: dict[str, Any]) -> dict[str, Any]:
    """Without the classes of steepness: road just on a border changes them with its last bits."""
    del numbers["statistics"]["gradient_distribution"]
    return numbers


def assert_same(one: Any, other: Any, rel: float) -> None:
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_same(one[key], other[key], rel)
    elif isinstance(one, list):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_same(left, right, rel)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=rel, abs=0.11)
    else:
        assert one == other


@SOME
@given(rides, st.integers(-300_000_000, 40_000_000))
def test_when_a_ride_was_ridden_changes_nothing(ride: Ride, shift_s: int) -> None:
    later = replace(ride, time_s=ride.time_s + shift_s)

    assert_same(numbers_of(later), numbers_of(ride), 1e-9)


@SOME
@given(rides, st.floats(-360, 360))
def test_turning_the_earth_changes_nothing(ride: Ride, turn: float) -> None:
    longitude = (ride.longitude + turn + 180) % 360 - 180

    turned = without_classes(numbers_of(replace(ride, longitude=longitude)))
    assert_same(turned, without_classes(numbers_of(ride)), 1e-4)


@SOME
@given(rides, st.floats(-400, 3000))
def test_lifting_a_ride_changes_only_its_lowest_and_highest(ride: Ride, lift_m: float) -> None:
    lift_m = round(lift_m)
    one = without_classes(numbers_of(ride))
    other = without_classes(numbers_of(replace(ride, elevation=ride.elevation + lift_m)))

    for key in ("min_elevation", "max_elevation"):
        assert other.pop(key) == pytest.approx(one.pop(key) + lift_m, abs=0.11)
    assert_same(other, one, 5e-3)


@SOME
@given(rides, st.sampled_from(["\n", " ", "\r\n\t", "<!-- a remark -->"]), st.booleans())
def test_the_form_of_the_file_changes_nothing(ride: Ride, space: str, has_prefix: bool) -> None:
    plain = ride.gpx(coordinate_decimals=9)
    text = plain.decode().replace("><", f">{space}<").replace('="', "='").replace('"', "'")
    if has_prefix:
        text = text.replace("xmlns=", "xmlns:g=").replace("<", "<g:").replace("<g:/", "</g:")
        text = text.replace("<g:?", "<?").replace("<g:!", "<!")

    assert analyse(text.encode()).summary() == analyse(plain).summary()


def with_other_attributes(point: str) -> str:
    return re.sub(r"<trkpt (lat=\S+) (lon=[^>]+)>", r"<trkpt  \2\n ele='7' \1 >", point)


def with_other_children(point: str) -> str:
    children = re.findall(r"<(\w+)>([^<]*)</\w+>", point)
    start = point[: point.index(">") + 1]
    inner = "".join(
        f"<x:note>8</x:note><x:{tag}  >\n {text}</x:{tag}  ><sat/>"
        for tag, text in reversed(children)
    )
    return f"{start}{inner}</trkpt>"


FORMS: tuple[Callable[[str], str], ...] = (
    str,
    lambda point: point.replace('"', "'"),
    lambda point: point.replace("><", ">\r\n\t<"),
    lambda point: point.replace("<trkpt", "<g:trkpt").replace("</trkpt", "</g:trkpt"),
    lambda point: re.sub(r"<ele>(.*?)</ele>", r"<ele><![CDATA[\1]]></ele>", point),
    lambda point: re.sub(r"<ele>(.*?)</ele>", r"<ele>\g<1>0<!-- m --></ele>", point),
    lambda point: point.replace("Z</time>", "+00:00</time>"),
    lambda point: f"<!-- {point} -->{point}<extensions/>",
    with_other_attributes,
    with_other_children,
)


@SOME
@given(rides, st.randoms(use_true_random=False), st.sampled_from([1, 7, 300]))
def test_the_form_of_each_point_changes_nothing(
    ride: Ride, chance: random.Random, points_alike: int
) -> None:
    plain = ride.gpx(coordinate_decimals=9)
    points = re.split(r"(<trkpt.*?</trkpt>)", plain.decode())
    form = FORMS[0]
    for place in range(1, len(points), 2):
        if place // 2 % points_alike == 0:
            form = chance.choice(FORMS)
        points[place] = form(points[place])

    assert analyse("".join(points).encode()).summary() == analyse(plain).summary()


@SOME
@given(rides, st.sampled_from(["tracks", "route"]))
def test_how_segments_are_wrapped_changes_nothing(ride: Ride, layout: Layout) -> None:
    assert_same(numbers_of(ride, layout=layout), numbers_of(ride), 1e-9)


@SOME
@given(rides)
def test_gain_minus_loss_is_what_the_profile_rises(ride: Ride) -> None:
    track = ride.track()
    profile = build_profile(
        track, cumulative_distance_m(track.latitude, track.longitude, track.segments)
    )

    assert profile is not None
    assert profile.gain_m - profile.loss_m == pytest.approx(
        profile.elevation_m[-1] - profile.elevation_m[0], abs=1e-6
    )
    assert min(profile.gain_m, profile.loss_m) >= 0


@SOME
@given(rides)
def test_a_ride_rises_from_its_first_to_its_last_elevation(ride: Ride) -> None:
    summary = analyse(ride.gpx()).summary()
    ends = [
        np.flatnonzero(ride.segment == number)[[0, -1]] for number in range(ride.segment[-1] + 1)
    ]
    rise = sum(float(ride.elevation[last] - ride.elevation[first]) for first, last in ends)

    # Both are rounded to a decimetre.
    assert summary["elevation_gain"] - summary["elevation_loss"] == pytest.approx(rise, abs=0.11)


# With more noise than that, whether a few metres of it are taken for relief depends on chance.
@SOME
@given(rides_with("none", "barometric"))
def test_riding_backwards_swaps_gain_and_loss(ride: Ride) -> None:
    forwards = ride.track()
    backwards = Track(
        latitude=forwards.latitude[::-1],
        longitude=forwards.longitude[::-1],
        elevation=forwards.elevation[::-1],
        time_s=forwards.time_s[0] + forwards.time_s[-1] - forwards.time_s[::-1],
        segment=forwards.segment[-1] - forwards.segment[::-1],
        sensors={},
    )
    there, back = (
        build_profile(track, cumulative_distance_m(track.latitude, track.longitude, track.segments))
        for track in (forwards, backwards)
    )

    assert there is not None
    assert back is not None
    assert back.gain_m == pytest.approx(there.loss_m, rel=0.05, abs=15)
    assert back.loss_m == pytest.approx(there.gain_m, rel=0.05, abs=15)


@MANY
@given(wild_files)
def test_whatever_stands_in_a_file_is_analysed_or_refused_by_name(data: bytes) -> None:
    try:
        analysis = analyse(data)
    except GpxError:
        return

    assert_presentable(analysis)


@MANY
@given(plans())
def test_planned_routes_of_any_roughness_are_analysed(data: bytes) -> None:
    assert_presentable(analyse(data))


@MANY
@given(odd_rides())
def test_halts_leaps_and_single_values_are_analysed(data: bytes) -> None:
    assert_presentable(analyse(data))


def assert_presentable(analysis: Analysis) -> None:
    json.dumps(analysis.summary(), allow_nan=False)
    assert readable(analysis)
    assert drawing(analysis).endswith("</svg>\n")
    assert "nan" not in drawing(analysis)
    assert (np.diff(analysis.simplified.distance_km) >= 0).all()
    assert analysis.simplified.distance_km[-1] == analysis.distance_km


@MANY
@given(
    st.lists(
        st.tuples(st.floats(-80, 80), st.floats(-179, 179), st.floats(-400, 8000)),
        min_size=2,
        max_size=30,
    ),
    st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_routes_with_legs_of_any_length_are_analysed(
    places: list[tuple[float, float, float]], borders: list[bool]
) -> None:
    latitude, longitude, elevation = np.array(places).T
    segment = np.cumsum(borders[: len(places)])
    rows = point_rows(latitude, longitude, elevation, tag="rtept")

    analysis = analyse(document(rows, segment, layout="route"))

    parts = analysis.statistics.gradient_distribution
    assert (parts is None) == (analysis.distance_km < 0.05)
    assert parts is None or sum(part.distance_km for part in parts.values()) == pytest.approx(
        analysis.distance_km, rel=1e-6
    )
