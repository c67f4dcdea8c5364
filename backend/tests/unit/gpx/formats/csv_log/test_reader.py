"""Track logs as tables: what stands in them is read, doubted or refused by name."""

import math
from dataclasses import replace

import numpy as np
import pytest

from src.gpx import analyse, analyse_recording
from src.gpx.errors import (
    AmbiguousDatesError,
    EmptyFileError,
    GpxError,
    MissingColumnsError,
    NoHeaderError,
    NothingReadableError,
    NoUsablePointsError,
    RowTooLongError,
    TooManyColumnsError,
    TooManyPointsError,
    UnknownFormatError,
    UnusableMappingError,
)
from src.gpx.formats.csv_log import detect, read
from src.gpx.formats.csv_log.times import TimeFormat
from src.gpx.model import Recording, Warning  # noqa: A004
from tests.support.csv_text import CsvForm, csv_log
from tests.support.rides import Ride, _sensors, record, rolling

# 2024-06-21, so that the day cannot be a month.
_SOLSTICE_S = 20 * 86_400.0

FORMS = {
    "plain": CsvForm(),
    "semicolons and decimal commas": CsvForm(separator=";", decimal_sign=","),
    "tabs and decimal commas": CsvForm(separator="\t", decimal_sign=","),
    "quoted decimal commas": CsvForm(decimal_sign=",", quoted=True),
    "quotes, CRLF and a mark": CsvForm(quoted=True, line_end="\r\n", encoding="utf-8-sig"),
    "carriage returns": CsvForm(separator=";", line_end="\r"),
    "UTF-16": CsvForm(separator="\t", encoding="utf-16"),
    "UTF-32": CsvForm(encoding="utf-32"),
    "Latin-1": CsvForm(encoding="latin-1", comment="# Año de la elevación\n\n"),
    "times with a space": CsvForm(times="iso with a space"),
    "seconds": CsvForm(times="epoch_s"),
    "milliseconds": CsvForm(times="epoch_ms", separator=";", decimal_sign=","),
    "day first": CsvForm(times="day first"),
    "month first": CsvForm(times="month first"),
    "date and time": CsvForm(times="two columns", separator=";", decimal_sign=","),
}


def a_ride() -> Ride:
    ride = record(rolling(9), stops=1, segments=3)
    return replace(ride, time_s=ride.time_s + _SOLSTICE_S, sensors=_sensors(len(ride), seed=1))


RIDE = a_ride()


