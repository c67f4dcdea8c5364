"""FIT files of any make, each from the seed of a random generator."""

import random

from hypothesis import strategies as st

from tests.support.fit_files import (
    BASE_TYPES,
    EVENT,
    RECORD,
    SESSION,
    TIMESTAMP,
    FieldType,
    FitFile,
    Value,
)

_PROFILE_TYPES = {
    253: "uint32",
    0: "sint32",
    1: "sint32",
    2: "uint16",
    3: "uint8",
    4: "uint8",
    5: "uint32",
    6: "uint16",
    7: "uint16",
    13: "sint8",
    53: "uint8",
    73: "uint32",
    78: "uint32",
}
_WIDER = {"uint8": "uint16", "uint16": "uint32", "sint8": "sint16", "sint32": "sint32"}
_BITS = {"b": 8, "h": 16, "i": 32, "q": 64}
_FIRST_DATE = 0x1000_0000


def fit_files(*, short_times: bool = False, most: int = 60) -> st.SearchStrategy[bytes]:
    """Local types are defined and defined again, in both orders of bytes; any fields, any values.

    With `short_times`, some headers carry the lowest bits of the time.
    """
    seeds = st.integers(0, 2**64)
    return seeds.map(lambda seed: _fit_file(random.Random(seed), short_times, most))


def _fit_file(draw: random.Random, short_times: bool, most: int) -> bytes:
    file = FitFile()
    defined: dict[int, tuple[FieldType, ...]] = {}
    for _ in range(draw.randint(1, most)):
        local = draw.choice((0, 1, 3, 5, 15))
        if local not in defined or draw.random() < 0.2:
            message = draw.choice((RECORD, RECORD, RECORD, EVENT, SESSION, 233))
            defined[local] = _record_fields(draw) if message == RECORD else (TIMESTAMP,)
            file.define(
                local,
                message,
                defined[local],
                big_endian=draw.random() < 0.5,
                developer_sizes=[draw.randint(1, 5) for _ in range(draw.choice((0, 0, 1, 2)))],
            )
        may_be_short = short_times and local < 4 and TIMESTAMP not in defined[local]
        for _ in range(draw.choice((1, 1, 1, 2, 70, 500))):
            row = [_value(draw, field) for field in defined[local]]
            is_short = may_be_short and draw.random() < 0.9
            file.write(local, *row, offset=draw.randint(0, 31) if is_short else None)
    return file.to_bytes(header_size=draw.choice((12, 14)))


def _record_fields(draw: random.Random) -> tuple[FieldType, ...]:
    numbers = draw.sample(sorted(_PROFILE_TYPES), draw.randint(1, len(_PROFILE_TYPES)))
    types = [FieldType(number, _PROFILE_TYPES[number]) for number in numbers]
    # A writer may use a wider type than the profile's.
    types = [
        FieldType(each.number, _WIDER[each.base_type])
        if each != TIMESTAMP and each.base_type in _WIDER and draw.random() < 0.1
        else each
        for each in types
    ]
    if draw.random() < 0.5:
        types.append(FieldType(200, draw.choice(sorted(BASE_TYPES)), 3))
    draw.shuffle(types)
    return tuple(types)


def _value(draw: random.Random, field: FieldType) -> Value:
    if draw.random() < 0.2:
        return None
    if field.number == TIMESTAMP.number:
        return draw.randint(_FIRST_DATE - 3, _FIRST_DATE + 300)
    code = BASE_TYPES[field.base_type].code
    if code == "s":
        return draw.choice(("", "a", "ñ"))
    if code in "fd":
        return draw.uniform(-1e9, 1e9)
    bits = _BITS[code.lower()]
    lowest = -(2 ** (bits - 1)) if code.islower() else 0
    return draw.randint(lowest, lowest + 2**bits - 1)
