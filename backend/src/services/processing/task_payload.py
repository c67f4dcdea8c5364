"""A file as text in a task's message: compressed, then base64.

What is too large for a message goes by reference, and the worker reads it from storage (ADR 0038).
"""

import base64
import zlib

from isal import isal_zlib

_MEBIBYTE = 1024 * 1024
# A hundred waiting messages, at which the alarm of the queue's length stands, fit into Redis's
# 512 MB; and a message of this size is published in 0.2 s more than an empty one may take.
MAX_PAYLOAD_CHARACTERS = 4 * _MEBIBYTE
# Rides of this size shrink to what a message may have: measured 0.18 characters a byte.
MAX_CARRIED_FILE_BYTES = 20 * _MEBIBYTE


def encode_payload(data: bytes) -> str:
    """The file for a message; GPX shrinks to a sixth or less."""
    return base64.b64encode(isal_zlib.compress(data)).decode("ascii")


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
