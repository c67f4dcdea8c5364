"""What the names of uploads say: loosely, as what is in a file decides."""

from typing import Final

EXTENSIONS: Final = (".gpx", ".tcx", ".fit", ".csv", ".zip")
_GZIP: Final = ".gz"
# What mail programs and phones put behind a name they do not know.
_HARMLESS: Final = (".xml", ".txt")

_MEDIA_TYPES: Final = {
    ".gpx": "application/gpx+xml",
    ".tcx": "application/vnd.garmin.tcx+xml",
    ".fit": "application/vnd.ant.fit",
    ".csv": "text/csv",
    ".zip": "application/zip",
    _GZIP: "application/gzip",
}
MEDIA_TYPES: Final = frozenset(_MEDIA_TYPES.values())


def extension_of(file_name: str, known: tuple[str, ...] = EXTENSIONS) -> str | None:
    """The extension of a name if it is a known one, in small letters; else None.

    With `.gz` where that follows it: `ride.GPX.gz` gives `.gpx.gz`, `ride.gpx.xml` gives `.gpx`.
    """
    *stem, last = file_name.lower().split(".")
    if len(stem) > 1 and f".{last}" in _HARMLESS:
        *stem, last = stem
    is_packed = len(stem) > 1 and f".{last}" == _GZIP
    if is_packed:
        *stem, last = stem
    is_known = bool(stem) and f".{last}" in known
    return f".{last}{_GZIP if is_packed else ''}" if is_known else None


def media_type_of(extension: str) -> str:
    """The media type of a file with an extension of `extension_of`."""
    return _MEDIA_TYPES[_GZIP if extension.endswith(_GZIP) else extension]
