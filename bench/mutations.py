"""Damages that know how a format is written, for `bench/fuzz.py`.

A changed bit hardly ever gets past a tag, a checksum or a packed stream. Here the pieces are tags,
cells and messages: they go, come again, move and change their names, and their values become those
at which readers err. Then what holds them is put right again: FIT's size and checksum, what packs
them. Whatever bytes come in, bytes go out.
"""

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

from src.gpx.formats.fit.checksum import checksum
from tests.support.fit_files import BASE_TYPES

Mutation = Callable[[bytes, Random], bytes]
_Piece = TypeVar("_Piece")

# No piece comes again so often that nothing else has room.
_MOST_COPIES, _LONGEST = 40, 1 << 16


def mutated(reader: str, data: bytes, rng: Random) -> bytes:
    """A file after a few damages; `reader` is a name of `MUTATIONS`."""
    for _ in range(1 + min(int(rng.expovariate(0.8)), 6)):
        data = MUTATIONS[reader](data, rng)[:_LONGEST]
    return data


def rearranged(pieces: list[_Piece], rng: Random) -> list[_Piece]:
    """A run of the pieces gone, repeated, moved, turned round or in another's place."""
    if not pieces:
        return pieces
    first = rng.randrange(len(pieces))
    end = min(len(pieces), first + (1 if rng.random() < 0.6 else rng.randint(1, 12)))
    run, rest = pieces[first:end], pieces[:first] + pieces[end:]
    to = rng.randint(0, len(rest))
    match rng.randrange(5):
        case 0:
            return rest
        case 1:
            return pieces[:end] + run * rng.choice((1, 1, 2, _MOST_COPIES)) + pieces[end:]
        case 2:
            return rest[:to] + run + rest[to:]
        case 3:
            return pieces[:first] + run[::-1] + pieces[end:]
        case _:
            return [*pieces[:to], *run, *pieces[to + len(run) :]]


# --- Texts ---------------------------------------------------------------------------------------

_NUMBERS = (
    *(b"", b"0", b"-0", b"-1", b"1e3", b"1e400", b"nan", b"inf", b"-inf", b"1_0", b"0x1", b"+5"),
    *(b".", b"-", b"1.", b".5", b"1.2.3", b"1,5", b"12,345.6", b"90", b"-90", b"90.0000001"),
    *(b"180", b"-180.0", b"359.99", b"361", b"8850", b"99999", b"65535", b"255", b"32.767"),
    *(b"123456789012345678", b"0.123456789012345678", b"00000000046.5", b"46.549997 m", b"  7  "),
    *("٤٦٫٥".encode(), "−5".encode(), b"\xff", b"1e-320", b"4" * 45, b"5" * 5000),
)  # fmt: skip
_TIMES = (
    *(b"2024-02-29T23:59:59Z", b"2023-02-29T00:00:00Z", b"2024-06-21T24:00:00Z", b"2024-06-21"),
    *(b"2024-06-21T10:00:60Z", b"2024-06-21T10:00:00.123456789Z", b"2024-06-21T10:00:00+25:00"),
    *(b"2024-06-21T10:00:00-05:30", b"2024-06-21 10:00:00", b"0001-01-01T00:00:00+14:00"),
    *(b"9999-12-31T23:59:59.999999-14:00", b"1969-12-31T23:59:59Z", b"2024-06-21T10:00:00,5Z"),
    *(b"21/06/2024 10:00", b"06/21/2024 10:00:00 AM", b"1.2.2024", b"10:00:00", b"101112"),
    *(b"1718964000", b"1718964000123", b"-1", b"99999999999999", b"2024/06/21 9:05", b"Z", b"T"),
    *(b"2024-06-21t10:00:00z", b"2024-06-21T10:00:00 UTC", b"2024-06-21T10:00:00.Z", b""),
)  # fmt: skip
_ANY_NUMBER = re.compile(rb"[-+]?[0-9]+(?:[.,][0-9]+)?")
_ANY_TIME = re.compile(
    rb"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[T ]?[0-9:.,]*Z?|[0-9]{2}:[0-9:]+"
)
_CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "utf-8")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def _other_value(data: bytes, rng: Random) -> bytes:
    """One number or time of a text, another one, or a digit of it another."""
    pattern, values = (_ANY_TIME, _TIMES) if rng.random() < 0.3 else (_ANY_NUMBER, _NUMBERS)
    found = list(pattern.finditer(data))
    if not found:
        return data
    one = rng.choice(found)
    if rng.random() < 0.3:
        at = rng.randrange(one.start(), one.end())
        return data[:at] + bytes((rng.choice(b"0123456789.-+eE,: TZ"),)) + data[at + 1 :]
    return data[: one.start()] + rng.choice(values) + data[one.end() :]


