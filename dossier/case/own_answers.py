"""What the exchange told the applicant when the appeal and each disagreement came in, read back from its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts import codec, soap, xmlsafe
from contracts.errors import ContractError
from contracts.header import Action
from contracts.payloads import (
    Answer,
    AppealAccepted,
    Disagree,
    DisagreementAccepted,
    Finding,
    RegisterAppeal,
    Request,
    Road,
)
from dossier.case.events import Event, RoadTaken
from dossier.case.record import KeptMessage
from dossier.packaging.description import MessageForm, RoadEntry

_ANSWERED = frozenset({Action.of(RegisterAppeal), Action.of(Disagree)})


def findings_reported(messages: Sequence[KeptMessage]) -> tuple[Finding, ...]:
    """Every gap that the applicant was told of, the last word on each."""
    roads = [
        finding
        for _, answer in _answers(messages)
        if isinstance(answer, AppealAccepted | DisagreementAccepted)
        for finding in answer.findings
    ]
    return tuple({finding.code: finding for finding in roads}.values())


def road_entries(events: Sequence[Event], messages: Sequence[KeptMessage]) -> tuple[RoadEntry, ...]:
    """Every road that the case took, in order; why, where the applicant was told of this very road."""
    roads = [(kept.at, answer.road) for kept, answer in _answers(messages) if isinstance(answer, DisagreementAccepted)]
    return tuple(_road(event, event.fact, roads) for event in events if isinstance(event.fact, RoadTaken))


def _road(event: Event, taken: RoadTaken, roads: Sequence[tuple[datetime, Road]]) -> RoadEntry:
    reasons = [
        road.reason for at, road in roads if at <= event.at and (road.kind, road.article) == (taken.kind, taken.article)
    ]
    return RoadEntry(
        at=event.took_place_at,
        kind=taken.kind,
        article=taken.article,
        until=taken.until,
        to=taken.reviewer or taken.court,
        through=taken.body if taken.reviewer else None,
        why=reasons[-1] if reasons else None,
    )


def _answers(messages: Sequence[KeptMessage]) -> Iterator[tuple[KeptMessage, Request | Answer | None]]:
    for kept in messages:
        if kept.receipt is not None and kept.action in _ANSWERED:
            yield kept, _answer(kept.receipt, kept.receipt_form)


def _answer(data: bytes, form: MessageForm) -> Request | Answer | None:
    """The answer's payload; None for bytes that this release cannot read, which take nothing from a dossier."""
    try:
        root = xmlsafe.parse(data)
        element = soap.operation_of(root) if form is MessageForm.ENVELOPE else root
        return codec.parse_operation(element).payload
    except ContractError:
        return None
