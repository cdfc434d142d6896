"""Values of any dataclass, derived from its type hints and the names of its fields: as full or as bare as they get.

Nothing here names a class of the product. A field's value comes from its path (``RegisterAppeal/documents/1/title``),
and paths are names on the wire, so a value changes when the wire does and at no other time.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, NewType, Union, get_args, get_origin, get_type_hints

SIZE: Final = 12
"""Bytes of every document and of every content, so that one part holds it."""

NOON: Final = datetime(2026, 11, 24, 12, 0, 0, 250000, tzinfo=timezone(timedelta(hours=5)))
BARE_NOON: Final = NOON.astimezone(UTC).replace(microsecond=0)


def _digest(path: str) -> bytes:
    return hashlib.sha256(path.encode()).digest()


def _uuid(path: str) -> str:
    return str(uuid.UUID(bytes=_digest(path)[:16], version=4))


_BY_NEWTYPE: Final[dict[str, Callable[[str], str]]] = {
    "MessageId": _uuid,
    "ConversationId": _uuid,
    "DocumentId": lambda path: base64.urlsafe_b64encode(_digest(path)).decode().rstrip("="),
    "PartyId": lambda path: f"party-{_digest(path).hex()[:6]}",
}
_TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "digest": lambda path: _digest(path).hex(),
    "sha256": lambda path: _digest(path).hex(),
    "kato": lambda _: "751110000",
    "iin": lambda _: "790101300456",
    "number": lambda _: "ЖТ-2026-00000042 & <2>",
    "appeal_number": lambda _: "DL-2026-0000000042",
    "case_number": lambda _: "7594-26-00-4/17",
    "addressee": lambda _: "050740004819",
    "subject": lambda _: "HOUSING-QUEUE",
    "status": lambda _: "withCourt",
    "state": lambda _: "open",
    "kind": lambda _: "replied",
    "upload_id": lambda path: f"upload-{_digest(path).hex()[:8]}",
    "media_type": lambda _: "application/pdf",
    "file_name": lambda _: "Жауап № 3-17.pdf",
    "phone": lambda _: "+7 (701) 123-45-67",
    "email": lambda _: "gulnur@example.kz",
}
_NUMBERS: Final = {"size": SIZE, "part": 1, "parts": 1, "limit": 50, "seq": 7, "waiting": 1001}


def kinds_within(kind: type) -> Iterator[tuple[str, type | None]]:
    """The classes that may stand in the one field of ``kind`` that is a choice of classes; one None if none is.

    ``kind`` may have several such fields: all of them but the first then hold what comes first.
    """
    hints = get_type_hints(kind)
    for field in fields(kind):
        members = [member for member in _members(hints[field.name]) if is_dataclass(member)]
        if len(members) > 1:
            yield from ((member.__name__, member) for member in members)
            return
    yield "", None


def value_of(kind: type, path: str, *, full: bool, chosen: type | None = None) -> Any:
    """An instance of ``kind``. ``full``: nothing that is optional is left out, and lists have two members.

    ``chosen``: what stands in a choice of classes; without it the first.
    """
    hints = get_type_hints(kind)
    given = {each.name: _field(hints[each.name], f"{path}/{each.name}", full, chosen) for each in fields(kind)}
    if "iin_bin" in given:  # which of the two it is, the kind of applicant says
        given["iin_bin"] = "900101300017" if full else "050740004819"
    return kind(**given)


def _field(hint: Any, path: str, full: bool, chosen: type | None) -> Any:
    if get_origin(hint) is tuple:
        return tuple(_field(get_args(hint)[0], f"{path}/{number}", full, chosen) for number in _numbers(path, full))
    members = _members(hint)
    if NoneType in members and not full:
        return None
    kinds = [member for member in members if member is not NoneType]
    return _one(chosen if chosen in kinds else kinds[0], path, full)


def _numbers(path: str, full: bool) -> range:
    """A list that is never empty has one member when it is bare."""
    return range(1, 3) if full else range(1, 2 if path.rpartition("/")[2] in {"signals", "defects", "items"} else 1)


def _one(kind: Any, path: str, full: bool) -> Any:
    name = path.rpartition("/")[2]
    if isinstance(kind, NewType):
        return _BY_NEWTYPE[kind.__name__](path)
    if is_dataclass(kind):
        return value_of(kind, path, full=full)
    if issubclass(kind, Enum):
        return list(kind)[0 if full else -1]
    return _SCALARS[kind](path, name, full)


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _text(path: str, name: str, full: bool) -> str:
    if name in _TEXTS:
        return _TEXTS[name](path)
    return f"Қазақша мәтін, <{name}> & «{path}»\n\tекінші жол ]]>" if full else name


_SCALARS: Final[dict[type, Callable[[str, str, bool], Any]]] = {
    str: _text,
    int: lambda _path, name, _full: _NUMBERS.get(name, 3),
    bool: lambda _path, _name, full: full,
    bytes: lambda path, _name, _full: _digest(path)[:SIZE],
    date: lambda _path, _name, full: date(2026, 12, 31) if full else date(1991, 12, 16),
    datetime: lambda _path, _name, full: NOON if full else BARE_NOON,
    timedelta: lambda _path, _name, _full: timedelta(minutes=5),
}
