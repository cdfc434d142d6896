"""What a receipt or error signal for one of our messages means to its case."""

from __future__ import annotations

from datetime import datetime

from contracts.header import ConversationId
from contracts.party import PartyId
from dossier.procedure.decide import decide
from dossier.procedure.decision import Decision, DeliveryAcknowledged, DeliveryRejected
from gateway.ports.case import CaseWrite, LoadCase
from gateway.service.cases.case_write import WriteCause, case_file, case_write, is_empty
from gateway.service.exchange import Exchange

Ending = DeliveryAcknowledged | DeliveryRejected


async def conclude(
    exchange: Exchange,
    conversation_id: ConversationId,
    endings: tuple[Ending, ...],
    *,
    actor: PartyId,
    now: datetime,
) -> CaseWrite | None:
    """The write that follows from ``endings`` in one conversation; None when nothing does.

    Several endings of one conversation make one write: each is decided on the same history, which none of them
    changes for the others (an ending opens and closes no term).
    """
    case = await exchange.store.run(LoadCase(conversation_id))
    if case is None or not case.registration:  # the file of a case that is over was erased
        return None
    file = case_file(case)
    if file.appeal is None:
        return None
    moment = exchange.moment(file.appeal, now)
    decisions = [decide(file, ending, moment, exchange.law) for ending in endings]
    taken = [decision for decision in decisions if isinstance(decision, Decision)]
    merged = Decision(
        facts=tuple(fact for decision in taken for fact in decision.facts),
        messages=tuple(message for decision in taken for message in decision.messages),
    )
    if is_empty(merged):
        return None
    return case_write(
        conversation_id, case.seq, merged, WriteCause(actor),
        me=exchange.me, ids=exchange.ids, now=now, trace=exchange.tracer.here(),
    )  # fmt: skip
