import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from lxml import etree

import src.gpx
from src.gpx import Analysis, GpxError, analyse
from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.errors import TooManyPointsError
from src.gpx.model import Waypoint
from src.gpx.presentation.drawing import drawing
from src.gpx.presentation.readable import readable
from src.gpx.simplify import simplify
from tests.support.gpx_text import Layout
from tests.support.rides import build_gpx, flat, passes, record, rolling, sine_hills
from tests.support.time_zone import machine_in


def gpx(points: str) -> bytes:
    return f'<gpx version="1.1"><trk><name>T</name><trkseg>{points}</trkseg></trk></gpx>'.encode()


def point(latitude: float, longitude: float, elevation: float | None = None) -> str:
    inner = "" if elevation is None else f"<ele>{elevation}</ele>"
    return f'<trkpt lat="{latitude}" lon="{longitude}">{inner}</trkpt>'


@pytest.fixture(scope="module")
def hilly() -> Analysis:
    ride = record(passes(60, [(3, 8, 6), (25, 12, 7)]), stops=3, seed=3, noise="barometric")
    return analyse(ride.gpx(name="Dos <puertos> & más"))


def test_the_door_has_a_handle_for_bytes_and_one_for_what_was_read() -> None:
    names = {"FINEST_M", "STORED_M", "Analysis", "GpxError", "Step", "analyse", "analyse_recording"}
    assert set(src.gpx.__all__) == names
    assert all(hasattr(src.gpx, name) for name in names)


def test_a_whole_ride_comes_out_true() -> None:
    ride = record(rolling(50, relief_m=150), stops=3, seed=7)

    analysis = analyse(ride.gpx())

    assert analysis.distance_km * 1000 == pytest.approx(ride.distance_m, rel=0.015)
    assert analysis.elevation_gain == pytest.approx(ride.gain_m, rel=0.01)
    assert analysis.elevation_loss == pytest.approx(ride.loss_m, rel=0.01)
    assert analysis.statistics.max_speed_kmh == pytest.approx(ride.max_speed_kmh, rel=0.05)
    assert analysis.statistics.moving_time_minutes == pytest.approx(
        ride.moving_time_s / 60, rel=0.01
    )
    assert analysis.total_points == len(ride)
    assert analysis.warnings == ()


def test_each_statistic_is_the_one_that_its_name_says() -> None:
    ride = record(passes(40, [(3, 8, 6), (20, 5, 8)]), stops=4, seed=5)

    analysis = analyse(ride.gpx())

    statistics = analysis.statistics
    duration_s = float(np.ptp(ride.time_s))
    assert duration_s > 1.05 * ride.moving_time_s
    assert statistics.avg_speed_kmh == pytest.approx(
        3.6 * ride.distance_m / ride.moving_time_s, rel=0.02
    )
    assert statistics.total_time_minutes == pytest.approx(duration_s / 60)
    assert (analysis.start_time_s, analysis.end_time_s) == (ride.time_s[0], ride.time_s[-1])
    assert statistics.avg_gradient == pytest.approx(6.6, abs=0.4)
    assert statistics.max_gradient == pytest.approx(8.5, abs=1)


def test_the_same_bytes_give_the_same_numbers() -> None:
    data = build_gpx(points=2000, segments=3)

    assert analyse(data).summary() == analyse(data).summary()


