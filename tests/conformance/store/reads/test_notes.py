"""Notes that are handed over and incidents, on both databases: each act with its line, each list by its walk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.header import ConversationId
from contracts.party import PartyId
from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import NOBODY, About, IncidentAct, IncidentState, NoteHolder, Severity, number_of
from gateway.domain.refusal import RefusalReason, refusal_of
from gateway.ports.people.desk import (
    FindIncidents,
    FindNote,
    IncidentJob,
    IncidentQuery,
    IncidentWrite,
    ListNotesAbout,
    NoteChange,
    NoteQuery,
    NoteSubject,
    NoteWrite,
    SeverityJob,
)
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, JER, MINUTE, NOON, acceptance, conversation_id, message_id

APPEAL = NoteSubject(About.APPEAL, "DL-2026-0000000001")
NOTE = NoteWrite(APPEAL, "she calls again on Monday", "aigerim", NOBODY, "console:aigerim", NOON)
TO_SUPPORT, TO_NURLAN = NoteHolder(role=UserRole.SUPPORT), NoteHolder(user="nurlan")
CLOSE = NoteChange(1, None, "she has her answer", "console:nurlan", "nurlan", NOON + MINUTE)


async def written(store: SqlStore, *hands: NoteHolder) -> list[int]:
    return [await store.run(replace(NOTE, to=to)) for to in hands]


async def numbers(store: SqlStore, query: NoteQuery) -> list[int]:
    return [one.note_id for one in await store.run(query)]


async def test_a_note_stands_with_what_it_is_about_and_in_the_audit_log_without_its_words(
    store, look: SecondConnection
):
    assert await store.run(replace(NOTE, to=TO_SUPPORT)) == 1
    (one,) = await store.run(ListNotesAbout(APPEAL))
    assert (one.text, one.author, one.to_role, one.to_user, one.closed_at) == (
        NOTE.text,
        "aigerim",
        "support",
        None,
        None,
    )
    assert await store.run(ListNotesAbout(replace(APPEAL, key="other"))) == ()
    (line,) = look.rows("audit_log")
    assert (line["by"], line["act"], line["subject"]) == ("console:aigerim", "note.written", f"appeal {APPEAL.key}")
    assert (line["reason"], line["result"]) == ("", "note 1, to the role support")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (NoteQuery(), [5, 4, 3, 2]),
        (NoteQuery(to_role=UserRole.SUPPORT), [4, 2]),
        (NoteQuery(to_user="nurlan"), [5]),
        (NoteQuery(author="aigerim"), [5, 4, 3, 2]),
        (NoteQuery(author="nobody"), []),
        (NoteQuery(closed=True), [1]),
        (NoteQuery(after=4), [3, 2]),
        (NoteQuery(limit=1), [5]),
    ],
)
async def test_they_are_found_by_whom_they_wait_for(store, query, found):
    await written(store, TO_SUPPORT, TO_SUPPORT, NOBODY, TO_SUPPORT, TO_NURLAN)
    assert await store.run(CLOSE) is None
    assert await numbers(store, query) == found


async def test_open_ones_about_a_thing_are_found_by_it(store):
    await written(store, TO_SUPPORT, NOBODY, TO_NURLAN)
    (about,) = {one.subject for one in await store.run(NoteQuery())}
    assert await store.run(CLOSE) is None
    assert await numbers(store, NoteQuery(about)) == [3, 2]
    assert await numbers(store, NoteQuery(about, limit=1)) == [3]
    assert await numbers(store, NoteQuery(replace(about, key="another"))) == []


async def test_one_is_handed_on_and_closed_once(store, look: SecondConnection):
    await written(store, TO_SUPPORT)
    assert await store.run(replace(CLOSE, to=TO_NURLAN, reason="he knows them")) is None
    assert await numbers(store, NoteQuery(to_user="nurlan")) == [1]
    assert await store.run(CLOSE) is None
    assert await store.run(CLOSE) == refusal_of(RefusalReason.NOTE_CLOSED)
    assert await store.run(replace(CLOSE, note_id=9)) == refusal_of(RefusalReason.NO_NOTE)
    one = await store.run(FindNote(1))
    assert one is not None
    assert (one.closed_by, one.closed_at) == ("nurlan", NOON + MINUTE)
    acts = [(row["act"], row["reason"], row["result"]) for row in look.rows("audit_log")]
    assert acts[1:] == [
        ("note.handed_on", "he knows them", "note 1, to nurlan"),
        ("note.closed", "she has her answer", "note 1, closed"),
        ("note.closed", "she has her answer", "refused: it is closed already"),
    ]


# --- incidents ------------------------------------------------------------------------------------------------------


async def reported(store: SqlStore, party: PartyId, thread: ConversationId | None = None) -> IncidentWrite:
    thread = thread or conversation_id()
    opened = IncidentWrite(
        thread,
        number_of(thread),
        party,
        message_id(),
        message_id(),
        None,
        None,
        Severity.NORMAL,
        "no answer",
        "+7",
        NOON,
    )
    await store.run(replace(acceptance(), incidents=(opened,)))
    return opened


async def test_incidents_are_listed_by_state_and_party_and_found_by_any_number(store: SqlStore):
    first, second, third = [await reported(store, party) for party in (AKIMAT, JER, AKIMAT)]
    take = IncidentJob(IncidentAct.TAKE, first.number, "", "console:aigerim", "aigerim", NOON)
    close = replace(take, act=IncidentAct.CLOSE, number=second.number, reason="their clock")
    assert await store.run(take) is None
    assert await store.run(close) is None
    assert await store.run(close) == refusal_of(RefusalReason.INCIDENT_CLOSED)

    async def found(**query: object) -> list[str]:
        return [one.number for one in await store.run(IncidentQuery(**query))]

    assert await found() == [third.number, second.number, first.number]
    assert await found(party=AKIMAT) == [third.number, first.number]
    assert await found(state=IncidentState.TAKEN) == [first.number]
    assert await found(state=IncidentState.OPEN, party=AKIMAT) == [third.number]
    assert await found(after=2) == [first.number]
    for number in (second.number, second.thread, second.message_id, second.about_message_id):
        (one,) = await store.run(FindIncidents(number))
        assert (one.number, one.state, one.words, one.moved_by) == (second.number, "closed", "their clock", "aigerim")
    assert await store.run(FindIncidents("nothing")) == ()


async def test_another_severity_is_kept_with_who_and_why_until_the_incident_is_closed(store, look: SecondConnection):
    one = await reported(store, AKIMAT)
    job = SeverityJob(one.number, Severity.HIGH, "all of them wait", "console:aigerim", "aigerim", NOON)
    assert await store.run(job) is None
    assert await store.run(job) == refusal_of(RefusalReason.SAME_SEVERITY)
    assert await store.run(replace(job, number="IN-0")) == refusal_of(RefusalReason.NO_INCIDENT)
    (kept,) = await store.run(FindIncidents(one.number))
    assert (kept.severity, kept.severity_by, kept.severity_at, kept.severity_why) == (
        Severity.HIGH,
        "aigerim",
        NOON,
        "all of them wait",
    )
    close = IncidentJob(IncidentAct.CLOSE, one.number, "done", "console:aigerim", "aigerim", NOON)
    assert await store.run(close) is None
    assert await store.run(replace(job, to=Severity.NORMAL)) == refusal_of(RefusalReason.INCIDENT_CLOSED)
    lines = [row for row in look.rows("audit_log") if row["act"] == "incident.severity_changed"]
    assert [(row["subject"], row["reason"], row["result"]) for row in lines] == [
        (f"incident {one.number}", "all of them wait", "high, was normal"),
        (f"incident {one.number}", "all of them wait", "refused: it has that severity already"),
        ("incident IN-0", "all of them wait", "refused: there is no such incident"),
        (f"incident {one.number}", "all of them wait", "refused: it is closed, which is final"),
    ]
    assert sum(row["record"] == "audit_log" for row in look.rows("leaves")) == look.count("audit_log")


async def test_incidents_are_narrowed_by_severity(store):
    first, second, third = [await reported(store, party) for party in (AKIMAT, JER, AKIMAT)]
    for one in (first, second):
        await store.run(SeverityJob(one.number, Severity.HIGH, "x", "t", "t", NOON))

    async def found(**query: object) -> list[str]:
        return [one.number for one in await store.run(IncidentQuery(**query))]

    assert await found(severity=Severity.HIGH) == [second.number, first.number]
    assert await found(severity=Severity.HIGH, after=2) == [first.number]
    assert await found(severity=Severity.NORMAL, party=AKIMAT) == [third.number]
    assert await found(severity=Severity.HIGH, state=IncidentState.CLOSED) == []
    assert await found(severity=Severity.HIGH, state=IncidentState.OPEN, party=JER) == [second.number]
