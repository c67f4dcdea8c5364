"""What a GPX file says, in whatever form it says it."""

import math
from pathlib import Path
from typing import Any

import gpxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx.errors import (
    DtdRefusedError,
    GpxError,
    NotGpxError,
    NotXmlError,
    TooManyPointsError,
    TooMuchMarkupError,
)
from src.gpx.formats.gpx import read, sniff
from src.gpx.model import Recording, Waypoint
from tests.support.time_zone import machine_in
from tests.unit.gpx.formats.xml.test_scanner import documents

FIXTURES = Path(__file__).parents[3] / "fixtures" / "gpx"
NOON_S = 1_724_328_000.0  # 2024-08-22T12:00:00Z

ONE_POINT = "<trkpt lat='1' lon='2'/>"
TWO_POINTS = '<trkpt lat="48.5" lon="9.25"><ele>0</ele></trkpt><trkpt lat="-1" lon="-2"/>'


def track(points: str = TWO_POINTS, prolog: str = "", root: str = "gpx") -> str:
    return f"{prolog}<{root}><trk><trkseg>{points}</trkseg></trk></{root}>"


def timed(text: str) -> float:
    points = f'<trkpt lat="1" lon="2"><time>{text}</time></trkpt>'
    return float(read(track(points).encode()).track.time_s[0])


def raised(data: bytes) -> type[GpxError]:
    with pytest.raises(GpxError) as error:
        read(data)
    return error.type


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.gpx")), ids=lambda file: file.stem)
def test_every_fixture_reads_as_gpxpy_reads_it(file: Path) -> None:
    data = file.read_bytes()
    assert_equal_to_gpxpy(read(data), data)


@given(seed=st.integers(0, 2**32), data=st.data())
@settings(max_examples=60, deadline=None)
def test_generated_tracks_read_as_gpxpy_reads_them(seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    decimals = data.draw(st.sampled_from((4, 6, 7, 9, 15)))
    rows = []
    for position, time_s in enumerate(np.cumsum(rng.integers(1, 5000, 30)).tolist()):
        stamp = np.datetime64(int(NOON_S * 1000) + time_s, "ms")
        lat, lon, ele = rng.uniform(-90, 90), rng.uniform(-180, 180), rng.normal(100, 90)
        parts = (f"<ele>{ele:.{decimals}f}</ele>", f"<time>{stamp}Z</time>")
        kept = [part for part in parts if rng.random() < 0.9]
        border = "</trkseg><trkseg>" if position % 11 == 10 else ""
        rows.append(
            f'{border}<trkpt lat="{lat:.{decimals}f}" lon="{lon:.{decimals}f}">'
            f"{''.join(kept)}</trkpt>"
        )
    document = track("\n".join(rows)).encode()
    assert_equal_to_gpxpy(read(document), document)


def assert_equal_to_gpxpy(recording: Recording, data: bytes) -> None:
    # gpxpy knows no prefix in front of GPX's own elements.
    parsed = gpxpy.parse(data.replace(b"<g:", b"<").replace(b"</g:", b"</"))
    lines: list[list[Any]] = [line.points for one in parsed.tracks for line in one.segments]
    lines = [line for line in lines if line] or [[*route.points] for route in parsed.routes]
    points = [(number, point) for number, line in enumerate(lines) for point in line]
    ours = recording.track
    assert ours.segment.tolist() == [number for number, _ in points]
    assert ours.latitude.tolist() == [point.latitude for _, point in points]
    assert ours.longitude.tolist() == [point.longitude for _, point in points]
    elevations = [math.nan if p.elevation is None else p.elevation for _, p in points]
    np.testing.assert_array_equal(ours.elevation, elevations)
    # gpxpy keeps no more than milliseconds of some fractions.
    times = [math.nan if p.time is None else p.time.timestamp() for _, p in points]
    np.testing.assert_allclose(ours.time_s, times, rtol=0, atol=1e-6)
    assert [waypoint.name for waypoint in recording.waypoints] == [
        waypoint.name for waypoint in parsed.waypoints
    ]


@pytest.mark.parametrize(
    "encoding", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16", "UTF-32", "ascii", "Shift_JIS"]
)
def test_every_declared_encoding_is_read(encoding: str) -> None:
    name = {"ascii": "Etappe 1", "Shift_JIS": "富士山"}.get(encoding, "Höhenweg")
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><gpx><trk><name>{name}</name>'
        f"<trkseg>{TWO_POINTS}</trkseg></trk></gpx>"
    )
    data = text.encode(encoding)
    sniff(data)
    recording = read(data)
    assert recording.name == name
    assert recording.track.latitude.tolist() == [48.5, -1.0]


