"""From what was recorded of a message to its evidence. Pure; the table stands in ``dossier.erds.kinds``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final, assert_never

from contracts.party import Channel
from dossier.erds.kinds import EvidenceEventKind, EvidenceReason
from dossier.erds.record import (
    AttemptFacts,
    AttemptOutcome,
    DeliveryFacts,
    Ending,
    MessageRecord,
    RefusalFacts,
    SignalFacts,
    Signalled,
)

_EACH_BY_ITSELF: Final = frozenset({EvidenceEventKind.RELAY_FAILURE, EvidenceEventKind.SUBMISSION_REJECTION})


@dataclass(frozen=True, slots=True)
class ErdsEvent:
    """One event. ``proofs``: envelopes that show it, the decisive one first; none where our record alone does.

    ``detail``: code and words of whoever refused, or what our side saw.
    """

    kind: EvidenceEventKind
    at: datetime
    reason: EvidenceReason | None = None
    detail: str | None = None
    proofs: tuple[str, ...] = ()


def evidence_of(record: MessageRecord) -> tuple[ErdsEvent, ...]:
    """All evidence of the message, in the order of the events; what was said more than once is one event."""
    found = [*_submission(record), *map(_rejected, filter(_is_final, record.refusals))]
    if record.delivery is not None:
        found += _consigned(record, record.delivery)
        found += [one for attempt in record.attempts for one in _of_attempt(attempt)]
        found += [one for signal in record.signals for one in _of_signal(signal, record.delivery.channel)]
        found += _unacknowledged(record.attempts)
        found += _stopped(record.delivery)
    return tuple(_merged(sorted(found, key=lambda one: one.at)))


def _submission(record: MessageRecord) -> Iterator[ErdsEvent]:
    if record.message is not None and record.receipt is not None:
        proofs = (record.receipt.envelope, record.message.envelope)
        yield ErdsEvent(EvidenceEventKind.SUBMISSION_ACCEPTANCE, record.receipt.at, proofs=_kept(proofs))


def _is_final(refusal: RefusalFacts) -> bool:
    return refusal.final


def _rejected(refusal: RefusalFacts) -> ErdsEvent:
    detail = _words(refusal.code, refusal.detail)
    proofs = _kept((refusal.fault,))
    return ErdsEvent(
        EvidenceEventKind.SUBMISSION_REJECTION, refusal.at, EvidenceReason.REFUSED_BY_EXCHANGE, detail, proofs
    )


def _consigned(record: MessageRecord, delivery: DeliveryFacts) -> Iterator[ErdsEvent]:
    """A mailbox holds the message from the start, or from its first handing out where the party was called before."""
    if delivery.channel.is_called:
        return
    handed_out = [attempt.started_at for attempt in record.attempts if _is_handing_out(attempt)]
    if all(map(_is_handing_out, record.attempts)):
        yield ErdsEvent(EvidenceEventKind.CONTENT_CONSIGNMENT, delivery.created_at)
    elif handed_out:
        yield ErdsEvent(EvidenceEventKind.CONTENT_CONSIGNMENT, handed_out[0])


def _is_handing_out(attempt: AttemptFacts) -> bool:
    """A mailbox's attempt: it is handed out inside an answer of ours, so there is no HTTP status of the party's."""
    return attempt.outcome is AttemptOutcome.DELIVERED and attempt.http_status is None


def _of_attempt(attempt: AttemptFacts) -> tuple[ErdsEvent, ...]:
    at = attempt.finished_at or attempt.started_at
    heard, tried = _kept((attempt.response, attempt.request)), _kept((attempt.request, attempt.response))
    match attempt.outcome:
        case AttemptOutcome.ACKNOWLEDGED:
            return _relayed(at, heard)
        case AttemptOutcome.REJECTED:
            return _turned_away(at, _words(attempt.code, attempt.detail), heard)
        case AttemptOutcome.DELIVERED:
            return ()
        case AttemptOutcome.DEFERRED:
            return (ErdsEvent(EvidenceEventKind.RELAY_FAILURE, at, EvidenceReason.NOT_TAKEN, attempt.detail, tried),)
        case AttemptOutcome.UNKNOWN:
            return (
                ErdsEvent(EvidenceEventKind.RELAY_FAILURE, at, EvidenceReason.OUTCOME_UNKNOWN, attempt.detail, tried),
            )
        case AttemptOutcome.POISON:
            return (ErdsEvent(EvidenceEventKind.RELAY_FAILURE, at, EvidenceReason.NOT_SENDABLE, attempt.detail),)
        case _:
            assert_never(attempt.outcome)


def _unacknowledged(attempts: tuple[AttemptFacts, ...]) -> Iterator[ErdsEvent]:
    """Silence after a message was taken or fetched, once it had to go again.

    The same attempt handed out again is a party that asks twice within its lease, and no silence.
    """
    for taken, again in pairwise(attempts):
        if taken.outcome is AttemptOutcome.DELIVERED and again.number > taken.number:
            kind = (
                EvidenceEventKind.CONTENT_HANDOVER_FAILURE
                if _is_handing_out(taken)
                else EvidenceEventKind.RELAY_FAILURE
            )
            proofs = _kept((taken.request, taken.response))
            yield ErdsEvent(kind, again.started_at, EvidenceReason.NOT_ACKNOWLEDGED, proofs=proofs)


def _of_signal(signal: SignalFacts, channel: Channel) -> tuple[ErdsEvent, ...]:
    proofs, words = _kept((signal.envelope,)), _words(signal.code, signal.detail)
    if channel.is_called:
        is_receipt = signal.said is Signalled.RECEIPT
        return _relayed(signal.at, proofs) if is_receipt else _turned_away(signal.at, words, proofs)
    if signal.said is Signalled.RECEIPT:
        return (ErdsEvent(EvidenceEventKind.CONTENT_HANDOVER, signal.at, proofs=proofs),)
    return (
        ErdsEvent(
            EvidenceEventKind.CONTENT_HANDOVER_FAILURE, signal.at, EvidenceReason.REFUSED_BY_RECIPIENT, words, proofs
        ),
    )


def _relayed(at: datetime, proofs: tuple[str, ...]) -> tuple[ErdsEvent, ...]:
    return ErdsEvent(EvidenceEventKind.RELAY_ACCEPTANCE, at, proofs=proofs), ErdsEvent(
        EvidenceEventKind.CONTENT_CONSIGNMENT, at, proofs=proofs
    )


def _turned_away(at: datetime, words: str | None, proofs: tuple[str, ...]) -> tuple[ErdsEvent, ...]:
    reason = EvidenceReason.REFUSED_BY_RECIPIENT
    return (
        ErdsEvent(EvidenceEventKind.RELAY_REJECTION, at, reason, words, proofs),
        ErdsEvent(EvidenceEventKind.CONTENT_CONSIGNMENT_FAILURE, at, reason, words, proofs),
    )


def _stopped(delivery: DeliveryFacts) -> Iterator[ErdsEvent]:
    if delivery.ending is Ending.CANCELLED and delivery.finished_at is not None:
        called = delivery.channel.is_called
        kind = EvidenceEventKind.RELAY_FAILURE if called else EvidenceEventKind.CONTENT_HANDOVER_FAILURE
        yield ErdsEvent(kind, delivery.finished_at, EvidenceReason.STOPPED_BY_OPERATOR)


def _merged(found: Iterable[ErdsEvent]) -> Iterator[ErdsEvent]:
    """The same signal heard again proves the same event: its envelope joins the first one's.

    Failures and rejected submissions stay apart, since each is an event by itself.
    """
    merged: dict[object, ErdsEvent] = {}
    for number, one in enumerate(found):
        by_itself = one.kind in _EACH_BY_ITSELF or one.reason is EvidenceReason.NOT_ACKNOWLEDGED
        key: object = number if by_itself else (one.kind, one.reason, one.detail)
        first = merged.setdefault(key, one)
        merged[key] = replace(first, proofs=tuple(dict.fromkeys((*first.proofs, *one.proofs))))
    yield from merged.values()


def _kept(digests: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(digest for digest in digests if digest)


def _words(code: str | None, detail: str | None) -> str | None:
    return ": ".join(filter(None, (code, detail))) or None