def table(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def times_of(recording: Recording) -> list[float]:
    return [float(time_s) for time_s in recording.track.time_s]


def log(header: str, *times: str) -> bytes:
    """Rows that differ in their times."""
    rows = (f"40.{number};-3.5;{time}" for number, time in enumerate(times))
    return table(f"lat;lon;{header}", *rows)


@pytest.mark.parametrize("name", FORMS)
def test_a_ride_gives_the_same_numbers_as_gpx_and_as_any_table(name: str) -> None:
    form = FORMS[name]
    recording = read(csv_log(RIDE.track(), form))
    expected = analyse(RIDE.gpx()).summary()
    found = analyse_recording(recording).summary()

    without_zone = form.times not in ("iso", "epoch_s", "epoch_ms")
    warnings = found["warnings"]
    assert [warning["kind"] for warning in warnings] == ["time_without_zone"] * without_zone
    assert {**found, "name": "Ride", "warnings": []} == expected


def test_every_value_of_a_row_is_read() -> None:
    recording = read(
        table(
            "Lat,Lon,Ele (m),Time,HR,Cad,Power,Temp,Segment",
            "40.5,-3.5,650.5,2026-03-21T10:00:00+02:00,140,80,200,21.5,a",
            "40.6,-3.6,0,2026-03-21T08:00:01Z,,,,,a",
            "40.7,-3.7,,,,,,,b",
        )
    )
    track = recording.track
    assert track.latitude.tolist() == [40.5, 40.6, 40.7]
    assert track.longitude.tolist() == [-3.5, -3.6, -3.7]
    np.testing.assert_array_equal(track.elevation, [650.5, 0, math.nan])
    np.testing.assert_array_equal(track.time_s, [1774080000, 1774080001, math.nan])
    assert track.segment.tolist() == [0, 0, 1]
    assert {name: values[0] for name, values in track.sensors.items()} == {
        "heart_rate_bpm": 140,
        "cadence_rpm": 80,
        "power_w": 200,
        "temperature_c": 21.5,
    }
    assert recording.utc_offset_s == 7200
    assert (recording.kind, recording.name, recording.warnings) == ("track", None, ())


def test_unreadable_values_are_infinite_and_missing_ones_are_not_numbers() -> None:
    track = read(
        table(
            "lat,lon,ele,time,hr",
            "40.5,-3.5,high,yesterday,fast",
            "north,-3.6,,,",
            '40.5," ",=1+1,"2026-02-30T10:00:00Z","@SUM(1)"',
        )
    ).track
    np.testing.assert_array_equal(track.latitude, [40.5, math.inf, 40.5])
    np.testing.assert_array_equal(track.longitude, [-3.5, -3.6, math.nan])
    np.testing.assert_array_equal(track.elevation, [math.inf, math.nan, math.inf])
    np.testing.assert_array_equal(track.time_s, [math.inf, math.nan, math.inf])
    np.testing.assert_array_equal(track.sensors["heart_rate_bpm"], [math.inf, math.nan, math.inf])


def test_rows_that_cannot_be_read_are_warnings_of_the_analysis() -> None:
    data = csv_log(record(rolling(2)).track()) + b"?,7.5,100.0,2024-06-01T07:00:00Z,0\n"
    warnings = analyse_recording(read(data)).warnings
    assert [warning.kind for warning in warnings] == ["invalid_position"]


def test_rows_with_too_few_or_too_many_fields_are_missing_values_and_counted() -> None:
    recording = read(
        table("lat,lon,ele", "40,5,-3,5,650", "40.5,-3.5,650", "40.6,-3.6", "40.7", "40.8,-3.8,1,,")
    )
    track = recording.track
    np.testing.assert_array_equal(track.latitude, [math.nan, 40.5, 40.6, 40.7, 40.8])
    np.testing.assert_array_equal(track.longitude, [math.nan, -3.5, -3.6, math.nan, -3.8])
    np.testing.assert_array_equal(track.elevation, [math.nan, 650, math.nan, math.nan, 1])
    assert recording.warnings == (Warning("irregular_row", 3, 0),)


@pytest.mark.parametrize(
    ("last", "read_of_it"),
    [
        ("40.6,-3.6,65", (40.6, -3.6, math.nan)),
        ("40.6,-3.", (40.6, math.nan, math.nan)),
        ("40.", (math.nan, math.nan, math.nan)),
        ("40.6,-3.6,65\n", (40.6, -3.6, 65)),
        ("40.6,-3.6,65,4", (40.6, -3.6, 65)),
    ],
)
def test_the_field_in_which_a_file_is_cut_off_is_missing(
    last: str, read_of_it: tuple[float, ...]
) -> None:
    track = read(table("lat,lon,ele,seg", "40.5,-3.5,650,1", last)).track
    row = [column[-1] for column in (track.latitude, track.longitude, track.elevation)]
    np.testing.assert_array_equal(row, read_of_it)


def test_units_behind_numbers_are_read_where_they_are_ours() -> None:
    recording = read(
        table("lat,lon,ele,hr", "40.5°,-3.5,650 m,140bpm", '40.6,-3.6,"1,650 m",?', "٤٠.7,3,7,8")
    )
    track = recording.track
    assert track.latitude.tolist() == [40.5, 40.6, 40.7]
    assert track.elevation.tolist() == [650, math.inf, 7]
    assert track.sensors["heart_rate_bpm"].tolist() == [140, math.inf, 8]
    assert recording.warnings == (Warning("odd_number", 3, 0),)
    commas = read(table("lat;lon;ele", "40,5;-3,5;650,5 m", "40,6;-3,6;1.650 m")).track
    assert commas.elevation.tolist() == [650.5, math.inf]
    feet = read(table("lat,lon,ele (ft)", "40.5,-3.5,650 m")).track
    assert np.isinf(feet.elevation).all()


def test_blank_lines_are_no_rows() -> None:
    recording = read(table("", "# made by hand", "lat,lon", "40,3", "", "  ", "41,3", "\t", ""))
    assert recording.track.latitude.tolist() == [40, 41]


def test_feet_and_fahrenheit_are_converted() -> None:
    track = read(table("lat,lon,Alt (ft),temp_F", "40,3,1000,50", "41,3,0,212")).track
    np.testing.assert_allclose(track.elevation, [304.8, 0])
    np.testing.assert_allclose(track.sensors["temperature_c"], [10, 100])


def test_a_row_without_its_segment_goes_on_with_the_one_before() -> None:
    names = [
        "uno largo de verdad",
        "uno largo de verdad",
        "",
        "uno largo de vuelta",
        "",
        "x",
        "uno",
    ]
    track = read(table("lat;lon;seg", *(f"40;3;{name}" for name in names))).track
    assert track.segment.tolist() == [0, 0, 0, 1, 1, 2, 3]


def test_a_mapping_wins_and_nothing_else_is_read() -> None:
    data = table("a,b,ele,lat", "40,3,650,1", "41,3,650,2")
    track = read(data, mapping={"latitude": " A ", "longitude": "b"}).track
    assert track.latitude.tolist() == [40, 41]
    assert np.isnan(track.elevation).all()


@pytest.mark.parametrize(
    ("mapping", "key", "header", "reason"),
    [
        ({"latitude": "lat", "longitude": "x"}, "longitude", "x", "unknown_header"),
        ({"latitude": "lat", "speed": "lon"}, "speed", "lon", "unknown_key"),
        ({"latitude": "lat", "longitude": "lat"}, "longitude", "lat", "used_twice"),
        ({"latitude": "lat|iso"}, "latitude", "lat|iso", "unknown_header"),
        ({"time": "time|yy/mm/dd"}, "time", "time|yy/mm/dd", "unknown_header"),
        ({"latitude": ""}, "latitude", "", "unknown_header"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    mapping: dict[str, str], key: str, header: str, reason: str
) -> None:
    with pytest.raises(UnusableMappingError) as caught:
        read(table("lat,lon,time,", "40,3,,", "41,3,,"), mapping=mapping)
    error = caught.value
    assert (error.key, error.header, error.reason) == (key, header, reason)


@pytest.mark.parametrize(
    ("header", "missing"),
    [("lat,ele", ("longitude",)), ("x,y", ("latitude", "longitude")), ("ele,lon", ("latitude",))],
)
def test_missing_columns_are_named(header: str, missing: tuple[str, ...]) -> None:
    with pytest.raises(MissingColumnsError) as caught:
        read(table(header, "1,2"))
    assert caught.value.missing == missing


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", EmptyFileError),
        (b"\n \r\n\t", EmptyFileError),
        (b"\xef\xbb\xbf", EmptyFileError),
        (b"# a comment", NoHeaderError),
        (b"40.1,3.2\n40.2,3.3\n", NoHeaderError),
        (b"40,1;3,2\n40,2;3,3\n", NoHeaderError),
        (b"#\n" * 300 + b"lat,lon\n1,2\n", MissingColumnsError),
        (b"lat,lon," + b"x," * 300 + b"\n1,2\n", TooManyColumnsError),
        (b"lat,lon,time\n1,2,\n", NoUsablePointsError),
        (b"lat,lon," + b"x" * 70_000, RowTooLongError),
        (b'lat,lon\n1,2\n"1,2\n' + b"1,2\n" * 30_000, RowTooLongError),
    ],
)
def test_what_is_no_table_of_points_is_refused(data: bytes, kind: type[GpxError]) -> None:
    with pytest.raises(kind):
        analyse_recording(read(data))


def test_a_quote_left_open_is_told_with_its_line() -> None:
    with pytest.raises(RowTooLongError) as caught:
        read(b'lat,lon\r\n1,2\r\n"1,2\r\n' + b"1,2\r\n" * 400_000)
    assert caught.value.line == 3


def test_more_rows_than_allowed_are_refused() -> None:
    data = table("lat,lon", *["40,3"] * 5)
    assert len(read(data, max_points=5).track) == 5
    with pytest.raises(TooManyPointsError):
        read(data, max_points=4)


def test_where_nothing_can_be_read_the_first_rows_say_why() -> None:
    with pytest.raises(NothingReadableError) as caught:
        read(
            table(
                "# x", "lat;lon", ";3", "", "40;", "x;3", '"40";"=1\n"', "91;3;4", "91;3", "40;361"
            )
        )
    assert caught.value.rows == (
        (3, "missing_latitude"),
        (5, "missing_longitude"),
        (6, "unreadable_latitude"),
        (7, "unreadable_longitude"),
        (9, "too_many_fields"),
    )


def test_a_header_alone_has_no_rows() -> None:
    with pytest.raises(NothingReadableError, match="there are no rows") as caught:
        read(b"lat,lon,time\n")
    assert caught.value.rows == ()


def test_what_is_impossible_is_told_from_what_is_unreadable() -> None:
    with pytest.raises(NothingReadableError) as caught:
        read(table("lat,lon", "4470000,440000", "40,361"))
    assert caught.value.rows == ((2, "impossible_latitude"), (3, "impossible_longitude"))


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("2026-03-21T10:00:00Z", "2026-03-21T10:00:01Z"), (1774087200, 1774087201)),
        (("2026-03-21 10:00:00.5", "2026-03-21 10:00:01"), (1774087200.5, 1774087201)),
        (("2026/03/21 9:00", "2026/3/21 10:00:00"), (1774083600, 1774087200)),
        (("1774087200", "1774087200,5"), (1774087200, math.inf)),
        (("1774087200", "1774087200.5"), (1774087200, 1774087200.5)),
        (("1774087200500", "soon"), (1774087200.5, math.inf)),
        (("21/03/2026 10:00:00", "1/4/2026 10:00:00"), (1774087200, 1775037600)),
        (("03/21/2026 10:00 AM", "04/01/2026 12:30 p.m."), (1774087200, 1775046600)),
        (("21.03.2026 10:00:00+01:00", "21-03-2026"), (1774083600, 1774051200)),
        (("03/03/2026 10:00:00", "03/03/2026 10:00:01"), (1772532000, 1772532001)),
        (("20260321T100000Z", ""), (1774087200, math.nan)),
    ],
)
def test_times_are_read_as_most_of_their_column_are_written(
    times: tuple[str, ...], expected: tuple[float, ...]
) -> None:
    np.testing.assert_array_equal(times_of(read(log("time", *times))), expected)


