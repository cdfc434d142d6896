"""The dossier goes to the court, and every recipient's answer to our messages goes on record."""

from __future__ import annotations

from contracts.header import Action, DocumentId
from contracts.payloads import DocumentKind, DocumentRef, FileDossier, NotifiedStep
from dossier.events import DossierFiled, MessageAcknowledged, MessageRejected
from dossier.procedure.decision import (
    Decision,
    DeliveryAcknowledged,
    DeliveryRejected,
    DossierReady,
    OutgoingIntent,
)
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices import tell
from dossier.procedure.wording import same

ASIC_E = "application/vnd.etsi.asic-e+zip"


def file_dossier(matter: Matter, ready: DossierReady) -> Decision:
    """Art. 131: filed once; what is ready a second time, after a crash between the two, changes nothing."""
    ordered, disagreement = matter.appeal.dossiers.get(ready.dossier_no), matter.appeal.disagreement
    if ordered is None or ordered.filed is not None or disagreement is None:
        return Decision()
    document = DocumentRef(
        document_id=DocumentId(ready.document_id),
        kind=DocumentKind.DOSSIER,
        title=ready.title,
        file_name=ready.file_name,
        media_type=ASIC_E,
        size=ready.size,
        sha256=ready.sha256,
    )
    filing = FileDossier(matter.appeal.appeal_number, disagreement.claim, document, supplements=None)
    return follow(
        DossierFiled(ready.dossier_no, document.document_id, ready.sha256, ready.size, ready.level),
        OutgoingIntent(ordered.court, filing, disagreement.message_id),
        tell(matter, NotifiedStep.DOSSIER_FILED, court=matter.name_of(ordered.court)),
    )


def acknowledged(matter: Matter, answer: DeliveryAcknowledged) -> Decision:
    """A receipt is proof of a step. Only the court's for a dossier is news, so no notice ever causes another."""
    if answer.message_id in matter.appeal.settled:
        return Decision()
    fact = MessageAcknowledged(answer.recipient, answer.action, answer.message_id, answer.digest)
    if answer.action != Action.FILE_DOSSIER:
        return follow(fact)
    return follow(fact, tell(matter, NotifiedStep.COURT_RECEIVED, court=matter.name_of(answer.recipient)))


def rejected(matter: Matter, answer: DeliveryRejected) -> Decision:
    """A refusal for good is on record by its code; its words stay in the message and with the operator."""
    if answer.message_id in matter.appeal.settled:
        return Decision()
    fact = MessageRejected(answer.recipient, answer.action, answer.message_id, answer.code)
    if answer.action != Action.FILE_DOSSIER:
        return follow(fact)
    court, code = matter.name_of(answer.recipient), same(answer.code)
    return follow(fact, tell(matter, NotifiedStep.COURT_REFUSED, court=court, code=code))
