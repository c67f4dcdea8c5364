"""From the bytes of a file to text that everything after this module can rely on."""

import codecs
from collections.abc import Iterator
from typing import Final

from src.gpx.errors import UnknownFormatError
from src.gpx.formats.xml.encoding import marked_codec

_PIECE_BYTES: Final = 1 << 20
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
# Characters of a damaged text that are read as none.
_MOST_LOST: Final = 1_000_000


def decoded(data: bytes) -> tuple[bytes, str]:
    """The document in UTF-8 with line feeds only, and its encoding.

    A byte order mark says which encoding it is; without one it is UTF-8 where the bytes are, else
    Latin-1. What a marked encoding cannot mean is read as replacement characters.

    Raises:
        UnknownFormatError: most of it is what a marked encoding cannot mean.
    """
    codec = marked_codec(data)
    if codec is None:
        codec = "utf-8" if _is_utf8(data) else "latin-1"
    if codec == "utf-8-sig" and _is_utf8(data):
        data = data[len(codecs.BOM_UTF8) :]
    elif codec != "utf-8":
        data = b"".join(_pieces(data, codec))
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data, codec.removesuffix("-sig")


def _pieces(data: bytes, codec: str) -> Iterator[bytes]:
    """The document in UTF-8; each replacement costs as much as a hundred other characters."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    lost = 0
    for start in range(0, len(data), _PIECE_BYTES):
        text = decoder.decode(data[start : start + _PIECE_BYTES], start + _PIECE_BYTES >= len(data))
        lost += text.count(_REPLACEMENT)
        if lost > _MOST_LOST:
            raise UnknownFormatError
        yield text.encode()


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
