"""Gzip files (RFC 1952): one or several members, one behind the other."""

import zlib
from collections.abc import Iterator
from typing import Final

from src.gpx.errors import DamagedArchiveError, TooManyEntriesError
from src.gpx.formats.packed.inflating import Budget, Inflater

SIGNATURE: Final = b"\x1f\x8b"
_WBITS: Final = 16 + zlib.MAX_WBITS
# Programs that pack in blocks make one of each 64 KiB.
_MOST_MEMBERS: Final = 10_000
# Any number of empty members may come before the first byte.
_MOST_OF_A_BEGINNING: Final = 1 << 24


def content(data: bytes, budget: Budget) -> bytes:
    """All that is in the file.

    Raises:
        DamagedArchiveError, TooManyEntriesError, UnpackedTooLargeError
    """
    return b"".join(_chunks(data, budget, is_whole=True))


def beginning(head: bytes, most_bytes: int) -> bytes:
    """The first bytes of what is in a file that begins with `head`.

    Raises:
        DamagedArchiveError, TooManyEntriesError: as far as the beginning tells.
    """
    found = bytearray()
    for chunk in _chunks(head, Budget(_MOST_OF_A_BEGINNING), is_whole=False):
        found += chunk
        if len(found) >= most_bytes:
            break
    return bytes(found[:most_bytes])


def _chunks(data: bytes, budget: Budget, *, is_whole: bool) -> Iterator[bytes]:
    position = 0
    for _ in range(_MOST_MEMBERS):
        member = Inflater(data, position, len(data), _WBITS)
        yield from member.chunks(budget)
        if not member.is_complete:
            if is_whole:
                raise DamagedArchiveError("the packed file is cut off")
            return
        position = member.end
        rest = data[position : position + 2]
        # Tapes are filled up with zeros.
        if not rest or (rest[0] == 0 and not data[position:].strip(b"\0")):
            return
    raise TooManyEntriesError(_MOST_MEMBERS)
