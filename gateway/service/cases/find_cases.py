"""Find cases by whatever number somebody has at hand: what the console's search and the support desk both ask.

A person's number finds their cases only for roles that may look for persons, and each look is recorded as an access to
the cases it found; the number itself is written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.domain.people.access import Right
from gateway.domain.people.persons import PersonKey, is_person_number
from gateway.ports.appeals import (
    AppealRow,
    FindConversations,
    FindConversationsOfPerson,
    ListAppeals,
    LoadPersonsKey,
)
from gateway.ports.audit import RecordAccess
from gateway.ports.operations import Reads
from gateway.service.authorise import Actor, AttemptedAct, authorise_attempt
from gateway.service.exchange import Exchange
from gateway.service.operate import reader_of


class SearchTrouble(StrEnum):
    """Why nothing was looked for."""

    NOT_ALLOWED = "not_allowed"  # the role looks for no persons
    NO_KEY = "no_key"  # this node has no key
    OTHER_KEY = "other_key"  # the lists were made with another key than this node has


@dataclass(frozen=True, slots=True)
class FoundCases:
    """``by_person``: a person's number was given, so that it must not stand in an address."""

    cases: tuple[AppealRow, ...]
    by_person: bool = False
    trouble: SearchTrouble | None = None


@dataclass(frozen=True, slots=True)
class Searcher:
    """Who looks, and with what."""

    user: Actor
    reads: Reads
    key: PersonKey | None


async def find_cases(exchange: Exchange, seeker: Searcher, words: str) -> FoundCases:
    """Cases with this number: of an appeal, a conversation, a court case, a message, a delivery, or a person."""
    number = words.strip()
    if is_person_number(number):
        return await _of_person(exchange, seeker, number)
    return FoundCases(await seeker.reads.run(ListAppeals(await seeker.reads.run(FindConversations(number)))))


async def _of_person(exchange: Exchange, seeker: Searcher, number: str) -> FoundCases:
    attempt = AttemptedAct("person.looked_for", "IIN or BIN", "search")
    if not (await authorise_attempt(exchange, seeker.user, Right.FIND_PERSON, attempt)).is_allowed:
        return FoundCases((), by_person=True, trouble=SearchTrouble.NOT_ALLOWED)
    if seeker.key is None:
        return FoundCases((), by_person=True, trouble=SearchTrouble.NO_KEY)
    made_with = await seeker.reads.run(LoadPersonsKey())
    if made_with not in (None, seeker.key.name):
        return FoundCases((), by_person=True, trouble=SearchTrouble.OTHER_KEY)
    ids = await seeker.reads.run(FindConversationsOfPerson(seeker.key.digest(number)))
    cases = await seeker.reads.run(ListAppeals(ids))
    await _record(exchange, seeker.user, cases, exchange.clock.now())
    return FoundCases(cases, by_person=True)


async def _record(exchange: Exchange, user: Actor, cases: tuple[AppealRow, ...], at: datetime) -> None:
    """Before anything is shown. By the cases, not by the person: the log of accesses outlives both."""
    reader = reader_of(user)
    numbers: list[str | None] = [case.appeal_number for case in cases]
    for number in numbers or [None]:
        await exchange.store.run(RecordAccess(reader, "search by IIN or BIN", number or "nobody", at, about=number))
