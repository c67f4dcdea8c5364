"""The production file, tried on this machine: `python bench/production.py` (Docker is needed).

Brings docker-compose.prod.yml up for the host name localhost, with certificates of the proxy's own
authority and secrets made up for the occasion, and looks at it from outside and from inside: what
is open, what containers may do, what the proxy refuses, whose address counts, what uploads and a
rolled API look like to a client. The log is quoted in docs/operations.md.

The stack has fresh volumes, which are removed; ports 80 and 443 must be free.
"""

import asyncio
import secrets
import ssl
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402

from bench.containers import Stack  # noqa: E402
from bench.stack import say  # noqa: E402
from src.config import MEBIBYTE  # noqa: E402
from src.http.sockets import Close  # noqa: E402
from tests.support.cyclist import Cyclist, data_of, error_of  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.watching import watching  # noqa: E402

SITE = "https://localhost"
ROOT_CERTIFICATE = "/data/caddy/pki/authorities/local/root.crt"
SERVICES = {
    "proxy": 1,
    "postgres": 1,
    "redis": 1,
    "backend": 1,
    "celery_worker": 2,
    "celery_beat": 1,
    "flower": 1,
}
SIGN_INS_PER_HOUR = 10
# Signs in through the proxy from inside its network, so from an address of its own.
SIGN_IN_FROM_ANOTHER_ADDRESS = """
import socket, ssl
trusting = ssl.create_default_context()
trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
body = b'{"login": "nobody", "password": "no-such-password"}'
with socket.create_connection(("proxy", 443), 5) as plain:
    with trusting.wrap_socket(plain, server_hostname="localhost") as tls:
        tls.sendall(
            b"POST /auth/login HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n"
            b"Content-Type: application/json\\r\\n"
            b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body)
        )
        print(tls.recv(12).decode())
"""


def expect(is_so: bool, what: str) -> None:
    """Say what holds; end here when it does not."""
    if not is_so:
        raise AssertionError(f"not so: {what}")
    say(what)


async def main() -> None:
    settings = {
        "APP_ENV": "staging",
        "IMAGE_TAG": "local",
        "DOMAIN": "localhost",
        "TLS_ISSUER": "internal",
        "CELERY_WORKERS": str(SERVICES["celery_worker"]),
        "RATE_LIMIT_AUTH": f"{SIGN_INS_PER_HOUR}/hour",
        "FLOWER_AUTH": "operator@example.com",
        "FLOWER_AUTH_PROVIDER": "flower.views.auth.GithubLoginHandler",
        **{
            name: secrets.token_hex(24)
            for name in (
                "SECRET_KEY",
                "POSTGRES_PASSWORD",
                "REDIS_PASSWORD",
                "FLOWER_OAUTH2_KEY",
                "FLOWER_OAUTH2_SECRET",
                "FLOWER_COOKIE_SECRET",
            )
        },
    }
    say("bringing the stack up, from nothing")
    async with Stack("docker-compose.prod.yml", settings) as stack:
        for service, count in SERVICES.items():
            await stack.wait_until_healthy(service, count)
        say("every service is healthy")
        await look_at_containers(stack)
        await look_at_redis(stack)
        authority = await stack.compose("exec", "-T", "proxy", "cat", ROOT_CERTIFICATE)
        trusted = ssl.create_default_context(cadata=authority)
        async with httpx.AsyncClient(
            base_url=SITE, verify=trusted, timeout=60, trust_env=False
        ) as client:
            await look_from_outside(client)
            ana = await Cyclist.join(client, "ana")
            await upload(ana, trusted)
            await roll_the_api(stack, ana)
            await sign_in_too_often(stack, client)


async def look_at_containers(stack: Stack) -> None:
    """Users, limits and rights as Docker really has them."""
    template = (
        "ro={{.HostConfig.ReadonlyRootfs}} nanocpus={{.HostConfig.NanoCpus}}"
        " bytes={{.HostConfig.Memory}} drop={{.HostConfig.CapDrop}} add={{.HostConfig.CapAdd}}"
        " ports={{range $port, $_ := .HostConfig.PortBindings}}{{$port}} {{end}}"
    )
    for service, count in SERVICES.items():
        ids = await stack.containers(service)
        for container in ids[:1]:
            processes = (await stack.docker("top", container, "-o", "pid,uid")).splitlines()[1:]
            users = [process.split()[1] for process in processes]
            facts = await stack.docker("inspect", "--format", template, container)
            say(f"{service} x{count}: uid={','.join(sorted(set(users)))} {facts.strip()}")
            mine = service not in {"proxy", "postgres", "redis"}
            if (mine and set(users) != {"10001"}) or "ro=true" not in facts:
                raise AssertionError(f"{service} may do too much")
    attempt = ("exec", "-T", "backend", "sh", "-c", "touch /app/x /opt/venv/x || echo refused")
    expect("refused" in await stack.compose(*attempt), "the API cannot write beside its code")
    lookup = "getent hosts backend >/dev/null && getent hosts postgres redis || echo unknown"
    found = await stack.compose("exec", "-T", "proxy", "sh", "-c", lookup)
    expect(found.strip() == "unknown", "the proxy finds the API, and neither PostgreSQL nor Redis")