def test_the_encoding_may_be_declared_in_either_quotes() -> None:
    prolog = "<?xml version='1.0' encoding='ISO-8859-1' standalone='yes'?>"
    data = track(prolog=prolog).replace("<trkseg>", "<name>Höhe</name><trkseg>")
    assert read(data.encode("latin-1")).name == "Höhe"


@pytest.mark.parametrize(
    "codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize(
    "prolog", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>']
)
def test_the_bytes_win_over_the_declaration(codec: str, prolog: str) -> None:
    data = track(prolog=prolog).encode(codec)
    sniff(data)
    assert len(read(data).track) == 2


def test_a_declaration_of_utf_16_in_a_file_of_single_bytes_is_passed_over() -> None:
    assert len(read(track(prolog='<?xml version="1.0" encoding="utf-16"?>').encode()).track) == 2


@pytest.mark.parametrize(
    "name", ["klingon", "utf-7", "punycode", "idna", "zip", "rot13", "unicode_escape", "cp037"]
)
def test_an_encoding_that_is_none_is_refused(name: str) -> None:
    data = track(prolog=f'<?xml version="1.0" encoding="{name}"?>').encode()
    assert raised(data) is NotXmlError


@pytest.mark.parametrize(
    "damage",
    [
        "",
        " ",
        "not xml at all",
        "<gpx>",
        "<gpx><trk></gpx></trk>",
        track().replace("</trkpt>", ""),
        track().replace("<ele>0", "<ele>0 & more"),
        track().replace("<ele>0", "<ele>&unknown;"),
        track()[:-3],
        track() + "<gpx/>",
        track().replace('lon="9.25"', "lon=9.25"),
        track().replace("<ele>", "<ele>\0"),
    ],
)
def test_what_is_not_well_formed_is_not_xml(damage: str) -> None:
    assert raised(damage.encode()) is NotXmlError


def test_elements_that_are_nested_deeper_than_in_any_recording_are_refused() -> None:
    deep = track("<a>" * 300 + "</a>" * 300)
    assert raised(deep.encode()) is TooMuchMarkupError


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("UTF-8", b"H\xf6he"), ("Shift_JIS", b"\x81 "), ("windows-1252", b"\x81")],
)
def test_bytes_that_are_not_in_the_encoding_are_not_xml(encoding: str, name: bytes) -> None:
    prolog = f"<?xml version='1.0' encoding='{encoding}'?>"
    assert raised(track("<name>x</name>", prolog).encode().replace(b"x</", name + b"</")) is (
        NotXmlError
    )


def test_the_error_names_the_line_also_behind_regular_points() -> None:
    points = '<trkpt lat="1" lon="2"></trkpt>\n' * 50
    with pytest.raises(NotXmlError) as error:
        read(track(points + "<ele></ele>&").encode())
    assert error.value.line == 51


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE gpx>",
        '<!DOCTYPE gpx SYSTEM "http://example.org/gpx.dtd">',
        '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE gpx [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE gpx [ this is not even",
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_it_is_read(doctype: str, codec: str) -> None:
    data = track("<name>&b;&secret;</name>", f"<!-- a --><?b c?>\n{doctype}").encode(codec)
    assert raised(data) is DtdRefusedError
    with pytest.raises(DtdRefusedError):
        sniff(data[: len(data) - 60])


@pytest.mark.parametrize("root", ["kml", "TrainingCenterDatabase", "html"])
def test_another_kind_of_document_is_named(root: str) -> None:
    with pytest.raises(NotGpxError) as error:
        read(track(root=f"x:{root}").encode())
    assert error.value.root == root


def test_more_points_than_allowed_are_refused() -> None:
    points = '<trkpt lat="1" lon="2"/>' * 10
    assert len(read(track(points).encode(), max_points=10).track) == 10
    with pytest.raises(TooManyPointsError) as error:
        read(track(points).encode(), max_points=9)
    assert error.value.limit == 9


def test_a_file_without_points_is_read_as_an_empty_track() -> None:
    recording = read(b'<gpx><wpt lat="1" lon="2"/><trk/></gpx>')
    assert len(recording.track) == 0
    assert recording.kind == "track"
    assert len(recording.waypoints) == 1


