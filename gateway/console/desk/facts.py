"""What is known of a number that somebody pasted: cases, messages, refusals, incidents, parties, or a code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.codes import Code
from contracts.party import Channel, Party, PartyId, Role
from dossier.history import fold
from dossier.termentries import term_entries
from gateway.console.desk.telling import AppealFacts, DeliveryFacts, Told, tell_appeal, tell_delivery, tell_incident
from gateway.console.surroundings import Around
from gateway.domain.circuit import CircuitState
from gateway.domain.delivery import DeliveryState
from gateway.domain.persons import is_person_number
from gateway.ports.appeals import AppealRow
from gateway.ports.console import Looked
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.desk import Incident
from gateway.ports.refusals import RefusalRow, RefusalsLooked
from gateway.ports.users import User
from gateway.service.find_cases import Seeker, Trouble, find_cases

MOST_TOLD: Final = 5
"""Cases, and messages of a case, that are told in full on one page; the others are listed."""
MOST_DELIVERIES: Final = 200
_QUIET: Final = frozenset({DeliveryState.ACKNOWLEDGED, DeliveryState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Answers:
    """``cases``: told, and those beyond ``MOST_TOLD`` in ``others``. ``by_person``: nothing of it in an address."""

    code: Code | None = None
    parties: tuple[Party, ...] = ()
    cases: tuple[tuple[AppealRow, Told], ...] = ()
    others: tuple[AppealRow, ...] = ()
    deliveries: tuple[Told, ...] = ()
    incidents: tuple[tuple[Incident, Told], ...] = ()
    refusals: tuple[RefusalRow, ...] = ()
    by_person: bool = False
    trouble: Trouble | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the number is of nothing here."""
        kinds = (self.parties, self.cases, self.deliveries, self.incidents, self.refusals)
        return self.code is None and not any(kinds)


async def answers_to(around: Around, user: User, words: str) -> Answers:
    """All that the number is of; a person's finds their cases, which is logged."""
    number = words.strip()
    found = await find_cases(around.exchange, Seeker(user, around.reads, around.persons), number)
    told = tuple([(row, await _appeal(around, row)) for row in found.cases[:MOST_TOLD]])
    others = found.cases[MOST_TOLD:]
    parties = tuple(one for one in around.exchange.directory().registry.parties if number in (one.party_id, one.bin))
    if is_person_number(number):
        return Answers(
            parties=parties, cases=told, others=others, by_person=True, trouble=None if parties else found.trouble
        )
    return Answers(
        code=next((code for code in Code if code.value.lower() == number.lower()), None),
        parties=parties,
        cases=told,
        others=others,
        deliveries=await _deliveries(around, number),
        incidents=tuple((one, tell_incident(one)) for one in await around.reads.incidents_by(number)),
        refusals=await around.reads.look_for_refusals(RefusalsLooked(message_id=number, limit=MOST_TOLD)),
    )


async def _appeal(around: Around, row: AppealRow) -> Told:
    case = await around.reads.load_case(row.conversation_id)
    if case is None or not case.events:
        return tell_appeal(AppealFacts(row, None, row.opened_at))
    rows = (await around.reads.look_for(Looked(number=row.appeal_number, limit=MOST_DELIVERIES))).rows
    known = around.exchange.directory().parties
    court = next((one.recipient for one in rows if _is_court(known, one.recipient)), None)
    unfinished = [one for one in rows if one.state not in _QUIET][:MOST_TOLD]
    facts = [await _delivery(around, one) for one in unfinished]
    appeal, terms = await asyncio.to_thread(lambda: (fold(case.events), term_entries(case.events)))
    moved_at = case.events[-1].took_place_at
    return tell_appeal(AppealFacts(row, appeal.status, moved_at, terms, court, facts))


def _is_court(known: Mapping[PartyId, Party], party_id: PartyId) -> bool:
    return party_id in known and known[party_id].role is Role.COURT


async def _deliveries(around: Around, number: str) -> tuple[Told, ...]:
    """The one with that number, or those of the message; those of an appeal are told with it."""
    rows = (await around.reads.look_for(Looked(number=number, limit=MOST_TOLD))).rows if number else ()
    named = [one for one in rows if number in (str(one.delivery_id), one.message_id)]
    return tuple([tell_delivery(await _delivery(around, one)) for one in named])


async def _delivery(around: Around, row: DeliveryRow) -> DeliveryFacts:
    whole = await around.reads.whole_delivery(row.delivery_id)
    if whole is None:
        return DeliveryFacts(row, Channel.PUSH)
    is_silent = whole.circuit is not None and whole.circuit.state is not CircuitState.CLOSED
    return DeliveryFacts(whole.row, whole.channel, whole.pause is not None, is_silent, whole.held_by)
