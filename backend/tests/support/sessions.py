"""Signing in and going on, as the API answers it."""

import httpx

from tests.support.cyclist import data_of, error_of


async def log_in(client: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    return await client.post("/auth/login", json={"login": login, "password": password})


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/auth/refresh", params={"refresh_token": token})


async def renewed(client: httpx.AsyncClient, token: str) -> str:
    fresh: str = data_of(await refresh(client, token), 200)["refresh_token"]
    return fresh


async def is_ended(client: httpx.AsyncClient, token: str) -> bool:
    response = await refresh(client, token)
    return (
        response.status_code == 401
        and error_of(response, 401)["code"] == "INVALID_REFRESH_TOKEN"
        and response.headers["WWW-Authenticate"] == "Bearer"
    )
