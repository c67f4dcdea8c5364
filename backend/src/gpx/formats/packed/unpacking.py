"""From the bytes of a packed file to those of the track log in it."""

from typing import Final

from src.gpx.errors import NestedArchiveError
from src.gpx.formats.packed import gzip_file, zip_archive
from src.gpx.formats.packed.inflating import Budget

DEFAULT_MAX_BYTES: Final = 256 << 20
_SIGNATURES: Final = (gzip_file.SIGNATURE, *zip_archive.SIGNATURES)


def is_packed(data: bytes) -> bool:
    """Whether a file says of itself that it is packed, by its first bytes."""
    return data.startswith(_SIGNATURES)


def unpacked(data: bytes, max_bytes: int = DEFAULT_MAX_BYTES) -> bytes:
    """The track log in a packed file; any other file as it is, the same object.

    Limits are checked as bytes appear, before any are kept that go beyond them.

    Raises:
        PackedFileError: see its subclasses.
    """
    if not is_packed(data):
        return data
    budget = Budget(max_bytes)
    if data.startswith(gzip_file.SIGNATURE):
        content = gzip_file.content(data, budget)
    else:
        content = zip_archive.content(data, budget)
    if is_packed(content):
        raise NestedArchiveError
    return content


def head(data: bytes, most_bytes: int) -> bytes | None:
    """The first bytes of the track log in a packed file of which only the beginning is known.

    None where that cannot tell: the files of an archive are listed at its end. A beginning that is
    not packed is its own head.

    Raises:
        PackedFileError: as `unpacked`, as far as the beginning tells.
    """
    if not is_packed(data):
        return data
    if not data.startswith(gzip_file.SIGNATURE):
        zip_archive.check_beginning(data)
        return None
    content = gzip_file.beginning(data, most_bytes)
    if is_packed(content):
        raise NestedArchiveError
    return content
