"""Bytes that grow while they are unpacked, and when they have grown enough."""

import zlib
from collections.abc import Iterator
from typing import Final

from src.gpx.errors import DamagedArchiveError, UnpackedTooLargeError

_PIECE_BYTES: Final = 1 << 16
_CHUNK_BYTES: Final = 1 << 20
# Text of rides shrinks to a tenth, and where a rider stands for hours to a hundredth; deflate's own
# limit, which only a file of one repeated byte comes near, is a thousandth.
_HIGHEST_RATIO: Final = 300
_RATIO_FROM_BYTES: Final = 1 << 20


class Budget:
    """How much may still be unpacked."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._taken = 0

    @property
    def next_bytes(self) -> int:
        """How many bytes to ask for next: one more than may come, at most."""
        return min(_CHUNK_BYTES, self.max_bytes - self._taken + 1)

    def take(self, count: int, packed_bytes: int) -> None:
        """Count bytes that came out of so many packed ones, in all.

        Raises:
            UnpackedTooLargeError: they are too many.
        """
        self._taken += count
        is_bomb = self._taken > _RATIO_FROM_BYTES and self._taken > _HIGHEST_RATIO * packed_bytes
        if self._taken > self.max_bytes or is_bomb:
            raise UnpackedTooLargeError(self.max_bytes)


class Inflater:
    """One deflated stream within `data`, from `start` on; `end` is where it ends."""

    def __init__(self, data: bytes, start: int, end: int, wbits: int) -> None:
        self._view = memoryview(data)[:end]
        self._start = start
        self._stream = zlib.decompressobj(wbits)
        self.end = start

    @property
    def is_complete(self) -> bool:
        return self._stream.eof

    def chunks(self, budget: Budget) -> Iterator[bytes]:
        """What is in it, as far as `data` goes.

        Raises:
            DamagedArchiveError: it is no such stream.
            UnpackedTooLargeError: it holds too much.
        """
        tail: bytes | memoryview = b""
        has_more = False
        while not self._stream.eof and (tail or has_more or self.end < len(self._view)):
            if not (tail or has_more):
                tail = self._view[self.end : self.end + _PIECE_BYTES]
                self.end += len(tail)
            asked = budget.next_bytes
            try:
                chunk = self._stream.decompress(tail, asked)
            except zlib.error as error:
                raise DamagedArchiveError(f"the packed file is damaged: {error}") from None
            tail = self._stream.unconsumed_tail
            # The last bytes may be due when nothing is left to be read.
            has_more = len(chunk) == asked
            budget.take(len(chunk), self.end - len(tail) - self._start)
            yield chunk
        self.end -= len(self._stream.unused_data)
