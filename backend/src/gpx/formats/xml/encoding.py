"""From the bytes of a file to UTF-8, so that everything after this module sees one encoding."""

import codecs
import re

from src.gpx.errors import NotXmlError

_DECLARED = re.compile(
    rb"""\s*<\?xml\s[^>]*?\sencoding\s*=\s*(["'])(?P<name>[A-Za-z][A-Za-z0-9._-]*)\1"""
)

_BARE_AMPERSAND = re.compile(rb"&(?!#|[A-Za-z_:][\w.:-]{0,99};)")
# Of GPX, and of TCX, which begins them with capitals.
_WORDS = re.compile(
    rb"<(?:[\w.-]{1,32}:)?(?i:name|desc|cmt|src|type|text|keywords|notes)>[^<]{0,4096}"
)
_MOST_WORDS = 10_000

# A longer mark comes first where a shorter one is its beginning.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)

# Whatever reads this differently is no encoding of documents: utf-7, unicode_escape, idna.
_PLAIN = rb"<?xml \u0041+AEE-.xn--nxa"


def marked_codec(head: bytes) -> str | None:
    """The Python codec that a byte order mark names; None where there is none."""
    return next((codec for mark, codec in _BYTE_ORDER_MARKS if head.startswith(mark)), None)


def detect(head: bytes) -> str:
    """The Python codec of a document from its first bytes (XML 1.0, appendix F).

    The bytes themselves win over the declaration: exporters that write `encoding="utf-16"` into
    a file of single bytes are common.

    Raises:
        NotXmlError: the declared encoding is unknown.
    """
    if marked := marked_codec(head):
        return marked
    for signature, codec in _UNMARKED:
        if head.startswith(signature):
            return codec
    declared = _DECLARED.match(head[:1024])
    if declared is None:
        return "utf-8"
    name = declared["name"].decode("ascii")
    if name.lower().startswith(("utf-16", "utf-32", "ucs-2", "ucs-4", "iso-10646-ucs")):
        return "utf-8"
    try:
        plain = _PLAIN.decode(name) == _PLAIN.decode("ascii")
    except (LookupError, UnicodeError):
        plain = False
    if not plain:
        raise NotXmlError(f"unknown encoding {name!r}")
    return codecs.lookup(name).name


def without_padding(data: bytes) -> bytes:
    """The document without blanks before its declaration and without NULs behind its end.

    The same object where there are none. A file system that lost its power fills files up with
    NULs, and an export by hand begins with empty lines; nothing else can have been meant.
    """
    if data[:1].isspace() or data[3:4].isspace():
        body = data.removeprefix(codecs.BOM_UTF8).lstrip()
        data = body if body.startswith(b"<?xml") else data
    if data.endswith(b"\0") and detect(data) in {"utf-8", "utf-8-sig", "ascii"}:
        data = data.rstrip(b"\0")
    return data


def without_bare_ampersands(text: bytes) -> tuple[bytes, int]:
    """A document with `&amp;` for each `&` in names and descriptions that begins no reference.

    Also how many there are. Elsewhere a `&` is no slip of somebody who wrote a name by hand.
    """
    mended = 0

    def escaped(found: re.Match[bytes]) -> bytes:
        nonlocal mended
        inside, count = _BARE_AMPERSAND.subn(b"&amp;", found[0])
        mended += count
        return inside

    text = _WORDS.sub(escaped, text, count=_MOST_WORDS)
    return text, mended


def as_utf8(data: bytes, *, complete: bool = True) -> bytes:
    """The document in UTF-8; the same object where it is in UTF-8 already.

    The declaration is left as it stands: the parser must be told the encoding. With
    `complete=False` a character cut in two at the end is no error.

    Raises:
        NotXmlError: the encoding is unknown, or the bytes are not in it.
    """
    codec = detect(data)
    if codec in {"utf-8", "utf-8-sig", "ascii"}:
        return data
    try:
        decoder = codecs.getincrementaldecoder(codec)()
        return decoder.decode(data, complete).encode("utf-8")
    except UnicodeError as error:
        raise NotXmlError(f"the bytes are not {codec}") from error
