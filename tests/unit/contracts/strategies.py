"""Hypothesis strategies for every value of contract v1, within the bounds of the schema.

``requests()``, ``answers()`` and ``values(Type)`` are built from the dataclasses; what the schema narrows is named in
``_BY_FIELD`` and ``_BY_NEWTYPE``.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from contracts.header import Header, Message, action_of
from contracts.operations import OPERATIONS

MESSAGE_IDS = st.uuids().map(str)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
INSTANTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis wants naive bounds beside ``timezones``
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))]),
)
XML_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs"], exclude_characters=[chr(c) for c in range(32) if c not in (9, 10, 13)]
).filter(lambda char: char not in "\ufffe\uffff")
TEXTS = st.text(XML_CHARACTERS, min_size=1, max_size=40)
NOTES = st.text(XML_CHARACTERS, max_size=40)
TWELVE_DIGITS = st.from_regex(r"[0-9]{12}", fullmatch=True)
_WORDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,40}", fullmatch=True)

_BY_NEWTYPE = {
    "MessageId": MESSAGE_IDS,
    "ConversationId": MESSAGE_IDS,
    "DocumentId": st.from_regex(r"[A-Za-z0-9_\-]{43}", fullmatch=True),
    "PartyId": st.from_regex(r"[a-z0-9][a-z0-9.\-]{1,20}", fullmatch=True),
}
_BY_FIELD = {
    "digest": DIGESTS,
    "sha256": DIGESTS,
    "kato": st.from_regex(r"[0-9]{9}", fullmatch=True),
    "iin": TWELVE_DIGITS,
    "iin_bin": TWELVE_DIGITS,
    "addressee": TWELVE_DIGITS,
    "subject": _WORDS,
    "status": _WORDS,
    "state": _WORDS,
    "upload_id": _WORDS,
    "media_type": st.sampled_from(["application/pdf", "image/jpeg", "application/vnd.etsi.asic-e+zip"]),
    "file_name": st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="/\\\ufffe\uffff"),
        min_size=1,
        max_size=20,
    ),
    "phone": st.from_regex(r"\+7 \([0-9]{3}\) [0-9]{3}-[0-9]{2}", fullmatch=True),
    "email": st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.kz", fullmatch=True),
    "note": NOTES,
    "detail": NOTES,
    "statement": NOTES,
    "value": st.binary(min_size=1, max_size=40),
    "envelope": st.binary(min_size=1, max_size=40),
    "size": st.integers(0, 64 * 2**30),
    "part": st.integers(1, 16384),
    "parts": st.integers(1, 16384),
    "limit": st.integers(1, 100),
    "line": st.integers(0, 100_000),
    "retry_after_seconds": st.integers(0, 100_000),
    "seq": st.integers(1, 2**31 - 1),
    "hearing_exception": st.integers(1, 10),
    "waiting": st.integers(0, 2**31 - 1),
}
_AT_LEAST_ONE = {"signals", "defects"}
_KINDS = {"HistoryEvent.kind": _WORDS, "ReportCase.ground": st.none() | st.integers(1, 17)}
_SCALARS: dict[type, st.SearchStrategy[Any]] = {
    str: TEXTS,
    bool: st.booleans(),
    bytes: st.binary(max_size=40),
    date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    datetime: INSTANTS,
}


def requests() -> st.SearchStrategy[Message]:
    """Any message that calls an operation."""
    kinds = {operation.request for table in OPERATIONS.values() for operation in table.values()}
    return st.one_of([_messages(kind) for kind in sorted(kinds, key=lambda kind: kind.__name__)])


def answers() -> st.SearchStrategy[tuple[str, Message]]:
    """Any operation's name with a message that answers it."""
    return st.one_of(
        [
            st.tuples(st.just(operation.name), _messages(operation.answer))
            for table in OPERATIONS.values()
            for operation in table.values()
        ]
    )


@cache
def values(kind: type) -> st.SearchStrategy[Any]:
    """Values of one dataclass of the contract."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{each.name: _field(kind, each.name, hints[each.name]) for each in fields(kind)})


def _messages(kind: type) -> st.SearchStrategy[Message]:
    return st.builds(_message, values(Header), values(kind))


def _message(header: Header, payload: Any) -> Message:
    return Message(Header(**{**_as_dict(header), "action": action_of(payload)}), payload)


def _as_dict(header: Header) -> dict[str, Any]:
    return {each.name: getattr(header, each.name) for each in fields(header)}


def _field(kind: type, name: str, hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        least = 1 if name in _AT_LEAST_ONE or f"{kind.__name__}.{name}" == "RequestMaterials.items" else 0
        return st.lists(_member(kind, name, get_args(hint)[0]), min_size=least, max_size=2).map(tuple)
    return _member(kind, name, hint)


def _member(kind: type, name: str, hint: Any) -> Any:
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of([_member(kind, name, member) for member in get_args(hint)])
    if hint is NoneType:
        return st.none()
    if isinstance(hint, NewType):
        return _BY_NEWTYPE[hint.__name__]
    if is_dataclass(hint):
        return values(hint)
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return _KINDS.get(f"{kind.__name__}.{name}", _BY_FIELD.get(name, _SCALARS.get(hint)))
