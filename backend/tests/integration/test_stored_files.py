"""What cyclists see of their files, whichever storage keeps them."""

from typing import Any

import pytest

from src.http.deps import Services
from src.services.storage import OpenedFile
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.desk import Desk
from tests.support.rides import build_gpx
from tests.support.stored import everything_in, keys_of
from tests.support.uploads import BAD_LATER

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RIDE = build_gpx(points=400, seed=1)
LARGE_RIDE = build_gpx(size_mb=6)


@pytest.fixture(params=["disk", "bucket"])
def storage_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = request.getfixturevalue(f"{request.param}_settings")
    return chosen


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_large_original_comes_back_byte_for_byte(ana: Cyclist, encoding: str) -> None:
    upload = await ana.uploaded(LARGE_RIDE)
    path = f"/gpx/{upload['gpx_file_id']}/download"
    response = await ana.request("GET", path, headers={"Accept-Encoding": encoding})
    assert response.content == LARGE_RIDE
    if encoding == "identity":
        assert response.headers["content-length"] == str(len(LARGE_RIDE))


async def test_who_has_the_original_is_not_sent_it_again(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await ana.uploaded(RIDE)
    path = f"/gpx/{upload['gpx_file_id']}/download"
    etag = (await ana.request("GET", path)).headers["etag"]

    async def open_in_vain(_key: str) -> OpenedFile:
        raise AssertionError("the storage was asked")

    monkeypatch.setattr(services.storage, "open", open_in_vain)
    known = await ana.request("GET", path, headers={"If-None-Match": etag})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == etag


async def test_an_original_that_is_gone_is_not_found(ana: Cyclist, services: Services) -> None:
    upload = await ana.uploaded(RIDE)
    for key in await keys_of(services.storage):
        await services.storage.delete(key)
    gone = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/download")
    assert error_of(gone, 404)["code"] == "NOT_FOUND"


async def test_the_file_of_a_failed_upload_makes_room_for_the_next(
    ana: Cyclist, services: Services
) -> None:
    trip_id = await ana.new_trip()
    failed = data_of(await ana.upload(trip_id, BAD_LATER, Prefer="wait=10"), 202)
    assert failed["processing_status"] == "failed"
    (first,) = await keys_of(services.storage)
    data_of(await ana.upload(trip_id, RIDE, Prefer="wait=10"), 201)
    (second,) = await everything_in(services.storage)
    assert second != first
    assert await services.storage.read(second) == RIDE


async def test_a_deleted_trip_takes_its_file_along(ana: Cyclist, services: Services) -> None:
    upload = await ana.uploaded(RIDE)
    data_of(await ana.request("DELETE", f"/trips/{upload['trip_id']}"), 200)
    assert await everything_in(services.storage) == []


async def test_a_missing_original_is_tried_again_and_then_fails_with_its_reason(
    desk: Desk, services: Services
) -> None:
    gpx_file_id = await desk.put()
    row = await desk.row(gpx_file_id)
    await services.storage.delete(row.storage_key)
    result = await desk.pipeline.process(gpx_file_id)
    assert (result.outcome, result.error_code) == ("retry", "STORAGE_UNAVAILABLE")


@pytest.mark.parametrize("storage_settings", ["disk"], indirect=True)
async def test_a_full_disk_is_told_and_leaves_nothing(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    trip_id = await ana.new_trip()
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        refused = await ana.upload(trip_id, RIDE)
    assert error_of(refused, 503)["code"] == "STORAGE_UNAVAILABLE"
    assert await everything_in(services.storage) == []
    data_of(await ana.upload(trip_id, RIDE), 202)
