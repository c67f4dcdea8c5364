"""From the bytes of a file to text that everything after this module can rely on."""

import codecs

from src.gpx.formats.csv_log.cells import PADDING, Text
from src.gpx.formats.xml.encoding import marked_codec


def decoded(data: bytes) -> tuple[Text, int, str]:
    """The document in UTF-8 with line feeds only, its length without padding, its encoding.

    A byte order mark says which encoding it is; without one it is UTF-8 where the bytes are, else
    Latin-1. What a marked encoding cannot mean is read as replacement characters.
    """
    codec = marked_codec(data)
    if codec is None:
        codec = "utf-8" if _is_utf8(data) else "latin-1"
    if codec == "utf-8-sig" and _is_utf8(data):
        data = data[len(codecs.BOM_UTF8) :]
    elif codec != "utf-8":
        data = data.decode(codec, "replace").encode()
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Text(data + PADDING), len(data), codec.removesuffix("-sig")


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
