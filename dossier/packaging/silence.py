"""Acts of silence: for every demand that a body left unanswered, one file that says so and shows how it is proven.

An act is derived from the events and from what ``dossier.xml`` says of messages, terms, parties and seals, so that an
inspection makes it again and demands the same bytes. Nothing is stated in it that does not follow from these.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from contracts import codec
from contracts.header import Action, ConversationId, MessageId
from contracts.operations import NAMESPACE as CODEC_NAMESPACE
from contracts.party import LocalText, PartyId
from contracts.payloads import DocumentKind, ProvideMaterials, ProvidePosition
from dossier.case import events as e
from dossier.case.event_form import event_bytes, leaf_digest
from dossier.case.events import Event
from dossier.check.wording import plain
from dossier.packaging import layout
from dossier.packaging.description import DefaultEntry, DossierDescription, MessageEntry, PartyEntry
from dossier.packaging.description_xml import NAMESPACE

FORM: Final = 2
"""Version of the act and of its words."""
_WITHOUT_ITEMS: Final = 1
"""The form of an act whose event does not say what was lacking."""

_CODECS: Final = f'xmlns:d="{CODEC_NAMESPACE}"'.encode()
_OURS: Final = f'xmlns:d="{NAMESPACE}"'.encode()


class Handover(StrEnum):
    """What is known of the demand's delivery."""

    RECEIVED = "received"  # the body's signed receipt is there
    REFUSED = "refused"  # the body's system refused it, signed
    UNDELIVERED = "undelivered"  # the body has signed nothing


@dataclass(frozen=True, slots=True)
class SilentBody:
    """Who stayed silent."""

    party_id: PartyId
    bin: str
    name: LocalText


@dataclass(frozen=True, slots=True)
class DemandProof:
    """The demand, where it lies, and what the body answered to its delivery. Digests are hex.

    ``digest`` is the message's, ``sha256`` that of the file; ``answered_at`` when receipt or refusal was recorded.
    """

    message_id: MessageId
    action: Action
    sent_at: datetime
    digest: str
    file: str
    sha256: str
    handover: Handover
    answered_at: datetime | None
    answer_file: str | None
    answer_sha256: str | None


@dataclass(frozen=True, slots=True)
class DefaultAct:
    """The whole of ``acts/default-<n>.xml``. ``demand`` is None where the dossier holds no message with it.

    ``event_leaf``: SHA-256 (hex) of the event's bytes, which is its leaf in the ledger.
    """

    form: int
    number: int
    appeal_number: str
    conversation_id: ConversationId
    body: SilentBody
    duty: str
    article: str
    wording: LocalText
    term_id: str
    started_at: datetime
    due_on: date
    due_at: datetime
    zone: str
    rules_version: str
    recorded_at: datetime
    event_seq: int
    event_leaf: str
    demand: DemandProof | None
    title: LocalText
    statements: tuple[LocalText, ...]


def default_acts(description: DossierDescription, events: Sequence[Event]) -> tuple[DefaultAct, ...]:
    """One act for each DefaultRecorded, in their order. Raises ``LookupError`` when the two do not fit."""
    silences = [event for event in events if isinstance(event.fact, e.DefaultRecorded)]
    return tuple(_act(number, event, description, events) for number, event in enumerate(silences, 1))


def act_bytes(act: DefaultAct) -> bytes:
    """The act's one XML form, in the namespace of ``dossier.xml``."""
    return codec.encode("defaultAct", act).encode().replace(_CODECS, _OURS, 1)


def default_entries(description: DossierDescription, events: Sequence[Event]) -> tuple[DefaultEntry, ...]:
    """The index of all acts, as ``dossier.xml`` has it."""
    return tuple(
        DefaultEntry(
            layout.act_path(act.number), act.event_seq, act.body.party_id, hashlib.sha256(act_bytes(act)).hexdigest()
        )
        for act in default_acts(description, events)
    )


def _act(number: int, event: Event, description: DossierDescription, events: Sequence[Event]) -> DefaultAct:
    fact = event.fact
    assert isinstance(fact, e.DefaultRecorded)  # noqa: S101 - chosen so by the only caller
    term = next((term for term in description.terms if term.term_id == fact.term_id), None)
    party = next((party for party in description.parties if party.party_id == fact.body), None)
    if term is None or party is None:
        raise LookupError(f"{fact.term_id} of {fact.body}")
    demand = _demand(fact, description, events)
    return DefaultAct(
        form=FORM if fact.lacking else _WITHOUT_ITEMS,
        number=number,
        appeal_number=description.appeal_number,
        conversation_id=description.conversation_id,
        body=_silent(party),
        duty=term.duty,
        article=term.article,
        wording=term.wording,
        term_id=term.term_id,
        started_at=term.started_at,
        due_on=term.due_on,
        due_at=term.due_at,
        zone=term.zone,
        rules_version=term.rules_version,
        recorded_at=event.at,
        event_seq=event.seq,
        event_leaf=leaf_digest(event_bytes(event)).hex(),
        demand=demand,
        title=_say("title"),
        statements=_statements(event, term.due_at, demand, description),
    )


