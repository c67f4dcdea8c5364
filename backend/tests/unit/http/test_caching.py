"""An entity tag is that of one representation of one run of one version, and of no other."""

from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.requests import Request

from src.http.caching import cache_headers
from src.http.negotiation import is_known
from src.models import GpxFile

ONE = uuid4()


def tag(*representation: object, gpx_file_id: UUID = ONE, version: int = 1, fence: int = 1) -> str:
    upload = GpxFile(gpx_file_id=gpx_file_id, upload_version=version, fence=fence)
    return cache_headers(upload, *representation)["ETag"]


def test_what_is_the_same_has_the_same_tag() -> None:
    assert tag("series", 2.5, None) == tag("series", 2.5, None)


@pytest.mark.parametrize("change", [{"gpx_file_id": uuid4()}, {"version": 2}, {"fence": 2}])
def test_another_upload_version_or_run_has_another_tag(change: dict[str, Any]) -> None:
    assert tag("series", **change) != tag("series")


def test_every_representation_has_its_own_tag() -> None:
    names, numbers = ("stretch", "series"), (None, 0.0, 0.1, 1.0, 11.0, 1e-05)
    tags = {tag(*parts) for parts in product(names, numbers, numbers, (True, False))}
    assert len(tags) == 2 * 6 * 6 * 2


def test_a_version_is_not_mistaken_for_a_run() -> None:
    assert len({tag(11, 1), tag(1, 11), tag(version=11), tag(fence=11), tag(1, version=1)}) == 5


def test_a_tag_that_comes_back_is_known() -> None:
    etag = tag("series", 2.5)
    headers = [(b"if-none-match", etag.encode("latin-1"))]
    request = Request({"type": "http", "headers": headers})
    assert is_known(request, etag)
    assert not is_known(request, tag("series", 2.6))


def test_nobody_is_given_what_another_may_see() -> None:
    headers = cache_headers(GpxFile(gpx_file_id=ONE, upload_version=1, fence=1))
    directives = {one.strip() for one in headers["Cache-Control"].split(",")}
    assert directives == {"private", "no-cache"}
    assert {one.strip() for one in headers["Vary"].split(",")} >= {"Accept", "Authorization"}
