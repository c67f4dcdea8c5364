"""Caching by entity tag, of what is told of an upload."""

from typing import Any

from src.models import GpxFile

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "You have it already"}}


def cache_headers(upload: GpxFile, *representation: object) -> dict[str, str]:
    """A new version of the upload or another run makes another representation."""
    parts = (upload.gpx_file_id, upload.upload_version, upload.fence, *representation)
    return {
        "ETag": f'W/"{"-".join(map(str, parts))}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization",
    }
