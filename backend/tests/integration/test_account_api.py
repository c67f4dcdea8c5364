"""What cyclists do with their own account: another password, and its end."""

import asyncio
import threading
from collections import Counter
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pwdlib import PasswordHash
from sqlalchemy import select

from src.http.deps import Services
from src.models import Base, Trip, User
from src.services.accounts import auth
from src.services.accounts.auth import MAX_FAILED_LOGINS
from src.services.trips import editing
from src.states import Outcome
from tests.support.analyses import FaultyAnalyses
from tests.support.cyclist import PASSWORD, Cyclist, data_of, error_of
from tests.support.desk import Desk
from tests.support.rides import build_gpx
from tests.support.sessions import is_ended, log_in, refresh, renewed
from tests.support.stored import everything_in, incoming_of, keys_of
from tests.support.uploads import BAD_LATER, ride

RIDE = build_gpx(points=50)
OTHER = "Bajada-del-Veleta-2027"


async def change(cyclist: Cyclist, new: str, current: str = PASSWORD) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await cyclist.request("PUT", "/users/me/password", json=body)


async def delete(cyclist: Cyclist, password: str = PASSWORD) -> httpx.Response:
    return await cyclist.request("DELETE", "/users/me", json={"password": password})


async def session_of(cyclist: Cyclist, password: str = PASSWORD) -> Cyclist:
    """The same one on another device."""
    tokens = data_of(await log_in(cyclist.client, cyclist.username, password), 200)
    return Cyclist(cyclist.client, cyclist.username, tokens)


async def is_signed_in(cyclist: Cyclist) -> bool:
    answer = await cyclist.request("GET", "/auth/me")
    if answer.status_code == 200:
        return True
    assert error_of(answer, 401)["code"] == "UNAUTHORIZED"
    return False


