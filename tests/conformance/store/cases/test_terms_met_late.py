"""A database of before learns from its histories which missed terms were met later, and when."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from sqlalchemy import text

from dossier.case.event_form import fact_kind
from dossier.case.events import ComplaintDecided, DefaultRecorded, MaterialsReceived, TermBreached, TermMet
from dossier.case.term_entries import duties_done_by
from gateway.store.database import SqlStore
from gateway.store.engine.connect import writing_engine
from tests.conformance.store.conftest import SecondConnection
from tests.conformance.store.engine.test_time import REPLIED
from tests.worlds.builders import AKIMAT, JER, MINUTE, NOON, opening, registered, term, writing
from tests.worlds.samples import FACTS

STEP = import_module("gateway.store.migrations.versions.0029_terms_met_late")
EARLY = NOON - MINUTE


async def histories(store: SqlStore) -> None:
    """Met late by a reply, by materials and by a decision; met late before the clock saw it; in time; and never."""
    terms = (
        term("a", due_at=EARLY, duty="consideration"), term("b", due_at=EARLY, duty="materials"),
        term("c", due_at=EARLY, duty="review", party=JER), term("d", due_at=EARLY), term("e", due_at=NOON + MINUTE),
        term("f", due_at=EARLY, duty="position"),
    )  # fmt: skip
    ended = (
        TermBreached("a", AKIMAT), DefaultRecorded("b", AKIMAT), TermBreached("c", JER), TermMet("d", late=True),
        TermMet("e", late=False), DefaultRecorded("f", AKIMAT),
    )  # fmt: skip
    case = opening(facts=(registered(), *terms, *ended), at=NOON)
    await store.write_case(case)
    by_type = {type(fact): fact for fact in FACTS}
    done = (
        REPLIED,
        replace(by_type[MaterialsReceived], body=AKIMAT),
        replace(by_type[ComplaintDecided], reviewer=JER),
    )
    for number, fact in enumerate(done):
        at = NOON + (number + 1) * MINUTE
        await store.write_case(writing(case.conversation_id, 13 + number, fact, at=at))


def test_the_step_knows_every_deed_that_does_a_duty():
    known = {fact_kind(fact): set(duties_done_by(fact)[0]) for fact in FACTS}
    assert {kind: duties for kind, duties in known.items() if duties} == STEP.DEEDS


async def test_rows_written_by_the_former_release_become_what_this_one_writes(
    store: SqlStore, look: SecondConnection, url: str
):
    await histories(store)
    expected = look.rows("terms")
    assert [row["state"] for row in expected] == ["met", "met", "met", "met", "met", "defaulted"]
    engine = writing_engine(url, connections=1)
    with engine.begin() as connection:
        for state, of in (("breached", "'a', 'c'"), ("defaulted", "'b'")):
            old = f"UPDATE terms SET state = '{state}', closed_at = breached_at WHERE term_id IN ({of})"
            connection.execute(text(old))
        connection.execute(text("UPDATE terms SET breached_at = NULL WHERE term_id = 'd'"))
    assert look.rows("terms") != expected
    for _ in range(2):  # broken off and begun again
        with engine.begin() as connection:
            STEP.mend(connection)
        assert look.rows("terms") == expected
    engine.dispose()
