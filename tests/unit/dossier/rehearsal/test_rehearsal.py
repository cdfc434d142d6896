"""The form of a scenario, and that a case which comes out otherwise is told so by its line."""

from __future__ import annotations

import pytest

from dossier.case.events import DefaultRecorded
from dossier.procedure.law.calendar import zone
from dossier.rehearsal.judging import Mismatch, judge
from dossier.rehearsal.play import play
from dossier.rehearsal.reading import read_scenario
from dossier.rehearsal.section import ScenarioInvalid
from dossier.rehearsal.timeline import LineKind, timeline

HEAD = """\
title: {ru: Дело}
appeal: {subject: HOUSING-QUEUE}
steps:
  - {at: 2026-11-24 11:00, who: applicant, does: lodges}
"""


def after(step: str, at: str = "2026-11-25 11:00") -> str:
    """One step behind the registration, on line 5."""
    return f"{HEAD}  - {{at: {at}, {step}}}\n"


def expecting(expectation: str) -> str:
    """An expectation of the whole case, on line 5."""
    return f"{HEAD}expect: {{{expectation}}}\n"


def misses(text: str) -> tuple[Mismatch, ...]:
    return judge(play(read_scenario(text)))


# --- what is refused, and on which line


BROKEN = [
    ("", 1, "empty"),
    ("title: [", 1, "expected"),
    ("- a", 1, "expected keys"),
    ("steps: []", 1, "'title' is missing"),
    ("title: {}\nsteps: []", 1, "says nothing"),
    ("title: {ru: Дело}\nsteps: []", 2, "a scenario has 'steps'"),
    (HEAD.replace("QUEUE}", "QUEUE, sbuject: A}"), 2, "'sbuject' is not known here; known: kind"),
    (HEAD + "colour: red\n", 5, "'colour' is not known here; known: parties"),
    (HEAD + "title: {ru: Ещё}\n", 5, "'title' stands twice"),
    (HEAD + "rules: appk-1999\n", 5, "appk-1999"),
    (after("who: akimat, does: sleeps"), 5, "nobody 'sleeps' here; known: lodges"),
    (after("who: mayor, does: replies"), 5, "'mayor' takes no part"),
    (after("who: akimat, does: replies", at="2026-11-25"), 5, "day and time in Almaty"),
    (after("who: akimat, does: replies", at="25.11.2026 11:00"), 5, "day and time in Almaty"),
    (after("who: akimat, does: replies", at="2026-11-24 10:59"), 5, "before the one above it, at 2026-11-24 11:00"),
    (after("who: akimat, does: extends"), 5, "'until' is missing"),
    (after("who: akimat, does: redirects, to: land-office, whole: maybe"), 5, "true or false, not 'maybe'"),
    (after("who: akimat, does: replies, documents: [paper]"), 5, "'paper', which is none of attachment"),
    (after("who: exchange, does: finishes_dossier, number: one"), 5, "a whole number"),
    (after("who: applicant, does: disagrees, signed: yes"), 5, "one of CMS, XAdES"),
    (expecting("facts: [{on: 2026-11-24, fact: appeal_lost}]"), 5, "no fact is called 'appeal_lost'"),
    (expecting("facts: [{on: 2026-11-24, fact: replied, colour: red}]"), 5, "replied has no 'colour'"),
    (expecting("sent: [{to: akimat, what: Letter}]"), 5, "no message is called 'Letter'"),
    (expecting("never: [appeal_lost]"), 5, "no fact is called"),
    (expecting("status: happy"), 5, "one of registered"),
    (expecting("facts: {}"), 5, "expected a list"),
    (expecting("status: [closed]"), 5, "expected one value"),
]


@pytest.mark.parametrize(("text", "line", "words"), BROKEN)
def test_a_broken_file_is_refused_with_its_line(text, line, words):
    with pytest.raises(ScenarioInvalid) as refused:
        read_scenario(text)

    assert words in refused.value.problem
    assert str(refused.value).startswith(f"line {line}: ")


# --- what came otherwise, and on which line

NOTHING = "nothing of the kind"
OTHERWISE = [
    ("status: closed", "status: closed", "status: with_body"),
    ("facts: [{on: 2026-11-25, fact: appeal_registered}]", "in this order: 2026-11-25 appeal_registered", "2026"),
    ("never: [appeal_assigned]", "never: appeal_assigned", "2026-11-24 appeal_assigned body: akimat"),
    ("terms: [{duty: return, party: akimat, article: АППК 64(7), due: 2026-11-27, state: open}]",
     "duty: return, party: akimat, article: АППК 64(7), due: 2026-11-27, state: open, late: false", NOTHING),
    ("all_terms: []", "all_terms, and no other", "duty: consideration, party: akimat"),
    ("sent: [{to: ministry, what: AssignAppeal}]", "in this order: to: ministry, what: AssignAppeal", NOTHING),
    ("not_sent: [{to: akimat, what: AssignAppeal}]", "not_sent: to: akimat, what: AssignAppeal", "on: 2026-11-24"),
]  # fmt: skip


