"""A term fell due: the procedure says what follows, and it is written."""

from __future__ import annotations

from dossier.procedure.decision import TermFellDue
from gateway.ports.case import DueTerm
from gateway.service.cases.advance import Advanced, advance
from gateway.service.cases.case_write import WriteCause
from gateway.service.exchange import Exchange


async def watch(exchange: Exchange, due: DueTerm) -> bool:
    """Act on one due term; True when something was written."""
    advanced = await advance(exchange, due.conversation_id, TermFellDue(due.term_id), WriteCause(exchange.me))
    return advanced is Advanced.WRITTEN
