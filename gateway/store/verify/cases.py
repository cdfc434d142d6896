"""Cases against their events: place, terms, dossiers and commitments, derived again and held against their tables."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from contracts.party import PartyId
from dossier.case.event_form import MalformedEvent, event_from_bytes
from dossier.case.events import AppealRegistered, CaseImported, Disagreed, DossierFiled, DossierOrdered, Event
from gateway.domain.ledger import LedgerProblem, LedgerTally
from gateway.store.cases.terms import terms_after
from gateway.store.engine.paging import key_text, pages
from gateway.store.engine.statements import AnyRow
from gateway.store.ledger.erasures import is_erased
from gateway.store.tables import assemblies, commitments, conversations, events, salts, terms
from gateway.store.tables.delivery import AssemblyState

_CASES_AT_ONCE: Final = 50

Expected = dict[tuple[Any, ...], dict[str, Any]]
"""Rows of one table that must stand there, by primary key, with the columns that follow from events."""


def verify_cases(connection: Connection, tally: LedgerTally) -> None:
    """Case by case, fifty at a time."""
    for page in pages(connection, select(conversations), [conversations.c.conversation_id], size=_CASES_AT_ONCE):
        ids = [row.conversation_id for row in page]
        histories = _histories(connection, tally, ids)
        for row in page:
            _verify_conversation(tally, row, histories.get(row.conversation_id, []))
        all_events = [event for history in histories.values() for event in history]
        for table, expected in _expected(histories, all_events):
            _compare(tally, table, expected, _rows(connection, table, ids))
        _verify_salts(connection, tally, ids, all_events)
        tally.count("conversations", len(page))
    for table in (events, commitments, salts, terms, assemblies):
        _find_orphans(connection, tally, table)


def _histories(connection: Connection, tally: LedgerTally, ids: Sequence[str]) -> dict[str, list[Event]]:
    """Events by conversation; what is no event was told when its leaf was looked at, and is left out here."""
    found: dict[str, list[Event]] = defaultdict(list)
    statement = select(events.c.conversation_id, events.c.seq, events.c.content)
    for row in connection.execute(statement.where(events.c.conversation_id.in_(ids)).order_by(*_key(events))):
        try:
            found[row.conversation_id].append(event_from_bytes(row.content))
        except MalformedEvent as error:
            tally.find(LedgerProblem.UNREADABLE, events.name, key_text([row.conversation_id, row.seq]), str(error))
    return found


def _verify_conversation(tally: LedgerTally, row: AnyRow, history: Sequence[Event]) -> None:
    key = key_text([row.conversation_id])
    if not history:
        tally.find(LedgerProblem.CONTRADICTS_EVENTS, conversations.name, key, "there are no events")
        return
    first = history[0]
    expected = {"opened_at": first.at, "opened_by": _opener(history), "seq": len(history)}
    if isinstance(first.fact, AppealRegistered):
        expected["appeal_number"] = first.fact.appeal_number
    wrong = [name for name, value in expected.items() if getattr(row, name) != value]
    if wrong or [event.seq for event in history] != list(range(1, len(history) + 1)):
        tally.find(LedgerProblem.CONTRADICTS_EVENTS, conversations.name, key, ", ".join(wrong) or "seq")


def _opener(history: Sequence[Event]) -> PartyId:
    """Through whom the applicant acts: of an imported case the platform that was named when it was taken in."""
    all_events = (event.fact.platform for event in history[1:2] if isinstance(event.fact, CaseImported))
    return next(all_events, history[0].actor)


def _expected(histories: Mapping[str, list[Event]], all_events: Sequence[Event]) -> Iterator[tuple[Table, Expected]]:
    yield commitments, _commitments(all_events)
    yield terms, {(row["conversation_id"], row["term_id"]): row for row in terms_after(all_events)}
    yield assemblies, {key: row for history in histories.values() for key, row in _assemblies(history).items()}


def _commitments(all_events: Sequence[Event]) -> Expected:
    return {
        (event.conversation_id, event.seq, one.subject): {"position": position, "digest": one.digest}
        for event in all_events
        for position, one in enumerate(event.commitments)
    }


def _assemblies(history: Sequence[Event]) -> Expected:
    """Dossiers ordered and filed; for which claim, the disagreement before it says."""
    rows: Expected = {}
    claim = None
    for event in history:
        match event.fact:
            case Disagreed():
                claim = event.fact.claim
            case DossierOrdered():
                due = {"state": AssemblyState.DUE, "ordered_at": event.at, "filed_at": None}
                rows[event.conversation_id, event.fact.dossier_no] = {"court": event.fact.court, "claim": claim, **due}
            case DossierFiled() if (row := rows.get((event.conversation_id, event.fact.dossier_no))) is not None:
                row |= {"state": AssemblyState.FILED, "filed_at": event.at}
    return rows


def _compare(tally: LedgerTally, table: Table, expected: Expected, found: Mapping[tuple[Any, ...], AnyRow]) -> None:
    for key in sorted({*expected, *found}, key=str):
        if key not in found:
            tally.find(LedgerProblem.MISSING, table.name, key_text(key))
        elif key not in expected:
            tally.find(LedgerProblem.CONTRADICTS_EVENTS, table.name, key_text(key), "no event says so")
        elif wrong := [name for name, value in expected[key].items() if getattr(found[key], name) != value]:
            tally.find(LedgerProblem.CONTRADICTS_EVENTS, table.name, key_text(key), ", ".join(wrong))


def _verify_salts(connection: Connection, tally: LedgerTally, ids: Sequence[str], all_events: Sequence[Event]) -> None:
    """Each salt must open its commitment; one that is gone was erased by somebody named."""
    found = _rows(connection, salts, ids)
    for event in all_events:
        for one in event.commitments:
            key = (event.conversation_id, event.seq, one.subject)
            row = found.pop(key, None)
            if row is not None:
                if not _opens(row, one.digest):
                    tally.find(LedgerProblem.CHANGED, salts.name, key_text(key), "salt or content_sha256")
                continue
            tally.count("erased", 1)
            if not is_erased(connection, " ".join(map(str, key))):
                tally.find(LedgerProblem.ERASED_SILENTLY, salts.name, key_text(key))
    for key in found:
        tally.find(LedgerProblem.CONTRADICTS_EVENTS, salts.name, key_text(key), "no event says so")


def _opens(row: AnyRow, digest: str) -> bool:
    try:
        return hashlib.sha256(row.salt + bytes.fromhex(row.content_sha256)).hexdigest() == digest
    except ValueError:  # no hex at all
        return False


def _rows(connection: Connection, table: Table, ids: Sequence[str]) -> dict[tuple[Any, ...], AnyRow]:
    rows = connection.execute(select(table).where(table.c.conversation_id.in_(ids)))
    return {tuple(getattr(row, column.name) for column in _key(table)): row for row in rows}


def _find_orphans(connection: Connection, tally: LedgerTally, table: Table) -> None:
    """Rows of a case that is not there. Foreign keys forbid them, unless somebody turned those off."""
    case = select(conversations.c.conversation_id).where(conversations.c.conversation_id == table.c.conversation_id)
    for page in pages(connection, select(*_key(table)).where(~case.exists()), _key(table)):
        for key in page:
            if table is events:  # whose own rows are held against leaves
                tally.find(LedgerProblem.MISSING, conversations.name, key_text(key[:1]), f"event {key[1]} is of it")
            else:
                tally.find(LedgerProblem.CONTRADICTS_EVENTS, table.name, key_text(key), "there is no such case")


def _key(table: Table) -> list[Any]:
    return list(table.primary_key.columns)
