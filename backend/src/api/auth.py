"""Accounts and sessions."""

from typing import Annotated

from fastapi import Depends, Query

from src.errors import ErrorCode, InvalidInputError
from src.http.deps import AccessToken, CurrentUser, ServicesDep, limit_auth
from src.http.responses import Envelope, errors, ok
from src.http.routing import api_router
from src.models import User
from src.schemas.auth import (
    LoggedOut,
    LoginRequest,
    RefreshToken,
    RegisteredUser,
    RegisterRequest,
    SessionToken,
    TokenOut,
    UserOut,
)
from src.services.accounts.auth import TokenPair

router = api_router(prefix="/auth", tags=["auth"])
# Of clients from before the body; addresses are written down along the way.
TokenInQuery = Annotated[RefreshToken | None, Query()]


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


@router.post(
    "/refresh", responses=errors(400, ErrorCode.INVALID_REFRESH_TOKEN, ErrorCode.BODY_TOO_LARGE)
)
async def refresh(
    services: ServicesDep, body: SessionToken | None = None, refresh_token: TokenInQuery = None
) -> Envelope[TokenOut]:
    """Exchange a refresh token, in the body or in the query, for a new pair."""
    if (token := body.refresh_token if body else refresh_token) is None:
        raise InvalidInputError("refresh_token", "missing")
    return ok(_tokens(*await services.auth.refresh(token)))


@router.post("/logout", responses=errors(400, 401, ErrorCode.BODY_TOO_LARGE))
async def logout(
    services: ServicesDep,
    access_token: AccessToken,
    body: SessionToken | None = None,
    refresh_token: TokenInQuery = None,
) -> Envelope[LoggedOut]:
    """End the session of the refresh token, or all of them with a bearer token alone."""
    await services.auth.logout(body.refresh_token if body else refresh_token, access_token)
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