def test_the_summary_is_plain_json_with_every_promised_key(hilly: Analysis) -> None:
    summary = json.loads(json.dumps(hilly.summary(), allow_nan=False))

    assert set(summary) >= {
        "name", "kind", "distance_km", "elevation_gain", "elevation_loss", "max_elevation",
        "min_elevation", "total_points", "simplified_points", "has_elevation", "has_timestamps",
        "start_time", "end_time", "waypoints", "warnings", "statistics",
    }  # fmt: skip
    assert set(summary["statistics"]) >= {
        "avg_speed_kmh", "max_speed_kmh", "total_time_minutes", "moving_time_minutes",
        "avg_gradient", "max_gradient", "gradient_distribution", "top_climbs",
    }  # fmt: skip
    assert list(summary["statistics"]["gradient_distribution"]) == [
        "llano", "moderado", "empinado", "muy_empinado",
    ]  # fmt: skip
    assert set(summary["statistics"]["gradient_distribution"]["llano"]) == {
        "distance_km", "percentage", "uphill_km", "downhill_km",
    }  # fmt: skip
    assert set(summary["statistics"]["top_climbs"][0]) == {
        "start_km", "end_km", "distance_km", "elevation_gain_m", "avg_gradient", "max_gradient",
        "category", "description",
    }  # fmt: skip
    assert summary["start_time"] == "2024-06-01T06:00:00Z"
    assert summary["name"] == "Dos <puertos> & más"


def test_only_the_three_hardest_climbs_are_kept() -> None:
    hills = [(2.0 + 12 * i, 3.0, 5.0 + i) for i in range(5)]

    top = analyse(record(passes(65, hills)).gpx()).statistics.top_climbs

    assert [round(climb.avg_gradient) for climb in top] == [9, 8, 7]


def test_climbs_and_gain_need_no_times() -> None:
    analysis = analyse(record(passes(25, [(3, 10, 6)])).gpx(timestamps=False))

    assert not analysis.has_timestamps
    assert analysis.statistics.avg_speed_kmh is analysis.statistics.max_speed_kmh is None
    assert analysis.summary()["start_time"] is None
    assert analysis.elevation_gain == pytest.approx(600, rel=0.02)
    assert len(analysis.statistics.top_climbs) == 1


def test_a_track_of_a_few_metres_has_no_gradients() -> None:
    analysis = analyse(gpx("".join(point(45 + i * 0.00001, 7, i % 2 * 3) for i in range(6))))

    assert analysis.has_elevation
    assert analysis.statistics.avg_gradient is analysis.statistics.max_gradient is None
    assert analysis.statistics.gradient_distribution is None
    assert np.isnan(analysis.simplified.gradient).all()
    assert json.loads(json.dumps(analysis.summary(), allow_nan=False))
    assert "gradient" not in readable(analysis)
    assert "nan" not in drawing(analysis)


def test_a_few_times_do_not_make_a_recording() -> None:
    ride = record(flat(3))
    time_s = np.full(len(ride), np.nan)
    time_s[[0, 40]] = ride.time_s[[0, 40]]

    analysis = analyse(replace(ride, time_s=time_s).gpx())

    assert not analysis.has_timestamps
    assert analysis.start_time_s is analysis.statistics.total_time_minutes is None


def test_speeds_need_no_elevations() -> None:
    analysis = analyse(record(flat(10)).gpx(elevation=False))

    assert not analysis.has_elevation
    assert analysis.elevation_gain is analysis.max_elevation is None
    assert analysis.statistics.gradient_distribution is None
    assert analysis.statistics.max_speed_kmh is not None
    assert np.isnan(analysis.simplified.gradient).all()


@pytest.mark.parametrize("layout", get_args(Layout))
def test_segments_tracks_and_routes_are_lines_of_their_own(layout: Layout) -> None:
    whole = record(sine_hills(30), seed=2, noise="none")
    parts = record(sine_hills(30), seed=2, noise="none", segments=3)

    analysis = analyse(parts.gpx(layout=layout))

    assert analysis.kind == ("route" if layout == "route" else "track")
    assert analysis.track.segment[-1] == 2
    assert analysis.distance_km * 1000 == pytest.approx(whole.distance_m, rel=0.01)
    assert analysis.elevation_gain == pytest.approx(whole.gain_m, rel=0.02)
    assert analysis.statistics.max_speed_kmh == pytest.approx(whole.max_speed_kmh, rel=0.05)


