import asyncio
import base64
import dataclasses
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from src.config import Settings
from src.database import utc_now
from src.http.deps import Services
from src.models import Base, User
from src.services.accounts.auth import AuthService
from tests.support.clock import Clock
from tests.support.cyclist import PASSWORD, Cyclist, data_of, error_of
from tests.support.sessions import is_ended, log_in, refresh, renewed

USER_KEYS = {
    "user_id",
    "username",
    "email",
    "is_verified",
    "created_at",
    "photo_url",
    "bio",
    "location",
    "cycling_type",
    "profile_visibility",
    "trip_visibility",
}


@pytest.fixture
def clock(app: FastAPI) -> Clock:
    """The clock of the accounts and sessions of `app`."""
    clock = Clock()
    services: Services = app.state.services
    auth = AuthService(services.db, services.settings, clock=clock)
    app.state.services = dataclasses.replace(services, auth=auth)
    return clock


async def register(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    account = {"username": "ana", "email": "ana@example.com", "password": PASSWORD}
    return await client.post("/auth/register", json=account | fields)


async def log_out(
    client: httpx.AsyncClient, refresh_token: str | None = None, access_token: str | None = None
) -> httpx.Response:
    params = {} if refresh_token is None else {"refresh_token": refresh_token}
    headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
    return await client.post("/auth/logout", params=params, headers=headers)


async def me(client: httpx.AsyncClient, authorization: str) -> httpx.Response:
    return await client.get("/auth/me", headers={"Authorization": authorization})


async def test_a_new_account_can_be_used_at_once(client: httpx.AsyncClient) -> None:
    account = data_of(await register(client), 201)
    assert set(account) == {
        "user_id",
        "username",
        "email",
        "is_verified",
        "is_active",
        "created_at",
    }
    assert UUID(account["user_id"]).version == 4
    assert (account["username"], account["email"]) == ("ana", "ana@example.com")
    assert (account["is_verified"], account["is_active"]) == (True, True)
    data_of(await log_in(client, "ana", PASSWORD), 200)


async def test_a_username_is_taken_in_any_case(ana: Cyclist) -> None:
    for username in ("ana", "ANA", "aNa"):
        answer = await register(ana.client, username=username, email="b@example.com")
        error = error_of(answer, 400)
        assert (error["code"], error["field"]) == ("USERNAME_TAKEN", "username")


async def test_an_email_is_taken_in_any_case(ana: Cyclist) -> None:
    for email in ("ana@example.com", "ANA@Example.COM", "Ana@example.com"):
        error = error_of(await register(ana.client, username="berta", email=email), 400)
        assert (error["code"], error["field"]) == ("EMAIL_TAKEN", "email")


async def test_a_refused_registration_leaves_no_account(ana: Cyclist) -> None:
    error_of(await register(ana.client, username="berta", email="ANA@example.com"), 400)
    data_of(await register(ana.client, username="berta", email="berta@example.com"), 201)


async def test_of_two_registrations_at_once_one_gets_the_name(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        register(client, username="ana", email="a@example.com"),
        register(client, username="Ana", email="b@example.com"),
    )
    refused, taken = sorted(answers, key=lambda answer: answer.status_code, reverse=True)
    data_of(taken, 201)
    assert error_of(refused, 400)["code"] == "USERNAME_TAKEN"


BAD_FIELDS = [
    ("username", "an"),
    ("username", "a" * 31),
    ("username", "ana banana"),
    ("username", "ana-b"),
    ("username", "ana@b"),
    ("username", "ana\n"),
    ("username", "ana\x00"),
    ("username", ""),
    ("email", "ana"),
    ("email", "ana@"),
    ("email", "ana@nowhere"),
    ("email", "ana@example.com, b@example.com"),
    ("email", f"{'a' * 310}@example.com"),
    ("email", ""),
    ("password", "Corta-1"),
    ("password", "sin-mayuscula-1"),
    ("password", "SIN-MINUSCULA-1"),
    ("password", "Sin-ningun-numero"),
    ("password", "SinCaracter3special"),
    ("password", f"Larga-1{'x' * 1000}"),
    ("password", ""),
]


async def test_an_account_outside_the_rules_is_refused_by_field(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    for field, value in BAD_FIELDS:
        error = error_of(await register(client, **{field: value}), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field), value[:40]
    async with app.state.services.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(User)) == 0


async def test_every_field_of_an_account_is_needed(client: httpx.AsyncClient) -> None:
    for field in ("username", "email", "password"):
        account = {"username": "ana", "email": "ana@example.com", "password": PASSWORD}
        del account[field]
        error = error_of(await client.post("/auth/register", json=account), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)


GOOD_ACCOUNTS = [
    {"username": "abc", "email": "1@example.com"},
    {"username": "A_1" + "b" * 27, "email": "2@example.com"},
    {"username": "user3", "email": "3@example.com", "password": "Aa1-5678"},
    {"username": "user4", "email": "4@example.com", "password": "Contraseña con espacios 1"},
    {"username": "user5", "email": "ana.perez+ruta@sub.example.co"},
]


async def test_an_account_just_within_the_rules_is_opened(client: httpx.AsyncClient) -> None:
    for fields in GOOD_ACCOUNTS:
        data_of(await register(client, **fields), 201)
        data_of(await log_in(client, fields["email"], fields.get("password", PASSWORD)), 200)


async def test_one_signs_in_by_name_or_email_in_any_case(ana: Cyclist) -> None:
    for login in ("ana", "ANA", "ana@example.com", "Ana@EXAMPLE.com"):
        data = data_of(await log_in(ana.client, login, PASSWORD), 200)
        assert data["user"]["username"] == "ana"


async def test_a_session_has_exactly_these_keys(ana: Cyclist) -> None:
    session = data_of(await log_in(ana.client, "ana", PASSWORD), 200)
    assert set(session) == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert (session["token_type"], session["expires_in"]) == ("bearer", 15 * 60)
    assert set(session["user"]) == USER_KEYS
    assert session["user"]["photo_url"] is None


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(ana: Cyclist) -> None:
    wrong = await log_in(ana.client, "ana", "Otra-clave-1")
    unknown = await log_in(ana.client, "nadie", "Otra-clave-1")
    assert error_of(wrong, 401)["code"] == "INVALID_CREDENTIALS"
    assert wrong.json() == unknown.json()
    assert wrong.status_code == unknown.status_code
    assert wrong.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"] == "Bearer"


async def test_the_password_is_not_taken_in_another_case(ana: Cyclist) -> None:
    error_of(await log_in(ana.client, "ana", PASSWORD.upper()), 401)


async def test_an_account_that_was_closed_cannot_be_used(ana: Cyclist, app: FastAPI) -> None:
    async with app.state.services.db.write() as session:
        await session.execute(update(User).values(is_active=False))
    assert error_of(await log_in(ana.client, "ana", PASSWORD), 401)["code"] == "INVALID_CREDENTIALS"
    assert error_of(await ana.request("GET", "/auth/me"), 401)["code"] == "UNAUTHORIZED"
    assert await is_ended(ana.client, ana.tokens["refresh_token"])


async def fail_to_log_in(cyclist: Cyclist, times: int, login: str = "ana") -> None:
    for _ in range(times):
        error = error_of(await log_in(cyclist.client, login, "Otra-clave-1"), 401)
        assert error["code"] == "INVALID_CREDENTIALS"


async def test_the_fifth_failure_locks_the_account_for_15_minutes(
    clock: Clock, ana: Cyclist
) -> None:
    await fail_to_log_in(ana, 2)
    await fail_to_log_in(ana, 2, login="ANA@example.com")
    fifth = await log_in(ana.client, "ana", "Otra-clave-1")
    assert error_of(fifth, 429)["code"] == "ACCOUNT_LOCKED"
    assert fifth.headers["Retry-After"] == "900"

    clock.move(minutes=14, seconds=59)
    correct = await log_in(ana.client, "ana", PASSWORD)
    assert error_of(correct, 429)["code"] == "ACCOUNT_LOCKED"
    assert correct.headers["Retry-After"] == "1"

    clock.move(seconds=1)
    data_of(await log_in(ana.client, "ana", PASSWORD), 200)


async def test_trying_while_locked_does_not_prolong_the_lock(clock: Clock, ana: Cyclist) -> None:
    await fail_to_log_in(ana, 4)
    error_of(await log_in(ana.client, "ana", "Otra-clave-1"), 429)
    for _ in range(3):
        clock.move(minutes=5)
        await log_in(ana.client, "ana", "Otra-clave-1")
    data_of(await log_in(ana.client, "ana", PASSWORD), 200)


async def test_after_the_lock_there_are_five_tries_again(clock: Clock, ana: Cyclist) -> None:
    await fail_to_log_in(ana, 4)
    error_of(await log_in(ana.client, "ana", "Otra-clave-1"), 429)
    clock.move(minutes=15)
    await fail_to_log_in(ana, 4)
    error_of(await log_in(ana.client, "ana", "Otra-clave-1"), 429)


async def test_a_success_begins_the_count_again(ana: Cyclist) -> None:
    await fail_to_log_in(ana, 4)
    data_of(await log_in(ana.client, "ana", PASSWORD), 200)
    await fail_to_log_in(ana, 4)
    data_of(await log_in(ana.client, "ana", PASSWORD), 200)


async def test_failures_at_the_same_time_are_all_counted(ana: Cyclist) -> None:
    answers = await asyncio.gather(
        *(log_in(ana.client, "ana", "Otra-clave-1") for _ in range(5)),
    )
    assert sorted(answer.status_code for answer in answers) == [401, 401, 401, 401, 429]
    error_of(await log_in(ana.client, "ana", PASSWORD), 429)


async def test_a_locked_account_locks_nobody_else(ana: Cyclist, berta: Cyclist) -> None:
    await fail_to_log_in(ana, 4)
    error_of(await log_in(ana.client, "ana", "Otra-clave-1"), 429)
    data_of(await log_in(ana.client, "berta", PASSWORD), 200)


async def test_a_lock_does_not_end_the_sessions_that_are_open(ana: Cyclist) -> None:
    await fail_to_log_in(ana, 4)
    error_of(await log_in(ana.client, "ana", "Otra-clave-1"), 429)
    data_of(await ana.request("GET", "/auth/me"), 200)


async def test_sign_in_is_limited_where_limits_are_on(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings
) -> None:
    services: Services = app.state.services
    limiter = type(services.limiter)(
        settings.model_copy(update={"rate_limit_enabled": True, "rate_limit_auth": "2/minute"})
    )
    app.state.services = dataclasses.replace(services, limiter=limiter)
    await log_in(client, "nadie", PASSWORD)
    await register(client, username="x")
    for limited in (await log_in(client, "nadie", PASSWORD), await register(client)):
        assert error_of(limited, 429)["code"] == "RATE_LIMITED"
        assert 1 <= int(limited.headers["Retry-After"]) <= 60


async def test_a_refresh_gives_a_whole_new_session(clock: Clock, ana: Cyclist) -> None:
    first = ana.tokens
    second = data_of(await refresh(ana.client, first["refresh_token"]), 200)
    assert set(second) == set(first)
    assert second["user"] == first["user"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    data_of(await me(ana.client, f"Bearer {second['access_token']}"), 200)


async def test_sessions_go_on_by_their_newest_token(clock: Clock, ana: Cyclist) -> None:
    token = ana.tokens["refresh_token"]
    for _ in range(4):
        clock.move(days=20)
        clock.now = min(clock.now, utc_now())
        token = await renewed(ana.client, token)


async def test_a_token_used_twice_within_60_seconds_works_twice(clock: Clock, ana: Cyclist) -> None:
    first = ana.tokens["refresh_token"]
    second = await renewed(ana.client, first)
    clock.move(seconds=60)
    third = await renewed(ana.client, first)
    assert len({first, second, third}) == 3
    await renewed(ana.client, second)
    await renewed(ana.client, third)


async def test_the_60_seconds_count_from_the_first_use(clock: Clock, ana: Cyclist) -> None:
    first = ana.tokens["refresh_token"]
    await renewed(ana.client, first)
    clock.move(seconds=40)
    await renewed(ana.client, first)
    clock.move(seconds=40)
    assert await is_ended(ana.client, first)


async def test_two_uses_at_the_same_time_both_work(ana: Cyclist) -> None:
    token = ana.tokens["refresh_token"]
    answers = await asyncio.gather(refresh(ana.client, token), refresh(ana.client, token))
    fresh = {data_of(answer, 200)["refresh_token"] for answer in answers}
    assert len(fresh | {token}) == 3


async def test_a_later_second_use_ends_the_whole_family(clock: Clock, ana: Cyclist) -> None:
    elsewhere = data_of(await log_in(ana.client, "ana", PASSWORD), 200)["refresh_token"]
    first = ana.tokens["refresh_token"]
    second = await renewed(ana.client, first)
    third = await renewed(ana.client, second)
    clock.move(seconds=61)
    assert await is_ended(ana.client, first)
    assert await is_ended(ana.client, third)
    assert await is_ended(ana.client, second)
    await renewed(ana.client, elsewhere)


async def test_a_refresh_token_lives_30_days(clock: Clock, ana: Cyclist) -> None:
    other = data_of(await log_in(ana.client, "ana", PASSWORD), 200)["refresh_token"]
    clock.move(days=30, seconds=-1)
    await renewed(ana.client, ana.tokens["refresh_token"])
    clock.move(seconds=1)
    assert await is_ended(ana.client, other)


async def test_an_unknown_refresh_token_is_refused(client: httpx.AsyncClient) -> None:
    for token in ("", "x", "ñ", "a\x00b", "x" * 200):
        assert await is_ended(client, token), token


async def test_a_token_in_the_body_is_as_good_as_one_in_the_address(ana: Cyclist) -> None:
    body = {"refresh_token": ana.tokens["refresh_token"]}
    fresh = data_of(await ana.client.post("/auth/refresh", json=body), 200)["refresh_token"]
    data_of(await ana.client.post("/auth/logout", json={"refresh_token": fresh}), 200)
    assert await is_ended(ana.client, fresh)
    error = error_of(await ana.client.post("/auth/refresh", json={"refresh_token": 7}), 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "refresh_token")


async def test_refreshing_needs_a_token(client: httpx.AsyncClient) -> None:
    error = error_of(await client.post("/auth/refresh"), 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "refresh_token")


async def test_signing_out_with_both_tokens_ends_this_session_only(ana: Cyclist) -> None:
    elsewhere = data_of(await log_in(ana.client, "ana", PASSWORD), 200)["refresh_token"]
    mine = ana.tokens["refresh_token"]
    data_of(await log_out(ana.client, mine, ana.tokens["access_token"]), 200)
    assert await is_ended(ana.client, mine)
    await renewed(ana.client, elsewhere)


async def test_signing_out_needs_no_access_token(ana: Cyclist) -> None:
    mine = ana.tokens["refresh_token"]
    data_of(await log_out(ana.client, mine), 200)
    assert await is_ended(ana.client, mine)


async def test_signing_out_ends_what_descends_from_the_same_sign_in(ana: Cyclist) -> None:
    first = ana.tokens["refresh_token"]
    second = await renewed(ana.client, first)
    data_of(await log_out(ana.client, second), 200)
    assert await is_ended(ana.client, first)


async def test_signing_out_with_an_access_token_alone_ends_all_ones_sessions(
    ana: Cyclist, berta: Cyclist
) -> None:
    elsewhere = data_of(await log_in(ana.client, "ana", PASSWORD), 200)["refresh_token"]
    data_of(await log_out(ana.client, access_token=ana.tokens["access_token"]), 200)
    assert await is_ended(ana.client, elsewhere)
    assert await is_ended(ana.client, ana.tokens["refresh_token"])
    await renewed(ana.client, berta.tokens["refresh_token"])


async def test_signing_out_twice_is_no_error_for_one_who_is_signed_in(ana: Cyclist) -> None:
    for _ in range(2):
        data_of(
            await log_out(ana.client, ana.tokens["refresh_token"], ana.tokens["access_token"]), 200
        )


async def test_an_unknown_refresh_token_does_not_end_the_other_sessions(ana: Cyclist) -> None:
    data_of(await log_out(ana.client, "unknown", ana.tokens["access_token"]), 200)
    await renewed(ana.client, ana.tokens["refresh_token"])


async def test_signing_out_without_any_valid_token_is_refused(client: httpx.AsyncClient) -> None:
    for token in (None, "", "unknown"):
        response = await log_out(client, token)
        assert error_of(response, 401)["code"] in {"UNAUTHORIZED", "INVALID_REFRESH_TOKEN"}
        assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_me_is_the_user_of_the_session(ana: Cyclist, berta: Cyclist) -> None:
    user = data_of(await ana.request("GET", "/auth/me"), 200)
    assert set(user) == USER_KEYS
    assert user == ana.tokens["user"]
    assert user["username"] == "ana"


async def test_the_word_bearer_is_taken_in_any_case(ana: Cyclist) -> None:
    data_of(await me(ana.client, f"bearer {ana.tokens['access_token']}"), 200)


async def test_a_header_without_an_access_token_is_refused(client: httpx.AsyncClient) -> None:
    for authorization in ("", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YTph"):
        response = await me(client, authorization)
        assert error_of(response, 401)["code"] == "UNAUTHORIZED"
        assert response.headers["WWW-Authenticate"] == "Bearer"


def unsigned(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*encoded, b""]).decode()


async def test_only_an_access_token_of_ours_opens_the_door(
    ana: Cyclist, settings: Settings
) -> None:
    secret = settings.secret_key.get_secret_value()
    now = int(utc_now().timestamp())
    claims: dict[str, Any] = {
        "sub": ana.tokens["user"]["user_id"],
        "typ": "access",
        "iat": now - 10,
        "exp": now + 60,
    }

    def without(name: str) -> dict[str, Any]:
        return {key: value for key, value in claims.items() if key != name}

    data_of(await me(ana.client, f"Bearer {jwt.encode(claims, secret)}"), 200)
    head, body, signature = jwt.encode(claims, secret).split(".")
    _, another_body, _ = jwt.encode(claims | {"exp": now + 6000}, secret).split(".")
    refused = {
        "another key": jwt.encode(claims, "another-secret-of-at-least-32-characters"),
        "another algorithm": jwt.encode(claims, secret * 2, algorithm="HS512"),
        "no algorithm": unsigned(claims),
        "no signature": f"{head}.{body}.",
        "changed claims": f"{head}.{another_body}.{signature}",
        "expired": jwt.encode(claims | {"exp": now - 1}, secret),
        "without an end": jwt.encode(without("exp"), secret),
        "without a user": jwt.encode(without("sub"), secret),
        "without a type": jwt.encode(without("typ"), secret),
        "of another type": jwt.encode(claims | {"typ": "refresh"}, secret),
        "of nobody": jwt.encode(claims | {"sub": str(uuid4())}, secret),
        "of no id": jwt.encode(claims | {"sub": "ana"}, secret),
        "a refresh token": ana.tokens["refresh_token"],
    }
    answers = {case: await me(ana.client, f"Bearer {token}") for case, token in refused.items()}
    assert {case: answer.status_code for case, answer in answers.items()} == dict.fromkeys(
        refused, 401
    )
    assert {error_of(answer, 401)["code"] for answer in answers.values()} == {"UNAUTHORIZED"}
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {"Bearer"}


async def test_an_access_token_lives_15_minutes(clock: Clock, ana: Cyclist) -> None:
    clock.move(minutes=15, seconds=-1)
    data_of(await ana.request("GET", "/auth/me"), 200)
    clock.move(seconds=1)
    assert error_of(await ana.request("GET", "/auth/me"), 401)["code"] == "UNAUTHORIZED"


async def test_neither_passwords_nor_tokens_are_stored_in_clear(ana: Cyclist, app: FastAPI) -> None:
    await renewed(ana.client, ana.tokens["refresh_token"])
    async with app.state.services.db.read() as session:
        rows = [
            row
            for table in Base.metadata.sorted_tables
            for row in (await session.execute(select(table))).all()
        ]
    stored = "\n".join(str(row) for row in rows)
    assert "ana@example.com" in stored
    assert "$argon2id$" in stored
    assert stored.count(str(UUID(ana.tokens["user"]["user_id"]))) >= 3
    for secret in (PASSWORD, ana.tokens["refresh_token"], ana.tokens["access_token"]):
        assert secret not in stored


async def test_no_answer_about_a_user_contains_the_password_hash(ana: Cyclist) -> None:
    answers = [await ana.request("GET", "/auth/me"), await register(ana.client, username="otra")]
    assert all("argon2" not in answer.text for answer in answers)
    assert all("password" not in json.dumps(answer.json()) for answer in answers)


async def test_signing_in_needs_a_name_and_a_password(client: httpx.AsyncClient) -> None:
    bad: list[tuple[str, object]] = [
        ("login", ""),
        ("login", None),
        ("password", ""),
        ("password", 7),
    ]
    for field, value in bad:
        form = {"login": "ana", "password": PASSWORD} | {field: value}
        error = error_of(await client.post("/auth/login", json=form), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)


async def test_an_old_clients_long_refresh_token_is_refused_like_any_other(
    client: httpx.AsyncClient,
) -> None:
    assert await is_ended(client, "x" * 400)
    error_of(await log_out(client, "x" * 400), 401)


async def test_an_access_token_is_no_refresh_token(ana: Cyclist) -> None:
    assert await is_ended(ana.client, ana.tokens["access_token"])


async def test_an_expired_refresh_token_alone_does_not_sign_out(clock: Clock, ana: Cyclist) -> None:
    clock.move(days=31)
    error_of(await log_out(ana.client, ana.tokens["refresh_token"]), 401)


async def test_a_valid_refresh_token_signs_out_beside_an_expired_access_token(
    clock: Clock, ana: Cyclist
) -> None:
    clock.move(minutes=16)
    mine = ana.tokens["refresh_token"]
    data_of(await log_out(ana.client, mine, ana.tokens["access_token"]), 200)
    assert await is_ended(ana.client, mine)


async def test_a_token_of_a_server_whose_clock_is_a_little_ahead_is_good(
    clock: Clock, client: httpx.AsyncClient
) -> None:
    clock.now = utc_now() + timedelta(seconds=5)
    ahead = await Cyclist.join(client, "ana")
    data_of(await ahead.request("GET", "/auth/me"), 200)


async def test_a_login_with_a_null_character_is_no_account(client: httpx.AsyncClient) -> None:
    response = await log_in(client, "ana\x00", PASSWORD)
    assert response.status_code in {400, 401}
    assert response.json()["error"]["code"] in {"VALIDATION_ERROR", "INVALID_CREDENTIALS"}
