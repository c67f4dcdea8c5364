"""Packed files within limits: what is in them, and nothing that costs more than it may."""

import bz2
import gzip
import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx import analyse
from src.gpx.errors import (
    DamagedArchiveError,
    EncryptedArchiveError,
    NestedArchiveError,
    NoTrackLogError,
    PackedFileError,
    SeveralTrackLogsError,
    TooManyEntriesError,
    UnpackedTooLargeError,
    UnsupportedArchiveError,
)
from src.gpx.formats.packed import head, is_packed, unpacked
from tests.support.rides import build_gpx

RIDE = build_gpx(points=2000)
MIB = 1 << 20
LIMIT = 50 * MIB
ZEROS = bytes(MIB)


def zipped(
    *files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
        archive.comment = comment
    return buffer.getvalue()


def patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """An archive in which one field of the first record with this signature is another."""
    at = data.index(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def deflated_zeros(mebibytes: int, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    first = packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    # What is packed from here on depends on nothing before, so that it can be repeated.
    other = packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + other * (mebibytes - 1) + packer.flush()


def zip_bomb(mebibytes: int, claimed: int) -> bytes:
    """A deflated file of zeros that says of itself how large it is."""
    body = deflated_zeros(mebibytes, -15)
    name = b"ride.gpx"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), claimed, len(name), 0)
    central = struct.pack(
        *("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(body), claimed),
        *(len(name), 0, 0, 0, 0, 0, 0),
    )
    start = len(local) + len(name) + len(body)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central) + len(name), start, 0)
    return local + name + body + central + name + end


def test_what_is_not_packed_stays_as_it_is() -> None:
    assert unpacked(RIDE) is RIDE
    assert not is_packed(RIDE)
    assert head(RIDE[:100], 10) == RIDE[:100]


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(RIDE),
        gzip.compress(RIDE[:500]) + gzip.compress(b"") + gzip.compress(RIDE[500:]),
        gzip.compress(RIDE) + bytes(512),
        zipped(("ride.gpx", RIDE)),
        zipped(("ride.gpx", RIDE), method=zipfile.ZIP_STORED),
        zipped(("ride.gpx", RIDE), comment=b"PK\5\6 of the summer" * 100),
        zipped(("2024/", b""), ("2024/Ride.GPX", RIDE), ("__MACOSX/2024/._Ride.GPX", b"x")),
        zipped((".DS_Store", b"x"), ("ride.fit", RIDE), ("photo.jpg", b"y"), ("README", b"z")),
        zipped(("activity_123", RIDE)),
        zipped(("../../etc/cron.d/ride.gpx", RIDE)),
        zipped(("C:\\Windows\\ride.gpx", RIDE)),
    ],
)
def test_the_one_track_log_is_found(data: bytes) -> None:
    assert unpacked(data) == RIDE
    assert analyse(data).total_points == 2000


def test_an_archive_written_as_a_stream_is_read() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ride.gpx", RIDE)
    assert unpacked(bytes(pipe.data)) == RIDE


ARCHIVE = zipped(("ride.gpx", RIDE))
TWO = zipped(("ride.gpx", RIDE), ("other.FIT", b"x"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (TWO, SeveralTrackLogsError),
        (zipped(("a/b/ride.gpx", RIDE), ("a/c/ride.gpx", RIDE)), SeveralTrackLogsError),
        (zipped(("photo.jpg", b"x"), ("README", b"y")), NoTrackLogError),
        (zipped(("folder.gpx/", b"")), NoTrackLogError),
        (zipped(("__MACOSX/ride.gpx", b"x"), (".DS_Store", b"y")), NoTrackLogError),
        (zipped(), NoTrackLogError),
        (zipped(("ride.gpx", ARCHIVE)), NestedArchiveError),
        (zipped(("rides.zip", ARCHIVE)), NestedArchiveError),
        (zipped(("ride.gpx.gz", gzip.compress(RIDE))), NestedArchiveError),
        (gzip.compress(gzip.compress(RIDE)), NestedArchiveError),
        (gzip.compress(ARCHIVE), NestedArchiveError),
        (zipped(*((f"{n}.txt", b"") for n in range(1001))), TooManyEntriesError),
        (gzip.compress(b"") * 10_001, TooManyEntriesError),
        (gzip.compress(RIDE)[:-9], DamagedArchiveError),
        (gzip.compress(RIDE)[:-6] + b"\0" * 6, DamagedArchiveError),
        (gzip.compress(RIDE) + b"what else", DamagedArchiveError),
        (b"\x1f\x8b", DamagedArchiveError),
        (ARCHIVE[:-30], DamagedArchiveError),
        (ARCHIVE[:100], DamagedArchiveError),
        (b"PK\3\4", DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 8, b"\1\0"), EncryptedArchiveError),
        (patched(ARCHIVE, b"PK\3\4", 6, b"\1\0"), EncryptedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 10, b"\x63\0"), DamagedArchiveError),
        (zipped(("ride.gpx", RIDE), method=zipfile.ZIP_BZIP2), UnsupportedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 34, b"\1\0"), UnsupportedArchiveError),
        (patched(ARCHIVE, b"PK\5\6", 4, b"\1\0"), UnsupportedArchiveError),
        (b"PK\7\x08" + ARCHIVE, UnsupportedArchiveError),
        # Every field in which an archive may point to one of more than 4 GiB.
        *(
            (patched(ARCHIVE, b"PK\1\2", offset, b"\xff" * 4), UnsupportedArchiveError)
            for offset in (20, 24, 42)
        ),
        (patched(ARCHIVE, b"PK\5\6", 10, b"\xff" * 2), UnsupportedArchiveError),
        (patched(ARCHIVE, b"PK\5\6", 16, b"\xff" * 4), UnsupportedArchiveError),
        # Lies about size, place and content.
        (patched(ARCHIVE, b"PK\1\2", 24, struct.pack("<L", len(RIDE) - 1)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 24, struct.pack("<L", len(RIDE) + 1)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 20, struct.pack("<L", 100)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 20, struct.pack("<L", 1 << 30)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 42, struct.pack("<L", 1 << 30)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 42, struct.pack("<L", 5)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\1\2", 16, b"\0\0\0\0"), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\5\6", 16, struct.pack("<L", 3)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\5\6", 12, struct.pack("<L", 1 << 30)), DamagedArchiveError),
        (patched(ARCHIVE, b"PK\5\6", 8, b"\2\0\2\0"), DamagedArchiveError),
    ],
)
def test_what_cannot_or_must_not_be_unpacked_is_refused_by_name(
    data: bytes, error: type[PackedFileError]
) -> None:
    with pytest.raises(PackedFileError) as refused:
        unpacked(data, LIMIT)
    assert type(refused.value) is error


