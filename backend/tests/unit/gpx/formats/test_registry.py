"""What is in a file decides how it is read, whatever its name."""

import codecs
import gzip
import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest

from src.gpx import analyse
from src.gpx.errors import (
    DtdRefusedError,
    EmptyFileError,
    GpxError,
    MissingColumnsError,
    NestedArchiveError,
    NoHeaderError,
    NotGpxError,
    NoTrackLogError,
    NotXmlError,
    UnknownFormatError,
    UnusableMappingError,
)
from src.gpx.formats.registry import Kind, kind_of, read, sniff, table_of
from tests.support.csv_text import CsvForm, csv_log
from tests.support.fit_files import ride_as_fit
from tests.support.rides import record, rolling
from tests.support.tcx_text import ride_as_tcx

RIDE = record(rolling(8, seed=2), seed=2, stops=1, segments=2)
GPX = RIDE.gpx()
TCX = ride_as_tcx(RIDE)
FIT = ride_as_fit(RIDE)
CSV = csv_log(RIDE.track())
ALL = {
    "gpx": GPX,
    "tcx": TCX,
    "fit": FIT,
    "csv": CSV,
    "csv with decimal commas": csv_log(RIDE.track(), CsvForm(separator=";", decimal_sign=",")),
    "csv in UTF-16": csv_log(RIDE.track(), CsvForm(encoding="utf-16")),
    "gpx in UTF-16": GPX.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "gpx in UTF-16 without a mark": GPX.decode().replace("UTF-8", "UTF-16").encode("utf-16-be"),
    "gpx behind a mark and lines": codecs.BOM_UTF8 + GPX,
    "tcx behind white space": b"\r\n " + TCX.partition(b"\n")[2],
}
EACH = pytest.mark.parametrize("data", ALL.values(), ids=ALL)


@EACH
def test_every_format_gives_the_same_ride(data: bytes) -> None:
    found, expected = analyse(data), analyse(GPX)
    assert found.total_points == expected.total_points
    assert found.distance_km == pytest.approx(expected.distance_km, abs=0.02)
    assert found.elevation_gain == pytest.approx(expected.elevation_gain, abs=2)
    assert found.statistics.total_time_minutes == expected.statistics.total_time_minutes
    assert len(found.track.segments) == 2
    assert analyse(gzip.compress(data)).summary() == found.summary()


@EACH
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_beginning_of_what_can_be_read_passes_cut_at_any_byte(
    data: bytes, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(data)
    for cut in (*range(16, 400, 17), 5000, 65_536):
        sniff(packed[:cut])


NEITHER = [
    b"neither XML nor a table",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR,,,;;;",
    b'{"type": "FeatureCollection", "features": []}',
    b"%PDF-1.7\n1 0 obj\n",
    b"\0" * 100,
    np.random.default_rng(3).bytes(5000),
]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        *((data, UnknownFormatError) for data in NEITHER),
        (b"", EmptyFileError),
        (b" \r\n\t", EmptyFileError),
        (b"<kml/>", NotGpxError),
        (b"<html><body>", NotGpxError),
        (b"<gpx><trk</gpx>", NotXmlError),
        (b"<!DOCTYPE gpx><gpx/>", DtdRefusedError),
        (b"1,2,3\n4,5,6\n", NoHeaderError),
        (b"name,height\nHut,2100\n", MissingColumnsError),
        (gzip.compress(gzip.compress(GPX)), NestedArchiveError),
    ],
)
def test_what_is_refused_is_refused_by_its_beginning_too(
    data: bytes, error: type[GpxError]
) -> None:
    with pytest.raises(error):
        read(data)
    with pytest.raises(error):
        sniff(data)
    if error is UnknownFormatError:
        with pytest.raises(error):
            sniff(gzip.compress(data * 200)[:65_536])


@pytest.mark.parametrize(
    ("names", "error"),
    [(["doc.kml"], NotGpxError), (["doc.kml", "files/photo.jpg"], NoTrackLogError)],
)
def test_a_kmz_is_refused_for_what_it_holds(names: list[str], error: type[GpxError]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, '<kml xmlns="http://www.opengis.net/kml/2.2"/>')
    sniff(buffer.getvalue())
    with pytest.raises(error):
        read(buffer.getvalue())


def test_a_mapping_is_for_tables_only() -> None:
    table = b"one;two\n46,5;8,25\n46,6;8,25\n"
    mapping = {"latitude": "one", "longitude": "two"}
    track = read(table, mapping=mapping).track
    assert track.latitude.tolist() == [46.5, 46.6]
    sniff(table, mapping=mapping)
    assert len(read(GPX, mapping=mapping).track) == len(RIDE)
    with pytest.raises(UnusableMappingError):
        sniff(table, mapping={"latitude": "one", "longitude": "three"})


@pytest.mark.parametrize("before", ["", "# a; b\n\n", '"of a;\nring";', "\n \n"])
def test_a_beginning_cut_in_a_header_or_a_character_is_no_reason_to_refuse(before: str) -> None:
    table = f"{before}latitud;longitud;elevación\n46,5;8,25;7\n46,6;8,25;8\n".encode()
    for cut in range(1, len(table)):
        if b";" in table[:cut]:
            sniff(table[:cut], mapping=None)


def test_a_table_tells_what_it_looks_like_also_where_it_cannot_be_read() -> None:
    found = table_of(b"breite;laenge\n46,5;8,25\n")
    assert found is not None
    assert (found.headers, found.separator) == (("breite", "laenge"), ";")
    assert found.rows == (("46,5", "8,25"),)
    assert table_of(GPX) is None
    assert table_of(b"1,2\n3,4\n") is None


@pytest.mark.parametrize(
    ("head", "kind"), [(FIT[:14], Kind.FIT), (b"<gpx", Kind.XML), (b"lat,lon", Kind.CSV)]
)
def test_few_bytes_tell(head: bytes, kind: Kind) -> None:
    assert kind_of(head) is kind