async def rows(services: Services) -> dict[str, Counter[str]]:
    """Everything in the database."""
    async with services.db.read() as session:
        return {
            table.name: Counter(str(row) for row in await session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


class TestPassword:
    async def test_the_new_one_opens_the_account_and_the_old_one_does_not(
        self, ana: Cyclist
    ) -> None:
        assert (await change(ana, OTHER)).status_code == 204
        assert error_of(await log_in(ana.client, "ana", PASSWORD), 401)["code"] == (
            "INVALID_CREDENTIALS"
        )
        data_of(await log_in(ana.client, "ana", OTHER), 200)

    async def test_this_session_goes_on_and_all_others_end_at_once(
        self, ana: Cyclist, berta: Cyclist
    ) -> None:
        phone, tablet = await session_of(ana), await session_of(ana)
        fresh = await renewed(ana.client, tablet.tokens["refresh_token"])
        assert (await change(ana, OTHER)).status_code == 204
        for other in (phone, tablet):
            assert not await is_signed_in(other)
            assert await is_ended(ana.client, other.tokens["refresh_token"])
        assert await is_ended(ana.client, fresh)
        assert await is_signed_in(ana)
        await renewed(ana.client, ana.tokens["refresh_token"])
        assert await is_signed_in(berta)
        await renewed(berta.client, berta.tokens["refresh_token"])

    async def test_a_wrong_one_changes_nothing(self, ana: Cyclist) -> None:
        phone = await session_of(ana)
        error = error_of(await change(ana, OTHER, current=OTHER), 400)
        assert (error["code"], error["field"]) == ("WRONG_PASSWORD", "current_password")
        assert await is_signed_in(phone)
        error_of(await log_in(ana.client, "ana", OTHER), 401)
        data_of(await log_in(ana.client, "ana", PASSWORD), 200)

    @pytest.mark.parametrize(
        "new", ["Corta-1", "sin-mayuscula-1", "SIN-MINUSCULA-1", "Sin-numero", "SinSigno3", ""]
    )
    async def test_a_new_one_follows_the_rules_of_registration(
        self, ana: Cyclist, new: str
    ) -> None:
        error = error_of(await change(ana, new), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "new_password")

    async def test_trying_is_counted_together_with_the_sign_in(self, ana: Cyclist) -> None:
        for _ in range(2):
            error_of(await log_in(ana.client, "ana", OTHER), 401)
        error_of(await change(ana, OTHER, current=OTHER), 400)
        error_of(await delete(ana, OTHER), 400)
        fifth = await change(ana, OTHER, current=OTHER)
        assert error_of(fifth, 429)["code"] == "ACCOUNT_LOCKED"
        assert fifth.headers["Retry-After"] == "900"
        for locked in (
            await change(ana, OTHER),
            await delete(ana),
            await log_in(ana.client, "ana", PASSWORD),
        ):
            assert error_of(locked, 429)["code"] == "ACCOUNT_LOCKED"
        assert await is_signed_in(ana)

    async def test_a_change_begins_the_count_again(self, ana: Cyclist) -> None:
        for _ in range(MAX_FAILED_LOGINS - 1):
            error_of(await change(ana, OTHER, current=OTHER), 400)
        assert (await change(ana, OTHER)).status_code == 204
        for _ in range(MAX_FAILED_LOGINS - 1):
            error_of(await change(ana, PASSWORD, current=PASSWORD), 400)
        assert (await change(ana, PASSWORD, current=OTHER)).status_code == 204

    async def test_of_two_changes_at_once_one_counts(self, ana: Cyclist) -> None:
        wanted = [f"Bajada-{number}-Veleta" for number in range(4)]
        answers = await asyncio.gather(*(change(ana, new) for new in wanted))
        taken = [new for new, it in zip(wanted, answers, strict=True) if it.status_code == 204]
        assert len(taken) == 1
        assert {error_of(it, 400)["code"] for it in answers if it.status_code != 204} == {
            "WRONG_PASSWORD"
        }
        data_of(await log_in(ana.client, "ana", taken[0]), 200)

    async def test_no_session_begins_with_a_password_that_is_changed_meanwhile(
        self, ana: Cyclist, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        has_looked, is_changed = threading.Event(), threading.Event()
        hasher: PasswordHash = auth._hasher

        class Slow:
            """Knows that the old one is right, and takes until it is old to say so."""

            hash, verify = hasher.hash, hasher.verify

            def verify_and_update(self, password: str, known: str) -> tuple[bool, str | None]:
                found = hasher.verify_and_update(password, known)
                has_looked.set()
                assert is_changed.wait(10)
                return found

        monkeypatch.setattr(auth, "_hasher", Slow())
        sign_in = asyncio.create_task(log_in(ana.client, "ana", PASSWORD))
        assert await asyncio.to_thread(has_looked.wait, 10)
        assert (await change(ana, OTHER)).status_code == 204
        is_changed.set()
        assert error_of(await sign_in, 401)["code"] == "INVALID_CREDENTIALS"

    async def test_no_session_survives_that_is_renewed_meanwhile(self, ana: Cyclist) -> None:
        passwords = [PASSWORD, *(f"Bajada-{number}-Veleta" for number in range(8))]
        for current, new in pairwise(passwords):
            phone = await session_of(ana, current)
            token = phone.tokens["refresh_token"]
            changed, renewal = await asyncio.gather(
                change(ana, new, current), refresh(ana.client, token)
            )
            assert changed.status_code == 204
            if renewal.status_code == 200:
                assert await is_ended(ana.client, renewal.json()["data"]["refresh_token"])


class TestSessionsOfAccessTokens:
    """An access token is good no longer than the session that it is of."""

    async def test_it_ends_when_its_session_is_signed_out(self, ana: Cyclist) -> None:
        phone = await session_of(ana)
        token = ana.tokens["refresh_token"]
        data_of(await ana.client.post("/auth/logout", params={"refresh_token": token}), 200)
        assert not await is_signed_in(ana)
        assert await is_signed_in(phone)

    async def test_it_ends_with_all_of_them(self, ana: Cyclist, berta: Cyclist) -> None:
        phone = await session_of(ana)
        data_of(await ana.request("POST", "/auth/logout"), 200)
        assert not await is_signed_in(ana)
        assert not await is_signed_in(phone)
        assert await is_signed_in(berta)

    async def test_it_lives_its_time_when_another_takes_its_place(self, ana: Cyclist) -> None:
        await renewed(ana.client, ana.tokens["refresh_token"])
        assert await is_signed_in(ana)


class TestDeletion:
    async def test_everything_is_as_if_the_cyclist_had_never_been(
        self, services: Services, berta: Cyclist
    ) -> None:
        await berta.publish((await berta.uploaded(RIDE))["trip_id"])
        before, files_before = await rows(services), await keys_of(services.storage)

        ana = await Cyclist.join(berta.client, "ana")
        await ana.publish((await ana.uploaded(RIDE))["trip_id"])
        await ana.uploaded(build_gpx(points=90, seed=2))
        failed = await ana.upload(await ana.new_trip(), BAD_LATER, **{"Idempotency-Key": "once"})
        data_of(failed, 202)
        await ana.new_trip()
        now = await rows(services)
        filled = {name for name, found in now.items() if found - before[name]}
        assert filled >= {
            "users",
            "refresh_tokens",
            "trips",
            "gpx_files",
            "track_points",
            "route_statistics",
            "processing_runs",
            "idempotency_keys",
        }
        assert len(await keys_of(services.storage)) == len(files_before) + 5

        assert (await delete(ana)).status_code == 204
        assert await rows(services) == before
        assert await keys_of(services.storage) == files_before
        assert incoming_of(services.storage) == []

    async def test_nobody_gets_in_any_more_until_the_name_is_taken_anew(self, ana: Cyclist) -> None:
        phone = await session_of(ana)
        await ana.new_trip()
        assert (await delete(ana)).status_code == 204
        for session in (ana, phone):
            assert not await is_signed_in(session)
            assert await is_ended(ana.client, session.tokens["refresh_token"])
        error = error_of(await log_in(ana.client, "ana", PASSWORD), 401)
        assert error["code"] == "INVALID_CREDENTIALS"

        again = await Cyclist.join(ana.client, "ana")
        trips = data_of(await again.request("GET", "/users/ana/trips"), 200)
        assert trips["total"] == 0
        assert not await is_signed_in(ana)

    async def test_a_wrong_password_deletes_nothing(self, services: Services, ana: Cyclist) -> None:
        await ana.uploaded(RIDE)
        files = await keys_of(services.storage)
        error = error_of(await delete(ana, OTHER), 400)
        assert (error["code"], error["field"]) == ("WRONG_PASSWORD", "password")
        assert await is_signed_in(ana)
        assert data_of(await ana.request("GET", "/users/ana/trips"), 200)["total"] == 1
        assert await keys_of(services.storage) == files

    async def test_what_was_public_is_gone_for_everybody(
        self, ana: Cyclist, berta: Cyclist
    ) -> None:
        upload = await ana.uploaded(RIDE)
        await ana.publish(upload["trip_id"])
        assert (await delete(ana)).status_code == 204
        for path in (f"/trips/{upload['trip_id']}", f"/gpx/{upload['gpx_file_id']}/track"):
            error_of(await berta.request("GET", path), 404)
        error_of(await berta.request("GET", "/users/ana/trips"), 404)
        assert (await berta.request("GET", "/trips/public")).json()["trips"] == []

    async def test_what_is_being_analysed_is_given_up(
        self, services: Services, ana: Cyclist, faulty_analyses: FaultyAnalyses
    ) -> None:
        trip_id = await ana.new_trip()
        # Too large to be read before the answer.
        sent = asyncio.create_task(ana.upload(trip_id, ride("wait 60").ljust(1100 * 1024)))
        await faulty_analyses.begun()
        assert (await delete(ana)).status_code == 204
        await faulty_analyses.all_dead()
        data_of(await sent, 202)
        assert await everything_in(services.storage) == []

    async def test_a_worker_that_was_about_to_end_writes_nothing(
        self, desk: Desk, services: Services, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gpx_file_id = await desk.put()
        parse = desk.pipeline.parse_gpx_file

        async def deleted_meanwhile(source: object, **options: object) -> object:
            analysis = await parse(source, **options)  # type: ignore[arg-type]
            assert (await delete(desk.owner)).status_code == 204
            return analysis

        monkeypatch.setattr(desk.pipeline, "parse_gpx_file", deleted_meanwhile)
        assert (await desk.pipeline.process(gpx_file_id)).outcome is Outcome.NOTHING_TO_DO
        assert {name for name, found in (await rows(services)).items() if found} <= {"nightly_runs"}
        assert await everything_in(services.storage) == []

    async def test_a_file_that_cannot_be_removed_now_keeps_nobody(
        self, services: Services, ana: Cyclist, berta: Cyclist
    ) -> None:
        await ana.uploaded(RIDE)
        folder = services.storage.incoming_folder.parent / "gpx_files"
        for file in [path for path in folder.rglob("*.*") if path.is_file()]:
            file.unlink()
            # Neither a file nor empty.
            (file / "in-the-way").mkdir(parents=True)
        assert (await delete(ana)).status_code == 204
        assert not await is_signed_in(ana)
        assert await is_signed_in(berta)

    @pytest.mark.parametrize("path", ["/trips", "/trips/gpx-wizard"])
    async def test_what_is_made_meanwhile_is_refused(
        self, services: Services, ana: Cyclist, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        new_trip = editing.new_trip
        trip = {"title": "Vuelta", "description": "Cuesta " * 9, "start_date": "2026-05-01"}
        is_wizard = path.endswith("wizard")
        body = (
            {"data": trip, "files": {"gpx_file": ("a.gpx", RIDE)}} if is_wizard else {"json": trip}
        )

        def of_nobody(user: User, fields: dict[str, Any]) -> Trip:
            made = new_trip(user, fields)
            made.user_id = uuid4()
            return made

        monkeypatch.setattr(editing, "new_trip", of_nobody)
        answer = await ana.request("POST", path, headers={"Idempotency-Key": "once"}, **body)
        assert error_of(answer, 401)["code"] == "UNAUTHORIZED"
        assert not (await rows(services))["trips"]
        assert await everything_in(services.storage) == []