def test_dates_that_may_be_either_are_refused_and_can_be_mapped() -> None:
    data = log("fecha", "05/06/2026 10:00:00", "05/06/2026 10:00:01")
    with pytest.raises(AmbiguousDatesError, match="dd/mm/yyyy") as caught:
        read(data)
    error = caught.value
    assert (error.key, error.header, error.example) == ("time", "fecha", "05/06/2026 10:00:00")
    assert detect(data).time_format is None

    mapping = {"latitude": "lat", "longitude": "lon"}
    june = read(data, mapping={**mapping, "time": "fecha|dd/mm/yyyy"})
    may = read(data, mapping={**mapping, "date": "fecha | MM/DD/YYYY"})
    assert times_of(june)[0] - times_of(may)[0] == 30 * 86_400


def test_the_order_of_a_date_column_can_be_mapped_too() -> None:
    data = table("lat;lon;fecha;hora", "40;3;05/06/2026;10:00:00", "41;3;05/06/2026;10:00:01")
    with pytest.raises(AmbiguousDatesError) as caught:
        read(data)
    assert (caught.value.key, caught.value.header) == ("date", "fecha")
    keys = {"latitude": "lat", "longitude": "lon", "date": "fecha|mm/dd/yyyy", "time": "hora"}
    assert times_of(read(data, mapping=keys)) == [1778061600, 1778061601]


