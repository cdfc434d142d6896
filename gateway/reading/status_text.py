"""What is told of an appeal, a delivery, an incident: what happened, whose turn it is, what to do, whom to call. Pure.

The words are English ones of the catalogue; a page says them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.header import Action
from contracts.party import PartyId
from contracts.payloads import AssignAppeal
from dossier.case.appeal import Status, TermState
from dossier.packaging.description import TermEntry
from gateway.domain.delivery.states import CLAIMABLE, FINAL, DeliveryState
from gateway.domain.people.desk import IncidentState
from gateway.ports.appeals import AppealRow
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.people.desk import Incident
from gateway.texts.language import marked

S, D, I = Status, DeliveryState, IncidentState  # noqa: E741 - stands for incident


class Turn(StrEnum):
    """Whose turn it is."""

    BODY = "body"
    COURT = "court"
    PARTY = "party"
    APPLICANT = "applicant"
    EXCHANGE = "exchange"
    OPERATOR = "operator"
    SUPPORT = "support"
    NOBODY = "nobody"


TURN_WORDS: Final[Mapping[Turn, str]] = {
    Turn.BODY: marked("the body's"),
    Turn.COURT: marked("the court's"),
    Turn.PARTY: marked("the party's"),
    Turn.APPLICANT: marked("the applicant's"),
    Turn.EXCHANGE: marked("ours: the exchange does it by itself"),
    Turn.OPERATOR: marked("ours: an operator's"),
    Turn.SUPPORT: marked("ours: the support desk's"),
    Turn.NOBODY: marked("nobody's: it has ended"),
}


@dataclass(frozen=True, slots=True)
class StatusText:
    """``citizen``: what may be told to the applicant; empty where it is no matter of theirs."""

    what: str
    turn: Turn
    todo: str
    citizen: str = ""


@dataclass(frozen=True, slots=True)
class HeldUpDelivery:
    """A delivery and what may hold it up."""

    row: DeliveryRow
    is_called: bool
    is_paused: bool = False
    is_silent: bool = False
    held_by: int | None = None


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """``status``: None once the case is erased or unread. ``moved_at``: of its last event. ``court``: that has it."""

    row: AppealRow
    status: Status | None
    moved_at: datetime
    terms: Sequence[TermEntry] = ()
    court: PartyId | None = None
    unfinished: Sequence[HeldUpDelivery] = ()


@dataclass(frozen=True, slots=True)
class StatusReport:
    """``whose``: the party whose turn it is, where it is one's. ``call``: whom to call, in this order.

    ``terms``: those that run, the nearest first. ``missed``: those that were let pass and not met since.
    """

    text: StatusText
    since: datetime
    whose: PartyId | None = None
    call: tuple[PartyId, ...] = ()
    terms: tuple[TermEntry, ...] = ()
    missed: tuple[TermEntry, ...] = ()
    held_up: tuple[StatusReport, ...] = ()
    delivery: DeliveryRow | None = field(default=None)


_WAIT_BODY: Final = marked("Wait until the term below. Once it is over, call the body: it owes an answer.")
_WAIT_RECEIPT: Final = marked("Wait for the receipt. If it is held up, it says below by what.")
_CHOICE: Final = marked("Nothing is due but the applicant's choice.")

APPEALS: Final[Mapping[Status, StatusText]] = {
    S.REGISTERED: StatusText(
        marked("The appeal is registered and goes to the competent body."),
        Turn.EXCHANGE,
        _WAIT_RECEIPT,
        marked("Your appeal is registered and on its way to the body that decides on it."),
    ),
    S.WITH_BODY: StatusText(
        marked("The body considers the appeal."),
        Turn.BODY,
        _WAIT_BODY,
        marked("The body considers your appeal and has to answer within the term."),
    ),
    S.REPLIED: StatusText(
        marked("The body has answered."),
        Turn.APPLICANT,
        _CHOICE,
        marked("The answer is in your account. If you do not agree, press “I disagree” within the term."),
    ),
    S.TERMINATED: StatusText(
        marked("The body has ended the procedure without a decision."),
        Turn.APPLICANT,
        _CHOICE,
        marked("The body ended the procedure; its reasons are in your account. If you do not agree, press “I disagree”."),  # noqa: E501 - one sentence
    ),
    S.RETURNED_BY_BODY: StatusText(
        marked("The body has returned the appeal without considering it."),
        Turn.APPLICANT,
        _CHOICE,
        marked("The body returned your appeal and said what it lacks. Cure that and file anew, or press “I disagree”."),
    ),
    S.COMPLAINT_LODGED: StatusText(
        marked("A complaint is with the body: it satisfies it or hands its file to the higher body."),
        Turn.BODY,
        _WAIT_BODY,
        marked("Your complaint is with the body, which satisfies it or passes it on to the higher body within the term."),  # noqa: E501 - one sentence
    ),
    S.COMPLAINT_REVIEWED: StatusText(
        marked("The higher body reviews the complaint."),
        Turn.BODY,
        _WAIT_BODY,
        marked("The higher body reviews your complaint and decides within the term."),
    ),
    S.COMPLAINT_DECIDED: StatusText(
        marked("It was decided on the complaint."),
        Turn.APPLICANT,
        _CHOICE,
        marked("The decision is in your account. If you do not agree, you may go to court within the term."),
    ),
    S.WITHDRAWN: StatusText(
        marked("The applicant has withdrawn the appeal."),
        Turn.NOBODY,
        marked("Nothing."),
        marked("You withdrew the appeal. You may file a new one."),
    ),
    S.COLLECTING: StatusText(
        marked("The applicant disagreed, and the bodies owe their materials for the court."),
        Turn.BODY,
        _WAIT_BODY,
        marked("You disagreed; materials for the court are being collected. Nothing is asked of you."),
    ),
    S.DOSSIER_DUE: StatusText(
        marked("The exchange puts the dossier for the court together."),
        Turn.EXCHANGE,
        marked("Wait some minutes. If it lasts longer, hand it to an operator: the log names the reason."),
        marked("The dossier for the court is being put together. Nothing is asked of you."),
    ),
    S.DOSSIER_FILED: StatusText(
        marked("The dossier was sent to the court."),
        Turn.COURT,
        _WAIT_RECEIPT,
        marked("Your dossier was sent to the court. Nothing is asked of you."),
    ),
    S.AT_COURT: StatusText(
        marked("The court has the dossier and has not reported a case yet."),
        Turn.COURT,
        marked("Wait for the court's report; after some days call its registry."),
        marked("The court has your dossier. It will be told to you whether it opens a case."),
    ),
    S.COURT_REFUSED: StatusText(
        marked("The court's system refused the dossier."),
        Turn.OPERATOR,
        marked("Hand it to an operator: the code and the court's words say what is to be mended."),
        marked("Your dossier did not reach the court for a technical reason. We mend it; nothing is asked of you."),
    ),
    S.CASE_OPEN: StatusText(
        marked("A court case is open."),
        Turn.COURT,
        marked("Questions about the case go to the court, by the number of the case."),
        marked("A court case is open. Ask the court about it, by the number of the case."),
    ),
    S.LEFT_WITHOUT_MOVEMENT: StatusText(
        marked("The court left the claim without movement until its defects are cured."),
        Turn.APPLICANT,
        marked("Tell the applicant to cure what the court named within the term."),
        marked("The court asks you to cure what it named in its act, within the term."),
    ),
    S.RETURNED: StatusText(
        marked("The court returned the claim."),
        Turn.APPLICANT,
        _CHOICE,
        marked("The court returned your claim; its act says why and what you may do."),
    ),
    S.CLOSED: StatusText(
        marked("The court's act is in force."),
        Turn.NOBODY,
        marked("Nothing."),
        marked("The court has decided, and its act is in force."),
    ),
}  # fmt: skip

ERASED: Final = StatusText(
    marked("The case is over, and what people wrote in it was erased when its time of retention was over."),
    Turn.NOBODY,
    marked("Nothing."),
    marked("This case is over and no longer kept in full."),
)

ON_ITS_WAY: Final = StatusText(
    marked("The appeal was assigned to the body, which has not acknowledged it yet. Its term runs already."),
    Turn.EXCHANGE,
    _WAIT_RECEIPT,
    APPEALS[S.REGISTERED].citizen,
)
_WAIT_MINUTE: Final = marked("Wait a minute and look again.")
_CALL_WORDS: Final = marked("Call the party with its last words below. It is tried again by itself.")

DELIVERIES: Final[Mapping[DeliveryState, StatusText]] = {
    D.PENDING: StatusText(marked("The message goes out as soon as it is its turn."), Turn.EXCHANGE, _WAIT_MINUTE),
    D.RETRY_SCHEDULED: StatusText(marked("The last attempt failed."), Turn.PARTY, _CALL_WORDS),
    D.IN_FLIGHT: StatusText(marked("The message is being sent at this moment."), Turn.EXCHANGE, _WAIT_MINUTE),
    D.DELIVERED: StatusText(
        marked("The party took the message and owes the receipt."),
        Turn.PARTY,
        marked("If it lasts, ask the party for its receipt (Acknowledge). It is sent again by itself."),
    ),
    D.PARKED: StatusText(
        marked("A person set the message aside."),
        Turn.OPERATOR,
        marked("Its page says who did and why: ask them. A person releases or cancels it."),
    ),
    D.DEAD_LETTERED: StatusText(
        marked("The message cannot be built or signed here."),
        Turn.OPERATOR,
        marked("Hand it to an operator, who mends the cause and resends it."),
    ),
    D.ACKNOWLEDGED: StatusText(
        marked("The party has the message; its signed receipt is kept."), Turn.NOBODY, marked("Nothing.")
    ),
    D.REJECTED: StatusText(
        marked("The party refused the message for good, and signed that."),
        Turn.OPERATOR,
        marked("Read the code and the party's words below; what follows stands in the appeal."),
    ),
    D.CANCELLED: StatusText(marked("A person cancelled the message."), Turn.NOBODY, marked("Nothing.")),
}

PAUSED: Final = StatusText(
    marked("The party is paused, and the message waits."),
    Turn.OPERATOR,
    marked("The party's page says who paused it and why. It goes out once somebody resumes the party."),
)
HELD: Final = StatusText(
    marked("An earlier message of the same appeal goes to this party first."),
    Turn.EXCHANGE,
    marked("Look at that one; this one follows by itself."),
)
SILENT: Final = StatusText(
    marked("The party does not answer at all, and the message waits."),
    Turn.PARTY,
    marked("Call the party, or an operator for a test ping. One message is tried by itself after each rest."),
)
UNFETCHED: Final = StatusText(
    marked("The message lies in the party's mailbox until it is fetched."),
    Turn.PARTY,
    marked("If it lies for more than an hour, call the party: the program that fetches stands still."),
)

INCIDENTS: Final[Mapping[IncidentState, StatusText]] = {
    I.OPEN: StatusText(
        marked("A party reports that something does not work, and nobody has taken it yet."),
        Turn.SUPPORT,
        marked("Take it, call the contact below, close it with what was found."),
    ),
    I.TAKEN: StatusText(
        marked("Somebody sees to what the party reported."),
        Turn.SUPPORT,
        marked("Ask whoever has it; take it over if they are away."),
    ),
    I.CLOSED: StatusText(marked("What the party reported is settled."), Turn.NOBODY, marked("Nothing.")),
}


def delivery_status(facts: HeldUpDelivery) -> StatusReport:
    """Of one message to one party."""
    status_text, row = _status_of(facts), facts.row
    whose = row.recipient if status_text.turn is Turn.PARTY else None
    since = row.finished_at or row.created_at
    return StatusReport(status_text, since, whose, call=_called(status_text, row.recipient, row.state), delivery=row)


def appeal_status(facts: AppealFacts) -> StatusReport:
    """Of an appeal: what its own state says, and which of its messages are held up."""
    status_text = _of_appeal(facts)
    running = sorted((one for one in facts.terms if one.state is TermState.OPEN), key=lambda one: one.due_at)
    missed = tuple(one for one in facts.terms if one.state in _MISSED and one.done_at is None)
    whose = _whose(status_text.turn, facts, running)
    held_up = tuple(delivery_status(one) for one in facts.unfinished)
    late = [one.party for one in missed if one.bound != "applicant"]
    call = tuple(dict.fromkeys(party for party in (whose, *late) if party))
    return StatusReport(status_text, facts.moved_at, whose, call, tuple(running), missed, held_up)


def incident_status(incident: Incident) -> StatusReport:
    """Of what a party reported."""
    status_text = INCIDENTS[incident.state]
    call = () if incident.state is I.CLOSED else (incident.party,)
    return StatusReport(status_text, incident.moved_at or incident.reported_at, call=call)


_MISSED: Final = frozenset({TermState.BREACHED, TermState.DEFAULT})


def _of_appeal(facts: AppealFacts) -> StatusText:
    """A body considers nothing that it has not got."""
    if facts.status is None or facts.row.erased_at:
        return ERASED
    is_assigned = any(one.row.action is Action.of(AssignAppeal) for one in facts.unfinished)
    return ON_ITS_WAY if facts.status is S.WITH_BODY and is_assigned else APPEALS[facts.status]


def _status_of(facts: HeldUpDelivery) -> StatusText:
    """What holds it up goes before what its state says."""
    if facts.row.state not in CLAIMABLE:
        return DELIVERIES[facts.row.state]
    if facts.is_paused:
        return PAUSED
    if facts.held_by is not None:
        return HELD
    if not facts.is_called:
        return UNFETCHED
    return SILENT if facts.is_silent else DELIVERIES[facts.row.state]


def _called(status_text: StatusText, recipient: PartyId, state: DeliveryState) -> tuple[PartyId, ...]:
    is_theirs = status_text.turn is Turn.PARTY or state is D.REJECTED
    return (recipient,) if is_theirs and state not in FINAL - {D.REJECTED} else ()


def _whose(turn: Turn, facts: AppealFacts, running: Sequence[TermEntry]) -> PartyId | None:
    if turn is Turn.COURT:
        return facts.court
    if turn is not Turn.BODY:
        return None
    return next((one.party for one in running if one.bound != "applicant"), facts.row.body)
