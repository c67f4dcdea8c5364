from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _without_null(value: str) -> str:
    if "\x00" in value:
        raise PydanticCustomError("string_pattern_mismatch", "null character")
    return value


# PostgreSQL stores no null character in a text. Stands last, after the length limits.
NO_NULL = AfterValidator(_without_null)
