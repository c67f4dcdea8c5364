"""Requests that are sent twice are done once: `Idempotency-Key`.

A key belongs to a cyclist and to one request, that is its address and its bytes. The key, the work
and the answer are committed together: a key without its work, or work without its key, does not
exist.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.errors import AppError, ErrorCode
from src.models import IdempotencyKey, User

Answer = dict[str, Any]
# How long a client may come back for its answer; older keys are swept away.
KEY_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Request:
    """Who sent what under which key; `key` None for a client that sends none."""

    user: User
    key: str | None
    fingerprint: str

    @classmethod
    def of(cls, user: User, key: str | None, *parts: str) -> "Request":
        """`parts` are what makes the request: its address, and digests of its bytes."""
        return cls(user, key, hashlib.sha256("\n".join(parts).encode()).hexdigest())


async def find_answer(session: AsyncSession, request: Request) -> Answer | None:
    """The answer given before, or None; `IDEMPOTENCY_KEY_REUSED` for another request's key."""
    if request.key is None:
        return None
    known = await session.get(IdempotencyKey, (request.user.user_id, request.key))
    if known is None:
        return None
    if known.fingerprint != request.fingerprint:
        raise AppError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
    return known.answer


async def claim(session: AsyncSession, request: Request) -> Answer | None:
    """Take the key within this transaction, or return the answer given before.

    Where the same request is under way elsewhere, this waits for its end.
    """
    if request.key is None:
        return None
    row = IdempotencyKey(
        user_id=request.user.user_id, key=request.key, fingerprint=request.fingerprint
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return await find_answer(session, request)
    return None


async def remember(session: AsyncSession, request: Request, answer: Answer) -> None:
    """Keep the answer with the key, in the transaction that claimed it."""
    if request.key is not None:
        row = await session.get_one(IdempotencyKey, (request.user.user_id, request.key))
        row.answer = answer
