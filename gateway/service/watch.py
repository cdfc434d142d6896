"""A term fell due: the procedure says what follows, and it is written."""

from __future__ import annotations

from dossier.procedure.decide import decide
from dossier.procedure.decision import Decision, TermFellDue
from gateway.ports import DueTerm, Recorded
from gateway.service.casewrite import Cause, case_file, case_write, is_empty
from gateway.service.exchange import CONFLICT_TRIES, Exchange


async def watch(exchange: Exchange, due: DueTerm) -> bool:
    """Act on one due term; True when something was written. Deciding again finds it closed: one effect."""
    for _ in range(CONFLICT_TRIES):
        case = await exchange.store.load_case(due.conversation_id)
        if case is None:
            return False
        file = case_file(case)
        now = exchange.clock.now()
        if file.appeal is None:
            return False
        moment = exchange.moment(file.appeal, now)
        decision = decide(file, TermFellDue(due.term_id), moment, exchange.law)
        if not isinstance(decision, Decision) or is_empty(decision):
            return False
        write = case_write(
            case.conversation_id, case.seq, decision, Cause(exchange.me), me=exchange.me, ids=exchange.ids, now=now
        )
        if isinstance(await exchange.store.write_case(write), Recorded):
            return True
    return False
