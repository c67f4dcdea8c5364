"""A file as text in a task's message: compressed, then base64."""

import base64
import zlib

_FASTEST = 1


def encode_content(data: bytes) -> str:
    """The file for a message; GPX shrinks to a sixth or less."""
    return base64.b64encode(zlib.compress(data, _FASTEST)).decode("ascii")


def decode_content(text: str) -> bytes:
    """The file of a message, also where it is plain base64.

    Raises:
        ValueError: it is not base64.
    """
    data = base64.b64decode(text, validate=True)
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data
