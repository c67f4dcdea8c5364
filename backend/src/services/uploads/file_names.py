"""What the names of uploads say: loosely, as what is in a file decides."""

from typing import Final

EXTENSIONS: Final = (".gpx", ".tcx", ".fit", ".csv", ".zip")
_GZIP: Final = ".gz"
# Mail programs and phones put something behind a name, such as `ride.gpx.xml`.
_SUFFIXES: Final = 3

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
    """The known one among the last extensions of a name, in small letters; None where none is.

    With `.gz` where that follows it: `ride.GPX.gz` gives `.gpx.gz`, `ride.gpx.xml` gives `.gpx`.
    """
    suffixes = [f".{part}" for part in file_name.lower().split(".")[1:]][-_SUFFIXES:]
    place = next((place for place, suffix in enumerate(suffixes) if suffix in known), None)
    if place is None:
        return None
    is_packed = suffixes[place + 1 : place + 2] == [_GZIP]
    return suffixes[place] + (_GZIP if is_packed else "")


def media_type_of(extension: str) -> str:
    """The media type of a file with an extension of `extension_of`."""
    return _MEDIA_TYPES[_GZIP if extension.endswith(_GZIP) else extension]
