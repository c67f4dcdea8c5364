"""The app's one page, with what the server tells in its head.

The app reads, of `<meta name=... content=...>`:

- `map-style`: the address of a MapLibre style (`MAP_STYLE_URL`)
- `map-tiles`: the address of a PMTiles file with range requests (`MAP_TILES_PATH`)
- `map-assets`: the address below which glyphs and sprites lie (`MAP_ASSETS_PATH`):
  `{map-assets}/{fontstack}/{range}.pbf` and the like, as the folder is laid out

A tag is left out where its setting is; without any, the map is drawn from what the app brings.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape

_TITLE = re.compile(r"<title>.*?</title>\s*", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta\s+name="description"[^>]*>\s*')
_END_OF_HEAD = "</head>"
NO_INDEX = '<meta name="robots" content="noindex" />'


class Page:
    """The built `index.html`; `told` are the names and contents of further tags."""

    def __init__(self, index: str, told: Mapping[str, str]) -> None:
        head, end, body = index.partition(_END_OF_HEAD)
        tags = [meta("name", name, content) for name, content in told.items()]
        own = (_TITLE.search(head), _DESCRIPTION.search(head))
        self._own = "".join(match[0] for match in own if match)
        self._head = _DESCRIPTION.sub("", _TITLE.sub("", head)) + "\n".join(tags)
        self._rest = end + body

    def plain(self, *tags: str) -> bytes:
        """With the title and description that it was built with."""
        return self._with([self._own, *tags])

    def about(self, title: str, description: str, tags: Iterable[str]) -> bytes:
        named = meta("name", "description", description)
        return self._with([f"<title>{escape(title)}</title>", named, *tags])

    def _with(self, tags: Iterable[str]) -> bytes:
        return "\n".join([self._head, *tags, self._rest]).encode()


def link(relation: str, address: str) -> str:
    return f'<link rel="{escape(relation)}" href="{escape(address)}" />'


def meta(key: str, name: str, content: str) -> str:
    return f'<meta {key}="{escape(name)}" content="{escape(content)}" />'
