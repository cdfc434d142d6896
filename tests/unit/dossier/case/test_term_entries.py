"""Terms of a history: who did a duty too late keeps both facts, that it was missed and by which event it was met."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossier.case.events import Replied
from dossier.case.history import TermState
from dossier.case.term_entries import late_deeds, term_entries
from dossier.packaging.description import TermEntry
from tests.worlds.casework import Casework

LATE_BY = timedelta(minutes=22)


@pytest.fixture
def case() -> Casework:
    case = Casework()
    case.register()
    return case


def first(case: Casework) -> TermEntry:
    return term_entries(case.events)[0]


def test_a_breach_that_was_answered_later_keeps_its_instant_and_names_the_answer(case):
    case.time_passes_until_due()
    breached_at = case.now
    assert (first(case).late_by, late_deeds(case.events)) == (None, {})
    case.at(first(case).due_at + LATE_BY).replies()
    term = first(case)
    assert (term.state, term.closed_at, term.done_at) == (TermState.BREACHED, breached_at, case.now)
    assert term.late_by == LATE_BY
    deed = late_deeds(case.events)[term.term_id]
    assert isinstance(deed.fact, Replied)
    assert deed.message_id is not None


def test_an_answer_that_comes_late_before_the_clock_has_looked_is_named_too(case):
    case.at(first(case).due_at + LATE_BY).replies()
    term = first(case)
    assert (term.state, term.late, term.late_by) == (TermState.MET, True, LATE_BY)
    assert isinstance(late_deeds(case.events)[term.term_id].fact, Replied)


def test_an_answer_in_time_is_late_by_nothing(case):
    case.at(first(case).due_at).replies()
    assert (first(case).late_by, late_deeds(case.events)) == (None, {})
