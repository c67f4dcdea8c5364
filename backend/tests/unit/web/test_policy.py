"""What pages may do, as the settings say."""

from typing import Any

import pytest
from pydantic import ValidationError

from src.config import Settings
from src.web.policy import content_security_policy


def policy_of(**settings: Any) -> dict[str, list[str]]:
    parts = content_security_policy(Settings(_env_file=None, **settings)).split("; ")
    words = [part.split() for part in parts]
    assert len({name for name, *_ in words}) == len(words)
    return {name: sources for name, *sources in words}


def test_without_settings_nothing_comes_from_anywhere_else() -> None:
    policy = policy_of()
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:", "blob:"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    everything = {source for sources in policy.values() for source in sources}
    assert not [source for source in everything if "http" in source or "unsafe" in source]
    assert "*" not in everything


def test_the_origin_of_the_style_and_the_others_are_allowed_for_the_maps_data_alone() -> None:
    policy = policy_of(
        map_style_url="https://tiles.example.com:8443/styles/calm.json?key=1",
        map_origins="https://*.tiles.example.org, https://tiles.example.com:8443",
    )
    elsewhere = ["https://tiles.example.com:8443", "https://*.tiles.example.org"]
    assert policy["connect-src"] == ["'self'", *elsewhere]
    assert policy["img-src"] == ["'self'", "data:", "blob:", *elsewhere]
    named = [name for name, sources in policy.items() if any("example" in s for s in sources)]
    assert sorted(named) == ["connect-src", "img-src"]


def test_a_style_of_our_own_needs_no_origin() -> None:
    assert policy_of(map_style_url="/map/assets/style.json") == policy_of()


@pytest.mark.parametrize(
    "wrong",
    [
        {"map_style_url": "https://a.example; script-src *"},
        {"map_style_url": "https://a.example/x;script-src"},
        {"map_style_url": "//a.example/style.json"},
        {"map_style_url": "javascript:alert(1)"},
        {"map_style_url": "https://*.example.com/style.json"},
        {"map_style_url": "https://a.example"},
        {"map_origins": "*"},
        {"map_origins": "https://a.example/path"},
        {"map_origins": "https://a.example; script-src *"},
        {"map_origins": "'unsafe-inline'"},
    ],
    ids=str,
)
def test_what_would_end_the_policy_or_open_it_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **wrong)  # type: ignore[arg-type]
