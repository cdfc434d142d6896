"""Carry out one claimed delivery: sign afresh, send, judge, record with its consequences in one commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Outcome, Reach, Rejected, Transmission, reach_of
from contracts.party import Agreement
from dossier.case.events import Fact
from dossier.procedure.decision import DeliveryAcknowledged, DeliveryRejected
from dossier.procedure.steps.filing import fact_of, is_news
from gateway.domain.delivery.poison import PoisonCause
from gateway.domain.delivery.retry import RetryVerdict, judge_outcome
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import CaseFact, CaseWrite
from gateway.ports.deliveries import AttemptRecord, ClaimedDelivery, KeepAttempts
from gateway.ports.outside import Connector, OutgoingEnvelope
from gateway.ports.results import Conflict, Recorded
from gateway.ports.tracing import SpanName
from gateway.service.cases.conclude import Ending, conclude
from gateway.service.exchange import CONFLICT_TRIES, Exchange
from signing.errors import KeyUnavailable, SigningError
from signing.keys.keypair import SigningKey
from signing.profile.writing import sign_envelope

LEASE_SHARE: Final = 0.8
"""An attempt ends within this share of its lease, or the rescuer would start a second one beside it."""


async def deliver(
    exchange: Exchange,
    claim: ClaimedDelivery,
    connector: Connector,
    key: SigningKey,
    *,
    batcher: Callable[[], Awaitable[None]],
) -> DeliveryState:
    """One attempt. No transaction is open while the peer is waited for; the lease covers the wait.

    ``together`` is awaited when the outcome is known: it lets attempts that end at much the same time be recorded in
    one commit.
    """
    directory = exchange.directory()
    started_at = exchange.clock.now()
    party = directory.parties.get(claim.recipient)
    agreement = directory.agreement_of(claim.recipient)
    if party is None:
        reason = f"no party {claim.recipient} in the registry"
        return await _set_aside(exchange, claim, PoisonCause.NO_SUCH_PARTY, reason, at=started_at)
    try:
        envelope = sign_envelope(claim.operation, key, now=started_at)
    except KeyUnavailable as away:  # a token that is pulled out makes no message poison
        outcome: Outcome = Deferred(str(away), Transmission(b""), reach=Reach.NOT_TRIED)
    except SigningError as unusable:
        return await _set_aside(exchange, claim, PoisonCause.UNSIGNABLE, str(unusable), at=started_at)
    else:
        within_lease = _within(agreement, exchange.lease * LEASE_SHARE)
        outcome = await _send(exchange, connector, OutgoingEnvelope(
            party, within_lease, claim.message_id, claim.digest, envelope
        ))  # fmt: skip
    now = exchange.clock.now()
    verdict = judge_outcome(outcome, agreement, attempt=claim.attempt, now=now, jitter=exchange.jitter.next())
    exchange.meter.attempted(party.role, type(outcome).__name__, (now - started_at).total_seconds())
    exchange.tracer.annotate(outcome=type(outcome).__name__, code=verdict.code or "")
    await batcher()
    with exchange.tracer.span(SpanName.RECORD):
        return await _record(exchange, claim, outcome, verdict, started_at=started_at, at=now)


async def _send(exchange: Exchange, connector: Connector, envelope: OutgoingEnvelope) -> Outcome:
    """The recipient may go on with the very span in which it is waited for."""
    with exchange.tracer.span(SpanName.SEND, recipient=envelope.party.party_id):
        outcome = await connector.send(replace(envelope, trace=exchange.tracer.here()))
        exchange.tracer.annotate(outcome=type(outcome).__name__, http_status=outcome.transmission.http_status or 0)
        if not isinstance(outcome, Acknowledged | Delivered):
            exchange.tracer.fail(type(outcome).__name__)
    return outcome


def _within(agreement: Agreement, most: timedelta) -> Agreement:
    return agreement if agreement.attempt_timeout <= most else replace(agreement, attempt_timeout=most)


async def _record(
    exchange: Exchange,
    claim: ClaimedDelivery,
    outcome: Outcome,
    verdict: RetryVerdict,
    *,
    started_at: datetime,
    at: datetime,
) -> DeliveryState:
    for _ in range(CONFLICT_TRIES):
        attempt = AttemptRecord(
            claim=claim,
            started_at=started_at,
            finished_at=at,
            outcome=type(outcome).__name__,
            code=verdict.code,
            detail=verdict.detail,
            transmission=outcome.transmission,
            state=verdict.state,
            next_attempt_at=verdict.next_attempt_at,
            case=await _consequence(exchange, claim, outcome, now=at),
            reach=reach_of(outcome),
        )
        recorded = await exchange.store.run(attempt)
        if isinstance(recorded, Recorded):
            exchange.meter.wrote(_facts(attempt.case))
        if not isinstance(recorded, Conflict):
            return verdict.state
    await exchange.store.run(KeepAttempts([attempt]))  # what the peer has signed is evidence all the same
    return DeliveryState.IN_FLIGHT  # the rescuer takes it back; the peer will be asked again and answers the same


async def _consequence(
    exchange: Exchange, claim: ClaimedDelivery, outcome: Outcome, *, now: datetime
) -> CaseWrite | CaseFact | None:
    """What goes on record in the case. An ordinary receipt asks nothing of the history, so none is loaded for it.

    That it is the first one is for the store to see: it records an answer to what is not ended, or not at all.
    """
    ending = _ending(claim, outcome)
    if ending is None:
        return None
    if not is_news(ending):
        return CaseFact(claim.conversation_id, now, claim.recipient, fact_of(ending))
    return await conclude(exchange, claim.conversation_id, (ending,), actor=claim.recipient, now=now)


def _facts(case: CaseWrite | CaseFact | None) -> tuple[Fact, ...]:
    match case:
        case None:
            return ()
        case CaseFact(fact=fact):
            return (fact,)
        case CaseWrite(facts=facts):
            return facts


def _ending(claim: ClaimedDelivery, outcome: Outcome) -> Ending | None:
    match outcome:
        case Acknowledged(receipt=receipt):
            return DeliveryAcknowledged(claim.message_id, claim.recipient, claim.action.value, receipt.digest)
        case Rejected(signal=signal):
            return DeliveryRejected(
                claim.message_id, claim.recipient, claim.action.value, signal.code.value, signal.detail
            )
        case _:
            return None


async def _set_aside(
    exchange: Exchange, claim: ClaimedDelivery, cause: PoisonCause, reason: str, *, at: datetime
) -> DeliveryState:
    """A message we cannot even send: poison; it holds its own pair only, and a person moves it on."""
    attempt = AttemptRecord(
        claim=claim,
        started_at=at,
        finished_at=at,
        outcome="Poison",
        code=cause.value,
        detail=reason,
        transmission=Transmission(b""),
        state=DeliveryState.DEAD_LETTERED,
        next_attempt_at=None,
    )
    await exchange.store.run(attempt)
    return DeliveryState.DEAD_LETTERED