def test_a_gap_of_a_hundred_kilometres_adds_nothing() -> None:
    first = "".join(point(45 + i * 0.0001, 7, 100) for i in range(100))
    second = "".join(point(46 + i * 0.0001, 7, 900) for i in range(100))

    analysis = analyse(gpx(f"{first}</trkseg><trkseg>{second}"))

    assert analysis.distance_km == pytest.approx(2 * 99 * 0.01111, rel=0.01)
    assert analysis.elevation_gain == analysis.elevation_loss == pytest.approx(0, abs=0.1)
    assert (np.diff(analysis.simplified.distance_km) >= 0).all()


def test_the_sea_is_an_elevation() -> None:
    analysis = analyse(gpx("".join(point(45 + i * 0.0001, 7, 0) for i in range(50))))

    assert analysis.has_elevation
    assert (analysis.min_elevation, analysis.max_elevation, analysis.elevation_gain) == (0, 0, 0)
    assert re.search(r"Lowest +0 m\nHighest +0 m\n", readable(analysis))


def test_standing_still_is_a_distance() -> None:
    analysis = analyse(gpx(point(45, 7, 100) * 3))

    assert (analysis.distance_km, analysis.elevation_gain, analysis.elevation_loss) == (0, 0, 0)


def test_a_false_place_adds_no_distance() -> None:
    ride = record(flat(5))
    latitude = ride.latitude.copy()
    latitude[100:103] += 2

    analysis = analyse(replace(ride, latitude=latitude).gpx())

    assert [warning.kind for warning in analysis.warnings] == ["teleport"]
    assert analysis.distance_km == pytest.approx(analyse(ride.gpx()).distance_km, abs=0.01)


def test_below_the_sea_is_an_elevation_too() -> None:
    analysis = analyse(gpx("".join(point(31.5 + i * 0.001, 35.4, -400 - i) for i in range(20))))

    assert (analysis.min_elevation, analysis.max_elevation) == (-419, -400)


def test_two_points_across_the_antimeridian_are_neighbours() -> None:
    analysis = analyse(gpx(point(0, 179.99) + point(0, -179.99)))

    assert analysis.distance_km == pytest.approx(2.226, abs=0.001)


@pytest.mark.parametrize("origin", [(0.0, 179.95), (89.6, 20.0), (-54.8, -68.3)])
def test_a_ride_has_the_same_numbers_anywhere_on_earth(origin: tuple[float, float]) -> None:
    at_home = analyse(record(sine_hills(25), shape="loop", seed=4, position_noise_m=0).gpx())

    away = analyse(
        record(sine_hills(25), shape="loop", seed=4, position_noise_m=0, origin=origin).gpx()
    )

    assert away.distance_km == pytest.approx(at_home.distance_km, rel=2e-3)
    assert away.elevation_gain == pytest.approx(at_home.elevation_gain, rel=0.01)
    assert away.statistics.max_speed_kmh == pytest.approx(
        at_home.statistics.max_speed_kmh, rel=0.02
    )


def test_out_and_back_climbs_what_it_descends() -> None:
    ride = record(sine_hills(30), shape="out_and_back", seed=1, noise="none")

    analysis = analyse(ride.gpx())

    assert analysis.elevation_gain == pytest.approx(analysis.elevation_loss, abs=1)
    assert analysis.elevation_gain == pytest.approx(ride.gain_m, rel=0.01)
    assert analysis.distance_km * 1000 == pytest.approx(ride.distance_m, rel=0.01)


def test_tunnels_are_ridden_through() -> None:
    ride = record(sine_hills(30), seed=6, tunnels=3, noise="none", shape="straight")

    analysis = analyse(ride.gpx())

    assert analysis.distance_km * 1000 == pytest.approx(ride.distance_m, rel=0.01)
    assert analysis.elevation_gain == pytest.approx(ride.gain_m, rel=0.02)
    assert analysis.statistics.max_speed_kmh == pytest.approx(ride.max_speed_kmh, rel=0.05)