def _silent(party: PartyEntry) -> SilentBody:
    return SilentBody(party.party_id, party.bin, party.name)


def _statements(
    event: Event, due_at: datetime, demand: DemandProof | None, description: DossierDescription
) -> tuple[LocalText, ...]:
    handover = _say("unnamed") if demand is None else _say(demand.handover.value, at=demand.answered_at)
    fact = event.fact
    lacking = fact.lacking if isinstance(fact, e.DefaultRecorded) else None
    return (
        handover,
        _say("nothing_came", due=due_at, at=event.at) if not lacking else _lacking(lacking, due=due_at, at=event.at),
        _say("burden"),
        _proof(event, description),
    )


def _lacking(kinds: Sequence[DocumentKind], **values: object) -> LocalText:
    """Of what was asked for, only what was not given is silence."""
    items = [_words(FORM)["kind"][kind.value] for kind in kinds]
    spoken = {name: plain(value) for name, value in values.items()}
    return LocalText(
        **{
            language: text.format(items=", ".join(item[language] for item in items), **spoken)
            for language, text in _words(FORM)["lacking"].items()
        }
    )


def _proof(event: Event, description: DossierDescription) -> LocalText:
    if not description.seals:
        return _say("unsealed", level=description.level, seq=event.seq)
    stamped = next((seal.stamped_at for seal in description.seals if seal.stamped_at), None)
    return _say("sealed", level=description.level, seq=event.seq, stamped=stamped or "—")


# --- the demand -----------------------------------------------------------------------------------------------------


def _demand(fact: e.DefaultRecorded, description: DossierDescription, events: Sequence[Event]) -> DemandProof | None:
    """The message that opened this very term: sent by the same decision, hence at the same instant, or the last before.

    Which message a term is about is not written into its events; both are made by one decision and carry its time.
    """
    opened_at, action = _opening(fact.term_id, events)
    demands = [
        entry
        for entry in description.messages
        if entry.outgoing and (entry.recipient, entry.action) == (fact.body, action) and entry.at <= opened_at
    ]
    return _proven(demands[-1], events) if demands else None


def _opening(term_id: str, events: Sequence[Event]) -> tuple[datetime, Action]:
    """When the term was opened, and what kind of message told of it."""
    questions = {event.fact.term_id for event in events if isinstance(event.fact, e.PositionDemanded)}
    for event in events:
        if isinstance(event.fact, e.TermOpened) and event.fact.term_id == term_id:
            return event.at, Action.of(ProvidePosition) if term_id in questions else Action.of(ProvideMaterials)
    raise LookupError(term_id)


def _proven(entry: MessageEntry, events: Sequence[Event]) -> DemandProof:
    handover, answered_at = _handover(entry.message_id, events)
    answer = entry.receipt if handover is not Handover.UNDELIVERED else None
    return DemandProof(
        message_id=entry.message_id,
        action=entry.action,
        sent_at=entry.at,
        digest=entry.digest,
        file=entry.message.file,
        sha256=entry.message.sha256,
        handover=handover,
        answered_at=answered_at,
        answer_file=answer.file if answer else None,
        answer_sha256=answer.sha256 if answer else None,
    )


def _handover(message_id: MessageId, events: Sequence[Event]) -> tuple[Handover, datetime | None]:
    for event in events:
        match event.fact:
            case e.MessageAcknowledged(acknowledged_message_id=answered) if answered == message_id:
                return Handover.RECEIVED, event.at
            case e.MessageRejected(rejected_message_id=answered) if answered == message_id:
                return Handover.REFUSED, event.at
            case _:
                continue
    return Handover.UNDELIVERED, None


# --- words ----------------------------------------------------------------------------------------------------------


def _say(key: str, **values: object) -> LocalText:
    spoken = {name: plain(value) for name, value in values.items()}
    return LocalText(**{language: text.format(**spoken) for language, text in _words(_WITHOUT_ITEMS)[key].items()})


@cache
def _words(form: int) -> Mapping[str, Any]:
    texts: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("silence.toml").read_text("utf-8"))
    words: Mapping[str, Any] = texts["form"][str(form)]
    return words
