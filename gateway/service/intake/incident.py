"""A party reports that something does not work: the report opens an incident, or adds to one that is not closed.

The contract has no answer of its own for that. So the receipt says it: its ``conversationId`` is the incident's thread,
by whose beginning people call it. A report that names the thread adds its words; once the incident is closed, it is
refused with ``WrongState``, and the detail says what was found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from contracts.codes import Code
from contracts.header import ConversationId
from contracts.payloads import Accepted, ReportIncident
from gateway.domain.people.desk import NOBODY, About, IncidentState, number_of, severity_of
from gateway.ports.case import LoadCase
from gateway.ports.intake import Acceptance, IncomingMessage
from gateway.ports.people.desk import FindIncidents, Incident, IncidentWrite, NoteSubject, NoteWrite
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes, receipt_for
from gateway.service.intake.once import incoming, once
from gateway.service.intake.refused import Refused
from signing.keys.keypair import KeySource


async def report_incident(exchange: Exchange, admitted: AdmittedMessage, key: KeySource) -> bytes:
    """Returns the signed answer. Raises Refused."""

    async def plan(now: datetime) -> Acceptance:
        if (known := await _named(exchange, admitted)) is not None:
            return _adds(exchange, admitted, known, now=now)
        return await _opens(exchange, admitted, now=now)

    return await once(exchange, admitted, plan, key)


async def _named(exchange: Exchange, admitted: AdmittedMessage) -> Incident | None:
    """The incident of this party whose thread the header names."""
    thread = admitted.header.conversation_id
    found = await exchange.store.run(FindIncidents(thread)) if thread else ()
    return next((one for one in found if (one.thread, one.party) == (thread, admitted.header.sender)), None)


def _adds(exchange: Exchange, admitted: AdmittedMessage, known: Incident, *, now: datetime) -> Acceptance:
    if known.state is IncidentState.CLOSED:
        found = known.words or "what was found is not kept any more"
        raise Refused(Code.WRONG_STATE, f"incident {known.number} was closed on {known.moved_at:%Y-%m-%d}: {found}")
    reported = cast("ReportIncident", admitted.message.payload)
    author = f"party:{known.party}"
    text = f"{reported.text}\n{reported.contact}"
    added = NoteWrite(NoteSubject(About.INCIDENT, known.number), text, author, NOBODY, author, now)
    return Acceptance(_message(exchange, admitted, known.thread, now=now), notes=(added,))


async def _opens(exchange: Exchange, admitted: AdmittedMessage, *, now: datetime) -> Acceptance:
    header, reported = admitted.header, cast("ReportIncident", admitted.message.payload)
    if header.conversation_id and await exchange.store.run(LoadCase(header.conversation_id)) is None:
        raise Refused(Code.UNKNOWN_CONVERSATION, f"no appeal has the conversation_id {header.conversation_id}")
    thread = exchange.ids.conversation_id()
    opened = IncidentWrite(
        thread=thread,
        number=number_of(thread),
        party=header.sender,
        message_id=header.message_id,
        about_message_id=reported.about_message_id,
        conversation_id=header.conversation_id,
        code=reported.code.value if reported.code else None,
        severity=severity_of(reported.code),
        text=reported.text,
        contact=reported.contact,
        reported_at=now,
    )
    return Acceptance(_message(exchange, admitted, thread, now=now), incidents=(opened,))


def _message(
    exchange: Exchange, admitted: AdmittedMessage, thread: ConversationId, *, now: datetime
) -> IncomingMessage:
    """Its words stand in the incident and nowhere else, so that they can be taken back at one place."""
    receipt = receipt_for(admitted, now=now, conversation_id=thread)
    answer = answer_bytes(admitted, Accepted(receipt), ids=exchange.ids, now=now)
    return replace(incoming(admitted, answer, now=now, keep=False), conversation_id=None)
