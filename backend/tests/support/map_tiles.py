"""A PMTiles file of one tile, which is the whole world; version 3 of its specification.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

import json
import struct

_HEADER_BYTES = 127
_NO_COMPRESSION = 1
_VECTORS = 1
_EXTENT = 4096
_DEGREES = 10_000_000


def pmtiles(tile: bytes) -> bytes:
    directory = bytes([1, 0, 1]) + _varint(len(tile)) + bytes([1])
    metadata = json.dumps({"vector_layers": [{"id": "water", "fields": {}}]}).encode()
    after_directory = _HEADER_BYTES + len(directory)
    after_metadata = after_directory + len(metadata)
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        *(_HEADER_BYTES, len(directory)),
        *(after_directory, len(metadata)),
        *(after_metadata, 0),
        *(after_metadata, len(tile)),
        *(1, 1, 1),
        *(1, _NO_COMPRESSION, _NO_COMPRESSION, _VECTORS, 0, 0),
        *(-180 * _DEGREES, -85 * _DEGREES, 180 * _DEGREES, 85 * _DEGREES),
        *(0, 0, 0),
    )
    assert len(header) == _HEADER_BYTES
    return header + directory + metadata + tile


def all_water() -> bytes:
    """A vector tile with one layer, and in it one area that covers everything."""
    steps = [_EXTENT, 0, 0, _EXTENT, -_EXTENT, 0]
    numbers = [9, 0, 0, 3 << 3 | 2, *(step << 1 ^ step >> 31 for step in steps), 15]
    geometry = b"".join(map(_varint, numbers))
    area = _field(3, 3) + _field(4, geometry)
    layer = _field(1, b"water") + _field(2, area) + _field(5, _EXTENT) + _field(15, 2)
    return _field(3, layer)


def _field(number: int, value: int | bytes) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
