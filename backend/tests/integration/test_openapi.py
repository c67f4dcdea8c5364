"""The OpenAPI document describes every call: success, errors, examples.

That the answers are as described is checked on every answer of every test: see
`tests/support/contract.py`. Which answers a call declares: see `test_operations.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import ValidationError

from src.errors import ErrorCode
from tests.support.contract import Contract
from tests.support.workers import BACKEND

Operation = dict[str, Any]


def calls(openapi: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_call_describes_its_success(openapi: dict[str, Any]) -> None:
    for method, path, operation in calls(openapi):
        success = {
            status: response
            for status, response in operation["responses"].items()
            if status.startswith("2")
        }
        assert success, f"{method} {path}"
        for status, response in success.items():
            assert status == "204" or response["content"], f"{method} {path} {status}"


def test_errors_are_described_in_their_envelope_and_by_example(openapi: dict[str, Any]) -> None:
    for method, path, operation in calls(openapi):
        for status, response in operation["responses"].items():
            if status.startswith("4"):
                content = response["content"]["application/json"]
                assert content["schema"]["$ref"].endswith("/ErrorEnvelope"), f"{method} {path}"
                assert content["example"]["error"]["code"] in set(ErrorCode)
                assert "{" not in content["example"]["error"]["message"]


def test_every_json_body_has_an_example(openapi: dict[str, Any]) -> None:
    for method, path, operation in calls(openapi):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            # One that may be left out is a choice between it and nothing.
            schema = body["schema"].get("anyOf", [body["schema"]])[0]
            name = schema["$ref"].rpartition("/")[2]
            assert "example" in openapi["components"]["schemas"][name], f"{method} {path}"


def test_every_call_says_in_words_what_it_does(openapi: dict[str, Any]) -> None:
    assert [
        f"{method} {path}" for method, path, op in calls(openapi) if not op.get("description")
    ] == []


async def test_the_documentation_is_served(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "swagger" in page.text.lower()
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.")


async def test_an_answer_of_another_shape_is_noticed(
    contract: Contract, client: httpx.AsyncClient
) -> None:
    response = await client.get("/health")
    await contract.check(response)
    odd = httpx.Response(200, json={"status": "odd"}, request=response.request)
    with pytest.raises(ValidationError):
        await contract.check(odd)
    undocumented = httpx.Response(418, json={}, request=response.request)
    with pytest.raises(AssertionError, match="not documented"):
        await contract.check(undocumented)


def test_the_command_prints_the_document_and_nothing_else(tmp_path: Path) -> None:
    env = {**os.environ, "WEB_PATH": str(tmp_path / "not built"), "LOG_LEVEL": "DEBUG"}
    command = [sys.executable, "-m", "src.openapi"]
    printed = subprocess.run(command, cwd=BACKEND, env=env, capture_output=True, check=True)
    assert json.loads(printed.stdout)["info"]["title"] == "ContraVento GPX"
    assert b"web_app_missing" in printed.stderr
