"""A true-to-life case to build dossiers from: a housing queue in Almaty, one answer, one silence, one missed term."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Final

from connectors.sandbox.authorities.ca import KeyKind, SandboxAuthority, Usage
from contracts import codec
from contracts.header import Action, ConversationId, DocumentId, Header, Message, MessageId
from contracts.party import Channel, LocalText, Party, PartyId, PartyRole
from contracts.payloads import (
    Accepted,
    AppealAccepted,
    AppealKind,
    Applicant,
    ApplicantKind,
    AssignAppeal,
    ClaimKind,
    DecisionKind,
    Deliver,
    DeliverAnswer,
    Disagree,
    DisagreementAccepted,
    DocumentKind,
    DocumentRef,
    Ground,
    Identification,
    IntakeChannel,
    Language,
    ProvideMaterials,
    RegisterAppeal,
    Reply,
    Representative,
    Road,
    RoadKind,
    SubmitMaterials,
    TermNotice,
)
from contracts.receipt import Receipt
from dossier.case import events as e
from dossier.case.record import CaseDocument, KeptMessage
from dossier.packaging.material import DossierInput, Salt
from dossier.procedure.decision import CaseFile
from signing.keys.keypair import Certificate, SoftwareKey
from signing.profile.writing import sign_envelope

START: Final = datetime(2026, 11, 2, 4, 15, 7, tzinfo=UTC)
ASSEMBLED_AT: Final = datetime(2026, 11, 24, 6, 30, 12, tzinfo=UTC)
EXCHANGE, PLATFORM, AKIMAT, JER, COURT = (
    PartyId(name) for name in ("dalel", "eotinish", "akimat-almaty", "jer-almaty", "smas-almaty")
)
CONVERSATION: Final = ConversationId(str(uuid.UUID(int=7)))
NUMBER: Final = "2026-1102-000007"
NAMES: Final[Mapping[PartyId, tuple[PartyRole, str, LocalText]]] = {
    EXCHANGE: (
        PartyRole.EXCHANGE,
        "050140004567",
        LocalText("«Dälel» алмасу жүйесі", "Система обмена «Dälel»", "Dälel"),
    ),
    PLATFORM: (PartyRole.PLATFORM, "000340000015", LocalText("eÖtinish порталы", "Портал eÖtinish", "eÖtinish")),
    AKIMAT: (
        PartyRole.AGENCY,
        "930540000147",
        LocalText("Алматы қаласының әкімдігі", "Акимат города Алматы", "Akimat of Almaty"),
    ),
    JER: (
        PartyRole.AGENCY,
        "080940003321",
        LocalText(
            "Алматы қаласы Жер қатынастары басқармасы",
            "Управление земельных отношений города Алматы",
            "Land office of Almaty",
        ),
    ),
    COURT: (
        PartyRole.COURT,
        "210640021198",
        LocalText(
            "Алматы қаласының мамандандырылған ауданаралық әкімшілік соты",
            "Специализированный межрайонный административный суд города Алматы",
            "Administrative court of Almaty",
        ),
    ),
}


@cache
def authority() -> SandboxAuthority:
    return SandboxAuthority.create("Dälel sandbox CA", now=START)


def seal_key(kind: KeyKind = "RSA-2048") -> SoftwareKey:
    return _seal_key(kind)  # one key, whether its kind is named or not


@cache
def _seal_key(kind: KeyKind) -> SoftwareKey:
    return authority().issue("Dälel", bin=NAMES[EXCHANGE][1], usage=Usage.SEAL, now=START, key_kind=kind)


@cache
def message_key(party: PartyId) -> SoftwareKey:
    return authority().issue(NAMES[party][2].ru, bin=NAMES[party][1], usage=Usage.MESSAGE, now=START, key_kind="P-256")


def anchors() -> tuple[Certificate, ...]:
    return (authority().key.certificate,)


def party(party_id: PartyId) -> Party:
    role, number, name = NAMES[party_id]
    return Party(party_id, role, number, name, Channel.MAILBOX, None, (message_key(party_id).certificate.der,))


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with its bytes at hand."""

    ref: DocumentRef
    owner: PartyId
    content: bytes

    @property
    def case_document(self) -> CaseDocument:
        return CaseDocument(self.ref, self.owner, lambda: BytesIO(self.content))


