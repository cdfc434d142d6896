"""One effect: the same message, however often, is written once and gets the same answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from contracts.codes import Code
from gateway.ports import Acceptance, AlreadyRecorded, Conflict, IncomingMessage, Recorded
from gateway.service.admit import AdmittedMessage
from gateway.service.exchange import CONFLICT_TRIES, Exchange
from gateway.service.refused import Refused


async def once(
    exchange: Exchange, admitted: AdmittedMessage, plan: Callable[[datetime], Awaitable[Acceptance]]
) -> bytes:
    """Plan and record an acceptance, planning again while others write to the same conversations.

    Returns the answer's operation bytes, which exist durably by then. Raises Refused (from the plan too).
    """
    header = admitted.header
    known = await exchange.store.find_answer(header.sender, header.message_id)
    if known is not None:
        return _same_answer(known, admitted)
    for _ in range(CONFLICT_TRIES):
        acceptance = await plan(exchange.clock.now())
        match await exchange.store.accept(acceptance):
            case Recorded():
                return acceptance.incoming.answer
            case AlreadyRecorded() as known:
                return _same_answer(known, admitted)
            case Conflict():
                continue
    raise Refused(Code.SERVER_BUSY, "the appeal is being written to by many at once", retry_after=timedelta(seconds=1))


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


def _same_answer(known: AlreadyRecorded, admitted: AdmittedMessage) -> bytes:
    if known.digest == admitted.digest:
        return known.answer
    raise Refused(
        Code.MESSAGE_ID_REUSED,
        f"message_id {admitted.header.message_id} was taken before with digest {known.digest}, now {admitted.digest}",
    )
