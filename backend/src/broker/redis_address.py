"""Addresses of Redis: of a server, or of the Sentinels that know which server is the master."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

SENTINEL_SCHEME = "sentinel"
_SENTINEL_PORT = 26379


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Where the Sentinels are, and what the master they know wants: account and database."""

    nodes: tuple[tuple[str, int], ...]
    username: str | None
    password: str | None
    database: int


def is_sentinel(url: str) -> bool:
    return url.startswith(f"{SENTINEL_SCHEME}://")


def complete(url: str) -> str:
    """The address with the account and the database of its first Sentinel given to all of them.

    Celery changes from one Sentinel's address to the next, and would forget what only one tells.
    Other addresses are returned as they are; raises `ValueError` for one that cannot be read.
    """
    if not is_sentinel(url):
        return url
    first, *others = _parts(url)
    account = first.netloc.rpartition("@")[0]
    prefix = f"{account}@" if account else ""
    path = next((part.path for part in (first, *others) if part.path.strip("/")), "/0")
    hosts = (part.netloc.rpartition("@")[2] for part in (first, *others))
    completed = ";".join(f"{SENTINEL_SCHEME}://{prefix}{host}{path}" for host in hosts)
    parse_sentinel(completed)
    return completed


def parse_sentinel(url: str) -> SentinelAddress:
    """Read `sentinel://:password@host:26379/0;sentinel://host:26379`, or raise `ValueError`."""
    parts = _parts(url)
    first = parts[0]
    return SentinelAddress(
        nodes=tuple((part.hostname or "", part.port or _SENTINEL_PORT) for part in parts),
        username=unquote(first.username) if first.username else None,
        password=unquote(first.password) if first.password else None,
        database=int(first.path.strip("/") or 0),
    )


def _parts(url: str) -> list[SplitResult]:
    parts = [urlsplit(address.strip()) for address in url.split(";")]
    if not all(part.scheme == SENTINEL_SCHEME and part.hostname for part in parts):
        raise ValueError("not sentinel://host:port;sentinel://host:port")
    return parts
