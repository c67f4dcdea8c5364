"""A file as text in a task's message: compressed, then base64."""

import base64
import zlib

_FASTEST = 1


def encode_payload(data: bytes) -> str:
    """The file for a message; GPX shrinks to a sixth or less."""
    return base64.b64encode(zlib.compress(data, _FASTEST)).decode("ascii")


def decode_payload(text: str, limit_bytes: int) -> bytes | None:
    """The file of a message, also where it is plain base64; None where it is neither.

    No more than `limit_bytes` are unpacked: a message must not blow up in a worker's memory.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, limit_bytes)
    except zlib.error:
        return data
    return unpacked if unpacker.eof else None
