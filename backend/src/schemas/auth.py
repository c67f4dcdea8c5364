import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from src.schemas.presence import ALWAYS_THERE
from src.schemas.text import NO_NULL

_PASSWORD_PARTS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("invalid_email", "invalid e-mail") from error


def _strong(value: str) -> str:
    if not all(re.search(part, value) for part in _PASSWORD_PARTS):
        raise PydanticCustomError("weak_password", "weak password")
    return value


# One that exists is compared, and need not follow the rules of its day.
Password = Annotated[str, Field(min_length=1, max_length=128)]
NewPassword = Annotated[str, Field(min_length=8, max_length=128), AfterValidator(_strong)]


class RegisterRequest(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "username": "ana",
                "email": "ana@example.com",
                "password": "Subida-2026!",
            }
        }
    )

    username: Annotated[str, Field(min_length=3, max_length=30, pattern=r"^[A-Za-z0-9_]+$")]
    email: Annotated[str, Field(max_length=320), AfterValidator(_email)]
    password: NewPassword


class LoginRequest(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"login": "ana", "password": "Subida-2026!"}}
    )

    login: Annotated[str, Field(min_length=1, max_length=320), NO_NULL]
    password: Password


RefreshToken = Annotated[str, Field(max_length=8192)]


class SessionToken(BaseModel):
    """The refresh token of a session, where no log on the way writes it down."""

    model_config = ConfigDict(json_schema_extra={"example": {"refresh_token": "Zm9yIGV4YW1wbGU"}})

    refresh_token: RefreshToken


class PasswordChange(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"current_password": "Subida-2026!", "new_password": "Bajada-2027!"}
        }
    )

    current_password: Password
    new_password: NewPassword


class AccountDeletion(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"password": "Subida-2026!"}})

    password: Password


class RegisteredUser(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    username: str
    email: str
    is_verified: bool
    is_active: bool
    created_at: datetime


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    username: str
    email: str
    is_verified: bool
    created_at: datetime
    photo_url: str | None
    bio: str | None
    location: str | None
    cycling_type: str | None
    profile_visibility: str
    trip_visibility: str


class TokenOut(BaseModel):
    model_config = ALWAYS_THERE

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int
    user: UserOut


class LoggedOut(BaseModel):
    model_config = ALWAYS_THERE

    logged_out: Literal[True] = True
