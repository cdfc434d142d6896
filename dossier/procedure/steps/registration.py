"""An appeal comes in (Art. 62–64): registered, numbered, handed to the competent body with its term (Art. 76)."""

from __future__ import annotations

from dataclasses import replace

from contracts.codes import Code
from contracts.party import PartyId
from contracts.payloads import AppealKind, AssignAppeal, NotifiedStep, RegisterAppeal
from dossier.case.duties import CONSIDERATION
from dossier.case.events import AppealAssigned, AppealRegistered, AppealUnrouted, Event, TermOpened
from dossier.procedure.admissibility import findings_of_appeal
from dossier.procedure.decision import CaseFile, Decision, DecisionRefusal, MessageArrived, Moment, OutgoingIntent
from dossier.procedure.law import Law
from dossier.procedure.matter import Matter, authenticated, follow
from dossier.procedure.notices.applicant import notify, ticket_of
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import day_text


def register(
    case: CaseFile, arrival: MessageArrived, appeal: RegisterAppeal, moment: Moment, law: Law
) -> Decision | DecisionRefusal:
    """Art. 64(1): acceptance may not be refused. What no route fits goes to the duty body, and an operator hears of it.

    Only an exchange without a duty body must refuse, and says for what subject and place a route is missing.
    """
    body = _reviewer(appeal, moment) or moment.competence.body or moment.competence.duty
    if case.events:
        return DecisionRefusal(Code.WRONG_STATE, f"conversation {case.conversation_id} has its appeal already")
    if arrival.appeal_number is None:
        return DecisionRefusal(Code.INTERNAL, "no appeal number was minted")
    if body is None:
        detail = f"no route names a body for subject {appeal.subject} in KATO {appeal.kato}, and there is no duty body"
        return DecisionRefusal(Code.NO_COMPETENT_BODY, detail)
    fact = AppealRegistered(
        appeal_number=arrival.appeal_number,
        registered_on=law.calendar.registration_day(moment.now, closes_at=law.rules.closes_at),
        subject=appeal.subject,
        kato=appeal.kato,
        authenticated=authenticated(appeal.authentication),
    )
    opened = Event(case.conversation_id, 1, moment.now, arrival.sender, arrival.message_id, fact)
    return _registered(Matter.of(case, appeal, (opened,), moment, law), fact, body)


def _reviewer(appeal: RegisterAppeal, moment: Moment) -> PartyId | None:
    """Art. 91(3): an appeal that is itself a complaint is for the body above the one complained of."""
    is_complaint = appeal.kind is AppealKind.COMPLAINT and appeal.about is not None
    return moment.competence.higher.get(appeal.about) if is_complaint and appeal.about else None


def _registered(matter: Matter, fact: AppealRegistered, body: PartyId) -> Decision:
    term = matter.begin(CONSIDERATION, body)
    findings = findings_of_appeal(matter.registered)
    decision = follow(
        fact,
        AppealUnrouted(body) if body == matter.moment.competence.duty != matter.moment.competence.body else None,
        notify(
            matter, NotifiedStep.REGISTERED, term=term, findings=findings,
            day=day_text(fact.registered_on),
        ),
        hand_over(matter, body, term),
        notify(matter, NotifiedStep.HANDED_OVER, term=term, body=matter.name_of(body)),
    )  # fmt: skip
    return replace(decision, ticket=ticket_of(matter), findings=findings)


def hand_over(matter: Matter, body: PartyId, term: TermOpened) -> Decision:
    """``body`` gets the appeal as registered and its own term; also after a redirect, or when it was sent back."""
    assignment = AssignAppeal(
        appeal_number=matter.appeal.appeal_number,
        registered_on=matter.appeal.registered_on,
        appeal=matter.registered,
        term=notice_of(term),
    )
    return follow(AppealAssigned(body), term, OutgoingIntent(body, assignment, matter.appeal.registration))
