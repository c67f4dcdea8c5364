"""FIT files one behind the other, as far as they can be read: their frames and their checksums.

    header (12 bytes, or 14 with its own checksum), messages, checksum of both (2)

What a header says of the length is believed where the bytes bear it out: they end there, another
file begins there, or the checksum is right there. Otherwise the messages are read as far as they
go; a recorder whose battery died has left the length 0.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from src.gpx.errors import NotFitError, TooManyMessagesError
from src.gpx.formats.fit.checksum import checksum
from src.gpx.formats.fit.messages import Messages, walk
from src.gpx.warning_kinds import WarningKind

MOST_FILES = 1000

_HEADER = struct.Struct("<BBHI4s")
_SIGNATURE = b".FIT"
_CHECKSUM_BYTES = 2
_HEADER_ANYWHERE = re.compile(rb"[\x0c\x0e].{7}\.FIT", re.DOTALL)
# Each file whose header is wrong about its length may cost a checksum of all that follows.
_MOST_DAMAGED = 8


# What may be wrong with a file that can be read all the same.
FLAWS = (
    WarningKind.CHECKSUM_MISSING,
    WarningKind.CHECKSUM_WRONG,
    WarningKind.FILE_CUT_OFF,
    WarningKind.WRONG_DATA_SIZE,
    WarningKind.UNREADABLE_MESSAGES,
)
_WRONG_LENGTH = frozenset({WarningKind.FILE_CUT_OFF, WarningKind.WRONG_DATA_SIZE})


@dataclass(frozen=True, slots=True)
class File:
    """One file of the chain: its messages, and what was wrong with it."""

    messages: Messages
    flaws: frozenset[WarningKind]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a file's messages lie, and where the next file should begin."""

    begin: int
    end: int
    following: int
    flaws: frozenset[WarningKind]


def is_fit(head: bytes) -> bool:
    """Whether a file that begins like this is a FIT file; twelve bytes tell."""
    return _header(head, 0) is not None


def files(data: bytes) -> Iterator[File]:
    """The files of the chain, in order.

    Raises:
        NotFitError: the first bytes are no header.
        TooManyMessagesError: more files, messages or definitions than any recording has.
    """
    if not is_fit(data):
        raise NotFitError("the file does not begin with the header of a FIT file")
    at, damaged = 0, 0
    for _ in range(MOST_FILES):
        frame = _frame(data, at)
        messages = walk(data, frame.begin, frame.end)
        yield File(messages, frame.flaws | _flaws_of(messages, frame))
        at = frame.following
        if _header(data, at) is None:
            at = _next_header(data, at)
        damaged += bool(frame.flaws & _WRONG_LENGTH)
        if at == len(data) or damaged > _MOST_DAMAGED:
            return
    raise TooManyMessagesError(MOST_FILES)


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """The length of the header that begins there, and of the messages that it announces."""
    if len(data) - at < _HEADER.size:
        return None
    header_size, _, _, data_size, signature = _HEADER.unpack_from(data, at)
    if signature != _SIGNATURE or header_size < _HEADER.size:
        return None
    return header_size, data_size


def _next_header(data: bytes, at: int) -> int:
    """Where the next file seems to begin; the end of the bytes where none does."""
    found = _HEADER_ANYWHERE.search(data, at)
    return found.start() if found else len(data)


def _frame(data: bytes, at: int) -> _Frame:
    header = _header(data, at)
    assert header is not None
    header_size, data_size = header
    begin = min(at + header_size, len(data))
    end = begin + data_size
    following = end + _CHECKSUM_BYTES
    flaws = set[WarningKind]()
    if header_size == _HEADER.size + _CHECKSUM_BYTES and not _header_is_right(data, at):
        flaws.add(WarningKind.CHECKSUM_WRONG)
    if data_size and end <= len(data):
        if following > len(data) or _header(data, end):
            return _Frame(begin, end, end, frozenset(flaws | {WarningKind.CHECKSUM_MISSING}))
        if _checksum_is_right(data, at, end):
            return _Frame(begin, end, following, frozenset(flaws))
        if following == len(data) or _header(data, following):
            return _Frame(begin, end, following, frozenset(flaws | {WarningKind.CHECKSUM_WRONG}))
    following = _next_header(data, begin)
    is_cut_off = end > len(data) == following
    flaws.add(WarningKind.FILE_CUT_OFF if is_cut_off else WarningKind.WRONG_DATA_SIZE)
    last = following - _CHECKSUM_BYTES
    end = last if last >= begin and _checksum_is_right(data, at, last) else following
    return _Frame(begin, end, following, frozenset(flaws))


def _header_is_right(data: bytes, at: int) -> bool:
    """Whether the header's own checksum is; 0 stands for none."""
    stored = data[at + _HEADER.size : at + _HEADER.size + _CHECKSUM_BYTES]
    told = int.from_bytes(stored, "little")
    return told in (0, checksum(data, at, at + _HEADER.size))


def _checksum_is_right(data: bytes, start: int, end: int) -> bool:
    stored = data[end : end + _CHECKSUM_BYTES]
    return int.from_bytes(stored, "little") == checksum(data, start, end)


def _flaws_of(messages: Messages, frame: _Frame) -> frozenset[WarningKind]:
    if messages.whole or frame.flaws & _WRONG_LENGTH:
        return frozenset()
    return frozenset({WarningKind.UNREADABLE_MESSAGES})
