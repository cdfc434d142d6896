"""A loop brings something to a case: decide, save, and decide again while others write to the same case."""

from __future__ import annotations

from enum import Enum, auto

from contracts.header import ConversationId
from dossier.procedure.decide import decide
from dossier.procedure.decision import Decision, DossierReady, SignaturesJudged, TermFellDue
from gateway.ports.case import LoadCase
from gateway.ports.results import Recorded
from gateway.service.cases.case_write import WriteCause, case_file, case_write, is_empty
from gateway.service.exchange import CONFLICT_TRIES, Exchange


class Advanced(Enum):
    """What came of it."""

    WRITTEN = auto()
    NOTHING = auto()  # nothing follows: it is known already, or the case does not allow it
    CONTENDED = auto()  # others kept writing; nothing was written, it comes up again


async def advance(
    exchange: Exchange,
    conversation_id: ConversationId,
    brought: TermFellDue | DossierReady | SignaturesJudged,
    cause: WriteCause,
) -> Advanced:
    """Write what follows from ``brought``, once: deciding again on what was written finds nothing to add."""
    for _ in range(CONFLICT_TRIES):
        case = await exchange.store.run(LoadCase(conversation_id))
        file = case_file(case) if case else None
        if case is None or file is None or file.appeal is None:
            return Advanced.NOTHING
        now = exchange.clock.now()
        decision = decide(file, brought, exchange.moment(file.appeal, now), exchange.law)
        if not isinstance(decision, Decision) or is_empty(decision):
            return Advanced.NOTHING
        write = case_write(
            conversation_id, case.seq, decision, cause,
            me=exchange.me, ids=exchange.ids, now=now, trace=exchange.tracer.here(),
        )  # fmt: skip
        if isinstance(await exchange.store.run(write), Recorded):
            exchange.meter.wrote(write.facts)
            return Advanced.WRITTEN
    return Advanced.CONTENDED