def test_bzip2_is_not_taken_for_anything() -> None:
    assert not is_packed(bz2.compress(RIDE))


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: deflated_zeros(10_240, 31),
        lambda: zip_bomb(10_240, 40 * MIB),
        lambda: zip_bomb(10_240, 0xFFFF_FFF0),
        lambda: gzip.compress(ZEROS) * 10_000,
    ],
    ids=["gzip", "zip that lies", "zip that boasts", "members of zeros"],
)
def test_ten_gigabytes_of_zeros_cost_neither_time_nor_memory(bomb: Callable[[], bytes]) -> None:
    data = bomb()
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(UnpackedTooLargeError):
        unpacked(data, LIMIT)
    seconds = time.perf_counter() - started
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 1
    assert most < LIMIT


def test_size_is_limited_to_the_byte() -> None:
    noise = np.random.default_rng(1).bytes(3 * MIB)
    for data in (gzip.compress(noise), zipped(("ride.gpx", noise))):
        assert unpacked(data, 3 * MIB) == noise
        with pytest.raises(UnpackedTooLargeError):
            unpacked(data, 3 * MIB - 1)


def test_text_of_a_rider_who_rests_is_no_bomb() -> None:
    rows = b"".join(
        b"2024-05-01T08:%02d:%02dZ,46.5,8.1,120\n" % (n // 60, n % 60) for n in range(3600)
    )
    resting = b"time,lat,lon,hr\n" + rows * 20
    assert unpacked(gzip.compress(resting, 9)) == resting


@pytest.mark.parametrize("cut", [30, 100, 5000, 60_000])
def test_the_beginning_tells_what_is_in_a_gzip_file(cut: int) -> None:
    data = gzip.compress(np.random.default_rng(1).bytes(65_536) + RIDE)
    beginning = head(data[:cut], 1000)
    assert beginning is not None
    assert unpacked(data).startswith(beginning)
    assert len(beginning) == (1000 if cut > 2000 else len(beginning))


def test_the_beginning_of_an_archive_tells_only_how_it_is_packed() -> None:
    assert head(ARCHIVE[:200], 1000) is None
    with pytest.raises(EncryptedArchiveError):
        head(patched(ARCHIVE, b"PK\3\4", 6, b"\1\0")[:200], 1000)
    with pytest.raises(NestedArchiveError):
        head(gzip.compress(ARCHIVE), 1000)
    with pytest.raises(DamagedArchiveError):
        head(b"\x1f\x8b not gzip", 1000)


def test_a_beginning_that_is_a_bomb_is_cut() -> None:
    beginning = head(deflated_zeros(100, 31), 1000)
    assert beginning == bytes(1000)


@settings(max_examples=300)
@given(st.sampled_from([ARCHIVE, TWO, gzip.compress(RIDE)]), st.data())
def test_damage_anywhere_is_our_own_error_or_none(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        damaged[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = bytes(damaged[: draw.draw(st.integers(0, len(data)))])
    for each in (bytes(damaged), cut):
        try:
            unpacked(each, LIMIT)
        except PackedFileError:
            continue
