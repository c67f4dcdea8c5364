"""The OpenAPI document, as what every answer in the tests is held to."""

import json
import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator


class Contract:
    """Fails when an answer is not documented, or not of the documented shape."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$"), operations)
            for path, operations in sorted(
                self._document["paths"].items(), key=lambda item: item[0].count("{")
            )
        ]

    async def check(self, response: httpx.Response) -> None:
        operation = self._operation(response.request)
        if operation is None:
            return
        documented = operation["responses"]
        status = str(response.status_code)
        is_common = int(status) in {405, 413, 500, 503}
        assert status in documented or is_common, f"{status}: not documented"
        content = documented.get(status, documented.get("default", {})).get("content", {})
        kind = response.headers.get("content-type", "")
        if kind == "application/json" and kind in content:
            await response.aread()
            self._validator(content[kind]["schema"]).validate(response.json())

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = Draft202012Validator(whole)
        return self._validators[key]

    def _operation(self, request: httpx.Request) -> dict[str, Any] | None:
        for pattern, operations in self._paths:
            if pattern.match(request.url.path):
                found: dict[str, Any] | None = operations.get(request.method.lower())
                return found
        return None
