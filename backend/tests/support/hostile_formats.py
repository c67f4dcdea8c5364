"""Files of the other formats that ask for more work than their size deserves, as in `hostile`.

Of packed files the size is that of the packed bytes, and what they hold is as large as it may be.
"""

import gzip
import struct
import zlib
from collections.abc import Callable, Sequence
from functools import partial

from tests.support.fit_files import (
    ACTIVITY,
    COURSE,
    COURSE_POINT,
    EVENT,
    FILE_ID,
    LATITUDE,
    LONGITUDE,
    RECORD,
    SESSION,
    TIMESTAMP,
    FieldType,
    FitFile,
    Value,
)
from tests.support.hostile import HOSTILE, Kind, filled, numbered

HEAD = b"lat,lon,ele,time,date,hr,seg\n"
_PLACES = b"lat,lon,ele\n"


def repeated(row: bytes, head: bytes = HEAD) -> Kind:
    return lambda size: head + filled(row, size)


def rows_of(template: bytes, head: bytes = HEAD) -> Kind:
    """Rows with another number in each."""
    return lambda size: head + numbered(template, size)


def one_field(before: bytes, piece: bytes, after: bytes = b"") -> Kind:
    """A field as long as the file."""
    return lambda size: HEAD + b"1,2,3\n" + before + filled(piece, size) + after


def wildly(size: int) -> bytes:
    """Rows of one field and of many, in turn."""
    return HEAD + filled(b"1\n" * 50 + b"1,2" + b",3" * 20_000 + b"\n", size)


