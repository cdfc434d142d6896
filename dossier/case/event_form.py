"""The evidential form of an event: values ↔ RFC 8785 JSON, whose bytes the ledger's leaf is the digest of.

The form is derived from the fact classes: ``snake_case`` fields are ``camelCase`` members, absent is None, instants
are ISO 8601 in UTC with ``Z``. An event already written can never change its bytes, so a fact class may only gain
optional fields; anything else is a new fact class or a new ``FORM``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from dossier.case.events import Commitment, Event, Fact

FORM: Final = 1
"""The version written as ``v``; raised only if the rules of this module change."""

LARGEST_INT: Final = 2**53 - 1
"""RFC 8785 has no greater whole number."""

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class MalformedEvent(ValueError):
    """Stored or received data is not an event of this form. Whoever wrote it is at fault; nothing is guessed."""


def fact_kind(fact: Fact) -> str:
    """The fact's stable name: its class name in snake_case, e.g. ``appeal_registered``."""
    return kind_of(type(fact))


def fact_to_json(fact: Fact) -> dict[str, object]:
    """The fact's fields as JSON values; None is left out."""
    fact_type: type = type(fact)
    values = ((member, getattr(fact, name)) for name, member, _ in _members(fact_type))
    return {member: _encode(value) for member, value in values if value is not None}


def fact_from_json(kind: str, data: Mapping[str, object]) -> Fact:
    """Inverse of ``fact_to_json``. Raises ``MalformedEvent`` for an unknown kind, member or form of a value."""
    fact_type = FACT_TYPES.get(kind)
    if fact_type is None:
        raise MalformedEvent(f"no fact is called {kind!r}")
    members = _members(fact_type)
    if unknown := set(data) - {member for _, member, _ in members}:
        raise MalformedEvent(f"{kind} has no {sorted(unknown)}")
    return cast("Fact", fact_type(**{name: _decode(data.get(member), hint) for name, member, hint in members}))


def event_bytes(event: Event) -> bytes:
    """The bytes that the ledger commits to. Absent: ``messageId`` and ``happenedAt`` of an event that has none."""
    document: dict[str, object] = {
        "v": FORM,
        "conversationId": event.conversation_id,
        "seq": _encode(event.seq),
        "at": _encode(event.at),
        "actor": event.actor,
        "kind": fact_kind(event.fact),
        "facts": fact_to_json(event.fact),
        "commitments": [{"subject": c.subject, "digest": c.digest} for c in event.commitments],
    }
    if event.message_id is not None:
        document["messageId"] = event.message_id
    if event.happened_at is not None:
        document["happenedAt"] = _encode(event.happened_at)
    return _canonical(document).encode()


# RFC 8785 for what events hold: names in ASCII, no floats, no great numbers. A sixth of the general writer's cost.
_canonical: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def event_from_bytes(data: bytes) -> Event:
    """Inverse of ``event_bytes``. Raises ``MalformedEvent`` unless ``data`` is exactly what it would write."""
    try:
        event = _event_of(json.loads(data))
        written = event_bytes(event)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise MalformedEvent(f"not an event: {error}") from error
    if written != data:
        raise MalformedEvent("not in canonical form")
    return event


def leaf_digest(data: bytes) -> bytes:
    """The ledger leaf of event bytes: their SHA-256 (32 bytes)."""
    return hashlib.sha256(data).digest()


def _event_of(document: dict[str, Any]) -> Event:
    return Event(
        conversation_id=ConversationId(_text(document["conversationId"])),
        seq=cast("int", _decode_scalar(document["seq"], int)),
        at=_instant(document["at"]),
        actor=PartyId(_text(document["actor"])),
        message_id=MessageId(_text(document["messageId"])) if "messageId" in document else None,
        fact=fact_from_json(document["kind"], document["facts"]),
        commitments=tuple(Commitment(_text(c["subject"]), _text(c["digest"])) for c in document["commitments"]),
        happened_at=_instant(_text(document["happenedAt"])) if "happenedAt" in document else None,
    )


def _text(value: object) -> str:
    return cast("str", _decode_scalar(value, str))


def kind_of(fact_type: type) -> str:
    """The stable name of a class of facts."""
    return _snake(fact_type.__name__)


@cache
def _snake(name: str) -> str:
    return _WORD_START.sub("_", name).lower()


FACT_TYPES: Final[Mapping[str, type]] = MappingProxyType({kind_of(t): t for t in get_args(Fact)})
"""Every fact class by its kind."""


@cache
def _members(fact_type: type) -> tuple[tuple[str, str, object], ...]:
    """Field name, JSON member and type of each field, in order of declaration."""
    hints = get_type_hints(fact_type)
    return tuple((field.name, _camel(field.name), hints[field.name]) for field in fields(fact_type))


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _encode(value: object) -> object:
    encode = _ENCODERS.get(type(value))
    if encode is not None:
        return encode(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} has no form in an event")


def _encode_int(value: int) -> int:
    if abs(value) > LARGEST_INT:
        raise ValueError(f"{value} is too great a number for an event")
    return value


def _encode_tuple(value: tuple[object, ...]) -> list[object]:
    return [_encode(item) for item in value]


def _decode(value: object, hint: object) -> object:
    """``value`` as the annotation ``hint`` demands it; the two are never reconciled, only checked."""
    if value is None:
        if NoneType in get_args(hint):
            return None
        raise MalformedEvent("a member is missing")
    hint = _without_none(hint)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise MalformedEvent(f"expected a list, got {value!r}")
        return tuple(_decode(item, get_args(hint)[0]) for item in value)
    return _decode_scalar(value, getattr(hint, "__supertype__", hint))


def _without_none(hint: object) -> object:
    if NoneType not in get_args(hint):
        return hint
    (rest,) = (arg for arg in get_args(hint) if arg is not NoneType)
    return rest


def _decode_scalar(value: object, target: object) -> object:
    if target in (bool, int):
        if type(value) is target:  # exactly: True is an int to isinstance
            return value
    elif isinstance(value, str) and isinstance(target, type):
        return _from_text(value, target)
    raise MalformedEvent(f"{value!r} is not a {getattr(target, '__name__', target)}")


def _from_text(text: str, target: type) -> object:
    try:
        if target is datetime:
            return _instant(text)
        return _date(text) if target is date else target(text)
    except ValueError as error:
        raise MalformedEvent(f"{text!r} is not a {target.__name__}") from error


def _instant_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant without offset is no instant")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


_ENCODERS: Final[Mapping[type, Callable[[Any], object]]] = {
    str: str,
    bool: bool,
    int: _encode_int,
    datetime: _instant_text,
    date: date.isoformat,
    tuple: _encode_tuple,
}


def _date(text: str) -> date:
    value = date.fromisoformat(text)
    if value.isoformat() != text:  # fromisoformat also reads 20261124 and 2026-W48-2
        raise MalformedEvent(f"{text!r} is not a date in extended form")
    return value


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if _instant_text(value) != text:
        raise MalformedEvent(f"{text!r} is not an instant in UTC")
    return value
