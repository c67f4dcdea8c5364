"""The forms in which a file writes its points.

A recorder writes every point in one of few forms: the same tags in the same order, with other
numbers between them. A `PointTemplate` is such a form, taken from one point and proven to be
well-formed once; a point that has the same tags at its `<` signs, and nothing between them that
could be markup, is then well-formed too.
"""

import re
from dataclasses import dataclass

from src.gpx.formats.xml.language import SHAPE_POINT, Language

_NAME = rb"[A-Za-z_][A-Za-z0-9_.:-]*"
_VALUE = rb"""(?:"[^"'<>&]*"|'[^"'<>&]*')"""
_ATTRIBUTE = re.compile(rb"\s+(" + _NAME + rb")\s*=\s*(" + _VALUE + rb")")
_TAG = re.compile(
    rb"<(?P<close>/?)(?P<name>"
    + _NAME
    + rb")(?P<attributes>(?:\s+"
    + _NAME
    + rb"\s*=\s*"
    + _VALUE
    + rb")*)\s*(?P<empty>/?)>"
)
_MOST_TAGS = 64


@dataclass(frozen=True, slots=True)
class PointTemplate:
    """What all points of one form have in common.

    `head` is the text of the start tag around its attributes' values, all of it where it has none;
    `quote` is the character that encloses them. `latitude` and `longitude` are their places among
    the attributes, None where absent. `tags` are all tags behind the head; `fields` tells behind
    which of them (0 for the first) stands the text of which field.
    """

    head: tuple[bytes, ...]
    quote: bytes
    latitude: int | None
    longitude: int | None
    tags: tuple[bytes, ...]
    fields: tuple[tuple[str, int], ...]


def template_of(point: bytes, parent_state: str, language: Language) -> PointTemplate | None:
    """The template of an element and the text behind it; None where it is of no regular form."""
    pieces = point.split(b"<")[1:]
    if len(pieces) > _MOST_TAGS:
        return None
    tags = [_TAG.match(b"<" + piece) for piece in pieces]
    found = [tag for tag in tags if tag is not None and not (tag["close"] and tag["attributes"])]
    if len(found) < len(tags) or any(tag["close"] and tag["empty"] for tag in found):
        return None
    fields = _fields(found, parent_state, language)
    return None if fields is None else _with_head(found, fields)


def _fields(
    tags: list[re.Match[bytes]], parent_state: str, language: Language
) -> list[tuple[str, int]] | None:
    """Where the fields stand; None where the tags are not one well-nested element."""
    fields = []
    states = [parent_state]
    names: list[bytes] = []
    for position, tag in enumerate(tags):
        if position and not names:
            return None
        if tag["close"]:
            if names.pop() != tag["name"]:
                return None
            states.pop()
            continue
        attributes = [attribute[1] for attribute in _ATTRIBUTE.finditer(tag["attributes"])]
        if len(set(attributes)) < len(attributes):
            return None
        if states[-1] in language.column:
            return None
        local = tag["name"].rpartition(b":")[2].decode("ascii")
        state = language.child_state(states[-1], local)
        if state == SHAPE_POINT:
            return None
        if tag["empty"]:
            continue
        states.append(state)
        names.append(tag["name"])
        if states[-1] in language.column:
            fields.append((states[-1], position - 1))
    return None if names else fields


def _with_head(tags: list[re.Match[bytes]], fields: list[tuple[str, int]]) -> PointTemplate | None:
    head = tags[0]
    attributes = list(_ATTRIBUTE.finditer(head[0]))
    quotes = {attribute[2][:1] for attribute in attributes}
    if len(quotes) > 1:
        return None
    names = [attribute[1] for attribute in attributes]
    inner = [(attribute.start(2) + 1, attribute.end(2) - 1) for attribute in attributes]
    ends = [0, *(end for _, end in inner)]
    starts = [*(start for start, _ in inner), len(head[0])]
    return PointTemplate(
        head=tuple(head[0][a:b] for a, b in zip(ends, starts, strict=True)),
        quote=quotes.pop() if quotes else b"",
        latitude=names.index(b"lat") if b"lat" in names else None,
        longitude=names.index(b"lon") if b"lon" in names else None,
        tags=tuple(tag[0] for tag in tags[1:]),
        fields=tuple(fields),
    )