def document(number: int, kind: DocumentKind, title: str, file_name: str, owner: PartyId) -> Stored:
    content = f"%PDF-1.7\n{title}\n".encode() + bytes(range(256)) * number
    digest = hashlib.sha256(content).hexdigest()
    ref = DocumentRef(
        DocumentId(f"{'D' * 40}{number:03d}"), kind, title, file_name, "application/pdf", len(content), digest
    )
    return Stored(ref, owner, content)


APPLICATION = document(1, DocumentKind.ATTACHMENT, "Тұрғын үй кезегіне қою туралы өтініш", "өтініш.pdf", PLATFORM)
ANSWER = document(2, DocumentKind.ACT, "Ответ об отказе в постановке на учёт", "Ответ № 3-17.pdf", AKIMAT)
FILE = document(3, DocumentKind.ADMINISTRATIVE_FILE, "Әкімшілік іс № 3-17", "akimat: дело 3-17?.pdf", AKIMAT)

APPEAL: Final = RegisterAppeal(
    kind=AppealKind.APPLICATION,
    subject="HOUSING-QUEUE",
    kato="751110000",
    language=Language.KK,
    channel=IntakeChannel.ELECTRONIC,
    lodged_at=START - timedelta(minutes=1),
    applicant=Applicant(
        ApplicantKind.PERSON,
        "880512400123",
        "Әбдірахманова Гүлнұр Қайратқызы",
        "Алматы қ., Абай даңғылы, 52-үй, 14-пәтер",
        "+77011234567",
        "gulnur@example.kz",
    ),
    representative=Representative("790101300456", "Сейтқали Ұлан Ғаниұлы", "Сенімхат № 1123, 12.10.2026"),
    addressee=None,
    text=(
        "Мен, көпбалалы ана, мемлекеттік тұрғын үй қорынан тұрғын үй алуға мұқтаж ретінде есепке қоюды сұраймын. "
        "Құжаттар қоса беріледі.\n\nПрошу поставить мою семью на учёт нуждающихся в жилье: четверо детей, "
        "жильё арендуем, доход ниже прожиточного минимума."
    ),
    documents=(APPLICATION.ref,),
    authentication=Identification("SMS-код 1414", "eot-2026-88213", START - timedelta(minutes=2)),
)
REPLY: Final = Reply(
    decision=DecisionKind.REFUSED,
    act_number="3-17/1188",
    act_date=date(2026, 11, 16),
    text="Рассмотрев обращение, акимат отказывает в постановке на учёт: представленные сведения о доходах неполны.",
    grounds=(
        Ground("Закон РК «О жилищных отношениях», ст. 68", "Сведения о доходах за шесть месяцев не подтверждены."),
        Ground("АППК, ст. 70", "Заявитель не представил справку в срок."),
    ),
    appeal_body="Акимат города Алматы, вышестоящее должностное лицо",
    appeal_until=date(2026, 12, 16),
    signed_by="Заместитель акима А. Б. Тұрлыбеков",
    documents=(ANSWER.ref,),
)
DISAGREE: Final = Disagree(
    claim=ClaimKind.COMPEL,
    text="Келіспеймін: анықтаманы мен 5 қарашада тапсырдым, бірақ ол ескерілмеген.",
    pressed_at=START + timedelta(days=16),
    documents=(),
    authentication=None,
)


