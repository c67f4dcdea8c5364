"""The field `mapping` of a form: which columns of a CSV hold what."""

import json
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import StringConstraints, TypeAdapter, ValidationError

from src.errors import InvalidInputError
from src.schemas.text import NO_NULL

FIELD: Final = "mapping"
_MOST_CHARACTERS: Final = 8192
_Key: TypeAlias = Literal[
    "latitude",
    "longitude",
    "elevation",
    "time",
    "date",
    "segment",
    "heart_rate",
    "cadence",
    "power",
    "temperature",
]
_Header: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=300), NO_NULL]
_MAPPING: TypeAdapter[dict[_Key, _Header]] = TypeAdapter(dict[_Key, _Header])


def mapping_of(fields: dict[str, str]) -> dict[str, Any] | None:
    """The headers by our keys; None where the form has none, or an empty one.

    Raises `VALIDATION_ERROR` of the field for what is no JSON object of that kind.
    """
    text = fields.get(FIELD, "")
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInputError(FIELD, "string_too_long", max_length=_MOST_CHARACTERS)
    if not text.strip():
        return None
    try:
        mapping = _MAPPING.validate_json(text, strict=True)
        return {str(key): header for key, header in mapping.items()} or None
    except ValidationError as error:
        fault = error.errors()[0]
        raise InvalidInputError(FIELD, fault["type"], **fault.get("ctx", {})) from error


def fingerprint(mapping: dict[str, Any] | None) -> tuple[str, ...]:
    """What a mapping adds to what makes a request."""
    return () if mapping is None else (json.dumps(mapping, sort_keys=True),)
