"""What the applicant may do while the appeal is considered or contested: add documents, withdraw (Art. 64(9))."""

from __future__ import annotations

from typing import Final

from contracts.party import PartyId
from contracts.payloads import AddDocuments, ForwardDocuments, NotifiedStep, NotifyWithdrawal, WithdrawAppeal
from dossier.case.appeal import Complaint, ComplaintStage, Status, Term
from dossier.case.duties import CURE, FORWARD_COMPLAINT, HEARING_OBJECTION, REVIEW
from dossier.case.events import AppealWithdrawn, ComplaintWithdrawn, DocumentsAdded, TermOpened
from dossier.procedure.closing import lapse, meet
from dossier.procedure.contested import Contested, contested
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import order_for_news
from dossier.procedure.rights import complaint_duty

ANSWERED_BY_DOCUMENTS: Final = (HEARING_OBJECTION, CURE)
"""Rights of the applicant that further documents use: to object in a hearing (Art. 73), to cure defects (64(6))."""


def add_documents(matter: Matter, arrival: MessageArrived, added: AddDocuments) -> Decision | DecisionRefusal:
    """To every body that still considers or reviews; behind a dossier they go to the court as a supplement."""
    if matter.appeal.status in (Status.WITHDRAWN, Status.CLOSED):
        return wrong_state(matter, "nothing can be added any more; register a new appeal")
    forwarded = ForwardDocuments(matter.appeal.appeal_number, added.note, added.documents)
    used = [term for duty in ANSWERED_BY_DOCUMENTS for term in matter.appeal.open_terms(duty)]
    return follow(
        DocumentsAdded(tuple(ref.document_id for ref in added.documents)),
        meet(matter, used),
        *(OutgoingIntent(body, forwarded, arrival.message_id) for body in _at_work(matter)),
        order_for_news(matter) if matter.appeal.is_for_court else None,
    )


def withdraw(matter: Matter, arrival: MessageArrived, withdrawal: WithdrawAppeal) -> Decision | DecisionRefusal:
    """Art. 64(9): before the decision, or before the court is given the case; the history stays.

    Nothing further is due from anybody: what still runs lapses, also what was asked of bodies for the court.
    """
    if matter.appeal.withdrawn:
        return wrong_state(matter, "it was withdrawn already")
    if matter.appeal.dossiers:
        return wrong_state(matter, "the court has the case; the claim is withdrawn there")
    if not _can_be_withdrawn(matter):
        return wrong_state(matter, "an appeal may be withdrawn only before the decision (АППК 64(9))")
    if matter.appeal.pending_complaints and not (matter.appeal.considering or matter.appeal.is_for_court):
        return _withdraw_complaints(matter, arrival, withdrawal)
    notice = NotifyWithdrawal(matter.appeal.appeal_number, withdrawal.reason)
    return follow(
        AppealWithdrawn(),
        lapse(matter, [term for term in matter.appeal.terms.values() if term.is_open], "withdrawn"),
        *(OutgoingIntent(party, notice, arrival.message_id) for party in _who_owes(matter)),
        notify(matter, NotifiedStep.WITHDRAWN),
    )


def _withdraw_complaints(matter: Matter, arrival: MessageArrived, withdrawal: WithdrawAppeal) -> Decision:
    """Art. 64(9), 94(1): the appeal is decided, so it is the complaints that are withdrawn; the act stands.

    Each may be filed again while its term runs; without one the court stays closed (Art. 91(5)).
    """
    notice = NotifyWithdrawal(matter.appeal.appeal_number, withdrawal.reason)
    return follow(
        *(_withdrawn(matter, complaint) for complaint in matter.appeal.pending_complaints),
        *(OutgoingIntent(party, notice, arrival.message_id) for party in _who_owes(matter)),
    )


def _withdrawn(matter: Matter, complaint: Complaint) -> Decision:
    about = contested(matter, complaint.body)
    right = None if about is None else _right_again(matter, about)
    again = right if right is not None and not matter.is_overdue(right) else None
    return follow(
        ComplaintWithdrawn(complaint.body),
        lapse(matter, _terms_of(matter, complaint), "complaint_withdrawn"),
        again,
        notify(
            matter, NotifiedStep.COMPLAINT_WITHDRAWN, "complaintAgain" if again else "complaintTermOver",
            term=right, body=matter.name_of(complaint.body),
        ),
    )  # fmt: skip


def _right_again(matter: Matter, about: Contested) -> TermOpened:
    duty = complaint_duty(matter, about.since, advised=about.advised)
    return matter.grant(duty, about.body, since=about.since)


def _terms_of(matter: Matter, complaint: Complaint) -> list[Term]:
    review = [term for term in matter.appeal.open_terms(REVIEW) if term.opened.body in (None, complaint.body)]
    return [*matter.appeal.open_terms(FORWARD_COMPLAINT, complaint.body), *review]


def _can_be_withdrawn(matter: Matter) -> bool:
    appeal = matter.appeal
    return bool(appeal.considering or appeal.pending_complaint() or appeal.is_for_court)


def _at_work(matter: Matter) -> tuple[PartyId, ...]:
    """Bodies that consider, and the higher body that has the complaint."""
    forwarded = (each for each in matter.appeal.pending_complaints if each.stage is ComplaintStage.FORWARDED)
    return tuple(dict.fromkeys((*matter.appeal.considering, *(complaint.reviewer for complaint in forwarded))))


def _who_owes(matter: Matter) -> tuple[PartyId, ...]:
    """Everybody who would still do something: at work, with a complaint to forward, or asked for materials."""
    appeal = matter.appeal
    owing = (term.opened.party for term in appeal.terms.values() if term.is_open)
    return tuple(dict.fromkeys(party for party in (*_at_work(matter), *owing) if party != appeal.platform))
