"""With many rows waiting, what runs all the time must go through its partial index, never over the table."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from contracts.header import Action, MessageId
from dossier.case.appeal import Status
from gateway.domain.alarms.kinds import BANDS, AlarmKind
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import About, IncidentState, Severity
from gateway.domain.retention import RetentionKind
from gateway.ports.alarms import AlarmQuery, OpenAlarmQuery, OpenPlace
from gateway.ports.appeals import AppealQuery, FindConversations, TermQuery
from gateway.ports.audit import AccessQuery, AuditQuery
from gateway.ports.case import CountOpenTerms, EraseRows, ListDueTerms, ListUnrouted
from gateway.ports.console import CountEnded, CountTerms, DeliveryQuery, InstantPeriod, ListDeadGroups
from gateway.ports.deliveries import (
    ClaimDeliveries,
    Escalate,
    FetchMailbox,
    FindNextDue,
    ListBacklog,
    MoveJob,
    Rescue,
    Selection,
)
from gateway.ports.parties import CountRecentAttempts, ListPartyAttempts, LoadLastContacts
from gateway.ports.people.desk import FindIncidents, IncidentQuery, NoteQuery, NoteSubject
from gateway.ports.refusals import RefusalQuery
from gateway.store.cases import appeals as appeal_rows
from gateway.store.cases import intake, listed_terms, mailbox, refused_requests
from gateway.store.cases import terms as term_rows
from gateway.store.cases import unrouted as unrouted_rows
from gateway.store.deliveries import backlog as backlog_rows
from gateway.store.deliveries import claims as claim_rows
from gateway.store.deliveries import escalations as escalation_rows
from gateway.store.deliveries import held as held_rows
from gateway.store.deliveries import moves as move_rows
from gateway.store.deliveries import outbox, search, waiting
from gateway.store.deliveries import whole as whole_rows
from gateway.store.engine.connect import writing_engine
from gateway.store.people import incidents as incident_rows
from gateway.store.people import notes as note_rows
from gateway.store.reads import alarms as alarm_rows
from gateway.store.reads import audit as audit_rows
from gateway.store.reads import refusals as refusal_rows
from gateway.store.registry import parties as party_rows
from gateway.store.retention import desk_erasure
from tests.worlds.builders import JER, NOON, refusal
from tests.worlds.sqlite import migrated

S = DeliveryState
LATE = AppealQuery(missed=True, body=JER, statuses=frozenset({Status.CLOSED}))
ABOUT = NoteSubject(About.PARTY, "x")
MINE = IncidentQuery(IncidentState.OPEN, JER)
OLD_WORDS = EraseRows(RetentionKind.DESK, NOON, "op", "why", NOON)
FETCHED = FetchMailbox(JER, MessageId("m"), NOON, 9, NOON)
CLAIMED = ClaimDeliveries(NOON, 100, NOON)
HIGH, LASTING = Severity.HIGH, IncidentState.OPEN
WALKED = DeliveryQuery(recipient=JER, states=frozenset({S.PARKED}), after=9)
DEAD = DeliveryQuery(recipient=JER, states=frozenset({S.DEAD_LETTERED}), code="x", after=9)
WIDTH, ENDED = timedelta(minutes=5), "ix_deliveries_ended (state=? AND finished_at>?)"
OPERATION = Action.ASSIGN_APPEAL
WALK = {"seeds": [1], "depth": 9, "now": NOON}


SILENT = AlarmKind.PARTY_SILENT
TAKEN_UP, UNHEEDED = OpenPlace(BANDS[-1], 9), OpenPlace(BANDS[0], 9)


def _park(of: Selection) -> MoveJob:
    return MoveJob(Act.PARK, of, "op", "why", NOON)


@pytest.mark.parametrize(
    ("run", "index"),
    [
        (lambda c: claim_rows.look(c, CLAIMED), "ix_deliveries_waiting (is_called=? AND recipient>?)"),
        (lambda c: claim_rows.look(c, CLAIMED), "AND priority=? AND next_attempt_at<?)"),
        (lambda c: claim_rows.next_due(c, FindNextDue(NOON)), "ix_deliveries_waiting (is_called=? AND recipient>?)"),
        (lambda c: c.execute(waiting.walk(), WALK), "next_attempt_at=? AND delivery_id>?)"),
        (lambda c: c.execute(waiting.walk(), WALK), "next_attempt_at>? AND next_attempt_at<?)"),
        (lambda c: list(waiting.chosen().rows(c, [1, 2])), "deliveries USING INTEGER PRIMARY KEY"),
        (lambda c: list(waiting.chosen().rows(c, [1, 2])), "ix_deliveries_open"),
        (lambda c: held_rows.orphans(c, 0), "ix_deliveries_held"),
        (lambda c: held_rows.free_followers(c, [1]), "ix_deliveries_held"),
        (lambda c: escalation_rows.has_due(c, Escalate(NOON, 9)), "ix_deliveries_aging (recipient>?)"),
        (lambda c: outbox.reschedule(c, [Rescue(NOON)]), "ix_deliveries_leased"),
        (lambda c: outbox.reschedule(c, [Rescue(NOON)]), "ix_deliveries_awaited"),
        (lambda c: mailbox.is_empty(c, FETCHED), "ix_deliveries_handed_out"),
        (lambda c: mailbox.is_empty(c, FETCHED), "ix_deliveries_waiting"),
        (lambda c: mailbox.hand_out(c, [FETCHED]), "ix_deliveries_waiting"),
        (lambda c: move_rows.move(c, [_park(Selection(recipient=JER))]), "ix_deliveries_recipient"),
        (lambda c: backlog_rows.backlog(c, ListBacklog()), "COVERING INDEX ix_deliveries_backlog"),
        (lambda c: backlog_rows.backlog(c, ListBacklog()), "ix_deliveries_receipts (recipient=?)"),
        (lambda c: party_rows.last_contacts(c, LoadLastContacts()), "ix_deliveries_receipts (recipient=?)"),
        (lambda c: party_rows.last_contacts(c, LoadLastContacts()), "ix_accesses_fetches (reader=?)"),
        (
            lambda c: party_rows.tried_lately(c, CountRecentAttempts(NOON, NOON)),
            "deliveries USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (lambda c: party_rows.attempts_for(c, ListPartyAttempts(JER)), "ix_deliveries_recipient (recipient=?)"),
        (
            lambda c: party_rows.attempts_for(c, ListPartyAttempts(JER)),
            "ix_deliveries_backlog (recipient=? AND state=?)",
        ),
        (lambda c: party_rows.attempts_for(c, ListPartyAttempts(JER)), "ix_attempts_delivery (delivery_id=?)"),
        (
            lambda c: search.list_deliveries(c, DeliveryQuery(states=frozenset({S.PARKED}))),
            "ix_deliveries_state (state=?)",
        ),
        (
            lambda c: search.list_deliveries(c, DeliveryQuery(recipient=JER)),
            "ix_deliveries_recipient (recipient=?)",
        ),
        (
            lambda c: search.list_deliveries(c, WALKED),
            "ix_deliveries_listed (recipient=? AND state=? AND delivery_id<?)",
        ),
        (lambda c: search.list_deliveries(c, DeliveryQuery(action=OPERATION)), "ix_deliveries_action (action=?)"),
        (
            lambda c: search.list_deliveries(c, DeliveryQuery(action=OPERATION, after=9)),
            "(action=? AND delivery_id<?)",
        ),
        (
            lambda c: search.list_deliveries(c, DeliveryQuery(code="x", recipient=JER, after=9)),
            "ix_deliveries_code (code=?",
        ),
        (
            lambda c: search.list_deliveries(c, DEAD),
            "ix_deliveries_dead (state=? AND recipient=? AND code=? AND delivery_id<?)",
        ),
        (
            lambda c: search.list_deliveries(c, DeliveryQuery(ended=InstantPeriod(NOON))),
            "ix_deliveries_ended (state=? AND finished_at>?)",
        ),
        (
            lambda c: backlog_rows.ended(c, CountEnded(InstantPeriod(NOON, NOON), WIDTH)),
            "COVERING INDEX ix_deliveries_ended (state=? AND finished_at>?",
        ),
        (lambda c: backlog_rows.dead_groups(c, ListDeadGroups(9)), "COVERING INDEX ix_deliveries_dead"),
        (lambda c: whole_rows.count_terms(c, CountTerms(NOON, NOON)), "INDEX ix_terms_due (due_at<?)"),
        (lambda c: whole_rows.count_terms(c, CountTerms(NOON, NOON)), "INDEX ix_terms_breached (breached_at>?)"),
        (lambda c: unrouted_rows.unrouted(c, ListUnrouted(50, None)), "events USING INDEX ix_events_unrouted"),
        (lambda c: term_rows.due_terms(c, ListDueTerms(NOON, 100)), "ix_terms_due"),
        (lambda c: term_rows.open_terms(c, CountOpenTerms(NOON)), "ix_terms_due (due_at>? AND due_at<?)"),
        (lambda c: term_rows.open_terms(c, CountOpenTerms(NOON)), "ix_terms_breached"),
        (lambda c: appeal_rows.list_appeals(c, AppealQuery(body=JER)), "ix_listed_appeals_body (body=?)"),
        (lambda c: appeal_rows.list_appeals(c, LATE), "missed_body_status (has_missed=? AND body=? AND status=?)"),
        (lambda c: appeal_rows.list_appeals(c, AppealQuery(disagreed=True)), "disagreed (disagreed=?)"),
        (
            lambda c: appeal_rows.conversations_by(c, FindConversations("case-7")),
            "ix_listed_appeals_case (case_number=?)",
        ),
        (lambda c: listed_terms.list_terms(c, TermQuery(breached=False, party=JER)), "ix_terms_due_party"),
        (lambda c: listed_terms.list_terms(c, TermQuery(breached=True, party=JER)), "ix_terms_breached_party"),
        (lambda c: refusal_rows.list_refusals(c, RefusalQuery(code="X")), "ix_refusals_code (code=?)"),
        (lambda c: refusal_rows.list_refusals(c, RefusalQuery("a", "X")), "sender_code (sender=? AND code=?)"),
        (lambda c: refusal_rows.list_refusals(c, RefusalQuery(since=NOON)), "ix_refusals_at (at<?)"),
        (lambda c: refused_requests.keep(c, [refusal(signer=JER, request=b"x")]), "ix_refused_requests_signer"),
        (lambda c: audit_rows.list_acts(c, AuditQuery(("op",))), "ix_audit_log_by (by=?)"),
        (lambda c: audit_rows.list_acts(c, AuditQuery(("op",), "a", after=9)), "by_act (by=? AND act=? AND "),
        (lambda c: audit_rows.list_acts(c, AuditQuery(refused=True)), "INDEX ix_audit_log_refused"),
        (lambda c: audit_rows.list_acts(c, AuditQuery(subject="7", refused=True)), "about (subject=?)"),
        (lambda c: audit_rows.list_accesses(c, AccessQuery()), "INDEX ix_accesses_ours"),
        (lambda c: audit_rows.list_accesses(c, AccessQuery(about=("A-1",))), "ix_accesses_about (about=?)"),
        (lambda c: audit_rows.list_accesses(c, AccessQuery(about=("A-1",))), "ix_accesses_subject (subject=?)"),
        (lambda c: note_rows.list_notes(c, NoteQuery(to_user="x")), "ix_notes_undone_user (to_user=?)"),
        (lambda c: note_rows.list_notes(c, NoteQuery(to_role=UserRole.SUPPORT)), "ix_notes_undone_role (to_role=?)"),
        (lambda c: note_rows.list_notes(c, NoteQuery(author="x")), "ix_notes_undone_author (author=?)"),
        (lambda c: note_rows.list_notes(c, NoteQuery(closed=True)), "ix_notes_done"),
        (lambda c: note_rows.list_notes(c, NoteQuery(ABOUT)), "ix_notes_undone_about (about=? AND key=?)"),
        (lambda c: incident_rows.list_incidents(c, MINE), "ix_incidents_party_state (party=? AND state=?)"),
        (
            lambda c: incident_rows.list_incidents(c, IncidentQuery(severity=HIGH, after=9)),
            "ix_incidents_severity (severity=? AND incident_id<?)",
        ),
        (
            lambda c: incident_rows.list_incidents(c, IncidentQuery(LASTING, severity=HIGH)),
            "ix_incidents_severity_state (severity=? AND state=?)",
        ),
        (
            lambda c: incident_rows.list_incidents(c, IncidentQuery(None, JER, HIGH)),
            "ix_incidents_party_severity (party=? AND severity=?)",
        ),
        (
            lambda c: incident_rows.list_incidents(c, IncidentQuery(LASTING, JER, HIGH)),
            "ix_incidents_party_severity_state (party=? AND severity=? AND state=?)",
        ),
        (lambda c: desk_erasure.count_old_words(c, NOON), "INDEX ix_incidents_kept (moved_at<?)"),
        (lambda c: desk_erasure.count_old_words(c, NOON), "ix_notes_kept (closed_at>? AND closed_at<?)"),
        (lambda c: desk_erasure.erase_words(c, OLD_WORDS), "INDEX ix_incidents_kept (moved_at<?)"),
        (lambda c: desk_erasure.erase_words(c, OLD_WORDS), "ix_notes_kept (closed_at>? AND closed_at<?)"),
        (lambda c: incident_rows.incidents_by(c, FindIncidents("x")), "ix_incidents_about (about_message_id=?)"),
        (lambda c: alarm_rows.list_alarms(c, AlarmQuery(is_open=True)), "USING INDEX ix_alarms_open"),
        (
            lambda c: alarm_rows.list_alarms(c, AlarmQuery(is_open=True, after=9)),
            "ix_alarms_open (alarm_id<?)",
        ),
        (
            lambda c: alarm_rows.list_alarms(c, AlarmQuery(is_open=True, kind=SILENT, after=9)),
            "ix_alarms_open_kind (kind=? AND alarm_id<?)",
        ),
        (lambda c: alarm_rows.list_alarms(c, AlarmQuery(is_open=False)), "USING INDEX ix_alarms_over"),
        (
            lambda c: alarm_rows.list_alarms(c, AlarmQuery(is_open=False, after=9)),
            "ix_alarms_over (alarm_id<?)",
        ),
        (
            lambda c: alarm_rows.list_alarms(c, AlarmQuery(is_open=False, kind=SILENT, after=9)),
            "ix_alarms_over_kind (kind=? AND alarm_id<?)",
        ),
        (lambda c: alarm_rows.open_alarms(c, OpenAlarmQuery()), "ix_alarms_unheeded (level=?)"),
        (lambda c: alarm_rows.open_alarms(c, OpenAlarmQuery(after=UNHEEDED)), "unheeded (level=? AND alarm_id<?)"),
        (
            lambda c: alarm_rows.open_alarms(c, OpenAlarmQuery(after=TAKEN_UP)),
            "ix_alarms_heeded (level=? AND alarm_id<?)",
        ),
        (
            lambda c: alarm_rows.open_alarms(c, OpenAlarmQuery(SILENT, UNHEEDED)),
            "unheeded_kind (kind=? AND level=? AND alarm_id<?)",
        ),
        (
            lambda c: alarm_rows.open_alarms(c, OpenAlarmQuery(SILENT, TAKEN_UP)),
            "ix_alarms_heeded_kind (kind=? AND level=? AND alarm_id<?)",
        ),
        (lambda c: intake.refuse(c, [refusal(signer=JER, answer=b"<fault/>")]), "ix_refusals_kept"),
    ],
)
def test_the_loops_read_their_partial_indexes(tmp_path: Path, run, index: str):
    """On SQLite: PostgreSQL plans by statistics, which an empty database does not have."""
    engine = writing_engine(migrated(tmp_path), connections=1)
    plans: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith(("SELECT", "WITH", "UPDATE")) and not executemany:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

    with engine.begin() as connection:
        run(connection)
    engine.dispose()
    assert any(index in plan for plan in plans), plans
