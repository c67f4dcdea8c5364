"""A whole recording as a file is read back by others' readers as what was recorded."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import gpxpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from src.gpx import analyse
from src.gpx.model import RideColumns
from src.services.tracks.export import POINTS_AT_ONCE, whole_csv, whole_geojson, whole_gpx
from tests.support.gpx_schema import check_gpx
from tests.support.rides import build_gpx

GARMIN = "{http://www.garmin.com/xmlschemas/TrackPointExtension/v1}"
# More than one block, with a border of segments inside of each.
RIDE = analyse(build_gpx(points=12_345, segments=4, sensors=True)).columns
BARE = analyse(build_gpx(points=300, timestamps=False, elevation=False)).columns


def patchy(ride: RideColumns) -> RideColumns:
    """The ride with values missing here and there, of each column at other points."""
    random = np.random.default_rng(3)

    def holed(values: Any) -> Any:
        return np.where(random.random(len(values)) < 0.3, np.nan, values)

    return replace(
        ride,
        elevation=holed(ride.elevation),
        time_s=holed(ride.time_s),
        sensors={name: holed(values) for name, values in ride.sensors.items()},
    )


RIDES = [RIDE, BARE, patchy(RIDE)]


def nan_as_none(values: Any) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def blocks_of(ride: RideColumns, points: int = POINTS_AT_ONCE) -> Iterator[RideColumns]:
    return (ride.at(slice(start, start + points)) for start in range(0, len(ride), points))


def gpx_of(ride: RideColumns, title: str = "Vuelta") -> bytes:
    return b"".join(whole_gpx(title, blocks_of(ride)))


def csv_of(ride: RideColumns) -> list[dict[str, str]]:
    text = b"".join(whole_csv(blocks_of(ride))).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def lines_of(ride: RideColumns) -> list[list[list[float]]]:
    feature = json.loads(b"".join(whole_geojson(uuid4(), "Vuelta", blocks_of(ride))))
    assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "MultiLineString")
    lines: list[list[list[float]]] = feature["geometry"]["coordinates"]
    return lines


def across(longitude: list[float], segment: list[int] | None = None) -> RideColumns:
    """A ride along these longitudes that rises from 0 to 10 degrees north and as many metres."""
    ride = BARE.at(slice(0, len(longitude)))
    return replace(
        ride,
        latitude=np.linspace(0, 10, len(longitude)),
        longitude=np.array(longitude),
        elevation=np.linspace(0, 10, len(longitude)),
        segment=np.array(segment or [0] * len(longitude)),
    )


@pytest.mark.parametrize("ride", RIDES)
def test_a_gpx_file_is_read_back_as_it_was_recorded(ride: RideColumns) -> None:
    data = gpx_of(ride)
    check_gpx(data)
    (track,) = gpxpy.parse(data).tracks
    lengths = np.bincount(ride.segment)
    assert [len(segment.points) for segment in track.segments] == lengths[lengths > 0].tolist()
    points = [point for segment in track.segments for point in segment.points]
    np.testing.assert_allclose([p.latitude for p in points], ride.latitude, atol=1e-7)
    np.testing.assert_allclose([p.longitude for p in points], ride.longitude, atol=1e-7)
    heights = np.array([p.elevation for p in points], np.float64)
    np.testing.assert_allclose(heights, ride.elevation, atol=0.005001)
    times = np.array([p.time.timestamp() if p.time else None for p in points], np.float64)
    np.testing.assert_allclose(times, ride.time_s, atol=1e-3)


@pytest.mark.parametrize("ride", [RIDE, patchy(RIDE)])
def test_sensors_are_where_others_look_for_them(ride: RideColumns) -> None:
    tags = {
        "heart_rate_bpm": f"{GARMIN}hr",
        "cadence_rpm": f"{GARMIN}cad",
        "temperature_c": f"{GARMIN}atemp",
        "power_w": "{*}power",
    }
    points = etree.fromstring(gpx_of(ride)).findall(".//{*}trkpt")
    for name, tag in tags.items():
        texts = [point.findtext(f".//{tag}") for point in points]
        values = np.array(texts, np.float64)
        np.testing.assert_allclose(values, ride.sensors[name], atol=0.5)


def test_a_value_that_the_extension_cannot_hold_is_left_out() -> None:
    sensors = {
        "heart_rate_bpm": np.array([0.0, 300.0, 120.6]),
        "cadence_rpm": np.array([255.0] * 3),
    }
    data = gpx_of(replace(RIDE.at(slice(0, 3)), sensors=sensors))
    check_gpx(data)
    assert data.count(b"<extensions>") == 1
    assert b"<gpxtpx:hr>121</gpxtpx:hr>" in data


def test_fractions_of_seconds_are_kept() -> None:
    ride = RIDE.at(slice(0, 4))
    data = gpx_of(replace(ride, time_s=np.array([0.0, 0.25, 1.0, 1.5])))
    assert data.count(b".250Z") == data.count(b".500Z") == 1


def test_a_title_cannot_break_the_file() -> None:
    title = "</name> <&> \x00\ud800 'Ñ'"
    data = gpx_of(BARE, title)
    check_gpx(data)
    assert gpxpy.parse(data).tracks[0].name == "</name> <&>  'Ñ'"


@pytest.mark.parametrize("ride", RIDES)
def test_a_table_has_a_row_for_every_point(ride: RideColumns) -> None:
    rows = csv_of(ride)
    assert len(rows) == len(ride)
    expected = {
        "latitude_degrees": (ride.latitude, 1e-7),
        "longitude_degrees": (ride.longitude, 1e-7),
        "segment": (ride.segment, 0),
        "elevation_m": (ride.elevation, 0.005001),
        "elevation_smoothed_m": (ride.elevation_smoothed, 0.05001),
        "distance_km": (ride.distance_m / 1000, 1e-5),
        "speed_kmh": (ride.speed_kmh, 0.005001),
        "gradient_percent": (ride.gradient, 0.005001),
        **{name: (values, 1e-3) for name, values in ride.sensors.items()},
    }
    assert rows[0].keys() == {"time_utc", *expected}
    for name, (values, step) in expected.items():
        read = np.array([row[name] or "nan" for row in rows], np.float64)
        np.testing.assert_allclose(read, values, atol=step, rtol=0, err_msg=name)
    instants = [row["time_utc"] and datetime.fromisoformat(row["time_utc"]) for row in rows]
    seconds = [instant.timestamp() if instant else None for instant in instants]
    np.testing.assert_allclose(np.array(seconds, np.float64), ride.time_s, atol=1e-3)


def test_no_cell_is_anything_but_a_number_or_a_time() -> None:
    for row in csv_of(patchy(RIDE)):
        for name, cell in row.items():
            assert cell == "" or (cell[0].isdigit() if name == "time_utc" else float(cell) < 1e6)


def test_geojson_has_a_line_for_each_segment() -> None:
    lines = lines_of(RIDE)
    assert [len(line) for line in lines] == np.bincount(RIDE.segment).tolist()
    read = np.array([position for line in lines for position in line])
    recorded = np.stack([RIDE.longitude, RIDE.latitude, RIDE.elevation], axis=1)
    np.testing.assert_allclose(read, recorded, atol=0.005001)
    assert {len(position) for line in lines_of(BARE) for position in line} == {2}
    known = [len(position) == 3 for line in lines_of(patchy(RIDE)) for position in line]
    assert 0.6 < np.mean(known) < 0.8


@pytest.mark.parametrize("side", [1, -1])
def test_geojson_is_cut_at_the_antimeridian(side: int) -> None:
    first, second = lines_of(across([side * degrees for degrees in (178, 179, -179, -178)]))
    assert [position[0] * side for position in first] == [178, 179, 180]
    assert [position[0] * side for position in second] == [-180, -179, -178]
    assert first[-1][1:] == second[0][1:] == pytest.approx([5, 5], abs=1e-6)


@pytest.mark.parametrize("edge", [180.0, -180.0])
def test_a_point_on_the_antimeridian_is_no_trouble(edge: float) -> None:
    for line in lines_of(across([179, edge, -edge, -179])):
        longitudes = [position[0] for position in line]
        assert max(longitudes) - min(longitudes) <= 1
        assert len(line) > 1


def test_geojson_has_no_line_of_one_position() -> None:
    lines = lines_of(across([1, 2, 3, 4, 5, 6], [0, 0, 1, 2, 2, 3]))
    assert [[position[0] for position in line] for line in lines] == [[1, 2], [4, 5]]
    assert lines_of(across([1, 2], [0, 1])) == []
    assert len(lines_of(across([179, -179, 5], [0, 1, 2]))) == 0


def test_no_block_of_a_file_is_large() -> None:
    ride = RIDE.at(np.arange(len(RIDE)).repeat(3))
    for render in (partial(whole_gpx, "-"), whole_csv, partial(whole_geojson, uuid4(), "-")):
        sizes = [len(block) for block in render(blocks_of(ride))]
        assert len(sizes) > 7
        assert max(sizes) < 2_000_000


@pytest.mark.parametrize("points", [1, 7, 1_000_000])
def test_a_file_does_not_tell_how_its_blocks_were_cut(points: int) -> None:
    ride = patchy(RIDE).at(slice(2_900, 3_400))
    assert len(np.unique(ride.segment)) > 1
    for render in (partial(whole_gpx, "-"), whole_csv, partial(whole_geojson, UUID(int=1), "-")):
        cut, uncut = render(blocks_of(ride, points)), render(iter([ride]))
        assert b"".join(cut) == b"".join(uncut)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([178, 179, -179, -178])), min_size=1),
    st.integers(1, 5),
)
def test_lines_for_maps_do_not_tell_how_their_blocks_were_cut(
    places: list[tuple[bool, float]], points: int
) -> None:
    begins, longitudes = zip(*places, strict=True)
    ride = across(list(longitudes), np.cumsum(begins).tolist())
    render = partial(whole_geojson, UUID(int=1), "-")
    assert b"".join(render(blocks_of(ride, points))) == b"".join(render(iter([ride])))
