"""What an import adds to a write: when facts happened elsewhere, who is behind it; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dossier.case.event_form import event_bytes, leaf_digest
from dossier.case.events import AppealAssigned, CaseImported
from gateway.ports.case import LoadCase
from gateway.ports.intake import AuditLine
from gateway.ports.results import Conflict, Recorded
from gateway.store.database import SqlStore
from gateway.store.verify.whole import ProofVerifiers, verify_ledger
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, EXCHANGE, NOON, PLATFORM, acceptance, opening, registered, writing

NUMBER = "ЖТ-2026-00000042"
LAST_MONTH = NOON - timedelta(days=30)


def an_import(**changes):
    """A case opened by the exchange for a platform, with facts of another time."""
    imported = CaseImported("eOtinish", NUMBER, PLATFORM, ("ab" * 32,), NOON)
    write = opening(
        facts=(registered(NUMBER), imported, AppealAssigned(AKIMAT)),
        happened_at=(LAST_MONTH, None, LAST_MONTH),
        appeal_number=NUMBER,
        actor=EXCHANGE,
        opened_by=PLATFORM,
    )
    taken = acceptance(write, sender=EXCHANGE, conversation_id=write.conversation_id)
    return replace(taken, audit=AuditLine("aigul", "case.imported", NUMBER, "they move", "3 events"), **changes)


async def test_an_event_keeps_when_it_was_recorded_and_when_it_happened(store: SqlStore, look: SecondConnection):
    taken = an_import()
    assert await store.run(taken) == Recorded()
    case = await store.run(LoadCase(taken.cases[0].conversation_id))
    assert [event.happened_at for event in case.events] == [LAST_MONTH, None, LAST_MONTH]
    assert [event.at for event in case.events] == [NOON] * 3
    digests = {row["digest"] for row in look.rows("leaves")}
    assert {leaf_digest(event_bytes(event)) for event in case.events} <= digests


async def test_a_fact_without_a_time_of_its_own_has_the_bytes_that_it_always_had(store: SqlStore):
    write = opening()
    await store.run(write)
    await store.run(writing(write.conversation_id, 1, AppealAssigned(AKIMAT)))
    case = await store.run(LoadCase(write.conversation_id))
    assert all(b"happenedAt" not in event_bytes(event) for event in case.events)


async def test_who_did_it_is_written_in_the_same_commit(store: SqlStore, look: SecondConnection):
    taken = an_import()
    await store.run(taken)
    (row,) = look.rows("audit_log")
    assert (row["by"], row["act"], row["subject"], row["at"]) == ("aigul", "case.imported", NUMBER, NOON)
    assert await store.run(an_import()) == Conflict()
    assert look.count("audit_log") == 1


@pytest.mark.databases
async def test_an_imported_case_is_the_platforms_and_is_what_its_events_say(store: SqlStore):
    taken = an_import()
    await store.run(taken)
    case = await store.run(LoadCase(taken.cases[0].conversation_id))
    assert case.opened_by == PLATFORM
    proof_verifiers = ProofVerifiers(EXCHANGE, lambda *_: "", lambda _: "")
    report = await store.read(lambda connection: verify_ledger(connection, proof_verifiers, lambda _: None))
    assert [one for one in report.findings if one.table == "conversations"] == []


async def test_a_later_fact_of_the_case_is_recorded_as_it_happens(store: SqlStore):
    taken = an_import()
    await store.run(taken)
    conversation = taken.cases[0].conversation_id
    await store.run(writing(conversation, 3, AppealAssigned(AKIMAT)))
    assert (await store.run(LoadCase(conversation))).events[-1].happened_at is None