def _as_plain_text(data: bytes) -> bytes:
    """A marked text in UTF-8; any other as it is."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace").encode()
    return data


def _in_another_encoding(data: bytes, rng: Random) -> bytes:
    codec = rng.choice(_CODECS)
    encoded = data.decode(errors="replace").encode(codec, "replace")
    if rng.random() < 0.5:
        return encoded
    # Cut within a character, or with a mark that is not its own.
    return rng.choice(_MARKS)[0] + encoded[rng.randrange(3) :]


# --- GPX and TCX ---------------------------------------------------------------------------------

_XML_PIECE = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|<[^<>]*>|[^<]+|<", re.DOTALL)
_TAG_NAME = re.compile(rb"<(/?)([^\s/>?!]+)")
_ATTRIBUTE = re.compile(rb"\s+[^\s=<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_NAMES = (
    *(b"gpx", b"trk", b"trkseg", b"trkpt", b"rte", b"rtept", b"wpt", b"ele", b"time", b"name"),
    *(b"extensions", b"gpxtpx:TrackPointExtension", b"gpxtpx:hr", b"hr", b"cad", b"power"),
    *(b"atemp", b"metadata", b"desc", b"link", b"bounds", b"a:b", b"x"),
    *(b"TrainingCenterDatabase", b"Activities", b"Activity", b"Lap", b"Track", b"Trackpoint"),
    *(b"Time", b"Position", b"LatitudeDegrees", b"LongitudeDegrees", b"AltitudeMeters"),
    *(b"DistanceMeters", b"HeartRateBpm", b"Value", b"Cadence", b"Extensions", b"TPX", b"Speed"),
    *(b"Watts", b"RunCadence", b"TotalTimeSeconds", b"MaximumSpeed", b"Creator", b"Name", b"Id"),
    *(b"Courses", b"Course", b"CoursePoint", b"MultiSportSession", b"Notes", b"Author"),
)  # fmt: skip
_TEXTS = (
    *(b"&amp;", b"&", b"&#65;", b"&#xD800;", b"&#0;", b"&nbsp;", b"&lt", b"<![CDATA[1]]>", b"]]>"),
    *(b"<!-- 5 -->", b"<!---->", b"<?a b?>", b"<!DOCTYPE gpx>", b"<", b">", b"\0", b"\r"),
    *(b"<a/>", b"<a><a><a></a></a></a>", b"<a>" * 30 + b"</a>" * 30, b"<?xml version='1.0'?>"),
    *(b"\xef\xbb\xbf", b" " * 100, b"<!--" + b"x" * 300 + b"-->", b"&amp;" * 40, b"\xc3"),
)  # fmt: skip
_ATTRIBUTES = (
    *(b' lat="46.5"', b' lon="8.1"', b" lat='91'", b' lat=""', b" lon=8", b' lat="1" lat="2"'),
    *(b' xmlns=""', b' xmlns:a="b"', b' a:b="c"', b' StartTime="2024-06-21T10:00:00Z"', b" lat"),
    *(b' lat="4&#54;"', b' lat="&amp;"', b' lat="4<6"', b' x="' + b"y" * 300 + b'"', b'lat="1"'),
)  # fmt: skip
_ELEMENTS = (
    b'<trkpt lat="46.5" lon="8.1"><ele>420.5</ele><time>2024-06-21T10:00:00Z</time></trkpt>',
    b'<trkpt lat="46.5" lon="8.1"/>',
    b"<trkpt lon='8.1' lat='46.5'> <time>2024-06-21T10:00:01Z</time> <ele>1</ele> </trkpt>",
    b"</trkseg><trkseg>",
    b"</trkseg></trk><trk><name>a</name><trkseg>",
    b'<rte><rtept lat="1" lon="2"/><rtept lat="1.1" lon="2"/></rte>',
    b'<wpt lat="1" lon="2"><ele>3</ele><name>a</name></wpt>',
    (
        b"<extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>120</gpxtpx:hr>"
        b"</gpxtpx:TrackPointExtension><power>200</power></extensions>"
    ),
    (
        b"<Trackpoint><Time>2024-06-21T10:00:00Z</Time><Position><LatitudeDegrees>46.5"
        b"</LatitudeDegrees><LongitudeDegrees>8.1</LongitudeDegrees></Position></Trackpoint>"
    ),
    b"</Track><Track>",
    (
        b"</Track></Lap><Lap><TotalTimeSeconds>9</TotalTimeSeconds><DistanceMeters>5</DistanceMeters>"
        b"<Track>"
    ),
    (
        b"<Extensions><TPX><Speed>3</Speed><Watts>200</Watts><RunCadence>80</RunCadence></TPX>"
        b"</Extensions>"
    ),
    b"<HeartRateBpm><Value>120</Value></HeartRateBpm><Cadence>80</Cadence>",
    b"<Creator><Name>a</Name></Creator>",
    (
        b"<CoursePoint><Name>a</Name><Position><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>2"
        b"</LongitudeDegrees></Position></CoursePoint>"
    ),
)


def xml(data: bytes, rng: Random) -> bytes:
    """A document with other elements, tags, attributes or values."""
    data = _as_plain_text(data)
    kind = rng.randrange(10)
    if kind < 3:
        return _other_value(data, rng)
    if kind == 3:
        return _in_another_encoding(data, rng) if rng.random() < 0.3 else _other_value(data, rng)
    pieces = _XML_PIECE.findall(data)
    if not pieces:
        return rng.choice(_ELEMENTS)
    at = rng.randrange(len(pieces))
    if kind < 6:
        start, end = _element(pieces, at)
        element = b"".join(pieces[start:end])
        whole = [*pieces[:start], element, *pieces[end:]]
        pieces = _with_one_elsewhere(whole, start, rng)
    elif kind == 6:
        _, end = _element(pieces, at)
        name = rb"<\1" + rng.choice(_NAMES)
        for one in {at, end - 1} if rng.random() < 0.8 else {at}:
            pieces[one] = _TAG_NAME.sub(name, pieces[one], count=1)
    elif kind == 7:
        pieces[at] = _with_other_attributes(pieces[at], rng)
    elif kind == 8:
        pieces.insert(at, rng.choice(_ELEMENTS if rng.random() < 0.6 else _TEXTS))
    elif rng.random() < 0.5:
        pieces = rearranged(pieces, rng)
    return b"".join(pieces)


def _element(pieces: list[bytes], at: int) -> tuple[int, int]:
    """The pieces of the element that begins at one of them, or of that piece alone."""
    depth = 0
    for end in range(at, len(pieces)):
        tag = _TAG_NAME.match(pieces[end])
        if tag and not pieces[end].endswith(b"/>"):
            depth += -1 if tag[1] else 1
        if depth <= 0:
            return at, end + 1
    return at, at + 1


def _with_one_elsewhere(pieces: list[bytes], at: int, rng: Random) -> list[bytes]:
    """One piece gone, repeated, or also somewhere else, or in itself."""
    piece, to = pieces[at], rng.randint(0, len(pieces))
    match rng.randrange(4):
        case 0:
            return pieces[:at] + pieces[at + 1 :]
        case 1:
            return pieces[:at] + [piece] * rng.choice((2, 2, 3, _MOST_COPIES)) + pieces[at + 1 :]
        case 2:
            return [*pieces[:to], piece, *pieces[to:]]
        case _:
            inner = piece.find(b">") + 1
            return [*pieces[:at], piece[:inner] + piece + piece[inner:], *pieces[at + 1 :]]


def _with_other_attributes(tag: bytes, rng: Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(tag))
    if found and rng.random() < 0.5:
        one = rng.choice(found)
        other = b"" if rng.random() < 0.4 else rng.choice(_ATTRIBUTES)
        return tag[: one.start()] + other + tag[one.end() :]
    name = _TAG_NAME.match(tag)
    at = name.end() if name else len(tag)
    return tag[:at] + rng.choice(_ATTRIBUTES) + tag[at:]


# --- CSV -----------------------------------------------------------------------------------------

_SEPARATORS = b",;\t"
_HEADERS = (
    *(b"lat", b"Latitud", b"lon", b"lng", b"ele", b"elevation (ft)", b"time", b"hora", b"date"),
    *(b"fecha", b"segment", b"hr", b"fc", b"cad", b"power", b"temp F", b"", b"\xef\xbb\xbflat"),
)  # fmt: skip
_CELLS = (
    *(b'"', b'""', b'"a""b"', b'"a\nb"', b'a"b', b'"a"b', b'" 1 "', b"=cmd|' /C calc'!A0", b"#"),
    *(b"\0", b"\x1a", b"x" * 300, b" " * 70, b"\t", "é€".encode(), b"\xe9", b"NULL", b"sep=;"),
)  # fmt: skip
_LINE_ENDS = (b"\n", b"\r\n", b"\r", b"\n\n", b"\n \n")


def table(data: bytes, rng: Random) -> bytes:
    """A table with other cells, rows, columns, or written otherwise."""
    data = _as_plain_text(data)
    lines = data.split(b"\n")
    separator = max(_SEPARATORS, key=lines[0].count).to_bytes(1, "little")
    rows = [line.split(separator) for line in lines]
    row = rng.choice(rows[:3] if rng.random() < 0.3 else rows)
    at = rng.randrange(len(row))
    match rng.randrange(11):
        case 0 | 1:
            row[at] = rng.choice(_NUMBERS if rng.random() < 0.5 else _TIMES)
        case 2:
            row[at] = rng.choice(_CELLS)
        case 3:
            rows[0][rng.randrange(len(rows[0]))] = rng.choice(_HEADERS)
        case 4:
            rows = rearranged(rows, rng)
        case 5:
            row[:] = rearranged(row, rng)
        case 6:
            rows = _with_another_column(rows, rng)
        case 7:
            row[at] = b'"' + row[at].replace(b'"', b'""' if rng.random() < 0.8 else b'"') + b'"'
        case 8:
            return _other_value(data, rng)
        case 9:
            return _written_otherwise(data, separator, rng)
        case _:
            return _in_another_encoding(data, rng) if rng.random() < 0.3 else data * 2
    return b"\n".join(separator.join(row) for row in rows)


def _with_another_column(rows: list[list[bytes]], rng: Random) -> list[list[bytes]]:
    """One column in another place, gone, twice, or of one value."""
    width = max(map(len, rows))
    columns = rearranged(list(range(width)), rng)
    constant = rng.choice((*_NUMBERS, *_TIMES)) if rng.random() < 0.4 else None
    which = rng.randrange(width)
    return [
        [
            constant if number and constant is not None and at == which else row[at]
            for at in columns
            if at < len(row)
        ]
        for number, row in enumerate(rows)
    ]


def _written_otherwise(data: bytes, separator: bytes, rng: Random) -> bytes:
    match rng.randrange(4):
        case 0:
            return data.replace(separator, rng.choice((b",", b";", b"\t", separator + b" ")))
        case 1:
            return data.replace(b".", b",")
        case 2:
            return data.replace(b"\n", rng.choice(_LINE_ENDS))
        case _:
            return rng.choice((b"# of a ride\n", b"\n\n", b"sep=;\n", b'"', b"sep=,\r\n")) + data


# --- FIT -----------------------------------------------------------------------------------------

_FIT_NUMBERS = (
    *(0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF),
    *(10**9, 0x1000_0000, 555_000_000, 2**30, 2**64 - 1, 2**63, 0x4000_0000),
)
_MESSAGES = (0, 18, 19, 20, 20, 20, 21, 31, 32, 34, 78, 206, 0xFFFF)
_FIELDS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 53, 73, 78, 253, 254, 255)
_TYPES = (*(each.number for each in BASE_TYPES.values()), 0x05, 0xFF)


def fit(data: bytes, rng: Random) -> bytes:
    """A file, or a chain of them, with other messages, definitions or fields; mostly put right."""
    files = list(_fit_files(data))
    if not files or rng.random() < 0.03:
        return data * 2 if rng.random() < 0.3 else data + bytes((rng.randrange(256),))
    number = rng.randrange(len(files))
    header, messages = files[number]
    if rng.random() < 0.05:
        files = rearranged(files, rng)
    else:
        files[number] = header, _other_messages(messages, rng)
    return b"".join(_as_fit(header, messages, rng) for header, messages in files)


def _fit_files(data: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
    """The header and the messages of each file, as far as they can be told."""
    start = 0
    while len(data) >= start + 12 and data[start + 8 : start + 12] == b".FIT":
        begin = start + max(12, data[start])
        (size,) = struct.unpack_from("<I", data, start + 4)
        end = min(len(data), begin + size)
        yield data[start:begin], list(_fit_messages(data[begin:end]))
        start = end + 2


def _fit_messages(data: bytes) -> Iterator[bytes]:
    """Message by message; what cannot be told is one more."""
    sizes: dict[int, int] = {}
    position = 0
    while position < len(data):
        head = data[position]
        if head & 0xC0 == 0x40:
            size = _definition_size(data, position)
            if size is None:
                break
            fields = data[position + 6 : position + 6 + 3 * data[position + 5]]
            developer = data[position + 7 + len(fields) : position + size] if head & 0x20 else b""
            sizes[head & 0xF] = 1 + sum(fields[1::3]) + sum(developer[1::3])
        else:
            local = head >> 5 & 3 if head & 0x80 else head & 0xF
            if local not in sizes:
                break
            size = sizes[local]
        yield data[position : position + size]
        position += size
    if position < len(data):
        yield data[position:]


def _definition_size(data: bytes, at: int) -> int | None:
    if at + 6 > len(data):
        return None
    size = 6 + 3 * data[at + 5]
    if data[at] & 0x20:
        if at + size >= len(data):
            return None
        size += 1 + 3 * data[at + size]
    return size


def _other_messages(messages: list[bytes], rng: Random) -> list[bytes]:
    if not messages or rng.random() < 0.35:
        return rearranged(messages, rng)
    at = rng.randrange(len(messages))
    message = bytearray(messages[at])
    definitions = [n for n, each in enumerate(messages) if each[:1] and each[0] & 0xC0 == 0x40]
    kind = rng.randrange(6)
    if kind < 2 and definitions:
        at = rng.choice(definitions)
        message = _other_definition(bytearray(messages[at]), rng)
    elif kind == 2:
        return [*messages[:at], *_known_message(rng), *messages[at:]]
    elif kind == 3:
        # A header that carries the lowest bits of the time, or of another local type.
        message[0] = 0x80 | rng.randrange(128) if rng.random() < 0.5 else rng.randrange(16)
    elif len(message) > 1:
        width = rng.choice((1, 2, 4, 4, 8))
        place = 1 + rng.randrange(len(message) - 1)
        value = rng.choice(_FIT_NUMBERS) + rng.choice((0, 0, 0, 1, -1))
        order = "little" if rng.random() < 0.8 else "big"
        piece = (value % (1 << 8 * width)).to_bytes(width, order)  # type: ignore[arg-type]
        message[place : place + width] = piece[: len(message) - place]
    return [*messages[:at], bytes(message), *messages[at + 1 :]]


def _other_definition(message: bytearray, rng: Random) -> bytearray:
    """Of another message, in the other order of bytes, or with other fields."""
    if len(message) < 6:
        return message
    fields = [bytes(message[n : n + 3]) for n in range(6, len(message) - 2, 3)][: message[5]]
    rest = bytes(message[6 + 3 * message[5] :])
    match rng.randrange(6):
        case 0:
            message[2] ^= 1
        case 1:
            message[3:5] = struct.pack("<H", rng.choice(_MESSAGES))
        case 2:
            fields = rearranged(fields, rng)[:255]
        case 3:
            if fields:
                one = bytearray(rng.choice(fields))
                one[rng.randrange(len(one))] = rng.choice((*_FIELDS, *_TYPES))
                fields[rng.randrange(len(fields))] = bytes(one)
        case 4:
            fields.append(bytes((rng.choice(_FIELDS), rng.choice((1, 2, 4, 8, 0, 20, 255)),
                                 rng.choice(_TYPES))))  # fmt: skip
            del fields[255:]
        case _:
            message[0] ^= 0x20
            rest = b"" if rest else bytes((1, rng.randrange(256), rng.choice((0, 1, 7, 255)), 0))
    message[5] = len(fields)
    return message[:6] + b"".join(fields) + rest


def _known_message(rng: Random) -> list[bytes]:
    """A definition and a few messages of a kind that is read, with any values."""
    local = rng.randrange(16)
    fields = [
        (number, rng.choice((1, 2, 4, 4, 8)), rng.choice(_TYPES))
        for number in rng.sample(_FIELDS, rng.randint(1, 5))
    ]
    definition = struct.pack("<BBBHB", 0x40 | local, 0, 0, rng.choice(_MESSAGES), len(fields))
    definition += b"".join(map(bytes, fields))
    size = sum(size for _, size, _ in fields)
    return [definition] + [
        bytes((local,)) + rng.choice((rng.randbytes(size), b"\xff" * size, bytes(size)))
        for _ in range(rng.randint(1, 3))
    ]


def _as_fit(header: bytes, messages: list[bytes], rng: Random) -> bytes:
    """A file with its size and checksums, of which now and then one is wrong."""
    body = b"".join(messages)
    size = len(body) if rng.random() < 0.95 else rng.choice(_FIT_NUMBERS) & 0xFFFF_FFFF
    header = header[:4] + struct.pack("<I", size) + header[8:]
    if len(header) >= 14:
        header = header[:12] + struct.pack("<H", checksum(header[:12])) + header[14:]
    end = struct.pack("<H", checksum(header + body) if rng.random() < 0.95 else 0)
    return header + body + end


# --- Packed files --------------------------------------------------------------------------------

_ZIP_RECORDS = ((b"PK\3\4", 30), (b"PK\1\2", 46), (b"PK\5\6", 22))
_ENTRIES = (
    *("ride.gpx", "RIDE.FIT", "a/b/ride.tcx", "ride.csv", "README", "x.txt", "__MACOSX/._ride.gpx"),
    *("../../x", ".DS_Store", "a.zip", "é.gpx", "folder.gpx/", ""),
)  # fmt: skip


def packed(data: bytes, rng: Random) -> bytes:
    """What is packed damaged and packed again, or records of the archive damaged."""
    if rng.random() < 0.25:
        return _other_record(data, rng)
    content = _content(data)
    if content is None:
        return data
    if rng.random() < 0.8:
        content = MUTATIONS[_kind(content)](content, rng)[:_LONGEST]
    if rng.random() < 0.5:
        return _as_gzip(content, rng)
    return _as_zip(content, rng)


def _content(data: bytes) -> bytes | None:
    """What is in a packed file, in the first entry of an archive; None where it cannot be told."""
    # Of zlib's own error no class of Python's is the base.
    with suppress(Exception):
        if not data.startswith(b"PK"):
            return zlib.decompressobj(31).decompress(data, _LONGEST)
        archive = zipfile.ZipFile(io.BytesIO(data))
        with archive.open(archive.infolist()[0]) as entry:
            return entry.read(_LONGEST)
    return None


def _kind(content: bytes) -> str:
    if content[8:12] == b".FIT":
        return "fit"
    return "gpx" if content.lstrip()[:1] == b"<" else "csv"


def _as_gzip(content: bytes, rng: Random) -> bytes:
    cut = rng.randint(0, len(content))
    parts = [content[:cut], content[cut:]] if rng.random() < 0.3 else [content]
    if rng.random() < 0.1:
        parts.insert(0, b"")
    whole = b"".join(gzip.compress(part, rng.choice((0, 1, 9))) for part in parts)
    return whole + bytes(rng.choice((0, 0, 0, 1, 7, 512)))


def _as_zip(content: bytes, rng: Random) -> bytes:
    buffer = io.BytesIO()
    method = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    others = rng.sample(_ENTRIES[6:], rng.choice((0, 0, 1, 3)))
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name in (rng.choice(_ENTRIES[:6]), *others):
            archive.writestr(name or "a", content if name in _ENTRIES[:6] else b"")
        archive.comment = rng.choice((b"", b"", b"PK\5\6", b"of the summer"))
    return buffer.getvalue()


def _other_record(data: bytes, rng: Random) -> bytes:
    """A field of one of an archive's records, or of a gzip file's header or end, another."""
    signature, size = rng.choice(_ZIP_RECORDS)
    at = data.rfind(signature) if data.startswith(b"PK") else rng.choice((0, len(data) - 8))
    if at < 0:
        return data
    place = at + rng.randrange(4 if size > 8 else 0, size)
    value = rng.choice(_FIT_NUMBERS) % (1 << 32)
    width = rng.choice((1, 2, 4))
    return data[:place] + value.to_bytes(4, "little")[:width] + data[place + width :]


MUTATIONS: dict[str, Mutation] = {
    "gpx": xml,
    "tcx": xml,
    "fit": fit,
    "csv": table,
    "packed": packed,
}


def informed(atheris: Any, reader: str) -> Callable[[bytes, int, int], bytes]:
    """A mutator for atheris: half of the damages know the format, the others are its own."""

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < 0.5:
            data = mutated(reader, data, rng)[:most]
            if rng.random() < 0.8:
                return data
        changed: bytes = atheris.Mutate(data, most)
        return changed

    return mutate
