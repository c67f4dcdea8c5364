"""Zip archives (PKWARE's APPNOTE) that hold one track log among files that nobody needs.

Names are looked at to tell what is a track log, and used for nothing else.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from src.gpx.errors import (
    DamagedArchiveError,
    EncryptedArchiveError,
    NoTrackLogError,
    SeveralTrackLogsError,
    TooManyEntriesError,
    UnpackedTooLargeError,
    UnsupportedArchiveError,
)
from src.gpx.formats.packed.inflating import Budget, Inflater

_LOCAL: Final = b"PK\x03\x04"
_CENTRAL: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_SPANNED: Final = (b"PK\x07\x08", b"PK00")
SIGNATURES: Final = (_LOCAL, _END, *_SPANNED)

_LOCAL_FIELDS: Final = struct.Struct("<4s5H3L2H")
_CENTRAL_FIELDS: Final = struct.Struct("<4s6H3L5H2L")
_END_FIELDS: Final = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT: Final = 0xFFFF
# What an archive of more than 4 GiB has in these fields; a track log needs none.
_ZIP64_16, _ZIP64_32 = 0xFFFF, 0xFFFF_FFFF

_STORED, _DEFLATED = 0, 8
_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13
_MOST_ENTRIES: Final = 1000
_EXTENSIONS: Final = (".gpx", ".tcx", ".fit", ".csv")
_OF_A_FOLDER: Final = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of the archive, as the directory at its end tells of it."""

    name: str
    flags: int
    method: int
    crc: int
    packed_bytes: int
    bytes: int
    offset: int

    @property
    def is_a_file(self) -> bool:
        """Whether it is neither a folder nor what a system notes of one."""
        name = self.name.lower()
        base = name.rpartition("/")[2]
        return (
            bool(base)
            and not base.startswith("._")
            and not any(part in name for part in _OF_A_FOLDER)
        )

    @property
    def is_a_track_log(self) -> bool:
        return self.name.lower().endswith(_EXTENSIONS)


def check_beginning(head: bytes) -> None:
    """Refuse an archive by its beginning.

    Raises:
        EncryptedArchiveError, UnsupportedArchiveError
    """
    if head.startswith(_SPANNED):
        raise _several_volumes()
    if head.startswith(_LOCAL) and len(head) >= _LOCAL_FIELDS.size:
        _check_flags(_LOCAL_FIELDS.unpack_from(head)[2])


def content(data: bytes, budget: Budget) -> bytes:
    """What is in the one track log of the archive.

    That is the one file with a name of a track log, or the only file there is.

    Raises:
        PackedFileError: any but `NestedArchiveError`.
    """
    if data.startswith(_SPANNED):
        raise _several_volumes()
    entries = [entry for entry in _directory(data) if entry.is_a_file]
    logs = [entry for entry in entries if entry.is_a_track_log]
    if not logs and len(entries) == 1:
        logs = entries
    if not logs:
        raise NoTrackLogError
    if len(logs) > 1:
        raise SeveralTrackLogsError(len(logs))
    return _content(data, logs[0], budget)


def _several_volumes() -> UnsupportedArchiveError:
    return UnsupportedArchiveError("the archive consists of several volumes")


def _directory(data: bytes) -> Iterator[_Entry]:
    position, count, end = _place_of_directory(data)
    for _ in range(count):
        if position + _CENTRAL_FIELDS.size > end:
            raise DamagedArchiveError("the directory of the archive is cut off")
        signature, _, _, flags, method, _, _, crc, *rest = _CENTRAL_FIELDS.unpack_from(
            data, position
        )
        packed_bytes, size, name_length, extra_length, comment_length, disk, _, _, offset = rest
        if signature != _CENTRAL:
            raise DamagedArchiveError("the directory of the archive is damaged")
        if disk not in {0, _ZIP64_16}:
            raise _several_volumes()
        if disk == _ZIP64_16 or _ZIP64_32 in {packed_bytes, size, offset}:
            raise _zip64()
        name_end = position + _CENTRAL_FIELDS.size + name_length
        # Whatever its encoding: only plain characters of it are looked at.
        name = data[name_end - name_length : min(name_end, end)].decode("latin-1")
        yield _Entry(name.replace("\\", "/"), flags, method, crc, packed_bytes, size, offset)
        position = name_end + extra_length + comment_length


def _place_of_directory(data: bytes) -> tuple[int, int, int]:
    """Where it begins, how many entries it has, and where it ends."""
    found = _place_of_end(data)
    _, disk, first_disk, here, count, size, start, _ = _END_FIELDS.unpack_from(data, found)
    if _ZIP64_16 in {disk, first_disk, here, count} or _ZIP64_32 in {size, start}:
        raise _zip64()
    if disk or first_disk or here != count:
        raise _several_volumes()
    if count > _MOST_ENTRIES:
        raise TooManyEntriesError(_MOST_ENTRIES)
    if start + size > found:
        raise DamagedArchiveError("the directory of the archive is not where it should be")
    return start, count, start + size


def _place_of_end(data: bytes) -> int:
    """Where the last record begins, behind which a comment of the length that it tells ends."""
    last = len(data) - _END_FIELDS.size
    first, found = max(0, last - _LONGEST_COMMENT), last + 1
    while (found := data.rfind(_END, first, max(0, found + len(_END) - 1))) >= 0:
        *_, comment_length = _END_FIELDS.unpack_from(data, found)
        if found + _END_FIELDS.size + comment_length == len(data):
            return found
    raise DamagedArchiveError("the archive is cut off")


def _zip64() -> UnsupportedArchiveError:
    return UnsupportedArchiveError("the archive is in the format of those beyond 4 GiB")


def _check_flags(flags: int) -> None:
    if flags & _ENCRYPTED:
        raise EncryptedArchiveError


def _content(data: bytes, entry: _Entry, budget: Budget) -> bytes:
    _check_flags(entry.flags)
    if entry.bytes > budget.max_bytes:
        raise UnpackedTooLargeError(budget.max_bytes)
    start = _place_of(data, entry)
    end = start + entry.packed_bytes
    if end > len(data):
        raise DamagedArchiveError("the archive is cut off")
    if entry.method == _STORED:
        content = data[start:end]
    elif entry.method == _DEFLATED:
        stream = Inflater(data, start, end, -zlib.MAX_WBITS)
        content = b"".join(_as_promised(stream.chunks(budget), entry.bytes))
        if not stream.is_complete:
            raise DamagedArchiveError("a file of the archive is cut off")
    else:
        raise UnsupportedArchiveError(f"packed by method {entry.method}")
    if len(content) != entry.bytes or zlib.crc32(content) != entry.crc:
        raise DamagedArchiveError("a file of the archive is not what the directory says")
    return content


def _as_promised(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The chunks, until there are more bytes than there should be."""
    for chunk in chunks:
        size -= len(chunk)
        if size < 0:
            raise DamagedArchiveError("a file of the archive is larger than the directory says")
        yield chunk


def _place_of(data: bytes, entry: _Entry) -> int:
    """Where the bytes of an entry begin."""
    if entry.offset + _LOCAL_FIELDS.size > len(data):
        raise DamagedArchiveError("the archive is cut off")
    signature, _, flags, method, *_, name_length, extra_length = _LOCAL_FIELDS.unpack_from(
        data, entry.offset
    )
    if signature != _LOCAL or method != entry.method:
        raise DamagedArchiveError("a file of the archive is not where the directory says")
    _check_flags(flags)
    return entry.offset + _LOCAL_FIELDS.size + int(name_length) + int(extra_length)
