"""Packed files: what a gzip file or the one track log of a zip archive holds, within limits."""

from src.gpx.formats.packed.unpacking import DEFAULT_MAX_BYTES, head, is_packed, unpacked

__all__ = ["DEFAULT_MAX_BYTES", "head", "is_packed", "unpacked"]
