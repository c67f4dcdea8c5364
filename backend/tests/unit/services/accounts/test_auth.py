"""Accounts and sessions, by a clock that is moved."""

from collections.abc import AsyncIterator
from datetime import timedelta

import jwt
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from sqlalchemy import func, select, update

from src.config import Settings
from src.database import Database
from src.errors import AppError, ErrorCode
from src.models import RefreshToken, User
from src.services.accounts import auth
from src.services.accounts.auth import AuthService, TokenPair
from tests.support.clock import Clock

SECRET = "a-secret-for-tests-of-at-least-32-characters"
PASSWORD, WRONG = "Subida-2026!", "subida-2026!"


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(auth, "_hasher", PasswordHash((quick,)))
    auth._unknown_hash.cache_clear()


@pytest.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    db = Database(sqlite_url, pool_size=2)
    yield db
    await db.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(db: Database, clock: Clock) -> AuthService:
    settings = Settings(
        _env_file=None,
        secret_key=SecretStr(SECRET),
        access_token_minutes=15,
        refresh_token_days=30,
    )
    return AuthService(db, settings, clock)


@pytest.fixture
async def ana(service: AuthService) -> User:
    return await service.register("Ana", "Ana@Example.com", PASSWORD)


async def pair_of(service: AuthService) -> TokenPair:
    return (await service.login("ana", PASSWORD))[1]


async def refusal(call: object) -> AppError:
    with pytest.raises(AppError) as refused:
        await call  # type: ignore[misc]
    return refused.value


async def fail(service: AuthService, times: int) -> list[ErrorCode]:
    return [(await refusal(service.login("ana", WRONG))).code for _ in range(times)]


async def tokens(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(RefreshToken)) or 0


async def close_account(db: Database) -> None:
    async with db.write() as session:
        await session.execute(update(User).values(is_active=False))


async def test_a_name_and_an_address_are_taken_in_any_case(service: AuthService, ana: User) -> None:
    name = await refusal(service.register("aNA", "other@example.com", PASSWORD))
    assert (name.code, name.field) == (ErrorCode.USERNAME_TAKEN, "username")
    address = await refusal(service.register("other", "ANA@example.COM", PASSWORD))
    assert (address.code, address.field) == (ErrorCode.EMAIL_TAKEN, "email")
    assert (ana.username, ana.email) == ("Ana", "ana@example.com")


@pytest.mark.parametrize("login", ["Ana", "ana", "ANA@EXAMPLE.COM"])
async def test_one_signs_in_by_either_in_any_case(
    service: AuthService, ana: User, login: str
) -> None:
    user, pair = await service.login(login, PASSWORD)
    assert user.user_id == ana.user_id
    assert pair.expires_in_s == 15 * 60
    assert (await service.user_of(pair.access_token)).user_id == ana.user_id


async def test_an_unknown_name_costs_a_hash_as_a_wrong_password_does(
    service: AuthService, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = 0
    verify = auth._hasher.verify_and_update

    def counted(password: str, known_hash: str) -> tuple[bool, str | None]:
        nonlocal verified
        verified += 1
        return verify(password, known_hash)

    monkeypatch.setattr(auth._hasher, "verify_and_update", counted)
    for login in ("ana", "nobody"):
        assert (await refusal(service.login(login, WRONG))).code is ErrorCode.INVALID_CREDENTIALS
    assert verified == 2


async def test_the_fifth_failure_in_a_row_locks_for_15_minutes(
    service: AuthService, ana: User, clock: Clock
) -> None:
    assert await fail(service, 4) == [ErrorCode.INVALID_CREDENTIALS] * 4
    locked = await refusal(service.login("ana", WRONG))
    assert (locked.code, locked.params, locked.retry_after_s) == (
        ErrorCode.ACCOUNT_LOCKED,
        {"minutes": 15},
        900,
    )
    clock.move(minutes=14, seconds=59)
    right = await refusal(service.login("ana", PASSWORD))
    assert (right.code, right.params, right.retry_after_s) == (
        ErrorCode.ACCOUNT_LOCKED,
        {"minutes": 1},
        1,
    )
    clock.move(seconds=1)
    await service.login("ana", PASSWORD)


async def test_trying_while_locked_neither_counts_nor_prolongs(
    service: AuthService, ana: User, clock: Clock
) -> None:
    await fail(service, 5)
    clock.move(minutes=10)
    assert await fail(service, 9) == [ErrorCode.ACCOUNT_LOCKED] * 9
    clock.move(minutes=5)
    assert await fail(service, 4) == [ErrorCode.INVALID_CREDENTIALS] * 4
    await service.login("ana", PASSWORD)


async def test_a_success_forgets_the_failures(service: AuthService, ana: User) -> None:
    await fail(service, 4)
    await service.login("ana", PASSWORD)
    assert await fail(service, 4) == [ErrorCode.INVALID_CREDENTIALS] * 4


async def test_a_hash_of_yesterdays_strength_is_renewed_at_sign_in(
    service: AuthService, ana: User, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stronger = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),))
    monkeypatch.setattr(auth, "_hasher", stronger)
    await service.login("ana", PASSWORD)
    async with db.read() as session:
        renewed = await session.get_one(User, ana.user_id)
    assert renewed.password_hash != ana.password_hash
    assert "m=16,t=2" in renewed.password_hash
    await service.login("ana", PASSWORD)


