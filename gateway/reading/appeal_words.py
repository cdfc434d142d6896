"""What people wrote in a case and are called, read out of their messages for those who may read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from contracts import codec
from contracts.errors import ContractError
from contracts.header import Action, Message
from contracts.payloads import AddDocuments, Applicant, Disagree, RegisterAppeal, Reply, Representative
from gateway.ports.case import Case


@dataclass(frozen=True, slots=True)
class MessageWords:
    """One message with its words. ``by``: who sent it."""

    action: Action
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class AppealWordsView:
    """``applicant``: None once the case is erased."""

    applicant: Applicant | None
    representative: Representative | None
    messages: tuple[MessageWords, ...]


def words_in(case: Case) -> AppealWordsView:
    """Of the registration, and of what rests on it; what cannot be read is left out."""
    messages = [one for one in map(_parsed, filter(None, (case.registration, *case.spoken))) if one is not None]
    registered = next((one.payload for one in messages if isinstance(one.payload, RegisterAppeal)), None)
    return AppealWordsView(
        registered.applicant if registered else None,
        registered.representative if registered else None,
        tuple(_message_words(messages)),
    )


def _parsed(operation: bytes) -> Message | None:
    try:
        return codec.parse_operation(operation)
    except ContractError:
        return None


def _message_words(messages: list[Message]) -> Iterator[MessageWords]:
    for message in messages:
        header, payload = message.header, message.payload
        if isinstance(payload, RegisterAppeal | Disagree | Reply | AddDocuments):
            yield MessageWords(header.action, header.sender, header.created_at, _text(payload))


def _text(payload: RegisterAppeal | Disagree | Reply | AddDocuments) -> str:
    match payload:
        case RegisterAppeal() | Disagree() | Reply():
            return payload.text
        case AddDocuments():
            return payload.note
        case _:
            assert_never(payload)
