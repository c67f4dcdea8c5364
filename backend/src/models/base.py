"""What every table shares: naming of constraints, column types, text enumerations."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Enum, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase

from src.database import UtcDateTime


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        UUID: Uuid,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
    }


def text_enum(enumeration: type[StrEnum]) -> Enum:
    """A text column that holds the values of an enumeration, checked by the database."""
    return Enum(
        enumeration,
        native_enum=False,
        length=20,
        create_constraint=True,
        name=enumeration.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
