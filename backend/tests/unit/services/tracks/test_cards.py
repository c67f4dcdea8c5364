"""The pictures of rides: drawn few at a time, kept, and ended when they take too long."""

import asyncio
import re

import numpy as np
import pytest

from src.config import PROJECT_ROOT
from src.errors import AppError, ErrorCode
from src.gpx.presentation.drawing import DESCENT, STEEPNESS, Sketch
from src.models import GpxFile
from src.services.tracks import cards
from src.services.tracks.cards import CardNotDrawnError, RideCards


async def test_a_picture_is_drawn_once_for_all_who_wait_and_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, at_once, most, drawn = RideCards(), 0, 0, 0
    go_on = asyncio.Event()

    async def rastered(svg: str) -> bytes:
        nonlocal at_once, most, drawn
        at_once, drawn = at_once + 1, drawn + 1
        most = max(most, at_once)
        await go_on.wait()
        at_once -= 1
        return svg.encode()[:10]

    async def read() -> Sketch:
        return sketch()

    monkeypatch.setattr(cards, "_rastered", rastered)
    waiting = [asyncio.create_task(shown.draw(f"ride-{i % 4}", read)) for i in range(12)]
    while most < 2:
        await asyncio.sleep(0.01)
    go_on.set()
    await asyncio.gather(*waiting)
    assert (most, drawn) == (2, 4)


async def test_who_comes_when_too_many_wait_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cards, "_MOST_WAITING", 2)
    shown = RideCards()
    go_on = asyncio.Event()

    async def read() -> Sketch:
        await go_on.wait()
        return sketch()

    waiting = [asyncio.create_task(shown.draw(f"{i}", read)) for i in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(AppError) as refused:
        await shown.draw("one-more", read)
    assert refused.value.code is ErrorCode.SERVICE_BUSY
    go_on.set()
    assert all(png.startswith(b"\x89PNG") for png in await asyncio.gather(*waiting))


async def test_the_pictures_that_are_kept_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def rastered(svg: str) -> bytes:
        return b"png"

    async def read() -> Sketch:
        return sketch()

    monkeypatch.setattr(cards, "_rastered", rastered)
    monkeypatch.setattr(cards, "_MOST_KEPT", 2)
    shown = RideCards()
    for key in ("a", "b", "a", "c"):
        if shown.find(key) is None:
            await shown.draw(key, read)
    assert [key for key in ("a", "b", "c") if shown.find(key)] == ["a", "c"]


async def test_a_drawing_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_DRAWN_WITHIN_S", 0.001)
    with pytest.raises(CardNotDrawnError, match="not drawn within"):
        await cards._rastered("<svg xmlns='http://www.w3.org/2000/svg'/>")


async def test_a_drawing_that_fails_says_why() -> None:
    with pytest.raises(CardNotDrawnError, match="ValueError"):
        await cards._rastered("<svg")


def sketch() -> Sketch:
    line = np.linspace(0, 0.1, 5)
    return Sketch("Vuelta", ["1 km"], (), np.zeros(5, np.int64), line, line, line * 900, line)


def test_gradients_have_the_colours_of_the_web_app() -> None:
    theme = (PROJECT_ROOT / "frontend/src/ui/theme.css").read_text()
    light = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}),", theme))
    names = ("downhill", "flat", "moderate", "steep", "very-steep")
    assert [light[name] for name in names] == [DESCENT, *STEEPNESS]


def test_numbers_are_told_as_spanish_writes_them() -> None:
    upload = GpxFile(distance_km=42.26, elevation_gain=1234.4, elevation_loss=1230.0)
    assert cards.headline_of(upload, None) == ["42,3 km", "↑ 1234 m", "↓ 1230 m"]
