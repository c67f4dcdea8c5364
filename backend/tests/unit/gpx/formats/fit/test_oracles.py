"""Two other programs read the same points from the same files, to the last bit."""

from datetime import UTC, datetime, timedelta

import numpy as np
from garmin_fit_sdk import Encoder
from hypothesis import given, settings

from src.gpx.formats.fit import read
from src.gpx.model import DeviceTotals
from tests.support.fit_oracles import Points, fitdecodes_points, garmins_points, points_of
from tests.unit.gpx.formats.fit.generated import fit_files


@given(data=fit_files())
@settings(max_examples=40, deadline=None)
def test_garmins_own_library_reads_the_same_points(data: bytes) -> None:
    assert_same(points_of_records(data), garmins_points(data))


@given(data=fit_files(short_times=True))
@settings(max_examples=25, deadline=None)
def test_fitdecode_reads_the_same_points(data: bytes) -> None:
    assert_same(points_of_records(data), fitdecodes_points(data))


@given(first=fit_files(most=20), second=fit_files(most=20))
@settings(max_examples=10, deadline=None)
def test_a_chain_of_files_reads_as_theirs(first: bytes, second: bytes) -> None:
    assert_same(points_of_records(first + second), garmins_points(first + second))


def test_what_garmins_own_library_writes_is_read() -> None:
    writer, first = Encoder(), datetime(2024, 8, 22, 12, tzinfo=UTC)
    writer.write_mesg({"mesg_num": 0, "type": "activity", "manufacturer": "suunto", "product": 9})
    for second in range(300):
        values = {"timestamp": first + timedelta(seconds=second), "heart_rate": 60 + second % 90}
        place = {"position_lat": 500_000_000 + 90 * second, "position_long": -7 * second}
        altitude = {"enhanced_altitude": 100.0 + second} if second % 50 else {}
        writer.write_mesg({"mesg_num": 20} | values | place | altitude)
    session = {"total_distance": 1234.5, "enhanced_max_speed": 12.5, "total_ascent": 300}
    writer.write_mesg({"mesg_num": 18, "timestamp": first, "start_time": first} | session)
    data = bytes(writer.close())

    recording = read(data)

    assert recording.warnings == ()
    assert len(recording.track) == 300
    assert recording.track.time_s[-1] == first.timestamp() + 299
    assert_same(points_of(recording), garmins_points(data))
    assert recording.device_totals == DeviceTotals(
        distance_km=1.2345,
        max_speed_kmh=45,
        elevation_gain_m=300,
        manufacturer="suunto",
        product="9",
    )


def points_of_records(data: bytes) -> Points:
    recording = read(data)
    assert recording.warnings == ()
    return points_of(recording)


def assert_same(ours: Points, theirs: Points) -> None:
    assert ours.keys() == theirs.keys()
    for name, values in theirs.items():
        np.testing.assert_array_equal(ours[name], values, err_msg=name)
