"""What the service measures, for Prometheus."""

import hmac
from typing import Annotated

from fastapi import Depends, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.errors import AppError, ErrorCode
from src.http.deps import ServicesDep
from src.http.responses import errors
from src.http.routing import api_router
from src.observability.metrics import TEXT_FORMAT, exposition

router = api_router(tags=["metrics"])
_Token = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, scheme_name="MetricsToken")),
]


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **errors(401)},
)
async def get_metrics(services: ServicesDep, token: _Token) -> Response:
    """Counters, durations and gauges in Prometheus' text format.

    Where `METRICS_TOKEN` is set, only who knows it is answered.
    """
    expected = services.settings.metrics_token.get_secret_value()
    given = token.credentials if token else ""
    if expected and not hmac.compare_digest(given.encode(), expected.encode()):
        raise AppError(ErrorCode.UNAUTHORIZED)
    return Response(exposition(await services.gauges.measure()), media_type=TEXT_FORMAT)
