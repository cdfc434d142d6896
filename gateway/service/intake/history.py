"""Read the path of one appeal: a signed answer without personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from contracts.codes import Code
from contracts.party import LocalText, PartyId
from contracts.payloads import GetHistory, History, HistoryEvent, HistoryTerm, TermNotice
from dossier.case.events import TermOpened
from dossier.case.history import fold
from dossier.case.narration import narrate_all
from gateway.ports.audit import RecordAccess
from gateway.ports.case import Case, FindConversation, LoadCase
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes
from gateway.service.intake.refused import Refused


async def get_history(exchange: Exchange, admitted: AdmittedMessage) -> bytes:
    """Answer GetHistory to the platform that registered the appeal. Raises Refused."""
    payload = cast("GetHistory", admitted.message.payload)
    conversation_id = await exchange.store.run(FindConversation(payload.appeal_number))
    case = await exchange.store.run(LoadCase(conversation_id)) if conversation_id else None
    if case is None:
        raise Refused(Code.UNKNOWN_CONVERSATION, f"no appeal has the number {payload.appeal_number}")
    if case.opened_by != admitted.header.sender:
        raise Refused(Code.NOT_YOUR_APPEAL, f"appeal {payload.appeal_number} was registered by another party")
    now = exchange.clock.now()
    history = history_of(case, exchange.directory().names)
    number = payload.appeal_number
    await exchange.store.run(RecordAccess(admitted.header.sender, "history", number, now, about=number))
    return answer_bytes(admitted, history, ids=exchange.ids, now=now, conversation_id=case.conversation_id)


def history_of(case: Case, names: Mapping[PartyId, LocalText]) -> History:
    """The case as told to those who may read it, its parties called by ``names``."""
    appeal = fold(case.events)
    events = tuple(
        HistoryEvent(event.seq, event.at, type(event.fact).__name__, event.actor, note)
        for event, note in zip(case.events, narrate_all(case.events, names), strict=True)
    )
    opened = {event.fact.term_id: event.fact for event in case.events if isinstance(event.fact, TermOpened)}
    terms = tuple(
        HistoryTerm(
            fact.party, fact.duty, TermNotice(fact.article, fact.due_on, fact.due_at, fact.rules_version),
            appeal.terms[term_id].state.value,
        )
        for term_id, fact in opened.items()
    )  # fmt: skip
    return History(case.appeal_number, case.conversation_id, appeal.status.value, appeal.case_number, events, terms)
