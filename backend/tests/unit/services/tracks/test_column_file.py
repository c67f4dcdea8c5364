"""The columnar file keeps what it is given, within a step, and says how to read it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arro3.io import read_parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx import analyse
from src.gpx.errors import GpxError
from src.services.tracks.column_file import (
    COLUMNS,
    SENSORS,
    NotOurColumnsError,
    read_blocks,
    read_columns,
    read_values,
    write_columns,
)
from tests.support.rides import build_gpx, detailed_ride
from tests.unit.gpx.test_properties import odd_rides, wild_files


@pytest.mark.parametrize(
    "gpx",
    [
        detailed_ride(),
        build_gpx(points=300, sensors=True, segments=3),
        build_gpx(points=50, timestamps=False, elevation=False),
        build_gpx(points=2),
    ],
)
def test_what_is_read_is_what_was_written(gpx: bytes, tmp_path: Path) -> None:
    written = analyse(gpx).columns
    write_columns(written, tmp_path / "ride.parquet")
    read = read_columns(tmp_path / "ride.parquet")
    assert len(read) == len(written)
    assert read.sensors.keys() == written.sensors.keys()
    for field, column in COLUMNS.items():
        np.testing.assert_allclose(
            getattr(read, field).astype(float),
            getattr(written, field).astype(float),
            atol=(1.0 if column.rounds_up else 0.5001) / column.scales[-1],
            rtol=0,
            err_msg=field,
        )
    for field, values in written.sensors.items():
        step = 1 / SENSORS[field].scales[-1]
        np.testing.assert_allclose(read.sensors[field], values, atol=0.5001 * step)


def test_the_points_above_a_tolerance_are_the_same_as_before(tmp_path: Path) -> None:
    written = analyse(detailed_ride()).columns
    write_columns(written, tmp_path / "ride.parquet")
    read = read_columns(tmp_path / "ride.parquet")
    for tolerance_m in (1.0, 1.1, 2.5, 10.0):
        np.testing.assert_array_equal(
            read.tolerance_m > tolerance_m, written.tolerance_m > tolerance_m
        )


@settings(max_examples=60, deadline=None)
@given(wild_files | odd_rides())
def test_whatever_the_engine_gives_can_be_written_and_read(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    try:
        written = analyse(data).columns
    except GpxError:
        return
    path = tmp_path_factory.mktemp("columns") / "ride.parquet"
    write_columns(written, path)
    read = read_columns(path)
    assert np.array_equal(np.isnan(read.elevation), np.isnan(written.elevation))
    # Half the way round the earth is as good as infinite.
    assert np.array_equal(np.isinf(read.tolerance_m), written.tolerance_m >= 20_000_000)
    assert np.array_equal(read.segment, written.segment)


def test_the_file_tells_units_and_scales_to_any_reader(tmp_path: Path) -> None:
    ride = analyse(build_gpx(points=300, sensors=True))
    write_columns(ride.columns, tmp_path / "ride.parquet")
    table = read_parquet(tmp_path / "ride.parquet").read_all()
    described = json.loads(table.schema.metadata_str["contravento"])["columns"]
    assert list(described) == table.column_names
    latitude = table["latitude"].to_numpy() / described["latitude"]["scale"]
    np.testing.assert_allclose(latitude, ride.columns.latitude, atol=1e-7)
    assert described["elevation"]["unit"] == "m"


def test_a_file_is_no_larger_than_it_must_be(tmp_path: Path) -> None:
    ride = analyse(build_gpx(points=20_000)).columns
    write_columns(ride, tmp_path / "ride.parquet")
    assert (tmp_path / "ride.parquet").stat().st_size / len(ride) < 14


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_what_is_no_file_of_ours_is_refused_by_its_own_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("columns") / "ride.parquet"
    path.write_bytes(data)
    with pytest.raises(NotOurColumnsError):
        read_columns(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ride.parquet"
    write_columns(analyse(build_gpx(points=300)).columns, path)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-8] + b"\xff" * 4 + whole[-4:]):
        path.write_bytes(damaged)
        with pytest.raises(NotOurColumnsError):
            read_columns(path)
    with pytest.raises(FileNotFoundError):
        read_columns(tmp_path / "nothing.parquet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("columns") / "ride.parquet"
    write_columns(analyse(build_gpx(points=300, sensors=True)).columns, path)
    return path.read_bytes()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_not_one_bit_may_be_another(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    """Given to the library, some of these files would end the process."""
    damaged = bytearray(whole)
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("columns") / "ride.parquet"
    path.write_bytes(damaged)
    with pytest.raises(NotOurColumnsError):
        read_values(path, ["distance_m"])


def test_only_the_columns_that_are_wanted_are_read(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ride.parquet"
    path.write_bytes(whole)
    wanted = ["distance_m", "heart_rate_bpm", "power_w", "nothing"]
    some = read_values(path, wanted)
    everything = read_columns(path)
    np.testing.assert_array_equal(some.pop("distance_m"), everything.distance_m)
    assert some.keys() == everything.sensors.keys() & {"heart_rate_bpm", "power_w"}


@pytest.mark.parametrize("points", [1, 100, 1_000])
def test_blocks_in_their_order_are_the_whole_ride(points: int, tmp_path: Path) -> None:
    path = tmp_path / "ride.parquet"
    written = analyse(build_gpx(points=250, sensors=True, segments=3)).columns
    unknown = np.where(np.arange(250) % 120 < 110, written.elevation, np.nan)
    write_columns(replace(written, elevation=unknown), path)
    whole = read_columns(path)
    blocks = list(read_blocks(path, points))
    assert [len(block) for block in blocks[:-1]] == [points] * (len(blocks) - 1)
    for field in COLUMNS:
        joined = np.concatenate([getattr(block, field) for block in blocks])
        np.testing.assert_array_equal(joined, getattr(whole, field), err_msg=field)
    for field, values in whole.sensors.items():
        joined = np.concatenate([block.sensors[field] for block in blocks])
        np.testing.assert_array_equal(joined, values)


def test_a_file_that_is_removed_is_still_read_to_its_end(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ride.parquet"
    path.write_bytes(whole)
    blocks = read_blocks(path, 100)
    path.unlink()
    assert sum(map(len, blocks)) == 300


def test_a_damaged_file_is_refused_before_its_first_block(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ride.parquet"
    path.write_bytes(whole[:-20] + bytes(20))
    with pytest.raises(NotOurColumnsError):
        read_blocks(path, 100)
