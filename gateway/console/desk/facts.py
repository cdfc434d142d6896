"""What is known of a number that somebody pasted: cases, messages, refusals, incidents, parties, or a code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.codes import Code
from contracts.party import Party, PartyId, PartyRole
from dossier.case.history import fold
from dossier.case.term_entries import term_entries
from gateway.console.context import ConsoleContext
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.persons import is_person_number
from gateway.ports.appeals import AppealRow
from gateway.ports.case import LoadCase
from gateway.ports.console import DeliveryQuery, LoadDelivery
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.people.desk import FindIncidents, Incident
from gateway.ports.people.users import User
from gateway.ports.refusals import RefusalQuery, RefusalRow
from gateway.reading.status_text import (
    AppealFacts,
    HeldUpDelivery,
    StatusReport,
    appeal_status,
    delivery_status,
    incident_status,
)
from gateway.service.cases.find_cases import Searcher, SearchTrouble, find_cases

MOST_SHOWN: Final = 5
"""Cases, and messages of a case, that are told in full on one page; the others are listed."""
MOST_DELIVERIES: Final = 200
_QUIET: Final = frozenset({DeliveryState.ACKNOWLEDGED, DeliveryState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Answers:
    """``cases``: told, and those beyond ``MOST_TOLD`` in ``others``. ``by_person``: nothing of it in an address."""

    code: Code | None = None
    parties: tuple[Party, ...] = ()
    cases: tuple[tuple[AppealRow, StatusReport], ...] = ()
    others: tuple[AppealRow, ...] = ()
    deliveries: tuple[StatusReport, ...] = ()
    incidents: tuple[tuple[Incident, StatusReport], ...] = ()
    refusals: tuple[RefusalRow, ...] = ()
    by_person: bool = False
    trouble: SearchTrouble | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the number is of nothing here."""
        kinds = (self.parties, self.cases, self.deliveries, self.incidents, self.refusals)
        return self.code is None and not any(kinds)


async def answers_to(context: ConsoleContext, user: User, words: str) -> Answers:
    """All that the number is of; a person's finds their cases, which is logged."""
    number = words.strip()
    found = await find_cases(context.exchange, Searcher(user, context.reads, context.persons), number)
    standings = tuple([(row, await _appeal(context, row)) for row in found.cases[:MOST_SHOWN]])
    others = found.cases[MOST_SHOWN:]
    parties = tuple(one for one in context.exchange.directory().registry.parties if number in (one.party_id, one.bin))
    if is_person_number(number):
        return Answers(
            parties=parties, cases=standings, others=others, by_person=True, trouble=None if parties else found.trouble
        )
    return Answers(
        code=next((code for code in Code if code.value.lower() == number.lower()), None),
        parties=parties,
        cases=standings,
        others=others,
        deliveries=await _deliveries(context, number),
        incidents=tuple((one, incident_status(one)) for one in await context.reads.run(FindIncidents(number))),
        refusals=await context.reads.run(RefusalQuery(message_id=number, limit=MOST_SHOWN)),
    )


async def _appeal(context: ConsoleContext, row: AppealRow) -> StatusReport:
    case = await context.reads.run(LoadCase(row.conversation_id))
    if case is None or not case.events:
        return appeal_status(AppealFacts(row, None, row.opened_at))
    rows = (await context.reads.run(DeliveryQuery(number=row.appeal_number, limit=MOST_DELIVERIES))).rows
    known = context.exchange.directory().parties
    court = next((one.recipient for one in rows if _is_court(known, one.recipient)), None)
    unfinished = [one for one in rows if one.state not in _QUIET][:MOST_SHOWN]
    facts = [await _delivery(context, one) for one in unfinished]
    appeal, terms = await asyncio.to_thread(lambda: (fold(case.events), term_entries(case.events)))
    moved_at = case.events[-1].took_place_at
    return appeal_status(AppealFacts(row, appeal.status, moved_at, terms, court, facts))


def _is_court(known: Mapping[PartyId, Party], party_id: PartyId) -> bool:
    return party_id in known and known[party_id].role is PartyRole.COURT


async def _deliveries(context: ConsoleContext, number: str) -> tuple[StatusReport, ...]:
    """The one with that number, or those of the message; those of an appeal are told with it."""
    rows = (await context.reads.run(DeliveryQuery(number=number, limit=MOST_SHOWN))).rows if number else ()
    named = [one for one in rows if number in (str(one.delivery_id), one.message_id)]
    return tuple([delivery_status(await _delivery(context, one)) for one in named])


async def _delivery(context: ConsoleContext, row: DeliveryRow) -> HeldUpDelivery:
    whole = await context.reads.run(LoadDelivery(row.delivery_id))
    if whole is None:
        return HeldUpDelivery(row, is_called=True)
    is_silent = whole.circuit is not None and whole.circuit.state is not CircuitState.CLOSED
    return HeldUpDelivery(whole.row, whole.is_called, whole.pause is not None, is_silent, whole.held_by)