def test_a_few_bad_dates_do_not_decide_the_order() -> None:
    times = times_of(read(log("time", "21/03/2026", "22/03/2026", "03/21/2026")))
    assert times == [1774051200, 1774137600, math.inf]


def test_the_day_may_be_told_by_the_last_row_alone() -> None:
    rows = ["05/06/2026 10:00:00"] * 100_000 + ["13/06/2026 10:00:00"]
    assert times_of(read(log("time", *rows)))[-1] == 1781344800


def test_a_time_that_has_its_date_needs_no_date_column() -> None:
    data = table("lat;lon;date;time", *["40;3;21/03/2026;2026-03-21T10:00:00Z"] * 2)
    assert times_of(read(data)) == [1774087200] * 2


def test_a_date_without_a_time_of_day_is_a_missing_time() -> None:
    data = table("lat;lon;date;time", "40;3;21/03/2026;10:00", "40;3;21/03/2026;", "40;3;;10:00")
    np.testing.assert_array_equal(times_of(read(data)), [1774087200, math.nan, math.nan])


def test_times_without_a_zone_are_utc_and_a_warning() -> None:
    data = log("time", "2026-03-21T10:00:00Z", "2026-03-21T10:00:01", "2026-03-21", "x", "")
    recording = read(data)
    assert recording.warnings == (Warning("time_without_zone", 2, 1),)
    zoned = ("2026-03-21T10:00Z", "2026-03-21T10:00+02", "2026-03-21T10:00-0200", "20260321T10+02")
    assert read(log("time", *zoned)).warnings == ()


