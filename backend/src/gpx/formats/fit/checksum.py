"""The checksum of FIT files, of all bytes at once.

The CRC (polynomial x^16 + x^15 + x^2 + 1, reflected, from 0) is linear over GF(2): with Z the
effect of one byte of zeros on the register,

    crc(a + b) = Z^len(b) crc(a) xor crc(b)

so that halves of any file are joined in pairs, level by level (as `crc32_combine` of zlib does,
Adler). Bytes of zeros in front change nothing, which evens out an odd number of pieces.
"""

import numpy as np
import numpy.typing as npt

Checksums = npt.NDArray[np.uint16]

_POLYNOMIAL = 0xA001
_BITS = 8


def _of_bytes() -> Checksums:
    """The checksum of each single byte, shape (256,)."""
    value: Checksums = np.arange(256, dtype=np.uint16)
    for _ in range(_BITS):
        value = (value >> 1 ^ (value & 1) * _POLYNOMIAL).astype(np.uint16)
    return value


_OF_BYTE = _of_bytes()


def checksum(data: bytes, start: int = 0, end: int | None = None) -> int:
    """The checksum of the bytes from `start` to `end`."""
    stop = len(data) if end is None else end
    pieces: Checksums = _OF_BYTE[np.frombuffer(data, np.uint8, max(0, stop - start), start)]
    # The effect of as many bytes of zeros as a piece is long, on the low and the high half of the
    # register.
    low, high = _OF_BYTE, np.arange(256, dtype=np.uint16)
    while len(pieces) > 1:
        if len(pieces) % 2:
            pieces = np.concatenate([np.zeros(1, dtype=np.uint16), pieces])
        pieces = _advanced(pieces[0::2], low, high) ^ pieces[1::2]
        low, high = _advanced(low, low, high), _advanced(high, low, high)
    return int(pieces[0]) if len(pieces) else 0


def _advanced(value: Checksums, low: Checksums, high: Checksums) -> Checksums:
    advanced: Checksums = low[value & 0xFF] ^ high[value >> 8]
    return advanced
