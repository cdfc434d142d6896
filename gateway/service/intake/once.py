"""One effect: the same message, however often, is written once and gets the same answer.

The answer is signed before the commit and kept in it, envelope and all: the receipt that a party holds can be shown
on our side too, byte for byte. It leaves only after the commit. A repeat gets the same operation bytes, signed afresh.

Nobody asks beforehand whether a message is known: nearly none is, and the commit finds out anyway. So a repeat pays for
the question (its plan and signature are made in vain), and a new message saves a read in another thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from contracts.codes import Code
from dossier.case.events import AppealUnrouted
from gateway.ports.case import CaseWrite
from gateway.ports.intake import Acceptance, FindAnswer, IncomingMessage
from gateway.ports.results import AlreadyRecorded, Conflict, Recorded
from gateway.ports.tracing import SpanName
from gateway.service.exchange import CONFLICT_TRIES, Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.refused import Refused
from signing.keys.keypair import KeySource
from signing.profile.writing import sign_envelope

log = structlog.get_logger()


async def once(
    exchange: Exchange,
    admitted: AdmittedMessage,
    plan: Callable[[datetime], Awaitable[Acceptance]],
    key: KeySource,
) -> bytes:
    """Plan and record an acceptance, planning again while others write to the same conversations.

    ``plan`` has no effect of its own; what it refuses may be a repeat, whose effects are why it no longer fits.
    Returns the signed answer, which exists durably by then. Raises Refused (from the plan too), SigningError.
    """
    for _ in range(CONFLICT_TRIES):
        try:
            with exchange.tracer.span(SpanName.DECIDE):
                planned = await plan(exchange.clock.now())
        except Refused:
            repeated = await answered_before(exchange, admitted, key)
            if repeated is None:
                raise
            return repeated
        envelope = sign_envelope(planned.incoming.answer, key(), now=planned.incoming.received_at)
        acceptance = replace(planned, incoming=replace(planned.incoming, answer_envelope=envelope))
        with exchange.tracer.span(SpanName.COMMIT):
            accepted = await exchange.store.run(acceptance)
        match accepted:
            case Recorded():
                for write in acceptance.cases:
                    exchange.meter.wrote(write.facts)
                    _tell_registered(write)
                    _tell_unrouted(write)
                return envelope
            case AlreadyRecorded() as known:
                return _same_answer(exchange, known, admitted, key)
            case Conflict():
                continue
    raise Refused(Code.SERVER_BUSY, "the appeal is being written to by many at once", retry_after=timedelta(seconds=1))


def _tell_registered(write: CaseWrite) -> None:
    """Which conversation a message has begun: the message itself names none."""
    if write.appeal_number is not None:
        log.info(
            "appeal.registered",
            message_id=write.message_id,
            conversation_id=write.conversation_id,
            appeal_number=write.appeal_number,
        )


def _tell_unrouted(write: CaseWrite) -> None:
    """An operator hears of an appeal that no route fitted; ``dalel routes unrouted`` says for what one is missing."""
    for fact in write.facts:
        if isinstance(fact, AppealUnrouted):
            log.warning("appeal.unrouted", conversation_id=write.conversation_id, duty_body=fact.duty_body)


async def answered_before(exchange: Exchange, admitted: AdmittedMessage, key: KeySource) -> bytes | None:
    """The answer to a repeat, signed afresh; None for a new message. Raises Refused for another one under its id."""
    header = admitted.header
    known = await exchange.store.run(FindAnswer(header.sender, header.message_id))
    return None if known is None else _same_answer(exchange, known, admitted, key)


def incoming(admitted: AdmittedMessage, answer: bytes, *, now: datetime, keep: bool = True) -> IncomingMessage:
    """The message as it is recorded; ``keep=False`` records the key and the answer but not the bytes."""
    header = admitted.header
    return IncomingMessage(
        sender=header.sender,
        message_id=header.message_id,
        conversation_id=header.conversation_id,
        ref_to_message_id=header.ref_to_message_id,
        action=header.action,
        digest=admitted.digest,
        operation=admitted.content if keep else None,
        envelope=admitted.envelope if keep else None,
        answer=answer,
        received_at=now,
    )


def _same_answer(exchange: Exchange, known: AlreadyRecorded, admitted: AdmittedMessage, key: KeySource) -> bytes:
    if known.digest == admitted.digest:
        return sign_envelope(known.answer, key(), now=exchange.clock.now())
    raise Refused(
        Code.MESSAGE_ID_REUSED,
        f"message_id {admitted.header.message_id} was taken before with digest {known.digest}, now {admitted.digest}",
    )