def marked(codec: str, row: str) -> Kind:
    """A table in another encoding, which its mark tells."""
    return lambda size: (HEAD.decode() + row * (size // len(row.encode(codec)))).encode(codec)


def in_header(before: bytes, piece: bytes, after: bytes) -> Kind:
    """As long as a row may be."""
    return lambda size: (
        before + filled(piece, min(size, _LONGEST_HEADER)) + after + filled(b"1,2\n", size)
    )


_LONGEST_HEADER = 60_000
HEADERS: dict[str, Kind] = {
    "blanks in a header": in_header(b"lat,lon,a", b" ", b"b c\n"),
    "underscores in a header": in_header(b"lat,lon,a", b"_", b"b c\n"),
    "brackets in a header": in_header(b"lat,lon,a", b"(", b"\n"),
    "blanks before a header": in_header(b"", b" ", _PLACES),
}

TABLES: dict[str, Kind] = HEADERS | {
    "quotes": repeated(b'"'),
    "doubled quotes in rows": repeated(b'"a""b",1\n'),
    "quotes in the middle": repeated(b'1,2,3"4,5\n'),
    "rows that open a quote": repeated(b'1,2,"3\n'),
    "a bad quote in every block": repeated(b"1,2,3\n" * 9_999 + b'1"2\n'),
    "runs of quotes of every length": repeated(
        b"".join(b'1,"' + b'"' * length + b"\n" for length in range(64))
    ),
    "line ends in quotes": repeated(b'1,2,"' + b"\n" * 30_000 + b'"\n'),
    "separators": repeated(b","),
    "separators in rows": repeated(b"," * 60_000 + b"\n"),
    "separators in turn": repeated(b"1,2;3\t4;5,6\n"),
    "line ends": repeated(b"\n"),
    "carriage returns": repeated(b"\r"),
    "blank lines of spaces": repeated(b"   \t   \n"),
    "blank lines of quotes": repeated(b'""\n'),
    "wide cells of spaces": repeated(b"1," + b" " * 60_000 + b"3,4\n"),
    "spaces around values": repeated(b"1" + b" " * 40 + b"," + b" " * 40 + b"2\n"),
    "comments": repeated(b"# lat,lon\n", b""),
    "a header of quotes": repeated(b'"', b""),
    "a header of names": repeated(b"lat,", b""),
    "a header of names that differ": rows_of(b"lat%d,", b""),
    "an endless field": one_field(b"4,5,", b"6"),
    "an endless quoted field": one_field(b'4,5,"', b"6\n", b'"\n'),
    "a quote never closed": one_field(b'4,5,"', b"6,7\n"),
    "nul bytes": repeated(b"\0"),
    "nul bytes in rows": repeated(b"1,2,\0\n"),
    "rows of wildly different length": wildly,
    "rows of one field": repeated(b"1\n"),
    "odd numbers": repeated(b"1e1,+2,3_0\n"),
    "long numbers": repeated(b"1.5,2." + b"1" * 60 + b"," + b"3" * 400 + b"\n"),
    "segments of every row": repeated(b"1,2,3,,,,1\n1,2,3,,,,2\n"),
    "segments of long names": repeated(b"1,2,3,,,," + b"x" * 30_000 + b"\n"),
    "segments of names that end alike": repeated(b"1,2,3,,,," + b"x" * 400 + b"\n"),
    "dates of all kinds": repeated(b"1,2,3,1/2/2026 1:05 PM\n"),
    "times of every day": rows_of(b"1,2,3,%d-01-01 10:00:00\n"),
    "dates of every day": repeated(
        b"".join(b"1.5000,2.5000,3,%02d/12/2026\n" % day for day in range(1, 29))
    ),
    "dates without zeros": repeated(b"1.5000,2.5000,3,21/2/2026 8:05:00\n"),
    "odd times": repeated(b"1,2,3,2026/3/1 9:05\n"),
    "dates and times of day": repeated(b"1,2,3,9:05:00,2026-3-1\n"),
    "long texts for times": repeated(b"1,2,3," + b"1/1/" * 9_000 + b"\n"),
    "a long date and time of day": repeated(b"1,2,3,10:00:00," + b"2" * 9_000 + b"\n"),
    "bytes that are no UTF-8": repeated(b"1,2,\xff\n"),
    "UTF-16": marked("utf-16", "1,2,3\n"),
    "UTF-32": marked("utf-32", "1,2,3\n"),
    "halves of characters in UTF-16": lambda size: (
        HEAD.decode().encode("utf-16") + filled(b"\0\xd8", size)
    ),
    "points at one place, as a table": repeated(b"1,2\n", _PLACES),
    "points that jump, as a table": rows_of(b"1.%d,2\n-1.%d,9\n", _PLACES),
}  # fmt: skip

_TCX = b"<TrainingCenterDatabase><Activities><Activity>"
_TCX_END = b"</Activity></Activities></TrainingCenterDatabase>"
_PLACE = (
    b"<Position><LatitudeDegrees>1</LatitudeDegrees>"
    b"<LongitudeDegrees>2</LongitudeDegrees></Position>"
)
_TRACKPOINT = b"<Trackpoint>" + _PLACE + b"</Trackpoint>"


def in_activity(inner: Kind) -> Kind:
    """Behind a lap with two points."""
    lap = b"<Lap><Track>" + 2 * _TRACKPOINT + b"</Track></Lap>"
    return lambda size: _TCX + lap + inner(size) + _TCX_END


def laps(piece: bytes) -> Kind:
    return in_activity(partial(filled, b"<Lap>" + piece + b"</Lap>"))


def trackpoints(piece: bytes, *, differ: bool = False) -> Kind:
    """Points with these elements, in one lap."""
    point = b"<Trackpoint>" + _PLACE + piece + b"</Trackpoint>"
    make = numbered if differ else filled
    return in_activity(lambda size: b"<Lap><Track>" + make(point, size) + b"</Track></Lap>")


TRAINING: dict[str, Kind] = {
    "laps": laps(b""),
    "laps with totals": laps(
        b"<TotalTimeSeconds>1</TotalTimeSeconds><DistanceMeters>1</DistanceMeters>"
        b"<MaximumSpeed>1</MaximumSpeed>"
    ),
    "totals of one lap": in_activity(
        lambda size: b"<Lap>" + filled(b"<TotalTimeSeconds>1</TotalTimeSeconds>", size) + b"</Lap>"
    ),
    "laps of one point": laps(b"<Track>" + _TRACKPOINT + b"</Track>"),
    "tracks without points": laps(b"<Track/>" * 20),
    "activities": in_activity(partial(filled, b"</Activity><Activity>")),
    "trackpoints without anything": in_activity(
        lambda size: b"<Lap><Track>" + filled(b"<Trackpoint/>", size) + b"</Track></Lap>"
    ),
    "trackpoints at one place": trackpoints(b""),
    "trackpoints with all sensors": trackpoints(
        b"<HeartRateBpm><Value>1</Value></HeartRateBpm><Cadence>1</Cadence>"
        b"<Extensions><TPX><Speed>1</Speed><Watts>1</Watts></TPX></Extensions>"
    ),
    "extensions of trackpoints": trackpoints(
        b"<Extensions>" + b"<a>" * 100 + b"</a>" * 100 + b"</Extensions>"
    ),
    "extensions of one trackpoint": in_activity(
        lambda size: (
            b"<Lap><Track><Trackpoint><Extensions>"
            + filled(b"<Watts>1</Watts>", size)
            + b"</Extensions></Trackpoint></Track></Lap>"
        )
    ),
    "extensions deeper than they may be": in_activity(partial(filled, b"<Extensions>")),
    "positions of one trackpoint": in_activity(
        lambda size: (
            b"<Lap><Track><Trackpoint>" + filled(_PLACE, size) + b"</Trackpoint></Track></Lap>"
        )
    ),
    "trackpoints of many forms": trackpoints(b"<a%d/>", differ=True),
    "course points": lambda size: (
        b"<TrainingCenterDatabase><Courses><Course>"
        + filled(b"<CoursePoint>" + _PLACE + b"</CoursePoint>", size)
        + b"</Course></Courses></TrainingCenterDatabase>"
    ),
    "names of one device": in_activity(
        lambda size: b"<Creator>" + filled(b"<Name>a</Name>", size) + b"</Creator>"
    ),
}


Type = tuple[int, tuple[FieldType, ...]]


def fit_of(types: Sequence[Type], *messages: tuple[int, *tuple[Value, ...]]) -> Kind:
    """A ride, and messages of these types again and again, each the number of its type first."""
    file, piece = FitFile(), FitFile()
    for each in (file, piece):
        each.define(15, RECORD, (TIMESTAMP, LATITUDE, LONGITUDE))
        for second in range(100):
            each.write(15, 10**9 + second, 10**8 + 500 * second, 10**8)
        for local, (message, fields) in enumerate(types):
            each.define(local, message, fields)
    head = len(piece.messages)
    for local, *values in messages:
        piece.write(local, *values)
    return fit_bytes(bytes(file.messages), bytes(piece.messages[head:]))


def fit_bytes(head: bytes, piece: bytes) -> Kind:
    """Messages as bytes."""

    def made(size: int) -> bytes:
        file = FitFile()
        file.messages += head + filled(piece, size)
        # Without a checksum: the tests' own takes a second a megabyte.
        return file.to_bytes(with_checksum=False)

    return made


def defined(number: int, fields: bytes, count: int, developer: bytes = b"") -> bytes:
    """A definition of local type 0, from the bytes of its fields."""
    kind = 0x60 if developer else 0x40
    return struct.pack("<BBBHB", kind, 0, 0, number, count) + fields + developer


def layouts(size: int) -> bytes:
    """Definitions that all differ."""
    definitions = [
        defined(20, bytes((number & 0xFF, 1 + number // 256 % 255, 2)), 1) + b"\0" * 9
        for number in range(min(size // 18, 60_000))
    ]
    return fit_bytes(b"", b"".join(definitions))(size)


def short_times(size: int) -> bytes:
    """Records whose headers carry the lowest bits of their time."""
    file = FitFile()
    file.define(0, RECORD, (TIMESTAMP, LATITUDE, LONGITUDE))
    file.write(0, 10**9, 10**8, 10**8)
    file.define(0, RECORD, (LATITUDE, LONGITUDE))
    record = struct.pack("<2i", 10**8, 10**8)
    turn = b"".join(bytes((0x80 | 7 * number % 32,)) + record for number in range(32))
    return fit_bytes(bytes(file.messages), turn)(size)


def chained(piece: Callable[[], FitFile], data_size: int | None = None) -> Kind:
    return lambda size: filled(piece().to_bytes(data_size=data_size), size)


def one_record() -> FitFile:
    file = FitFile()
    file.define(0, RECORD, (LATITUDE, LONGITUDE))
    file.write(0, 10**8, 10**8)
    return file


_DEVELOPER = bytes((255,)) + b"".join(bytes((number, 255, 0)) for number in range(255))
_TIMER: Type = (EVENT, (TIMESTAMP, FieldType(0, "enum"), FieldType(1, "enum")))

MESSAGES: dict[str, Kind] = {
    "definitions": fit_bytes(b"", defined(20, b"", 0)),
    "definitions of many fields": fit_bytes(
        b"", defined(20, b"".join(bytes((n, 4, 0x85)) for n in range(255)), 255)
    ),
    "definitions that differ": layouts,
    "definitions before each record": fit_bytes(
        b"", defined(20, bytes((0, 4, 0x85, 1, 4, 0x85)), 2) + b"\0" + struct.pack("<2i", 9, 9)
    ),
    "messages without fields": fit_bytes(defined(20, b"", 0), b"\0"),
    "fields of no bytes": fit_bytes(
        defined(20, b"".join(bytes((n, 0, 0x85)) for n in range(255)), 255), b"\0"
    ),
    "huge developer fields": fit_bytes(
        defined(20, bytes((0, 4, 0x85)), 1, _DEVELOPER), b"\0" * (1 + 4 + 255 * 255)
    ),
    "definitions of huge developer fields": fit_bytes(
        b"", defined(20, bytes((0, 4, 0x85)), 1, _DEVELOPER)
    ),
    "records of one byte": fit_of([(RECORD, (FieldType(3, "uint8"),))], (0, 1)),
    "records with the time in their header": short_times,
    "types that take turns": fit_of(
        [(RECORD, (LATITUDE,)), (EVENT, (TIMESTAMP,))], (0, 5), (1, 10**9)
    ),
    "events of the timer": fit_of([_TIMER], (0, 10**9, 0, 4), (0, 10**9, 0, 0)),
    "sessions": fit_of([(SESSION, (FieldType(2, "uint32"),))], (0, 10**9)),
    "names of the device": fit_of([(FILE_ID, (FieldType(8, "string", 1),))], (0, "a")),
    "names of the course": fit_of([(COURSE, (FieldType(5, "string", 1),))], (0, "a")),
    "activities of the device": fit_of([(ACTIVITY, (TIMESTAMP,))], (0, 10**9)),
    "records and pauses": fit_of(
        [_TIMER, (RECORD, (TIMESTAMP, LATITUDE, LONGITUDE))],
        (1, 10**9, 10**8, 10**8),
        (0, 10**9, 0, 4),
        (0, 10**9, 0, 0),
    ),
    "course points with names": fit_of(
        [(COURSE_POINT, (LATITUDE, LONGITUDE, FieldType(6, "string", 200)))], (0, 5, 5, "a" * 200)
    ),
    "files without messages": chained(FitFile),
    "files of one record": chained(one_record),
    "files of one record, each of the wrong length": chained(one_record, 10**6),
    "files that take all the rest for theirs": chained(one_record, 2**31),
    "headers": lambda size: filled(FitFile().to_bytes(header_size=12, with_checksum=False), size),
    "headers of the longest": lambda size: filled(
        FitFile().to_bytes(header_size=255, with_checksum=False), size
    ),
    "records at one place": fit_of([(RECORD, (LATITUDE, LONGITUDE))], (0, 10**8, 10**8)),
    "records at two heights": fit_of(
        [(RECORD, (LATITUDE, LONGITUDE, FieldType(2, "uint16")))],
        (0, 10**8, 10**8, 9000),
        (0, 2 * 10**8, 10**8, 3000),
    ),
}

# What is within a packed file of the largest size, for each byte of that file, at most.
_UNPACKED = 255 / 50


def gzipped(kind: Kind) -> Kind:
    return lambda size: gzip.compress(kind(int(size * _UNPACKED)), 1)


def members(piece: bytes) -> Kind:
    return lambda size: filled(gzip.compress(piece), size)


def zeros(size: int, wbits: int = 31) -> bytes:
    """As many zeros as there are room for: they shrink to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    many = bytes(1 << 20)
    first = packer.compress(many) + packer.flush(zlib.Z_FULL_FLUSH)
    # Depends on nothing before, so that it can be repeated.
    other = packer.compress(many) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + filled(other, size) + packer.flush()


def archive(
    files: list[tuple[bytes, bytes, int]],
    *,
    method: int = 0,
    crc: int | None = None,
    claimed: int | None = None,
) -> bytes:
    """Entries by name, packed bytes and size, as the archive says of itself."""
    written, directory = bytearray(), bytearray()
    for name, body, size in files:
        right = zlib.crc32(body) if crc is None else crc
        sizes = (right, len(body), size if claimed is None else claimed)
        start = len(written)
        written += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, *sizes, len(name), 0)
        written += name + body
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, method, 0, 0, *sizes,
            len(name), 0, 0, 0, 0, 0, start,
        ) + name  # fmt: skip
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, len(files), len(files), len(directory), len(written), 0
    )
    return bytes(written + directory + end)


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def zipped(kind: Kind) -> Kind:
    def made(size: int) -> bytes:
        content = kind(int(size * _UNPACKED))
        body = deflated(content)
        return archive([(b"a.gpx", body, len(content))], method=8, crc=zlib.crc32(content))

    return made


def entries(size: int) -> bytes:
    """As many as the record at the end can count."""
    count = min(size // 90, 65_534)
    return archive([(b"a%d.txt" % n, b"", 0) for n in range(count)])


def archive_of_archives(size: int) -> bytes:
    within = filled(archive([(b"b.gpx", b"", 0)]), size)
    return archive([(b"a.gpx", within, len(within))])


def ends(size: int) -> bytes:
    """What looks like the end of an archive, again and again."""
    return b"PK\3\4" + filled(b"PK\5\6" + b"\0" * 18, size)


PACKED: dict[str, Kind] = {
    "a gzip file of zeros": zeros,
    "gzip members without anything": members(b""),
    "gzip members of one byte": members(b"1"),
    "gzip members in blocks": lambda size: filled(gzip.compress(bytes(range(256)) * 20), size),
    "a gzip file with zeros behind": lambda size: gzip.compress(b"a,b\n") + bytes(size),
    "a gzip file with almost only zeros behind": lambda size: filled(
        gzip.compress(b"a,b\n") + bytes(1000), size
    ),
    "a zip archive of zeros": lambda size: archive(
        [(b"a.gpx", zeros(size, -15), size)], method=8, crc=0
    ),
    "a zip archive that lies of its size": lambda size: archive(
        [(b"a.gpx", zeros(size, -15), 10)], method=8, crc=0
    ),
    "a zip archive with a wrong checksum": lambda size: archive(
        [(b"a.gpx", filled(b"<gpx>", size), size // 5 * 5)], crc=1
    ),
    "a zip archive of many files": entries,
    "a zip archive of archives": archive_of_archives,
    "ends of archives": ends,
    "a packed table": gzipped(TABLES["odd times"]),
    "a packed table of stray quotes": gzipped(TABLES["quotes in the middle"]),
    "a packed table of dates and times": gzipped(TABLES["dates and times of day"]),
    "a packed table of long names": gzipped(TABLES["segments of long names"]),
    "a packed document of values of one point": gzipped(HOSTILE["values of one point"]),
    "a packed document of names": gzipped(HOSTILE["names of tracks"]),
    "a packed document of names of one waypoint": gzipped(HOSTILE["names of one waypoint"]),
    "a packed document of tracks": gzipped(HOSTILE["tracks with a name and a point"]),
    "a packed document of segments of one point": gzipped(HOSTILE["segments of one point"]),
    "a packed document of irregular points": gzipped(HOSTILE["points at one place, not regular"]),
    "a packed document of references": gzipped(HOSTILE["references in elevations"]),
    "a packed document in an archive": zipped(HOSTILE["processing instructions in a name"]),
    "packed messages without fields": gzipped(MESSAGES["messages without fields"]),
}

OTHER_FORMATS: dict[str, Kind] = {**TABLES, **TRAINING, **MESSAGES, **PACKED}