async def test_a_closed_account_opens_nothing(
    service: AuthService, ana: User, db: Database
) -> None:
    pair = await pair_of(service)
    await close_account(db)
    assert (await refusal(service.login("ana", PASSWORD))).code is ErrorCode.INVALID_CREDENTIALS
    assert (await refusal(service.user_of(pair.access_token))).code is ErrorCode.UNAUTHORIZED
    renewal = await refusal(service.refresh(pair.refresh_token))
    assert renewal.code is ErrorCode.INVALID_REFRESH_TOKEN


async def test_an_access_token_lives_until_its_last_second(
    service: AuthService, ana: User, clock: Clock
) -> None:
    pair = await pair_of(service)
    clock.move(minutes=14, seconds=59)
    await service.user_of(pair.access_token)
    clock.move(seconds=1)
    assert (await refusal(service.user_of(pair.access_token))).code is ErrorCode.UNAUTHORIZED


def forged(ana: User, clock: Clock, secret: str = SECRET, **changes: object) -> str:
    claims = {
        "sub": str(ana.user_id),
        "typ": "access",
        "exp": clock.now + timedelta(minutes=5),
    } | changes
    present = {name: claim for name, claim in claims.items() if claim is not None}
    return jwt.encode(present, secret, algorithm="HS256")


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": SECRET[::-1]},
        {"typ": "refresh"},
        {"typ": None},
        {"exp": None},
        {"sub": None},
        {"sub": "ana"},
        {"sub": "00000000-0000-4000-8000-000000000000"},
    ],
    ids=str,
)
async def test_a_token_that_we_would_not_issue_is_refused(
    service: AuthService, ana: User, clock: Clock, changes: dict[str, str]
) -> None:
    assert (await service.user_of(forged(ana, clock))).user_id == ana.user_id
    refused = await refusal(service.user_of(forged(ana, clock, **changes)))
    assert refused.code is ErrorCode.UNAUTHORIZED


async def test_a_token_without_a_signature_is_refused(
    service: AuthService, ana: User, clock: Clock
) -> None:
    claims = {"sub": str(ana.user_id), "typ": "access", "exp": clock.now + timedelta(minutes=5)}
    unsigned = jwt.encode(claims, "", algorithm="none")
    assert (await refusal(service.user_of(unsigned))).code is ErrorCode.UNAUTHORIZED


async def test_a_refresh_token_works_again_for_60_seconds_after_its_first_use(
    service: AuthService, ana: User, clock: Clock
) -> None:
    pair = await pair_of(service)
    clock.move(days=3)
    await service.refresh(pair.refresh_token)
    clock.move(seconds=60)
    _, second = await service.refresh(pair.refresh_token)
    assert second.refresh_token != pair.refresh_token
    assert (await service.user_of(second.access_token)).user_id == ana.user_id


async def test_a_later_use_ends_what_descends_from_the_sign_in_and_nothing_else(
    service: AuthService, ana: User, clock: Clock, db: Database
) -> None:
    stolen, other = await pair_of(service), await pair_of(service)
    _, renewed = await service.refresh(stolen.refresh_token)
    clock.move(seconds=61)
    for token in (stolen.refresh_token, renewed.refresh_token):
        refused = await refusal(service.refresh(token))
        assert refused.code is ErrorCode.INVALID_REFRESH_TOKEN
    assert await tokens(db) == 1
    await service.refresh(other.refresh_token)


async def test_a_refresh_token_lives_30_days_and_its_successor_30_of_its_own(
    service: AuthService, ana: User, clock: Clock
) -> None:
    first = await pair_of(service)
    clock.move(days=29)
    _, second = await service.refresh(first.refresh_token)
    clock.move(days=29)
    _, third = await service.refresh(second.refresh_token)
    clock.move(days=30)
    refused = await refusal(service.refresh(third.refresh_token))
    assert refused.code is ErrorCode.INVALID_REFRESH_TOKEN


async def test_signing_out_ends_one_session_or_all(
    service: AuthService, ana: User, db: Database
) -> None:
    one, other = await pair_of(service), await pair_of(service)
    _, renewed = await service.refresh(one.refresh_token)
    await service.logout(renewed.refresh_token, None)
    assert await tokens(db) == 1
    await service.logout("unknown", other.access_token)
    assert await tokens(db) == 1, "an unknown token is no order to end all"
    await service.logout(None, other.access_token)
    assert await tokens(db) == 0
    refused = await refusal(service.logout(other.refresh_token, None))
    assert refused.code is ErrorCode.UNAUTHORIZED


async def test_no_token_is_stored_as_it_is(service: AuthService, ana: User, db: Database) -> None:
    pair = await pair_of(service)
    async with db.read() as session:
        stored = (await session.scalars(select(RefreshToken.token_hash))).one()
    assert pair.refresh_token not in stored
