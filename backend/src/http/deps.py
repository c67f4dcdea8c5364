"""What endpoints ask for: the service's parts and the cyclist who calls."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.config import Settings
from src.database import Database
from src.errors import AppError, ErrorCode
from src.http.readiness import Readiness
from src.http.sockets import Places
from src.models import User
from src.services.accounts.auth import AuthService, SignedIn
from src.services.accounts.rate_limit import RateLimiter
from src.services.gpx_service import GPXService
from src.services.live.live import Live
from src.services.monitoring.gauges import ServiceGauges
from src.services.monitoring.single_flight import SingleFlight
from src.services.processing.background import BackgroundRunner
from src.services.processing.dispatch import Dispatcher
from src.services.storage import Storage
from src.services.tracks.cards import RideCards


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that lives as long as the application."""

    settings: Settings
    db: Database
    storage: Storage
    auth: AuthService
    gpx: GPXService
    live: Live
    places: Places
    long_tracks: asyncio.Semaphore
    runner: BackgroundRunner
    dispatcher: Dispatcher
    limiter: RateLimiter
    readiness: SingleFlight[Readiness]
    gauges: ServiceGauges
    cards: RideCards


def get_services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


def get_access_token(bearer: _Bearer) -> str | None:
    return bearer.credentials if bearer else None


AccessToken = Annotated[str | None, Depends(get_access_token)]


async def get_session(services: ServicesDep, token: AccessToken) -> SignedIn:
    return await services.auth.signed_in(token)


async def get_viewer(services: ServicesDep, token: AccessToken) -> User | None:
    """Who calls, or None without a token; a token that is not valid is refused."""
    return await services.auth.user_of(token) if token is not None else None


async def get_user(viewer: Annotated[User | None, Depends(get_viewer)]) -> User:
    if viewer is None:
        raise AppError(ErrorCode.UNAUTHORIZED)
    return viewer


Viewer = Annotated[User | None, Depends(get_viewer)]
CurrentSession = Annotated[SignedIn, Depends(get_session)]
CurrentUser = Annotated[User, Depends(get_user)]


async def limit_auth(request: Request, services: ServicesDep) -> None:
    await services.limiter.hit_auth(client_of(request))


def client_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"