class DossierStory:
    """Collects messages, events and salts as they would be written; ids and salts are counted, not drawn."""

    def __init__(self) -> None:
        self.messages: list[KeptMessage] = []
        self.events: list[e.Event] = []
        self.salts: list[Salt] = []

    def incoming(self, number: int, sender: PartyId, payload: object, at: datetime) -> KeptMessage:
        message_id, operation = self._operation(number, sender, EXCHANGE, payload, at)
        digest = hashlib.sha256(operation).hexdigest()
        receipt = Receipt(message_id, digest, at, CONVERSATION, NUMBER)
        answer = codec.build_answer(
            type(payload).__name__,
            Message(header(number + 500, EXCHANGE, sender, Action.ANSWER, at, message_id), _answer(payload, receipt)),
        )
        envelope = sign_envelope(operation, message_key(sender), now=at)
        receipt_envelope = sign_envelope(answer, message_key(EXCHANGE), now=at)
        return self._keep(message_id, sender, EXCHANGE, payload, False, at, operation, envelope, receipt_envelope)

    def outgoing(
        self, number: int, recipient: PartyId, payload: object, at: datetime, *, sent: bool = True
    ) -> KeptMessage:
        message_id, operation = self._operation(number, EXCHANGE, recipient, payload, at)
        digest = hashlib.sha256(operation).hexdigest()
        answer = codec.build_answer(
            "Deliver",
            Message(
                header(number + 500, recipient, EXCHANGE, Action.ANSWER, at, message_id),
                DeliverAnswer(Receipt(message_id, digest, at)),
            ),
        )
        envelope = sign_envelope(operation, message_key(EXCHANGE), now=at) if sent else None
        receipt = sign_envelope(answer, message_key(recipient), now=at) if sent else None
        return self._keep(message_id, EXCHANGE, recipient, payload, True, at, operation, envelope, receipt)

    def happens(
        self,
        fact: e.Fact,
        at: datetime,
        *,
        actor: PartyId = EXCHANGE,
        message: KeptMessage | None = None,
        rests_on: tuple[Stored, ...] = (),
    ) -> None:
        subjects = [(message.message_id, message.digest)] if message else []
        subjects += [(stored.ref.document_id, stored.ref.sha256) for stored in rests_on]
        commitments = tuple(self._commit(str(subject), digest) for subject, digest in subjects)
        seq = len(self.events) + 1
        message_id = message.message_id if message else None
        self.events.append(e.Event(CONVERSATION, seq, at, actor, message_id, fact, commitments))

    def _commit(self, subject: str, content_sha256: str) -> e.Commitment:
        salt = hashlib.sha256(f"salt {len(self.salts)}".encode()).digest()
        self.salts.append(Salt(subject, salt))
        return e.Commitment(subject, hashlib.sha256(salt + bytes.fromhex(content_sha256)).hexdigest())

    def _operation(
        self, number: int, sender: PartyId, recipient: PartyId, payload: object, at: datetime
    ) -> tuple[MessageId, bytes]:
        made = header(number, sender, recipient, _action(payload), at)
        return made.message_id, codec.build_request(Message(made, payload))

    def _keep(
        self,
        message_id: MessageId,
        sender: PartyId,
        recipient: PartyId,
        payload: object,
        outgoing: bool,
        at: datetime,
        operation: bytes,
        envelope: bytes | None,
        receipt: bytes | None,
    ) -> KeptMessage:
        digest = hashlib.sha256(operation).hexdigest()
        kept = KeptMessage(
            message_id, sender, recipient, _action(payload), outgoing, at, digest, operation, envelope, receipt
        )
        self.messages.append(kept)
        return kept


def header(
    number: int, sender: PartyId, recipient: PartyId, action: Action, at: datetime, ref: MessageId | None = None
) -> Header:
    return Header(MessageId(str(uuid.UUID(int=number))), CONVERSATION, ref, sender, recipient, action, at)


def _answer(payload: object, receipt: Receipt) -> Accepted | AppealAccepted | DisagreementAccepted:
    if isinstance(payload, RegisterAppeal):
        return AppealAccepted(receipt)
    if not isinstance(payload, Disagree):
        return Accepted(receipt)
    reason = LocalText("Сотқа дейінгі тәртіп қажет емес", "Досудебный порядок не нужен", "No complaint needed first")
    return DisagreementAccepted(receipt, Road(RoadKind.COURT, "АППК 91(5)", date(2026, 12, 18), reason))


def _action(payload: object) -> Action:
    inner = payload.payload if isinstance(payload, Deliver) else payload
    return Action(type(inner).__name__)


def _term(number: int, duty: str, article: str, party_id: PartyId, started_at: datetime, due_on: date) -> e.TermOpened:
    due_at = datetime(due_on.year, due_on.month, due_on.day, 18, 59, 59, 999999, tzinfo=UTC)
    return e.TermOpened(
        f"{CONVERSATION}/t{number}", duty, article, party_id, started_at, due_on, due_at,
        "Asia/Almaty", "appk-2026", "holidays 0.109", "2026.6",
    )  # fmt: skip


