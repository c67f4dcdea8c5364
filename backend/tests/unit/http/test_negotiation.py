import pytest
from starlette.requests import Request

from src.http.negotiation import language_of


def language_for(header: str | None) -> str:
    headers = [] if header is None else [(b"accept-language", header.encode("latin-1"))]
    return language_of(Request({"type": "http", "headers": headers}))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "es"),
        ("", "es"),
        ("*", "es"),
        ("en", "en"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("es-AR", "es"),
        ("es,en", "es"),
        ("en,es", "en"),
        ("de,fr", "es"),
        ("de,en;q=0.5", "en"),
        ("es;q=0.4,en;q=0.9", "en"),
        ("en;q=0.4,es;q=0.9", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("es-ES,es;q=0.9,en;q=0.8", "es"),
        ("de, en;q=0.8, es;q=0.9", "es"),
        ("en;q=0.5,es;q=0.5", "en"),
        ("en;q=high,es;q=0.1", "es"),
        (",,en,,", "en"),
        ("english", "es"),
    ],
)
def test_the_language_that_the_client_likes_best_is_chosen(
    header: str | None, language: str
) -> None:
    assert language_for(header) == language


@pytest.mark.parametrize("header", ["es;q=0.1, en; q=0.9", "es;q=0.1,en ;q=0.9"])
def test_blanks_around_a_quality_change_nothing(header: str) -> None:
    assert language_for(header) == "en"


def test_a_language_with_quality_zero_is_not_spoken() -> None:
    assert language_for("en;q=0") == "es"
    assert language_for("es;q=0,en;q=0.1") == "en"