async def look_at_redis(stack: Stack) -> None:
    anonymous = ("exec", "-T", "redis", "env", "-u", "REDISCLI_AUTH", "redis-cli", "ping")
    expect("NOAUTH" in await stack.compose(*anonymous), "Redis refuses those without the password")
    settings = "appendonly appendfsync save maxmemory-policy"
    ask = ("exec", "-T", "redis", "redis-cli", "config", "get")
    found = [(await stack.compose(*ask, name)).split("\n")[:2] for name in settings.split()]
    say("Redis: " + ", ".join(" ".join(pair) for pair in found))


async def look_from_outside(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    expect(answer.status_code == 200, f"/health/ready: {answer.text}")
    say(f"Strict-Transport-Security: {answer.headers['Strict-Transport-Security']}")
    plain = await client.get("http://localhost/health")
    expect(plain.headers["Location"] == f"{SITE}/health", "plain HTTP is sent to HTTPS")
    for path in ("/metrics", "/METRICS", "//metrics", "/%6detrics", "/flower/metrics"):
        status = (await client.get(f"{SITE}{path}")).status_code
        expect(status == 404, f"{path}: {status}")
    for path in ("/flower/", "/flower/api/tasks", "/flower/api/workers"):
        location = (await client.get(path)).headers["Location"]
        expect(location.startswith("/flower/login"), f"{path}: to {location.partition('?')[0]}")
    provider = httpx.URL((await client.get("/flower/login")).headers["Location"])
    back = provider.params["redirect_uri"]
    expect(back == f"{SITE}/flower/login", f"Flower signs in at {provider.host}, back at {back}")


async def upload(ana: Cyclist, trusted: ssl.SSLContext) -> None:
    for size_mb in (4, 6, 50):
        ride, trip_id = build_gpx(size_mb=size_mb), await ana.new_trip()
        started = time.monotonic()
        response = await ana.upload(trip_id, ride)
        accepted_s = time.monotonic() - started
        gpx_file_id = data_of(response, 202)["gpx_file_id"]
        token = {"type": "auth", "token": ana.tokens["access_token"]}
        async with watching(SITE, gpx_file_id, token, trusted=trusted) as watcher:
            code = await watcher.until_closed()
        heard = [event["progress"] for event in watcher.told]
        expect(
            code == Close.DONE and heard[-1] == 100 and heard == sorted(heard),
            f"{size_mb} MiB: heard of {heard} % through the proxy",
        )
        path = f"/gpx/{gpx_file_id}/status"
        while (status := data_of(await ana.request("GET", path), 200))["stage"] != "done":
            if time.monotonic() - started > 60:
                raise TimeoutError(f"{size_mb} MiB: {status}")
            await asyncio.sleep(0.05)
        done_s = time.monotonic() - started
        expect(
            status["processing_status"] == "completed",
            f"{size_mb} MiB: accepted after {accepted_s:.2f} s, completed after {done_s:.2f} s",
        )
    refused = await ana.upload(await ana.new_trip(), bytes(60 * MEBIBYTE))
    reason = error_of(refused, 400)["code"]
    expect(reason == "FILE_TOO_LARGE", f"60 MiB: refused as {reason}")
    try:
        response = await ana.upload(await ana.new_trip(), bytes(110 * MEBIBYTE))
    except httpx.TransportError as error:
        say(f"110 MiB: cut off by the proxy ({type(error).__name__})")
    else:
        expect(response.status_code in {413, 502}, f"110 MiB: {response.status_code}")


async def roll_the_api(stack: Stack, ana: Cyclist) -> None:
    """A client that never tries twice sees slower answers, and no failure."""
    rolled = asyncio.Event()
    waited_s = []

    async def keep_asking() -> None:
        while not rolled.is_set():
            started = time.monotonic()
            (await ana.request("GET", "/trips/public")).raise_for_status()
            waited_s.append(time.monotonic() - started)
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        group.create_task(keep_asking())
        await asyncio.sleep(1)
        await stack.compose("up", "-d", "--no-deps", "--force-recreate", "backend")
        await stack.wait_until_healthy("backend")
        rolled.set()
    say(
        f"API replaced under {len(waited_s)} requests: none failed, "
        f"median {1000 * median(waited_s):.0f} ms, worst {max(waited_s):.1f} s"
    )


async def sign_in_too_often(stack: Stack, client: httpx.AsyncClient) -> None:
    """The limit holds for an address, and no header gets around it."""
    account = {"login": "nobody", "password": "no-such-password"}
    statuses = []
    for number in range(SIGN_INS_PER_HOUR + 1):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        response = await client.post("/auth/login", json=account, headers=headers)
        statuses.append(response.status_code)
    expect(statuses[-1] == 429, f"too many sign-ins under invented addresses: {statuses[-1]}")
    inside = ("exec", "-T", "flower", "python", "-c", SIGN_IN_FROM_ANOTHER_ADDRESS)
    answer = (await stack.compose(*inside)).strip()
    expect(answer.endswith("401"), f"a sign-in from another address at that moment: {answer}")


if __name__ == "__main__":
    asyncio.run(main())
    say("the stack is gone again")
