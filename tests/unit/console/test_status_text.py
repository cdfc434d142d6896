"""What the support desk is told of every state: what happened, whose turn it is, what to do, whom to call."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.codes import Code
from contracts.header import Action, ConversationId, MessageId
from contracts.party import LocalText, PartyId
from dossier.case.appeal import Status, TermState
from dossier.packaging.description import TermEntry
from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.domain.people.desk import IncidentState, Severity, severity_of
from gateway.ports.appeals import AppealRow
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.people.desk import Incident
from gateway.reading.status_text import (
    APPEALS,
    DELIVERIES,
    ERASED,
    HELD,
    INCIDENTS,
    ON_ITS_WAY,
    PAUSED,
    SILENT,
    TURN_WORDS,
    UNFETCHED,
    AppealFacts,
    HeldUpDelivery,
    StatusText,
    Turn,
    appeal_status,
    delivery_status,
    incident_status,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
AKIMAT, COURT, HIGHER = PartyId("akimat"), PartyId("court"), PartyId("ministry")
CASE = ConversationId("c")
S, D = Status, DeliveryState


def delivery(state: DeliveryState, **changes: object) -> HeldUpDelivery:
    finished = NOON + timedelta(hours=1) if state in {D.ACKNOWLEDGED, D.REJECTED, D.CANCELLED} else None
    row = DeliveryRow(
        7, MessageId("m"), CASE, "DL-1", AKIMAT, Action.ASSIGN_APPEAL, state, 1, None, NOON, finished, None, None, "d"
    )
    return HeldUpDelivery(row, True, **changes)


def term(state: TermState, *, party: PartyId = AKIMAT, days: int = 15, bound: str = "body") -> TermEntry:
    due = NOON + timedelta(days=days)
    name = LocalText("қарау", "рассмотрение", "consideration")
    return TermEntry(
        f"t-{days}", "consideration", "АППК 76(1)", name, party, NOON, date(2026, 12, 9), due, "Asia/Almaty", "1", "1",
        "1", state, False, None, bound,
    )  # fmt: skip


def appeal(status: Status | None, **changes: object) -> AppealFacts:
    row = AppealRow("DL-1", CASE, NOON, None, status, "HOUSING", AKIMAT, None, False, 0, None)
    return AppealFacts(row, status, NOON, **{"court": COURT, **changes})


@pytest.mark.parametrize(
    ("status", "turn", "whose"),
    [
        (S.REGISTERED, Turn.EXCHANGE, None),
        (S.WITH_BODY, Turn.BODY, AKIMAT),
        (S.REPLIED, Turn.APPLICANT, None),
        (S.TERMINATED, Turn.APPLICANT, None),
        (S.WITHDRAWN, Turn.NOBODY, None),
        (S.RETURNED_BY_BODY, Turn.APPLICANT, None),
        (S.COMPLAINT_LODGED, Turn.BODY, AKIMAT),
        (S.COMPLAINT_REVIEWED, Turn.BODY, AKIMAT),
        (S.COMPLAINT_DECIDED, Turn.APPLICANT, None),
        (S.COLLECTING, Turn.BODY, AKIMAT),
        (S.DOSSIER_DUE, Turn.EXCHANGE, None),
        (S.DOSSIER_FILED, Turn.COURT, COURT),
        (S.AT_COURT, Turn.COURT, COURT),
        (S.COURT_REFUSED, Turn.OPERATOR, None),
        (S.CASE_OPEN, Turn.COURT, COURT),
        (S.LEFT_WITHOUT_MOVEMENT, Turn.APPLICANT, None),
        (S.RETURNED, Turn.APPLICANT, None),
        (S.CLOSED, Turn.NOBODY, None),
    ],
)
def test_of_every_status_it_is_told_whose_turn_it_is_and_whom_to_call(status, turn, whose):
    reported = appeal_status(appeal(status))
    assert (reported.text.turn, reported.whose) == (turn, whose)
    assert reported.call == ((whose,) if whose else ())
    assert reported.since == NOON


def test_every_state_has_words_of_its_own_and_every_appeal_some_for_the_citizen():
    assert set(APPEALS) == set(Status)
    assert set(DELIVERIES) == set(DeliveryState)
    assert set(INCIDENTS) == set(IncidentState)
    assert set(TURN_WORDS) == set(Turn)
    stated: list[StatusText] = [*APPEALS.values(), *DELIVERIES.values(), *INCIDENTS.values(), ERASED]
    assert all(one.what and one.todo for one in stated)
    assert len({one.what for one in stated}) == len(stated)
    assert all(one.citizen for one in [*APPEALS.values(), ERASED])


def test_whose_term_runs_has_the_turn_and_the_nearest_term_stands_first():
    terms = [term(TermState.OPEN, days=15), term(TermState.OPEN, party=HIGHER, days=5), term(TermState.MET, days=1)]
    reported = appeal_status(appeal(S.COMPLAINT_REVIEWED, terms=terms))
    assert reported.whose == HIGHER
    assert [one.term_id for one in reported.terms] == ["t-5", "t-15"]


def test_who_let_a_term_pass_is_called_also_when_it_is_anothers_turn():
    reported = appeal_status(
        appeal(S.AT_COURT, terms=[term(TermState.BREACHED), term(TermState.DEFAULT, bound="applicant")])
    )
    assert reported.call == (COURT, AKIMAT)
    assert len(reported.missed) == 2


def test_a_body_considers_nothing_that_it_has_not_acknowledged():
    reported = appeal_status(appeal(S.WITH_BODY, unfinished=[delivery(D.RETRY_SCHEDULED)]))
    assert reported.text is ON_ITS_WAY
    assert reported.text.citizen == APPEALS[S.REGISTERED].citizen


def test_an_erased_case_is_told_as_that():
    assert appeal_status(appeal(None)).text is ERASED


def test_what_holds_an_appeal_up_is_told_with_it():
    reported = appeal_status(appeal(S.REGISTERED, unfinished=[delivery(D.RETRY_SCHEDULED)]))
    assert [one.text for one in reported.held_up] == [DELIVERIES[D.RETRY_SCHEDULED]]


@pytest.mark.parametrize(
    ("facts", "stated"),
    [
        *((delivery(state), DELIVERIES[state]) for state in DeliveryState),
        *((delivery(state, is_paused=True, is_silent=True, held_by=3), PAUSED) for state in CLAIMABLE),
        *((delivery(state, is_silent=True, held_by=3), HELD) for state in CLAIMABLE),
        *((delivery(state, is_silent=True), SILENT) for state in CLAIMABLE),
        (delivery(D.PARKED, is_paused=True), DELIVERIES[D.PARKED]),
        (delivery(D.ACKNOWLEDGED, is_silent=True), DELIVERIES[D.ACKNOWLEDGED]),
    ],
)
def test_of_a_message_what_holds_it_up_goes_before_its_state(facts, stated):
    assert delivery_status(facts).text is stated


def test_of_a_message_in_a_mailbox_the_party_is_to_fetch_it():
    in_mailbox = HeldUpDelivery(delivery(D.PENDING).row, is_called=False)
    reported = delivery_status(in_mailbox)
    assert reported.text is UNFETCHED
    assert reported.call == (AKIMAT,)


@pytest.mark.parametrize("state", DeliveryState)
def test_the_party_is_called_only_about_what_is_its_own(state):
    theirs = {D.RETRY_SCHEDULED, D.DELIVERED, D.REJECTED}
    assert delivery_status(delivery(state)).call == ((AKIMAT,) if state in theirs else ())


@pytest.mark.parametrize("state", IncidentState)
def test_an_incident_is_the_desks_until_it_is_closed(state):
    incident = Incident(
        1, CASE, "IN-1", AKIMAT, MessageId("m"), None, None, None, None, Severity.HIGH, "t", "c", NOON, state, None,
        None, None, None, None, None, None,
    )  # fmt: skip
    reported = incident_status(incident)
    is_over = state is IncidentState.CLOSED
    assert reported.text.turn is (Turn.NOBODY if is_over else Turn.SUPPORT)
    assert reported.call == (() if is_over else (AKIMAT,))


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        (None, Severity.NORMAL),
        (Code.SCHEMA_VIOLATION, Severity.NORMAL),
        (Code.CERTIFICATE_EXPIRED, Severity.HIGH),
        (Code.INTERNAL, Severity.HIGH),
    ],
)
def test_what_stops_every_message_of_a_party_is_worse_than_what_stops_one(code, severity):
    assert severity_of(code) is severity