def test_an_elevation_of_99999_metres_is_mended_and_reported() -> None:
    ride = record(rolling(20), noise="none")
    elevation = ride.elevation.copy()
    elevation[700] = 99_999

    analysis = analyse(replace(ride, elevation=elevation).gpx())

    (warning,) = analysis.warnings
    assert (warning.count, warning.first_index) == (1, 700)
    assert analysis.max_elevation == pytest.approx(ride.elevation.max(), abs=0.1)
    assert analysis.elevation_gain == pytest.approx(ride.gain_m, rel=0.02)


def test_the_present_is_what_the_caller_says_or_the_clock_of_the_machine() -> None:
    ride = record(flat(3))
    data, later = ride.gpx(), replace(ride, time_s=ride.time_s + 1e9).gpx()

    assert analyse(data).warnings == ()
    assert [warning.kind for warning in analyse(later).warnings] == ["implausible_time"]
    assert [warning.kind for warning in analyse(data, now_s=1e9).warnings] == ["implausible_time"]
    assert analyse(later, now_s=3e9).warnings == ()


def test_waypoints_are_told() -> None:
    hut = b'<wpt lat="1" lon="2"><name>Hut</name></wpt>'

    analysis = analyse(build_gpx(points=10).replace(b"<trk>", hut + b"<trk>"))

    assert analysis.waypoints == (Waypoint("Hut", 1.0, 2.0, None),)
    assert analysis.summary()["waypoints"] == 1


def test_instants_are_told_in_utc_to_the_millisecond() -> None:
    ride = record(flat(1))
    late = replace(ride, time_s=ride.time_s + 0.25)

    with machine_in("America/Bogota"):
        assert analyse(ride.gpx()).summary()["start_time"] == "2024-06-01T06:00:00Z"
        assert analyse(late.gpx()).summary()["start_time"] == "2024-06-01T06:00:00.250Z"


def test_a_recorder_that_starts_its_clock_in_1970_has_times() -> None:
    ride = record(flat(3))

    summary = analyse(replace(ride, time_s=ride.time_s - ride.time_s[0]).gpx()).summary()

    assert summary["start_time"] == "1970-01-01T00:00:00Z"
    assert summary["statistics"]["total_time_minutes"] == pytest.approx(
        np.ptp(ride.time_s) / 60, abs=0.01
    )


def test_a_point_without_time_or_elevation_costs_nothing() -> None:
    ride = record(rolling(20), noise="none")
    elevation, time_s = ride.elevation.copy(), ride.time_s.copy()
    elevation[[0, 500, 501]] = np.nan
    time_s[[0, 900, -1]] = np.nan

    analysis = analyse(replace(ride, elevation=elevation, time_s=time_s).gpx())

    assert analysis.total_points == len(ride)
    assert analysis.elevation_gain == pytest.approx(ride.gain_m, rel=0.02)
    assert analysis.statistics.max_speed_kmh == pytest.approx(ride.max_speed_kmh, rel=0.05)


def test_sensors_have_statistics() -> None:
    sensors = analyse(build_gpx(points=3000, sensors=True)).summary()["statistics"]["sensors"]

    assert sensors["heart_rate_bpm"]["average"] == pytest.approx(138, abs=8)
    assert sensors["power_w"]["minimum"] >= 0
    assert sensors["cadence_rpm"]["maximum"] <= 130
    assert 10 < sensors["temperature_c"]["minimum"] < sensors["temperature_c"]["maximum"] < 30


def test_the_track_ends_at_the_distance() -> None:
    analysis = analyse(build_gpx(points=5000, segments=2))

    assert analysis.simplified.distance_km[0] == 0
    assert analysis.simplified.distance_km[-1] == analysis.distance_km


def test_kept_points_are_points_of_the_track() -> None:
    analysis = analyse(build_gpx(points=3000, segments=2))
    kept, track = analysis.simplified, analysis.track

    index, tolerance_m = simplify(track)
    assert 10 < len(kept) < len(track)
    np.testing.assert_array_equal(kept.index, index)
    np.testing.assert_array_equal(kept.tolerance_m, tolerance_m)
    for column in ("segment", "latitude", "longitude", "elevation", "time_s"):
        np.testing.assert_array_equal(getattr(kept, column), getattr(track, column)[kept.index])
    distance_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    np.testing.assert_array_equal(kept.distance_km, distance_m[kept.index] / 1000)


