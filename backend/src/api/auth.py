"""Accounts and sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from src.errors import ErrorCode
from src.http.deps import AccessToken, CurrentUser, ServicesDep, limit_auth
from src.http.responses import Envelope, errors, ok
from src.models import User
from src.schemas.auth import (
    LoggedOut,
    LoginRequest,
    RegisteredUser,
    RegisterRequest,
    TokenOut,
    UserOut,
)
from src.services.accounts.auth import TokenPair

router = APIRouter(prefix="/auth", tags=["auth"])
RefreshToken = Annotated[str, Query(max_length=8192)]


@router.post(
    "/register",
    status_code=201,
    responses=errors(400, ErrorCode.BODY_TOO_LARGE, 429),
    dependencies=[Depends(limit_auth)],
)
async def register(body: RegisterRequest, services: ServicesDep) -> Envelope[RegisteredUser]:
    """Open an account; it can be used at once."""
    user = await services.auth.register(body.username, body.email, body.password)
    return ok(RegisteredUser.model_validate(user))


@router.post(
    "/login",
    responses=errors(400, ErrorCode.INVALID_CREDENTIALS, ErrorCode.BODY_TOO_LARGE, 429),
    dependencies=[Depends(limit_auth)],
)
async def login(body: LoginRequest, services: ServicesDep) -> Envelope[TokenOut]:
    """Sign in with username or e-mail; the fifth failure in a row locks the account."""
    return ok(_tokens(*await services.auth.login(body.login, body.password)))


@router.post("/refresh", responses=errors(400, ErrorCode.INVALID_REFRESH_TOKEN))
async def refresh(refresh_token: RefreshToken, services: ServicesDep) -> Envelope[TokenOut]:
    """Exchange a refresh token for a new pair."""
    return ok(_tokens(*await services.auth.refresh(refresh_token)))


@router.post("/logout", responses=errors(400, 401))
async def logout(
    services: ServicesDep, access_token: AccessToken, refresh_token: RefreshToken | None = None
) -> Envelope[LoggedOut]:
    """End the session of the refresh token, or all of them with a bearer token alone."""
    await services.auth.logout(refresh_token, access_token)
    return ok(LoggedOut())


@router.get("/me", responses=errors(401))
async def me(user: CurrentUser) -> Envelope[UserOut]:
    """Who the access token belongs to."""
    return ok(UserOut.model_validate(user))


def _tokens(user: User, pair: TokenPair) -> TokenOut:
    return TokenOut(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        expires_in=pair.expires_in_s,
        user=UserOut.model_validate(user),
    )