@pytest.mark.parametrize(("expectation", "expected", "came"), OTHERWISE)
def test_what_came_otherwise_is_told_by_its_line(expectation, expected, came):
    miss = misses(expecting(expectation))[0]

    assert (miss.line, miss.expected) == (5, expected)
    assert miss.found.startswith(came)


def test_a_fact_out_of_order_is_missed_and_those_behind_it_are_not():
    (miss,) = misses(
        f"{HEAD}expect:\n  facts:\n"
        "    - {on: 2026-11-24, fact: term_opened}\n"
        "    - {on: 2026-11-24, fact: appeal_registered}\n"
    )
    assert (miss.line, miss.expected) == (8, "in this order: 2026-11-24 appeal_registered")


def test_a_refusal_that_nobody_foresaw_is_told():
    (miss,) = misses(after("who: applicant, does: disagrees"))
    assert (miss.line, miss.expected) == (5, "it is taken")
    assert miss.found.startswith("refused: WrongState, ")


def test_a_refusal_that_did_not_come_is_told():
    (miss,) = misses(after("who: akimat, does: replies, expect: {refused: WrongState}"))
    assert (miss.line, miss.expected, miss.found) == (5, "refused: WrongState", "it was taken")


def test_a_road_and_its_findings_are_compared():
    wanted = "{road: {kind: higherBody}, findings: [late]}"
    pressed = f"  - {{at: 2026-12-02 11:00, who: applicant, does: disagrees, expect: {wanted}}}\n"

    road, findings = misses(after("who: akimat, does: replies") + pressed)

    assert (road.line, road.expected) == (6, "road: kind: higherBody")
    assert road.found.startswith("road: kind: court, article: АППК 91(5), until: 2026-12-25, to: court")
    assert (findings.expected, findings.found) == ("findings: late", "findings: stateDutyNotShown")


# --- the clock


def test_between_steps_everything_falls_due_in_the_order_of_its_instants():
    case = play(read_scenario(HEAD + "  - {until: 2027-12-31 12:00}\n"))
    instants = [event.at for event in case.events]
    assert instants == sorted(instants)
    local = [f"{event.at.astimezone(zone()):%Y-%m-%d %H:%M}" for event in case.events[3:]]
    # Reminder of the consideration, its breach and the right that follows, the reminder of that, its end.
    assert local == ["2026-12-10 00:00", "2026-12-16 00:00", "2026-12-16 00:00", "2027-01-08 00:00", "2027-01-16 00:00"]


def test_a_dossier_by_hand_waits_for_its_step():
    pressed = "  - {at: 2026-12-02 11:00, who: applicant, does: disagrees}\n"
    waits = "  - {until: 2026-12-31 11:00, expect: {status: dossier_due}}\n"

    case = play(read_scenario("dossiers_by_hand: true\n" + after("who: akimat, does: replies") + pressed + waits))

    assert judge(case) == ()
    assert any(isinstance(event.fact, DefaultRecorded) for event in case.events)


def test_the_timeline_tells_events_refusals_and_messages_to_people():
    lines = timeline(play(read_scenario(after("who: applicant, does: disagrees"))), messages=True)
    kinds = [line.kind for line in lines]
    assert kinds == [LineKind.EVENT] * 3 + [LineKind.MESSAGE] * 3 + [LineKind.REFUSAL]
    assert lines[0].who.en == "Applicant"
    assert "Your appeal is registered" in lines[3].what.en
    assert "there is no answer to disagree with yet" in lines[-1].what.kk


def test_the_timeline_tells_why_a_road_was_taken_and_what_is_lacking():
    pressed = "  - {at: 2026-12-02 11:00, who: applicant, does: disagrees, signed: absent}\n"
    lines = timeline(play(read_scenario(after("who: akimat, does: replies") + pressed)))
    road, gap, *further = [line.what.en for line in lines if line.kind is LineKind.ANSWER]
    assert road == "Art. 91(5) APPC: Matters of this kind need no pre-trial complaint"
    assert gap.startswith("There is neither the applicant's EDS")
    assert further[0].startswith("The claim lacks the EDS")