def test_segments_are_counted_over_all_tracks_and_empty_ones_are_not() -> None:
    point = '<trkpt lat="1" lon="2"/>'
    data = (
        f"<gpx><trk><trkseg>{point * 2}</trkseg><trkseg/><trkseg>{point}</trkseg></trk>"
        f"<trk><trkseg></trkseg><trkseg>{point * 2}</trkseg></trk></gpx>"
    )
    assert read(data.encode()).track.segment.tolist() == [0, 0, 1, 2, 2]


def test_routes_are_read_when_there_is_no_track_point() -> None:
    route = '<rte><name>plan</name><rtept lat="1" lon="2"><ele>3</ele></rtept></rte>'
    recording = read(f"<gpx><trk><name>t</name><trkseg/></trk>{route}{route}</gpx>".encode())
    assert (recording.kind, recording.name) == ("route", "plan")
    assert recording.track.segment.tolist() == [0, 1]
    assert recording.track.elevation.tolist() == [3.0, 3.0]
    both = read(f"<gpx>{route}<trk><trkseg>{TWO_POINTS}</trkseg></trk></gpx>".encode())
    assert (both.kind, len(both.track)) == ("track", 2)


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("<metadata><name>file</name></metadata><trk><name> my\n ride </name>", "my ride"),
        ("<metadata><name>file</name></metadata><trk>", "file"),
        ("<metadata><author><name>me</name></author></metadata><trk>", None),
        ("<name>version 1.0</name><trk><name/>", "version 1.0"),
        ("<trk><name>A &amp; B &#x2192; <![CDATA[C]]></name>", "A & B → C"),
        ("<trk></trk><trk><name>second</name>", "second"),
        ("<trk><name> </name></trk><trk><name>second</name>", "second"),
        ("<trk><name>empty</name></trk><trk><name>second</name>", "second"),
        ("<trk><name>empty</name><trkseg/></trk><trk>", None),
        (f"<trk><name>first</name><trkseg>{ONE_POINT}</trkseg></trk><trk><name>b</name>", "first"),
    ],
)
def test_the_name_is_the_tracks_or_else_the_files(inside: str, name: str | None) -> None:
    data = f"<gpx>{inside}<trkseg>{TWO_POINTS}</trkseg></trk></gpx>"
    assert read(data.encode()).name == name


def test_waypoints_keep_name_place_and_elevation() -> None:
    data = (
        '<gpx><wpt lat="46.5" lon="8.5"><ele>0</ele><name>Pass</name></wpt>'
        '<wpt lat="1" lon="2"><sym>Flag</sym></wpt><wpt lat="x" lon="2"/><wpt lat="91" lon="2"/>'
        "</gpx>"
    )
    assert read(data.encode()).waypoints == (
        Waypoint("Pass", 46.5, 8.5, 0.0),
        Waypoint(None, 1.0, 2.0, None),
    )


@pytest.mark.parametrize(
    "extension",
    [
        """<extensions><gpxtpx:TrackPointExtension><gpxtpx:atemp>{t}</gpxtpx:atemp>
        <gpxtpx:hr>{h}</gpxtpx:hr><gpxtpx:cad>{c}</gpxtpx:cad></gpxtpx:TrackPointExtension>
        <power>{p}</power></extensions>""",
        """<extensions><ns3:TrackPointExtension><ns3:hr>{h}</ns3:hr><ns3:cad>{c}</ns3:cad>
        <ns3:atemp>{t}</ns3:atemp></ns3:TrackPointExtension>
        <pwr:PowerInWatts>{p}</pwr:PowerInWatts></extensions>""",
        """<extensions><gpxdata:hr>{h}</gpxdata:hr><gpxdata:cadence>{c}</gpxdata:cadence>
        <gpxdata:temp>{t}</gpxdata:temp><gpxdata:power>{p}</gpxdata:power></extensions>""",
        "<hr>{h}</hr><cad>{c}</cad><temp>{t}</temp><power>{p}</power>",
        """<extensions><heartrate>{h}</heartrate><cadence>{c}</cadence><watts>{p}</watts>
        <temperature>{t}</temperature></extensions>""",
        """<extensions><x:TPX><x:Watts>{p}</x:Watts></x:TPX><hr>{h}</hr><cad>{c}</cad>
        <atemp>{t}</atemp></extensions>""",
    ],
)
def test_sensors_are_read_from_the_common_extensions(extension: str) -> None:
    sensors = extension.format(h=148, c=0, p=250.5, t=-3)
    points = f'<trkpt lat="1" lon="2">{sensors}</trkpt>' + '<trkpt lat="1" lon="2"/>'
    found = read(track(points * 3).encode()).track.sensors
    expected = {
        "heart_rate_bpm": 148.0,
        "cadence_rpm": 0.0,
        "power_w": 250.5,
        "temperature_c": -3.0,
    }
    assert found.keys() == expected.keys()
    for sensor, value in expected.items():
        np.testing.assert_array_equal(found[sensor], [value, math.nan] * 3)


