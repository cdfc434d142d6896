"""Which documents a payload names, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

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
        for field in fields(value):
            yield from _walk(getattr(value, field.name))
