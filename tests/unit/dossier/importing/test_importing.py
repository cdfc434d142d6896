"""Histories told by another system, played through the procedure as of their own days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from contracts import payloads as p
from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from dossier.case import events as e
from dossier.case.appeal import Status, TermState
from dossier.case.event_form import event_bytes, event_from_bytes
from dossier.case.history import fold
from dossier.case.narration import narrate_all
from dossier.importing.record import ComplaintLodged, ComplaintOver, ImportedAppeal, ImportedStep, Lawsuit
from dossier.importing.replay import ImportSource, Replayed, replay
from dossier.importing.takeover import take_over
from dossier.procedure.decide import decide, load_law
from dossier.procedure.decision import CaseFile, Competence, DecisionRefusal, MessageArrived, Moment
from tests.worlds.casework import AKIMAT, COURT, EXCHANGE, OTHER_BODY, PLATFORM, almaty, appeal

LAW = load_law("appk-2026")
NOW = almaty(2026, 11, 24)
NUMBER = "ЖТ-2026-00000042"
CONVERSATION = ConversationId("0e0e0e0e-0000-4000-8000-000000000001")
TAKING = ImportSource(CONVERSATION, MessageId("1f3d3f0a-8c1c-4f57-9f5e-9f0b1c2d3e4f"), PLATFORM, ("ab" * 32,), NOW)
LODGED = almaty(2026, 10, 5)


def step(row, at, payload, by=AKIMAT):
    made = payload if isinstance(payload, p.Reply | p.WithdrawAppeal) else p.ReportProgress(payload, ())
    return ImportedStep(row, at, by, made)


def a_reply(**changes) -> p.Reply:
    whole = p.Reply(p.DecisionKind.REFUSED, "15-7", date(2026, 10, 26), "—", (), None, None, "—", ())
    return replace(whole, **changes)


def imported(*steps: ImportedStep, lodged_at=LODGED, **changes) -> ImportedAppeal:
    registered = replace(appeal(), lodged_at=lodged_at)
    return replace(ImportedAppeal("eOtinish", NUMBER, registered, AKIMAT, steps, ()), **changes)


def a_moment(now=NOW) -> Moment:
    return Moment(now, EXCHANGE, Competence(AKIMAT, COURT))


def played(*steps: ImportedStep, now=NOW, **changes) -> Replayed:
    done = replay(imported(*steps, **changes), TAKING, a_moment(now), LAW)
    assert isinstance(done, Replayed), done
    return done


def terms_of(done: Replayed):
    return [(t.opened.duty, t.opened.party, t.state, t.late) for t in done.appeal.terms.values()]


def facts_of(done: Replayed):
    return [type(event.fact) for event in done.events]


def test_the_import_stands_right_behind_the_registration():
    done = played()
    assert facts_of(done)[:3] == [e.AppealRegistered, e.CaseImported, e.AppealAssigned]
    assert done.events[0].fact.appeal_number == NUMBER
    assert done.appeal.platform == PLATFORM
    assert [event.seq for event in done.events] == list(range(1, len(done.events) + 1))


def test_all_is_recorded_now_and_happened_then():
    done = played(step(1, almaty(2026, 10, 7), p.Registered("ЖТ-1", almaty(2026, 10, 7))))
    assert {event.at for event in done.events} == {NOW}
    assert [event.happened_at for event in done.events[:3]] == [LODGED, None, LODGED]
    numbered = next(event for event in done.events if isinstance(event.fact, e.BodyRegistered))
    assert numbered.happened_at == almaty(2026, 10, 7)
    assert all(event_from_bytes(event_bytes(event)) == event for event in done.events)


def test_an_answer_in_time_meets_its_term_and_the_right_to_contest_runs_from_it():
    at = almaty(2026, 10, 26)
    done = played(step(1, at, a_reply()))
    assert terms_of(done)[0] == ("consideration", AKIMAT, TermState.MET, False)
    (right,) = [term for term in done.appeal.terms.values() if term.is_open]
    assert (right.opened.party, right.opened.started_at) == (PLATFORM, at)


def test_an_answer_after_the_term_is_a_breach_of_then_and_a_late_answer():
    at = almaty(2026, 11, 10)
    done = played(step(1, at, a_reply()))
    breach = next(event for event in done.events if isinstance(event.fact, e.TermBreached))
    assert LODGED < breach.happened_at < at
    assert done.appeal.status is Status.REPLIED
    assert facts_of(done).index(e.TermBreached) < facts_of(done).index(e.Replied)


def test_a_term_that_runs_is_left_to_the_clock_and_its_past_reminder_is_not():
    lodged = almaty(2026, 11, 16)
    early = played(lodged_at=lodged, now=almaty(2026, 11, 17))
    late = played(lodged_at=lodged, now=almaty(2026, 12, 4))
    assert [term.opened.remind_at is None for term in early.appeal.terms.values()] == [False]
    assert [(term.is_open, term.opened.remind_at) for term in late.appeal.terms.values()] == [(True, None)]


def test_an_extension_that_the_code_does_not_allow_is_a_fact_that_moves_no_term():
    at = almaty(2026, 10, 8)
    done = played(step(4, at, p.Extended(date(2027, 8, 1), "—", "—", at)))
    assert [(one.row, one.at) for one in done.refused] == [(4, at)]
    assert "76(3)" in done.refused[0].why
    assert e.TermExtended in facts_of(done)
    assert terms_of(done)[0][2] is TermState.BREACHED
    assert done.events[1].fact.refused_steps == 1


def test_a_lawful_extension_replaces_the_term():
    at = almaty(2026, 10, 8)
    done = played(step(1, at, p.Extended(date(2026, 12, 1), "—", "—", at)))
    states = [state for duty, _, state, _ in terms_of(done) if duty == "consideration"]
    assert states == [TermState.EXTENDED, TermState.OPEN]
    assert done.refused == ()


def test_a_redirect_hands_over_with_a_term_of_its_own_and_is_judged_by_its_own():
    at = almaty(2026, 10, 16)
    done = played(step(1, at, p.Redirected(OTHER_BODY, True, "—", at)))
    assert ("redirect", AKIMAT, TermState.MET, True) in terms_of(done)
    assert done.appeal.body == OTHER_BODY


def test_a_step_of_a_body_that_never_had_it_is_kept_as_told():
    done = played(step(2, almaty(2026, 10, 20), a_reply(), by=OTHER_BODY))
    assert [one.row for one in done.refused] == [2]
    assert next(event.fact for event in done.events if isinstance(event.fact, e.Replied)).body == OTHER_BODY


def test_a_withdrawn_appeal_is_over():
    done = played(step(1, almaty(2026, 10, 7), p.WithdrawAppeal("—", None), by=None))
    assert done.appeal.status is Status.WITHDRAWN
    assert take_over(done, imported().appeal, a_moment(), LAW) == ()


def test_a_case_before_the_court_there_cannot_be_brought_before_it_again():
    lawsuit = Lawsuit("7594-26-00-4/17", almaty(2026, 11, 2))
    done = played(step(1, almaty(2026, 10, 20), a_reply()), lawsuit=lawsuit)
    assert (done.appeal.status, done.appeal.case_number) == (Status.CASE_OPEN, "7594-26-00-4/17")
    pressed = p.Disagree(p.ClaimKind.CONTEST, "—", NOW, (), None)
    arrival = MessageArrived(TAKING.message_id, PLATFORM, pressed)
    refused = decide(CaseFile(CONVERSATION, done.events, appeal()), arrival, a_moment(), LAW)
    assert isinstance(refused, DecisionRefusal)
    assert "7594-26-00-4/17" in refused.detail


def test_the_platform_may_act_and_the_exchange_may_not():
    done = played(step(1, almaty(2026, 10, 20), a_reply()))
    pressed = p.Disagree(p.ClaimKind.CONTEST, "—", NOW, (), None)
    file = CaseFile(CONVERSATION, done.events, appeal())
    by_exchange = decide(file, MessageArrived(TAKING.message_id, EXCHANGE, pressed), a_moment(), LAW)
    assert isinstance(by_exchange, DecisionRefusal)
    by_platform = decide(file, MessageArrived(TAKING.message_id, PLATFORM, pressed), a_moment(), LAW)
    assert not isinstance(by_platform, DecisionRefusal)


def test_who_still_considers_gets_the_appeal_and_the_applicant_is_told_once():
    at = almaty(2026, 11, 18)
    done = played(step(1, at, p.Redirected(OTHER_BODY, False, "—", at)), lodged_at=almaty(2026, 11, 16))
    sent = take_over(done, imported().appeal, a_moment(), LAW)
    assert [(one.recipient, type(one.payload)) for one in sent] == [
        (AKIMAT, p.AssignAppeal),
        (OTHER_BODY, p.AssignAppeal),
        (PLATFORM, p.NotifyApplicant),
    ]
    assert sent[0].payload.term.due_on == next(iter(done.appeal.terms.values())).opened.due_on


def test_every_imported_line_says_that_it_is_told_by_another_system():
    done = played(step(1, almaty(2026, 10, 20), a_reply()))
    lines = narrate_all(done.events)
    for event, line in zip(done.events, lines, strict=True):
        assert ("other system" in line.en or "another system" in line.en) is (event.happened_at is not None)
        assert ("басқа жүйенің" in line.kk) is (event.happened_at is not None)
        assert ("другой системы" in line.ru) is (event.happened_at is not None)
    assert NUMBER in lines[1].kk
    assert EXCHANGE in lines[1].ru


def test_an_old_silence_is_one_since_its_own_day_and_the_body_still_owes_its_answer():
    done = played(lodged_at=NOW - timedelta(days=700))
    assert not any(term.is_open for term in done.appeal.terms.values())
    assert e.MaterialsDemanded not in facts_of(done)
    sent = take_over(done, imported().appeal, a_moment(), LAW)
    assert [one.recipient for one in sent] == [AKIMAT, PLATFORM]


def test_what_was_answered_long_ago_is_told_to_nobody():
    done = played(step(1, NOW - timedelta(days=690), a_reply()), lodged_at=NOW - timedelta(days=700))
    assert take_over(done, imported().appeal, a_moment(), LAW) == ()


def test_a_history_is_what_its_facts_fold_to():
    done = played(step(1, almaty(2026, 10, 20), a_reply()))
    assert fold(done.events) == done.appeal
    assert done.appeal.imported == done.events[1].fact
    assert PartyId(done.events[1].fact.platform) == PLATFORM


def complained(decision: p.ComplaintDecision):
    over = ComplaintOver(AKIMAT, decision, "Ш-7", date(2026, 11, 12))
    return (
        step(1, almaty(2026, 10, 20), a_reply()),
        ImportedStep(2, almaty(2026, 10, 28), None, ComplaintLodged(AKIMAT, OTHER_BODY)),
        ImportedStep(2, almaty(2026, 11, 12), OTHER_BODY, over),
    )


def test_a_complaint_decided_there_is_not_to_be_lodged_again_and_nothing_is_filed_unasked():
    done = played(*complained(p.ComplaintDecision.REJECTED))
    assert e.MaterialsDemanded not in facts_of(done)
    (right,) = [term.opened for term in done.appeal.terms.values() if term.is_open]
    assert (right.duty, right.started_at) == ("claim_contest", almaty(2026, 11, 12))
    pressed = MessageArrived(TAKING.message_id, PLATFORM, p.Disagree(p.ClaimKind.CONTEST, "—", NOW, (), None))
    taken = decide(CaseFile(CONVERSATION, done.events, appeal()), pressed, a_moment(), LAW)
    assert taken.road.kind is p.RoadKind.COURT


def test_a_complaint_sent_back_sets_the_body_to_work_again():
    done = played(*complained(p.ComplaintDecision.SENT_BACK))
    assert done.appeal.considering == (AKIMAT,)
    running = next(term.opened for term in done.appeal.terms.values() if term.is_open)
    assert (running.duty, running.party, running.started_at.date()) == ("consideration", AKIMAT, date(2026, 11, 12))