def test_the_first_of_several_values_counts() -> None:
    elements = "<ele/><ele>5</ele><ele>6</ele><extensions><hr>7</hr><hr>8</hr></extensions>"
    for count in (1, 100):
        found = read(track(f'<trkpt lat="1" lon="2">{elements}</trkpt>' * count).encode()).track
        assert set(found.elevation.tolist()) == {5.0}
        assert set(found.sensors["heart_rate_bpm"].tolist()) == {7.0}


def test_an_elevation_of_an_extension_is_not_the_points() -> None:
    inside = "<extensions><dive><ele>-40</ele><time>2024-08-22T12:00:00Z</time></dive></extensions>"
    found = read(track(f'<trkpt lat="1" lon="2">{inside}</trkpt>' * 2).encode()).track
    assert np.isnan(found.elevation).all()
    assert np.isnan(found.time_s).all()


def test_a_sensor_that_no_point_carries_is_absent() -> None:
    assert not read(track().encode()).track.sensors


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        ("2024-08-22T12:00:00Z", NOON_S),
        ("2024-08-22T12:00:00.250Z", NOON_S + 0.25),
        ("2024-08-22T14:00:00+02:00", NOON_S),
        ("2024-08-22T08:30:00.5-03:30", NOON_S + 0.5),
        ("2024-08-22T12:00:00", NOON_S),
        (" 2024-08-22T12:00:00Z\n", NOON_S),
        ("1970-01-01T00:00:00Z", 0.0),
        ("1969-12-31T23:59:59.5Z", -0.5),
        ("", math.nan),
        ("2024-02-30T12:00:00Z", math.inf),
        ("noon", math.inf),
    ],
)
def test_times_are_seconds_since_1970_missing_nan_and_unreadable_infinite(
    text: str, expected_s: float
) -> None:
    np.testing.assert_equal(timed(text), expected_s)


def test_a_time_without_offset_is_utc_wherever_the_machine_stands() -> None:
    with machine_in("America/Bogota"):
        assert timed("2024-08-22T12:00:00") == timed("2024-08-22 12:00:00") == NOON_S


def test_missing_and_unreadable_numbers_are_told_apart() -> None:
    points = (
        '<trkpt lat="x" lon="2"><ele>high</ele></trkpt><trkpt lon="2"><ele/></trkpt>'
        '<trkpt lat="1" lon="NaN"/>'
    )
    found = read(track(points).encode()).track
    np.testing.assert_array_equal(found.latitude, [math.inf, math.nan, 1.0])
    np.testing.assert_array_equal(found.longitude, [2.0, 2.0, math.inf])
    np.testing.assert_array_equal(found.elevation, [math.inf, math.nan, math.nan])


@pytest.mark.parametrize("cut", [0, 1, 3, 7, 40, 99, 5000])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_sniffing_passes_any_beginning_of_a_good_file(cut: int, codec: str) -> None:
    prolog = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- ' + "höher " * 500 + "-->\n"
        '<?xml-stylesheet href="gpx.xsl"?>\n'
    )
    data = track(prolog=prolog).encode(codec)
    read(data)
    sniff(data[:cut])


@given(data=documents(), cut=st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_sniffing_never_refuses_what_reading_accepts(data: bytes, cut: float) -> None:
    try:
        read(data)
    except GpxError:
        return
    sniff(data[: int(cut * len(data))])


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (b"PK\x03\x04\x14\x00\x00\x00", NotXmlError),
        (b"\x0e\x10\x5b\x08.FIT", NotXmlError),
        (b"just text, very long" * 100, NotXmlError),
        (b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Doc', NotGpxError),
        (b"<!DOCTYPE html><html><body>", DtdRefusedError),
        (b'<?xml version="1.0" encoding="klingon"?><gpx>', NotXmlError),
    ],
)
def test_sniffing_refuses_other_files_by_their_beginning(
    head: bytes, error: type[GpxError]
) -> None:
    with pytest.raises(error):
        sniff(head)


@given(data=st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_arbitrary_bytes_raise_nothing_but_our_own_errors(data: bytes) -> None:
    for start in (b"", b"<gpx>", b'<?xml version="1.0" encoding="', b"\xff\xfe"):
        with pytest.raises(GpxError):
            read(start + data)
