"""Simple values ↔ the text between two tags, exactly as exclusive C14N writes it.

Instants go out in UTC with ``Z`` and come in with any offset; base64 goes out in one line and comes in with any line
breaks. Reading holds the text to be schema-valid and answers ``ValueError`` or ``OverflowError`` when it is not.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from contracts.codes import Code
from contracts.errors import NotRepresentable

_SPECIAL: Final = re.compile("[&<>\r]|[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_XML_SPACE: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Scalar:
    """The two directions of one simple type."""

    to_text: Callable[[Any], str]
    from_text: Callable[[str], Any]


def escape(text: str) -> str:
    """Text as C14N writes it. Raises ``NotRepresentable`` for characters that XML 1.0 does not have."""
    if text.isprintable() and not ("&" in text or "<" in text or ">" in text):  # nearly always, and ten times as quick
        return text
    return _SPECIAL.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    entity = _ENTITIES.get(match[0])
    if entity is None:
        raise NotRepresentable(Code.INTERNAL, f"U+{ord(match[0]):04X} has no place in XML 1.0")
    return entity


def _write_instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time without offset")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _read_instant(text: str) -> datetime:
    value = datetime.fromisoformat(text.strip(_XML_SPACE))
    if value.tzinfo is None:
        raise ValueError("a time without offset")
    return value.astimezone(UTC)


def _write_bool(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"


def _read_bool(text: str) -> bool:
    word = text.strip(_XML_SPACE)
    if word not in {"true", "1", "false", "0"}:
        raise ValueError("no boolean")
    return word in {"true", "1"}


def _read_bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


_SCALARS: Final[Mapping[type, Scalar]] = {
    str: Scalar(escape, str),
    int: Scalar(lambda value: f"{value:d}", int),
    bool: Scalar(_write_bool, _read_bool),
    bytes: Scalar(lambda value: base64.b64encode(value).decode("ascii"), _read_bytes),
    date: Scalar(date.isoformat, lambda text: date.fromisoformat(text.strip(_XML_SPACE))),
    datetime: Scalar(_write_instant, _read_instant),
}


def scalar(kind: type) -> Scalar:
    """Writer and reader for one simple type or enum."""
    if issubclass(kind, StrEnum):
        return Scalar({member: escape(member.value) for member in kind}.__getitem__, kind)
    return _SCALARS[kind]
