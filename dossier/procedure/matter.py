"""What every step of the procedure works on: one appeal at one moment under one law, and how consequences add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count

from contracts.codes import Code
from contracts.header import MessageId
from contracts.party import LocalText, PartyId
from contracts.payloads import (
    AppealKind,
    Disagree,
    DocumentRef,
    ElectronicSignature,
    Identification,
    RegisterAppeal,
    Reply,
)
from dossier.case.appeal import Appeal
from dossier.case.events import Event, Fact, TermMet, TermOpened
from dossier.case.history import fold
from dossier.procedure.decision import (
    AssemblyOrder,
    CaseFile,
    CaseMessage,
    Decision,
    DecisionRefusal,
    Moment,
    OutgoingIntent,
)
from dossier.procedure.law import Law
from dossier.procedure.law.calendar import local_date
from dossier.procedure.law.rules import Pretrial
from dossier.procedure.terms import EXTENSION, open_term, starting_instant
from dossier.procedure.wording import same


@dataclass(frozen=True, slots=True)
class Matter:
    """``appeal`` is the state that the history proves, ``registered`` the appeal in the applicant's own words.

    ``file``: what else was said in the case. ``arriving``: the disagreement that is decided on. ``numbers``: of the
    terms that this decision opens, each used once.
    """

    appeal: Appeal
    registered: RegisterAppeal
    moment: Moment
    law: Law
    file: CaseFile
    arriving: Disagree | None
    numbers: Iterator[int] = field(repr=False)

    @classmethod
    def of(
        cls,
        case: CaseFile,
        registered: RegisterAppeal,
        events: tuple[Event, ...],
        moment: Moment,
        law: Law,
        arriving: Disagree | None = None,
    ) -> Matter:
        """The matter of one decision on a history that begins with its registration."""
        appeal = fold(events)
        return cls(appeal, registered, moment, law, case, arriving, count(len(appeal.terms) + 1))

    @property
    def added(self) -> tuple[DocumentRef, ...]:
        """Documents that the applicant added later."""
        return self.file.added

    def pressed_over(self, body: PartyId) -> Disagree | None:
        """The disagreement over ``body`` in the applicant's own words: the one that arrives, else the one before."""
        if self.arriving is not None:
            return self.arriving
        known = self.appeal.disagreement_over(body)
        pressed = self.pressed_in(known.message_id if known else None)
        return pressed.payload if pressed else None

    def pressed_in(self, message_id: MessageId | None) -> CaseMessage[Disagree] | None:
        """The disagreement of that message in the applicant's own words; the last one, where none is named."""
        named = (pressed for pressed in self.file.pressed if pressed.message_id == message_id)
        return next(named, self.file.pressed[-1] if self.file.pressed else None)

    def replies_of(self, body: PartyId) -> tuple[Reply, ...]:
        return tuple(message.payload for message in self.file.replies if message.by == body)

    def has_acts_of(self, body: PartyId) -> bool:
        """Whether what its acts say is at hand; of an act in another system, that was imported, only the fact is."""
        record = self.appeal.bodies.get(body)
        return record is None or len(self.replies_of(body)) >= len(record.replies)

    def name_of(self, party: PartyId) -> LocalText:
        return self.moment.names.get(party) or same(party)

    def higher_of(self, body: PartyId) -> PartyId | None:
        """The higher body, as the registry says now; never the body itself."""
        higher = self.moment.competence.higher.get(body)
        return None if higher == body else higher

    def pretrial_over(self, body: PartyId) -> Pretrial:
        """Art. 91(3), 97(2): what another than the higher body decided on a complaint is no pre-trial stage."""
        appeal = self.registered
        shown = appeal.about is not None and self.law.rules.follows("complaint_as_appeal", "shown")
        if appeal.kind is AppealKind.COMPLAINT and shown and body != self.higher_of(appeal.about or body):
            return self.law.rules.pretrial_for(AppealKind.APPLICATION, appeal.subject)
        return self.pretrial

    @property
    def pretrial(self) -> Pretrial:
        """Whether this appeal's disagreement must pass the higher body first (Art. 91(5))."""
        return self.law.rules.pretrial_for(self.registered.kind, self.registered.subject)

    def is_overdue(self, term: TermOpened) -> bool:
        """Whether the due instant has passed; the instant itself is still in time (ГПК Art. 123)."""
        return self.moment.now > term.due_at

    # --- terms

    def begin(
        self, duty: str, party: PartyId, *, since: datetime | None = None, until: date | None = None
    ) -> TermOpened:
        """A term of ``duty`` caused now, or ``since`` then; ``until``: the last day, where a person sets it."""
        law, appeal = self.law, self.registered
        began = starting_instant(
            duty, since or self.moment.now, law.rules, law.calendar, kind=appeal.kind, subject=appeal.subject
        )
        return self._open(duty, party, began, until=until)

    def grant(self, duty: str, by: PartyId, *, since: datetime | None = None, until: date | None = None) -> TermOpened:
        """A right of the applicant that ``by`` gives with a step of its own, or over what ``by`` did."""
        return replace(self.begin(duty, self.appeal.platform, since=since, until=until), body=by)

    def begin_on_receipt(self, duty: str, party: PartyId) -> TermOpened:
        """A term that counts from receipt also where the row counts from registration (Art. 76(2), on a redirect)."""
        return self._open(duty, party, self.moment.now)

    def extend(self, duty: str, party: PartyId, until: date) -> TermOpened:
        """The term of ``duty`` that replaces a shorter one (Art. 76(3))."""
        return self._open(duty, party, self.moment.now, by=EXTENSION, until=until)

    def may_be_extended(self, term: TermOpened) -> bool:
        """Whether the row by which ``term`` runs names a duty by which it is extended."""
        on, appeal = local_date(term.started_at), self.registered
        return self.law.rules.duty(term.duty, on, kind=appeal.kind, subject=appeal.subject).extension is not None

    def is_first_term(self, term: TermOpened) -> bool:
        """Whether ``term`` runs by its own row, not by that of an extension."""
        extension = self.law.rules.general(EXTENSION)
        return extension is None or term.article != extension.article

    def judge(self, duty: str, party: PartyId, began: datetime, body: PartyId | None = None) -> Decision:
        """A duty that is known only by its being done, now: its term since ``began``, and whether it is met late."""
        term = replace(self._open(duty, party, began), remind_at=None, body=body)
        return Decision((term, TermMet(term.term_id, late=self.is_overdue(term))))

    def preview(self, duty: str, party: PartyId, began: datetime) -> TermOpened:
        """The term that ``duty`` would have since ``began``; it is not opened, so its id is no term's."""
        return replace(self._open(duty, party, began, index=0), remind_at=None)

    def _open(
        self,
        duty: str,
        party: PartyId,
        began: datetime,
        *,
        by: str | None = None,
        until: date | None = None,
        index: int | None = None,
    ) -> TermOpened:
        return open_term(
            duty,
            party=party,
            started_at=began,
            index=next(self.numbers) if index is None else index,
            conversation_id=self.appeal.conversation_id,
            rules=self.law.rules,
            calendar=self.law.calendar,
            kind=self.registered.kind,
            subject=self.registered.subject,
            by=by,
            until=until,
        )


def follow(*parts: Fact | OutgoingIntent | Decision | None) -> Decision:
    """One decision of several parts, in order; None stands for a part that does not apply."""
    facts: list[Fact] = []
    messages: list[OutgoingIntent] = []
    assembly: AssemblyOrder | None = None
    for part in parts:
        match part:
            case None:
                pass
            case OutgoingIntent():
                messages.append(part)
            case Decision():
                facts.extend(part.facts)
                messages.extend(part.messages)
                assembly = part.assembly or assembly
            case _:
                facts.append(part)
    return Decision(tuple(facts), tuple(messages), assembly)


def wrong_state(matter: Matter, why: str) -> DecisionRefusal:
    """Not possible now: says what the state is and, in ``why``, what is possible."""
    return DecisionRefusal(
        Code.WRONG_STATE, f"appeal {matter.appeal.appeal_number} is {matter.appeal.status.value}: {why}"
    )


def authenticated(proof: ElectronicSignature | Identification | None) -> str:
    """How the applicant proved who they are, as facts record it."""
    match proof:
        case ElectronicSignature():
            return proof.format.value
        case Identification():
            return "identification"
        case None:
            return "absent"
