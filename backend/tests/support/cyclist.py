"""A person who uses the API, for tests that read like their story."""

from dataclasses import dataclass
from typing import Any

import httpx

PASSWORD = "Subida-al-Veleta-2026"


@dataclass(frozen=True, slots=True)
class Cyclist:
    client: httpx.AsyncClient
    username: str
    tokens: dict[str, Any]

    @classmethod
    async def join(cls, client: httpx.AsyncClient, username: str) -> "Cyclist":
        """Register and sign in."""
        account = {
            "username": username,
            "email": f"{username}@example.com",
            "password": PASSWORD,
        }
        data_of(await client.post("/auth/register", json=account), 201)
        login = {"login": username, "password": PASSWORD}
        return cls(client, username, data_of(await client.post("/auth/login", json=login), 200))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **options)

    async def new_trip(self, **fields: Any) -> str:
        trip = {"title": "Vuelta", "description": "Un paseo", "start_date": "2026-05-01", **fields}
        trip_id: str = data_of(await self.request("POST", "/trips", json=trip), 201)["trip_id"]
        return trip_id

    async def publish(self, trip_id: str) -> None:
        await self.request("PUT", f"/trips/{trip_id}", json={"description": "Cuesta arriba " * 5})
        data_of(await self.request("POST", f"/trips/{trip_id}/publish"), 200)

    async def upload(
        self, trip_id: str, gpx: bytes, *, name: str = "ride.gpx", **headers: str
    ) -> httpx.Response:
        return await self.request(
            "POST", f"/trips/{trip_id}/gpx", files={"file": (name, gpx)}, headers=headers
        )

    async def uploaded(self, gpx: bytes) -> dict[str, Any]:
        """The completed upload of a new trip's route."""
        response = await self.upload(await self.new_trip(), gpx, Prefer="wait=10")
        upload: dict[str, Any] = data_of(response, 201)
        return upload


def data_of(response: httpx.Response, status: int) -> Any:
    """The data of a successful answer with this status."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["success"] is True
    assert body["error"] is None
    return body["data"]


def error_of(response: httpx.Response, status: int) -> Any:
    """The error of a failed answer with this status."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["success"] is False
    assert body["data"] is None
    return body["error"]