def test_detect_tells_how_a_table_is_written() -> None:
    text = 'Nº;Latitud;Longitud;Elevación (m);Fecha;Hora;"Velocidad [km/h]"\n' + "".join(
        f"{number};40,5;-3,5;650,0;21/03/2026;10:00:0{number};=cmd|' /C calc'!A0{'x' * 300}\n"
        for number in range(7)
    )
    detected = detect(text.encode("latin-1"))
    assert detected.mapping == {
        "latitude": "Latitud",
        "longitude": "Longitud",
        "elevation": "Elevación (m)",
        "date": "Fecha",
        "time": "Hora",
    }
    assert detected.headers[0] == "Nº"
    assert (detected.separator, detected.decimal_sign) == (";", ",")
    assert (detected.encoding, detected.time_format) == ("latin-1", TimeFormat.DAY_FIRST)
    assert len(detected.rows) == 5
    assert detected.rows[1][:3] == ("1", "40,5", "-3,5")
    assert {len(row[-1]) for row in detected.rows} == {200}


def test_detect_asks_for_what_it_does_not_find() -> None:
    detected = detect(b"x\ty\n1\t2\n")
    assert (detected.mapping, detected.separator, detected.time_format) == ({}, "\t", None)


def test_a_text_of_nothing_but_damage_is_none() -> None:
    table = "lat,lon\n46.5,8.5\n46.6,8.6\n".encode("utf-16")
    half = b"\0\xd8"
    assert len(read(table + 1000 * half).track) == 3
    with pytest.raises(UnknownFormatError):
        read(table + 1_000_001 * half)


def test_the_encoding_is_told() -> None:
    text = "lat,lon,año\n40,3,1\n41,3,1\n"
    names = {detect(text.encode(codec)).encoding: codec for codec in ("utf-8", "latin-1", "utf-16")}
    assert names == {"utf-8": "utf-8", "latin-1": "latin-1", "utf-16": "utf-16"}
    assert detect(text.encode("utf-8-sig")).headers == ("lat", "lon", "año")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_what_an_error_says_is_on_one_line_in_plain_characters(line_end: str) -> None:
    with pytest.raises(UnusableMappingError) as caught:
        read(b"lat,lon\n", mapping={"latitude": f"<script>\x1b[0m{line_end}é" * 40})
    message = str(caught.value)
    assert message.isascii()
    assert message.isprintable()
    assert len(message) < 500


def test_segments_change_between_blocks_as_within_them() -> None:
    rows = [f"40;3;{number // 2}" for number in range(200_000)]
    track = read(table("lat;lon;seg", *rows)).track
    np.testing.assert_array_equal(track.segment, np.arange(200_000) // 2)

    every = read(table("lat;lon;seg", *(f"40;3;{number}" for number in range(200_000)))).track
    np.testing.assert_array_equal(every.segment, np.arange(200_000))
