"""What the applicant may do while the appeal is considered: add documents, withdraw (Art. 64(9))."""

from __future__ import annotations

from contracts.payloads import AddDocuments, ForwardDocuments, NotifiedStep, NotifyWithdrawal, WithdrawAppeal
from dossier.events import AppealWithdrawn, DocumentsAdded
from dossier.history import Status
from dossier.procedure.closing import lapse
from dossier.procedure.decision import Decision, MessageArrived, OutgoingIntent, Refusal
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices import tell


def add_documents(matter: Matter, arrival: MessageArrived, added: AddDocuments) -> Decision | Refusal:
    """To every body that still considers; later they are kept for the dossier or its supplement."""
    if matter.appeal.status in (Status.WITHDRAWN, Status.CLOSED):
        return wrong_state(matter, "nothing can be added any more; register a new appeal")
    forwarded = ForwardDocuments(matter.appeal.appeal_number, added.note, added.documents)
    return follow(
        DocumentsAdded(tuple(ref.document_id for ref in added.documents)),
        *(OutgoingIntent(body, forwarded, arrival.message_id) for body in matter.appeal.considering),
    )


def withdraw(matter: Matter, arrival: MessageArrived, withdrawal: WithdrawAppeal) -> Decision | Refusal:
    """Art. 64(9): before the decision only. The appeal stays in the history; nothing further is due from anybody."""
    if not matter.appeal.considering:
        return wrong_state(matter, "an appeal may be withdrawn only before the decision (АППК 64(9))")
    told = NotifyWithdrawal(matter.appeal.appeal_number, withdrawal.reason)
    open_terms = [term for term in matter.appeal.terms.values() if term.is_open]
    return follow(
        AppealWithdrawn(),
        lapse(matter, open_terms, "withdrawn"),
        *(OutgoingIntent(body, told, arrival.message_id) for body in matter.appeal.considering),
        tell(matter, NotifiedStep.WITHDRAWN),
    )
