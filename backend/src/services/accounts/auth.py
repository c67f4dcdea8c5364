"""Accounts and sessions: registration, login, rotating refresh tokens, access tokens."""

import hashlib
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

import jwt
from jwt.types import Options
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.database import Database, utc_now
from src.errors import AppError, ErrorCode
from src.models import RefreshToken, User
from src.threads import Threads

MAX_FAILED_LOGINS = 5
LOCK_TIME = timedelta(minutes=15)
REUSE_GRACE = timedelta(seconds=60)
_ALGORITHM = "HS256"
# Each takes 64 MiB while it hashes.
_MOST_THREADS = 4
# Times are compared with our own clock, which tests can move and servers may have a little ahead.
_CHECKS: Options = {
    "require": ["exp", "sub", "typ"],
    "verify_exp": False,
    "verify_iat": False,
}
_hasher = PasswordHash((Argon2Hasher(),))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom an access token belongs to, and by which session, that is the tokens of one sign-in.

    A token that a version before this one has made names no session.
    """

    user: User
    family_id: UUID | None


@dataclass(frozen=True, slots=True)
class TokenPair:
    access_token: str
    refresh_token: str
    expires_in_s: int


class AuthService:
    def __init__(
        self, db: Database, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._db = db
        self._secret = settings.secret_key.get_secret_value()
        self._access_lifetime = timedelta(minutes=settings.access_token_minutes)
        self._refresh_lifetime = timedelta(days=settings.refresh_token_days)
        self._clock = clock
        self._threads = Threads("passwords", _MOST_THREADS)

    async def register(self, username: str, email: str, password: str) -> User:
        """A new account, verified at once; `USERNAME_TAKEN` or `EMAIL_TAKEN`, in any case."""
        password_hash = await self._threads.run(_hasher.hash, password)
        user = User(username=username, email=email.lower(), password_hash=password_hash)
        try:
            async with self._db.write() as session:
                await _ensure_free(session, username, email)
                session.add(user)
        except IntegrityError:
            async with self._db.read() as session:
                await _ensure_free(session, username, email)
            raise
        return user

    async def login(self, login: str, password: str) -> tuple[User, TokenPair]:
        """Check a username or e-mail and its password; five failures in a row lock the account."""
        async with self._db.read() as session:
            user = await session.scalar(
                select(User).where(
                    or_(
                        func.lower(User.username) == login.lower(),
                        func.lower(User.email) == login.lower(),
                    )
                )
            )
        # An unknown login costs the same time as a wrong password, so that nobody learns which.
        known_hash = user.password_hash if user else await self._threads.run(_unknown_hash)
        if user is not None:
            self._ensure_unlocked(user)
        correct, renewed_hash = await self._threads.run(
            _hasher.verify_and_update, password, known_hash
        )
        if user is None or not user.is_active:
            raise AppError(ErrorCode.INVALID_CREDENTIALS)
        if not correct:
            await self._count_failure(user.user_id)
            raise AppError(ErrorCode.INVALID_CREDENTIALS)
        async with self._db.write() as session:
            is_the_same = await _set_password(session, user, renewed_hash or known_hash)
            pair = self._issue(session, user.user_id, family_id=uuid4()) if is_the_same else None
        # Meanwhile changed, or renewed by another sign-in: that one counts.
        return (user, pair) if pair else await self.login(login, password)

    async def refresh(self, token: str) -> tuple[User, TokenPair]:
        """A new pair for a refresh token.

        A token works again for 60 s after its first use, because a client's tabs race; a later
        second use means that it was stolen, and ends every session that descends from its login.
        """
        now = self._clock()
        digest, pair = _digest(token), None
        async with self._db.write() as session:
            user = await _lock_account(session, User.user_id == _owner_of(digest))
            stored = await session.scalar(
                select(RefreshToken).where(
                    RefreshToken.token_hash == digest, RefreshToken.expires_at > now
                )
            )
            if stored is not None and not _is_fresh(stored, now):
                await session.execute(
                    delete(RefreshToken).where(RefreshToken.family_id == stored.family_id)
                )
            elif stored is not None:
                stored.rotated_at = stored.rotated_at or now
                pair = self._issue(session, stored.user_id, stored.family_id)
        if user is None or pair is None or not user.is_active:
            raise AppError(ErrorCode.INVALID_REFRESH_TOKEN)
        return user, pair

    async def logout(self, refresh_token: str | None, access_token: str | None) -> None:
        """End the session of a refresh token; without one, all sessions of the account.

        Where that session has ended before, an access token shows that it was one: a client that
        lost the answer asks again.
        """
        if refresh_token is None:
            await self._end_all(access_token)
            return
        digest = _digest(refresh_token)
        async with self._db.write() as session:
            await _lock_account(session, User.user_id == _owner_of(digest))
            stored = await session.get(RefreshToken, digest)
            is_open = stored is not None and stored.expires_at > self._clock()
            if stored is not None and is_open:
                await session.execute(
                    delete(RefreshToken).where(RefreshToken.family_id == stored.family_id)
                )
        if not is_open:
            self._claims(access_token)

    async def _end_all(self, access_token: str | None) -> None:
        user = (await self.signed_in(access_token)).user
        async with self._db.write() as session:
            await _lock_account(session, User.user_id == user.user_id)
            await session.execute(delete(RefreshToken).where(RefreshToken.user_id == user.user_id))

    async def change_password(self, caller: SignedIn, current: str, new: str) -> None:
        """Take another password, and end all other sessions of the account.

        Raises:
            AppError: as `confirm`.
        """
        user = caller.user
        await self.confirm(user, current, field="current_password")
        new_hash = await self._threads.run(_hasher.hash, new)
        async with self._db.write() as session:
            if not await _set_password(session, user, new_hash):
                # Another request has changed it since.
                raise AppError(ErrorCode.WRONG_PASSWORD, field="current_password")
            await session.execute(
                delete(RefreshToken).where(
                    RefreshToken.user_id == user.user_id,
                    RefreshToken.family_id.is_distinct_from(caller.family_id),
                )
            )

    async def confirm(self, user: User, password: str, *, field: str) -> None:
        """See that it is their password, before something is done that cannot be undone.

        Wrong ones count as they do at the sign-in.

        Raises:
            AppError: `WRONG_PASSWORD` of `field`, or `ACCOUNT_LOCKED`.
        """
        self._ensure_unlocked(user)
        if not await self._threads.run(_hasher.verify, password, user.password_hash):
            await self._count_failure(user.user_id)
            raise AppError(ErrorCode.WRONG_PASSWORD, field=field)

    async def user_of(self, access_token: str) -> User:
        """The active account of a valid access token, else `UNAUTHORIZED`."""
        return (await self.signed_in(access_token)).user

    async def signed_in(self, access_token: str | None) -> SignedIn:
        """As `user_of`, and the session; a token does not outlive the session that it is of."""
        user_id, family_id = self._claims(access_token)
        known = select(User).where(User.user_id == user_id)
        if family_id is not None:
            known = known.where(exists().where(RefreshToken.family_id == family_id))
        async with self._db.read() as session:
            user = await session.scalar(known)
        if user is None or not user.is_active:
            raise AppError(ErrorCode.UNAUTHORIZED)
        return SignedIn(user, family_id)

    def _claims(self, access_token: str | None) -> tuple[UUID, UUID | None]:
        """Account and session of an access token that is ours and of now, else `UNAUTHORIZED`."""
        try:
            claims = jwt.decode(
                access_token or "",
                self._secret,
                algorithms=[_ALGORITHM],
                options=_CHECKS,
            )
            user_id = UUID(claims["sub"])
            family_id = UUID(claims["sid"]) if "sid" in claims else None
        except (jwt.InvalidTokenError, ValueError) as error:
            raise AppError(ErrorCode.UNAUTHORIZED) from error
        if claims["typ"] != "access" or claims["exp"] <= self._clock().timestamp():
            raise AppError(ErrorCode.UNAUTHORIZED)
        return user_id, family_id

    def _ensure_unlocked(self, user: User) -> None:
        if user.locked_until is None:
            return
        remaining_s = (user.locked_until - self._clock()).total_seconds()
        if remaining_s > 0:
            raise _locked(remaining_s)

    async def _count_failure(self, user_id: UUID) -> None:
        locked_until = self._clock() + LOCK_TIME
        async with self._db.write() as session:
            failures = await session.scalar(
                update(User)
                .where(User.user_id == user_id)
                .values(failed_logins=User.failed_logins + 1)
                .returning(User.failed_logins)
            )
            is_locked = failures is not None and failures >= MAX_FAILED_LOGINS
            if is_locked:
                await session.execute(
                    update(User)
                    .where(User.user_id == user_id)
                    .values(failed_logins=0, locked_until=locked_until)
                )
        if is_locked:
            raise _locked(LOCK_TIME.total_seconds())

    def _issue(self, session: AsyncSession, user_id: UUID, family_id: UUID) -> TokenPair:
        now = self._clock()
        access = jwt.encode(
            {
                "sub": str(user_id),
                "sid": str(family_id),
                "typ": "access",
                "iat": now,
                "exp": now + self._access_lifetime,
                "jti": uuid4().hex,
            },
            self._secret,
            algorithm=_ALGORITHM,
        )
        refresh = secrets.token_urlsafe(32)
        session.add(
            RefreshToken(
                token_hash=_digest(refresh),
                family_id=family_id,
                user_id=user_id,
                created_at=now,
                expires_at=now + self._refresh_lifetime,
            )
        )
        return TokenPair(access, refresh, int(self._access_lifetime.total_seconds()))


async def _set_password(session: AsyncSession, user: User, password_hash: str) -> bool:
    """Keep the hash and forget the failures, unless the password is not that of `user` any more."""
    updated = await session.scalar(
        update(User)
        .where(User.user_id == user.user_id, User.password_hash == user.password_hash)
        .values(password_hash=password_hash, failed_logins=0, locked_until=None)
        .returning(User.user_id)
    )
    return updated is not None


async def _lock_account(session: AsyncSession, which: ColumnElement[bool]) -> User | None:
    """Lock an account, before its tokens: whoever ends them all waits for those that are made."""
    return await session.scalar(select(User).where(which).with_for_update(key_share=True))


def _owner_of(token_hash: str) -> ScalarSelect[UUID]:
    return (
        select(RefreshToken.user_id).where(RefreshToken.token_hash == token_hash).scalar_subquery()
    )


async def _ensure_free(session: AsyncSession, username: str, email: str) -> None:
    if await session.scalar(
        select(User.user_id).where(func.lower(User.username) == username.lower())
    ):
        raise AppError(ErrorCode.USERNAME_TAKEN, field="username")
    if await session.scalar(select(User.user_id).where(func.lower(User.email) == email.lower())):
        raise AppError(ErrorCode.EMAIL_TAKEN, field="email")


@cache
def _unknown_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def _is_fresh(token: RefreshToken, now: datetime) -> bool:
    return token.rotated_at is None or now - token.rotated_at <= REUSE_GRACE


def _locked(remaining_s: float) -> AppError:
    return AppError(
        ErrorCode.ACCOUNT_LOCKED,
        retry_after_s=remaining_s,
        minutes=math.ceil(remaining_s / 60),
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
