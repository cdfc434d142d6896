"""Retention at the support desk: words of what is closed and old go, in bounded steps that resume; all else stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.party import PartyId
from gateway.config.settings import Settings
from gateway.domain.people.desk import NOBODY, About, IncidentAct, IncidentState, Severity, number_of
from gateway.domain.retention import KEPT_LIKE, Retention, RetentionKind
from gateway.ports.people.desk import (
    FindIncidents,
    IncidentJob,
    IncidentWrite,
    NoteChange,
    NoteQuery,
    NoteSubject,
    NoteWrite,
    SeverityJob,
)
from gateway.service.retain import Sweep, plan
from gateway.store.database import SqlStore
from gateway.store.retention import desk_erasure
from tests.conformance.store.conftest import SecondConnection
from tests.conformance.store.retention.test_retention import holds, swept
from tests.worlds.builders import AKIMAT, NOON, acceptance, conversation_id, message_id
from tests.worlds.clocks import SteppedClock
from tests.worlds.sealing import seal_all

DAY = timedelta(days=1)
LATER = NOON + 400 * DAY
DESK: Retention = {RetentionKind.DESK: 365 * DAY}
APPEAL = NoteSubject(About.APPEAL, "DL-2026-0000000001")


async def a_note(store: SqlStore, subject: NoteSubject = APPEAL, author: str = "aigerim", *, closed: int | None) -> int:
    """Its number. ``closed``: on which day; None: it is open."""
    number = await store.run(NoteWrite(subject, "she calls again", author, NOBODY, "console:aigerim", NOON))
    if closed is not None:
        change = NoteChange(number, None, "told", "console:nurlan", "nurlan", NOON + closed * DAY)
        assert await store.run(change) is None
    return number


async def an_incident(store: SqlStore, *, closed: int | None, party: PartyId = AKIMAT) -> str:
    thread = conversation_id()
    number = number_of(thread)
    opened = IncidentWrite(
        thread, number, party, message_id(), message_id(), None, None, Severity.NORMAL, "no answer", "+7", NOON
    )
    await store.run(replace(acceptance(), incidents=(opened,)))
    weighed = SeverityJob(number, Severity.HIGH, "all of them wait", "console:nurlan", "nurlan", NOON)
    assert await store.run(weighed) is None
    if closed is not None:
        job = IncidentJob(IncidentAct.CLOSE, number, "their clock", "console:nurlan", "nurlan", NOON + closed * DAY)
        assert await store.run(job) is None
    return number


def erased(look: SecondConnection) -> list[object]:
    """What the audit log says was erased, in order."""
    return [row["subject"] for row in look.rows("audit_log") if row["act"] == "payload.erased"]


async def test_of_a_closed_incident_the_words_go_and_that_it_was_stays(store: SqlStore, look: SecondConnection):
    number = await an_incident(store, closed=1)
    (before,) = look.rows("incidents")
    await seal_all(store, SteppedClock(NOON))
    assert await plan(store, DESK, LATER) == {RetentionKind.DESK: 1}
    assert await swept(store, DESK, LATER) == {RetentionKind.DESK: 1}
    (after,) = look.rows("incidents")
    words = {"text": "", "contact": "", "words": None, "severity_why": None, "erased_at": LATER}
    assert after == before | words
    (one,) = await store.run(FindIncidents(number))
    assert (one.state, one.moved_by, one.erased_at) == (IncidentState.CLOSED, "nurlan", LATER)
    assert erased(look) == [f"incident {number}"]
    assert (await store.read(holds)).findings == ()
    assert await plan(store, DESK, LATER) == {RetentionKind.DESK: 0}


async def test_of_a_closed_note_the_words_go_and_it_is_still_listed(store: SqlStore, look: SecondConnection):
    number = await a_note(store, closed=1)
    (before,) = look.rows("notes")
    await seal_all(store, SteppedClock(NOON))
    assert await swept(store, DESK, LATER) == {RetentionKind.DESK: 1}
    (after,) = look.rows("notes")
    assert after == before | {"text": "", "erased_at": LATER}
    assert [one.note_id for one in await store.run(NoteQuery(closed=True))] == [number]
    assert erased(look) == [f"note {number}"]
    assert (await store.read(holds)).findings == ()


async def test_what_is_open_or_was_closed_lately_keeps_its_words(store: SqlStore, look: SecondConnection):
    for closed in (None, 36):
        await a_note(store, closed=closed)
        await an_incident(store, closed=closed)
    rows = [look.rows(table) for table in ("notes", "incidents")]
    assert await plan(store, DESK, LATER) == {RetentionKind.DESK: 0}
    assert await swept(store, DESK, LATER) == {RetentionKind.DESK: 0}
    assert [look.rows(table) for table in ("notes", "incidents")] == rows
    assert erased(look) == []


async def test_what_a_party_added_goes_with_its_incident_and_an_open_note_of_a_colleague_stays(
    store: SqlStore, look: SecondConnection
):
    number = await an_incident(store, closed=1)
    about = NoteSubject(About.INCIDENT, number)
    added = await a_note(store, about, f"party:{AKIMAT}", closed=None)
    own = await a_note(store, about, closed=None)
    elsewhere = await a_note(store, replace(about, key=await an_incident(store, closed=None)), "party:x", closed=None)
    assert await swept(store, DESK, LATER) == {RetentionKind.DESK: 2}
    assert erased(look) == [f"note {added}", f"incident {number}"]
    kept = {row["note_id"]: (row["text"], row["closed_by"], row["closed_at"]) for row in look.rows("notes")}
    assert kept[added] == ("", "cleaner", LATER)
    assert kept[own] == kept[elsewhere] == ("she calls again", None, None)


@given(
    notes=st.lists(st.none() | st.integers(0, 60), max_size=6),
    incidents=st.lists(st.none() | st.integers(0, 60), max_size=4),
    at_once=st.integers(1, 3),
    killed_after=st.integers(0, 3),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_closed_and_wherever_a_pass_is_killed_just_the_old_words_go_once(
    store: SqlStore, look: SecondConnection, monkeypatch: pytest.MonkeyPatch, notes, incidents, at_once, killed_after
):
    monkeypatch.setattr(desk_erasure, "ROWS_AT_ONCE", at_once)
    written = {f"note {await a_note(store, closed=closed)}": closed for closed in notes}
    written |= {f"incident {await an_incident(store, closed=closed)}": closed for closed in incidents}
    killed = Sweep(DESK, by="cleaner")
    for _ in range(killed_after):
        step = await killed.step(store, LATER)
        assert step is None or step.count <= at_once
    await swept(store, DESK, LATER)
    old = {subject for subject, closed in written.items() if closed is not None and closed < 35}
    lines = [subject for subject in erased(look) if subject in written]
    assert sorted(map(str, lines)) == sorted(old)
    reported = {f"note {row['note_id']}": row for row in look.rows("notes")}
    reported |= {f"incident {row['number']}": row for row in look.rows("incidents")}
    assert {subject for subject in written if reported[subject]["text"] == ""} == old
    assert {subject for subject in written if reported[subject]["erased_at"] is not None} == old
    assert (await store.read(holds)).findings == ()


def test_it_is_kept_as_long_as_what_people_wrote_in_cases(tmp_path):
    assert KEPT_LIKE[RetentionKind.DESK] is RetentionKind.CASES
    reported = Settings(home=tmp_path, public_url="http://127.0.0.1", retain_cases_days=365)
    assert reported.retention == {RetentionKind.CASES: 365 * DAY, RetentionKind.DESK: 365 * DAY}
    assert (
        RetentionKind.DESK
        not in Settings(home=tmp_path, public_url="http://127.0.0.1", retain_accesses_days=9).retention
    )
