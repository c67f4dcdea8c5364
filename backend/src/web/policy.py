"""What a page of the app may do: the headers of every page."""

from urllib.parse import urlsplit

from src.config import Settings

_PERMISSIONS = (
    "accelerometer",
    "camera",
    "geolocation",
    "gyroscope",
    "microphone",
    "payment",
    "usb",
)


# What react-aria writes into the page: how its buttons take touches, and, on iOS, that the page
# stays where it is behind a dialog. `frontend/tests/policy.test.ts` holds these to the library.
_STYLES = (
    "sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=",
    "sha256-gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg=",
)


def page_headers(settings: Settings) -> dict[str, str]:
    return {
        "Content-Security-Policy": content_security_policy(settings),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _PERMISSIONS),
    }


def content_security_policy(settings: Settings) -> str:
    """Everything comes from us; only the map's data may come from where the operator says.

    `'self'` in `connect-src` is also the WebSocket of the same host.
    """
    elsewhere = " ".join(map_origins(settings))
    sources = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": " ".join(["'self'", *(f"'{each}'" for each in _STYLES)]),
        "img-src": f"'self' data: blob: {elsewhere}",
        "connect-src": f"'self' {elsewhere}",
        "worker-src": "'self'",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value.strip()}" for name, value in sources.items())


def map_origins(settings: Settings) -> list[str]:
    """Where the map's style, tiles, glyphs and sprites come from, besides ourselves."""
    style = urlsplit(settings.map_style_url)
    own = [f"{style.scheme}://{style.netloc}"] if style.netloc else []
    return list(dict.fromkeys([*own, *settings.map_origins]))
