"""The complaint goes to the higher body, with the administrative file of the body complained of or without it."""

from __future__ import annotations

from dataclasses import replace

from contracts.payloads import (
    DocumentKind,
    DocumentRef,
    ForwardDocuments,
    NotifiedStep,
    ReviewComplaint,
    SubmitMaterials,
)
from dossier.case.appeal import Complaint, ComplaintStage
from dossier.case.duties import FORWARD_COMPLAINT, REVIEW
from dossier.case.events import ComplaintForwarded
from dossier.procedure.closing import meet
from dossier.procedure.decision import Decision, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify
from dossier.procedure.terms import notice_of


def forward(matter: Matter, complaint: Complaint, file: SubmitMaterials | None) -> Decision:
    """To the higher body: with what the body handed over, or without it when the term for that has passed."""
    pressed = matter.pressed_in(complaint.message_id)
    term = replace(matter.begin(REVIEW, complaint.reviewer), body=complaint.body)
    documents = _documents(matter, complaint, file)
    with_file = file is not None and any(ref.kind is DocumentKind.ADMINISTRATIVE_FILE for ref in file.documents)
    request = pressed and ReviewComplaint(
        appeal_number=matter.appeal.appeal_number,
        body=complaint.body,
        appeal=matter.registered,
        complaint=pressed.payload,
        file_received=with_file,
        documents=documents,
        term=notice_of(term),
    )
    return follow(
        ComplaintForwarded(complaint.body, complaint.reviewer, with_file=with_file),
        term,
        OutgoingIntent(complaint.reviewer, request, complaint.message_id) if request else None,
        notify(
            matter, NotifiedStep.COMPLAINT_FORWARDED, term=term,
            body=matter.name_of(complaint.body), reviewer=matter.name_of(complaint.reviewer),
        ),
    )  # fmt: skip


def take_file(matter: Matter, arrival: MessageArrived, materials: SubmitMaterials) -> Decision | None:
    """The body complained of hands over its file: in time with the complaint, later behind it. None: no complaint."""
    complaint = matter.appeal.pending_complaint(arrival.sender)
    if complaint is None:
        return None
    if complaint.stage is ComplaintStage.LODGED:
        met = meet(matter, matter.appeal.open_terms(FORWARD_COMPLAINT, arrival.sender))
        return follow(met, forward(matter, complaint, materials))
    behind = ForwardDocuments(matter.appeal.appeal_number, materials.statement, materials.documents)
    return follow(OutgoingIntent(complaint.reviewer, behind, arrival.message_id))


def _documents(matter: Matter, complaint: Complaint, file: SubmitMaterials | None) -> tuple[DocumentRef, ...]:
    """What the applicant sent with the complaint, the acts complained of, and the file; each once."""
    pressed = matter.pressed_in(complaint.message_id)
    complained = pressed.payload.documents if pressed else ()
    acts = (ref for reply in matter.replies_of(complaint.body) for ref in reply.documents)
    every = (*complained, *acts, *(file.documents if file else ()))
    return tuple({ref.document_id: ref for ref in every}.values())
