"""Answers out of our own rows: JSON-ready, in the shape of a schema, without making its models.

What the tables hold was checked when it came in. Left to do are what a schema says of its fields:
which there are, what stands for a missing one, how many decimals a number has. To make a hundred
trips as models, and then text of them, takes several times as long. A schema that checks in Python
beyond that is made as a model here, too.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel

Change: TypeAlias = Callable[[Any], Any]


def plain(schema: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a schema out of trusted values, as `model_validate` and `model_dump` give them.

    Values that the schema does not have are left out; where it has models, `values` has mappings.
    Raises `KeyError` where a field without a default is missing.
    """
    shown: dict[str, Any] = _shape_of(schema)(values)
    return shown


@cache
def _shape_of(schema: type[BaseModel]) -> Change:
    checks = schema.__pydantic_decorators__
    if checks.model_validators or checks.field_validators:
        return lambda values: schema.model_validate(values).model_dump()
    fields = schema.model_fields
    names = tuple(fields)
    missing = {name: field.default for name, field in fields.items() if not field.is_required()}
    changes = [
        (name, change)
        for name, field in fields.items()
        if (change := _change(field.annotation, field.metadata)) is not None
    ]

    def shape(values: Mapping[str, Any]) -> dict[str, Any]:
        given = {**missing, **values} if missing else values
        shown = {name: given[name] for name in names}
        for name, change in changes:
            if (value := shown[name]) is not None:
                shown[name] = change(value)
        return shown

    return shape


def _change(annotation: Any, metadata: Sequence[Any] = ()) -> Change | None:
    """What a field's type makes of a value that is not None; None where it leaves it as it is."""
    for said in metadata:
        if isinstance(said, AfterValidator):
            return said.func  # type: ignore[return-value]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _change(parts[0], parts[1:])
    if origin in (Union, UnionType):
        # One kind of value, or none.
        [part] = [part for part in parts if part is not NoneType]
        return _change(part)
    if origin in (list, tuple):
        each = _change(parts[0])
        return None if each is None else lambda values: [*map(each, values)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _shape_of(annotation)
    return None
