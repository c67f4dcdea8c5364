"""What a client's headers say: language, type, compression, patience, what it has already."""

import re
from collections.abc import Iterable, Iterator

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from src.errors import DEFAULT_LANGUAGE, LANGUAGES

MAX_WAIT_S = 10


def language_of(request: HTTPConnection) -> str:
    """The language of our texts that the client likes best; Spanish where it does not say."""
    ranked = [
        (-quality, position, language)
        for position, (tag, quality) in enumerate(_ranked(request.headers, "accept-language"))
        if (language := tag.partition("-")[0]) in LANGUAGES and quality > 0
    ]
    return min(ranked)[2] if ranked else DEFAULT_LANGUAGE


def prefers(request: Request, media_type: str, to: str) -> bool:
    """Whether the client names `media_type` in `Accept` and does not like `to` better."""
    qualities = dict(_ranked(request.headers, "accept"))
    wanted = qualities.get(media_type, 0.0)
    return wanted > 0 and wanted >= qualities.get(to, 0.0)


def accepts_gzip(headers: Headers) -> bool:
    return best_coding(headers, ("gzip",)) is not None


def best_coding(headers: Headers, codings: Iterable[str]) -> str | None:
    """The content coding that the client likes best, of equal ones the first; None for none."""
    wanted = dict(_ranked(headers, "accept-encoding"))
    qualities = {coding: wanted.get(coding, wanted.get("*", 0.0)) for coding in codings}
    best = max(qualities, key=lambda coding: qualities[coding], default=None)
    return best if best is not None and qualities[best] > 0 else None


def is_known(request: Request, etag: str) -> bool:
    """Whether the client has the representation with this entity tag already (RFC 9110)."""
    known = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def wanted_wait_s(prefer: str | None) -> int:
    """The seconds of a `Prefer: wait=N` header (RFC 7240), at most `MAX_WAIT_S`."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})", prefer or "", re.IGNORECASE)
    return min(int(found[1]), MAX_WAIT_S) if found else 0


def _ranked(headers: Headers, name: str) -> Iterator[tuple[str, float]]:
    """The choices of an `Accept...` header in lower case, each with its quality (RFC 9110)."""
    for part in headers.get(name, "").lower().split(","):
        choice, *parameters = "".join(part.split()).split(";")
        texts = [text.removeprefix("q=") for text in parameters if text.startswith("q=")]
        yield choice, _quality(texts[0]) if texts else 1.0


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