def test_two_visits_to_one_place_keep_their_own_distance() -> None:
    ride = record(sine_hills(20), shape="loop", seed=1, position_noise_m=0)

    distance = analyse(ride.gpx()).simplified.distance_km

    assert distance[-1] == pytest.approx(ride.distance_m / 1000, rel=0.01)


def test_gradients_of_kept_points_come_from_the_smoothed_profile(hilly: Analysis) -> None:
    uphill = (hilly.simplified.distance_km > 26) & (hilly.simplified.distance_km < 36)

    assert hilly.simplified.gradient[uphill] == pytest.approx(7, abs=1.2)


@pytest.mark.parametrize("data", [b"", b"<gpx/>", b"GPX", gpx(point(45, 7))])
def test_what_cannot_be_analysed_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(GpxError):
        analyse(data)


def test_more_points_than_the_caller_allows_are_refused() -> None:
    data = build_gpx(points=50)

    assert analyse(data, max_points=50).total_points == 50
    with pytest.raises(TooManyPointsError):
        analyse(data, max_points=49)


def test_the_drawing_is_an_svg_of_the_route_and_its_profile(hilly: Analysis) -> None:
    root = etree.fromstring(drawing(hilly).encode())

    words = " ".join(map(str, root.itertext()))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Dos <puertos> & más" in words
    assert "HC · 12" in words
    assert len(root.findall(".//{*}polygon")) > 5
    assert "nan" not in drawing(hilly)


def test_the_drawing_leaves_out_a_profile_that_is_not_there() -> None:
    picture = drawing(analyse(build_gpx(points=100, elevation=False)))

    assert "polygon" not in picture
    assert 'class="route"' in picture


@pytest.mark.parametrize(
    "hills",
    [
        # With a higher one right behind, at the very start and end, and alone.
        [(5, 2, 6), (8.5, 4, 9), (30, 1.5, 8), (51, 8.9, 5)],
        [(0, 1.5, 7), (20, 5, 8), (58, 1.9, 9)],
        [(3, 20, 5)],
    ],
)
def test_what_is_written_of_climbs_lies_on_no_line(hills: list[tuple[float, float, float]]) -> None:
    analysis = analyse(record(passes(60, hills), seed=3).gpx())
    root = etree.fromstring(drawing(analysis).encode())
    ridge = [
        tuple(map(float, point.split(",")))
        for line in root.findall('.//{*}polyline[@class="ridge"]')
        for point in str(line.attrib["points"]).split()
    ]
    along = np.linspace(72, 1152, 20_000)
    heights = np.interp(along, *np.array(ridge).T)

    boxes = []
    for label in root.iter("{*}text"):
        if "@" not in (text := label.text or ""):
            continue
        x, y = float(label.attrib["x"]), float(label.attrib["y"])
        # No letter of 12 px is as wide as that, nor reaches as far below its line.
        half = 6 * len(text) / 2
        assert (heights[abs(along - x) < half] > y + 4).all(), text
        assert x - half >= 72
        assert x + half <= 1152
        boxes.append((x - half, x + half))
    assert 1 <= len(boxes) <= len(analysis.statistics.top_climbs)
    ordered = sorted(boxes)
    assert all(one[1] < other[0] for one, other in pairwise(ordered))


def test_the_drawing_does_not_join_segments() -> None:
    picture = drawing(analyse(build_gpx(points=300, segments=3)))

    assert picture.count('class="casing"') == 3


def test_the_readable_summary_tells_the_main_facts(hilly: Analysis) -> None:
    page = readable(hilly)

    assert f"{hilly.distance_km:.2f} km" in page
    within = f"({hilly.elevation_gain_low:,.0f} to {hilly.elevation_gain_high:,.0f})"
    assert f"{hilly.elevation_gain:,.0f} m {within}\n" in page
    assert "category HC" in page
    assert "muy_empinado" in page