@cache
def story() -> DossierStory:
    """From the appeal to the order of the dossier."""
    reported = DossierStory()
    days = lambda number: START + timedelta(days=number)  # noqa: E731
    appeal = reported.incoming(1, PLATFORM, APPEAL, START)
    registered = e.AppealRegistered(NUMBER, date(2026, 11, 2), APPEAL.subject, APPEAL.kato, "identification")
    reported.happens(registered, START, actor=PLATFORM, message=appeal, rests_on=(APPLICATION,))
    reported.happens(e.AppealAssigned(AKIMAT), START)
    consideration = _term(1, "consideration", "АППК 76(1)", AKIMAT, START, date(2026, 11, 13))
    reported.happens(consideration, START)
    notice = TermNotice("АППК 76(1)", consideration.due_on, consideration.due_at, "appk-2026")
    assigned = reported.outgoing(2, AKIMAT, Deliver(AssignAppeal(NUMBER, date(2026, 11, 2), APPEAL, notice)), START)
    reported.happens(e.MessageAcknowledged(AKIMAT, "AssignAppeal", assigned.message_id, assigned.digest), days(1))
    reported.happens(e.AppealRedirected(AKIMAT, JER, whole=False), days(2), actor=AKIMAT)
    reported.happens(e.AppealAssigned(JER), days(2))
    reported.happens(e.TermBreached(consideration.term_id, AKIMAT), days(12))
    reply = reported.incoming(3, AKIMAT, REPLY, days(14))
    replied = e.Replied(AKIMAT, REPLY.decision, REPLY.act_number, REPLY.act_date, states_appeal_road=True)
    reported.happens(replied, days(14), actor=AKIMAT, message=reply, rests_on=(ANSWER,))
    disagree = reported.incoming(4, PLATFORM, DISAGREE, days(16))
    reported.happens(e.Disagreed(DISAGREE.claim, "absent"), days(16), actor=PLATFORM, message=disagree)
    reported.happens(e.RoadTaken(RoadKind.COURT, "АППК 91(5)", date(2026, 12, 18)), days(16))
    for number, body in ((5, AKIMAT), (6, JER)):
        term = _term(number, "materials", "АППК 138(1)", body, days(16), date(2026, 11, 23))
        reported.happens(e.MaterialsDemanded(body, (DocumentKind.ADMINISTRATIVE_FILE,)), days(16))
        reported.happens(term, days(16))
        requested = ProvideMaterials(
            NUMBER, (DocumentKind.ADMINISTRATIVE_FILE,), TermNotice(term.article, term.due_on, term.due_at, "appk-2026")
        )
        reported.outgoing(number, body, Deliver(requested), days(16), sent=body == AKIMAT)
    materials = reported.incoming(7, AKIMAT, SubmitMaterials("Әкімшілік іс қоса беріледі.", (FILE.ref,)), days(18))
    received = e.MaterialsReceived(AKIMAT, (FILE.ref.document_id,))
    reported.happens(received, days(18), actor=AKIMAT, message=materials, rests_on=(FILE,))
    reported.happens(e.TermMet(f"{CONVERSATION}/t5", late=False), days(18))
    reported.happens(e.DefaultRecorded(f"{CONVERSATION}/t6", JER), days(22))
    reported.happens(e.DossierOrdered(1, COURT), days(22))
    return reported


def dossier_input(**changes: object) -> DossierInput:
    """The case above; any field may be changed."""
    reported = story()
    given = DossierInput(
        case=CaseFile(CONVERSATION, tuple(reported.events), APPEAL),
        appeal_number=NUMBER,
        dossier_no=1,
        court=party(COURT),
        parties=tuple(party(party_id) for party_id in NAMES if party_id != COURT),
        messages=tuple(reported.messages),
        documents=(FILE.case_document, APPLICATION.case_document, ANSWER.case_document),
        salts=tuple(reported.salts),
        rules_label=LocalText(
            "Қазақстан Республикасының Әкімшілік рәсімдік-процестік кодексі, 2026 жылғы редакция",
            "Административный процедурно-процессуальный кодекс Республики Казахстан, редакция 2026 года",
            "Administrative Procedure and Process Code, as of 2026",
        ),
        assembled_at=ASSEMBLED_AT,
    )
    return replace(given, **changes)  # type: ignore[arg-type]  # a builder changes any one fact
