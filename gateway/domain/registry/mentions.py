"""Which documents a payload names, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import get_args, get_type_hints

from contracts.payloads import DocumentRef


def documents_named(value: object) -> tuple[DocumentRef, ...]:
    """Every DocumentRef inside a payload value, in order, each document once."""
    return tuple({ref.document_id: ref for ref in _walk(value)}.values())


def _walk(value: object) -> Iterator[DocumentRef]:
    if isinstance(value, DocumentRef):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item)
    elif is_dataclass(value):
        kind: type = type(value)
        for name in _leading_to_documents(kind):
            yield from _walk(getattr(value, name))


@cache
def _leading_to_documents(kind: type) -> tuple[str, ...]:
    """Fields below which a document may stand; few are, and every message is looked at three times."""
    hints = get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if any(map(_may_name, _types_in(hints[field.name]))))


def _may_name(kind: type) -> bool:
    return kind is DocumentRef or (is_dataclass(kind) and bool(_leading_to_documents(kind)))


def _types_in(hint: object) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for inner in get_args(hint):
        yield from _types_in(inner)
