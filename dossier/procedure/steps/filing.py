"""The dossier goes to the court, and every recipient's answer to our messages goes on record."""

from __future__ import annotations

from contracts.header import Action, DocumentId
from contracts.payloads import DocumentKind, DocumentRef, FileDossier, FilingPurpose, NotifiedStep
from dossier.case.appeal import DossierRecord
from dossier.case.court_file import FIRST
from dossier.case.events import DossierFiled, MessageAcknowledged, MessageRejected
from dossier.procedure.decision import (
    Decision,
    DeliveryAcknowledged,
    DeliveryRejected,
    DossierReady,
    OutgoingIntent,
    SignaturesJudged,
)
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import supplement
from dossier.procedure.wording import member_text, same

ASIC_E = "application/vnd.etsi.asic-e+zip"


def keep_verdicts(matter: Matter, arrived: SignaturesJudged) -> Decision:
    """Those that say something new: what was said of a signature before is not said again."""
    known = matter.appeal.verdicts
    return follow(*(one for one in arrived.judged if known.get(one.signed) is not one.verdict))


def file_dossier(matter: Matter, ready: DossierReady) -> Decision:
    """Art. 131: filed once; what is ready a second time, after a crash between the two, changes nothing.

    What came in after the dossier was assembled goes into the next one, which is ordered at once.
    """
    ordered = matter.appeal.dossiers.get(ready.dossier_no)
    disagreement = matter.appeal.claim_of(ready.dossier_no) or matter.appeal.disagreement
    if ordered is None or ordered.filed is not None or disagreement is None:
        return Decision()
    document = _document(ready)
    filing = FileDossier(
        matter.appeal.appeal_number, disagreement.claim, document, _first_of(matter, ready), ordered.purpose
    )
    return follow(
        DossierFiled(
            ready.dossier_no, document.document_id, ready.sha256, ready.size, ready.level, up_to_seq=ready.up_to_seq
        ),
        OutgoingIntent(ordered.court, filing, disagreement.message_id),
        _notified(matter, ordered),
        _order_next(matter, ready),
    )


def _document(ready: DossierReady) -> DocumentRef:
    return DocumentRef(
        document_id=DocumentId(ready.document_id),
        kind=DocumentKind.DOSSIER,
        title=ready.title,
        file_name=ready.file_name,
        media_type=ASIC_E,
        size=ready.size,
        sha256=ready.sha256,
    )


def _first_of(matter: Matter, ready: DossierReady) -> DocumentId | None:
    first = matter.appeal.dossiers[FIRST].filed if FIRST in matter.appeal.dossiers else None
    return first.document_id if first is not None and ready.dossier_no != FIRST else None


def _notified(matter: Matter, ordered: DossierRecord) -> OutgoingIntent:
    court = matter.name_of(ordered.court)
    if ordered.purpose is FilingPurpose.CLAIM:
        return notify(matter, NotifiedStep.DOSSIER_FILED, court=court)
    return notify(matter, NotifiedStep.SUPPLEMENT_FILED, court=court, purpose=member_text(ordered.purpose))


def _order_next(matter: Matter, ready: DossierReady) -> Decision | None:
    others = [record for number, record in matter.appeal.dossiers.items() if number != ready.dossier_no]
    if matter.appeal.news_seq <= ready.up_to_seq or any(record.filed is None for record in others):
        return None
    if any(demand.dossier_no not in matter.appeal.dossiers for demand in matter.appeal.demands.values()):
        return None  # the one that is collected for will hold the news
    return supplement(matter, FilingPurpose.SUPPLEMENT)


Answer = DeliveryAcknowledged | DeliveryRejected


def fact_of(answer: Answer) -> MessageAcknowledged | MessageRejected:
    """What goes on record. A refusal for good by its code; its words stay in the message and with the operator."""
    if isinstance(answer, DeliveryAcknowledged):
        return MessageAcknowledged(answer.recipient, answer.action, answer.message_id, answer.digest)
    return MessageRejected(answer.recipient, answer.action, answer.message_id, answer.code)


def is_news(answer: Answer) -> bool:
    """Whether more follows than the fact. Only from the court's answer to a dossier: no notice ever causes another.

    The first answer that is no news is recorded whatever the history says; nobody need read it for that.
    """
    return answer.action == Action.of(FileDossier)


def acknowledged(matter: Matter, answer: DeliveryAcknowledged) -> Decision:
    """A receipt is proof of a step."""
    notice = notify(
        matter, NotifiedStep.COURT_RECEIVED,
        sentence=None if _is_claim(matter, answer) else "courtReceivedMore", court=matter.name_of(answer.recipient),
    )  # fmt: skip
    return _first(matter, answer, notice)


def _is_claim(matter: Matter, answer: Answer) -> bool:
    """Whether it answers the first dossier, as far as the history shows: the court answers in order."""
    open_dossiers = [each for each in matter.appeal.dossiers.values() if each.filed and each.court == answer.recipient]
    waiting = next((each for each in open_dossiers if each.answer is None), None)
    return waiting is None or waiting.dossier_no == FIRST


def rejected(matter: Matter, answer: DeliveryRejected) -> Decision:
    """A refusal for good."""
    court, code = matter.name_of(answer.recipient), same(answer.code)
    return _first(matter, answer, notify(matter, NotifiedStep.COURT_REFUSED, court=court, code=code))


def _first(matter: Matter, answer: Answer, notice: OutgoingIntent) -> Decision:
    if answer.message_id in matter.appeal.settled:
        return Decision()
    return follow(fact_of(answer), notice if is_news(answer) else None)
