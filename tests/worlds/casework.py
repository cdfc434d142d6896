"""A case told as sentences: each call is an arrival; what the procedure decides becomes history, as in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from contracts import payloads as p
from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import LocalText, PartyId
from dossier.case.appeal import Appeal, Term
from dossier.case.events import Event
from dossier.case.history import fold
from dossier.procedure.decide import decide, load_law
from dossier.procedure.decision import (
    Arrival,
    CaseFile,
    CaseMessage,
    Competence,
    Decision,
    DecisionRefusal,
    DeliveryAcknowledged,
    DeliveryRejected,
    DossierReady,
    MessageArrived,
    Moment,
    OutgoingIntent,
    Resembling,
    TermFellDue,
)
from dossier.procedure.law.calendar import local_date, zone

EXCHANGE = PartyId("dalel")
PLATFORM = PartyId("eotinish")
AKIMAT = PartyId("akimat-almaty")
OTHER_BODY = PartyId("jer-almaty")
HIGHER = PartyId("akimat-region")
COURT = PartyId("smas-almaty")
GREAT = ("consideration", "materials")
NUMBER = "DL-2026-0000000001"
CONVERSATION = ConversationId("0e0e0e0e-0000-4000-8000-000000000001")


def almaty(year: int, month: int, day: int, hour: int = 11, minute: int = 0) -> datetime:
    """An instant by the clock on the wall in Almaty."""
    return datetime(year, month, day, hour, minute, tzinfo=zone()).astimezone(UTC)


def document(name: str, kind: p.DocumentKind = p.DocumentKind.ATTACHMENT) -> p.DocumentRef:
    return p.DocumentRef(
        document_id=DocumentId(name.ljust(43, "x")),
        kind=kind,
        title=name,
        file_name=f"{name}.pdf",
        media_type="application/pdf",
        size=1024,
        sha256="ab" * 32,
    )


def appeal(subject: str = "HOUSING-QUEUE") -> p.RegisterAppeal:
    return p.RegisterAppeal(
        kind=p.AppealKind.APPLICATION,
        subject=subject,
        kato="750000000",
        language=p.Language.KK,
        channel=p.IntakeChannel.ELECTRONIC,
        lodged_at=almaty(2026, 11, 24),
        applicant=p.Applicant(p.ApplicantKind.PERSON, "900101300017", "Әсел Нұрланқызы", "Алматы"),
        representative=None,
        addressee=None,
        text="Тұрғын үй кезегі туралы",
        documents=(document("application"),),
        authentication=None,
    )


def reply(decision: p.DecisionKind = p.DecisionKind.REFUSED, act_number: str = "12-34") -> p.Reply:
    return p.Reply(
        decision=decision,
        act_number=act_number,
        act_date=date(2026, 12, 1),
        text="Бас тартылды",
        grounds=(),
        appeal_body=None,
        appeal_until=None,
        signed_by="Б. Сұлтанов",
        documents=(document("act", p.DocumentKind.ACT),),
    )


def _called(payload: p.Deliverable) -> str:
    match payload:
        case p.NotifyApplicant():
            return payload.step.value
        case p.NotifyBody():
            return payload.notice.value
        case _:
            return type(payload).__name__


class Casework:
    """One appeal, its clock and its history. A refused arrival leaves no trace, as in the exchange."""

    def __init__(self, rules: str = "appk-2026", *, at: datetime | None = None, subject: str = "HOUSING-QUEUE") -> None:
        self.law = load_law(rules)
        self.now = at or almaty(2026, 11, 24)
        self.registered = appeal(subject)
        self.competence = Competence(AKIMAT, COURT)
        self.events: list[Event] = []
        self.sent: list[OutgoingIntent] = []
        self.messages_arrived = 0
        self.names: dict[PartyId, LocalText] = {}
        self.added: tuple[p.DocumentRef, ...] = ()
        self.pressed: list[CaseMessage[p.Disagree]] = []
        self.acts: list[CaseMessage[p.Reply]] = []
        self.alike: Resembling | None = None

    # --- what a test asks

    @property
    def appeal(self) -> Appeal:
        return fold(self.events)

    @property
    def facts(self) -> list[str]:
        return [type(event.fact).__name__ for event in self.events]

    def sent_to(self, party: PartyId) -> list[str]:
        """Payloads sent to a party, in order; notices to the applicant by their step."""
        payloads = [intent.payload for intent in self.sent if intent.recipient == party]
        return [_called(payload) for payload in payloads]

    def last_notice(self) -> p.NotifyApplicant:
        return next(i.payload for i in reversed(self.sent) if isinstance(i.payload, p.NotifyApplicant))

    def terms(self, *duties: str) -> list[tuple[str, str]]:
        """Who owes and how it stands, of these duties; the great ones, a decision and the file, where none is named."""
        return [(term.opened.party, term.state.value) for term in self._terms(duties or GREAT)]

    def due_on(self, n: int = -1, *duties: str) -> date:
        return self._terms(duties or GREAT)[n].opened.due_on

    def _terms(self, duties: tuple[str, ...]) -> list[Term]:
        return [term for term in self.appeal.terms.values() if term.opened.duty in duties]

    @property
    def today(self) -> date:
        return local_date(self.now)

    @property
    def file(self) -> CaseFile:
        appeal = self.registered if self.events else None
        return CaseFile(
            CONVERSATION, tuple(self.events), appeal, self.added, tuple(self.pressed), tuple(self.acts), self.alike
        )

    # --- what happens

    def at(self, moment: datetime) -> Casework:
        self.now = moment
        return self

    def register(self) -> Decision | DecisionRefusal:
        return self._message(PLATFORM, self.registered, NUMBER)

    def add_documents(self) -> Decision | DecisionRefusal:
        return self._message(PLATFORM, p.AddDocuments("тағы бір құжат", (document("extra"),)))

    def disagree(
        self, claim: p.ClaimKind = p.ClaimKind.CONTEST, *, by: PartyId = PLATFORM, body: PartyId | None = None
    ) -> Decision | DecisionRefusal:
        return self._message(by, p.Disagree(claim, "Келіспеймін", self.now, (), None, body))

    def decides_complaint(
        self, decision: p.ComplaintDecision = p.ComplaintDecision.REJECTED, by: PartyId = HIGHER
    ) -> Decision | DecisionRefusal:
        return self._message(by, p.DecideComplaint(decision, "ШШ-7", self.today, "қаралды", (), "басшы", ()))

    def names_defects(self, until: date, body: PartyId = AKIMAT) -> Decision | DecisionRefusal:
        return self._step(body, p.DefectsNamed(("қолы жоқ",), until, self.now))

    def gives_back(self, body: PartyId = AKIMAT) -> Decision | DecisionRefusal:
        return self._step(body, p.Returned("түзетілмеді", self.now))

    def court_asks_position(self, *bodies: PartyId, until: date | None = None) -> Decision | DecisionRefusal:
        return self._message(COURT, p.RequestPosition(bodies, "Неге?", until))

    def court_asks_materials(self, *bodies: PartyId, until: date | None = None) -> Decision | DecisionRefusal:
        return self._message(COURT, p.RequestMaterials(bodies, ("хаттама",), until))

    def sends_position(
        self, kind: p.PositionKind, body: PartyId = AKIMAT, grounds: tuple[p.Ground, ...] = ()
    ) -> Decision | DecisionRefusal:
        return self._message(body, p.SubmitPosition(kind, "негізсіз", grounds, "басшы", ()))

    def answers_court(self, response: p.CourtResponse) -> Decision | DecisionRefusal:
        return self._message(PLATFORM, p.AnswerCourt(response, "түзетілді", self.now, (), None))

    def withdraw(self) -> Decision | DecisionRefusal:
        return self._message(PLATFORM, p.WithdrawAppeal("шештім", None))

    def body_registers(self, body: PartyId = AKIMAT, number: str = "ЖТ-1") -> Decision | DecisionRefusal:
        return self._step(body, p.Registered(number, self.now))

    def redirects(
        self, body: PartyId, to: PartyId, *, whole: bool, documents: bool = False
    ) -> Decision | DecisionRefusal:
        step = p.Redirected(to, whole, "құзыретіне жатпайды", self.now)
        return self._step(body, step, (document("letter"),) if documents else ())

    def extends(
        self, until: date, body: PartyId = AKIMAT, *, decided: datetime | None = None
    ) -> Decision | DecisionRefusal:
        return self._step(body, p.Extended(until, "сараптама керек", "басшы", decided or self.now))

    def announces_hearing(self, held_at: datetime, place: str | None = None) -> Decision | DecisionRefusal:
        step = p.HearingScheduled(p.HearingForm.ORAL, place, held_at, "бас тарту", self.now)
        return self._step(AKIMAT, step)

    def terminates(self, body: PartyId = AKIMAT) -> Decision | DecisionRefusal:
        return self._step(body, p.Terminated("дауға байланысты емес", self.now))

    def replies(self, body: PartyId = AKIMAT, answer: p.Reply | None = None) -> Decision | DecisionRefusal:
        return self._message(body, answer or reply())

    def sends_materials(self, body: PartyId = AKIMAT) -> Decision | DecisionRefusal:
        file = document(f"file-{body}", p.DocumentKind.ADMINISTRATIVE_FILE)
        return self._message(body, p.SubmitMaterials("толық", (file,)))

    def court_reports(
        self, stage: p.CaseStage, number: str | None = None, *, until: date | None = None, by: PartyId = COURT
    ) -> Decision | DecisionRefusal:
        return self._message(by, p.ReportCase(stage, number, self.now, until, "", ()))

    def term_falls_due(self, term_id: str) -> Decision | DecisionRefusal:
        return self.arrives(TermFellDue(term_id), EXCHANGE)

    def time_passes_until_due(self) -> None:
        """The clock goes just past the next due instant and fires every open term that it has passed."""
        open_terms = [term.opened for term in self.appeal.terms.values() if term.is_open]
        self.now = max(self.now, min(term.due_at for term in open_terms) + timedelta(microseconds=1))
        for term in open_terms:
            if term.due_at < self.now:
                self.term_falls_due(term.term_id)

    def dossier_is_ready(self, dossier_no: int = 1, *, up_to: int = 0) -> Decision | DecisionRefusal:
        name = f"dossier-{dossier_no}".ljust(43, "d")
        ready = DossierReady(
            dossier_no, name, "cd" * 32, 9000, "B-T", "dossier.asice", "Дело", up_to or len(self.events)
        )
        return self.arrives(ready, EXCHANGE)

    def acknowledges(self, party: PartyId, action: str, message_id: str = "m-ack") -> Decision | DecisionRefusal:
        return self.arrives(DeliveryAcknowledged(MessageId(message_id), party, action, "ef" * 32), party)

    def rejects(self, party: PartyId, action: str, message_id: str = "m-nak") -> Decision | DecisionRefusal:
        return self.arrives(DeliveryRejected(MessageId(message_id), party, action, "DossierRefused", "бүлінген"), party)

    def arrives(
        self, arrival: Arrival, actor: PartyId, message_id: MessageId | None = None
    ) -> Decision | DecisionRefusal:
        decision = decide(self.file, arrival, Moment(self.now, EXCHANGE, self.competence, self.names), self.law)
        if isinstance(decision, Decision):
            for fact in decision.facts:
                self.events.append(Event(CONVERSATION, len(self.events) + 1, self.now, actor, message_id, fact))
            self.sent.extend(decision.messages)
        return decision

    def _step(
        self, body: PartyId, step: object, documents: tuple[p.DocumentRef, ...] = ()
    ) -> Decision | DecisionRefusal:
        return self._message(body, p.ReportProgress(step, documents))  # type: ignore[arg-type]  # one of the steps

    def _message(self, sender: PartyId, payload: object, number: str | None = None) -> Decision | DecisionRefusal:
        self.messages_arrived += 1
        message_id = MessageId(f"m{self.messages_arrived}")
        arrival = MessageArrived(message_id, sender, payload, number)  # type: ignore[arg-type]  # a case payload
        answer = self.arrives(arrival, sender, message_id)
        if isinstance(answer, Decision):
            self._keep(CaseMessage(sender, message_id, payload))  # type: ignore[type-var]
        return answer

    def _keep(self, stated: CaseMessage) -> None:
        match stated.payload:
            case p.Disagree():
                self.pressed.append(stated)
            case p.Reply():
                self.acts.append(stated)
            case p.AddDocuments(documents=documents):
                self.added = (*self.added, *documents)
